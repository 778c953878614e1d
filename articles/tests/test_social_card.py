import io
import json
import re
from datetime import timedelta
from unittest import mock

from django.core.cache import cache
from django.test import TestCase, override_settings
from django.utils import timezone
from PIL import Image

from .. import publishing, social_card
from ..models import Meaning
from ..social_card import MARGIN, SIZES, WIDTH, card_of, cut, draw_card, face, fit, wrap
from .factories import make_article, make_edition, make_section, make_user, save

HOUR = timedelta(hours=1)
TEXT = "<p>Texte d’essai.</p>"
KEPT = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LONG = "Au procès d’essai, l’émotion et la colère des parties civiles face aux silences " * 3


class SocialCardTests(TestCase):
    def get(self, edition, **headers):
        return self.client.get(card_of(edition)["address"], headers=headers)

    def test_card_of_a_live_story_is_a_picture_of_the_size_that_pages_tell(self):
        edition = make_edition(headline="Un titre d’essai", body=TEXT)
        response = self.get(edition)
        assert response["Content-Type"] == "image/png"
        with Image.open(io.BytesIO(response.content)) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
        page = self.client.get(edition.get_absolute_url()).text
        told = dict(re.findall(r'<meta (?:property|name)="([^"]*)" content="([^"]*)">', page))
        address = f"http://127.0.0.1:8000{card_of(edition)['address']}"
        assert told["og:image"] == address
        assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
        assert told["og:image:alt"] == "Un titre d’essai"
        assert told["twitter:card"] == "summary_large_image"
        (image,) = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])["image"]
        assert (image["url"], image["width"], image["height"]) == (address, 1200, 630)

    @override_settings(SITE_URL="https://journal.example", ALLOWED_HOSTS=["autre.example"])
    def test_address_comes_from_the_configured_origin(self):
        """E7"""
        page = self.client.get(make_edition().get_absolute_url(), headers={"host": "autre.example"})
        self.assertContains(page, '<meta property="og:image" content="https://journal.example/ca')

    def test_what_is_not_live_has_no_card(self):
        """E8"""
        now = timezone.now()
        gone = make_edition(live_from=now - HOUR, live_until=now)
        make_edition(article=gone.article, meaning=Meaning.WITHDRAWAL, note="Essai.")
        for edition in (
            gone,
            make_edition(live_from=now + HOUR),
            make_edition(live_from=now - HOUR, live_until=now),
            make_edition(is_sealed=True),
        ):
            assert self.get(edition).status_code == 404

    def test_headline_to_come_has_no_card_and_a_former_one_has_none_any_more(self):
        """E8"""
        editor, article = make_user(is_superuser=True), make_article(headline="Avant", body=TEXT)
        now = timezone.now()
        before = publishing.publish(article, revision=1, by=editor)
        number = save(article, headline="Après").number
        after = publishing.publish(article, revision=number, by=editor, at=now + HOUR)
        assert [self.get(e).status_code for e in (before, after)] == [200, 404]
        with mock.patch("django.utils.timezone.now", return_value=now + HOUR):
            assert [self.get(e).status_code for e in (before, after)] == [404, 200]

    @override_settings(CACHES=KEPT)
    def test_card_is_drawn_once_and_every_answer_follows_the_rules_of_pages(self):
        self.addCleanup(cache.clear)
        edition = make_edition()
        with mock.patch.object(social_card, "draw_card", wraps=draw_card) as drawn:
            first, second = (self.get(edition, accept_encoding="gzip") for _ in range(2))
        assert drawn.call_count == 1
        assert first.content == second.content
        for response in (first, second):
            assert "Content-Encoding" not in response
            assert response["Cache-Control"].startswith("public, max-age=0, must-revalidate")
        with self.assertNumQueries(1):  # state
            response = self.get(edition, if_none_match=first["ETag"])
        assert response.status_code == 304

    def test_query_count(self):
        """E24"""
        edition = make_edition()
        with self.assertNumQueries(2):  # state, edition
            self.get(edition)

    def test_another_label_headline_or_paper_is_another_picture(self):
        edition = make_edition(headline="Un", kicker="Essai", section=make_section(name="A"))
        found = [card_of(edition)["address"]]
        edition.headline = "Deux"
        found.append(card_of(edition)["address"])
        edition.kicker = "Autre essai"
        found.append(card_of(edition)["address"])
        edition.section.name = "B"
        found.append(card_of(edition)["address"])
        with self.settings(SITE_NAME="Le Journal d’essai"):
            found.append(card_of(edition)["address"])
        assert len(set(found)) == 5


class SettingTests(TestCase):
    def test_no_line_ends_at_a_no_break_space_or_is_longer_than_its_room(self):
        text = "Il dit «\u00a0non\u00a0» à 3\u202f%\u00a0: pourquoi\u202f?"
        for width in (200, 300, 500):
            lines = wrap(text, face(40), width)
            assert " ".join(lines) == text
            assert all(face(40).getlength(line) <= width for line in lines if " " in line)

    def test_longer_headline_is_set_smaller_in_lines_of_about_one_length(self):
        short, _lines = fit("Un titre d’essai")
        long, lines = fit("Un titre d’essai qui a besoin de plusieurs lignes pour tout dire enfin")
        assert SIZES[0] == short.size > long.size
        lengths = [long.getlength(line) for line in lines]
        assert min(lengths) > 0.6 * max(lengths)

    def test_no_headline_is_too_long_for_its_room(self):
        for headline in (LONG, "x" * 250, f"{'y' * 90} et la suite", ""):
            font, lines = fit(headline)
            assert all(font.getlength(line) <= WIDTH - 2 * MARGIN for line in lines)
            assert len(lines) <= 8
            assert draw_card("Essai", headline, "Essai").startswith(b"\x89PNG")

    def test_font_has_what_french_needs(self):
        missing = face(40).getmask("\uffff").getbbox(), bytes(face(40).getmask("\uffff"))
        for sign in "ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸàâæçéèêëîïôœùûüÿ«»“”’…–—€°ğłñßø":
            mask = face(40).getmask(sign)
            assert (mask.getbbox(), bytes(mask)) != missing, sign

    def test_cut_line_ends_with_an_ellipsis_after_a_sign(self):
        assert cut("Un titre d’essai", face(40), 2000) == "Un titre d’essai"
        assert cut("Un titre, d’essai", face(40), face(40).getlength("Un titre, …")) == "Un titre…"
