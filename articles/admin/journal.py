"""The journals of acts: who did what, when and why. Nobody can change them here."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import AccountAct, Act, PhotoAct, TopicAct


class DayFilter(admin.DateFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("date")


class PersonFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("personne")
        self.empty_value_display = _("Compte supprimé")


class JournalAdmin(admin.ModelAdmin):
    """Lines that are read, and nothing else."""

    list_display_links = ["at"]
    list_filter = ["name", ("at", DayFilter), ("by", PersonFilter)]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-at", "-pk"]
    empty_value_display = ""
    change_list_template = "admin/articles/act/change_list.html"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Act)
class ActAdmin(JournalAdmin):
    list_display = ["at", "name", "story", "by_name", "versions", "reason"]
    search_fields = ["article__headline", "alert__text"]
    fields = ["at", "name", "story", "by_name", "versions", "starts_at", "ends_at", "reason"]

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


@admin.register(TopicAct)
class TopicActAdmin(JournalAdmin):
    list_display = ["at", "name", "linked_topic", "by_name", "told", "reason"]
    search_fields = ["topic_name", "other_name"]
    fields = ["at", "name", "linked_topic", "by_name", "told", "reason"]

    def get_queryset(self, request):
        return super().get_queryset(request).for_journal()

    @admin.display(description=_("sujet"), ordering="topic_name")
    def linked_topic(self, act):
        if not act.topic_id:
            return act.topic_name
        url = reverse("admin:articles_topic_history", args=[act.topic_id])
        return format_html('<a href="{}">{}</a>', url, act.topic_name)

    @admin.display(description=_("ce qui a changé"))
    def told(self, act):
        return act.told


@admin.register(PhotoAct)
class PhotoActAdmin(JournalAdmin):
    list_display = ["at", "name", "linked_photo", "by_name", "until", "reason"]
    list_select_related = ["photo"]
    search_fields = ["photo__words", "by_name"]
    fields = ["at", "name", "linked_photo", "by_name", "until_before", "until", "reason"]

    @admin.display(description=_("photo"))
    def linked_photo(self, act):
        url = reverse("admin:articles_photo_change", args=[act.photo_id])
        return format_html('<a href="{}">{}</a>', url, act.photo)


@admin.register(AccountAct)
class AccountActAdmin(JournalAdmin):
    list_display = ["at", "name", "account_name", "by_name", "told"]
    search_fields = ["account_name", "by_name"]
    fields = ["at", "name", "account_name", "by_name", "told"]
