"""Which stories stand on a front page at an instant, by its slots; read by the public site."""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import compress

from django.db.models import F

from .models import Edition, EditionTopic, FrontPageEdition, Topic
from .models.edition import IN_LISTS, WITH_TEXT
from .photos import is_shown
from .prepared import columns_of, for_each, planned_once
from .slots import BLOCK_SIZE, TOP, Kind, Rule, Slot, in_order, whole

STREAM_SIZE = 24
# How long a whole story may keep briefs from the head of the front page.
STORY_AGE = timedelta(days=30)
# What _block.html prints, and what puts it in order.
IN_BLOCKS = ("id", "article", "slug", "headline", "is_verbatim", "listed_at")
NEWEST = """
    SELECT {columns}, topic_id AS list_topic
    FROM ({rows}) AS found JOIN articles_edition ON id = edition_id
"""


@dataclass
class Front:
    """A front page filled; blocks are [{"section": Topic, "editions": […]}].

    The editions are for this page alone: they may have a headline that it gave them. found: those
    of each slot, by its key.
    """

    lead: Edition | None = None
    secondary: list = field(default_factory=list)
    strip: list = field(default_factory=list)
    blocks: list = field(default_factory=list)
    stream: list = field(default_factory=list)
    found: dict = field(default_factory=dict)

    @property
    def articles(self):
        """The ids of the stories in its slots."""
        tops = [self.lead, *self.secondary, *self.strip]
        shown = [edition for block in self.blocks for edition in block["editions"]]
        return {edition.article_id for edition in [*tops, *shown] if edition}


def find_front(at):
    """Return the FrontPageEdition of the site at *at*, or None: the page fills itself."""
    return next(iter(read_front(at)), None)


@planned_once
def read_front(at):
    return FrontPageEdition.objects.of_section(None).in_force(at)[:1]


def fill_site(stored, sections, at, photos=None):
    """Return the Front of the whole site that the slots *stored* make at the aware datetime *at*.

    Six queries at most; three where no slot holds a story or asks for one of a topic. *sections*
    are those of the navigation, *photos* those of the slots, frozen, by the slot's key.
    """
    slots = whole([Slot.read(slot) for slot in stored], sections)
    count = most_taken(slots)
    stream = read_stream(at, count=max(STREAM_SIZE, count))
    stories = find_stories(stream, count, at)
    give_sections([*stream, *stories], sections)
    news = {Rule.STORY: [*stories, *stream], Rule.NEWS: prefer(stories, stream)}
    front = Filling(slots, topics_of(slots, sections), at, photos).fill(news)
    front.stream = stream[:STREAM_SIZE]
    return front


def fill_section(stored, section, sections, at, photos=None):
    """Return the Front of *section*: its slots alone, filled from it where no topic is named."""
    key = str(section.uuid)
    slots = [
        slot if slot.rule == Rule.TOPIC else replace(slot, topic=key)
        for slot in in_order(Slot.read(slot) for slot in stored)
    ]
    return Filling(slots, topics_of(slots, [*sections, section]), at, photos).fill({})


def topics_of(slots, known):
    """Return the topics that *slots* name, by uuid as text; *known* are loaded already."""
    topics = {str(topic.uuid): topic for topic in known}
    return topics | Topic.objects.by_key({slot.topic for slot in slots} - {"", *topics})


def most_taken(slots):
    """Return how many stories are taken before the last of *slots* that isn't a block is filled."""
    return sum(slot.kind in TOP or bool(slot.story) for slot in slots)


@planned_once
def read_stream(at, *, count):
    """Read the newest editions, without their sections: the page has those."""
    return Edition.objects.live(at).newest_first().for_listing().select_related(None)[:count]


def find_stories(stream, count, at):
    """Return the newest *count* whole stories with their texts, none much older than *stream*.

    Without their sections.
    """
    if not stream:
        return []
    since = min(stream[0].listed_at - STORY_AGE, stream[-1].listed_at)
    return read_stories(at, since, count=count)


@planned_once
def read_stories(at, since, *, count):
    stories = Edition.objects.live(at).with_text().filter(listed_at__gte=since)
    return stories.newest_first().for_lead().select_related(None)[:count]


@planned_once
def read_newest(at, *keys, topics, are_sections, count, fields):
    """Read the newest *count* editions under each of some topics, unordered.

    *keys* are the ids of as many topics as *topics* says, of which *are_sections* tells, then those
    of articles that are left out. Each edition has *fields* and list_topic, the id of the topic.
    """
    rows = EditionTopic.objects.live(at)
    for article in keys[topics:]:
        rows = rows.exclude(article=article)

    def group(is_section):
        """The keys of those topics, and what makes a list of one."""

        def newest(key):
            listed = rows.under(key, is_section=is_section).newest_first()
            return listed.values("topic_id", "edition_id")[:count]

        return list(compress(keys, (kind == is_section for kind in are_sections))), newest

    found, params = for_each(group(True), group(False))
    return Edition.objects.raw(
        NEWEST.format(columns=columns_of(Edition, fields), rows=found), params
    )


def prefer(loaded, editions):
    """Return *editions* with those of *loaded*, which have their texts, in place of the same."""
    by_article = {edition.article_id: edition for edition in loaded}
    return [by_article.get(edition.article_id, edition) for edition in editions]


def give_sections(editions, known):
    """Let *editions* have their sections: those of the Topics *known*, or one more query."""
    sections = {topic.pk: topic for topic in known}
    if missing := {edition.section_id for edition in editions} - sections.keys():
        sections |= Topic.objects.in_bulk(missing)
    for edition in editions:
        edition.section = sections[edition.section_id]


class Filling:
    """One front page being filled at the aware datetime *at*; *topics* are by uuid as text.

    *photos* are those that slots show instead of their stories', by the slot's key.
    """

    def __init__(self, slots, topics, at, photos=None):
        # A block without its topic, which was deleted, has nothing to stand under.
        self.slots = [slot for slot in slots if slot.kind in TOP or slot.topic in topics]
        self.topics, self.at, self.photos = topics, at, photos or {}
        self.taken = set()
        # Editions by the key of their slot.
        self.found = {slot.key: [] for slot in slots}

    def fill(self, news):
        """Return the Front; *news* are the editions for each Rule but that of a topic."""
        self.place_stories()
        tops = [slot for slot in self.slots if slot.kind in TOP]
        asking = [slot for slot in tops if slot.rule not in news and not self.found[slot.key]]
        fields = WITH_TEXT if any(slot.kind == Kind.LEAD for slot in asking) else IN_LISTS
        newest = self.newest(asking, most_taken(self.slots), fields)
        give_sections([e for found in newest.values() for e in found], self.topics.values())
        for slot in tops:
            pool = news[slot.rule] if slot.rule in news else newest.get(slot.topic, [])
            self.complete(slot, ranked(slot, pool))
            if slot.kind == Kind.LEAD:
                # The page has a head as long as there is any story.
                self.complete(slot, news.get(Rule.STORY, []))
        blocks = [slot for slot in self.slots if slot.kind == Kind.BLOCK]
        newest = self.newest_of_blocks(blocks)
        for slot in blocks:
            self.complete(slot, newest.get(slot.topic, []))
        return self.front()

    def place_stories(self):
        """Give the slots the stories that were put there, before a rule can take them elsewhere."""
        held = [slot for slot in self.slots if slot.holds_story(self.at)]
        if not held:
            return
        live = Edition.objects.live(self.at).for_lead().annotate(story_key=F("article__uuid"))
        keys = [slot.story for slot in held]
        by_key = {str(e.story_key): e for e in live.filter(article__uuid__in=keys)}
        for slot in held:
            if slot.story in by_key:
                photo = self.photos.get(slot.key, {})
                shown = photo if is_shown(photo, self.at) else None
                self.take(slot, own(by_key[slot.story], slot, shown))

    def complete(self, slot, pool):
        """Give *slot* what it still has room for, the first of *pool*."""
        for edition in pool:
            if len(self.found[slot.key]) >= slot.size:
                return
            self.take(slot, edition)

    def take(self, slot, edition):
        """Give *slot* the *edition*, unless its story stands on the page and may not repeat."""
        found, article = self.found[slot.key], edition.article_id
        if article in {other.article_id for other in found}:
            return
        if slot.allow_repeat:
            found.append(edition)
        elif article not in self.taken:
            self.taken.add(article)
            found.append(edition)

    def newest(self, slots, count, fields, exclude=()):
        """Return the newest *count* editions under the topics of *slots*, by uuid; one query."""
        keys = {slot.topic for slot in slots if slot.topic in self.topics}
        topics = sorted({self.topics[key] for key in keys}, key=lambda topic: topic.pk)
        if not topics:
            return {}
        found = read_newest(
            self.at,
            *(topic.pk for topic in topics),
            *sorted(exclude),
            topics=len(topics),
            are_sections=tuple(topic.is_section for topic in topics),
            count=count,
            fields=fields,
        )
        by_topic = {topic.pk: [] for topic in topics}
        for edition in sorted(found, key=lambda e: (e.listed_at, e.article_id), reverse=True):
            by_topic[edition.list_topic].append(edition)
        return {key: by_topic[self.topics[key].pk] for key in keys}

    def newest_of_blocks(self, slots):
        """Return newest() for *slots*, as many as they need whatever the others take."""
        count, exclude = BLOCK_SIZE, self.taken
        if any(slot.allow_repeat for slot in slots):
            count, exclude = count + len(self.taken), ()
        # A story has one section, but any number of topics.
        if not all(self.topics[slot.topic].is_section for slot in slots):
            count += BLOCK_SIZE * (len(slots) - 1)
        return self.newest(slots, count, IN_BLOCKS, exclude)

    def front(self):
        leads, seconds, strip = (self.in_slots(kind) for kind in TOP)
        if any(slot.kind == Kind.LEAD for slot in self.slots):
            # The head of the page is never empty above a full second row.
            leads, seconds = [*leads, *seconds][:1], [*leads, *seconds][1:]
        front = Front(next(iter(leads), None), seconds, strip, found=self.found)
        if front.lead and front.lead.is_brief:
            # It has no text, which lists don't load: this spares the query.
            front.lead.body_html = ""
        for slot in self.slots:
            if slot.kind == Kind.BLOCK and self.found[slot.key]:
                block = {"section": self.topics[slot.topic], "editions": self.found[slot.key]}
                front.blocks.append(block)
        return front

    def in_slots(self, kind):
        slots = [slot for slot in self.slots if slot.kind == kind]
        return [edition for slot in slots for edition in self.found[slot.key]]


def ranked(slot, pool):
    """Return *pool* with whole stories before briefs, at the top and where it isn't all news."""
    if slot.kind == Kind.STRIP or slot.rule == Rule.NEWS:
        return pool
    return sorted(pool, key=lambda edition: edition.is_brief)


def own(edition, slot, photo):
    """Return *edition* with the headline and kicker of *slot* and *photo*, for this page alone."""
    shown = copy(edition)
    shown.headline = slot.headline or edition.headline
    shown.kicker = slot.kicker or edition.kicker
    shown.lead_photo = photo or edition.lead_photo
    return shown
