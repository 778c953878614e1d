"""Cards are drawn once as long as they say the same, and anew for whatever they say."""

from datetime import timedelta
from unittest import mock

from django.test import TestCase, override_settings
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone

from .. import cards
from ..cards import Card, Found, Label
from ..typography import AsSent
from .factories import make_edition, make_section, show_first_page

PHOTO = {
    "key": "essai",
    "alt": "Photo d’essai",
    "crops": {"4:3": "essai-4x3", "16:9": "essai-16x9"},
    "sizes": {"4:3": [[480, 360]], "16:9": [[480, 270]]},
}


class CardTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.at = timezone.now()
        cls.section = make_section(name="Rubrique d’essai")
        cls.edition = make_edition(
            section=cls.section, headline='Titre "d\'essai"', body="<p>Texte d’essai.</p>"
        )

    def draw(self, **options):
        return Card.of(self.edition, self.at, **options).draw()

    def test_card_that_says_the_same_is_drawn_once(self):
        with mock.patch.object(cards, "render_to_string", wraps=cards.render_to_string) as drawn:
            first = self.draw(here=self.section)
            self.edition.refresh_from_db()
            assert self.draw(here=self.section) == first
        assert drawn.call_count == 1

    def test_all_that_a_card_says_makes_another(self):
        plain = self.draw()
        options = [{"here": self.section}, {"is_dated": True}, {"is_running": True}]
        drawn = [self.draw(**option) for option in options]
        for name, value in {
            "headline": "Autre titre",
            "kicker": "Surtitre",
            "standfirst": "Chapô",
            "slug": "autre",
            "lead_photo": PHOTO,
        }.items():
            with self.subTest(name):
                self.edition.refresh_from_db()
                setattr(self.edition, name, value)
                drawn.append(self.draw())
        self.edition.refresh_from_db()
        self.edition.section.label = "Renommée"
        drawn.append(self.draw())
        assert len({plain, *drawn}) == 1 + len(drawn)
        self.edition.section.label = ""
        with override_settings(LANGUAGE_CODE="en"):
            assert self.draw(is_running=True) != drawn[2]

    def test_all_that_a_label_says_makes_another(self):
        drawn = [Label.of(self.edition).draw()]
        section = self.edition.section
        for thing, name, value in [
            (self.edition, "kicker", 'Surtitre "d\'essai"'),
            (self.edition, "is_verbatim", True),
            (section, "label", "Renommée"),
            (section, "slug", "autre"),
            (section, "is_section", False),
        ]:
            setattr(thing, name, value)
            if name == "is_verbatim":
                self.edition.kicker = AsSent(self.edition.kicker)
            drawn.append(Label.of(self.edition).draw())
        assert len(set(drawn)) == len(drawn)

    def test_what_was_found_is_drawn_once_whatever_words_were_marked(self):
        self.edition.excerpt = [("Texte", True)]
        with mock.patch.object(cards, "render_to_string", wraps=cards.render_to_string) as drawn:
            first = Found.of(self.edition).draw("<mark>Titre</mark>", "Un <mark>texte</mark>")
            second = Found.of(self.edition).draw("Titre", "Autre")
            names = [call.args[0] for call in drawn.call_args_list]
        assert names.count("articles/_found.html") == 1
        assert "><mark>Titre</mark></a></h2>" in first
        assert ">Un <mark>texte</mark></p>" in first
        assert ">Titre</a></h2>" in second and ">Autre</p>" in second
        self.edition.excerpt = []
        assert 'class="teaser"' not in Found.of(self.edition).draw("Titre", "")
        self.edition.slug = "autre"
        assert "/autre/" in Found.of(self.edition).draw("Titre", "")

    def test_text_as_sent_isn_t_taken_for_one_that_is_set(self):
        typeset = self.draw()
        type(self.edition).objects.update(is_verbatim=True)
        self.edition = type(self.edition).objects.get()
        assert "«" in typeset
        assert "«" not in self.draw()

    def test_photo_goes_with_its_rights(self):
        until = self.at + timedelta(seconds=1)
        self.edition.lead_photo = {**PHOTO, "until": until.isoformat(timespec="microseconds")}
        assert "<picture>" in self.draw()
        self.at = until
        assert "<picture>" not in self.draw()

    def test_pages_draw_again_what_changed_alone(self):
        other = make_edition(section=self.section, headline="Un autre titre d’essai")
        show_first_page()
        path = self.section.get_absolute_url()
        self.client.get(path)
        type(other).objects.filter(pk=other.pk).update(headline="Titre d’essai changé")
        with mock.patch.object(cards, "render_to_string", wraps=cards.render_to_string) as drawn:
            page = self.client.get(path).content.decode()
        assert "Titre d’essai changé" in page
        assert drawn.call_count == 1

    def test_links_of_the_site_at_another_instant_stay_there(self):
        plain = self.draw(here=self.section)
        before = get_script_prefix()
        set_script_prefix("/admin/au/2026-02-03/")
        try:
            assert 'href="/admin/au/' in self.draw(here=self.section)
        finally:
            set_script_prefix(before)
        assert self.draw(here=self.section) == plain
