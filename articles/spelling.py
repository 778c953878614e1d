"""Nearby spellings for a search that finds nothing, drawn from what readers can see.

The words are those of the newest live stories' headlines, kickers and signatures: so nothing that
isn't live can be proposed (E8), both databases propose the same, and the cost has an end.
"""

import re
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

from .analysis import APOSTROPHES, STOP_WORDS, tokens_in, words_of
from .models import Edition
from .prepared import planned_once
from .search import Query

# The newest stories whose words are looked at, and how long and alike two words must be.
MOST_STORIES = 2000
SHORTEST = 4
ALIKE = 0.74
APOSTROPHE = re.compile(f"[{APOSTROPHES}]")


class Story(NamedTuple):
    headline: str
    kicker: str
    byline: list
    search_a: str
    search_b: str
    live_until: datetime | None


class Vocabulary(NamedTuple):
    """What the newest stories show: {folded word: as it is shown}, and the analysed words of each
    story; ends: the aware datetime from which one of them is live no more, or None."""

    known: dict
    stories: list
    ends: datetime | None

    @classmethod
    def at(cls, at):
        stories = [Story(*row) for row in read_stories(at)]
        names = (part["name"] for story in stories for part in story.byline)
        shown = dict.fromkeys(t for story in stories for t in (story.headline, story.kicker))
        return cls(
            words_shown([*shown, *dict.fromkeys(names)]),
            [(f" {story.search_a} ", f" {story.search_b} ") for story in stories],
            min((s.live_until for s in stories if s.live_until), default=None),
        )

    def answers(self, query):
        """Whether a story's headline and what stands beside it hold all that *query* needs."""
        phrases = [f" {' '.join(terms)} " for terms in query.needed]
        return any(all(p in a or p in b for p in phrases) for a, b in self.stories)


@planned_once
def read_stories(at):
    return Edition.objects.live(at).newest_first().values_list(*Story._fields)[:MOST_STORIES]


def vocabulary_for(request):
    """Return the Vocabulary at request.at; for readers it is made once for a version of the site.

    What starts in the meantime isn't in it, what ends leaves it at that very instant.
    """
    version = getattr(request, "site_version", 0)
    if not version:
        return Vocabulary.at(request.at)
    made = make_once(version)
    if made.ends and made.ends <= request.at:
        make_once.cache_clear()
        made = make_once(version)
    return made


@lru_cache(maxsize=1)
def make_once(version):
    return Vocabulary.at(timezone.now())


def propose(text, vocabulary):
    """Return texts like *text*, each of which finds a story of the Vocabulary.

    The whole of it with its unknown words replaced, else these words alone.
    """
    changes = find_changes(text, vocabulary.known)
    if not changes:
        return []
    whole = replaced(text, changes)
    query = Query.parse(whole)
    if vocabulary.answers(query) and not query.without:
        return [whole]
    return list(dict.fromkeys(changes.values())) if len(query.needed) > 1 else []


def words_shown(texts):
    """Return {folded word: the word as *texts* show it}, small letters first; no numbers."""
    known = {}
    # Most words come many times. No word goes across a space, but numbers.
    for chunk in dict.fromkeys(" ".join(texts).split()):
        for match in tokens_in(chunk):
            words, shown = words_of(match[0]), APOSTROPHE.split(match[0])[-1]
            if len(words) != 1 or words[0].isdigit() or words[0] in STOP_WORDS:
                continue
            if words[0] not in known or shown.islower():
                known[words[0]] = shown
    return known


def find_changes(text, known):
    """Return {(start, end): other word} of the words in *text* that no story shows."""
    changes = {}
    for match in tokens_in(text):
        words, shown = words_of(match[0]), APOSTROPHE.split(match[0])[-1]
        if len(words) != 1 or len(words[0]) < SHORTEST or words[0] in STOP_WORDS | known.keys():
            continue
        if other := closest(words[0], known):
            changes[match.end() - len(shown), match.end()] = known[other]
    return changes


def closest(word, known):
    """Return the word of *known* that is most like *word*, None if none is like it."""
    length, pairs = len(word), {word[place : place + 2] for place in range(len(word) - 1)}
    # Words so alike have a third of their pairs of letters in common, or more: cheaper to see.
    near = [
        other
        for other in known
        if abs(len(other) - length) <= 2
        and sum(pair in other for pair in pairs) >= min(len(pairs), length // 3)
    ]
    found = get_close_matches(word, near, n=1, cutoff=ALIKE)
    return found[0] if found else None


def replaced(text, changes):
    for (start, end), word in sorted(changes.items(), reverse=True):
        text = text[:start] + word + text[end:]
    return text
