"""The form and the list of articles, through the pages that the desk uses."""

from datetime import UTC, datetime, timedelta
from unittest import mock

from django.contrib.messages import get_messages
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from .. import publishing
from ..models import Article, Edition, Meaning, Revision, Topic
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_section,
    make_topic,
    make_user,
    save,
)

DESK = [
    "articles.publish_article",
    "articles.correct_article",
    "articles.change_any_article",
    "articles.add_article",
    "articles.change_article",
    "articles.view_article",
    "articles.view_topic",
    "articles.add_articleauthor",
    "articles.change_articleauthor",
    "articles.delete_articleauthor",
]
ADD = reverse("admin:articles_article_add")
LIST = reverse("admin:articles_article_changelist")


def change_page(article):
    return reverse("admin:articles_article_change", args=[article.pk])


class DeskTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(*DESK, first_name="Élise", last_name="Essai")
        cls.section = make_section(name="Monde")

    def setUp(self):
        self.client.force_login(self.editor)

    def open(self, article=None):
        """Return what the browser would send back from the form of *article* (None: a new one)."""
        context = self.client.get(change_page(article) if article else ADD).context
        form = context["adminform"].form
        sent = {}
        for bound in form:
            if bound.name == "photos":
                # Not told, they stay as they are; typed() of test_desk_photos.py tells them.
                continue
            value = bound.value()
            if bound.name == "until" and value and not isinstance(value, str):
                value = value.isoformat()[:19]
            if bound.name == "topics":
                value = bound.field.prepare_value(value) or []
            sent[bound.html_name] = "" if value is None else value
        for formset in context["inline_admin_formsets"]:
            for part in [formset.formset.management_form, *formset.formset.forms]:
                for bound in part:
                    value = bound.value()
                    sent[bound.html_name] = "" if value is None else value
        return sent

    def send(self, sent, article=None, button="_continue", **changes):
        address = change_page(article) if article else ADD
        return self.client.post(address, {**sent, **changes, button: "1"})

    def publish(self, sent, article=None, **changes):
        return self.send(sent, article, "_publish", **changes)

    def told(self, response):
        return [str(message) for message in get_messages(response.wsgi_request)]

    def assert_refused(self, response, text):
        self.assertContains(response, text)
        self.assertEqual(response.status_code, 200)


class SavingTests(DeskTestCase):
    def test_draft_saves_with_holes(self):
        """E17"""
        response = self.send(self.open())
        article = Article.objects.get()
        self.assertRedirects(response, change_page(article))
        assert article.headline == ""
        assert article.owner == self.editor

    def test_every_save_records_who_and_why(self):
        article = make_article()
        self.send(self.open(article), article, headline="Nouveau titre", reason="Précision")
        revision = article.revisions.first()
        assert (revision.number, revision.created_by, revision.reason) == (
            2,
            self.editor,
            "Précision",
        )
        assert revision.snapshot["headline"] == "Nouveau titre"

    def test_save_that_changes_nothing_adds_no_revision_and_moves_no_date(self):
        article = make_article(body="<p>Un</p>\n<p>Deux</p>", standfirst="Une ligne\nUne autre")
        sent = self.open(article)
        sent = {name: str(value).replace("\n", "\r\n") for name, value in sent.items()}
        response = self.send({**sent, "topics": []}, article)
        assert article.revisions.count() == 1
        assert Article.objects.get().updated_at == article.updated_at
        assert self.told(response) == ["Rien n’a changé depuis le dernier enregistrement."]

    def test_body_is_cleaned_before_it_is_stored(self):
        """E22"""
        body = '<p onclick="x()">Texte<script>x()</script> <a href="javascript:x()">lien</a></p>'
        self.send(self.open(), body=body)
        assert Article.objects.get().body == '<p>Texte <a rel="noopener">lien</a></p>'

    def test_non_breaking_spaces_of_a_headline_are_kept(self):
        self.send(self.open(), headline="Pourquoi\u202f?\r\nParce que «\u00a0oui\u00a0»")
        assert Article.objects.get().headline == "Pourquoi\u202f? Parce que «\u00a0oui\u00a0»"

    def test_byline_keeps_order_role_and_wording(self):
        """E14"""
        author = make_author(name="Jeanne Essai")
        self.send(
            self.open(),
            **{
                "bylines-TOTAL_FORMS": "2",
                "bylines-0-role": "writer",
                "bylines-0-author": author.pk,
                "bylines-0-text": "à Lyon",
                "bylines-0-position": "0",
                "bylines-1-role": "contributor",
                "bylines-1-text": "avec AFP",
                "bylines-1-position": "1",
            },
        )
        bylines = Revision.objects.get().snapshot["bylines"]
        assert [(byline["author"], byline["text"]) for byline in bylines] == [
            (author.slug, "à Lyon"),
            (None, "avec AFP"),
        ]

    def test_empty_byline_is_refused_with_a_sentence(self):
        row = {
            "bylines-TOTAL_FORMS": "1",
            "bylines-0-role": "contributor",
            "bylines-0-position": "0",
        }
        response = self.send(self.open(), **row)
        self.assert_refused(response, "Choisissez un auteur ou écrivez une mention.")

    def test_save_and_close_goes_back_to_the_list(self):
        self.assertRedirects(self.send(self.open(), button="_save"), LIST)

    def test_section_that_is_none_any_more_stays_until_another_is_chosen(self):
        article = make_article(section=make_section(name="Ancienne"))
        Topic.objects.filter(name="Ancienne").update(is_section=False)
        self.send(self.open(article), article, headline="Autre")
        assert Article.objects.get().section.name == "Ancienne"


class ConflictTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.article = make_article(headline="Ancien")
        self.sent = self.open(self.article)
        save(self.article, by=make_user(first_name="Jonas"), headline="De Jonas")

    def test_disjoint_changes_are_merged_and_told_with_who_what_and_when(self):
        """E18"""
        saved_at = timezone.localtime(self.article.revisions.first().created_at)
        response = self.send(self.sent, self.article, body="<p>De moi</p>", reason="Ajout")
        self.assertRedirects(response, change_page(self.article), fetch_redirect_response=False)
        article = Article.objects.get()
        assert (article.headline, article.body) == ("De Jonas", "<p>De moi</p>")
        revision = article.revisions.first()
        assert (revision.number, revision.based_on.number) == (3, 1)
        assert revision.reason == "Ajout (réunie avec la version 2 de Jonas)"
        told = self.told(response)
        assert told[0] == "Enregistré\u00a0: version 3."
        assert (
            f"Jonas a changé le titre à {saved_at:%Hh%M}\u00a0: les deux versions ont été réunies."
            in told[1]
        )

    def test_merged_text_is_shown_before_it_is_published(self):
        """E18"""
        response = self.publish(self.sent, self.article, body="<p>De moi</p>")
        assert "relisez le texte réuni" in self.told(response)[-1]
        assert not Edition.objects.exists()
        self.publish(self.open(self.article), self.article)
        edition = Edition.objects.get()
        assert (edition.headline, edition.body_html) == ("De Jonas", "<p>De moi</p>")

    def test_field_that_both_changed_leads_to_the_conflict_page_with_my_text_stored(self):
        """E18"""
        response = self.send(self.sent, self.article, headline="De moi")
        conflict = self.article.revisions.get(kind="conflict")
        assert conflict.snapshot["headline"] == "De moi"
        page = reverse("admin:articles_article_conflict", args=[self.article.pk, conflict.number])
        self.assertRedirects(response, page)
        assert Article.objects.get().headline == "De Jonas"

    def test_sides_of_many_passages_are_no_landmarks_of_one_name(self):
        sent = {**self.sent, "headline": "De moi", "standfirst": "Le mien"}
        save(self.article, headline="De Jonas encore", standfirst="Le sien")
        page = self.client.get(self.send(sent, self.article).url)
        self.assertContains(page, "<fieldset", 2)
        self.assertNotContains(page, "<section")

    def test_conflict_sent_twice_is_stored_once(self):
        self.send(self.sent, self.article, headline="De moi")
        self.send(self.sent, self.article, headline="De moi")
        assert self.article.revisions.filter(kind="conflict").count() == 1

    def test_bylines_and_topics_of_both_are_kept(self):
        mine, theirs, topic = make_author(), make_author(), make_topic()
        self.article.bylines.create(author=theirs)
        save(self.article)
        self.send(
            self.sent,
            self.article,
            **{
                "topics": [topic.pk],
                "bylines-TOTAL_FORMS": "1",
                "bylines-0-role": "writer",
                "bylines-0-author": mine.pk,
                "bylines-0-position": "0",
            },
        )
        assert [byline.author for byline in self.article.bylines.all()] == [theirs, mine]
        assert list(self.article.topics.all()) == [topic]

    def test_byline_that_someone_removed_meanwhile_does_not_refuse_the_form(self):
        article = make_article(authors=[make_author()])
        sent = self.open(article)
        article.bylines.all().delete()
        save(article)
        self.send(sent, article, kicker="De moi")
        assert Article.objects.get(pk=article.pk).kicker == "De moi"
        assert not article.bylines.exists()

    def test_stale_form_publishes_nothing(self):
        self.publish(self.sent, self.article)
        assert not Edition.objects.exists()

    def test_stale_form_that_changes_nothing_publishes_nothing(self):
        article = make_article()
        sent = self.open(article)
        article.bylines.create(text="avec AFP")
        save(article, by=make_user(first_name="Jonas"))
        response = self.publish(sent, article)
        assert "Jonas a changé les signatures" in self.told(response)[-2]
        assert "relisez le texte réuni" in self.told(response)[-1]
        assert not Edition.objects.exists()

    def test_new_article_sent_twice_at_the_same_instant_is_made_once(self):
        sent = self.open()
        self.send(sent, headline="Une fois")
        key = str(Article.objects.get(headline="Une fois").pk)
        with mock.patch("articles.admin.article.made_before", side_effect=[None, key]):
            response = self.send(sent, headline="Une fois")
        self.assertRedirects(response, reverse("admin:articles_article_change", args=[key]))
        assert Article.objects.filter(headline="Une fois").count() == 1

    def test_forged_key_is_a_form_error(self):
        self.assertEqual(self.send(self.open(), uuid="n’importe quoi").status_code, 200)

    def test_new_article_sent_twice_is_made_once(self):
        sent = self.open()
        self.send(sent, headline="Une fois")
        response = self.send(sent, headline="Une fois")
        article = Article.objects.get(headline="Une fois")
        self.assertRedirects(response, change_page(article))

    def test_new_article_changed_after_going_back_is_not_lost_and_overwrites_nothing(self):
        sent = self.open()
        self.send(sent, headline="Première")
        self.send(sent, headline="Seconde")
        article = Article.objects.get(uuid=sent["uuid"])
        assert article.headline == "Première"
        assert article.revisions.get(kind="conflict").snapshot["headline"] == "Seconde"


class PublishingTests(DeskTestCase):
    def test_publish_saves_what_was_typed_and_shows_it(self):
        response = self.publish(self.open(), headline="En une", section=self.section.pk)
        edition = Edition.objects.get()
        assert (edition.headline, edition.meaning) == ("En une", Meaning.FIRST)
        assert edition.published_by == self.editor
        assert edition.get_absolute_url() in self.told(response)[-1]

    def test_refusal_tells_each_fault_and_keeps_what_was_typed(self):
        """E17"""
        response = self.publish(self.open(), body="<p>Déjà là</p>")
        article = Article.objects.get()
        assert article.body == "<p>Déjà là</p>"
        assert self.told(response)[1:] == ["Il manque le titre.", "Il manque la rubrique."]
        assert not Edition.objects.exists()

    def test_publication_of_a_saved_text_tells_nothing_else(self):
        article = make_article(section=self.section)
        response = self.publish(self.open(article), article)
        (told,) = self.told(response)
        assert "est en ligne" in told

    def test_fault_of_the_publication_is_remarked_once(self):
        article = make_edition().article
        response = self.publish(self.open(article), article, meaning="correction", note="")
        remarks = [item["remark"].text for item in response.context["remarks"]]
        assert remarks.count("Dites aux lecteurs ce qui était inexact.") == 1

    def test_double_click_publishes_once(self):
        """E18"""
        sent = self.open()
        changes = {"headline": "Une fois", "section": self.section.pk}
        self.publish(sent, **changes)
        response = self.publish(sent, **changes)
        assert Edition.objects.count() == 1
        assert "déjà publiée" in self.told(response)[-1]

    def test_double_click_plans_once(self):
        article = make_article()
        sent = self.open(article)
        at = timezone.localtime(timezone.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
        self.publish(sent, article, at=at)
        response = self.publish(sent, article, at=at)
        assert Edition.objects.count() == 1
        assert "déjà publiée" in self.told(response)[-1]

    def test_plan_is_cancelled_by_its_button(self):
        article = make_edition(live_from=timezone.now() + timedelta(hours=1)).article
        response = self.send(self.open(article), article, "_cancel")
        assert self.told(response)[-1] == "La publication prévue est annulée."
        assert not Edition.objects.planned(timezone.now()).exists()

    def test_publication_before_a_plan_asks_what_becomes_of_it(self):
        article = make_edition(live_from=timezone.now() + timedelta(hours=1)).article
        response = self.publish(self.open(article), article, headline="Plus tôt")
        assert "Une publication est prévue" in self.told(response)[-1]
        self.publish(self.open(article), article, plan="cancel")
        assert Edition.objects.live(timezone.now()).get().headline == "Plus tôt"

    def test_saving_alone_never_publishes(self):
        """E19"""
        article = make_edition().article
        self.send(self.open(article), article, headline="Pas encore")
        assert Edition.objects.count() == 1

    def test_meaning_is_the_editors_choice(self):
        article = make_edition().article
        self.publish(self.open(article), article, headline="Retouché", meaning="silent")
        assert Edition.objects.get(number=2).meaning == Meaning.SILENT

    def test_correction_needs_its_note_and_carries_it(self):
        """E4"""
        article = make_edition().article
        sent = {**self.open(article), "headline": "Juste", "meaning": "correction"}
        response = self.publish(sent, article)
        self.assert_refused(response, "Dites aux lecteurs ce qui était inexact.")
        self.assertContains(response, "Juste")
        self.publish(sent, article, note="Le titre.")
        assert Edition.objects.get(number=2).note == "Le titre."

    def test_correction_may_follow_without_a_change_of_text(self):
        article = make_edition().article
        self.publish(self.open(article), article, meaning="correction", note="Une date.")
        assert Edition.objects.get(number=2).meaning == Meaning.CORRECTION

    def test_note_typed_before_a_refusal_or_a_plain_save_is_still_there(self):
        article = make_edition(section=self.section).article
        sent = self.open(article)
        self.send(sent, article, meaning="correction", note="Le prénom.")
        sent = self.open(article)
        assert (sent["meaning"], sent["note"]) == ("correction", "Le prénom.")
        self.publish(sent, article, section="")
        assert self.open(article)["note"] == "Le prénom."

    def test_time_is_typed_in_the_newsrooms_zone(self):
        """E3"""
        article = make_article()
        year = timezone.now().year + 1
        self.publish(self.open(article), article, at=f"{year}-07-01T06:00")
        assert Edition.objects.get().live_from == datetime(year, 7, 1, 4, tzinfo=UTC)
        self.assertContains(self.client.get(change_page(article)), "Heure de Paris")

    def test_missing_and_doubled_hours_are_refused(self):
        """E3"""
        article = make_article()
        for at in ("2027-03-28T02:30", "2027-10-31T02:30"):
            with self.subTest(at=at):
                response = self.publish(self.open(article), article, at=at)
                self.assert_refused(response, "l’heure change cette nuit-là")
        assert not Edition.objects.exists()

    def test_withdrawn_story_can_only_be_put_back(self):
        article = make_edition(meaning="withdrawal", note="Inexact.").article
        self.client.force_login(make_user("articles.withdraw_article", *DESK))
        sent = self.open(article)
        self.publish(sent, article)
        assert sent["meaning"] == Meaning.REINSTATEMENT
        assert Edition.objects.get(number=2).meaning == Meaning.REINSTATEMENT

    def test_who_may_not_correct_is_not_offered_it(self):
        article = make_edition().article
        self.client.force_login(make_user("articles.publish_article", *DESK[2:]))
        self.assertNotContains(self.client.get(change_page(article)), "Rectificatif")

    def test_publication_ends_when_it_should_and_the_end_is_kept_until_it_is_emptied(self):
        article = make_article()
        year = timezone.now().year + 1
        self.publish(self.open(article), article, until=f"{year}-07-01T06:00")
        end = datetime(year, 7, 1, 4, tzinfo=UTC)
        assert Edition.objects.get(number=1).ends_at == end
        self.assertContains(self.client.get(change_page(article)), f"Jusqu’au 1 juillet {year}")
        self.publish(self.open(article), article, headline="Suite")
        assert Edition.objects.get(number=2).ends_at == end
        self.publish(self.open(article), article, headline="Sans fin", until="")
        assert Edition.objects.get(number=3).ends_at is None

    def test_past_start_and_end_before_the_start_are_form_errors_and_change_nothing(self):
        article = make_article(headline="Avant")
        year = timezone.now().year + 1
        response = self.publish(
            self.open(article),
            article,
            headline="Après",
            at="2020-01-01T06:00",
            until="2019-01-01T06:00",
        )
        self.assert_refused(response, "L’heure de publication est passée")
        self.assertContains(response, "La fin doit venir après le début.")
        self.assertContains(response, "2020-01-01T06:00")
        response = self.publish(
            self.open(article), article, at=f"{year}-02-01T06:00", until=f"{year}-01-01T06:00"
        )
        self.assert_refused(response, "La fin doit venir après le début.")
        assert Article.objects.get().headline == "Avant"
        assert not Edition.objects.exists()

    def test_second_of_two_who_publish_at_once_is_told_of_the_newer_edition(self):
        article = make_article()
        sent = self.open(article)
        jonas = make_user("articles.publish_article", first_name="Jonas")
        publishing.publish(article, revision=1, by=jonas)
        response = self.publish(sent, article, headline="Autre")
        assert "Jonas a publié ou prévu une autre version" in self.told(response)[-1]
        assert Edition.objects.count() == 1
        assert Article.objects.get().headline == "Autre"

    def test_plan_takes_the_newest_text_by_one_button(self):
        start = timezone.now() + timedelta(hours=1)
        article = make_edition(live_from=start).article
        save(article, headline="Plus récent")
        response = self.client.get(change_page(article))
        self.assertContains(response, "n’a pas les derniers changements")
        response = self.send(self.open(article), article, "_replace", headline="Tout nouveau")
        assert "a maintenant ce texte" in self.told(response)[-1]
        plan = Edition.objects.planned(timezone.now()).get()
        assert (plan.headline, plan.live_from, plan.meaning) == ("Tout nouveau", start, "first")
        response = self.send(self.open(article), article, "_replace")
        assert self.told(response)[-1] == "La version prévue a déjà ce texte."

    def test_forged_publish_without_the_right_only_saves(self):
        article = make_article()
        sent = self.open(article)
        self.client.force_login(make_user(*DESK[2:]))
        self.publish(sent, article, headline="Enregistré")
        assert Article.objects.get().headline == "Enregistré"
        assert not Edition.objects.exists()


class PublicationBoxTests(DeskTestCase):
    def box(self, article):
        return self.client.get(change_page(article))

    def test_draft_says_that_it_was_never_published(self):
        self.assertContains(self.box(make_article()), "Jamais publié")

    def test_live_story_says_since_when_and_links_to_the_site(self):
        start = datetime(2026, 2, 2, 7, 0, tzinfo=UTC)
        edition = make_edition(live_from=start)
        response = self.box(edition.article)
        self.assertContains(response, "depuis le 2 février 2026 à 08h00")
        self.assertContains(response, f'href="{edition.get_absolute_url()}"')
        self.assertNotContains(response, "Modifications non publiées")

    def test_unpublished_changes_are_told(self):
        article = make_edition().article
        save(article, headline="Autre")
        self.assertContains(self.box(article), "Modifications non publiées")

    def test_plan_says_when(self):
        year = timezone.now().year + 1
        edition = make_edition(live_from=datetime(year, 2, 2, 7, 0, tzinfo=UTC))
        self.assertContains(self.box(edition.article), f"pour le 2 février {year} à 08h00")

    def test_last_revisions_say_who(self):
        article = make_article()
        save(article, by=self.editor, headline="Autre")
        self.assertContains(self.box(article), "Élise Essai")

    def test_versions_page_says_who_when_why_and_what_was_published(self):
        """E20"""
        article = make_article(section=self.section)
        self.publish(self.open(article), article, headline="Autre", reason="Relecture")
        response = self.client.get(reverse("admin:articles_article_history", args=[article.pk]))
        for text in ("Autre", "Relecture", "Élise Essai", "Première publication"):
            self.assertContains(response, text)

    def test_query_count_of_the_form_does_not_grow_with_its_history(self):
        article = make_article(topics=[make_topic(), make_topic()], authors=[make_author()])
        for number in range(12):
            save(article, headline=f"Titre {number}")
        self.publish(self.open(article), article)
        # session, user, 2 permissions, article, its topics, photos, bylines, editions, revisions,
        # what forbids two steps, the last step; for the checklist: bylines, photos, section,
        # topics; notes, pin, preview links, conflicts, unsaved texts; to choose from: author,
        # sections, topics, owners
        with self.assertNumQueries(26):
            self.client.get(change_page(article))


class ListTests(DeskTestCase):
    def rows(self, **query):
        response = self.client.get(LIST, query)
        return [article.headline for article in response.context["cl"].result_list]

    def test_query_count_does_not_grow_with_the_number_of_articles(self):
        for _ in range(3):
            make_edition(owner=self.editor)
        # session, user, 2 permissions, sections, authors, count, articles
        with self.assertNumQueries(8):
            self.client.get(LIST)
        for _ in range(20):
            make_edition(owner=self.editor)
        with self.assertNumQueries(8):
            self.client.get(LIST)

    def test_list_loads_no_body(self):
        make_article(body="<p>Long</p>")
        article = self.client.get(LIST).context["cl"].result_list[0]
        assert "body" in article.get_deferred_fields()

    def test_states_are_filtered_and_told(self):
        now = timezone.now()
        make_article(headline="Brouillon")
        make_edition(headline="En ligne")
        make_edition(headline="Prévu", live_from=now + timedelta(days=1))
        save(make_edition(headline="Changé").article, kicker="Plus")
        make_edition(headline="Retiré", meaning="withdrawal", note="Inexact.")
        assert self.rows(publication="never") == ["Brouillon"]
        assert sorted(self.rows(publication="live")) == ["Changé", "En ligne"]
        assert self.rows(publication="changed") == ["Changé"]
        assert self.rows(publication="planned") == ["Prévu"]
        assert self.rows(publication="withdrawn") == ["Retiré"]
        self.assertContains(self.client.get(LIST), '<span class="state changed">', 1)

    def test_filters_by_section_and_owner(self):
        make_article(headline="À moi", owner=self.editor, section=self.section)
        make_article(headline="À d’autres")
        assert self.rows(section=self.section.slug) == ["À moi"]
        assert self.rows(owner="me") == ["À moi"]
