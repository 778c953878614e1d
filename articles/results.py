"""What a search answers: a page of what was found, how much there is, and what narrows it."""

from functools import cached_property, lru_cache
from typing import NamedTuple

from django.http import Http404
from django.utils import timezone

from .dates import day_in_words, to_local
from .excerpts import with_excerpts
from .filling import give_sections
from .filters import BEST, PAGE_SIZE, Page, as_query, make_key, read_key
from .finding import find_newest
from .models import Edition
from .prepared import planned_once
from .spelling import propose, vocabulary_for
from .stretches import section_signs, year_signs

# What is counted, told apart by facets and ranked: the newest so many.
MOST = 1000


class Choice(NamedTuple):
    """A link that narrows a search; count: the stories that it leads to."""

    name: str
    count: int
    query: str


class Results:
    """What *asked*, a valid SearchFilter with words, finds at request.at.

    The newest first, or the best of the newest MOST: by their headlines, then by what stands beside
    them. Three queries, and one a version of the site: where the list begins; what was found; that
    by the start of the last word if it is nothing, or what a far page has; the page's stories.
    """

    def __init__(self, asked, request):
        self.asked, self.request, self.words = asked, request, asked.words
        self.most, self.since = MOST, None
        self.is_best = bool(asked.form.cleaned_data["ordre"])
        self.kept = asked.kept()
        # The best are ranked among the same stories on every page, though new ones come in.
        self.head = self.read_head()
        self.before = self.read_before()
        self.found = self.find()
        if self.is_empty and self.words.prefix and not self.words.is_prefixed:
            self.words = self.words.by_prefix()
            self.found = self.find()

    @property
    def is_empty(self):
        return not self.found.total

    @property
    def is_capped(self):
        return self.found.total > MOST

    @property
    def ends_early(self):
        """Whether no page goes on past what is counted."""
        return self.is_capped and (self.is_best or self.is_widened)

    @property
    def is_widened(self):
        """Whether no story has the last word, but some have others that begin with it."""
        return not self.is_empty and self.words is not self.asked.words

    @property
    def total(self):
        return min(self.found.total, MOST)

    @property
    def limit(self):
        """The day since when alone stories were looked through, for lack of time; empty if all."""
        return day_in_words(to_local(self.since)) if self.since else ""

    @property
    def first_query(self):
        return as_query(self.kept, None)

    @property
    def other_order(self):
        """The query of the same search in the other order."""
        return self.narrowed(ordre="" if self.is_best else BEST)

    @cached_property
    def page(self):
        """The Page of what was found; raise Http404 as keyset_page() does."""
        hits = self.found.hits
        if self.before and len(hits) <= PAGE_SIZE and self.is_capped and not self.ends_early:
            hits = self.find_far()
        if self.before and not hits:
            raise Http404
        shown, next_query = hits[:PAGE_SIZE], ""
        if len(hits) > PAGE_SIZE:
            kept = self.page_kept(shown[-1])
            next_query = as_query(kept, make_key(*shown[-1].place, self.list_name(kept)))
        return Page(self.load(shown), self.before and self.before[1], "", next_query)

    def find(self):
        """Return what is Found, with the hits of the page that the request asks for."""
        editions = self.asked.qs
        if self.head:
            editions = editions.before(self.head[0], self.head[1] + 1)
        return self.find_below(self.request.at, editions, most=MOST, before=self.before)

    def find_far(self):
        """Return the hits of a page past what is counted."""
        _, instant, article = self.before
        editions = self.asked.qs.before(instant, article)
        return self.find_below(instant, editions, most=PAGE_SIZE + 1).hits

    def find_below(self, top, editions, **numbers):
        """Return what is Found of *editions*, which stand in the list at *top*, aware, or below."""
        since, until = self.asked.days
        places = [section_signs(self.asked.section), year_signs(since, until, self.request.at)]
        # So do those published before a day, unless they were moved up long after.
        top = min(top, until) if until else top
        numbers |= {"newest": min(newest_for(self.request), top), "latest": top}
        numbers |= {"size": PAGE_SIZE + 1, "is_best": self.is_best}
        found = find_newest(editions, self.request.at, self.words, places=places, **numbers)
        self.since = self.since or found.since
        return found

    def load(self, hits):
        """Return the Editions of *hits* in their order, with excerpts."""
        keys = [hit.pk for hit in hits]
        found = {e.pk: e for e in read_found(self.request.at, *keys)} if keys else {}
        give_sections(found.values(), self.asked.sections.values())
        return with_excerpts([found[key] for key in keys if key in found], self.words)

    def read_head(self):
        """Return the place of the newest story that was ranked on the first page, or None."""
        if not self.is_best or "avant" not in self.request.GET:
            return None
        return read_key(self.request.GET.get("parmi", ""), self.list_name(self.kept))

    def read_before(self):
        """Return the rank of the last story of the page before, None on the first page."""
        key = self.request.GET.get("avant")
        if key is None:
            return None
        place = read_key(key, self.list_name(self.page_kept()))
        return self.read_score(), *place

    def read_score(self):
        """Return the score of the last story of the page before."""
        score = self.request.GET.get("note", "") if self.is_best else "0"
        # The sum in a key finds slips, not people who make their own.
        if not score.isdecimal():
            raise Http404
        return int(score)

    def page_kept(self, last=None):
        """Return the parameters that the page after *last* keeps, or this page if it is None."""
        if not self.is_best:
            return self.kept
        if last is None:
            asked = self.request.GET
            return {**self.kept, "parmi": asked.get("parmi", ""), "note": asked.get("note", "")}
        head = make_key(*(self.head or self.found.head.place), self.list_name(self.kept))
        return {**self.kept, "parmi": head, "note": str(last.score)}

    def list_name(self, kept):
        return f"{self.request.path}{as_query(kept, None)}"

    @cached_property
    def section_choices(self):
        """Links to the sections that the hits are in, the fullest first."""
        counts = self.found.sections
        if self.asked.section or len(counts) < 2:
            return []
        sections = {section.pk: section for section in self.asked.sections.values()}
        fullest = sorted(counts.keys() & sections.keys(), key=lambda pk: (-counts[pk], pk))
        return [
            Choice(sections[pk].short_name, counts[pk], self.narrowed(rubrique=sections[pk].slug))
            for pk in fullest
        ]

    @cached_property
    def year_choices(self):
        """Links to the years that the hits were published in, the newest first."""
        counts = self.found.years
        if len(counts) < 2:
            return []
        return [
            Choice(str(year), count, self.narrowed(du=f"{year}-01-01", au=f"{year}-12-31"))
            for year, count in sorted(counts.items(), reverse=True)
        ]

    def narrowed(self, **parameters):
        kept = {**self.kept, **parameters}
        return as_query({name: value for name, value in kept.items() if value}, None)

    @cached_property
    def proposals(self):
        """Other spellings that find a story, as (text, query), where nothing was found."""
        if not self.is_empty:
            return []
        found = propose(self.asked.text, vocabulary_for(self.request))
        return [(text, as_query({"mots": text}, None)) for text in found]


def newest_for(request):
    """Return where the list of all stories begins, or began lately: an aware datetime.

    For readers, whose request has the site's version from page_cache, it is read once.
    """
    version = getattr(request, "site_version", 0)
    return read_newest(version) if version else newest_at(request.at)


@lru_cache(maxsize=2)
def read_newest(version):
    return newest_at(timezone.now())


def newest_at(at):
    return next((edition.listed_at for edition in read_first(at)), at)


@planned_once
def read_first(at):
    return Edition.objects.live(at).newest_first().only("listed_at")[:1]


@planned_once
def read_found(at, *keys):
    """Return live editions by their keys, as Found and with_excerpts() need them.

    Without their sections.
    """
    texts = ("slug", "kicker", "headline", "standfirst", "body_html", "is_verbatim", "published_at")
    found = Edition.objects.live(at).filter(pk__in=keys).order_by()
    return found.only("article", "section_id", *texts)
