"""The feeds of the public site: RSS 2.0, Atom and JSON Feed, each list in all three."""

import html
import json
import re
from datetime import datetime
from functools import lru_cache
from itertools import compress, islice
from typing import NamedTuple
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from . import structured_data
from .addresses import address_of
from .body import FIGURE
from .corrections import newest_and_gone
from .dates import to_second
from .feed_formats import FORMATS, NAMES
from .filters import public_page
from .models import (
    Author,
    Edition,
    EditionAuthor,
    EditionTopic,
    LiveEntryEdition,
    Meaning,
    Topic,
)
from .photos import shared_pictures
from .prepared import planned_once, prepared
from .story_page import find_story
from .structured_data import LANGUAGE, absolute
from .templatetags.articles import opening
from .typography import french, french_html

SIZE = 40
SUMMARY_SIGNS = 500
LINK = re.compile(r'(<a href=")([^"]*)')
# The items of the site's feeds and of the newest of others.
MOST_KEPT = 500


def feed_links(page, *args):
    """Return the addresses of the feeds named *page*, as {"type", "name", "address"}."""
    return [
        {
            "type": feed.content_type.partition(";")[0],
            "name": NAMES[ending],
            "address": address_of(page, *args, ending),
        }
        for ending, feed in FORMATS.items()
    ]


@public_page
def site_feed(request, ending):
    title = settings.SITE_NAME
    return story_feed(request, ending, title, address_of("front-page"), all_rows)


@public_page
def section_feed(request, slug, ending):
    return show_topic_feed(request, slug, ending, is_section=True)


@public_page
def topic_feed(request, slug, ending):
    return show_topic_feed(request, slug, ending, is_section=False)


def show_topic_feed(request, slug, ending, *, is_section):
    if (topic := Topic.objects.at_address(slug)) is None:
        raise Http404
    if topic.final != topic or topic.is_section != is_section or topic.slug != slug:
        topic = topic.final
        return redirect(f"articles:{feed_of(topic)}", topic.slug, ending, permanent=True)
    title = f"{french(topic.short_name)} – {settings.SITE_NAME}"
    path, shape = topic.get_absolute_url(), {"is_section": topic.is_section}
    return story_feed(request, ending, title, path, rows_under, topic.pk, **shape)


def feed_of(topic):
    return "section-feed" if topic.is_section else "topic-feed"


@public_page
def author_feed(request, slug, ending):
    author = get_object_or_404(Author, slug=slug)
    title = f"{author.name} – {settings.SITE_NAME}"
    return story_feed(request, ending, title, author.get_absolute_url(), rows_by, author.pk)


@public_page
def correction_feed(request, ending):
    made = newest_and_gone(request.at, SIZE)
    stories = Edition.objects.in_force(request.at).stories(made)
    told = [(correction, stories[correction.article_id]) for correction in made]
    shown = [c.is_readable and story.is_live(request.at) for c, story in told]
    deleted = [
        (correction.urn, to_second(correction.gone_since(story, request.at)))
        for (correction, story), is_shown in zip(told, shown, strict=True)
        if not is_shown
    ]
    title = _("Rectificatifs – %(site)s") % {"site": settings.SITE_NAME}
    feed = make_feed(request, ending, title, address_of("corrections"), deleted[:SIZE])
    for correction, story in islice(compress(told, shown), SIZE):
        add_correction(feed, correction, story)
    return answer(feed)


@public_page
def live_blog_feed(request, article, ending):
    """The entries of one live blog; 410 once its story is gone."""
    edition = find_story(article, request.at)
    if edition is None or edition.coverage_from is None:
        raise Http404
    if not edition.is_live(request.at):
        return HttpResponse(status=410)
    shown = LiveEntryEdition.objects.filter(article=article).shown(request.at)
    shown = list(shown.newest_first("shown_at").annotate(entry_key=F("entry__uuid"))[:SIZE])
    deleted = [(urn(e.entry_key), to_second(e.live_from)) for e in shown if e.is_withdrawn]
    title = _("Direct : %(headline)s") % {"headline": french(edition.headline)}
    feed = make_feed(request, ending, title, edition.get_absolute_url(), deleted)
    for entry in shown:
        if not entry.is_withdrawn:
            add_entry(feed, edition, entry)
    return answer(feed)


def all_rows():
    return Edition.objects.all()


def rows_under(topic, *, is_section):
    return EditionTopic.objects.under(topic, is_section=is_section)


def rows_by(author):
    return EditionAuthor.objects.by_author(author)


def story_feed(request, ending, title, path, rows, *values, **shape):
    """Answer with the newest of what rows(*values, **shape) returns: editions or derived rows."""
    stories, notices = find_entries(request.at, rows, values, shape)
    deleted = [(urn(notice.key), to_second(notice.live_from)) for notice in notices]
    feed = make_feed(request, ending, title, path, deleted)
    for story in stories:
        feed.add_written(story.write(ending, request.at), to_second(story.changed_at))
    return answer(feed)


def entries(at, *values, rows, shape, count, whole):
    found = rows(*values, **dict(shape))
    column = "pk" if found.model is Edition else "edition"
    newest = found.live(at).newest_first().values(column)[:count]
    withdrawn = Edition.objects.withdrawn_from(found, at).values("pk")[:count]
    editions = Edition.objects.for_feed(whole=whole).order_by().values_list(*Story._fields)
    return editions.filter(pk__in=newest).union(editions.filter(pk__in=withdrawn), all=True)


read_entries = prepared(entries)
# Of all stories: without a topic or an author, of which some have many and others few.
read_newest = planned_once(entries)


def find_entries(at, rows, values, shape):
    """Return the newest Stories of a list and the notices of stories withdrawn, in one query."""
    read = read_entries if values else read_newest
    shape = {"shape": tuple(shape.items()), "count": SIZE, "whole": settings.FEED_FULL_TEXT}
    found = map(Story._make, read(at, *values, rows=rows, **shape))
    stories, notices = [], []
    for story in sorted(found, key=lambda s: (s.listed_at, s.article_id), reverse=True):
        (notices if story.meaning == Meaning.WITHDRAWAL else stories).append(story)
    return stories, notices


def make_feed(request, ending, title, path, deleted=()):
    """Return an empty feed of the list at *path*; *deleted* holds keys and datetimes."""
    description = _("L’actualité par la rédaction de %(site)s.") % {"site": settings.SITE_NAME}
    return FORMATS[ending](
        title=title,
        link=absolute(path),
        description=description,
        subtitle=description,
        language=LANGUAGE,
        author_name=settings.SITE_NAME,
        feed_url=absolute(request.path),
        deleted=deleted,
    )


def urn(key):
    # As text of hexadecimals where a union or a raw row lost its type.
    return UUID(str(key)).urn


class Story(NamedTuple):
    """What a feed tells of a story, as Edition.objects.for_feed() reads it: a row, not an object,
    for that is made only to write what wasn't written yet.

    text: its body, "" where what stands before it is enough; byline_json and photo_json: what the
    edition froze; key: what names it for good, whatever its address becomes (E12).
    """

    article_id: int
    meaning: str
    slug: str
    headline: str
    standfirst: str
    text: str
    word_count: int
    is_verbatim: bool
    section__name: str
    section__label: str
    byline_json: str
    credit: str
    photo_json: str
    published_at: datetime
    modified_at: datetime | None
    listed_at: datetime
    live_from: datetime
    key: UUID

    @property
    def changed_at(self):
        return self.modified_at or self.published_at

    def write(self, ending, at):
        """Return its item in the format *ending* at the aware datetime *at*."""
        address = absolute(address_of("edition-detail", self.article_id, self.slug))
        picture = picture_of(json.loads(self.photo_json), at) if self.photo_json != "{}" else {}
        return write_once(self, ending, address, settings.FEED_FULL_TEXT, tuple(picture.items()))

    def as_edition(self):
        """Return the Edition that it is, unsaved, with what a feed tells and nothing else."""
        names = ("headline", "standfirst", "word_count", "is_verbatim", "credit")
        names += ("published_at", "modified_at")
        return Edition(
            **{name: getattr(self, name) for name in names},
            body_html=self.text,
            byline=json.loads(self.byline_json),
            section=Topic(name=self.section__name, label=self.section__label),
        )


@lru_cache(maxsize=MOST_KEPT)
def write_once(story, ending, address, is_whole, picture):
    """Return the item of *story* at *address*; *picture* holds the pairs of picture_of()."""
    feed = FORMATS[ending](title="", link="", description="")
    edition = story.as_edition()
    paragraphs = opening(edition, 1)
    summary = paragraphs[0] if paragraphs else ""
    if len(summary) > SUMMARY_SIGNS:
        summary = Truncator(summary).chars(SUMMARY_SIGNS)
    content = ""
    if is_whole and not edition.is_brief:
        text = FIGURE.sub("", french_html(edition.body_html))
        content = with_absolute_links(text, address)
    feed.add_item(
        title=french(edition.headline),
        link=address,
        # Readers take it as HTML, whatever the format.
        description=escape(summary) or None,
        unique_id=urn(story.key),
        unique_id_is_permalink=False,
        pubdate=to_second(edition.published_at),
        updateddate=to_second(edition.changed_at),
        categories=[edition.section.short_name],
        authors=structured_data.authors(edition),
        content=content,
        picture=dict(picture),
    )
    return feed.write_item()


def picture_of(photo, at):
    """Return what feeds tell at *at* of a frozen *photo*, with its absolute `url`, or {}."""
    for picture in shared_pictures(photo, at):
        return {**picture, "url": absolute(picture["address"])}
    return {}


def add_correction(feed, correction, story):
    """Add *correction* of what is now the edition *story*, or of an entry of its live blog."""
    made, link = to_second(correction.live_from), f"{story.get_absolute_url()}#rectificatifs"
    if correction.entry_id:
        link = structured_data.entry_path(story, correction)
    feed.add_item(
        title=_("Rectificatif : %(headline)s") % {"headline": french(story.headline)},
        link=absolute(link),
        description=escape(french(correction.note)),
        unique_id=correction.urn,
        unique_id_is_permalink=False,
        pubdate=made,
        updateddate=made,
        categories=[story.section.short_name],
        authors=[],
        content="",
    )


def add_entry(feed, edition, entry):
    """Add the LiveEntryEdition *entry* of the story *edition*, its corrections below the text."""
    address = absolute(structured_data.entry_path(edition, entry))
    notes = [f"<p>{escape(french(c['note']))}</p>" for c in entry.corrections]
    feed.add_item(
        title=french(entry.headline or entry.opening),
        link=address,
        description=escape(french(entry.opening)) or None,
        unique_id=urn(entry.entry_key),
        unique_id_is_permalink=False,
        pubdate=to_second(entry.shown_at),
        updateddate=to_second(entry.changed_at),
        categories=[_("L’essentiel")] if entry.is_key else [],
        authors=structured_data.authors(entry),
        content=with_absolute_links(french_html(entry.body_html) + "".join(notes), address),
    )


def with_absolute_links(markup, address):
    """Return *markup* with every link as it leads from the page at *address*."""

    def absolute_link(match):
        return match[1] + escape(urljoin(address, html.unescape(match[2])))

    return LINK.sub(absolute_link, markup)


def answer(feed):
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
