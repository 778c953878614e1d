"""Words are found in texts as if each were analysed, though few are."""

from hypothesis import given
from hypothesis import strategies as st

from .. import body
from ..analysis import terms_in, tokens_in
from ..excerpts import Finder, excerpt, heads_of
from ..search import Query
from ..stems import STEMS, stem

# What a text may be made of: letters in many shapes, and all that parts words or doesn't.
SIGNS = "ceéÉèoœŒæıħʼﬁCOSaxi'’.-_ \n\u00a0\u202f«»…\u0301\u00ad\u200d0123²"
WORDS = """
    l’État S.N.C.F. d'aujourd’hui l'O.N.U. J.-C. 285\u00a0000 CO₂ yeux œil Œuvre Saint-Étienne
    commission Commissions «chœur» été ÉTÉ if Ifs 49.3 co2
""".split()
texts = st.lists(st.text(SIGNS, max_size=6) | st.sampled_from(WORDS), max_size=12).map(" ".join)
asked = st.sampled_from([*WORDS, "oeil", "sncf", "285000", "etat", "coeur", "manif*", "ét*", "œu*"])


@given(texts, asked | texts)
def test_places_are_those_of_every_word_that_is_looked_for(text, words):
    finder = Finder(Query.parse(words))
    every = [match.span() for match in tokens_in(text) if finder.has(match[0])]
    assert [match.span() for match in finder.places(text)] == every


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_stem_begins_as_its_word_does(word):
    assert any(word.startswith(head) for head in heads_of(stem(word)))


def test_stems_of_families_know_how_their_words_begin():
    for word, found in STEMS.items():
        assert any(word.startswith(head) for head in heads_of(found)), word
    for word in terms_in("chevaux travaux policières sénatrices défendre payer"):
        assert word[:2] in heads_of(word)


def test_long_text_is_made_plain_no_further_than_its_first_word_found():
    read = []

    def lines():
        for number in range(100):
            read.append(number)
            yield f"Ligne {number} de zibelines et de mots sans suite pour faire nombre ici."

    pieces = excerpt(lines(), Finder(Query.parse("zibeline")))
    assert ("zibelines", True) in pieces
    assert len(read) < 20


def test_lines_of_a_text_are_its_blocks():
    markup = "<p>Un\n  texte &amp; <em>un autre</em>.</p><h2> </h2><ul><li>a<br>b</li></ul>"
    assert list(body.plain_lines(markup)) == ["Un", "texte & un autre.", "a", "b"]
