"""What a picture file says of itself in words: IPTC's fields, and XMP's, which came after."""

import re
from xml.etree import ElementTree

from PIL import IptcImagePlugin

NAMES = ("caption", "credit", "copyright", "source", "keywords")
# IPTC's records, by (record, data set).
CHARSET, UTF_8 = (1, 90), b"\x1b%G"
IPTC = {
    "caption": (2, 120),
    "creator": (2, 80),
    "agency": (2, 110),
    "copyright": (2, 116),
    "source": (2, 115),
    "keywords": (2, 25),
}
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
XMP = {
    "caption": f"{DC}description",
    "creator": f"{DC}creator",
    "agency": f"{PHOTOSHOP}Credit",
    "copyright": f"{DC}rights",
    "source": f"{PHOTOSHOP}Source",
    "keywords": f"{DC}subject",
}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def read_words(image):
    """Return {name: text} for all NAMES; keywords are parted by commas, "" is nothing."""
    found = {**read_iptc(image), **read_xmp(image.info.get("xmp", b""))}
    creator, agency = (", ".join(found.get(name, [])) for name in ("creator", "agency"))
    told = {name: ", ".join(found.get(name, [])) for name in NAMES}
    told["credit"] = " / ".join(dict.fromkeys(filter(None, (creator, agency))))
    return {name: CONTROL.sub(" ", text).strip() for name, text in told.items()}


def read_iptc(image):
    """Return {name: list of texts} of the IPTC-IIM block that *image* (Pillow's) may have."""
    try:
        records = IptcImagePlugin.getiptcinfo(image) or {}
    except (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError):
        return {}
    is_utf_8 = records.get(CHARSET) == UTF_8
    found = {}
    for name, key in IPTC.items():
        values = records.get(key, [])
        values = values if isinstance(values, list) else [values]
        if texts := [text for value in values if (text := as_text(value, is_utf_8))]:
            found[name] = texts
    return found


def as_text(value, is_utf_8):
    """Return *value* as text; what doesn't say how it is written is mostly one of two."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("utf-8" if is_utf_8 else "cp1252", errors="replace")
    return text.strip()


def read_xmp(packet):
    """Return {name: list of texts} of an XMP *packet*; a doctype, which none needs, is refused."""
    if b"<!" in packet:
        return {}
    try:
        root = ElementTree.fromstring(packet.strip(b"\0 \r\n\t"))  # noqa: S314 - no doctype
    except (ElementTree.ParseError, ValueError):
        return {}
    found = {}
    for description in root.iter(f"{RDF}Description"):
        for name, tag in XMP.items():
            element = description.find(tag)
            texts = [description.get(tag, "")] if element is None else texts_of(element)
            if texts := [text.strip() for text in texts if text.strip()]:
                found.setdefault(name, texts)
    return found


def texts_of(element):
    """Return the texts of an XMP property: alone, or of its list; of a translated one the first."""
    items = [item.text or "" for item in element.iter(f"{RDF}li")]
    is_translated = element.find(f"{RDF}Alt") is not None
    return items[: 1 if is_translated else None] or [element.text or ""]
