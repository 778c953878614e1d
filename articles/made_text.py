"""Text for a made archive: French in form, plainly made, drawn from lists of words."""

from functools import cached_property
from itertools import accumulate
from random import Random

# After these: "la commission", "le budget"; each with its article, as a list would have it.
NOUNS = """
    la commission/le débat/la mesure/le projet/la décision/le rapport/la réunion/le calendrier
    l’enquête/le service/la liste/le marché/l’accord/la demande/le conseil/la hausse/le prix
    la baisse/le réseau/l’étude/la ligne/le chantier/l’équipe/le programme/la saison/le chiffre
    la séance/le dossier/l’audience/le contrat/la région/le port/l’usine/le quartier/la récolte
    le budget/l’école/le musée/la rivière/le match/l’atelier/le trajet/la forêt/le vaccin
    l’orchestre/le record/la réforme/le salaire/l’élection/le logement/la grève/le moteur
    l’exposition/le climat/la banque/le médecin/la gare/le pont/l’hôpital/le sondage/la monnaie
    le brevet/l’énergie/le roman/la rentrée/le vote/l’impôt/le festival/la facture/le terrain
    l’annonce/le bilan/la pêche/le train/l’œuvre/le comité/la course/le métier/l’assemblée
""".replace("\n", "/")
ADJECTIVES = """
    nécessaire rapide possible large fragile simple difficile utile rare célèbre triple calme
    probable modeste publique contraire immense stable complexe sévère moderne agricole maritime
    scientifique économique historique numérique énergétique financière électorale européenne
""".split()
VERBS = """
    prépare/retarde/annonce/concerne/modifie/confirme/accompagne/dépasse/remplace/partage/explique
    limite/accélère/transforme/finance/conteste/protège/rassemble/contourne/complète/suspend
    a retenu/a précédé/a surpris/a relancé/avait permis/va remplacer/pourrait changer/doit suivre
""".replace("\n", "/")
LINKS = """
    selon/avec/malgré/après/avant/pour/contre/sous/devant/en attendant/d’après/sans/dès/sauf
""".replace("\n", "/")
TURNS = """
    alors que/tandis que/parce que/et/mais/si bien que/dès lors que/pendant que/puisque/lorsque
""".replace("\n", "/")
# The long tail: words that nobody uses, made of syllables, as many as a language has.
ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr j l m n p pl pr r s st t tr v vr".split()
VOWELS = "a e i o u ou ai an on é".split()
ENDINGS = "dage tion lure mence nier tesse vure risme gnelle bard quet zon".split()
TAIL = 60_000
# Each word is this much rarer than the one of half its rank.
ZIPF = 1.0
SENTENCES = (4, 6)


class Writer:
    """Writes paragraphs and headlines; the same *seed* knows the same words."""

    def __init__(self, seed):
        random = Random(f"words {seed}")  # noqa: S311 - made text, no secret
        tail = (random.choice(("le ", "la ")) + made_word(random) for _ in range(TAIL))
        self.nouns = [*split(NOUNS), *dict.fromkeys(tail)]
        self.verbs, self.links, self.turns = split(VERBS), split(LINKS), split(TURNS)

    @cached_property
    def weights(self):
        return list(accumulate(1 / (rank + 10) ** ZIPF for rank in range(len(self.nouns))))

    def paragraph(self, random):
        """Return a paragraph of about a hundred words, drawn by *random*, as HTML."""
        count = random.randint(*SENTENCES)
        return f"<p>{' '.join(self.sentences(random, count))}</p>"

    def sentences(self, random, count):
        draw = random.choice
        nouns = iter(random.choices(self.nouns, cum_weights=self.weights, k=6 * count))
        for subject, thing, reason, other, more, end in zip(*[nouns] * 6, strict=True):
            yield (
                f"{capital(subject)} {draw(ADJECTIVES)} {draw(self.verbs)} {thing}, "
                f"{draw(self.links)} {reason} {draw(ADJECTIVES)}, {draw(self.turns)} {other} "
                f"{draw(self.verbs)} {more} {draw(self.links)} {end} {draw(ADJECTIVES)}."
            )

    def headline(self, random):
        subject, thing, more = random.choices(self.nouns, cum_weights=self.weights, k=3)
        verb, link = random.choice(self.verbs), random.choice(self.links)
        return f"{capital(subject)} {verb} {thing} {link} {more}"


def split(words):
    return [word.strip() for word in words.split("/") if word.strip()]


def made_word(random):
    syllables = (random.choice(ONSETS) + random.choice(VOWELS) for _ in range(2))
    return "".join(syllables) + random.choice(ENDINGS)


def capital(text):
    return text[0].upper() + text[1:]
