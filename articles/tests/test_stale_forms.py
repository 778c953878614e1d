"""Forms of stories that someone saved meanwhile, sent by a button that does more than save."""

from datetime import timedelta

from django.utils import timezone

from ..models import Article, Edition, Note, Step
from .factories import make_article, make_author, make_edition, make_user, save
from .test_desk_articles import DeskTestCase, change_page


def minute(**ahead):
    return (timezone.now() + timedelta(**ahead)).replace(second=0, microsecond=0)


def local(at):
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


class StaleTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.jonas = make_user(first_name="Jonas")
        self.article = make_article(headline="Ancien", body="<p>Un.</p>")
        self.sent = self.open(self.article)

    def save_as_jonas(self, **changes):
        save(self.article, by=self.jonas, **changes)

    def press(self, button, value="1", **changes):
        return self.client.post(change_page(self.article), {**self.sent, **changes, button: value})


class StepTests(StaleTestCase):
    """E18"""

    def test_step_waits_until_the_merged_text_was_read(self):
        self.save_as_jonas(headline="De Jonas")
        reason = "Bon pour moi."
        response = self.press("_step", "approve", body="<p>De moi.</p>", reason=reason)
        article = Article.objects.get()
        assert (article.headline, article.body) == ("De Jonas", "<p>De moi.</p>")
        assert article.status == Article.Status.DRAFT
        told = self.told(response)
        assert "Jonas a changé le titre" in told[-2]
        assert told[-1].startswith("L’étape n’est pas faite")
        again = self.open(self.article)
        assert again["reason"] == reason
        self.client.post(change_page(article), {**again, "_step": "approve"})
        assert Step.objects.get().reason == reason

    def test_step_waits_too_where_nothing_was_typed(self):
        self.save_as_jonas(headline="De Jonas")
        self.press("_step", "submit")
        assert Article.objects.get().status == Article.Status.DRAFT
        assert self.article.revisions.count() == 2

    def test_step_is_taken_where_the_text_there_is_the_one_that_was_read(self):
        self.save_as_jonas(headline="Le même")
        self.press("_step", "submit", headline="Le même")
        assert Article.objects.get().status == Article.Status.REVIEW

    def test_step_waits_for_a_conflict_to_be_settled(self):
        self.save_as_jonas(headline="De Jonas")
        response = self.press("_step", "submit", headline="De moi")
        assert "/conflits/" in response.url
        assert self.told(response)[-1].startswith("L’étape n’est pas faite")
        assert Article.objects.get().status == Article.Status.DRAFT


class NoteTests(StaleTestCase):
    def test_note_is_added_whatever_becomes_of_the_text(self):
        self.save_as_jonas(headline="De Jonas")
        response = self.press("_note", headline="De moi", new_note="À vérifier.")
        assert "/conflits/" in response.url
        assert Note.objects.get().text == "À vérifier."

    def test_note_is_resolved_whatever_becomes_of_the_text(self):
        note = Note.objects.add(self.article, text="À vérifier.", by=self.jonas)
        self.save_as_jonas(headline="De Jonas")
        self.press("_resolve", note.pk, headline="De moi")
        assert not self.article.notes.open()

    def test_note_typed_before_another_button_is_still_there(self):
        self.press("_continue", headline="Nouveau", new_note="À vérifier.")
        self.assertContains(self.client.get(change_page(self.article)), "À vérifier.</textarea>")

    def test_note_typed_into_a_form_that_is_refused_is_still_there(self):
        response = self.press("_continue", slug="n’importe quoi", new_note="À vérifier.")
        self.assertContains(response, "À vérifier.</textarea>")

    def test_time_typed_before_a_note_was_added_is_still_there(self):
        at = local(timezone.now() + timedelta(hours=2))
        self.press("_note", at=at, new_note="À vérifier.")
        assert self.open(self.article)["at"] == at


class TypographyTests(StaleTestCase):
    def test_proposal_is_accepted_and_merged(self):
        self.save_as_jonas(body="<p>De Jonas.</p>")
        self.press("_typography", "headline", headline="L'Etat")
        article = Article.objects.get()
        assert (article.headline, article.body) == ("L’État", "<p>De Jonas.</p>")

    def test_proposal_for_what_someone_else_changed_is_asked_about(self):
        self.save_as_jonas(headline="De Jonas")
        self.press("_typography", "headline", headline="L'Etat")
        assert self.article.revisions.get(kind="conflict").snapshot["headline"] == "L’État"


class PlanTests(StaleTestCase):
    def test_plan_is_cancelled_even_where_texts_conflict(self):
        make_edition(article=self.article, live_from=timezone.now() + timedelta(hours=2))
        self.sent = self.open(self.article)
        self.save_as_jonas(headline="De Jonas")
        self.press("_cancel", headline="De moi")
        assert not Edition.objects.planned(timezone.now()).exists()

    def test_plan_that_this_person_has_not_seen_is_not_cancelled(self):
        start = timezone.now() + timedelta(hours=2)
        plan = make_edition(article=self.article, live_from=start, live_until=start)
        self.sent = self.open(self.article)
        make_edition(article=plan.article, live_from=start)
        response = self.press("_cancel")
        assert "a publié ou prévu une autre version" in self.told(response)[-1]
        assert Edition.objects.planned(timezone.now()).exists()


class FollowUpTests(StaleTestCase):
    """Whose a story is and when it is due make no version: each is merged by what a form saw."""

    def due(self):
        return Article.objects.get().due_at

    def test_due_time_is_kept_beside_a_text_that_someone_else_saved(self):
        due = minute(hours=5)
        self.save_as_jonas(headline="De Jonas")
        self.press("_continue", due_at=local(due), body="<p>De moi.</p>")
        assert self.due() == due
        assert Article.objects.get().body == "<p>De moi.</p>"

    def test_due_time_is_kept_even_where_texts_conflict(self):
        due = minute(hours=5)
        self.save_as_jonas(headline="De Jonas")
        self.press("_continue", due_at=local(due), headline="De moi")
        assert self.due() == due

    def test_due_time_that_nobody_typed_overwrites_none(self):
        due = minute(hours=5)
        Article.objects.update(due_at=due)
        self.press("_continue", headline="De moi")
        assert self.due() == due
        assert Article.objects.get().headline == "De moi"

    def test_due_time_that_both_typed_stays_and_the_other_is_told(self):
        theirs, mine = minute(hours=5), minute(days=2)
        Article.objects.update(due_at=theirs)
        response = self.press("_continue", due_at=local(mine))
        assert self.due() == theirs
        said = self.told(response)[-1]
        assert said.startswith("À rendre le") and f"{timezone.localtime(mine):%Hh%M}" in said

    def test_owner_that_someone_else_chose_stays_and_that_is_told(self):
        zoe = make_user(first_name="Zoé")
        Article.objects.update(owner=zoe)
        self.save_as_jonas(kicker="De Jonas", owner=zoe)
        response = self.press("_continue", body="<p>De moi.</p>", owner=self.editor.pk)
        assert Article.objects.get().owner == zoe
        said = self.told(response)[-1]
        assert "Zoé" in said and "Élise Essai" in said

    def test_due_time_is_taken_back(self):
        Article.objects.update(due_at=minute(hours=5))
        self.sent = self.open(self.article)
        self.press("_continue", due_at="")
        assert self.due() is None

    def test_form_that_does_not_say_what_it_saw_is_taken_at_its_word(self):
        due = minute(hours=5)
        for forged in ("", "[]", "{"):
            self.press("_continue", followed=forged, due_at=local(due))
            assert self.due() == due


class RefusedFormTests(StaleTestCase):
    def test_refused_form_tells_who_saved_meanwhile_and_nothing_typed_is_lost(self):
        """E18"""
        self.save_as_jonas(headline="De Jonas")
        response = self.press("_continue", slug="n’importe quoi", body="<p>De moi.</p>")
        self.assertContains(response, "Jonas a enregistré une autre version")
        self.assertContains(response, "De moi.")
        form = response.context["adminform"].form
        self.sent = {**self.sent, "based_on": form["based_on"].value()}
        self.press("_continue", body="<p>De moi.</p>")
        article = Article.objects.get()
        assert (article.headline, article.body) == ("De Jonas", "<p>De moi.</p>")

    def test_refused_form_that_is_the_newest_tells_nothing(self):
        response = self.press("_continue", slug="n’importe quoi")
        self.assertNotContains(response, "a enregistré une autre version")


class DateTests(StaleTestCase):
    def test_change_of_bylines_alone_moves_the_date_of_the_article(self):
        row = {
            "bylines-TOTAL_FORMS": "1",
            "bylines-0-role": "writer",
            "bylines-0-author": make_author().pk,
            "bylines-0-position": "0",
        }
        self.press("_continue", **row)
        assert self.article.revisions.count() == 2
        assert Article.objects.get().updated_at > self.article.updated_at
