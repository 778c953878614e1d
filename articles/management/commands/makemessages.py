"""Django's makemessages for the two places that speak to people: the app and its templates."""

import re
from pathlib import Path

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    # What is new stays empty: a guess would pass for a translation.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def find_files(self, root):
        self.ignore_patterns += ["*/tests", "*/migrations"]
        return super().find_files("./articles") + super().find_files("./templates")

    def write_po_file(self, potfile, locale):
        super().write_po_file(potfile, locale)
        # So that a catalogue in which nothing changed is the same file.
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        text = catalogue.read_text(encoding="utf-8")
        text = re.sub(r'^"(POT-Creation-Date|Report-Msgid-Bugs-To): .*\n', "", text, flags=re.M)
        catalogue.write_text(text, encoding="utf-8")
