"""Where a photo is used: in what is published or planned, and in what the desk is at work on."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Article, Dossier, EditionPhoto, FrontPageRevision
from .history import state_in_time, state_of

SHOWN = 50


def uses_of(photo, at):
    """Return where *photo* is published, the newest first, as {"name", "url", "state"}.

    A story, a front page or a dossier stands there once for each state.
    """
    found = {}
    for name, url, state in (*story_uses(photo, at), *page_uses(photo, at)):
        if state != "cancelled":
            found.setdefault((url, state), {"name": name, "url": url, "state": state})
    return list(found.values())


def story_uses(photo, at):
    rows = EditionPhoto.objects.filter(photo=photo).select_related("edition")
    rows = rows.defer("edition__body_html", "edition__photos").order_by("-live_from", "-pk")
    for row in rows[:SHOWN]:
        url = reverse("admin:articles_article_change", args=[row.article_id])
        yield row.edition.headline, url, state_of(row.edition, at)


def page_uses(photo, at):
    fronts = photo.front_page_editions.select_related("front_page__section").defer("slots")
    for edition in fronts.order_by("-live_from", "-pk")[:SHOWN]:
        yield *named_front(edition.front_page), state_in_time(edition, at)
    editions = photo.dossier_editions.select_related("dossier__topic")
    for edition in editions.order_by("-live_from", "-pk")[:SHOWN]:
        yield *named_dossier(edition.dossier), state_in_time(edition, at)


def named_front(front):
    """Return what the card of a photo calls the front page *front*, and its address at the desk."""
    name = _("Une : %(name)s") if front.section_id else "%(name)s"
    url = reverse("admin:articles_frontpage_edit", args=[front.section_id or 0])
    return name % {"name": front}, url


def named_dossier(dossier):
    url = reverse("admin:articles_topic_dossier", args=[dossier.topic_id])
    return _("Dossier : %(topic)s") % {"topic": dossier.topic}, url


def drafts_with(photo):
    """Return what holds *photo* at the desk, as (name, url): stories, front pages, dossiers."""
    found = [
        (article, reverse("admin:articles_article_change", args=[article.pk]))
        for article in stories_with(photo)
    ]
    newest = FrontPageRevision.objects.newest().filter(created_at__gte=photo.created_at)
    for revision in newest.select_related("front_page__section"):
        if any(slot.get("photo", {}).get("photo") == photo.key for slot in revision.slots):
            found.append(named_front(revision.front_page))
    dossiers = Dossier.objects.filter(photo__photo=photo.key).select_related("topic")
    return found + [named_dossier(dossier) for dossier in dossiers[:SHOWN]]


def stories_with(photo):
    # A text names a photo only since it was there: the index on the date keeps this short.
    in_text = Q(updated_at__gte=photo.created_at, body__contains=photo.key)
    articles = Article.objects.filter(Q(article_photos__photo=photo) | in_text).distinct()
    return articles.defer("body", "standfirst")[:SHOWN]
