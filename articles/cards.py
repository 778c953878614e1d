"""A story in a list, as a card, a line, what was found: drawn once as long as it says the same."""

import json
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import mark_safe

from .photos import is_shown

# What a front page, the first pages of sections and some deeper ones print.
MOST_KEPT = 3_000
# No text holds it.
PLACE = "\0"


class Card(NamedTuple):
    """All that _card.html prints, and nothing else: equal cards look alike.

    section_slug is empty on the page of that section; published_at is None where cards aren't
    dated; photo_json is empty without a photo.
    """

    article: int
    slug: str
    headline: str
    kicker: str
    standfirst: str
    # Texts that are equal are set differently.
    is_verbatim: bool
    section_slug: str
    section_name: str
    is_section: bool
    is_running: bool
    published_at: datetime | None
    photo_json: str

    @classmethod
    def of(cls, edition, at, *, here=None, is_dated=False, is_running=False):
        """Return the card of *edition* at the aware datetime *at*, on the page of the Topic *here*.

        is_running: whether the story is told live.
        """
        photo, section = edition.lead_photo, edition.section
        is_elsewhere = section != here
        return cls(
            edition.article_id,
            edition.slug,
            edition.headline,
            edition.kicker,
            edition.standfirst,
            edition.is_verbatim,
            section.slug if is_elsewhere else "",
            section.short_name if is_elsewhere else "",
            section.is_section,
            is_running,
            edition.published_at if is_dated else None,
            json.dumps(photo) if is_shown(photo, at) else "",
        )

    @property
    def photo(self):
        """Its photo, as the edition froze it, or None."""
        return json.loads(self.photo_json) if self.photo_json else None

    @property
    def section_page(self):
        """The name of the address of what the story was filed under."""
        return "articles:section-detail" if self.is_section else "articles:topic-detail"

    def draw(self):
        """Return its HTML."""
        return draw_once("card", self, settings.LANGUAGE_CODE, get_script_prefix())


class Line(NamedTuple):
    """All that _line.html prints, and nothing else: equal lines look alike.

    told_at is None where no time stands before the headline.
    """

    article: int
    slug: str
    headline: str
    # Texts that are equal are set differently.
    is_verbatim: bool
    is_running: bool
    told_at: datetime | None

    @classmethod
    def of(cls, edition, *, is_running=False, told_at=None):
        """Return the line of *edition*; is_running: whether the story is told live."""
        said = edition.article_id, edition.slug, edition.headline, edition.is_verbatim
        return cls(*said, is_running, told_at)

    def draw(self):
        """Return its HTML."""
        return draw_once("line", self, settings.LANGUAGE_CODE, get_script_prefix())


class Label(NamedTuple):
    """All that _label.html prints, above a headline: equal labels look alike."""

    section_address: str
    section_name: str
    kicker: str
    # Texts that are equal are set differently.
    is_verbatim: bool

    @classmethod
    def of(cls, edition):
        section = edition.section
        address, name = section.get_absolute_url(), section.short_name
        return cls(address, name, edition.kicker, bool(edition.kicker) and edition.is_verbatim)

    def draw(self):
        """Return its HTML."""
        return draw_once("label", self, settings.LANGUAGE_CODE, get_script_prefix())


class Found(NamedTuple):
    """All that _found.html prints but the words in which a search marks what it found."""

    address: str
    label: Label
    has_excerpt: bool
    published_at: datetime

    @classmethod
    def of(cls, edition):
        """Return what was found of *edition*, which is with_excerpts()."""
        address, label = edition.get_absolute_url(), Label.of(edition)
        return cls(address, label, bool(edition.excerpt), edition.published_at)

    @property
    def place(self):
        """What stands where words will."""
        return PLACE

    def draw(self, headline, excerpt):
        """Return its HTML with the words, which are HTML too."""
        frame = draw_once("found", self, settings.LANGUAGE_CODE, get_script_prefix())
        return mark_safe(frame.replace(PLACE, headline, 1).replace(PLACE, excerpt, 1))  # noqa: S308


@lru_cache(maxsize=MOST_KEPT)
def draw_once(name, thing, language, prefix):
    # The site at another instant has a prefix of its own, which its links have too.
    return render_to_string(f"articles/_{name}.html", {name: thing})
