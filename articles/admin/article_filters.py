"""The filters of the list of articles; the dashboard links to them."""

from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Article, Author, Meaning, Topic
from .dates import end_of_day

# Whose names the list can be filtered by: those who sign the articles changed last.
RECENT_ARTICLES = 200
WEEK = timedelta(days=7)


class StatusFilter(admin.SimpleListFilter):
    """Where an article is at the desk. What is in the trash is seen only when asked for."""

    title = _("étape")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return Article.Status.choices

    def queryset(self, request, articles):
        if self.value() in Article.Status:
            return articles.filter(status=self.value())
        return articles.out_of_trash()


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
            ("ending", _("Se termine aujourd’hui")),
            ("corrected", _("Rectifié depuis 7 jours")),
            ("withdrawn", _("Retiré")),
            ("never", _("Jamais publié")),
        ]

    def queryset(self, request, articles):
        now = timezone.now()
        choices = {
            "live": articles.live(now),
            "changed": articles.changed(),
            "planned": articles.planned(now),
            "ending": articles.ending(now, end_of_day(now)),
            "corrected": articles.corrected(now - WEEK, now),
            "withdrawn": articles.filter(in_force_meaning=Meaning.WITHDRAWAL),
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


class AuthorFilter(admin.SimpleListFilter):
    title = _("signature")
    parameter_name = "author"

    def lookups(self, request, model_admin):
        recent = Article.objects.order_by("-updated_at", "-pk").values("pk")[:RECENT_ARTICLES]
        authors = Author.objects.filter(article_bylines__article__in=recent).distinct()
        return [(author.slug, author.name) for author in authors.order_by("name", "pk")]

    def queryset(self, request, articles):
        if not self.value():
            return articles
        return articles.filter(bylines__author__slug=self.value()).distinct()
