"""One French analyser for what is indexed and what is asked, so that both databases hit alike."""

import re
import unicodedata
from functools import lru_cache

from snowballstemmer import stemmer

LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "ʼ": "'", "‘": "'"}
# What NFKD parts from a letter.
MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
WORD = re.compile(r"[0-9a-z]+(?:'[0-9a-z]+)*")
ELISIONS = frozenset("l d j m t s n c qu jusqu lorsqu puisqu quoiqu".split())
# With an apostrophe that parts nothing.
WHOLE = {"aujourd'hui": "aujourdhui", "presqu'ile": "presquile", "quelqu'un": "quelquun"}
STOP_WORDS = frozenset(
    """
    a ai aie aient aies ait alors as au aucun aucune aussi autre autres aux avaient avais avait
    avant avec avez aviez avions avoir avons ayant c ca car ce ceci cela celle celles celui ces cet
    cette ceux chaque ci comme comment d dans de des depuis donc dont du elle elles en encore entre
    es est et etaient etais etait etant ete etes etre eu eux fait font fut furent h ici il ils j je
    l la le les leur leurs lors lui m ma mais me meme memes mes moi moins mon n ne ni nos notre nous
    on ont ou par parce pas pendant peu peut plus pour pourquoi qu quand que quel quelle quelles
    quels qui quoi s sa sans se sera seront ses si sien soi soient sois soit sommes son sont sous
    suis sur t ta te tes toi ton tous tout toute toutes tres tu un une vers voici voila vos votre
    vous y
    """.split()
)

stem_word = stemmer("french").stemWord


def fold(text: str) -> str:
    """Return *text* in small letters, without accents and ligatures, with straight apostrophes."""
    text = text.lower()
    # Six times as fast as str.translate().
    for sign, letters in LIGATURES.items():
        text = text.replace(sign, letters)
    return MARKS.sub("", unicodedata.normalize("NFKD", text))


def words_in(text: str) -> list[str]:
    """Return the folded words of *text*: elisions cut (l'État is etat), stop words left in."""
    words = []
    for match in WORD.findall(fold(text)):
        if "'" not in match:
            words.append(match)
        elif match in WHOLE:
            words.append(WHOLE[match])
        else:
            parts = match.split("'")
            words += parts[1:] if parts[0] in ELISIONS else parts
    return words


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem of a folded word; accents are gone before, so a query may lack them."""
    return stem_word(word)


def terms_in(text: str) -> list[str]:
    """Return the stems of *text* in order, without stop words; each is of a-z and 0-9 only."""
    return [stem(word) for word in words_in(text) if word not in STOP_WORDS]


def analyse(text: str) -> str:
    """Return what a search column holds for *text*: its stems, parted by spaces."""
    return " ".join(terms_in(text))
