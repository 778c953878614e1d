"""Forms of one French word that readers take for one, and words that they don't."""

import pytest

from ..analysis import terms_in

FAMILIES = """
    œuvre oeuvres | cheval chevaux | journal journaux | élu élue élus élues | loi lois
    travailler travaillaient travaillent travaillé travaillera | travail travaux | jeu jeux
    condamné condamnée condamnées condamnés condamner condamne | œil yeux | ami amis amies
    policier policière policiers | étranger étrangère étrangers | conseiller conseillère
    sénateur sénatrice sénateurs | chanteur chanteuse chanteurs | heureux heureuse
    procureur procureure | professeur professeure | français française françaises
    anglais anglaise | chinois chinoise chinois | européen européenne européens
    national nationale nationaux | public publique publics | grec grecque | blanc blanche
    sportif sportive sportifs | essai essais | délai délais | réseau réseaux | bijou bijoux
    manifester manifesté manifestent manifestants manifestation | vendre vendu vendue vendent
    perdre perdu perdue perdent | répondre répondu répondent | tué tuée tués | député députée
    démission démissions | camion camions | avion avions | somme sommes | euro euros
    vidéo vidéos | voter votent votée voté | payer payé paie paient | envoyer envoyé envoie
    confirmer confirment confirmé | nouveau nouvelle nouveaux | musée musées | année années
    hôpital hôpitaux | président présidente présidents | accident accidents | fait faits
    prud’homme prud’hommes prudhommes | quai quais | frais fraîche | acteur actrice actrices
"""
STRANGERS = """
    mer mère | arme armée | Anne année | crime Crimée | France franc | anglais angle | pays payer
    vendre Vendée | marais mare | palais pâle | cour cours | mars marée | fois foi | banque banc
"""


def lines(text):
    return [family.split() for family in text.replace("|", "\n").splitlines() if family.strip()]


@pytest.mark.parametrize("forms", lines(FAMILIES), ids=" ".join)
def test_forms_of_one_word_have_one_stem(forms):
    assert len({tuple(terms_in(form)) for form in forms}) == 1
    assert terms_in(forms[0])


@pytest.mark.parametrize("words", lines(STRANGERS), ids=" ".join)
def test_words_that_only_look_alike_are_kept_apart(words):
    one, other = words
    assert terms_in(one) != terms_in(other)
