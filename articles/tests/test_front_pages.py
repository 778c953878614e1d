"""Front pages at the desk's side: saving with others, publishing, planning, pinning."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from .. import front_pages, publishing, topic_acts
from ..front_page_checklist import remarks_on
from ..models import Act, FrontPage, FrontPageEdition, FrontPageRevision, SiteState
from ..publishing import PublishingError
from ..slots import Rule, merge_slots, with_lead
from ..topic_acts import TopicError
from .factories import make_article, make_edition, make_section, make_topic, make_user
from .test_filling import fill, make_slot, show

HOUR = timedelta(hours=1)
EDITOR = ("articles.change_frontpage", "articles.publish_front_page")


class FrontPageTestCase(TestCase):
    def setUp(self):
        self.editor = make_user(*EDITOR)
        self.now = timezone.now()
        self.story = make_edition(live_from=self.now - HOUR, body="<p>Texte d’essai.</p>")

    def save(self, slots, based_on=0, by=None, **options):
        by = by or self.editor
        return front_pages.save(None, slots, based_on=based_on, by=by, **options)

    def publish(self, slots, **options):
        newest = FrontPageRevision.objects.current().first()
        saved = self.save(slots, newest.number if newest else 0)
        number = saved.revision.number
        return front_pages.publish(None, revision=number, by=self.editor, **options)

    def refusal(self, act, *args, **options):
        with pytest.raises(PublishingError) as caught, transaction.atomic():
            act(*args, **options)
        return " ".join(map(str, caught.value.faults))


class SavingTests(FrontPageTestCase):
    def test_each_save_is_a_version_that_says_who_when_and_why(self):
        first = self.save([make_slot("lead")], reason="Essai").revision
        second = self.save([], first.number).revision
        assert (first.number, second.number, second.based_on) == (1, 2, first)
        assert (first.created_by, first.created_by_name) == (self.editor, str(self.editor))
        assert first.reason == "Essai"

    def test_save_that_changes_nothing_makes_no_version(self):
        slots = [make_slot("lead")]
        self.save(slots)
        assert not self.save(slots, 1).is_new
        assert FrontPageRevision.objects.count() == 1

    def test_each_section_has_its_own(self):
        section = make_section()
        self.save([make_slot("lead")])
        saved = front_pages.save(section, [], based_on=0, by=self.editor)
        assert saved.revision.number == 1
        assert FrontPage.objects.count() == 2

    def test_changes_of_two_people_are_merged(self):
        lead, second = make_slot("lead"), make_slot("second")
        self.save([lead, second])
        self.save([{**lead, "headline": "De l’une"}, second], 1, by=make_user(*EDITOR))
        saved = self.save([lead, {**second, "headline": "De l’autre"}], 1)
        assert [slot["headline"] for slot in saved.revision.slots] == ["De l’une", "De l’autre"]
        assert [r.number for r in saved.theirs] == [2]
        assert not saved.conflicts

    def test_what_both_changed_is_told_and_kept_aside(self):
        lead = make_slot("lead")
        self.save([lead])
        self.save([{**lead, "headline": "De l’une"}], 1, by=make_user(*EDITOR))
        mine = [{**lead, "headline": "De l’autre", "kicker": "À part"}]
        saved = self.save(mine, 1)
        (conflict,) = saved.conflicts
        assert (conflict.name, conflict.theirs, conflict.mine) == (
            "headline",
            "De l’une",
            "De l’autre",
        )
        assert saved.conflict.slots == mine
        # What could be merged was.
        (slot,) = FrontPageRevision.objects.current().first().slots
        assert (slot["headline"], slot["kicker"]) == ("De l’une", "À part")

    def test_section_with_a_front_page_is_not_deleted(self):
        section = make_section()
        front_pages.save(section, [], based_on=0, by=self.editor)
        with pytest.raises(TopicError, match="Une une a été composée"):
            topic_acts.delete(section, by=make_user(is_superuser=True))

    def test_saving_needs_the_right(self):
        refusal = self.refusal(self.save, [], by=make_user())
        assert refusal == "Vous n’avez pas le droit de faire cela."


class MergeTests(TestCase):
    def setUp(self):
        self.a, self.b, self.c = (make_slot("second") for _ in range(3))

    def test_slots_that_both_added_stay(self):
        mine, theirs = make_slot("strip"), make_slot("block")
        merged, conflicts = merge_slots([self.a], [self.a, theirs], [mine, self.a])
        assert merged == [mine, self.a, theirs] and not conflicts

    def test_order_of_the_one_who_changed_it_stays_whatever_the_other_added(self):
        base = [self.a, self.b, self.c]
        moved, added = [self.c, self.a, self.b], make_slot("strip")
        for theirs, mine in (([*base, added], moved), (moved, [*base, added])):
            merged, conflicts = merge_slots(base, theirs, mine)
            assert merged == [self.c, added, self.a, self.b] and not conflicts

    def test_two_orders_are_a_conflict_and_theirs_stays(self):
        base = [self.a, self.b, self.c]
        theirs, mine = [self.b, self.a, self.c], [self.c, self.b, self.a]
        merged, (conflict,) = merge_slots(base, theirs, mine)
        assert merged == theirs and conflict.name == "order"

    def test_slot_taken_away_by_one_is_gone(self):
        base = [self.a, self.b]
        assert merge_slots(base, base, [self.b]) == ([self.b], [])
        assert merge_slots(base, [self.b], base) == ([self.b], [])

    def test_slot_taken_away_by_one_and_changed_by_the_other_is_a_conflict(self):
        changed = {**self.a, "headline": "Changé"}
        merged, (conflict,) = merge_slots([self.a], [changed], [])
        assert merged == [changed] and conflict.name == "slot"
        merged, (conflict,) = merge_slots([self.a], [], [changed])
        assert merged == [] and conflict.mine == changed

    def test_same_change_by_both_is_none_twice(self):
        changed = {**self.a, "headline": "Changé"}
        assert merge_slots([self.a], [changed], [changed]) == ([changed], [])


class PublishingTests(FrontPageTestCase):
    def test_publication_is_seen_noted_and_counted(self):
        before = SiteState.objects.lock().version
        edition = self.publish([make_slot("lead", self.story)], reason="Bouclage")
        assert FrontPageEdition.objects.shown(None, timezone.now()) == edition
        act = Act.objects.get()
        assert (act.name, act.by, act.reason) == (Act.Name.FRONT, self.editor, "Bouclage")
        assert (act.front_page_edition, act.article) == (edition, None)
        assert SiteState.objects.get().version == before + 1

    def test_planned_page_takes_the_place_of_the_one_before_at_its_second(self):
        at = self.now + HOUR
        first = self.publish([make_slot("lead", self.story)])
        plan = self.publish([make_slot("lead")], at=at)
        shown = FrontPageEdition.objects.shown
        assert shown(None, at - timedelta(microseconds=1)) == first
        assert shown(None, at) == plan
        assert Act.objects.first().name == Act.Name.PLAN_FRONT
        assert SiteState.encode(at) in SiteState.objects.get().instants

    def test_publication_before_a_plan_lasts_until_the_plan(self):
        plan = self.publish([make_slot("lead", self.story)], at=self.now + HOUR)
        edition = self.publish([make_slot("lead")])
        assert edition.live_until == plan.live_from
        assert FrontPageEdition.objects.shown(None, self.now + 2 * HOUR) == plan

    def test_cancelled_plan_leaves_what_was_before_until_the_next_plan(self):
        first = self.publish([make_slot("lead", self.story)])
        plan = self.publish([make_slot("lead")], at=self.now + HOUR)
        last = self.publish([make_slot("strip")], at=self.now + 2 * HOUR)
        front_pages.cancel(None, plan.number, by=self.editor)
        assert FrontPageEdition.objects.shown(None, self.now + HOUR) == first
        assert FrontPageEdition.objects.shown(None, self.now + 2 * HOUR) == last
        assert Act.objects.first().name == Act.Name.CANCEL_FRONT
        assert "plus prévue" in self.refusal(front_pages.cancel, None, plan.number, by=self.editor)

    def test_act_reads_what_is_still_to_show_and_not_all_that_was(self):
        for hours in (4, 3, 2):
            start = self.now - hours * HOUR
            show([], start=start, until=start + HOUR)
        edition = self.publish([make_slot("lead", self.story)])
        assert edition.number == 4
        assert len(FrontPageEdition.objects.still_to_show(timezone.now())) == 1

    def test_page_that_ends_gives_way_to_one_that_fills_itself(self):
        self.publish([make_slot("lead", self.story)], until=self.now + HOUR)
        assert FrontPageEdition.objects.shown(None, self.now + HOUR) is None

    def test_nobody_publishes_what_they_have_not_read(self):
        self.save([make_slot("lead")])
        self.save([], 1, by=make_user(*EDITOR))
        refusal = self.refusal(front_pages.publish, None, revision=1, by=self.editor)
        assert "relisez-la d’abord" in refusal

    def test_nobody_publishes_over_an_edition_that_they_have_not_seen(self):
        self.publish([make_slot("lead", self.story)])
        self.save([], 1)
        refusal = self.refusal(front_pages.publish, None, revision=2, by=self.editor, seen=0)
        assert "publiez de nouveau" in refusal

    def test_second_click_publishes_nothing(self):
        slots = [make_slot("lead", self.story)]
        self.publish(slots)
        assert self.refusal(self.publish, slots) == "Cette une est déjà en ligne."

    def test_faults_are_refused_all_at_once(self):
        topic = make_topic()
        slots = [make_slot("lead"), make_slot("lead"), make_slot("block", rule=Rule.TOPIC)]
        slots.append(make_slot("second", story=str(topic.uuid)))
        refusal = self.refusal(self.publish, slots, at=self.now - HOUR)
        for fault in ("deux ouvertures", "Choisissez la rubrique", "n’existe plus", "est passée"):
            assert fault in refusal

    def test_publishing_needs_the_right(self):
        saved = self.save([])
        user = make_user("articles.change_frontpage")
        number = saved.revision.number
        refusal = self.refusal(front_pages.publish, None, revision=number, by=user)
        assert refusal == "Vous n’avez pas le droit de faire cela."

    def test_database_refuses_two_pages_at_one_instant(self):
        show([], start=self.now)
        with pytest.raises(IntegrityError, match="front_page_edition_no_overlap"):
            with transaction.atomic():
                show([], start=self.now + HOUR)

    def test_published_slots_stay_whatever_the_desk_does(self):
        edition = self.publish([make_slot("lead", self.story)])
        self.save([], 1)
        edition.refresh_from_db()
        assert len(edition.slots) == 1


class RemarksTests(FrontPageTestCase):
    def remarks(self, *slots):
        return [remark.text for remark in remarks_on(slots, self.now)]

    def test_story_that_will_not_be_live_by_then_is_told_and_refuses_nothing(self):
        planned = make_edition(live_from=self.now + HOUR)
        slots = [make_slot("lead", planned)]
        (remark,) = remarks_on(slots, self.now)
        assert "ne sera pas en ligne" in remark.text and not remark.is_blocking
        assert not remarks_on(slots, self.now + HOUR)

    def test_story_put_twice_is_told_unless_it_may_repeat(self):
        lead = make_slot("lead", self.story)
        assert "déjà à une autre place" in self.remarks(lead, make_slot("strip", self.story))[0]
        assert not self.remarks(lead, make_slot("strip", self.story, allow_repeat=True))

    def test_story_that_left_its_slot_is_told(self):
        (remark,) = self.remarks(make_slot("lead", self.story, until=self.now))
        assert "a déjà quitté" in remark


class PinTests(FrontPageTestCase):
    def setUp(self):
        super().setUp()
        self.chief = make_user(is_superuser=True)
        self.article = self.story.article

    def pin(self, **options):
        options = {"until": timezone.now() + HOUR, "by": self.chief, **options}
        return front_pages.pin(self.article, **options)

    def test_pin_puts_the_story_into_the_lead_and_leaves_the_rest(self):
        other = make_edition(live_from=self.now - HOUR)
        strip = make_slot("strip", other, headline="Reste")
        self.publish([make_slot("lead", other, headline="D’avant"), strip])
        lead, same = self.pin().slots
        assert (lead["story"], lead["headline"]) == (str(self.article.uuid), "")
        assert same == strip

    def test_pin_changes_the_desk_s_copy_too_and_keeps_what_is_not_published(self):
        self.publish([make_slot("lead")])
        added = make_slot("strip", headline="Pas encore")
        lead = FrontPageRevision.objects.get(number=1).slots[0]
        self.save([lead, added], 1)
        edition = self.pin()
        newest = FrontPageRevision.objects.current().first()
        assert newest.slots == [edition.slots[0], added]
        assert len(edition.slots) == 1

    def test_pinned_story_leaves_its_other_slot(self):
        slots = [make_slot("second", self.story, headline="Ailleurs"), make_slot("lead")]
        second, lead = with_lead(slots, str(self.article.uuid), "")
        assert (second["story"], second["headline"]) == ("", "")
        assert lead["story"] == str(self.article.uuid)

    def test_lead_fills_itself_again_when_the_pin_ends(self):
        newer = make_edition(body="<p>Texte d’essai.</p>")
        until = timezone.now() + HOUR
        slots = self.pin(until=until).slots
        assert fill(slots, until - timedelta(microseconds=1)).lead == self.story
        assert fill(slots, until).lead == newer
        assert SiteState.encode(until) in SiteState.objects.get().instants

    def test_page_before_and_after_a_pin_is_the_one_that_fills_itself(self):
        for _ in range(12):
            make_edition(body="<p>Texte d’essai.</p>")
        self.pin()
        after = front_pages.unpin(self.article, by=self.chief).slots
        at = timezone.now()
        without, with_slots = fill([], at), fill(after, at)
        assert with_slots.lead == without.lead
        assert with_slots.secondary == without.secondary
        assert with_slots.blocks == without.blocks

    def test_unpin_needs_a_pin_that_still_holds(self):
        message = "Cet article n’est pas en tête de une."
        assert self.refusal(front_pages.unpin, self.article, by=self.chief) == message
        self.pin()
        front_pages.unpin(self.article, by=self.chief)
        assert self.refusal(front_pages.unpin, self.article, by=self.chief) == message

    def test_acts_are_in_the_journal_of_the_story(self):
        edition = self.pin(reason="Urgent")
        act = self.article.acts.get(name=Act.Name.PIN)
        assert (act.front_page_edition, act.reason) == (edition, "Urgent")

    def test_reason_as_long_as_the_desk_allows_is_kept_whole_in_the_journal(self):
        self.pin(reason="x" * 900)
        assert len(self.article.acts.get(name=Act.Name.PIN).reason) == 900
        assert FrontPageRevision.objects.get().reason == "x" * front_pages.LONGEST_REASON

    def test_story_that_is_not_live_is_not_pinned(self):
        article = make_article()
        until = timezone.now() + HOUR
        refusal = self.refusal(front_pages.pin, article, until=until, by=self.chief)
        assert refusal == "Cet article n’est pas en ligne."

    def test_withdrawn_story_leaves_the_lead_at_once(self):
        slots = self.pin().slots
        publishing.withdraw(self.article, by=self.chief, note="Essai.")
        assert fill(slots, timezone.now()).lead is None
