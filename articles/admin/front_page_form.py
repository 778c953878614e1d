"""The form of a front page at the desk: its slots in order, and what is done with them."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import Article, Photo, SiteState, Topic
from ..slots import Kind, Rule, Slot
from .local_time import LocalTimeField
from .photos_field import PhotoField
from .picker import PickKey
from .prose import LineField

MOST_SLOTS = 60
KEY = re.compile(r"[0-9a-f]{8}")


class KeyField(forms.UUIDField):
    """The uuid of a row, as text; which rows there are is asked when the page is published."""

    def __init__(self, url_name, **kwargs):
        super().__init__(required=False, widget=PickKey(url_name), **kwargs)

    def clean(self, value):
        key = super().clean(value)
        return str(key) if key else ""

    def has_changed(self, initial, data):
        return (initial or "") != (data or "")


class SlotForm(forms.Form):
    """One slot. *names* are what the stories and topics of the page are called, by uuid."""

    key = forms.RegexField(KEY, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Place"), choices=Kind.choices)
    story = KeyField("admin:articles_frontpage_stories", label=_("Article choisi"))
    rule = forms.ChoiceField(label=_("Sinon, d’elle-même"), choices=Rule.choices)
    topic = KeyField("admin:articles_frontpage_topics", label=_("Rubrique ou sujet"))
    headline = LineField(label=_("Titre à la une"), max_length=250, required=False)
    kicker = LineField(label=_("Surtitre à la une"), max_length=120, required=False)
    until = LocalTimeField(label=_("L’article quitte la place le"), required=False)
    # Lists print no caption.
    photo = PhotoField(label=_("Photo à la une"), required=False, parts=("alt",))
    allow_repeat = forms.BooleanField(
        label=_("Peut répéter un article montré ailleurs sur la page"), required=False
    )

    def __init__(self, *args, names, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for name in ("story", "topic"):
            value = self[name].value() or ""
            self.fields[name].widget.choose_from(value, names)

    @classmethod
    def initial_of(cls, stored):
        slot = Slot.read(stored)
        return {**slot.stored(), "until": slot.leaves_at}

    def clean(self):
        typed = super().clean()
        if typed.get("kind") == Kind.BLOCK:
            typed["rule"] = Rule.TOPIC.value
        if typed.get("rule") == Rule.TOPIC and not typed.get("topic") and "topic" in typed:
            self.add_error("topic", _("Choisissez la rubrique ou le sujet de cette place."))
        if typed.get("rule") in (Rule.STORY, Rule.NEWS):
            typed["topic"] = ""
        return typed

    def stored(self):
        """Return the slot as it is stored."""
        names = ("key", "kind", "story", "rule", "topic", "headline", "kicker")
        names += ("allow_repeat", "photo")
        until = self.cleaned_data["until"]
        values = {name: self.cleaned_data[name] for name in names}
        return Slot(**values, until=SiteState.encode(until) if until else "").stored()

    @property
    def has_more(self):
        """Whether what is folded away is filled in, or wrong."""
        names = ("headline", "kicker", "until", "allow_repeat", "photo")
        return any(self[name].value() or self[name].errors for name in names)


class BaseSlotFormSet(forms.BaseFormSet):
    deletion_widget = forms.CheckboxInput
    ordering_widget = forms.NumberInput(attrs={"min": 1})

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Rang")
        form.fields["DELETE"].label = _("Supprimer cette place")

    def clean(self):
        keys = [form.cleaned_data["key"] for form in self.forms if "key" in form.cleaned_data]
        if len(keys) != len(set(keys)):
            raise ValidationError(_("Deux places ont la même clef : rechargez la page."))

    def in_order(self):
        """Return the forms that stay, by the rank that was typed; those without one last."""
        kept = [form for form in self.forms if not form.cleaned_data.get("DELETE")]
        return sorted(kept, key=lambda form: form.cleaned_data.get("ORDER") or 10 * MOST_SLOTS)

    def stored(self):
        """Return the slots as they are stored."""
        return [form.stored() for form in self.in_order()]


SlotFormSet = forms.formset_factory(
    SlotForm,
    formset=BaseSlotFormSet,
    extra=0,
    can_order=True,
    can_delete=True,
    max_num=MOST_SLOTS,
    # Those above the limit are refused, and shown again all the same.
    absolute_max=2 * MOST_SLOTS,
    validate_max=True,
)


class FrontPageForm(forms.Form):
    """What goes with the slots: the version that they were made of, and the publication."""

    # The numbers of the version, and of the newest edition, that the editor saw.
    based_on = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Motif, pour le journal"), max_length=200, required=False)
    at = LocalTimeField(label=_("Publier le (vide : maintenant)"), required=False)
    until = LocalTimeField(label=_("Jusqu’au (vide : sans fin)"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


def names_of(keys):
    """Return what the stories, topics and photos with the uuids *keys* are called."""
    keys = {key for key in keys if key}
    found = [*Article.objects.filter(uuid__in=keys).values_list("uuid", "headline")]
    found += [*Topic.objects.filter(uuid__in=keys).values_list("uuid", "name")]
    names = {str(key): name for key, name in found}
    if rest := keys - names.keys():
        names |= {photo.key: str(photo) for photo in Photo.objects.filter(uuid__in=rest)}
    return names
