"""The desk's page of a front page: what is typed there is saved, merged, shown and published."""

from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from .. import front_pages
from ..admin.front_page_form import MOST_SLOTS
from ..models import Act, FrontPageEdition, FrontPageRevision
from ..slots import Slot
from .factories import make_article, make_edition, make_section, make_topic, make_user
from .test_filling import about, make_slot, show

HOUR = timedelta(hours=1)
EDITOR = ("articles.view_frontpage", "articles.change_frontpage", "articles.publish_front_page")
TEXT = "<p>Texte d’essai.</p>"


def address(name, *args):
    return reverse(f"admin:articles_frontpage_{name}", args=args)


def local(instant):
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M:%S")


class FrontPageDeskTestCase(TestCase):
    def setUp(self):
        self.editor = make_user(*EDITOR, first_name="Élise", last_name="Essai")
        self.client.force_login(self.editor)
        self.now = timezone.now()
        self.edition = make_edition(live_from=self.now - HOUR, body=TEXT, headline="En ligne")

    def open(self, section=0):
        return self.sent_back(self.client.get(address("edit", section)))

    def sent_back(self, response):
        """Return what the browser would send back from the page *response*."""
        context = response.context
        forms = [context["form"], context["slots"].management_form, *context["slots"].forms]
        values = {bound.html_name: bound.value() for form in forms for bound in form}
        return {
            name: "" if value is None or value is False else value for name, value in values.items()
        }

    def send(self, sent, button="_save", section=0, **changes):
        return self.client.post(address("edit", section), {**sent, **changes, button: "1"})

    def fill(self, *slots, by=None):
        """Save *slots* as the newest version."""
        newest = FrontPageRevision.objects.current().first()
        based_on = newest.number if newest else 0
        return front_pages.save(None, list(slots), based_on=based_on, by=by or self.editor)

    def slots(self):
        return FrontPageRevision.objects.current().first().slots


class EditTests(FrontPageDeskTestCase):
    def test_slots_are_saved_as_they_are_typed(self):
        topic = make_topic()
        until = (self.now + HOUR).replace(microsecond=0)
        typed = {
            "form-TOTAL_FORMS": 2,
            "form-0-key": "0000000a",
            "form-0-kind": "lead",
            "form-0-story": str(self.edition.article.uuid),
            "form-0-rule": "topic",
            "form-0-topic": str(topic.uuid),
            "form-0-headline": "Pour la une",
            "form-0-until": local(until),
            "form-1-key": "0000000b",
            "form-1-kind": "second",
            "form-1-rule": "news",
            "form-1-topic": str(topic.uuid),
            "form-1-allow_repeat": "on",
        }
        self.send(self.open(), **typed)
        lead, second = (Slot.read(slot) for slot in self.slots())
        assert (lead.story, lead.topic) == (str(self.edition.article.uuid), str(topic.uuid))
        assert (lead.headline, lead.leaves_at) == ("Pour la une", until)
        # A rule about no topic has none.
        assert (second.rule, second.topic, second.allow_repeat) == ("news", "", True)

    def test_page_sent_back_as_it_was_changes_nothing(self):
        until = (self.now + HOUR).replace(microsecond=0)
        self.fill(
            make_slot("lead", self.edition, headline="Pour la une", until=until),
            about("block", make_section()),
            make_slot("strip", allow_repeat=True),
        )
        self.send(self.open())
        assert FrontPageRevision.objects.count() == 1

    def test_ranks_order_the_slots_and_a_box_takes_them_away(self):
        """Without a script too."""
        a, b, c = make_slot("lead"), make_slot("second"), make_slot("strip")
        self.fill(a, b, c)
        changes = {"form-0-ORDER": 3, "form-1-DELETE": "on", "form-2-ORDER": 1}
        self.send(self.open(), **changes)
        assert self.slots() == [c, a]

    def test_slot_is_added_without_a_script(self):
        self.fill(make_slot("lead"))
        response = self.send(self.open(), "_add")
        assert len(response.context["slots"].forms) == 2
        assert FrontPageRevision.objects.count() == 1

    def test_usual_arrangement_is_offered_to_start_from(self):
        section = make_section()
        page = self.client.get(address("edit", 0), {"disposition": "habituelle"})
        kinds = [form["kind"].value() for form in page.context["slots"]]
        assert kinds[:2] == ["lead", "second"] and kinds.count("block") == 2
        self.assertContains(page, section.name)

    def test_block_needs_its_topic_and_nothing_is_lost(self):
        self.fill(make_slot("lead"))
        changes = {"form-0-kind": "block", "form-0-headline": "Déjà tapé"}
        response = self.send(self.open(), **changes)
        self.assertContains(response, "Choisissez la rubrique ou le sujet de cette place.")
        self.assertContains(response, "Déjà tapé")
        assert FrontPageRevision.objects.count() == 1

    def test_page_says_what_each_slot_shows_and_what_is_wrong(self):
        self.fill(make_slot("lead"), make_slot("strip", make_edition(live_from=self.now + HOUR)))
        page = self.client.get(address("edit", 0))
        self.assertContains(page, "« En ligne »")
        self.assertContains(page, "ne sera pas en ligne à cette heure", 2)

    def test_query_count_does_not_grow_with_the_slots(self):
        # Session, user, rights (2), front page, version, edition, names (2), in force, planned;
        # for the remarks: stories, which are live, topics; for what the slots show: sections,
        # and the six of the public page, its topics among them.
        for number in (3, 12):
            editions = [make_edition(body=TEXT) for _ in range(number)]
            topic = make_topic()
            slots = [make_slot("second", edition) for edition in editions]
            self.fill(*slots, about("strip", topic), about("strip", topic))
            with self.subTest(number), self.assertNumQueries(21):
                self.client.get(address("edit", 0))

    def test_what_others_saved_meanwhile_is_merged_and_told(self):
        lead, second = make_slot("lead"), make_slot("second")
        self.fill(lead, second)
        sent = self.open()
        other = make_user(*EDITOR, first_name="Omar", last_name="Essai")
        self.fill({**lead, "headline": "D’Omar"}, second, by=other)
        response = self.client.post(
            address("edit", 0), {**sent, "form-1-headline": "De moi", "_save": "1"}, follow=True
        )
        self.assertContains(response, "vos changements sont réunis")
        assert [slot["headline"] for slot in self.slots()] == ["D’Omar", "De moi"]

    def test_conflict_is_told_and_leads_to_what_was_kept_aside(self):
        lead = make_slot("lead")
        self.fill(lead)
        sent = self.open()
        self.fill({**lead, "headline": "D’abord"}, by=make_user(*EDITOR))
        response = self.client.post(
            address("edit", 0), {**sent, "form-0-headline": "Ensuite", "_publish": "1"}, follow=True
        )
        self.assertContains(response, "Vous avez changé la même chose")
        assert self.slots()[0]["headline"] == "D’abord"
        assert not FrontPageEdition.objects.exists()
        differences = self.client.get(address("differences", 0), {"de": 2, "a": 3})
        self.assertContains(differences, "<ins>Ensuite</ins>")

    def test_who_may_not_change_it_sees_no_button_and_saves_nothing(self):
        self.client.force_login(make_user("articles.view_frontpage"))
        self.assertNotContains(self.client.get(address("edit", 0)), 'name="_save"')
        assert self.send(self.open()).status_code == 403
        assert not FrontPageRevision.objects.exists()

    def test_who_may_not_see_it_is_refused_everywhere(self):
        self.client.force_login(make_user("articles.view_article"))
        for name, args in (
            ("changelist", []),
            ("edit", [0]),
            ("preview", [0]),
            ("versions", [0]),
            ("stories", []),
            ("topics", []),
        ):
            assert self.client.get(address(name, *args)).status_code == 403, name


class PublishingTests(FrontPageDeskTestCase):
    def test_page_is_saved_and_published_at_once(self):
        self.fill(make_slot("lead", self.edition))
        changes = {"form-0-headline": "Pour la une", "reason": "Bouclage"}
        self.send(self.open(), "_publish", **changes)
        self.assertContains(self.client.get("/"), "Pour la une")
        assert Act.objects.get().reason == "Bouclage"

    def test_page_is_planned_and_the_plan_cancelled(self):
        self.fill(make_slot("lead", self.edition))
        at = (self.now + HOUR).replace(microsecond=0)
        self.send(self.open(), "_publish", at=local(at))
        plan = FrontPageEdition.objects.get()
        assert plan.live_from == at
        cancel = address("cancel", 0, plan.number)
        self.assertContains(self.client.get(address("edit", 0)), cancel)
        self.client.post(cancel)
        assert not FrontPageEdition.objects.planned(self.now).exists()

    def refused(self, sent=None, **changes):
        """Send a publication that is refused; return the page that is shown again."""
        sent = {**(sent or self.open()), **changes, "_publish": "1"}
        response = self.client.post(address("edit", 0), sent)
        assert response.status_code == 200
        return response

    def test_refused_publication_is_shown_again_with_all_that_was_typed(self):
        self.fill(make_slot("lead", self.edition))
        past, later = local(self.now - HOUR), local(self.now + HOUR)
        typed = {"at": past, "until": later, "reason": "Bouclage", "form-0-headline": "Gardé"}
        response = self.refused(**typed)
        self.assertContains(response, "L’heure de publication est passée")
        self.assertNotContains(response, "rien n’est enregistré")
        shown = self.sent_back(response)
        assert {name: shown[name] for name in typed} == typed
        assert self.slots()[0]["headline"] == "Gardé"
        # What is sent next is made of what was saved.
        self.client.post(address("edit", 0), {**shown, "at": "", "_publish": "1"})
        assert Act.objects.get().reason == "Bouclage"
        assert FrontPageRevision.objects.count() == 2

    def test_first_front_page_is_shown_again_too(self):
        changes = {"form-TOTAL_FORMS": 1, "form-0-key": "0000000a", "form-0-kind": "lead"}
        changes |= {"form-0-rule": "story", "form-0-headline": "Gardé"}
        response = self.refused(at=local(self.now - HOUR), **changes)
        assert response.context["slots"].forms[0]["headline"].value() == "Gardé"
        self.assertContains(response, address("versions", 0))

    def test_page_that_others_published_meanwhile_is_not_replaced_unseen(self):
        self.fill(make_slot("lead", self.edition))
        sent = self.open()
        front_pages.publish(None, revision=1, by=make_user(*EDITOR))
        typed = {"form-0-headline": "Par-dessus", "reason": "Urgent"}
        response = self.refused(sent, **typed)
        self.assertContains(response, "a publié ou prévu une autre une")
        # Once seen, it may be replaced.
        self.client.post(address("edit", 0), {**self.sent_back(response), "_publish": "1"})
        assert Act.objects.order_by("-pk").first().reason == "Urgent"

    def test_conflict_keeps_the_time_and_the_reason(self):
        lead = make_slot("lead")
        self.fill(lead)
        sent = self.open()
        self.fill({**lead, "headline": "D’abord"}, by=make_user(*EDITOR))
        at = local(self.now + HOUR)
        response = self.refused(sent, at=at, reason="Midi", **{"form-0-headline": "Ensuite"})
        shown = self.sent_back(response)
        assert (shown["at"], shown["reason"], shown["based_on"]) == (at, "Midi", 2)
        assert shown["form-0-headline"] == "D’abord"
        self.assertContains(response, "Rien n’est publié")

    def test_time_typed_before_a_mere_save_stays(self):
        self.fill(make_slot("lead", self.edition))
        at = local(self.now + HOUR)
        response = self.send(self.open(), at=at, **{"form-0-headline": "Pour midi"})
        assert self.sent_back(response)["at"] == at
        assert not FrontPageEdition.objects.exists()

    def test_cancelling_a_plan_keeps_what_is_typed_in_the_page(self):
        self.fill(make_slot("lead", self.edition))
        self.send(self.open(), "_publish", at=local(self.now + HOUR))
        plan = FrontPageEdition.objects.get()
        sent = {**self.open(), "form-0-headline": "Pas encore", "reason": "Essai"}
        response = self.client.post(address("cancel", 0, plan.number), sent)
        self.assertContains(response, "La une prévue est annulée.")
        shown = self.sent_back(response)
        assert (shown["form-0-headline"], shown["reason"]) == ("Pas encore", "Essai")
        self.assertContains(response, f'action="{address("edit", 0)}"')

    def test_slots_above_the_limit_are_refused_and_shown_again(self):
        forms = {"form-TOTAL_FORMS": MOST_SLOTS + 1}
        for number in range(MOST_SLOTS + 1):
            slot = {"key": f"{number:08x}", "kind": "second", "rule": "story"}
            forms |= {f"form-{number}-{name}": value for name, value in slot.items()}
        forms[f"form-{MOST_SLOTS}-headline"] = "La dernière"
        response = self.send(self.open(), **forms)
        assert response.context["slots"].forms[-1]["headline"].value() == "La dernière"
        assert not FrontPageRevision.objects.exists()

    def test_section_has_a_page_of_its_own(self):
        section = self.edition.section
        changes = {"form-TOTAL_FORMS": 1, "form-0-key": "0000000a", "form-0-kind": "lead"}
        changes |= {"form-0-rule": "story", "form-0-headline": "", "form-0-story": ""}
        self.send(self.open(section.pk), "_publish", section.pk, **changes)
        page = self.client.get(section.get_absolute_url())
        self.assertContains(page, 'class="lead"')
        self.assertContains(self.client.get(address("changelist")), "Composée", 1)

    def test_journal_leads_to_the_versions(self):
        self.fill(make_slot("lead", self.edition))
        front_pages.publish(None, revision=1, by=self.editor)
        self.client.force_login(make_user(is_superuser=True))
        journal = self.client.get(reverse("admin:articles_act_changelist"))
        self.assertContains(journal, f'<a href="{address("versions", 0)}">La une</a>')


class PreviewTests(FrontPageDeskTestCase):
    def test_what_is_typed_is_seen_as_readers_would_and_stays_unsaved(self):
        self.fill(make_slot("lead", self.edition))
        sent = {**self.open(), "form-0-headline": "Pas encore"}
        response = self.client.post(address("preview", 0), sent)
        self.assertContains(response, "Pas encore")
        self.assertContains(response, "Une non publiée")
        assert response["Cache-Control"].startswith("private, no-store")
        assert self.slots()[0]["headline"] == ""

    def test_it_is_seen_at_the_time_that_it_is_planned_for(self):
        planned = make_edition(live_from=self.now + HOUR, headline="Prévu", body=TEXT)
        self.fill(make_slot("lead", planned))
        sent = self.open()
        at = local(self.now + 2 * HOUR)
        assert self.client.post(address("preview", 0), sent).context["lead"] == self.edition
        assert (
            self.client.post(address("preview", 0), {**sent, "at": at}).context["lead"] == planned
        )

    def test_section_and_old_versions_have_previews(self):
        section = self.edition.section
        slots = [make_slot("lead", self.edition, headline="Pour la rubrique")]
        front_pages.save(section, slots, based_on=0, by=self.editor)
        page = self.client.get(address("preview", section.pk), {"version": 1})
        self.assertContains(page, "Pour la rubrique")


class VersionsTests(FrontPageDeskTestCase):
    def test_versions_are_listed_with_their_state(self):
        self.fill(make_slot("lead", self.edition))
        front_pages.publish(None, revision=1, by=self.editor)
        self.fill(make_slot("lead"))
        page = self.client.get(address("versions", 0))
        self.assertContains(page, "Élise Essai", 3)
        self.assertContains(page, '<span class="state live">En ligne</span>', html=True)
        self.assertContains(page, address("restore", 0, 1))

    def test_differences_are_told_in_words(self):
        lead, strip = make_slot("lead", self.edition), make_slot("strip")
        self.fill(lead, strip)
        self.fill(
            strip, {**lead, "headline": "Nouveau"}, about("block", make_section(name="Monde"))
        )
        page = self.client.get(address("differences", 0), {"de": 1, "a": 2})
        self.assertContains(page, "titre à la une « Nouveau »")
        self.assertContains(page, "sinon le plus récent de « Monde »")
        self.assertContains(page, "<dt>Ordre</dt>", html=True)

    def test_version_is_brought_back_as_a_new_one(self):
        old, new = make_slot("lead", self.edition), make_slot("lead")
        self.fill(old)
        self.fill(new)
        page = self.client.get(address("restore", 0, 1))
        self.assertContains(page, "« En ligne »")
        self.client.post(address("restore", 0, 1), {"shown": 2})
        newest = FrontPageRevision.objects.current().first()
        assert (newest.number, newest.kind, newest.slots) == (3, "restore", [old])

    def test_restoring_over_a_newer_version_loses_nothing(self):
        lead = make_slot("lead")
        self.fill({**lead, "headline": "Première"})
        self.fill({**lead, "headline": "Deuxième"})
        self.fill({**lead, "headline": "Troisième"})
        self.client.post(address("restore", 0, 1), {"shown": 2})
        assert self.slots()[0]["headline"] == "Troisième"
        assert FrontPageRevision.objects.filter(kind="conflict").count() == 1


class SearchTests(FrontPageDeskTestCase):
    def found(self, name, term):
        results = self.client.get(address(name), {"term": term}).json()["results"]
        return [(result["text"], result["path"]) for result in results]

    def test_stories_that_are_live_or_planned_are_found(self):
        section = self.edition.section.short_name
        make_edition(headline="En ligne plus tard", live_from=self.now + HOUR)
        make_edition(headline="En ligne autrefois", live_from=self.now - HOUR, live_until=self.now)
        make_edition(
            headline="En ligne annulé", live_from=self.now + HOUR, live_until=self.now + HOUR
        )
        make_article(headline="En ligne jamais")
        found = self.found("stories", "ligne")
        assert [text for text, _path in found] == ["En ligne plus tard", "En ligne"]
        assert "prévu le" in found[0][1] and found[1][1].startswith(f"{section}, en ligne depuis")
        assert self.found("stories", "") == []

    def test_sections_are_found_before_topics(self):
        make_topic(name="Élections d’essai")
        make_section(name="Élections")
        assert [text for text, _path in self.found("topics", "élections")] == [
            "Élections",
            "Élections d’essai",
        ]


class PinnedTests(FrontPageDeskTestCase):
    def test_form_of_the_story_says_that_it_leads_and_that_a_plan_will_win(self):
        self.client.force_login(make_user(is_superuser=True))
        show([make_slot("lead", self.edition)], start=self.now - HOUR, until=self.now + HOUR)
        show([], start=self.now + HOUR)
        page = reverse("admin:articles_article_change", args=[self.edition.article_id])
        self.assertContains(self.client.get(page), "En tête de une")
        other = make_edition().article
        act = reverse("admin:articles_article_act", args=[other.pk, "tete-de-une"])
        self.assertContains(self.client.get(act), "elle l’emportera")
