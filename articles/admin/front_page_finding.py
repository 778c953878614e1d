"""How the desk finds a front page, and the stories and topics to put on it."""

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..models import Edition, FrontPage, Meaning, Topic
from ..search import Matches, Query
from ..slug import make_slug
from .dates import short_time
from .topic import paths_of

FOUND = 12


def find_front(request, section, permission="articles.view_frontpage"):
    """Return the FrontPage of the section with the id *section* (0: the site's), maybe unsaved."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    if section:
        section = get_object_or_404(Topic.objects.sections(), pk=section)
    section = section or None
    found = FrontPage.objects.select_related("section").filter(section=section).first()
    return found or FrontPage(section=section)


def newest_of(front):
    """Return the newest revision and the newest edition of *front*, or None."""
    if front.pk is None:
        return None, None
    return front.revisions.current().first(), front.editions.order_by("-number").first()


@require_safe
def find_stories(request):
    """The stories that are live or planned and match what is typed, the newest first."""
    find_front(request, 0)
    now, words = timezone.now(), Query.parse(request.GET.get("term", "")[:200])
    editions = Edition.objects.live(now) | Edition.objects.planned(now)
    editions = editions.exclude(meaning=Meaning.WITHDRAWAL).exclude(is_sealed=True)
    found = editions.filter(Matches(words)) if words else Edition.objects.none()
    found = found.newest_first().for_listing().annotate(story_key=F("article__uuid"))
    stories = {}
    for edition in found[: 2 * FOUND]:
        stories.setdefault(edition.story_key, edition)
    results = [
        {"id": str(key), "text": edition.headline, "path": where(edition, now)}
        for key, edition in list(stories.items())[:FOUND]
    ]
    return JsonResponse({"results": results})


def where(edition, now):
    """Return what the picker says below the headline of *edition*: its section and its time."""
    told = {"section": edition.section.short_name, "time": short_time(edition.live_from)}
    if edition.live_from > now:
        return _("%(section)s, prévu le %(time)s") % told
    return _("%(section)s, en ligne depuis le %(time)s") % told


@require_safe
def find_topics(request):
    """The sections, then the topics, whose names have the words typed, whatever their accents."""
    find_front(request, 0)
    topics, term = Topic.objects.filter(merged_into=None), request.GET.get("term", "").strip()
    for word in make_slug(term[:100]).split("-"):
        topics = topics.filter(slug__contains=word)
    topics = list(topics.order_by("-is_section", "name", "pk")[:FOUND]) if term else []
    paths = paths_of(topics)
    results = [
        {
            "id": str(topic.uuid),
            "text": topic.name,
            "path": _("Rubrique") if topic.is_section else paths[topic.pk],
        }
        for topic in topics
    ]
    return JsonResponse({"results": results})
