"""The front of the desk: its lists, their filters, and what they cost."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from ..models import Revision, Settlement
from .factories import make_article, make_edition, make_user, save
from .test_desk_articles import DeskTestCase

INDEX = reverse("admin:index")


class DashboardTests(DeskTestCase):
    def make_stories(self):
        now = timezone.now()
        make_article(headline="Brouillon", owner=self.editor)
        make_article(headline="À relire", status="review")
        make_edition(headline="Prévu", live_from=now + timedelta(hours=1))
        save(make_edition(headline="Avant").article, headline="Changé")
        make_edition(headline="Rectifié", meaning="correction", note="Une date.")

    def test_each_story_stands_in_its_list_and_in_the_list_that_the_heading_leads_to(self):
        self.make_stories()
        panels = {p["title"]: p for p in self.client.get(INDEX).context["panels"]}
        for title, headline in {
            "Mes brouillons": "Brouillon",
            "À relire": "À relire",
            "Prévus": "Prévu",
            "Modifiés depuis la publication": "Changé",
            "Rectificatifs de la semaine": "Rectifié",
        }.items():
            with self.subTest(title=title):
                shown = [row["article"].headline for row in panels[title]["rows"]]
                found = self.client.get(panels[title]["address"]).context["cl"].result_list
                assert shown == [headline]
                assert [article.headline for article in found] == shown

    def test_query_count_does_not_grow_with_the_number_of_stories(self):
        self.make_stories()
        # session, user, 2 permissions, the seven lists, texts that were never saved, conflicts
        with self.assertNumQueries(13):
            self.client.get(INDEX)
        for _ in range(3):
            self.make_stories()
        with self.assertNumQueries(13):
            self.client.get(INDEX)

    def test_conflict_stands_there_for_whose_text_it_kept_until_it_is_settled(self):
        article = make_article(headline="Titre")
        first = article.revisions.get()
        save(article, headline="Le leur")
        mine = {**first.snapshot, "headline": "Le mien"}
        conflict = Revision.objects.keep_aside(article, mine, by=self.editor, based_on=first)
        address = reverse("admin:articles_article_conflict", args=[article.pk, conflict.number])
        self.assertContains(self.client.get(INDEX), address)
        self.client.force_login(make_user(is_superuser=True))
        self.assertNotContains(self.client.get(INDEX), address)
        self.client.force_login(self.editor)
        Settlement.objects.create(conflict=conflict, revision=conflict, at=timezone.now())
        self.assertNotContains(self.client.get(INDEX), address)
