"""One French analyser for what is indexed and what is asked, so that both databases hit alike."""

import re
import unicodedata
from functools import lru_cache

from snowballstemmer import stemmer

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "ʼ": "'", "‘": "'"})
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
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(LIGATURES))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words_in(text: str) -> list[str]:
    """Return the folded words of *text*: elisions cut (l'État is etat), stop words left in."""
    words = []
    for match in WORD.findall(fold(text)):
        if match in WHOLE:
            words.append(WHOLE[match])
            continue
        parts = match.split("'")
        words += parts[1:] if parts[0] in ELISIONS and len(parts) > 1 else parts
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
