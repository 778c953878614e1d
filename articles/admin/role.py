"""Roles: what a group of people may do, told by noun in the desk's language."""

from itertools import groupby

from django import forms
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

# Django keeps the names of these in English only.
ACTIONS = {
    "add": _("Peut ajouter"),
    "change": _("Peut modifier"),
    "delete": _("Peut supprimer"),
    "view": _("Peut voir"),
}


def rights_that_matter():
    """Return the Permissions on what the desk shows, and any other that someone has."""
    nouns = ContentType.objects.get_for_models(*admin.site._registry).values()
    shown = Q(content_type__in=nouns) | Q(group__isnull=False) | Q(user__isnull=False)
    return Permission.objects.filter(shown).select_related("content_type").distinct()


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


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    filter_horizontal = []

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **kwargs, **rights_options())
