"""What readers find on a front page that an editor arranged, and at which instant."""

import random
import re
from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from .. import front_pages, publishing
from ..filling import Front, fill_section, fill_site
from ..models import Edition, FrontPage, FrontPageEdition, SiteState, Topic
from ..slots import BLOCK_SIZE, SECOND_SIZE, Kind, Rule, Slot
from .factories import make_edition, make_section, make_topic, make_user, show_first_page

HOUR = timedelta(hours=1)
TEXT = "<p>Texte d’essai.</p>"


def make_slot(kind="second", edition=None, **values):
    """Return a stored slot that holds the story of *edition*, if given."""
    if edition is not None:
        values["story"] = str(edition.article.uuid)
    for name in ("rule", "topic"):
        values[name] = str(values.get(name, {"rule": "story", "topic": ""}[name]))
    if isinstance(values.get("until"), timezone.datetime):
        values["until"] = SiteState.encode(values["until"])
    return Slot.make(kind, **values).stored()


def about(kind, topic, **values):
    return make_slot(kind, rule=Rule.TOPIC.value, topic=topic.uuid, **values)


def show(slots, section=None, *, start=None, until=None):
    """Put *slots* before readers without permission checks; return the FrontPageEdition."""
    front, _is_new = FrontPage.objects.get_or_create(section=section)
    return FrontPageEdition.objects.create(
        front_page=front,
        number=front.editions.count() + 1,
        slots=slots,
        live_from=start or timezone.now(),
        live_until=until,
        ends_at=until,
    )


def fill(slots, at=None):
    return fill_site(slots, list(Topic.objects.sections()), at or timezone.now())


def shown_in(front: Front):
    """Return the stories in the slots, in the order of the page."""
    blocks = [edition for block in front.blocks for edition in block["editions"]]
    leads = [front.lead] if front.lead else []
    return [*leads, *front.secondary, *front.strip, *blocks]


class FillingTests(TestCase):
    def setUp(self):
        self.now = timezone.now()

    def make(self, hours=1, **fields):
        return make_edition(live_from=self.now - hours * HOUR, **{"body": TEXT, **fields})

    def test_page_without_slots_fills_itself(self):
        for _ in range(SECOND_SIZE + 3):
            self.make()
        front = fill([], self.now)
        assert front.lead and len(front.secondary) == SECOND_SIZE and not front.strip
        assert len(front.blocks) == 2

    def test_story_stands_where_it_was_put_with_the_slot_s_headline_and_kicker(self):
        old, _new = self.make(hours=900, kicker="Sien"), self.make()
        front = fill([make_slot("lead", old, headline="Pour la une")], self.now)
        assert front.lead == old
        assert (front.lead.headline, front.lead.kicker) == ("Pour la une", "Sien")
        assert Edition.objects.get(pk=old.pk).headline == old.headline

    def test_parts_that_have_no_slot_fill_themselves(self):
        lead, other = self.make(hours=3), self.make()
        front = fill([make_slot("lead", lead)], self.now)
        assert front.secondary == [other]

    def test_part_with_slots_has_these_alone(self):
        for _ in range(5):
            self.make()
        assert len(fill([make_slot("second")], self.now).secondary) == 1

    def test_slot_is_filled_by_its_rule_from_the_second_that_its_story_expires(self):
        end = self.now + HOUR
        lead, newest = self.make(hours=3), self.make()
        slots = [make_slot("lead", lead, headline="À part", until=end)]
        assert fill(slots, end - timedelta(microseconds=1)).lead == lead
        after = fill(slots, end).lead
        assert (after, after.headline) == (newest, newest.headline)

    def test_slot_is_filled_by_its_rule_while_its_story_is_not_live(self):
        chief, newest = make_user(is_superuser=True), self.make()
        later = make_edition(live_from=self.now + HOUR, body=TEXT)
        gone = self.make(hours=2)
        publishing.withdraw(gone.article, by=chief, note="Essai.")
        slots = [make_slot("lead", later), make_slot("second", gone)]
        front = fill(slots, timezone.now())
        assert (front.lead, front.secondary) == (newest, [])
        assert fill(slots, self.now + HOUR).lead == later

    def test_story_put_further_down_is_not_taken_by_a_rule_above(self):
        newest, older = self.make(hours=1), self.make(hours=2)
        front = fill([make_slot("lead"), make_slot("second", newest)], self.now)
        assert (front.lead, front.secondary) == (older, [newest])

    def test_story_put_twice_stands_once_unless_it_may_repeat(self):
        story, other = self.make(hours=2), self.make()
        lead = make_slot("lead", story)
        assert fill([lead, make_slot("second", story)], self.now).secondary == [other]
        again = make_slot("second", story, allow_repeat=True)
        assert fill([lead, again], self.now).secondary == [story]

    def test_rule_of_news_takes_briefs_and_the_others_prefer_whole_stories(self):
        topic = make_topic()
        story = self.make(hours=2, topics=[topic])
        brief = self.make(hours=1, body="", topics=[topic])
        assert fill([make_slot("lead", rule=Rule.NEWS.value)], self.now).lead == brief
        assert fill([make_slot("lead")], self.now).lead == story
        assert fill([about("lead", topic)], self.now).lead == story

    def test_block_starts_with_its_story_and_goes_on_with_the_newest(self):
        section = make_section()
        editions = [self.make(hours=n, section=section) for n in range(1, 8)]
        slots = [make_slot("lead", editions[0]), make_slot("second", editions[1])]
        block = about("block", section, story=str(editions[6].article.uuid), headline="En tête")
        (shown,) = fill([*slots, block], self.now).blocks
        assert shown["section"] == section
        assert shown["editions"] == [editions[n] for n in (6, 2, 3, 4)]
        assert shown["editions"][0].headline == "En tête"

    def test_blocks_that_share_stories_are_each_full(self):
        section, topic = make_section(), make_topic()
        for n in range(2 * BLOCK_SIZE):
            self.make(hours=n + 1, section=section, topics=[topic])
        top = [make_slot("lead", self.make()), make_slot("second", self.make())]
        front = fill([*top, about("block", section), about("block", topic)], self.now)
        assert [len(block["editions"]) for block in front.blocks] == [BLOCK_SIZE, BLOCK_SIZE]
        assert len({e.pk for e in shown_in(front)}) == 2 * BLOCK_SIZE + 2

    def test_topic_that_was_merged_leads_to_what_it_is_now(self):
        kept, merged = make_topic(), make_topic()
        story, _newer = self.make(hours=2, topics=[kept]), self.make()
        Topic.objects.filter(pk=merged.pk).update(merged_into=kept)
        assert fill([about("lead", merged)], self.now).lead == story

    def test_page_has_a_head_although_its_topic_has_nothing(self):
        story = self.make()
        assert fill([about("lead", make_topic())], self.now).lead == story

    def test_section_s_slots_are_filled_from_the_section(self):
        section = make_section()
        other, own = self.make(hours=1), self.make(hours=3, section=section)
        brief = self.make(hours=2, section=section, body="")
        slots = [make_slot("lead"), make_slot("second", rule=Rule.NEWS.value)]
        front = fill_section(slots, section, [], self.now)
        assert (front.lead, front.secondary) == (own, [brief])
        assert fill_section([make_slot("lead", other)], section, [], self.now).lead == other


class EveryInstantTests(TestCase):
    """Pages and instants at random: what must hold whatever an editor arranges."""

    def setUp(self):
        self.chance = random.Random(8)  # noqa: S311 - not for secrets
        self.start = timezone.now()
        self.sections = [make_section() for _ in range(3)]
        self.topics = [make_topic() for _ in range(3)]
        self.editions = [self.make_story() for _ in range(40)]

    def instant(self):
        return self.start + timedelta(minutes=self.chance.randint(0, 600))

    def make_story(self):
        start = self.instant()
        end = self.chance.choice([None, start + timedelta(minutes=self.chance.randint(1, 300))])
        return make_edition(
            section=self.chance.choice(self.sections),
            topics=self.chance.sample(self.topics, self.chance.randint(0, 3)),
            body=self.chance.choice(["", TEXT]),
            live_from=start,
            live_until=end,
        )

    def make_page(self):
        kinds = [Kind.LEAD, *self.chance.choices(Kind.values, k=self.chance.randint(0, 29))]
        return [self.make_slot(kind) for kind in kinds]

    def make_slot(self, kind):
        is_block = kind == Kind.BLOCK
        return make_slot(
            kind,
            self.chance.choice([None, *self.editions]),
            rule=Rule.TOPIC if is_block else self.chance.choice(Rule.values),
            topic=self.chance.choice([*self.topics, *self.sections]).uuid,
            until=self.chance.choice(["", self.instant()]),
            allow_repeat=self.chance.random() < 0.1,
        )

    def test_nothing_that_is_not_live_and_nothing_twice(self):
        """E8"""
        for _ in range(60):
            slots, at = self.make_page(), self.instant()
            live = set(Edition.objects.live(at))
            once = [{**slot, "allow_repeat": False} for slot in slots]
            for section in (None, self.chance.choice(self.sections)):
                for stored in (slots, once):
                    front = fill_section(stored, section, [], at) if section else fill(stored, at)
                    shown = shown_in(front)
                    assert live.issuperset(shown)
                shown = [edition.article_id for edition in shown_in(front)]
                assert len(shown) == len(set(shown))
                assert section or front.lead or not front.secondary


class FrontPageOfReadersTests(TestCase):
    def setUp(self):
        self.now = timezone.now()

    def get(self, address="/"):
        return self.client.get(address)

    def test_own_headline_stands_on_the_front_page_alone(self):
        edition = make_edition(body=TEXT, headline="Sien")
        show([make_slot("lead", edition, headline="Pour la une", kicker="À part")])
        response = self.get()
        self.assertContains(response, "Pour la une")
        self.assertContains(response, "À part")
        for address in (edition.get_absolute_url(), "/fil/"):
            self.assertNotContains(self.get(address), "Pour la une")

    def test_strip_is_a_row_of_headlines(self):
        edition = make_edition(body=TEXT)
        make_edition(body=TEXT)
        show([make_slot("strip", edition, headline="Dans le bandeau")])
        self.assertContains(self.get(), '<ul class="strip">')
        self.assertContains(self.get(), "Dans le bandeau", 1)

    def test_query_count_with_thirty_slots(self):
        """E24"""
        sections, topics = [make_section() for _ in range(8)], [make_topic() for _ in range(4)]
        editions = [
            make_edition(section=sections[n % 8], topics=[topics[n % 4]], body=TEXT)
            for n in range(60)
        ]
        slots = [about("lead", topics[0])]
        slots += [make_slot("second", edition) for edition in editions[:9]]
        slots += [about("strip", topic) for topic in topics]
        slots += [make_slot("second") for _ in range(6)]
        slots += [about("block", topic) for topic in [*sections, topics[0], topics[1]]]
        assert len(slots) == 30
        show(slots)
        show_first_page()
        # The site's state; front page, stream, stories, topics, those put there, newest of
        # topics above and in the blocks.
        with self.assertNumQueries(1 + 7):
            response = self.get()
        assert response.context["lead"] and len(response.context["secondary"]) == 15
        assert len(response.context["blocks"]) == 10

    def test_section_s_own_front_page_stands_above_its_list_on_the_first_page_only(self):
        section = make_section()
        editions = [
            make_edition(section=section, body=TEXT, live_from=self.now - n * HOUR)
            for n in range(1, 40)
        ]
        show([make_slot("lead", editions[5], headline="Pour la rubrique")], section)
        response = self.get(section.get_absolute_url())
        self.assertContains(response, "Pour la rubrique", 1)
        self.assertNotContains(response, editions[5].headline)
        following = self.get(section.get_absolute_url() + response.context["page"].next_query)
        self.assertNotContains(following, "Pour la rubrique")
        self.assertNotContains(self.get(), "Pour la rubrique")

    def test_section_whose_stories_all_stand_above_is_not_empty(self):
        section = make_section()
        show([make_slot("lead", make_edition(section=section, body=TEXT))], section)
        response = self.get(section.get_absolute_url())
        self.assertNotContains(response, "Aucun article")
        self.assertNotContains(response, "noindex")

    def test_query_count_of_a_section_with_its_own_front_page(self):
        """E24"""
        section, topic = make_section(), make_topic()
        editions = [make_edition(topics=[topic], body=TEXT) for _ in range(20)]
        slots = [about("lead", topic), *(make_slot("second", e) for e in editions[:6])]
        slots += [make_slot("strip"), about("block", topic)]
        show(slots, section)
        show_first_page()
        # The site's state; topic with its front page, the topics of that, those put there,
        # newest of topics above and in the blocks, page, children.
        with self.assertNumQueries(1 + 7):
            self.get(section.get_absolute_url())
        # Of stories put there and rules about the section alone.
        plain = editions[0].section
        show([make_slot("lead", editions[0]), make_slot("second")], plain)
        show_first_page()
        # topic with its front page, those put there, newest, page, children
        with self.assertNumQueries(1 + 5):
            self.get(plain.get_absolute_url())

    def test_no_story_stands_twice_when_the_time_of_a_pin_ends(self):
        section, other = make_section(), make_section()
        editions = [
            make_edition(
                section=section, body=TEXT, live_from=self.now - n * HOUR, headline=f"Titre {n} ."
            )
            for n in range(1, 20)
        ]
        end = self.now + HOUR
        held = [
            make_slot("lead", editions[0], until=end),
            make_slot("second", editions[9], until=end, headline="Titre 10 . à part"),
            make_slot("second", editions[1]),
            make_slot("second"),
            make_slot("strip", editions[2], until=end),
            about("strip", section, until=end),
        ]
        blocks = [about("block", section, story=held[1]["story"], until=end)]
        show([*held, *blocks, about("block", other)])
        show(held, section)
        self.client.force_login(make_user(is_superuser=True))
        for at in (end - timedelta(microseconds=1), end, end + HOUR):
            for address in ("/", section.get_absolute_url()):
                page = self.client.get(reverse("site-at", args=[at.isoformat()]) + address[1:])
                text = page.content.decode().partition('id="fil"')[0]
                found = re.findall(r">\s*(Titre \d+ \.)", text)
                with self.subTest(address, at=at, found=found):
                    assert len(found) == len(set(found)) > 5
                    assert ("à part" in text) == (at < end)

    def test_site_at_another_instant_has_the_front_page_of_then(self):
        chief = make_user(is_superuser=True)
        self.client.force_login(chief)
        first, second = (make_edition(body=TEXT, live_from=self.now - 9 * HOUR) for _ in range(2))
        show([make_slot("lead", first)], start=self.now - 5 * HOUR, until=self.now)
        show([make_slot("lead", second)], start=self.now)
        for at, lead in ((self.now - HOUR, first), (self.now, second)):
            page = self.client.get(reverse("site-at", args=[at.isoformat()]))
            assert page.context["lead"] == lead

    def test_kept_page_changes_at_the_second_that_a_slot_expires(self):
        chief = make_user(is_superuser=True)
        lead = make_edition(body=TEXT, live_from=self.now - HOUR)
        end = self.now + timedelta(minutes=30)
        saved = front_pages.save(None, [make_slot("lead", lead, until=end)], based_on=0, by=chief)
        front_pages.publish(None, revision=saved.revision.number, by=chief)
        assert SiteState.encode(end) in SiteState.objects.get().instants
