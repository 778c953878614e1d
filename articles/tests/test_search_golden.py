"""What readers type and what they expect to find, in made texts, the same on both databases."""

from django.test import TestCase
from django.urls import reverse

from .factories import make_author, make_edition, make_section, make_topic

# The name of a story, its headline and its text: plainly made, of words as newspapers write them.
STORIES = {
    "urssaf": ("L'Urssaf d’essai réclame 1,7 milliard d'euros", ""),
    "oleron": ("Sur l'île d'Oléron, un \"rempart\" contre l'érosion", "<p>La mer monte.</p>"),
    "soeur": ("Le chœur de l’Œuvre d’essai chante aujourd'hui", "<p>Sœur des chevaux.</p>"),
    "etat": ("Laboratoire d’essai : l'État veille", "<p>Les manifestants protestent.</p>"),
    "onu": ('Alerte d’essai sur un "effondrement financier imminent"', "<p>Le chef de l’ONU.</p>"),
    "train": (
        "La S.N.C.F. d’essai ajoute un train",
        "<p>Aux journaux, elle dit 285 000 voyageurs.</p>",
    ),
    "saint": ("À Saint-Étienne, la presqu’île d’essai", "<p>Bâtie avant J.-C., dit-on.</p>"),
    "loi": ("Le 49.3 d’essai pour la loi CO₂", "<p>Une élue et des sénatrices votent.</p>"),
    "eleves": (
        "Des lycéennes d’essai travaillaient",
        "<p>L’été, les avions et le cybermarché.</p>",
    ),
    "police": ("Une policière d’essai blessée", "<p>Trois agents suspendus, dont l’étrangère.</p>"),
    "jeux": ("Les jeux d’essai, travaux et délais", "<p>Des réseaux et des lieux publics.</p>"),
    "musique": ("Notre-Dame d’essai sans toit", "<p>Wałęsa et Søren y chantent en français.</p>"),
}
# What is typed, and the stories it finds, in no order.
GOLDEN = {
    # names, capitals, elisions, shapes of apostrophes
    "urssaf": "urssaf",
    "l'urssaf": "urssaf",
    "L’URSSAF": "urssaf",
    "l`Urssaf": "urssaf",
    "etat": "etat",
    "l'etat": "etat",
    "L´État": "etat",
    "l ʼÉtat": "etat",
    # accents missing, wrong, or parted from their letter
    "Oleron": "oleron",
    "île": "oleron",
    "érôsiön": "oleron",
    "Saint-E\u0301tienne": "saint",
    "ete": "eleves",
    # ligatures and letters of others
    "sœur": "soeur",
    "soeurs": "soeur",
    "coeur": "",
    "chœur": "soeur",
    "oeuvre": "soeur",
    "œuvres": "soeur",
    "Walesa": "musique",
    "Søren": "musique",
    # aujourd'hui and others that an apostrophe doesn't part
    "aujourd’hui": "soeur",
    "d'aujourd'hui": "soeur",
    "presqu'île": "saint",
    "presqu’iles": "saint",
    # plurals, feminines, verbs
    "euro": "urssaf",
    "cheval": "soeur",
    "journal": "train",
    "élu": "loi",
    "élus": "loi",
    "sénateur": "loi",
    "policier": "police",
    "blessé": "police",
    "suspendre": "police",
    "étrangers": "police",
    "lycéen": "eleves",
    "travailler": "eleves",
    "travaillent": "eleves",
    "avion": "eleves",
    "voter": "loi",
    "manifester": "etat",
    "manifestante": "etat",
    "jeu": "jeux",
    "travail": "jeux",
    "délai": "jeux",
    "publique": "jeux",
    "française": "musique",
    "lois": "loi",
    # several words, phrases, exclusion
    "remparts érosion": "oleron",
    "rempart Urssaf": "",
    '"effondrement financier"': "onu",
    "«\u00a0effondrements financiers\u00a0»": "onu",
    "“financier effondrement”": "",
    "financier effondrement": "onu",
    '"chef de l\'ONU"': "onu",
    "alerte -ONU": "",
    "agent -urssaf": "police",
    'essai -"essai chante" -train chante': "musique",
    # hyphens, initials, numbers
    "saint etienne": "saint",
    "St-Étienne": "saint",
    "notre-dame": "musique",
    "SNCF": "train",
    "s.n.c.f": "train",
    "l'O.N.U.": "onu",
    "J.-C.": "saint",
    "49.3": "loi",
    "49-3": "loi",
    "CO2": "loi",
    "1,7": "urssaf",
    "285000": "train",
    "285.000 voyageurs": "train",
    "285\u202f000": "train",
    # the start of the last word
    "manif": "etat",
    "l'eros": "oleron",
    "chef effond": "onu",
    "saint-eti": "saint",
    "effon financier": "",
    "cyber*": "eleves",
    # authors, topics, sections
    "Zéphyrine": "jeux",
    "peches cotieres": "jeux",
    "rubrique golden": "jeux",
    # words that every story has, or none
    "ma": None,
    "la de les": None,
    "-urssaf": None,
}
# Slips of the fingers or the ear, what is proposed, and what that finds.
SLIPS = {
    "urrsaf": ("Urssaf", "urssaf"),
    "Oleorn": ("Oléron", "oleron"),
    "efondrement finnancier": ("effondrement financier", "onu"),
    "polisière": ("policière", "police"),
    "l'éroson": ("l'érosion", "oleron"),
    "zephirine": ("Zéphyrine", "jeux"),
}


class GoldenTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        section = make_section(name="Essais")
        cls.names = {}
        for name, (headline, text) in STORIES.items():
            beside = {"section": section}
            if name == "jeux":
                beside = {
                    "section": make_section(name="Rubrique golden"),
                    "topics": [make_topic(name="Pêche côtière")],
                    "authors": [make_author(name="Ada Zéphyrine")],
                }
            cls.names[make_edition(headline=headline, body=text, **beside).pk] = name

    def search(self, query):
        return self.client.get(reverse("articles:search") + query).context

    def find(self, **asked):
        return self.client.get(reverse("articles:search"), asked).context

    def found(self, context):
        if "results" not in context:
            return None
        return {self.names[edition.pk] for edition in context["page"].editions}

    def test_sixty_queries_and_more_are_here(self):
        assert len(GOLDEN) + len(SLIPS) >= 60

    def test_words_find_what_a_reader_expects(self):
        """E21"""
        for text, expected in GOLDEN.items():
            with self.subTest(text):
                wanted = expected if expected is None else set(expected.split())
                assert self.found(self.find(mots=text)) == wanted

    def test_slips_find_nothing_but_propose_what_does(self):
        """E21"""
        for text, (proposed, expected) in SLIPS.items():
            with self.subTest(text):
                context = self.find(mots=text)
                assert self.found(context) == set()
                ((shown, query),) = context["results"].proposals
                assert shown == proposed
                assert self.found(self.search(query)) == {expected}

    def test_what_was_found_is_marked_in_the_words_of_the_story(self):
        for text, marked in {
            "jeu": "jeux",
            "sncf": "S.N.C.F",
            "etat": "l'État",
            "285000": "285 000",
            "manif": "manifestants",
            "co2": "CO₂",
        }.items():
            with self.subTest(text):
                (edition,) = self.find(mots=text)["page"].editions
                pieces = [*edition.marked_headline, *edition.excerpt]
                assert marked in [piece.replace("’", "'") for piece, found in pieces if found]
