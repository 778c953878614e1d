from ..slug import LONGEST, make_slug

EXAMPLES = {
    "L'Urssaf réclame 1,7 milliard d'euros": "l-urssaf-reclame-1-7-milliard-d-euros",
    "Aujourd’hui, l’œuvre et Lætitia": "aujourd-hui-l-oeuvre-et-laetitia",
    'Un "rempart" (à Oléron) – enfin !': "un-rempart-a-oleron-enfin",
    "…": "article",
}


def test_slug_is_readable_french():
    for text, slug in EXAMPLES.items():
        assert make_slug(text) == slug


def test_long_slug_is_cut_between_words():
    slug = make_slug("anticonstitutionnellement " * 5)
    assert len(slug) <= LONGEST
    assert slug.endswith("anticonstitutionnellement")
