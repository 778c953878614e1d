"""Editions: what was published when, and by whom. Nothing here can be changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Edition
from .photo import with_thumbnails


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):
    list_display = ["headline", "meaning", "live_from", "live_until", "published_by_name", "number"]
    list_filter = ["meaning", "live_from"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-live_from", "-pk"]
    search_fields = ["headline", "published_by_name"]
    fields = [
        "article",
        "number",
        "meaning",
        "note",
        "live_from",
        "live_until",
        "published_at",
        "modified_at",
        "published_by_name",
        "section",
        "kicker",
        "headline",
        "standfirst",
        "text",
        "dateline",
        "credit",
    ]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body_html")

    @admin.display(description=_("texte"))
    def text(self, edition):
        return with_thumbnails(edition.body_html)
