"""The journal of acts: who did what, when and why. Nobody can change it here."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import Act


class DayFilter(admin.DateFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("date")


class PersonFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("personne")
        self.empty_value_display = _("Compte supprimé")


@admin.register(Act)
class ActAdmin(admin.ModelAdmin):
    list_display = ["at", "name", "story", "by_name", "versions", "reason"]
    list_display_links = ["at"]
    list_filter = ["name", ("at", DayFilter), ("by", PersonFilter)]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-at", "-pk"]
    empty_value_display = ""
    search_fields = ["article__headline", "alert__text"]
    fields = ["at", "name", "story", "by_name", "versions", "starts_at", "ends_at", "reason"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).for_journal()

    @admin.display(description=_("sur"), ordering="article__headline")
    def story(self, act):
        if act.article:
            url = reverse("admin:articles_article_history", args=[act.article_id])
        elif act.alert:
            url = reverse("admin:articles_alert_change", args=[act.alert_id])
        else:
            front = act.front_page_edition.front_page
            url = reverse("admin:articles_frontpage_versions", args=[front.section_id or 0])
        return format_html('<a href="{}">{}</a>', url, act.about)

    @admin.display(description=_("version → édition"))
    def versions(self, act):
        return act.versions
