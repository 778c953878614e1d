"""The front of the desk: what waits, what comes, what is on the site; each links to its list."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..models import Article, Autosave, Delivery, Edition, Meaning, Revision, Step
from .article_filters import WEEK
from .autosave import RESUME
from .dates import end_of_day, short_time
from .presence import clock

SHOWN = 8
# Changes that nobody published for so long are no work of today; their list has them all.
RECENT = timedelta(days=30)
# A form in which nothing of it was typed is no text.
WRITTEN = ("kicker", "headline", "standfirst", "body")


def dashboard(request):
    """Django's index, with the lists of the newsroom."""
    user, now = request.user, timezone.now()
    context = {}
    if user.has_perm("articles.view_article"):
        context["panels"] = panels_of(user, now)
    if user.has_perm("articles.add_article"):
        context["unsaved"] = unsaved_of(user)
        context["conflicts"] = conflicts_of(user)
    if user.has_perm("articles.view_delivery"):
        context["failing_count"] = Delivery.objects.failing().count()
    return admin.site.index(request, context)


def unsaved_of(user):
    """Return the new articles that *user* typed and never saved: the address and words of each."""
    rows = Autosave.objects.unsaved(user).of_new_articles()[:SHOWN]
    return [
        {
            "url": f"{reverse('admin:articles_article_add')}?{urlencode({RESUME: row.form})}",
            "time": clock(row.typed_at),
            "headline": row.headline or _("Sans titre"),
        }
        for row in rows
        if any(value.strip() for name in WRITTEN for value in row.typed.get(name, []))
    ]


def conflicts_of(user):
    """Return the versions of *user* that someone else's save kept from being the text."""
    mine = Revision.objects.unsettled().filter(created_by=user)
    in_hand = mine.exclude(article__status=Article.Status.TRASHED)
    rows = in_hand.select_related("article").defer("snapshot", "article__body")
    return [
        {
            "url": reverse("admin:articles_article_conflict", args=[row.article_id, row.number]),
            "time": short_time(row.created_at),
            "headline": row.article.headline or _("Sans titre"),
        }
        for row in rows.order_by("-created_at", "-pk")[:SHOWN]
    ]


def panels_of(user, now):
    """Return the lists of *user* at the aware datetime *now*, one query each."""
    articles = Article.objects.out_of_trash()
    editions = Edition.objects.filter(article=OuterRef("pk"))
    corrections = editions.went_live(now).filter(meaning=Meaning.CORRECTION)
    last_step = Step.objects.filter(article=OuterRef("pk"))
    drafts = articles.drafts_of(user).annotate(
        step=Subquery(last_step.values("name")[:1]), said=Subquery(last_step.values("reason")[:1])
    )
    review = articles.filter(status=Article.Status.REVIEW)
    submitted = last_step.filter(name=Step.Name.SUBMIT).values("at")[:1]
    changed = articles.filter(updated_at__gte=now - RECENT).with_state(now).changed()
    return [
        panel(
            _("Mes brouillons"),
            {"owner": "me", "status": "draft", "publication": "never"},
            by_time(drafts, F("updated_at"), newest_first=True),
            _("Rien en cours : tout est remis."),
        ),
        panel(
            _("À relire"),
            {"status": "review"},
            by_time(review, Subquery(submitted)),
            _("Rien n’attend de relecture."),
        ),
        panel(
            _("Prévus"),
            {"publication": "planned"},
            by_time(articles.planned(now), first(editions.planned(now), "live_from")),
            _("Rien n’est prévu."),
        ),
        panel(
            _("En ligne"),
            {"publication": "live"},
            by_time(articles.newest_live(now, SHOWN), first(editions.live(now), "live_from"), True),
            _("Rien n’est en ligne."),
        ),
        panel(
            _("Modifiés depuis la publication"),
            {"publication": "changed"},
            by_time(changed, F("updated_at"), newest_first=True),
            _("Le site a partout le dernier texte."),
        ),
        panel(
            _("Se terminent aujourd’hui"),
            {"publication": "ending"},
            by_time(articles.ending(now, end_of_day(now)), first(editions.live(now), "ends_at")),
            _("Rien ne quitte le site aujourd’hui."),
        ),
        panel(
            _("Rectificatifs de la semaine"),
            {"publication": "corrected"},
            by_time(
                articles.corrected(now - WEEK, now),
                Subquery(corrections.order_by("-live_from").values("live_from")[:1]),
                newest_first=True,
            ),
            _("Aucun rectificatif depuis 7 jours."),
        ),
    ]


def first(editions, name):
    return Subquery(editions.order_by("live_from").values(name)[:1])


def by_time(articles, time, newest_first=False):
    """Return the first of *articles* by the expression *time*, which their rows show."""
    order = "-time" if newest_first else "time"
    rows = articles.annotate(time=time).order_by(order, "-pk")
    return rows.select_related("section", "owner").defer("body", "standfirst")[:SHOWN]


def panel(title, query, articles, nothing):
    """Return what _panel.html shows: the head of the list at *query*, *nothing* if it is empty."""
    address = f"{reverse('admin:articles_article_changelist')}?{urlencode(query)}"
    rows = [
        {
            "article": article,
            "time": short_time(article.time),
            "sent_back": getattr(article, "step", "") == Step.Name.SEND_BACK,
        }
        for article in articles
    ]
    return {"title": title, "address": address, "rows": rows, "nothing": nothing}
