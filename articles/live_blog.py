"""What readers see of a live blog ("direct"): its entries under the story, at an instant."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.urls import reverse

from .filters import Page, as_query, key_after, page_before
from .models import Coverage, LiveEntryEdition

PAGE_SIZE = 50
MOST_KEY = 20
# Of an entry that only "L'essentiel" names.
HEAVY = ("byline", "corrections", "note")


def with_coverage(editions, at):
    """Annotate when the story was first told live by the aware datetime *at*, and the last end.

    coverage_from is None for a story without a live blog; coverage_until may be after *at*.
    """
    begun = Coverage.objects.filter(article=OuterRef("article"), live_from__lte=at)
    return editions.annotate(
        coverage_from=Subquery(begun.order_by("live_from").values("live_from")[:1]),
        coverage_until=Subquery(begun.order_by("-live_from").values("live_until")[:1]),
    )


def running_for(request):
    """Return the ids of the articles that are told live at request.at.

    For readers they are read once for each version of the site, as sections_for() does; for the
    site at another instant once for the page.
    """
    if version := getattr(request, "site_version", 0):
        return read_running(version)
    if not hasattr(request, "running"):
        running = Coverage.objects.in_force(request.at)
        request.running = frozenset(running.values_list("article", flat=True))
    return request.running


@lru_cache(maxsize=2)
def read_running(version):
    """Return those that run at *version* of the site or a later one, never an earlier."""
    return frozenset(Coverage.objects.running().values_list("article", flat=True))


@dataclass(frozen=True)
class LiveBlog:
    """One page of the live blog under a story.

    page: the Page whose editions are LiveEntryEditions, notices of withdrawal too; path: the
    address of its older pages; key_entries: those of "L'essentiel", on the first page only.
    """

    started_at: datetime
    ended_at: datetime | None
    path: str
    page: Page
    key_entries: list

    @property
    def entries(self):
        return [entry for entry in self.page.editions if not entry.is_withdrawn]

    @property
    def changed_at(self):
        """When readers last were given something new."""
        changes = [entry.live_from for entry in self.page.editions]
        return max([self.started_at, *changes, *([self.ended_at] if self.ended_at else [])])


def find_live_blog(edition, at, key=None):
    """Return the LiveBlog of *edition* (with_coverage()), or None; in two queries, or in one.

    *key* names the page after an entry: None is the first. Raise Http404 for one that isn't ours.
    """
    if edition.coverage_from is None:
        return None
    path = path_of(edition)
    rows = LiveEntryEdition.objects.filter(article=edition.article_id)
    page = page_before(rows.shown(at), key, path, by="shown_at", size=PAGE_SIZE)
    key_entries = rows.live(at).filter(is_key=True).newest_first("shown_at").defer(*HEAVY)
    return LiveBlog(
        started_at=edition.coverage_from,
        ended_at=ended_at(edition, at),
        path=path,
        page=page,
        key_entries=[] if page.before else list(key_entries[:MOST_KEY]),
    )


def ended_at(edition, at):
    """Return the end of the live blog, or None while it runs at *at*."""
    until = edition.coverage_until
    return until if until and until <= at else None


def path_of(edition):
    return reverse("articles:live-blog", args=[edition.article_id, edition.slug])


def find_place(edition, entry, at):
    """Return the address at which readers find the *entry* (its id) of *edition* at *at*.

    It moves to older pages as newer ones come. Raise Http404 if readers don't see it.
    """
    rows = LiveEntryEdition.objects.filter(article=edition.article_id).shown(at)
    found = rows.filter(entry=entry).only("shown_at").first()
    if found is None:
        raise Http404
    newer = rows.after(found.shown_at, entry)
    newer = list(newer.order_by("shown_at", "entry_id").only("shown_at", "entry_id")[:PAGE_SIZE])
    anchor = f"#message-{entry}"
    if len(newer) < PAGE_SIZE:
        return edition.get_absolute_url() + anchor
    path = path_of(edition)
    key = key_after(newer[0], path, by="shown_at", tie=rows.tie)
    return path + as_query({}, key) + anchor
