"""The field in which a story is written: the prose editor, and what it sends cleaned."""

import json
from uuid import UUID

from django import forms
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import body

# By the names that the editor's menu gives to its buttons.
WORDS = {
    "toolbar": _("Mise en forme"),
    "paragraph": _("Paragraphe"),
    "heading2": _("Intertitre"),
    "heading3": _("Sous-intertitre"),
    "bold": _("Gras"),
    "italic": _("Italique"),
    "superscript": _("Exposant"),
    "subscript": _("Indice"),
    "blockquote": _("Citation"),
    "bulletList": _("Liste à puces"),
    "orderedList": _("Liste numérotée"),
    "link": _("Lien"),
    "unlink": _("Retirer le lien"),
    "figure": _("Photo"),
    "history:undo": _("Annuler"),
    "history:redo": _("Rétablir"),
    "href": _("Adresse de la page"),
    "setLink": _("Poser le lien"),
}


class ProseWidget(forms.Textarea):
    """The prose editor laid over a textarea, which stays where there is no JavaScript."""

    # The packaged widget needs an inline import map, which the policy refuses.
    media = forms.Media(
        css={"all": ["django_prose_editor/material-icons.css", "django_prose_editor/editor.css"]},
        js=[Script("js/desk/prose.js", type="module")],
    )

    def build_attrs(self, base_attrs, extra_attrs=None):
        words = {name: str(word) for name, word in WORDS.items()}
        attrs = {"data-prose": json.dumps(words, ensure_ascii=False), "rows": 20}
        return super().build_attrs({**base_attrs, **attrs}, extra_attrs)


class StoryWidget(ProseWidget):
    """The editor of a story, which may hold photos of the library."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        attrs = super().build_attrs(base_attrs, extra_attrs)
        thumbnails = reverse("admin:articles_photo_thumbnail", args=[UUID(int=0)])
        picker = reverse("admin:articles_photo_choose")
        return {**attrs, "data-thumbnails": thumbnails, "data-picker": picker}


class TextField(forms.CharField):
    """Text of several lines. Browsers send "\\r\\n", which would make each save a change."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class LineField(forms.CharField):
    """One line, typed in a box that grows with it. Non-breaking spaces are kept."""

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        # A browser would cut what is pasted, without a word: who typed it is told instead.
        attrs.pop("maxlength", None)
        return attrs

    def to_python(self, value):
        return " ".join(super().to_python(value).splitlines())


class ProseField(TextField):
    """A story's text: the desk stores it cleaned."""

    widget = ProseWidget

    def to_python(self, value):
        return body.clean(super().to_python(value))
