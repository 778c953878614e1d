import re
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from unittest import mock

from django.conf import settings
from django.test import RequestFactory, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from .. import front_pages, views
from ..filling import STREAM_SIZE
from ..models import Author, Edition, Meaning
from ..slots import BLOCK_SIZE, SECOND_SIZE
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_section,
    make_topic,
    make_user,
    show_first_page,
)

HOUR = timedelta(hours=1)
TEXT = "<p>Texte d’essai.</p>"
# In Paris 08h00, and the day before it in London an hour earlier.
MORNING = datetime(2026, 2, 2, 7, tzinfo=UTC)


def make_page(page, number=5):
    """Return the address of *page*, made with *number* stories that share all their headings."""
    section, topic, author = make_section(), make_topic(), make_author()
    for _ in range(number):
        edition = make_edition(section=section, topics=[topic], authors=[author], body=TEXT)
    return {
        "front": reverse("articles:front-page"),
        "story": edition.get_absolute_url(),
        "section": section.get_absolute_url(),
        "topic": topic.get_absolute_url(),
        "author": author.get_absolute_url(),
        "stream": reverse("articles:stream"),
        "stream of a section": f"{reverse('articles:stream')}?rubrique={section.slug}",
    }[page]


PAGES = ("front", "story", "section", "topic", "author", "stream", "stream of a section")


class EveryPageTests(TestCase):
    def check_queries(self, page, expected):
        for number in (5, 15):
            address = make_page(page, number)
            show_first_page()
            # One more: the look-up of the site's state.
            with self.subTest(number=number), self.assertNumQueries(expected + 1):
                assert self.client.get(address).status_code == 200

    def test_query_count_of_the_front_page(self):
        """E24"""
        self.check_queries("front", 4)  # front page, stream, stories, newest of sections

    def test_query_count_of_a_story(self):
        """E24"""
        self.check_queries("story", 2)  # edition with its topics, related

    def test_query_count_of_a_section(self):
        """E24"""
        self.check_queries("section", 3)  # topic with its front page, page, children

    def test_query_count_of_a_topic(self):
        """E24"""
        self.check_queries("topic", 3)  # topic, page, children

    def test_query_count_of_a_topic_below_others(self):
        """E24"""
        top = make_topic()
        topic = make_topic(parent=make_topic(parent=make_topic(parent=top)))
        make_edition(topics=[topic])
        show_first_page()
        with self.assertNumQueries(4 + 1):  # topic, what is above it, page, children
            page = self.client.get(topic.get_absolute_url())
        assert [above.pk for above in page.context["topic"].ancestors][0] == top.pk

    def test_query_count_of_an_author(self):
        """E24"""
        self.check_queries("author", 2)  # author, page

    def test_query_count_of_the_stream(self):
        """E24"""
        self.check_queries("stream", 1)  # page
        self.check_queries("stream of a section", 1)  # page

    def test_page_sets_no_cookie_and_varies_on_nothing_personal(self):
        """E26"""
        for page in PAGES:
            with self.subTest(page):
                response = self.client.get(make_page(page))
                assert not response.cookies
                assert "Cookie" not in response.get("Vary", "")
                assert "Accept-Language" not in response.get("Vary", "")

    def test_page_is_french_with_one_h1_and_a_skip_link_and_runs_no_script(self):
        """E23"""
        for page in PAGES:
            with self.subTest(page):
                text = self.client.get(make_page(page)).content.decode()
                assert '<html lang="fr">' in text
                assert text.count("<h1") == 1
                assert '<a class="skip" href="#contenu">Aller au contenu</a>' in text
                scripts = text.count("<script")
                assert scripts == text.count('<script type="application/ld+json">')
                assert "style=" not in text

    @override_settings(SITE_URL="https://journal.example", ALLOWED_HOSTS=["autre.example"])
    def test_canonical_comes_from_the_configured_origin(self):
        """E7"""
        for page in PAGES:
            with self.subTest(page):
                address = make_page(page)
                response = self.client.get(address, headers={"host": "autre.example"})
                self.assertContains(
                    response, f'<link rel="canonical" href="https://journal.example{address}">'
                )

    def test_page_answers_get_and_head_only(self):
        for page in PAGES:
            address = make_page(page)
            with self.subTest(page):
                head = self.client.head(address)
                assert (head.status_code, head.content) == (200, b"")
                for method in ("post", "put", "patch", "delete"):
                    response = getattr(self.client, method)(address)
                    self.assertContains(response, "Méthode refusée", status_code=405)

    def test_query_that_no_link_holds_is_refused_in_french(self):
        for page in PAGES:
            address = make_page(page).partition("?")[0]
            for query in ("avant=%00", "q=a%00b", "avant=%ff%fe", "avant=" + "9" * 10_000):
                with self.subTest(page=page, query=query[:20]):
                    response = self.client.get(f"{address}?{query}")
                    self.assertContains(response, "Demande incorrecte", status_code=400)

    def test_what_is_not_live_is_on_no_page(self):
        """E8"""
        section, topic, author = make_section(), make_topic(), make_author()
        common = {"section": section, "topics": [topic], "authors": [author], "body": TEXT}
        now = timezone.now()
        make_edition(headline="En ligne", **common)
        make_edition(headline="Inédit prévu", live_from=now + HOUR, **common)
        make_edition(headline="Inédit expiré", live_from=now - HOUR, live_until=now, **common)
        make_edition(headline="Inédit scellé", is_sealed=True, **common)
        make_article(headline="Inédit brouillon", **common)
        pages = ["/", "/fil/", f"/fil/?rubrique={section.slug}"]
        pages += [thing.get_absolute_url() for thing in (section, topic, author)]
        pages.append(Edition.objects.get(headline="En ligne").get_absolute_url())
        for address in pages:
            with self.subTest(address):
                response = self.client.get(address)
                self.assertContains(response, "En ligne")
                self.assertNotContains(response, "Inédit")


class FrontPageTests(TestCase):
    def front(self):
        return self.client.get(reverse("articles:front-page"))

    def test_newest_whole_story_leads_above_newer_briefs(self):
        now = timezone.now()
        make_edition(headline="Ancien récit", body=TEXT, live_from=now - 3 * HOUR)
        make_edition(headline="Récit", body=TEXT, live_from=now - 2 * HOUR)
        make_edition(headline="Brève", live_from=now - HOUR)
        response = self.front()
        assert response.context["lead"].headline == "Récit"
        self.assertContains(response, "Texte d’essai.")

    def test_story_that_an_editor_pinned_leads(self):
        now = timezone.now()
        pinned = make_edition(headline="Épinglé", live_from=now - 900 * HOUR)
        make_edition(body=TEXT)
        chief = make_user(is_superuser=True)
        front_pages.pin(pinned.article, by=chief, until=now + HOUR)
        assert self.front().context["lead"] == pinned
        front_pages.unpin(pinned.article, by=chief)
        assert self.front().context["lead"] != pinned

    def test_site_of_briefs_only_has_a_lead(self):
        brief = make_edition()
        assert self.front().context["lead"] == brief

    def test_empty_site_says_so(self):
        self.assertContains(self.front(), "Aucun article n’est encore paru.")

    def test_story_at_the_head_is_not_repeated_under_its_section(self):
        section = make_section()
        for _ in range(SECOND_SIZE + 3):
            make_edition(section=section, body=TEXT)
        context = self.front().context
        top = {context["lead"], *context["secondary"]}
        (block,) = context["blocks"]
        assert len(top) == SECOND_SIZE + 1
        assert len(block["editions"]) == 2
        assert not top.intersection(block["editions"])

    def test_quiet_section_keeps_its_newest_on_the_front_page(self):
        quiet, busy = make_section(), make_section()
        old = make_edition(section=quiet, live_from=timezone.now() - 2000 * HOUR)
        for _ in range(STREAM_SIZE + 1):
            make_edition(section=busy)
        blocks = {block["section"]: block["editions"] for block in self.front().context["blocks"]}
        assert blocks[quiet] == [old]
        assert len(blocks[busy]) == BLOCK_SIZE

    def test_navigation_lists_sections_by_position_with_short_names(self):
        make_section(name="Deuxième", position=2000)
        make_section(name="Première section", label="Première", position=1999)
        text = self.front().content.decode()
        assert text.index(">Première</a>") < text.index(">Deuxième</a>")


class StoryPageTests(TestCase):
    def get(self, edition):
        return self.client.get(edition.get_absolute_url())

    def test_other_slug_moves_in_one_hop_and_keeps_the_query(self):
        """E6"""
        edition = make_edition()
        response = self.client.get(f"/articles/{edition.article_id}/autre/?a=1&b=%C3%A9")
        target = f"{edition.get_absolute_url()}?a=1&b=%C3%A9"
        self.assertRedirects(response, target, status_code=301)

    def test_story_that_was_never_published_answers_404(self):
        """E5"""
        draft = make_article()
        planned = make_edition(live_from=timezone.now() + HOUR)
        for article in (draft.pk, planned.article_id, 10**6, 10**30, "01"):
            with self.subTest(article):
                assert self.client.get(f"/articles/{article}/titre/").status_code == 404

    def test_withdrawn_story_answers_410_with_the_public_notice_only(self):
        """E5"""
        now = timezone.now()
        first = make_edition(headline="Titre retiré", live_from=now - HOUR, live_until=now)
        make_edition(article=first.article, meaning=Meaning.WITHDRAWAL, note="Décision de justice.")
        response = self.get(first)
        self.assertContains(response, "Décision de justice.", status_code=410)
        self.assertNotContains(response, "Titre retiré", status_code=410)

    def test_expired_story_answers_410(self):
        """E5"""
        now = timezone.now()
        edition = make_edition(live_from=now - HOUR, live_until=now)
        self.assertContains(self.get(edition), "n’est plus en ligne", status_code=410)

    def test_sealed_story_answers_410_without_its_text(self):
        response = self.get(make_edition(headline="Scellé", is_sealed=True, body=TEXT))
        assert response.status_code == 410
        self.assertNotContains(response, "Scellé", status_code=410)

    def test_cancelled_plan_changes_nothing(self):
        now = timezone.now()
        edition = make_edition(live_from=now - 2 * HOUR)
        plan = now - HOUR
        make_edition(article=edition.article, live_from=plan, live_until=plan, published_at=plan)
        assert self.get(edition).context["edition"] == edition

    def test_date_is_shown_in_the_newsroom_s_zone_with_its_offset(self):
        """E3"""
        response = self.get(make_edition(live_from=MORNING))
        date = '<time datetime="2026-02-02T08:00:00+01:00">2 février 2026 à 08h00</time>'
        self.assertContains(response, f"Publié le {date}")

    def test_first_of_the_month_is_written_1er(self):
        response = self.get(make_edition(live_from=MORNING - 24 * HOUR))
        self.assertContains(response, ">1er février 2026 à 08h00</time>")

    def test_update_of_the_same_day_shows_its_hour_and_of_another_day_its_date(self):
        """E1"""
        for later, expected in ((HOUR, ">à 09h00</time>"), (24 * HOUR, "le <time datetime=")):
            with self.subTest(later):
                edition = make_edition(live_from=MORNING, modified_at=MORNING + later)
                self.assertContains(self.get(edition), "mis à jour")
                self.assertContains(self.get(edition), expected)

    def test_silent_fix_shows_no_update(self):
        """E1"""
        edition = make_edition(live_from=MORNING, meaning=Meaning.SILENT)
        self.assertNotContains(self.get(edition), "mis à jour")

    def test_byline_keeps_order_role_and_wording(self):
        """E14"""
        ada, zoe = make_author(name="Ada"), make_author(name="Zoé", slug="zoe")
        edition = make_edition(authors=[zoe, ada], credit="AFP")
        byline = [dict(part) for part in edition.byline]
        byline[0]["text"] = "(à Marseille)"
        byline.append({"author": None, "name": "", "role": "contributor", "text": "avec Reuters"})
        Edition.objects.filter(pk=edition.pk).update(byline=byline)
        text = re.sub(r"<[^>]*>", "", self.get(edition).content.decode())
        assert "Par Zoé (à Marseille) et Ada, avec Reuters (AFP)" in text
        self.assertContains(self.get(edition), '<a href="/auteurs/zoe/" rel="author">Zoé</a>')

    def test_place_of_writing_is_shown(self):
        self.assertContains(self.get(make_edition(dateline="Suakin", body=TEXT)), "<p>Suakin</p>")

    def test_agency_copy_is_signed_by_its_credit_alone(self):
        response = self.get(make_edition(credit="AFP"))
        self.assertContains(response, '<span class="signature">AFP</span>')

    def test_text_is_printed_as_french_typography_has_it(self):
        body = '<h2>Règles "équitables"</h2><p>L\'app: <strong>99 %</strong>, dit-il!</p>'
        response = self.get(make_edition(body=body))
        self.assertContains(response, "<h2>Règles «\u00a0équitables\u00a0»</h2>")
        self.assertContains(
            response, "<p>L’app\u00a0: <strong>99\u00a0%</strong>, dit-il\u202f!</p>"
        )

    def test_headline_from_the_wire_is_escaped(self):
        """E22"""
        response = self.get(make_edition(headline="<script>alert(1)</script>"))
        self.assertNotContains(response, "<script>")

    def test_brief_says_what_it_is_and_leads_on(self):
        section, topic = make_section(), make_topic()
        other = make_edition(section=section, headline="De la même rubrique")
        response = self.get(make_edition(section=section, topics=[topic]))
        self.assertContains(response, "Dépêche sans développement")
        self.assertContains(response, '<meta name="robots" content="noindex, follow">')
        self.assertContains(response, f'<a href="{topic.get_absolute_url()}" rel="tag">')
        self.assertContains(response, f'<a href="{other.get_absolute_url()}">')

    def test_whole_story_is_indexed_and_described_by_its_standfirst(self):
        response = self.get(make_edition(body=TEXT, standfirst="Le chapô."))
        self.assertContains(response, '<meta name="description" content="Le chapô.">')
        self.assertNotContains(response, "noindex")

    def test_related_stories_come_before_briefs_and_never_itself(self):
        topic, now = make_topic(), timezone.now()
        story = make_edition(topics=[topic], body=TEXT, live_from=now - 9 * HOUR)
        brief = make_edition(topics=[topic], live_from=now - HOUR)
        edition = make_edition(topics=[topic])
        assert self.get(edition).context["related"] == [story, brief]

    def test_story_that_shares_more_topics_is_nearer(self):
        wide, narrow, now = make_topic(), make_topic(), timezone.now()
        newer = make_edition(topics=[wide], live_from=now - HOUR)
        nearer = make_edition(topics=[wide, narrow], live_from=now - 2 * HOUR)
        edition = make_edition(topics=[wide, narrow])
        assert self.get(edition).context["related"] == [nearer, newer]


class TopicPageTests(TestCase):
    def test_topic_lists_what_stands_under_those_below_it(self):
        top = make_topic()
        below = make_topic(parent=make_topic(parent=top))
        edition = make_edition(topics=[below])
        self.assertContains(self.client.get(top.get_absolute_url()), edition.headline)

    def test_topic_leads_to_its_parents_and_to_children_that_have_stories(self):
        top = make_section(name="Monde d’essai", label="Monde")
        middle = make_topic(name="Pays d’essai", parent=top)
        child, bare = make_topic(parent=middle), make_topic(parent=middle)
        make_edition(section=top, topics=[child])
        response = self.client.get(middle.get_absolute_url())
        self.assertContains(response, f'<a href="{top.get_absolute_url()}">Monde</a>')
        self.assertContains(response, child.get_absolute_url())
        self.assertNotContains(response, bare.get_absolute_url())

    def test_section_and_topic_addresses_lead_to_each_other_s_page(self):
        section, topic = make_section(), make_topic()
        for address, thing in (
            (f"/sujets/{section.slug}/", section),
            (f"/rubriques/{topic.slug}/", topic),
        ):
            response = self.client.get(f"{address}?a=1")
            self.assertRedirects(response, f"{thing.get_absolute_url()}?a=1", status_code=301)

    def test_merged_topic_leads_to_what_it_was_merged_into(self):
        topic = make_topic(merged_into=make_topic())
        response = self.client.get(topic.get_absolute_url())
        self.assertRedirects(response, topic.merged_into.get_absolute_url(), status_code=301)

    def test_topic_without_stories_is_not_indexed(self):
        response = self.client.get(make_topic().get_absolute_url())
        self.assertContains(response, "noindex, follow")

    def test_unknown_topic_answers_404(self):
        for address in ("/sujets/rien/", "/rubriques/rien/", "/sujets/é/"):
            assert self.client.get(address).status_code == 404


@mock.patch("articles.filters.PAGE_SIZE", 3)
class PagingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.section = make_section()
        now = timezone.now()
        # Equal times: the article's id decides.
        cls.editions = [make_edition(section=cls.section, live_from=now) for _ in range(8)]

    def walk(self, address):
        """Return the editions of each page, following the links from *address* on."""
        path, pages = address.partition("?")[0], []
        while address:
            page = self.client.get(address).context["page"]
            pages.append(page.editions)
            address = page.next_query and f"{path}{page.next_query}"
        return pages

    def test_pages_hold_every_story_once_in_a_stable_order(self):
        """E24"""
        newest_first = self.editions[::-1]
        expected = [newest_first[:3], newest_first[3:6], newest_first[6:]]
        for address in ("/fil/", f"/fil/?rubrique={self.section.slug}"):
            with self.subTest(address):
                assert self.walk(address) == expected
        assert self.walk(self.section.get_absolute_url()) == expected

    def test_second_page_has_a_title_and_a_canonical_address_of_its_own(self):
        query = self.client.get("/fil/").context["page"].next_query
        response = self.client.get(f"/fil/{query}&utm=1")
        self.assertContains(response, f'href="{settings.SITE_URL}/fil/{query}"')
        self.assertContains(response, "<title>En continu, avant le ")

    def test_story_published_meanwhile_moves_nothing_on_the_next_page(self):
        query = self.client.get("/fil/").context["page"].next_query
        before = self.client.get(f"/fil/{query}").context["page"].editions
        make_edition(section=self.section)
        assert self.client.get(f"/fil/{query}").context["page"].editions == before

    def test_key_that_no_link_of_the_list_holds_answers_404(self):
        """E7"""
        key = self.client.get("/fil/").context["page"].next_query.removeprefix("?avant=")
        garbled = ["", "abc", key[:-1], key + "0", "99991231T235959999999-1-00000000"]
        garbled += [f"2{key}", key.replace("T", "t"), "20260231T000000000000-1-00000000"]
        for bad in garbled:
            with self.subTest(bad):
                response = self.client.get("/fil/", {"avant": bad})
                self.assertContains(response, "Page introuvable", status_code=404)
        other = self.client.get(self.section.get_absolute_url(), {"avant": key})
        assert other.status_code == 404

    def test_page_after_the_last_story_answers_404(self):
        """E7"""
        query = self.client.get("/fil/").context["page"].next_query
        Edition.objects.update(is_sealed=True)
        assert self.client.get(f"/fil/{query}").status_code == 404


class StreamPageTests(TestCase):
    def test_lines_hold_hour_and_headline_under_the_day(self):
        make_edition(headline="Du lundi", live_from=MORNING + timedelta(minutes=42))
        make_edition(headline="Du dimanche", live_from=MORNING - 24 * HOUR)
        response = self.client.get("/fil/")
        text = " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())
        assert "Lundi 2 février 2026 08h42 Du lundi" in text
        assert "Dimanche 1er février 2026 08h00 Du dimanche" in text

    def test_section_narrows_the_stream(self):
        section = make_section()
        inside, outside = make_edition(section=section), make_edition()
        response = self.client.get("/fil/", {"rubrique": section.slug})
        self.assertContains(response, inside.headline)
        self.assertNotContains(response, outside.headline)

    def test_former_address_of_a_section_leads_on_in_one_hop(self):
        """E6"""
        section = make_section()
        section.addresses.create(slug="ancienne")
        merged = make_section(merged_into=section)
        for slug in ("ancienne", merged.slug):
            response = self.client.get("/fil/", {"rubrique": slug, "avant": "de-la-vieille"})
            self.assertRedirects(response, f"/fil/?rubrique={section.slug}", status_code=301)

    def test_unknown_section_answers_404(self):
        topic = make_topic()
        for value in ("rien", topic.slug, "9" * 1000):
            with self.subTest(value):
                assert self.client.get("/fil/", {"rubrique": value}).status_code == 404


class AuthorPageTests(TestCase):
    def test_author_s_stories_and_words_are_shown(self):
        author = make_author(job="Grande reporter", biography="Née à Lille.")
        edition = make_edition(authors=[author])
        other = make_edition(authors=[make_author()])
        response = self.client.get(author.get_absolute_url())
        for text in ("Grande reporter", "Née à Lille.", edition.headline):
            self.assertContains(response, text)
        self.assertNotContains(response, other.headline)

    def test_unknown_author_answers_404(self):
        assert not Author.objects.exists()
        assert self.client.get("/auteurs/personne/").status_code == 404


class ErrorPageTests(TestCase):
    def test_page_not_found_is_french_and_has_no_canonical_address(self):
        response = self.client.get("/nulle-part/")
        self.assertContains(response, "Page introuvable", status_code=404)
        self.assertNotContains(response, "canonical", status_code=404)

    def test_host_that_is_not_ours_is_refused_in_french(self):
        response = self.client.get("/", headers={"host": "autre.example"})
        self.assertContains(response, "Demande incorrecte", status_code=400)

    def test_failure_page_needs_neither_database_nor_context(self):
        """E23"""
        with self.assertNumQueries(0):
            response = views.server_error(RequestFactory().get("/"))
        self.assertContains(response, "Le site est en panne", status_code=500)

    def test_failure_page_says_so_where_static_files_were_never_gathered(self):
        manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        storages = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
        with TemporaryDirectory() as folder, override_settings(STATIC_ROOT=folder):
            with override_settings(STORAGES=storages):
                response = views.server_error(RequestFactory().get("/"))
        self.assertContains(response, "Le site est en panne", status_code=500)
