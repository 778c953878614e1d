from django.test import TestCase

from .. import topic_acts
from .factories import make_section, make_user, show_first_page


class NavigationTests(TestCase):
    def test_renamed_section_is_seen_by_the_next_reader_and_read_once(self):
        """E26"""
        section, chief = make_section(name="Avant l’essai"), make_user(is_superuser=True)
        for name in ("Pendant l’essai", "Après l’essai"):
            topic_acts.rename(section, by=chief, name=name, label="")
            self.assertContains(self.client.get("/robots.txt"), "Sitemap")
            self.assertContains(self.client.get("/rectificatifs/"), f">{name}</a>", count=2)
            with self.assertNumQueries(2):  # state, corrections
                self.client.get("/rectificatifs/")

    def test_every_act_on_a_section_is_seen_by_the_next_reader(self):
        """E26"""
        chief = make_user(is_superuser=True)
        kept, other = make_section(name="Restante"), make_section(name="Fondue")
        show_first_page()
        acts = [
            (lambda: topic_acts.place(kept, by=chief, is_section=False, position=0), False, True),
            (lambda: topic_acts.place(kept, by=chief, is_section=True, position=9), True, True),
            (lambda: topic_acts.merge(other, into=kept, by=chief), True, False),
        ]
        for act, *expected in acts:
            act()
            text = self.client.get("/rectificatifs/").text
            assert [f">{name}</a>" in text for name in ("Restante", "Fondue")] == expected

    def test_sections_that_no_act_counts_are_read_each_time(self):
        for name in ("Première", "Deuxième"):
            make_section(name=name)
            self.assertContains(self.client.get("/rectificatifs/"), f">{name}</a>")
