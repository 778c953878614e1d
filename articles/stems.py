"""The stems of French words whose accents are gone: Snowball's, and what it leaves undone."""

import re

from Stemmer import Stemmer

# It keeps none itself: analysis.py does.
stem_word = Stemmer("french", 0).stemWord

# Stems that no rule gives: plurals and feminines of their own kind ("stem: other forms"), and words
# that would fall together with others (France with franc, année with Anne, pays with payer).
FAMILIES = """
    travail: travaux / vitrail: vitraux / corail: coraux / bail: baux / mal: maux
    oeil: yeux / ciel: cieux / tuyau: tuyaux / noyau: noyaux / joyau: joyaux / boyau: boyaux
    jeu: jeux / feu: feux / lieu: lieux / enjeu: enjeux / milieu: milieux / voeu: voeux
    adieu: adieux / aveu: aveux / cheveu: cheveux / neveu: neveux
    essai: essais / delai: delais / quai: quais / balai: balais / minerai: minerais
    public: publics publique publiques / laic: laics laique laiques / turc: turcs turque turques
    grec: grecs grecque grecques / blanc: blancs blanche blanches / gros: grosse grosses
    frais: fraiche fraiches / nouveau: nouvel nouvelle nouvelles nouveaux / sec: secs seche seches
    beau: bel belle belles beaux / vieux: vieil vieille vieilles / long: longs longue longues
    roux: rousse rousses / faux: fausse fausses / epoux: epouse epouses / mair: mairesse mairesses
    france / francais: francaise francaises / franc: francs / anglais: anglaise anglaises
    mauvais: mauvaise mauvaises / palais / marais / relais / pays / cours / mois / fois / paris
    mere: meres / pere: peres / divers: diverse diverses 
    ami: amis amie amies / refus / abus / bus / pai: paient
    annee: annees / armee: armees / journee: journees / maree: marees
    donnee: donnees / rentree: rentrees / idee: idees / vallee: vallees / epee: epees
    musee: musees / lycee: lycees / crimee / vendee / coree / guinee / judee
"""
# Feminines of -eur that end as those of -eux do.
AGENTS = """
    acheteuse agresseuse basketteuse blogueuse boxeuse cascadeuse chanteuse chercheuse coiffeuse
    controleuse coureuse danseuse demandeuse descendeuse dresseuse eleveuse entraineuse escrimeuse
    footballeuse fraudeuse fumeuse golfeuse grimpeuse handballeuse influenceuse joueuse lanceuse
    livreuse lutteuse masseuse menteuse nageuse passeuse patineuse pecheuse plongeuse porteuse
    rappeuse receleuse sauteuse serveuse skieuse slameuse sprinteuse surfeuse travailleuse tueuse
    vendeuse voleuse volleyeuse youtubeuse
"""
# Nouns and adjectives that end as a verb of several people does (ils travaillent).
NOT_VERBS = """
    absent accent accident adherent adjacent adolescent agent antecedent apparent ardent argent
    arpent ascendent auvent avent belligerent cent client coefficient coherent competent concurrent
    conscient content contingent continent convalescent convergent couvent decadent deficient dent
    detergent different diligent dissident divergent efficient emergent eminent equivalent escient
    evident excellent excedent expedient fervent florent fluorescent frequent imminent impatient
    impertinent imprudent impuissent incandescent incident incoherent incompetent inconscient
    inconvenient indifferent indulgent inherent ingredient innocent insolent insurgent intelligent
    intermittent kent latent laurent lent negligent occident onguent opulent orient parent patient
    permanent pertinent polyvalent precedent preeminent present president provient prudent quotient
    recent recipient recurrent referent regent relent resident reticent sergent serpent souvent
    strident succulent talent tangent torrent transparent trident turbulent urgent vent vincent
    violent virulent
    appartient contient convient detient devient entretient intervient maintient obtient parvient
    previent retient revient soutient souvient tient vient
"""
# Verbs among all that ends in -ment.
VERBS_IN_MENT = """
    affirment aiment animent assument blament confirment consomment consument declament denomment
    dorment enferment estiment expriment filment forment impriment informent nomment proclament
    reclament resument suppriment transforment
"""
ENDS = frozenset("esu")
RULES = [
    # camions: not what "nous" do; étrangers; euros; élus; lois, and chinoise as chinois.
    (re.compile(r"(?<=..)ions$"), "ion"),
    (re.compile(r"(?<=..)ers$"), "er"),
    (re.compile(r"(?<=..)os$"), "o"),
    (re.compile(r"(?<=..)us$"), "u"),
    (re.compile(r"(?<=.)ois(?:es?)?$"), "oi"),
    (re.compile(r"(?<=.)aises?$"), "ais"),
    # condamnée, élue, policière, étrangère, sénatrice, procureure: as their masculines.
    (re.compile(r"(?<=.)ees?$"), "e"),
    (re.compile(r"(?<=.)ues$"), "ue"),
    (re.compile(r"(?<=.)ieres?$"), "ier"),
    (re.compile(r"(?<=[gl])eres?$"), "er"),
    (re.compile(r"(?<=.)trices?$"), "teur"),
    (re.compile(r"(?<=...)eures?$"), "eur"),
    # vendre, vendue; répondu; perdre.
    (re.compile(r"(?<=.)([eo]nd|[eo]rd)(?:res?|ues?|u)$"), r"\1"),
]


def families(text):
    """Return {word: stem} of lines like FAMILIES."""
    found = {}
    for family in re.split(r"[/\n]", text):
        first, _, others = family.partition(":")
        found |= {word: first.strip() if others else word for word in (first + others).split()}
    return found


STEMS = families(FAMILIES)
FEMININES = frozenset(AGENTS.split())
NOUNS = frozenset(NOT_VERBS.split())
VERBS = frozenset(VERBS_IN_MENT.split())


def stem(word: str) -> str:
    """Return the stem of a folded word: one for its plural, its feminine and a verb's forms."""
    if word in STEMS:
        return STEMS[word]
    found = stem_word(respell(word))
    # sportif and sportive, payer and payé.
    if found.endswith("if"):
        return found[:-1] + "v"
    return found[:-1] + "i" if found.endswith("y") and len(found) > 2 else found


def respell(word):
    """Return the folded *word* in a form that Snowball gives the stem of its family."""
    singular = word.removesuffix("s")
    if singular in FEMININES:
        return singular[:-4] + "eur"
    if is_of_several(word):
        return word.removesuffix("nt")
    # No rule is about other endings.
    if word[-1:] not in ENDS:
        return word
    for pattern, replacement in RULES:
        word = pattern.sub(replacement, word)
    return word


def is_of_several(word):
    """Whether *word* is what several people do: ils travaillent."""
    if word.endswith("ment"):
        return word in VERBS
    return re.search(r"..(?<!ai)ent$", word) is not None and word not in NOUNS
