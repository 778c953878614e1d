"""The photos beside a story's text, as one field of its form: chosen, ordered, described."""

import json
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..models import ArticlePhoto, Photo

# What is asked of each photo, by the ends of the names of its inputs.
PARTS = ("role", "caption", "alt")
NO_PHOTO = str(UUID(int=0))
LONGEST_ALT = ArticlePhoto._meta.get_field("alt").max_length
WORDS = {
    "moved": _("{title} : place {place} sur {count}."),
    "added": _("{title} est ajoutée."),
    "removed": _("{title} est retirée."),
}


class PhotosWidget(forms.Widget):
    """A list of photos, each with inputs of the same names; their order is that of the page.

    An empty input stands before all, so that a form without photos says so.
    """

    media = forms.Media(js=[Script("js/desk/photos.js", type="module")])
    parts = PARTS

    def value_from_datadict(self, data, files, name):
        """Return what was typed, as ArticlePhoto.snapshot() has it; None if the form lacks it."""
        if name not in data:
            return None
        keys = [key for key in getlist(data, name) if key]
        parts = {part: getlist(data, f"{name}-{part}") for part in self.parts}
        # One that lacks a part is refused below, and not forgotten.
        return [
            {"photo": key, **{part: "".join(texts[n : n + 1]) for part, texts in parts.items()}}
            for n, key in enumerate(keys)
        ]

    def value_omitted_from_data(self, data, files, name):
        return name not in data

    def render(self, name, value, attrs=None, renderer=None):
        uses = value or []
        photos = {str(p.uuid): p for p in Photo.objects.filter(uuid__in=keys_of(uses))}
        context = {
            "name": name,
            "rows": [{**use, "of": photos[use["photo"]]} for use in uses if use["photo"] in photos],
            "parts": self.parts,
            "roles": ArticlePhoto.Role.choices,
            "longest_alt": LONGEST_ALT,
            "picker": reverse("admin:articles_photo_choose"),
            "words": json.dumps({key: str(word) for key, word in WORDS.items()}),
        }
        return render_to_string("admin/articles/article/_photos.html", context)


class PhotosField(forms.Field):
    """Cleans to a list as in a snapshot; what the form didn't send stays as it is."""

    widget = PhotosWidget

    def to_python(self, value):
        return [{**use, "caption": as_lines(use["caption"])} for use in value or []]

    def validate(self, uses):
        if not {use["role"] for use in uses} <= set(ArticlePhoto.Role.values):
            raise ValidationError(_("Ce rôle d’une photo n’existe pas."))
        if any(len(use["alt"]) > LONGEST_ALT for use in uses):
            text = _("Un texte de remplacement a plus de %(most)d signes.")
            raise ValidationError(text, params={"most": LONGEST_ALT})
        keys = keys_of(uses)
        if Photo.objects.filter(uuid__in=keys).count() != len(keys):
            raise ValidationError(_("Une photo n’est plus dans la photothèque."))

    def has_changed(self, initial, data):
        return data is not None and self.to_python(data) != (initial or [])

    def lines_of(self, uses):
        """Return the photos as the lines of text that people know them by."""
        photos = {str(p.uuid): str(p) for p in Photo.objects.filter(uuid__in=keys_of(uses or []))}
        return [
            " – ".join(filter(None, (photos.get(use["photo"], ""), use["caption"], use["alt"])))
            for use in uses or []
        ]


class PhotoWidget(PhotosWidget):
    """The same for one photo alone: another one that is chosen takes its place."""

    parts = ("caption", "alt")

    def render(self, name, value, attrs=None, renderer=None):
        # What is stored is one use, what was typed a list.
        uses = [value] if isinstance(value, dict) and value else value
        return super().render(name, uses, attrs, renderer)


class PhotoField(PhotosField):
    """Cleans to {"photo": its key, and what is typed of it, by *parts*}; {} for none."""

    widget = PhotoWidget

    def __init__(self, *, parts=PhotoWidget.parts, **kwargs):
        super().__init__(**kwargs)
        self.widget.parts = parts

    def to_python(self, value):
        uses = [{"role": ArticlePhoto.Role.LEAD, "caption": "", **use} for use in value or []]
        return super().to_python(uses)

    def clean(self, value):
        return self.as_stored(super().clean(value))

    def as_stored(self, uses):
        names = ("photo", *self.widget.parts)
        return {name: uses[0][name] for name in names} if uses else {}

    def has_changed(self, initial, data):
        return data is not None and self.as_stored(self.to_python(data)) != (initial or {})


def keys_of(uses):
    """Return the keys of the photos in *uses*, each once; NO_PHOTO for what is no key at all."""
    keys = set()
    for use in uses:
        try:
            keys.add(str(UUID(use["photo"])))
        except ValueError:
            keys.add(NO_PHOTO)
    return keys


def getlist(data, name):
    return data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])


def as_lines(text):
    return text.replace("\r\n", "\n").strip()
