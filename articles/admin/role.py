"""Roles: what a group of people may do, told by noun in the desk's language."""

from itertools import groupby

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..analysis import fold
from ..models import Act, Delivery, Edition

# Django keeps the names of these in English only.
ACTIONS = {
    "add": _("Peut ajouter"),
    "change": _("Peut modifier"),
    "delete": _("Peut supprimer"),
    "view": _("Peut voir"),
}
# The desk shows these and changes none.
RECORDS = (Act, Delivery, Edition)


def rights_that_matter():
    """Return the Permissions that the desk asks for, and any other that someone has."""
    nouns = ContentType.objects.get_for_models(*admin.site._registry)
    records = [nouns.pop(model) for model in RECORDS]
    asked = Q(content_type__in=nouns.values())
    asked |= Q(content_type__in=records, codename__startswith="view_")
    had = Q(group__isnull=False) | Q(user__isnull=False)
    return Permission.objects.filter(asked | had).select_related("content_type").distinct()


def noun_of(permission):
    model = permission.content_type.model_class()
    return capfirst(model._meta.verbose_name_plural) if model else permission.content_type.model


def name_of(permission):
    """Return what *permission* allows to do to its noun."""
    action, _underscore, model = permission.codename.partition("_")
    if model == permission.content_type.model and action in ACTIONS:
        return ACTIONS[action]
    # Our own are kept as they are marked, in French.
    return gettext(permission.name)


class ByNoun(ModelChoiceIterator):
    def __iter__(self):
        rights = sorted(self.queryset, key=lambda right: (fold(noun_of(right)), right.pk))
        for noun, some in groupby(rights, noun_of):
            yield noun, [self.choice(right) for right in some]


class RightsField(forms.ModelMultipleChoiceField):
    """Boxes to tick under each noun; who hears only the box's label hears the noun too."""

    iterator = ByNoun
    # Django's pair of lists can't be read by a screen reader.
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj):
        noun = '<span class="visually-hidden">({})</span>'
        return format_html("{} " + noun, name_of(obj), noun_of(obj))


def rights_options():
    """Return what a ModelAdmin's formfield_for_manytomany() gives a field of Permissions."""
    return {
        "form_class": RightsField,
        "widget": RightsField.widget,
        "queryset": rights_that_matter(),
    }


class LinkedMixin:
    """Of what goes with a row, its links to roles and rights are nothing to tell anyone."""

    def get_deleted_objects(self, objs, request):
        rows, counts, *refusals = super().get_deleted_objects(objs, request)
        models = apps.get_models(include_auto_created=True)
        links = [model._meta for model in models if model._meta.auto_created]
        plurals = [link.verbose_name_plural for link in links]
        counts = {name: count for name, count in counts.items() if name not in plurals}
        names = tuple(f"{capfirst(link.verbose_name)}: " for link in links)
        return without(rows, names), counts, *refusals


def without(rows, names):
    """Return the nested list of texts *rows* without those that begin with one of *names*."""
    kept = [without(row, names) if isinstance(row, list) else row for row in rows]
    return [row for row in kept if row and not (isinstance(row, str) and row.startswith(names))]


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(LinkedMixin, GroupAdmin):
    filter_horizontal = []

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **kwargs, **rights_options())
