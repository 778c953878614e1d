"""Reading an uploaded picture: what is refused and why, and what the file tells of itself."""

import hashlib
import io
import re
import struct
import warnings
import zlib
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image

from .picture_words import read_words

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
MOST_MEGABYTES = 40
# As many pixels as the largest full-frame cameras make.
MOST_MEGAPIXELS = 64
# Less would be blurred on any screen.
LEAST_SIDE = 200
# What Pillow raises for files that are cut off, damaged, or made to harm.
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
DAMAGE = (
    *(OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError),
    *(OverflowError, struct.error, zlib.error),
)
# What would make a picture a page, a program or an archive too.
FOREIGN = re.compile(rb"<script|<html|<!doctype|<\?php|javascript:", re.I)
PDF, PDF_REACH = b"%PDF-", 1024
ZIP_END, ZIP_REACH = b"PK\x05\x06", 65_557
JPEG_SCAN, JPEG_END = b"\xff\xda", b"\xff\xd9"
PNG_END = b"IEND\xaeB`\x82"
ORIENTATION, GPS = 0x0112, 0x8825
TIFF = re.compile(rb"II\*\0|MM\0\*")
# What one value takes, in bytes, by its type's number; the type of an address; a sane table.
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
LONG, MOST_ENTRIES = 4, 200
# EXIF's orientations that make the height the width.
TURNED = (5, 6, 7, 8)

# A header may promise more than any memory holds, and Pillow would only warn.
Image.MAX_IMAGE_PIXELS = MOST_MEGAPIXELS * 1_000_000
warnings.simplefilter("error", Image.DecompressionBombWarning)


class PictureError(Exception):
    """The file can't become a photo; the text says why to a person."""


@dataclass(frozen=True)
class Picture:
    """An upload that was read whole.

    data: the bytes to keep, which no longer tell where they were taken; sha256: of the bytes as
    sent; width and height: as it is looked at; orientation: EXIF's, 1 to 8; told: read_words().
    """

    data: bytes
    sha256: str
    format: str
    width: int
    height: int
    orientation: int
    told: dict


def read(file, name):
    """Return the Picture in the binary *file*, which its sender calls *name*.

    Raise PictureError.
    """
    data = file.read(MOST_MEGABYTES * 1024**2 + 1)
    if len(data) > MOST_MEGABYTES * 1024**2:
        text = _("« %(name)s » pèse plus de %(most)d Mo.")
        raise PictureError(text % {"name": name, "most": MOST_MEGABYTES})
    image = open_image(data, name)
    size, kind = image.size, "JPEG" if image.format == "MPO" else image.format
    if is_foreign(data, kind):
        text = _("« %(name)s » contient autre chose qu’une image : enregistrez-la de nouveau.")
        raise PictureError(text % {"name": name})
    orientation = decode(image, data, kind, name)
    return Picture(
        data=without_place(data, image, kind),
        sha256=hashlib.sha256(data).hexdigest(),
        format=kind,
        width=size[orientation in TURNED],
        height=size[orientation not in TURNED],
        orientation=orientation,
        told=read_words(image),
    )


def open_image(data, name):
    """Return Pillow's image of *data*, of which only the header is read, if its size is right."""
    try:
        image = Image.open(io.BytesIO(data), formats=tuple(EXTENSIONS))
    except BOMBS as error:
        text = _("« %(name)s » a plus de %(most)d millions de pixels.")
        raise PictureError(text % {"name": name, "most": MOST_MEGAPIXELS}) from error
    except DAMAGE as error:
        text = _("« %(name)s » n’est pas une image JPEG, PNG, WebP ou AVIF.")
        raise PictureError(text % {"name": name}) from error
    if min(image.size) < LEAST_SIDE:
        text = _("« %(name)s » est trop petite : il faut %(least)d pixels de côté au moins.")
        raise PictureError(text % {"name": name, "least": LEAST_SIDE})
    return image


def is_foreign(data, kind):
    """Whether *data* would be read as something else than a picture too."""
    if FOREIGN.search(data) or PDF in data[:PDF_REACH] or ZIP_END in data[-ZIP_REACH:]:
        return True
    # Cameras put more pictures behind a JPEG; nothing good follows these.
    if kind == "PNG":
        return not data.endswith(PNG_END) and PNG_END in data
    if kind == "WEBP":
        return len(data) > 8 + int.from_bytes(data[4:8], "little") + 1
    return False


def decode(image, data, kind, name):
    """Read *image* to its end, at a fraction of its size where it can be; return its orientation.

    Raise PictureError for a file that is cut off or damaged.
    """
    image.draft("RGB", (LEAST_SIDE, LEAST_SIDE))
    try:
        if kind == "JPEG" and data.rfind(JPEG_END) < data.rfind(JPEG_SCAN):
            raise OSError("no end of image")
        image.load()
        orientation = image.getexif().get(ORIENTATION, 1)
    except DAMAGE as error:
        text = _("« %(name)s » est incomplète ou abîmée : envoyez-la de nouveau.")
        raise PictureError(text % {"name": name}) from error
    return orientation if orientation in range(1, 9) else 1


def without_place(data, image, kind):
    """Return *data* without what tells where the picture was taken (E15).

    It is blanked where it stands, so that nothing else of the file moves.
    """
    kept = bytearray(data)
    for header in TIFF.finditer(data):
        try:
            blank_place(kept, header.start())
        except (IndexError, KeyError):
            # The four bytes stand there by chance.
            continue
    xmp = image.info.get("xmp", b"")
    if b"GPS" in xmp:
        kept = kept.replace(xmp, b" " * len(xmp))
    return with_checksums(kept) if kind == "PNG" and kept != data else bytes(kept)


def blank_place(data, start):
    """Empty the table of places in the EXIF block that starts at *start*, with its values.

    Source: TIFF 6.0, "Image File Directory"; EXIF 2.3, "GPS IFD Pointer".
    """
    order = "little" if data[start : start + 2] == b"II" else "big"

    def number(at, size):
        if at + size > len(data):
            raise IndexError(at)
        return int.from_bytes(data[at : at + size], order)

    def entries(table):
        return [table + 2 + 12 * n for n in range(min(number(table, 2), MOST_ENTRIES))]

    for entry in entries(start + number(start + 4, 4)):
        if number(entry, 2) == GPS and number(entry + 2, 2) == LONG and number(entry + 4, 4) == 1:
            table = start + number(entry + 8, 4)
            for place in entries(table):
                size = SIZES[number(place + 2, 2)] * number(place + 4, 4)
                value = start + number(place + 8, 4)
                if 4 < size and value + size <= len(data):
                    data[value : value + size] = bytes(size)
            end = table + 2 + 12 * len(entries(table))
            data[table:end] = bytes(end - table)


def with_checksums(data):
    """Return the PNG *data* with the sum of each chunk made anew."""
    made, at = bytearray(data), 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        made[end : end + 4] = zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(made)
