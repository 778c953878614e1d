"""The filters of the list of articles."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Meaning, Topic


class SectionFilter(admin.SimpleListFilter):
    title = _("rubrique")
    parameter_name = "section"

    def lookups(self, request, model_admin):
        return [(topic.slug, topic.short_name) for topic in Topic.objects.sections()]

    def queryset(self, request, articles):
        return articles.filter(section__slug=self.value()) if self.value() else articles


class StateFilter(admin.SimpleListFilter):
    """What readers see of an article. Needs with_state()."""

    title = _("publication")
    parameter_name = "publication"

    def lookups(self, request, model_admin):
        return [
            ("live", _("En ligne")),
            ("changed", _("Modifications non publiées")),
            ("planned", _("Prévu")),
            ("withdrawn", _("Retiré")),
            ("never", _("Jamais publié")),
        ]

    def queryset(self, request, articles):
        withdrawn = articles.filter(in_force_meaning=Meaning.WITHDRAWAL)
        choices = {
            "live": articles.filter(in_force_meaning__isnull=False).exclude(
                in_force_meaning=Meaning.WITHDRAWAL
            ),
            "changed": articles.changed(),
            "planned": articles.filter(planned_from__isnull=False),
            "withdrawn": withdrawn,
            "never": articles.filter(editions=None),
        }
        return choices.get(self.value(), articles)


class MineFilter(admin.SimpleListFilter):
    title = _("responsable")
    parameter_name = "owner"

    def lookups(self, request, model_admin):
        return [("me", _("Mes articles"))]

    def queryset(self, request, articles):
        return articles.filter(owner=request.user) if self.value() == "me" else articles
