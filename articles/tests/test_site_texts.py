"""The texts that a paper types itself: nothing invented, every change kept, seen at once."""

from django.test import TestCase, override_settings
from django.urls import reverse

from .. import site_texts
from ..models import SiteState, SiteText
from ..site_texts import SiteTextError
from .factories import make_user, show_first_page

ADDRESS = "/pratique/contact/"


class SiteTextTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.chief = make_user("articles.change_sitetext", "articles.view_sitetext")
        cls.text = SiteText.objects.get(key="contact")

    def rewrite(self, body="<p>Écrivez-nous.</p>", title="Nous écrire", by=None):
        return site_texts.rewrite(self.text, title=title, body_html=body, by=by or self.chief)

    def test_empty_page_is_not_found_and_not_in_the_foot(self):
        for text in SiteText.objects.all():
            assert self.client.get(text.get_absolute_url()).status_code == 404
        self.assertNotContains(self.client.get("/"), "/pratique/")

    def test_written_page_is_public_and_in_the_foot_until_it_is_emptied(self):
        self.rewrite()
        self.assertContains(self.client.get(ADDRESS), "<p>Écrivez-nous.</p>")
        self.assertContains(self.client.get("/"), f'<a href="{ADDRESS}">Nous écrire</a>')
        self.rewrite("")
        assert self.client.get(ADDRESS).status_code == 404
        self.assertNotContains(self.client.get("/"), "/pratique/")

    def test_page_costs_one_query_and_navigation_and_foot_none(self):
        """E24"""
        self.rewrite()
        show_first_page()
        with self.assertNumQueries(2):  # state, text
            self.client.get(ADDRESS)

    @override_settings(SITE_URL="https://journal.example", ALLOWED_HOSTS=["autre.example"])
    def test_canonical_comes_from_the_configured_origin(self):
        """E7"""
        self.rewrite()
        response = self.client.get(ADDRESS, headers={"host": "autre.example"})
        canonical = f'<link rel="canonical" href="https://journal.example{ADDRESS}">'
        self.assertContains(response, canonical)
        assert not response.cookies

    def test_every_change_is_kept_with_who_and_when(self):
        """E20"""
        self.rewrite("<p>Un</p>")
        self.rewrite("<p>Deux</p>")
        self.rewrite("<p>Deux</p>")
        kept = list(self.text.versions.values_list("body_html", "by", "by_name"))
        name = str(self.chief)
        assert kept == [
            ("<p>Deux</p>", self.chief.pk, name),
            ("<p>Un</p>", self.chief.pk, name),
        ]

    def test_text_is_cleaned(self):
        """E22"""
        self.rewrite('<p onclick="x()">Un</p><script>x()</script>')
        self.assertContains(self.client.get(ADDRESS), "<p>Un</p>")
        self.assertNotContains(self.client.get(ADDRESS), "x()")

    def test_change_makes_a_new_state_of_the_site(self):
        """E26"""
        self.rewrite()
        assert SiteState.objects.get().version == 2

    def test_without_the_right_nothing_changes(self):
        with self.assertRaises(SiteTextError):
            self.rewrite(by=make_user())
        assert self.client.get(ADDRESS).status_code == 404

    def test_desk_writes_it_and_shows_its_versions(self):
        self.client.force_login(self.chief)
        page = reverse("admin:articles_sitetext_change", args=[self.text.pk])
        self.client.post(page, {"title": "Contact", "body_html": "<p>Un</p>"})
        save = {"title": "Contact", "body_html": "<p>Deux</p>", "_continue": "1"}
        shown = self.client.post(page, save, follow=True)
        self.assertContains(shown, "\u00a0» (texte du site) est modifié.")
        self.assertContains(shown, "<p>Un</p>")
        self.assertContains(shown, str(self.chief))

    def test_desk_leads_to_the_page_once_there_is_one(self):
        self.client.force_login(self.chief)
        page = reverse("admin:articles_sitetext_change", args=[self.text.pk])
        self.assertNotContains(self.client.get(page), "Voir sur le site")
        self.rewrite()
        self.assertContains(self.client.get(page), "Voir sur le site")

    def test_unknown_page_is_not_found(self):
        assert self.client.get("/pratique/inconnu/").status_code == 404
