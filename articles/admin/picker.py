"""A search box over a <select>: rows are found while typing, without loading them all."""

import json
import re

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from ..models import Topic
from ..slug import make_slug

# In front of the name of a topic that is to be made.
NEW = "+"
KEY = re.compile(r"[0-9]{1,18}")
WORDS = {
    "search": _("Chercher…"),
    "none": _("Aucun résultat"),
    "failed": _("La recherche n’a pas répondu."),
    "create": _("Créer « %s »"),
    "create_anyway": _("Créer quand même « %s »"),
    "close": _("Existe déjà, sous un nom très proche"),
    "remove": _("Retirer %s"),
}


class Picker(AutocompleteMixin):
    """Django's autocomplete without select2, whose list is none to a screen reader."""

    media = forms.Media(js=[Script("js/desk/picker.js", type="module")])

    def build_attrs(self, base_attrs, extra_attrs=None):
        field = {
            "app_label": self.field.model._meta.app_label,
            "model_name": self.field.model._meta.model_name,
            "field_name": self.field.name,
        }
        words = {name: str(word) for name, word in WORDS.items()}
        return {
            **base_attrs,
            **(extra_attrs or {}),
            "data-picker": f"{self.get_url()}?{urlencode(field)}",
            "data-words": json.dumps(words, ensure_ascii=False),
        }

    def optgroups(self, name, value, attrs=None):
        # What can't be a key is the field's to refuse: Django would ask the database for it.
        keys = [key for key in value if not key or KEY.fullmatch(key)]
        return super().optgroups(name, keys, attrs)


class PickOne(Picker, forms.Select):
    pass


class PickOneTopic(PickOne):
    url_name = "%s:articles_topic_search"


class PickTopics(Picker, forms.SelectMultiple):
    url_name = "%s:articles_topic_search"

    def optgroups(self, name, value, attrs=None):
        """Return the chosen topics only, those still to be made too."""
        made = [key for key in value if not key.startswith(NEW)]
        groups = super().optgroups(name, made, attrs)
        for key in value:
            if key.startswith(NEW):
                option = self.create_option(name, key, key.removeprefix(NEW), {key}, 0)
                groups[0][1].append(option)
        return groups


class TopicsField(forms.ModelMultipleChoiceField):
    """Topics by id, and names of new ones after a plus sign; cleans to a list of Topics.

    A name that differs from a topic's in accents or case only is that topic. New ones are
    unsaved: save_new() saves them with the form.
    """

    may_create = False

    def allow_new(self, allowed):
        self.may_create = allowed
        self.widget.attrs["data-creates"] = "yes" if allowed else "no"

    def clean(self, value):
        value = value or []
        names = [key.removeprefix(NEW).strip() for key in value if key.startswith(NEW)]
        chosen = super().clean([key for key in value if not key.startswith(NEW)])
        # A form that was open when a topic was merged still names it.
        topics = list(dict.fromkeys(topic.final for topic in chosen.select_related("merged_into")))
        for name in filter(None, names):
            topic = Topic.objects.called(name) or self.new_topic(name)
            if topic not in topics:
                topics.append(topic)
        return topics

    def new_topic(self, name):
        if not self.may_create:
            raise ValidationError(
                _("« %(name)s » n’est pas un sujet, et vous n’avez pas le droit d’en créer."),
                params={"name": name},
            )
        topic = Topic(name=name, slug=make_slug(name))
        topic.clean_fields(exclude=["slug"])
        return topic

    @staticmethod
    def save_new(topics):
        """Return *topics*, all saved."""
        return [
            topic
            if topic.pk
            else Topic.objects.get_or_create(slug=topic.slug, defaults={"name": topic.name})[0]
            for topic in topics
        ]
