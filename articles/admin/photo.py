"""The library of photos: the list, what is said of a photo, where it is used."""

import re

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.forms.widgets import Script
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from .. import body
from ..analysis import fold
from ..models import Photo
from ..renditions import make_soon
from .dates import short_time
from .photo_files import photo_file, thumbnail
from .photo_pages import act_page, offered_acts
from .photo_upload import choose_photo, upload_photos
from .photo_uses import SHOWN, drafts_with, uses_of
from .prose import LineField, TextField


class PhotoForm(forms.ModelForm):
    class Meta:
        model = Photo
        fields = [
            "alt",
            "is_decorative",
            "caption",
            "credit",
            "copyright",
            "source",
            "licence",
            "keywords",
            "focal_x",
            "focal_y",
        ]
        field_classes = {"alt": LineField, "caption": TextField, "keywords": LineField}
        widgets = {
            "alt": forms.Textarea(attrs={"rows": 2}),
            "caption": forms.Textarea(attrs={"rows": 3}),
            "keywords": forms.Textarea(attrs={"rows": 2}),
            "focal_x": forms.NumberInput(attrs={"min": 0, "max": 1, "step": 0.01}),
            "focal_y": forms.NumberInput(attrs={"min": 0, "max": 1, "step": 0.01}),
        }

    class Media:
        js = [Script("js/desk/focal.js", type="module")]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class RightsFilter(admin.SimpleListFilter):
    title = _("droits")
    parameter_name = "droits"

    def lookups(self, request, model_admin):
        return [
            ("open", _("Utilisables")),
            ("ended", _("Droits finis")),
            ("removed", _("Retirées du site")),
            ("bare", _("Sans description ou sans crédit")),
        ]

    def queryset(self, request, photos):
        now = timezone.now()
        choices = {
            "open": photos.shown_at(now),
            "ended": photos.filter(rights_until__lte=now),
            "removed": photos.exclude(removed_at=None),
            "bare": photos.filter(Q(alt="", is_decorative=False) | Q(credit="")),
        }
        return choices.get(self.value(), photos)


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    list_display = ["picture", "title", "credit", "state", "created_by_name", "added"]
    list_display_links = ["picture", "title"]
    list_filter = [RightsFilter, "created_at"]
    list_per_page = 48
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = ""
    search_fields = ["words"]
    search_help_text = _("Légende, description, crédit, mots-clés, nom du fichier")
    form = PhotoForm
    fieldsets = [
        (_("Point d’intérêt"), {"fields": [("focal_x", "focal_y")]}),
        (_("Description"), {"fields": ["alt", "is_decorative", "caption", "credit"]}),
        (_("Droits"), {"fields": ["copyright", "source", "licence"]}),
        (_("Recherche"), {"fields": ["keywords"]}),
    ]

    def get_urls(self):
        def page(address, view, name, **options):
            wrapped = self.admin_site.admin_view(view)
            return path(address, wrapped, options, name=f"articles_photo_{name}")

        return [
            page("choisir/", choose_photo, "choose"),
            page("fichiers/<str:name>", photo_file, "file"),
            page("vignettes/<uuid:key>/", thumbnail, "thumbnail"),
            page("<int:photo>/actes/<slug:act>/", act_page, "act"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.may_be_described_by(request.user))

    def has_delete_permission(self, request, obj=None):
        """Versions of stories name photos: they are removed from the site, and stay here (E16)."""
        return False

    def get_search_results(self, request, queryset, search_term):
        for word in fold(search_term).split():
            queryset = queryset.filter(words__contains=word)
        return queryset, False

    @admin.display(description=_("photo"))
    def picture(self, photo):
        return thumbnail_of(photo)

    @admin.display(description=_("légende"))
    def title(self, photo):
        return photo

    @admin.display(description=_("état"))
    def state(self, photo):
        name, label = state_of_photo(photo, timezone.now())
        return format_html('<span class="state {}">{}</span>', name, label)

    @admin.display(description=_("ajoutée"), ordering="created_at")
    def added(self, photo):
        return short_time(photo.created_at)

    def add_view(self, request, form_url="", extra_context=None):
        # Django's would hold SQLite's lock while a large file is read.
        return upload_photos(request)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        now = timezone.now()
        context |= {
            "state": state_of_photo(obj, now),
            "acts": offered_acts(obj, request.user),
            "journal": obj.acts.all()[:SHOWN],
            "uses": uses_of(obj, now),
            "drafts": drafts_with(obj),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, photo, form, change):
        photo.fill_words()
        photo.save(update_fields=[*form.fields, "words"])
        # Also what an earlier attempt left unmade.
        make_soon(photo)


def thumbnail_of(photo):
    address = reverse("admin:articles_photo_thumbnail", args=[photo.uuid])
    width, height = small(photo)
    tag = '<img class="thumbnail" src="{}" width="{}" height="{}" alt="{}" loading="lazy">'
    return format_html(tag, address, width, height, photo.alt or photo.file_name)


def with_thumbnails(markup):
    """Return cleaned *markup* of a story with its photos to be seen at the desk."""

    def thumbnail_by_key(match):
        address = reverse("admin:articles_photo_thumbnail", args=[match[1]])
        return format_html('<img class="thumbnail" src="{}" alt="{}">', address, _("Photo"))

    return mark_safe(re.sub(body.IMAGE, thumbnail_by_key, markup))  # noqa: S308


def small(photo):
    """Return width and height of a thumbnail of *photo*, 120 pixels at most."""
    scale = 120 / max(photo.width, photo.height)
    return max(1, round(photo.width * scale)), max(1, round(photo.height * scale))


def state_of_photo(photo, at):
    """Return the name and the label of what the desk should know first of *photo*."""
    if photo.removed_at:
        return "withdrawn", _("Retirée du site")
    if photo.rights_until and photo.rights_until <= at:
        return "withdrawn", _("Droits finis")
    if photo.lacks:
        return "changed", _("À compléter")
    if photo.rights_until:
        return "planned", _("Jusqu’au %(time)s") % {"time": short_time(photo.rights_until)}
    return "live", _("Utilisable")
