"""The front of the desk: its lists, their filters, and what they cost."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from .factories import make_article, make_edition, save
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
        # session, user, 2 permissions, the seven lists, texts that were never saved
        with self.assertNumQueries(12):
            self.client.get(INDEX)
        for _ in range(3):
            self.make_stories()
        with self.assertNumQueries(12):
            self.client.get(INDEX)
