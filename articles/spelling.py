"""Nearby spellings for a search that finds nothing, drawn from what readers can see.

The words are those of the newest live stories' headlines, kickers and signatures: so nothing that
isn't live can be proposed (E8), both databases propose the same, and the cost has an end.
"""

import re
from difflib import get_close_matches
from typing import NamedTuple

from .analysis import APOSTROPHES, STOP_WORDS, tokens_in, words_of
from .search import Query

# The newest stories whose words are looked at, and how long and alike two words must be.
MOST_STORIES = 2000
SHORTEST = 4
ALIKE = 0.74
MOST_CHOICES = 3
COLUMNS = ("headline", "kicker", "byline", "search_a", "search_b")
APOSTROPHE = re.compile(f"[{APOSTROPHES}]")


class Story(NamedTuple):
    headline: str
    kicker: str
    byline: list
    search_a: str
    search_b: str

    @property
    def texts(self):
        return [self.headline, self.kicker, *(part["name"] for part in self.byline)]

    def answers(self, query):
        """Whether its headline and what stands beside it hold all that *query* needs."""
        columns = f" {self.search_a} ", f" {self.search_b} "
        phrases = [f" {' '.join(terms)} " for terms in query.needed]
        return all(any(phrase in column for column in columns) for phrase in phrases)


def propose(text, live):
    """Return texts like *text*, each of which finds one of the editions *live*.

    The whole of it with its unknown words replaced, else these words alone. One query.
    """
    rows = live.newest_first().values_list(*COLUMNS)[:MOST_STORIES]
    stories = [Story(*row) for row in rows]
    known = words_shown(stories)
    changes = find_changes(text, known)
    if not changes:
        return []
    whole = replaced(text, changes)
    query = Query.parse(whole)
    if any(story.answers(query) for story in stories) and not query.without:
        return [whole]
    return list(dict.fromkeys(changes.values())) if len(query.needed) > 1 else []


def words_shown(stories):
    """Return {folded word: the word as stories show it}, small letters first."""
    known = {}
    for text in (text for story in stories for text in story.texts):
        for match in tokens_in(text):
            words, shown = words_of(match[0]), APOSTROPHE.split(match[0])[-1]
            if len(words) == 1 and (words[0] not in known or shown.islower()):
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
    length = len(word)
    near = [w for w in known if abs(len(w) - length) <= 2 and w not in STOP_WORDS]
    found = get_close_matches(word, near, n=1, cutoff=ALIKE)
    return found[0] if found else None


def replaced(text, changes):
    for (start, end), word in sorted(changes.items(), reverse=True):
        text = text[:start] + word + text[end:]
    return text
