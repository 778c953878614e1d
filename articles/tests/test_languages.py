"""What people read is French, or English where LANGUAGE_CODE says so: no page mixes the two."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from django.contrib.auth.models import Group, Permission
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from ..models import Author, Delivery, Edition, SiteText, Topic, User
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_section,
    make_topic,
    make_user,
    save,
)
from .test_catalogues import read_po

SPOKEN = ("title", "alt", "aria-label", "placeholder", "label")
ENGLISH = re.compile(
    r"\b(?:add|and|are|by|can|change|delete|for|from|has|is|log|may|of|save|search|select|the|to"
    r"|view|with|you|your)\b",
    re.I,
)
FRENCH = re.compile(
    r"[à-ÿœ«»]|\b(?:au|aux|avec|dans|des|du|est|la|le|les|par|pas|pour|sur|un|une|vous)\b", re.I
)
MORNING = datetime(2026, 2, 2, 7, tzinfo=UTC)


class Words(HTMLParser):
    """What a page says: its texts, and the attributes that are read to people."""

    def __init__(self, response):
        super().__init__()
        self.said, self.silent = set(), False
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        self.silent = tag in ("script", "style")
        attrs = dict(attrs)
        spoken = SPOKEN + (("value",) if attrs.get("type") in ("submit", "button") else ())
        for name in spoken:
            self.say(attrs.get(name))

    def handle_endtag(self, tag):
        self.silent = False

    def handle_data(self, data):
        if not self.silent:
            self.say(data)

    def say(self, text):
        if text and text.strip():
            self.said.add(" ".join(text.split()))


class LanguageTestCase(TestCase):
    """Pages with content of neither language, so that all words are the interface's."""

    @classmethod
    def setUpTestData(cls):
        cls.chief = make_user(is_superuser=True, first_name="Zoe", last_name="Xyz")
        cls.section = make_section(name="Qwerty")
        cls.author = make_author(name="Abc", slug="abc")
        article = make_article(
            headline="Lorem",
            section=cls.section,
            topics=[make_topic(name="Ipsum", parent=make_topic(name="Dolor"))],
            authors=[cls.author],
            body="<p>Amet.</p>",
        )
        cls.edition = make_edition(article=article, live_from=MORNING, published_at=MORNING)
        save(article, headline="Sit")
        cls.draft = make_article(headline="Elit", section=cls.section, status="review")
        now = timezone.now()
        Delivery.objects.create(due_at=now, next_try_at=now, attempts=1)
        Group.objects.all().delete()
        cls.group = Group.objects.create(name="Xyz")
        cls.group.permissions.add(Permission.objects.get(codename="view_article"))
        cls.chief.groups.add(cls.group)
        cls.topic = Topic.objects.get(name="Ipsum")
        SiteText.objects.update(title="Xyz")
        text = SiteText.objects.get(key="contact")
        cls.rows = [
            *(article, cls.draft, cls.edition),
            *(cls.author, cls.topic, text, cls.group, cls.chief),
        ]

    def setUp(self):
        self.client.force_login(self.chief)

    def desk_pages(self):
        article, draft = self.edition.article_id, self.draft.pk
        yield from map(reverse, ("admin:index", "profile", "site-at-choose"))
        yield from map(desk_page, ("article_urgent", "act_changelist", "delivery_changelist"))
        yield reverse("admin:password_change")
        for row in self.rows:
            yield from pages_of(row)
        for act in ("retrait", "remontee", "tete-de-une"):
            yield desk_page("article_act", article, act)
        yield desk_page("article_act", draft, "embargo")
        yield desk_page("article_seal", article, 1)
        yield desk_page("article_preview_links", draft)
        yield desk_page("article_restore_version", article, 1)
        yield f"{desk_page('article_differences', article)}?de=1&a=2"
        yield desk_page("topic_merge", self.topic.pk)

    def public_pages(self):
        yield from (row.get_absolute_url() for row in (self.edition, self.section, self.topic))
        yield self.author.get_absolute_url()
        names = ("front-page", "stream", "search", "corrections", "archive", "feeds")
        yield from (reverse(f"articles:{name}") for name in names)
        yield f"{reverse('articles:search')}?mots=lorem"
        yield f"{reverse('articles:search')}?mots=nihil"
        yield reverse("articles:archive", args=[2026, 2, 2])
        yield reverse("articles:edition-versions", args=[self.edition.article_id, "lorem"])
        yield "/nihil/"

    def read(self, pages):
        """Return {text: address} of all that *pages* say."""
        return {text: address for address in pages for text in Words(self.client.get(address)).said}

    def enter_nobody(self):
        self.client.logout()
        return map(reverse, ("admin:login", "admin_password_reset", "password_reset_done"))


def desk_page(name, *args):
    return reverse(f"admin:articles_{name}", args=args)


def pages_of(row):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    yield reverse(f"{name}_changelist")
    yield f"{reverse(f'{name}_changelist')}?q=nihil"
    yield reverse(f"{name}_change", args=[row.pk])
    yield reverse(f"{name}_history", args=[row.pk])
    if not isinstance(row, Edition | SiteText):
        yield reverse(f"{name}_add")
    if isinstance(row, Author | Group | Topic | User):
        yield reverse(f"{name}_delete", args=[row.pk])


class FrenchTests(LanguageTestCase):
    def test_no_page_speaks_english(self):
        """What Django has in no French, as the names of its permissions, too."""
        pages = [*self.desk_pages(), *self.public_pages()]
        said = self.read(pages) | self.read(self.enter_nobody())
        assert "Lorem" in said
        assert not [text for text in said if "permission:" in text or "object (" in text]
        assert {text: page for text, page in said.items() if ENGLISH.search(text)} == {}

    def test_refusal_is_french(self):
        self.client.force_login(make_user())
        response = self.client.get(desk_page("article_changelist"))
        self.assertContains(response, "Accès refusé", status_code=403)

    def test_no_part_of_a_page_needs_a_language_of_its_own(self):
        for address in self.public_pages():
            assert self.client.get(address).content.count(b' lang="') == 1

    def test_hours_and_dates_are_french(self):
        said = self.read([self.edition.get_absolute_url()])
        assert "2 février 2026 à 08h00" in said
        said = self.read([desk_page("edition_changelist")])
        assert "2 février 2026, 08h00" in said


class RightsTests(LanguageTestCase):
    """The names of permissions in the forms of roles and accounts."""

    def boxes(self):
        """Return {label: pk} of the form of a role."""
        html = self.client.get(reverse("admin:auth_group_add")).content.decode()
        found = re.findall(r'name="permissions" value="(\d+)"[^>]*>\s*(.*?)</label>', html, re.S)
        return {re.sub("<.*?>", "", label).strip(): int(key) for key, label in found}

    def permission(self, codename):
        return Permission.objects.get(codename=codename).pk

    def test_rights_are_told_by_noun(self):
        boxes = self.boxes()
        assert boxes["Peut modifier (Articles)"] == self.permission("change_article")
        assert boxes["Peut publier et prévoir (Articles)"] == self.permission("publish_article")
        assert boxes["Peut ajouter (Utilisateurs)"] == self.permission("add_user")
        assert "Peut voir (Éditions)" in boxes
        assert "Peut ajouter (Éditions)" not in boxes
        assert "Peut ajouter (Sessions)" not in boxes

    def test_rights_are_english_at_an_english_desk(self):
        with override_settings(LANGUAGE_CODE="en"):
            boxes = self.boxes()
        assert boxes["May change (Articles)"] == self.permission("change_article")
        assert boxes["May publish and schedule (Articles)"] == self.permission("publish_article")

    def test_a_right_that_someone_has_is_never_hidden(self):
        """Saving the form would take it away."""
        session = Permission.objects.get(codename="view_session")
        self.group.permissions.add(session)
        address = reverse("admin:auth_group_change", args=[self.group.pk])
        self.assertContains(self.client.get(address), f'value="{session.pk}"')

    def test_role_and_account_keep_the_rights_that_are_ticked(self):
        publish = self.permission("publish_article")
        typed = {"name": "Relecture", "permissions": [publish]}
        self.client.post(reverse("admin:auth_group_add"), typed)
        assert list(Group.objects.get(name="Relecture").permissions.all().values_list("pk")) == [
            (publish,)
        ]
        user = make_user()
        typed = {"username": user.username, "is_active": "on", "user_permissions": [publish]}
        self.client.post(desk_page("user_change", user.pk), typed)
        assert user.user_permissions.get().pk == publish


@override_settings(LANGUAGE_CODE="en")
class EnglishTests(LanguageTestCase):
    def assert_english(self, said):
        french = {
            msgid
            for msgid, (_plural, told, _flags) in read_po("en").items()
            if told != [msgid] and len(msgid) > 2
        }
        wrong = {t: p for t, p in said.items() if FRENCH.search(t) or t in french}
        assert wrong == {}

    def test_desk_is_english(self):
        self.assert_english(self.read(self.desk_pages()) | self.read(self.enter_nobody()))

    def test_public_site_is_english(self):
        self.client.logout()
        self.assert_english(self.read(self.public_pages()))

    def test_every_page_says_which_language_it_speaks(self):
        for address in ("/", "/nihil/", reverse("admin:index")):
            html = self.client.get(address).content.decode()
            assert re.search(r'<html lang="(\w+)', html)[1] == "en"

    def test_pages_say_that_the_paper_s_own_words_are_french(self):
        html = self.client.get(self.edition.get_absolute_url()).content.decode()
        assert re.search('<header lang="fr">.*?<h1>Lorem</h1>.*?</header>', html, re.S)
        assert '<div class="prose" lang="fr">' in html
        html = self.client.get(self.section.get_absolute_url()).content.decode()
        assert re.search(r'<h2 lang="fr"><a href="[^"]*">Lorem</a></h2>', html)
        assert '<h1 lang="fr">Qwerty</h1>' in html
        assert re.search(r'<p class="when"><time [^>]*>2 February 2026', html)

    def test_feeds_and_structured_data_keep_the_stories_language(self):
        self.assertContains(self.client.get("/flux/une.rss"), "<language>fr</language>")
        self.assertContains(self.client.get("/"), '"inLanguage":"fr"')

    def test_hours_and_dates_are_english(self):
        said = self.read([self.edition.get_absolute_url()])
        assert "2 February 2026, 08:00" in said
        said = self.read([desk_page("edition_changelist")])
        assert "2 February 2026, 08:00" in said

    def test_addresses_stay_french(self):
        assert self.section.get_absolute_url().startswith("/rubriques/")
        self.assertContains(self.client.get("/"), 'href="/recherche/"')
