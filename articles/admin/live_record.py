"""Records that readers see without a publication: each change makes a new state of the site."""

from django.utils import timezone

from ..models import SiteState


class LiveRecordMixin:
    """A ModelAdmin whose every write bumps the public site's version, last in its transaction."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        SiteState.objects.bump(timezone.now())

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        SiteState.objects.bump(timezone.now())

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        SiteState.objects.bump(timezone.now())
