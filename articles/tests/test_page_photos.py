"""Photos of front pages and dossiers: frozen, shown and served with their version alone."""

import json
import re
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from tempfile import NamedTemporaryFile

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from .. import dossiers, front_pages, photo_acts, renditions, topic_acts
from ..models import Dossier, DossierEdition, FrontPageEdition, Photo, SiteState
from ..publishing import PublishingError
from ..slots import merge_slots
from .drawings import draw
from .factories import (
    make_edition,
    make_photo,
    make_section,
    make_topic,
    make_user,
    show_first_page,
)
from .test_filling import make_slot
from .test_photos import addresses

HOUR = timedelta(hours=1)
TEXT = "<p>Texte d’essai.</p>"


def on_slot(photo, alt=""):
    return {"photo": photo.key, "alt": alt}


def in_dossier(photo, caption="", alt=""):
    return {"photo": photo.key, "caption": caption, "alt": alt}


@contextmanager
def temporary(rows):
    """Yield the path of a fixture that holds *rows*."""
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(rows, file)
        file.flush()
        yield file.name


class PagePhotoTestCase(TestCase):
    def setUp(self):
        self.chief = make_user(is_superuser=True)
        self.client.force_login(self.chief)
        self.reader = self.client_class()
        self.now = timezone.now()
        self.photo = make_photo()
        self.section, self.topic = make_section(), make_topic()
        self.story = make_edition(
            live_from=self.now - HOUR, body=TEXT, section=self.section, topics=[self.topic]
        )

    def get(self, address="/"):
        return self.reader.get(address)

    def status(self, photo=None):
        """Return how the address of a size of *photo* answers a reader."""
        name = (photo or self.photo).renditions.first().name
        return self.get(reverse("articles:photo-file", args=[name])).status_code

    def save_front(self, *slots, section=None, based_on=None):
        if based_on is None:
            newest = front_pages.FrontPageRevision.objects.newest()
            newest = newest.filter(front_page__section=section).first()
            based_on = newest.number if newest else 0
        return front_pages.save(section, list(slots), based_on=based_on, by=self.chief)

    def publish_front(self, *slots, section=None, **options):
        number = self.save_front(*slots, section=section).revision.number
        return front_pages.publish(section, revision=number, by=self.chief, **options)

    def write(self, photo=None, text=TEXT):
        there = Dossier.objects.filter(topic=self.topic).first()
        return dossiers.write(
            self.topic,
            introduction_html=text,
            articles=[],
            photo=photo,
            based_on=there.number if there else 0,
            by=self.chief,
        )

    def publish_dossier(self, *args, **options):
        dossier = self.write(*args, **options)
        return dossiers.publish(dossier, number=dossier.number, by=self.chief)


class SlotTests(PagePhotoTestCase):
    def slot(self, kind="lead", photo=None, alt="", **values):
        return make_slot(kind, self.story, photo=on_slot(photo or self.photo, alt), **values)

    def test_slot_shows_its_photo_on_the_front_page_alone(self):
        """E15"""
        own = make_photo()
        story = make_edition(live_from=self.now, body=TEXT, lead=own, section=self.section)
        self.story = story
        self.publish_front(self.slot(alt="Décrite pour la une"))
        html = self.get().content.decode()
        lead = html[html.index('<article class="lead"') : html.index("</article>")]
        assert 'alt="Décrite pour la une"' in lead
        assert own.alt not in html
        assert own.alt in self.get(story.get_absolute_url()).content.decode()
        assert self.status() == 200

    def test_slot_of_a_section_shows_its_photo_above_the_list(self):
        self.publish_front(self.slot("second"), section=self.section)
        self.assertContains(self.get(self.section.get_absolute_url()), self.photo.alt)

    def test_published_photo_stays_as_it_was_whatever_is_said_of_it_later(self):
        self.publish_front(self.slot())
        before = addresses(self.get())
        Photo.objects.filter(pk=self.photo.pk).update(alt="Autre", focal_x=0.1)
        renditions.make(Photo.objects.get(pk=self.photo.pk))
        assert addresses(self.get()) == before != set()
        self.assertNotContains(self.get(), "Autre")

    def test_saved_or_planned_photo_is_not_shown_nor_served_before_its_second(self):
        """E8"""
        self.save_front(self.slot())
        assert self.status() == 404
        edition = self.publish_front(self.slot(), at=self.now + HOUR)
        assert (self.status(), addresses(self.get())) == (404, set())
        FrontPageEdition.objects.filter(pk=edition.pk).update(live_from=self.now)
        show_first_page()
        assert self.status() == 200

    def test_photo_is_gone_with_the_version_that_had_it(self):
        self.publish_front(self.slot())
        assert self.status() == 200
        self.publish_front(make_slot("lead", self.story))
        assert (self.status(), addresses(self.get())) == (410, set())

    def test_photo_whose_rights_end_or_that_is_removed_leaves_the_story_s_own(self):
        own = make_photo()
        self.story = make_edition(live_from=self.now, body=TEXT, lead=own, section=self.section)
        self.publish_front(self.slot())
        self.assertNotContains(self.get(), own.alt)
        end = timezone.now() + HOUR
        photo_acts.set_rights(self.photo, until=end, by=self.chief)
        assert FrontPageEdition.objects.get().photo_ends() == [end]
        assert SiteState.encode(end) in SiteState.objects.get().instants
        photo_acts.remove(self.photo, by=self.chief, reason="Essai")
        shown = self.get()
        self.assertContains(shown, own.alt)
        self.assertNotContains(shown, self.photo.alt)
        assert self.status() == 410

    def test_end_of_rights_known_before_is_an_instant_at_which_kept_pages_change(self):
        end = timezone.now() + HOUR
        photo_acts.set_rights(self.photo, until=end, by=self.chief)
        self.publish_front(self.slot())
        assert SiteState.encode(end) in SiteState.objects.get().instants

    def test_sizes_made_later_reach_the_version(self):
        photo = make_photo(ready=False)
        self.publish_front(self.slot(photo=photo))
        assert addresses(self.get()) == set()
        renditions.make(photo)
        self.assertContains(self.get(), photo.alt)

    def test_publication_is_refused_without_rights_alt_or_credit(self):
        """E15, E17"""
        photo = make_photo(alt="", credit="", rights_until=self.now)
        with pytest.raises(PublishingError) as caught, transaction.atomic():
            self.publish_front(self.slot(photo=photo))
        text = " ".join(caught.value.faults)
        assert "Les droits de" in text and "pas décrite" in text and "crédit" in text

    def test_photo_without_a_story_is_not_published(self):
        self.publish_front(make_slot("lead", photo=on_slot(self.photo)))
        assert FrontPageEdition.objects.get().photos == {}
        assert self.status() == 404

    def test_photo_leaves_with_its_story_when_that_leaves_the_slot(self):
        self.publish_front(self.slot(until=self.now + HOUR))
        assert addresses(self.get())
        slot = self.slot(until=timezone.now() - HOUR)
        FrontPageEdition.objects.update(slots=[slot])
        show_first_page()
        assert addresses(self.get()) == set()

    def test_pin_takes_the_lead_s_photo_away_and_keeps_the_others(self):
        other = make_edition(live_from=self.now, body=TEXT, section=self.section)
        second = make_photo()
        slots = [self.slot(), make_slot("second", other, photo=on_slot(second))]
        before = self.publish_front(*slots)
        pinned = make_edition(live_from=self.now, body=TEXT, section=self.section)
        after = front_pages.pin(pinned.article, until=timezone.now() + HOUR, by=self.chief)
        assert after.photos == {slots[1]["key"]: before.photos[slots[1]["key"]]}
        assert (self.status(), self.status(second)) == (410, 200)

    def test_photo_is_merged_as_one_field_of_its_slot(self):
        base = make_slot("lead", self.story)
        typed = {**base, "headline": "Titre d’essai"}
        with_photo = {**base, "photo": on_slot(self.photo)}
        merged, conflicts = merge_slots([base], [typed], [with_photo])
        assert (merged, conflicts) == ([{**typed, "photo": on_slot(self.photo)}], [])
        merged, conflicts = merge_slots([with_photo], [{**with_photo, "kicker": "x"}], [base])
        assert (merged, conflicts) == ([{**base, "kicker": "x"}], [])
        other = {**base, "photo": on_slot(make_photo())}
        merged, conflicts = merge_slots([base], [with_photo], [other])
        assert merged == [with_photo]
        assert [conflict.name for conflict in conflicts] == ["photo"]

    def test_slot_without_a_photo_is_stored_as_it_was_before_photos(self):
        """Old versions, which know nothing of photos, merge and compare with new ones."""
        assert "photo" not in make_slot("lead", self.story)

    def test_query_count_does_not_grow_with_photos(self):
        """E24"""
        slots = [make_slot("lead", self.story)]
        for _ in range(4):
            story = make_edition(live_from=self.now, body=TEXT, section=self.section)
            slots.append(make_slot("second", story))
        photos = [make_photo() for _ in slots]
        self.publish_front(*slots)
        show_first_page()
        # The site's state; front page, stream, stories, those put there, the block's.
        with self.assertNumQueries(1 + 5):
            self.get()
        pairs = zip(slots, photos, strict=True)
        self.publish_front(*({**slot, "photo": on_slot(photo)} for slot, photo in pairs))
        show_first_page()
        with self.assertNumQueries(1 + 5):
            shown = self.get()
        assert all(photo.alt in shown.content.decode() for photo in photos)
        with self.assertNumQueries(4):
            self.status()


class SlotDeskTests(PagePhotoTestCase):
    def open(self):
        context = self.client.get(reverse("admin:articles_frontpage_edit", args=[0])).context
        forms = [context["form"], context["slots"].management_form, *context["slots"].forms]
        values = {bound.html_name: bound.value() for form in forms for bound in form}
        return {
            name: "" if value is None or value is False else value
            for name, value in values.items()
            if not name.endswith("-photo")
        }

    def send(self, button="_save", **changes):
        typed = {**self.open(), **{name.replace("_", "-"): v for name, v in changes.items()}}
        address = reverse("admin:articles_frontpage_edit", args=[0])
        if button == "_preview":
            address = reverse("admin:articles_frontpage_preview", args=[0])
        return self.client.post(address, {**typed, button: "1"})

    def newest(self):
        return front_pages.FrontPageRevision.objects.newest().get()

    def test_photo_is_chosen_typed_and_taken_out_again(self):
        self.save_front(make_slot("lead", self.story))
        self.send(form_0_photo=["", self.photo.key], form_0_photo_alt=["À la une"])
        assert self.newest().slots[0]["photo"] == on_slot(self.photo, "À la une")
        self.assertContains(
            self.client.get(reverse("admin:articles_frontpage_edit", args=[0])),
            f'name="form-0-photo" value="{self.photo.key}"',
        )
        number = self.newest().number
        self.send(form_0_photo=["", self.photo.key], form_0_photo_alt=["À la une"])
        assert self.newest().number == number
        self.send(form_0_photo=[""])
        assert "photo" not in self.newest().slots[0]

    def test_photo_that_does_not_exist_is_refused(self):
        self.save_front(make_slot("lead", self.story))
        for odd in ("x", "00000000-0000-0000-0000-000000000009"):
            response = self.send(form_0_photo=["", odd], form_0_photo_alt=[""])
            self.assertContains(response, "n’est plus dans la photothèque")

    def test_preview_shows_a_photo_that_readers_may_not_have(self):
        self.save_front(make_slot("lead", self.story))
        shown = self.send("_preview", form_0_photo=["", self.photo.key], form_0_photo_alt=[""])
        self.assertContains(shown, self.photo.alt)
        address = re.search(r'src="(/admin/[^"]+\.jpg)"', shown.content.decode())[1]
        assert self.client.get(address).status_code == 200
        assert self.get(address).status_code != 200

    def test_versions_tell_the_photo_that_changed_and_bring_it_back(self):
        self.save_front(self.first())
        self.save_front({**self.newest().slots[0], "photo": on_slot(self.photo, "Décrite")})
        self.save_front(self.first())
        address = reverse("admin:articles_frontpage_differences", args=[0])
        shown = self.client.get(address, {"de": 1, "a": 2})
        self.assertContains(shown, f"photo à la une «\u00a0{self.photo.caption}\u00a0»")
        self.client.post(reverse("admin:articles_frontpage_restore", args=[0, 2]), {"shown": 3})
        assert self.newest().slots[0]["photo"] == on_slot(self.photo, "Décrite")

    def first(self):
        self.kept = getattr(self, "kept", None) or make_slot("lead", self.story)
        return self.kept

    def test_remark_stands_at_the_slot(self):
        bare = make_photo(alt="")
        self.save_front(make_slot("lead", self.story, photo=on_slot(bare)))
        shown = self.client.get(reverse("admin:articles_frontpage_edit", args=[0]))
        self.assertContains(shown, "pas décrite")


class DossierTests(PagePhotoTestCase):
    def page(self):
        return self.get(self.topic.get_absolute_url())

    def test_photo_stands_at_the_head_with_its_caption_credit_and_size(self):
        """E15"""
        self.publish_dossier(in_dossier(self.photo, caption="Au dossier", alt="Vue d’essai"))
        html = self.page().content.decode()
        dossier = html[html.index('class="dossier"') :]
        figure = dossier[: dossier.index("</figure>")]
        assert "Au dossier" in figure and self.photo.credit in figure
        assert 'alt="Vue d’essai"' in figure and self.photo.caption not in figure
        assert 'width="600" height="400"' in figure and 'fetchpriority="high"' in figure
        assert "<source" in figure and "sizes=" in figure
        assert self.status() == 200

    def test_working_copy_s_photo_is_neither_shown_nor_served(self):
        """E8"""
        self.write(in_dossier(self.photo))
        assert (addresses(self.page()), self.status()) == (set(), 404)

    def test_dossier_may_be_a_photo_alone(self):
        self.publish_dossier(in_dossier(self.photo), text="")
        self.assertContains(self.page(), self.photo.alt)

    def test_photo_stands_on_the_first_page_only(self):
        for _ in range(40):
            make_edition(live_from=self.now, section=self.section, topics=[self.topic])
        self.publish_dossier(in_dossier(self.photo))
        second = self.get(self.topic.get_absolute_url() + self.page().context["page"].next_query)
        assert addresses(second) == set()

    def test_another_photo_is_another_version_and_the_first_is_gone(self):
        self.publish_dossier(in_dossier(self.photo))
        other = make_photo()
        edition = self.publish_dossier(in_dossier(other))
        assert edition.number == 2
        assert (self.status(), self.status(other)) == (410, 200)
        with pytest.raises(topic_acts.TopicError), transaction.atomic():
            self.publish_dossier(in_dossier(other))

    def test_photo_is_gone_when_its_rights_end_or_it_is_removed(self):
        self.publish_dossier(in_dossier(self.photo))
        end = timezone.now() + HOUR
        photo_acts.set_rights(self.photo, until=end, by=self.chief)
        assert DossierEdition.objects.get().photo_ends() == [end]
        assert SiteState.encode(end) in SiteState.objects.get().instants
        photo_acts.remove(self.photo, by=self.chief, reason="Essai")
        assert (addresses(self.page()), self.status()) == (set(), 410)
        photo_acts.restore(self.photo, by=self.chief)
        assert addresses(self.page()) and self.status() == 200

    def test_publication_is_refused_without_rights_alt_or_credit(self):
        photo = make_photo(alt="", credit="", rights_until=self.now)
        with pytest.raises(topic_acts.TopicError) as caught, transaction.atomic():
            self.publish_dossier(in_dossier(photo))
        text = " ".join(caught.value.faults)
        assert "Les droits de" in text and "pas décrite" in text and "crédit" in text

    def test_topic_shares_the_photo_of_its_dossier(self):
        large = make_photo(image=draw(1600, 900))
        self.publish_dossier(in_dossier(large))
        html = self.page().content.decode()
        assert re.search(r'og:image" content="[^"]+/photos/[0-9a-f]{24}-1600.jpg"', html)
        assert 'content="summary_large_image"' in html

    def test_query_count_of_a_topic_with_a_photo(self):
        """E24"""
        self.publish_dossier(in_dossier(self.photo))
        show_first_page()
        with self.assertNumQueries(3 + 1):  # The site's state; topic, page, children.
            self.page()

    def test_site_at_another_instant_has_the_photo_of_that_instant(self):
        self.publish_dossier(in_dossier(self.photo))
        at = timezone.now()
        self.publish_dossier(None)
        address = f"/admin/au/{at.isoformat()}{self.topic.get_absolute_url()}"
        self.assertContains(self.client.get(address), self.photo.alt)
        assert addresses(self.page()) == set()


class DossierDeskTests(PagePhotoTestCase):
    def setUp(self):
        super().setUp()
        self.desk = reverse("admin:articles_topic_dossier", args=[self.topic.pk])

    def send(self, button="_publish", based_on=0, **typed):
        typed = {name.replace("_", "-"): value for name, value in typed.items()}
        sent = {"introduction_html": TEXT, "based_on": based_on, button: "", **typed}
        return self.client.post(self.desk, sent, follow=True)

    def test_photo_is_chosen_and_described_at_the_desk(self):
        self.send(photo=["", self.photo.key], photo_caption=["Ici"], photo_alt=["Vue"])
        assert DossierEdition.objects.get().photo == in_dossier(self.photo, "Ici", "Vue")
        shown = self.client.get(self.desk)
        self.assertContains(shown, f'name="photo" value="{self.photo.key}"')
        assert "En ligne" in shown.content.decode()

    def test_photo_survives_a_move_and_a_conflict(self):
        """E18"""
        typed = {"photo": ["", self.photo.key], "photo_caption": ["Ici"], "photo_alt": [""]}
        response = self.client.post(
            self.desk,
            {
                "based_on": 0,
                "_up": "2",
                "photo": typed["photo"],
                "photo-caption": ["Ici"],
                "photo-alt": [""],
            },
        )
        self.assertContains(response, f'name="photo" value="{self.photo.key}"')
        theirs = make_photo()
        self.write(in_dossier(theirs))
        response = self.send(**typed)
        self.assertContains(response, f'name="photo" value="{self.photo.key}"')
        self.assertContains(response, theirs.caption)

    def test_photo_that_does_not_exist_is_refused(self):
        response = self.send(photo=["", "x"], photo_caption=[""], photo_alt=[""])
        self.assertContains(response, "n’est plus dans la photothèque")
        assert not Dossier.objects.exists()


class LibraryTests(PagePhotoTestCase):
    def test_card_names_the_front_pages_and_dossiers_that_show_a_photo(self):
        """E16"""
        self.save_front(make_slot("lead", self.story, photo=on_slot(self.photo)))
        self.write(in_dossier(self.photo))
        card = reverse("admin:articles_photo_change", args=[self.photo.pk])
        desk = self.client.get(card).context
        names = ["La une", f"Dossier\u00a0: {self.topic}"]
        assert [name for name, _url in desk["drafts"]] == names
        assert desk["uses"] == []
        self.publish_front(make_slot("lead", self.story, photo=on_slot(self.photo)))
        self.publish_dossier(in_dossier(self.photo))
        uses = self.client.get(card).context["uses"]
        assert [(use["name"], use["state"]) for use in uses] == [(name, "live") for name in names]
        for use in uses:
            assert self.client.get(use["url"]).status_code == 200

    def test_who_added_a_photo_ends_its_rights_until_a_front_page_shows_it(self):
        owner = make_user("articles.add_photo", "articles.change_photo")
        photo = make_photo(by=owner)
        assert photo_acts.may_set_rights(photo, owner)
        self.publish_front(make_slot("lead", self.story, photo=on_slot(photo)))
        assert not photo_acts.may_set_rights(photo, owner)

    def test_check_finds_a_planned_front_page_s_photo_that_is_served(self):
        """E8"""
        slot = make_slot("lead", self.story, photo=on_slot(self.photo))
        self.publish_front(slot)
        out = StringIO()
        call_command("check_embargo", stdout=out)
        assert out.getvalue().startswith("No leak on")
        # The photos of a plan are asked for by their own addresses.
        later = make_photo()
        planned = make_slot("lead", self.story, photo=on_slot(later))
        self.publish_front(planned, at=timezone.now() + HOUR)
        call_command("check_embargo", stdout=out)
        edition = FrontPageEdition.objects.order_by("number").first()
        FrontPageEdition.objects.filter(pk=edition.pk).update(
            photos={slot["key"]: later.freeze(role="lead")}
        )
        SiteState.objects.bump(timezone.now())
        with pytest.raises(CommandError, match="leaks on"):
            call_command("check_embargo", stdout=out, stderr=out)
        assert "/: shows the photo" in out.getvalue()


class DoorTests(PagePhotoTestCase):
    def test_dump_and_load_bring_back_what_shows_a_photo(self):
        self.publish_dossier(in_dossier(self.photo))
        self.publish_front(make_slot("lead", self.story, photo=on_slot(self.photo)))
        out = StringIO()
        models = ("dossieredition", "frontpageedition")
        labels = [f"articles.{model}" for model in models]
        call_command("dumpdata", *labels, natural_foreign=True, stdout=out)
        rows = json.loads(out.getvalue())
        assert all(row["fields"]["used_photos"] == [[self.photo.key]] for row in rows)
        DossierEdition.objects.all().delete()
        FrontPageEdition.objects.update(live_until=timezone.now())
        end = timezone.now() + HOUR
        Photo.objects.filter(pk=self.photo.pk).update(rights_until=end)
        assert self.status() == 410
        dossier = [row for row in rows if row["model"] == "articles.dossieredition"]
        dossier[0]["fields"]["used_photos"] = []
        call_command("loaddata", self.enterContext(temporary(dossier)), stdout=StringIO())
        assert self.status() == 200
        assert DossierEdition.objects.get().photo_ends() == [end]
        assert SiteState.encode(end) in SiteState.objects.get().instants
