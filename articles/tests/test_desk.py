"""The desk as a whole: every page renders, and what each person sees of it."""

import re
from unittest import mock

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from ..models import (
    AccountAct,
    Act,
    Alert,
    Article,
    Author,
    Delivery,
    Edition,
    FrontPage,
    Photo,
    PhotoAct,
    SiteText,
    Topic,
    TopicAct,
    User,
)
from ..publishing import PublishingError
from .factories import make_article, make_author, make_edition, make_topic, make_user, save

MODELS = [
    AccountAct,
    Act,
    Alert,
    Article,
    Author,
    Delivery,
    Edition,
    FrontPage,
    Group,
    Photo,
    PhotoAct,
    SiteText,
    Topic,
    TopicAct,
    User,
]
NEWSROOM = [
    "articles.add_article",
    "articles.change_article",
    "articles.change_any_article",
    "articles.view_article",
    "articles.view_topic",
    "articles.view_author",
]


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


class EveryPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.chief = make_user(is_superuser=True, first_name="Élise", last_name="Essai")
        author = make_author()
        cls.edition = make_edition(
            article=make_article(topics=[make_topic()], authors=[author], body="<p>Essai.</p>")
        )
        cls.objects = {
            Article: cls.edition.article,
            Author: author,
            Edition: cls.edition,
            Alert: Alert.objects.create(text="Alerte d’essai", live_from=timezone.now()),
            Group: Group.objects.create(name="Essai"),
            Photo: Photo.objects.create(width=600, height=400),
            SiteText: SiteText.objects.get(key="contact"),
            Topic: make_topic(parent=make_topic()),
            User: cls.chief,
        }

    def setUp(self):
        self.client.force_login(self.chief)

    def test_the_registry_holds_the_newsroom_only(self):
        assert set(admin.site._registry) == set(MODELS)

    def test_every_list_form_and_history_renders(self):
        for model, row in self.objects.items():
            name = f"{model._meta.app_label}_{model._meta.model_name}"
            addresses = [
                page(f"{name}_changelist"),
                page(f"{name}_changelist") + "?q=essai",
                page(f"{name}_change", row.pk),
                page(f"{name}_history", row.pk),
            ]
            if model not in (Edition, SiteText):
                addresses.append(page(f"{name}_add"))
            for address in addresses:
                with self.subTest(address=address):
                    assert self.client.get(address).status_code == 200

    def test_lists_are_named_by_what_they_list(self):
        self.assertContains(
            self.client.get(page("articles_article_changelist")), "<title>Articles | "
        )
        users = self.client.get(page("articles_user_changelist"))
        self.assertContains(users, "Inviter une personne")
        self.assertNotContains(users, "Ajouter")

    def test_index_urgent_story_and_password_pages_render(self):
        for name in ("index", "articles_article_urgent", "password_change"):
            with self.subTest(name=name):
                assert self.client.get(page(name)).status_code == 200

    def test_head_names_articles_first_and_no_list_that_the_journal_leads_to(self):
        html = self.client.get(page("index")).content.decode()
        nav = html[html.index('class="desk-nav"') : html.index("</nav>")]
        names = re.findall(r">([^<>]+)</a>", nav)
        assert names[:2] == ["Articles", "Unes"]
        assert names[-2:] == ["Entrées du journal", "Utilisateurs"]
        assert len(names) == 10

    def test_breadcrumbs_lead_to_the_dashboard(self):
        for app in ("articles", "auth"):
            with self.subTest(app=app):
                address = reverse("admin:app_list", args=[app])
                self.assertRedirects(self.client.get(address), page("index"))

    def test_editions_cannot_be_added_changed_or_deleted(self):
        assert self.client.get(page("articles_edition_add")).status_code == 403
        assert self.client.get(page("articles_edition_delete", self.edition.pk)).status_code == 403
        change = page("articles_edition_change", self.edition.pk)
        assert self.client.post(change, {"headline": "Autre"}).status_code == 403

    def test_pages_load_nothing_from_elsewhere_and_hold_no_inline_code(self):
        response = self.client.get(page("articles_article_change", self.edition.article_id))
        html = response.content.decode()
        assert "style=" not in html
        assert "<style" not in html
        assert "onclick" not in html
        assert "//cdn" not in html
        assert "default-src 'self'" in response["Content-Security-Policy"]


class RightsTests(TestCase):
    def test_who_may_not_publish_gets_no_button(self):
        article = make_article()
        self.client.force_login(make_user(*NEWSROOM))
        response = self.client.get(page("articles_article_change", article.pk))
        self.assertContains(response, "Enregistrer")
        self.assertNotContains(response, "_publish")
        self.assertNotContains(response, "Nouvelle urgence")
        assert self.client.get(page("articles_article_urgent")).status_code == 403

    def test_account_without_a_right_is_told_whom_to_ask(self):
        self.client.force_login(make_user())
        self.assertContains(self.client.get(page("index")), "demandez-le à la rédaction en chef")

    def test_who_may_only_read_gets_a_form_without_fields(self):
        topics = [make_topic(name="Neige"), make_topic(name="Verglas")]
        article = make_article(headline="À lire", body="<p>Seulement.</p>", topics=topics)
        self.client.force_login(make_user("articles.view_article"))
        response = self.client.get(page("articles_article_change", article.pk))
        self.assertContains(response, "À lire")
        self.assertContains(response, "<p>Seulement.</p>")
        self.assertContains(response, "Neige, Verglas")
        self.assertNotContains(response, "virgules")
        self.assertNotContains(response, "_continue")

    def test_text_that_may_only_be_read_is_cleaned_whatever_door_it_came_in_by(self):
        """E22"""
        article = make_article(body="<p>Texte<script>x()</script></p>")
        self.client.force_login(make_user("articles.view_article"))
        response = self.client.get(page("articles_article_change", article.pk))
        self.assertContains(response, "<p>Texte</p>")
        self.assertNotContains(response, "x()")

    def test_published_article_is_never_deleted(self):
        """E16"""
        article = make_edition().article
        self.client.force_login(make_user(is_superuser=True))
        delete = page("articles_article_delete", article.pk)
        assert self.client.post(delete, {"post": "yes"}).status_code == 403

    def test_draft_that_was_never_published_is_deleted(self):
        article = make_article(status="trashed")
        save(article, headline="Autre")
        self.client.force_login(make_user(is_superuser=True))
        self.client.post(page("articles_article_delete", article.pk), {"post": "yes"})
        assert not Article.objects.exists()


class UrgentStoryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user("articles.publish_article", *NEWSROOM)
        cls.section = make_topic(name="Monde", is_section=True)

    def setUp(self):
        self.client.force_login(self.editor)
        self.form = {
            "uuid": "3a4b7a2e-6f0a-4c3b-9d58-0d8b8a3a7c11",
            "headline": "Séisme à Lisbonne",
            "section": self.section.pk,
        }

    def send(self, **changes):
        return self.client.post(
            page("articles_article_urgent"), {**self.form, **changes}, follow=True
        )

    def test_headline_and_section_are_enough_to_be_on_the_site(self):
        response = self.send()
        edition = Edition.objects.get()
        assert (edition.headline, edition.section) == ("Séisme à Lisbonne", self.section)
        assert edition.article.owner == self.editor
        self.assertContains(response, edition.get_absolute_url())

    def test_double_click_publishes_once(self):
        """E18"""
        self.send()
        self.assertContains(self.send(), "déjà en ligne")
        assert Edition.objects.count() == Article.objects.count() == 1

    def test_other_headline_from_a_form_that_was_sent_is_kept_and_told(self):
        self.send()
        response = self.send(headline="Réplique à Porto")
        self.assertContains(response, "Ce formulaire a déjà publié « Séisme à Lisbonne »")
        self.assertContains(response, "Réplique à Porto")

    def test_faults_are_shown_in_the_form_and_nothing_is_stored(self):
        response = self.send(headline="", section="")
        assert len(response.context["form"].errors) == 2
        assert not Article.objects.exists()

    def test_refused_publication_keeps_the_headline_and_stores_nothing(self):
        refusal = PublishingError("Le site est en travaux.")
        with mock.patch("articles.publishing.publish", side_effect=refusal):
            response = self.send()
        self.assertContains(response, "Le site est en travaux.")
        self.assertContains(response, "Séisme à Lisbonne")
        assert not Article.objects.exists()


@pytest.mark.django_db
def test_login_page_is_french_and_names_the_desk(client):
    response = client.get(page("login"))
    assert "Rédaction" in response.content.decode()
    assert "Identifiant" in response.content.decode()
