"""The English catalogue holds all that the code and the templates say, and says it in English."""

import ast
import gettext
import os
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.test import override_settings

LOCALE = settings.BASE_DIR / "articles" / "locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+[^>]*>")
# French spaces its signs and quotes otherwise than English.
FRENCH_SIGNS = re.compile(r"[«»]|(?:[ \u00a0\u202f]|&nbsp;)[:;!?]")
FUNCTIONS = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
}
# Here as in gettext's own files: between a context and a message.
CONTEXT = "\x04"


def read_po(language):
    """Return {msgid: (plural or "", [translations], [flags])} of a catalogue's source."""
    found = {}
    for block in (LOCALE / language / "LC_MESSAGES" / "django.po").read_text().split("\n\n"):
        fields, flags, field = {}, [], ""
        for line in block.splitlines():
            if line.startswith("#"):
                flags += line[2:].split(", ") if line.startswith("#,") else []
                continue
            if not line.startswith('"'):
                field, line = line.split(" ", 1)
            fields[field] = fields.get(field, "") + ast.literal_eval(line)
        key = fields["msgid"]
        if "msgctxt" in fields:
            key = f"{fields['msgctxt']}{CONTEXT}{key}"
        told = [text for name, text in fields.items() if name.startswith("msgstr")]
        found[key] = fields.get("msgid_plural", ""), told, flags
    del found[""]
    return found


def read_mo(path):
    """Return {msgid or (msgid, form): translation}, as gettext reads the compiled file."""
    with path.open("rb") as file:
        catalogue = dict(gettext.GNUTranslations(file)._catalog)
    del catalogue[""]
    return catalogue


def strings_in_code():
    """Return {(msgid, plural or "")} of the calls in the app's modules."""
    found = set()
    for path in (settings.BASE_DIR / "articles").rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            texts = [getattr(arg, "value", None) for arg in node.args] if name in FUNCTIONS else []
            texts = texts[: FUNCTIONS.get(name, 0)]
            if texts and all(isinstance(text, str) for text in texts):
                found.add((texts[0], *texts[1:], "")[:2])
    return found


def strings_in_templates():
    """Return {(msgid, plural or "")} of what the templates mark, as Django itself parses them."""
    found = set()
    for folder in engines["django"].engine.dirs:
        for path in Path(folder).rglob("*.*"):
            source = path.read_text()
            # Among a tag's own words, as in {% firstof name _("Import") %}.
            found |= {(msgid, "") for msgid in re.findall(r"""\b_\(["'](.+?)["']\)""", source)}
            template = engines["django"].from_string(source).template
            for node in template.nodelist.get_nodes_by_type((TranslateNode, BlockTranslateNode)):
                found.add(strings_of(node))
    return found


def strings_of(node):
    if isinstance(node, TranslateNode):
        # Django looks it up with its percent signs doubled, as xgettext finds it.
        return node.filter_expression.var.literal.replace("%", "%%"), ""
    return tuple(node.render_token_list(part)[0] for part in (node.singular, node.plural))


def test_every_string_has_an_english_text():
    """`make messages` puts those that are told missing into the catalogue, still empty."""
    po = read_po("en")
    there = {(msgid, plural) for msgid, (plural, *_rest) in po.items()}
    strings = strings_in_code() | strings_in_templates()
    assert sorted(strings - there) == [], "missing: run make messages, then translate"
    assert sorted(there - strings) == [], "nobody says these any more: run make messages"
    empty = sorted(msgid for msgid, (_plural, told, _flags) in po.items() if not all(told))
    assert empty == [], "not translated"
    assert sorted(msgid for msgid, (*_rest, flags) in po.items() if "fuzzy" in flags) == []


def test_extraction_finds_what_templates_and_code_mark():
    """So that an empty set of strings can't pass for a complete catalogue."""
    assert ("Titre", "") in strings_in_templates()
    assert ("Import", "") in strings_in_templates()
    assert ("%(count)s article", "%(count)s articles") in strings_in_templates()
    assert ("%d paragraphe", "%d paragraphes") in strings_in_code()
    assert len(strings_in_code() | strings_in_templates()) > 700


def test_translations_keep_what_is_filled_in():
    wrong = []
    for language in ("en", "fr"):
        for msgid, (plural, told, _flags) in read_po(language).items():
            pairs = zip((msgid, plural or msgid), told, strict=False)
            wrong += [
                (original, text)
                for original, text in pairs
                if sorted(PLACEHOLDER.findall(original)) != sorted(PLACEHOLDER.findall(text))
            ]
    assert wrong == []


def test_english_is_written_with_english_signs():
    told = [text for _plural, told, _flags in read_po("en").values() for text in told]
    assert [text for text in told if FRENCH_SIGNS.search(text)] == []
    assert [text for text in told if re.search("[à-ÿœ]", text, re.I)] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_compiled_catalogue_is_what_its_source_says(language):
    expected = {}
    for msgid, (plural, told, _flags) in read_po(language).items():
        forms = {(msgid, form): text for form, text in enumerate(told)}
        expected |= forms if plural else {msgid: told[0]}
    assert read_mo(LOCALE / language / "LC_MESSAGES" / "django.mo") == expected


def test_french_catalogue_only_rewords_what_others_say():
    """A phrase that Django no longer says would be dead weight."""
    others = {}
    for path in ("django.conf", "django.contrib.admin", "django.contrib.auth", "taggit"):
        module = __import__(path, fromlist=["__file__"])
        others |= read_mo(Path(module.__file__).parent / "locale/fr/LC_MESSAGES/django.mo")
    assert sorted(read_po("fr").keys() - others.keys()) == []


def test_make_messages_has_nothing_to_change(tmp_path, monkeypatch):
    """What xgettext finds is what Python finds above; the order of strings is the code's."""
    if shutil.which("xgettext") is None:
        if "gettext" in os.environ.get("REQUIRE", ""):
            pytest.fail("apt install gettext")
        pytest.skip("apt install gettext")
    for folder in ("articles", "templates"):
        skipped = shutil.ignore_patterns("tests", "migrations", "__pycache__")
        shutil.copytree(settings.BASE_DIR / folder, tmp_path / folder, ignore=skipped)
    monkeypatch.chdir(tmp_path)
    catalogue = tmp_path / "articles/locale/en/LC_MESSAGES/django.po"
    before = catalogue.read_text()
    options = {"locale": ["en"], "add_location": "file", "no_wrap": True, "no_obsolete": True}
    with override_settings(LOCALE_PATHS=[str(tmp_path / "articles/locale")]):
        call_command("makemessages", verbosity=0, **options)
    assert catalogue.read_text() == before, "run make messages"
