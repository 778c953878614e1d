"""What a search answers: a page of what was found, how much there is, and what narrows it."""

from collections import Counter
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Case, TextField, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import Contains
from django.http import Http404

from .dates import day_in_words, to_local
from .excerpts import with_excerpts
from .filters import BEST, PAGE_SIZE, Page, as_query, make_key, read_key
from .models import Edition
from .models.edition import SEARCH
from .spelling import propose
from .stretches import find_newest, section_signs, year_signs

# What is counted, told apart by facets and ranked: the newest so many.
MOST = 1000
COLUMNS = ("pk", "listed_at", "article_id", "section_id", "published_at")
# What a word counts for in the headline, and beside the story.
IN_HEADLINE, BESIDE = 3, 1


class Hit(NamedTuple):
    pk: int
    listed_at: datetime
    article_id: int
    section_id: int
    published_at: datetime
    score: int = 0

    @property
    def place(self):
        return self.listed_at, self.article_id

    @property
    def rank(self):
        return self.score, *self.place


class Choice(NamedTuple):
    """A link that narrows a search; count: the stories that it leads to."""

    name: str
    count: int
    query: str


class Results:
    """What *asked*, a valid SearchFilter with words, finds at request.at.

    The newest first, or the best of the newest MOST: by their headlines, then by what stands beside
    them. Four queries: where the list begins; the newest hits; those by the start of the last word
    if there are none, or those of a far page; the stories of the page.
    """

    def __init__(self, asked, request):
        self.asked, self.request, self.words = asked, request, asked.words
        self.most, self.since = MOST, None
        self.is_best = bool(asked.form.cleaned_data["ordre"])
        self.kept = asked.kept()
        # The best are ranked among the same stories on every page, though new ones come in.
        self.head = self.read_head()
        self.hits = self.find(self.head, MOST + 1)
        if not self.hits and self.words.prefix and not self.words.is_prefixed:
            self.words = self.words.by_prefix()
            self.hits = self.find(self.head, MOST + 1)

    @property
    def is_empty(self):
        return not self.hits

    @property
    def is_capped(self):
        return len(self.hits) > MOST

    @property
    def ends_early(self):
        """Whether no page goes on past what is counted."""
        return self.is_capped and (self.is_best or self.is_widened)

    @property
    def is_widened(self):
        """Whether no story has the last word, but some have others that begin with it."""
        return bool(self.hits) and self.words is not self.asked.words

    @property
    def total(self):
        return min(len(self.hits), MOST)

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
        """The Page of these hits that the request asks for; raise Http404 as keyset_page() does."""
        key = self.request.GET.get("avant")
        before = read_key(key, self.list_name(self.page_kept())) if key is not None else None
        hits = self.ranked() if self.is_best else self.newest(before)
        if before:
            last = (int(self.request.GET["note"]), *before) if self.is_best else (0, *before)
            hits = [hit for hit in hits if hit.rank < last]
            if not hits:
                raise Http404
        shown, next_query = hits[:PAGE_SIZE], ""
        if len(hits) > PAGE_SIZE:
            kept = self.page_kept(shown[-1])
            next_query = as_query(kept, make_key(*shown[-1].place, self.list_name(kept)))
        return Page(self.load(shown), before and before[0], "", next_query)

    def newest(self, before):
        """Return the newest hits, those of a page from the place *before* on among them."""
        left = sum(hit.place < before for hit in self.hits) if before else len(self.hits)
        if self.is_capped and left <= PAGE_SIZE and self.words is self.asked.words:
            # The place itself, a page, and one more that tells whether another follows.
            return self.find(before, PAGE_SIZE + 2)
        return self.hits

    def ranked(self):
        return sorted(self.hits[:MOST], key=lambda hit: hit.rank, reverse=True)

    def find(self, start, most):
        """Return the newest *most* Hits, from the place *start* on if it isn't None."""
        editions, columns = self.asked.qs, COLUMNS
        if start:
            editions = editions.before(start[0], start[1] + 1)
        if self.is_best:
            editions, columns = editions.annotate(score=score(self.words)), (*COLUMNS, "score")
        newest = start[0] if start else self.newest_place
        since, until = self.asked.days
        places = [section_signs(self.asked.section), year_signs(since, until, self.request.at)]
        found = find_newest(editions, self.words, columns, newest=newest, most=most, places=places)
        self.since = self.since or found.since
        return [Hit(*row) for row in found.rows]

    @cached_property
    def newest_place(self):
        """Where the list of all stories begins."""
        live = Edition.objects.live(self.request.at).newest_first()
        return live.values_list("listed_at", flat=True).first() or self.request.at

    def load(self, hits):
        """Return the Editions of *hits* in their order, with excerpts."""
        found = Edition.objects.live(self.request.at).select_related("section").defer(*SEARCH)
        found = found.in_bulk([hit.pk for hit in hits])
        editions = [found[hit.pk] for hit in hits if hit.pk in found]
        return with_excerpts(editions, self.words)

    def read_head(self):
        """Return the place of the newest story that was ranked on the first page, or None."""
        if not self.is_best or "avant" not in self.request.GET:
            return None
        return read_key(self.request.GET.get("parmi", ""), self.list_name(self.kept))

    def page_kept(self, last=None):
        """Return the parameters that the page after *last* keeps, or this page if it is None."""
        if not self.is_best:
            return self.kept
        if last is None:
            asked = self.request.GET
            return {**self.kept, "parmi": asked.get("parmi", ""), "note": asked.get("note", "")}
        head = make_key(*(self.head or self.hits[0].place), self.list_name(self.kept))
        return {**self.kept, "parmi": head, "note": str(last.score)}

    def list_name(self, kept):
        return f"{self.request.path}{as_query(kept, None)}"

    @cached_property
    def section_choices(self):
        """Links to the sections that the hits are in, the fullest first."""
        counts = Counter(hit.section_id for hit in self.hits[:MOST])
        if self.asked.section or len(counts) < 2:
            return []
        sections = {section.pk: section for section in self.asked.sections.values()}
        return [
            Choice(sections[pk].short_name, count, self.narrowed(rubrique=sections[pk].slug))
            for pk, count in counts.most_common()
            if pk in sections
        ]

    @cached_property
    def year_choices(self):
        """Links to the years that the hits were published in, the newest first."""
        counts = Counter(to_local(hit.published_at).year for hit in self.hits[:MOST])
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
        if self.hits:
            return []
        live = Edition.objects.live(self.request.at)
        found = propose(self.asked.text, live)
        return [(text, as_query({"mots": text}, None)) for text in found]


def score(query):
    """Return the expression of how well a story that matches *query* does, 0 or more."""
    headline, beside = (
        Concat(Value(" "), column, Value(" "), output_field=TextField())
        for column in ("search_a", "search_b")
    )
    parts = []
    for terms in query.needed:
        words = f" {' '.join(terms)} "
        if query.is_prefixed and terms is query.needed[-1]:
            words = " ".join(["", *terms[:-1], query.prefix])
        parts.append(
            Case(
                When(Contains(headline, words), then=Value(IN_HEADLINE)),
                When(Contains(beside, words), then=Value(BESIDE)),
                default=Value(0),
            )
        )
    return sum(parts, start=Value(0))
