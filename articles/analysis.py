"""One French analyser for what is indexed and what is asked, so that both databases hit alike."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from .body import plain_text
from .stems import stem

APOSTROPHES = "'’ʼ‘‛′´`＇"
LETTERS = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
# Soft hyphens and joiners part nothing.
SPELT = str.maketrans(LETTERS | dict.fromkeys(APOSTROPHES, "'") | {"\u00ad": "", "\u200d": ""})
# What NFKD parts from a letter.
MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
INNER = "[\u0300-\u036f\u00ad\u200d]"
LETTER = "[^\\W\\d_][\u0300-\u036f]*"
MORE = f"[^\\W_]*(?:{INNER}+[^\\W_]*)*"
# What is one word though a space or a stop is in it: 285 000, 285.000; S.N.C.F., l'O.N.U., J.-C.
THOUSANDS = "|".join(f"(?:{gap}[0-9]{{3}})+" for gap in (" ", r"\.", "\u00a0", "\u202f"))
NUMBER = rf"(?<![\w.,])[0-9]{{1,3}}(?:{THOUSANDS})(?!\w|[.,][0-9]{{3}})"
INITIALS = rf"(?<!\w)(?:(?:{LETTER}){{1,2}}[{APOSTROPHES}])?{LETTER}(?:\.-?{LETTER})+(?!\w)"
PARTS = rf"(?:[{APOSTROPHES}][^\W_]{MORE})*"
# Most words first: of three letters in a row none of the others is made.
TOKEN = re.compile(rf"[^\W\d_]{{3}}{MORE}{PARTS}|{NUMBER}|{INITIALS}|[^\W_]{MORE}{PARTS}")
# So many words are kept with what is made of them: 5 MB in a process at the most.
KEPT = 10_000
NOT_PLAIN = re.compile(r"[^0-9a-z]+")

ELISIONS = frozenset("l d j m t s n c qu jusqu lorsqu puisqu quoiqu presqu".split())
# With an apostrophe that parts nothing.
WHOLE = re.compile(r"((?:[ldnsc]|qu)')?(aujourd'hui|prud'.+|presqu'iles?|quelqu'une?|entr'.+)")
SAME = {"st": "saint", "ste": "sainte"}
# None that is a noun too: été, avions, sommes, fait, car, sans(-abri), Notre(-Dame) are words.
STOP_WORDS = frozenset(
    """
    a ai aie aient aies ait alors as au aucun aucune aussi autre autres aux avaient avais avait
    avant avec avez aviez avoir ayant c ca ce ceci cela celle celles celui ces cet cette ceux chaque
    ci comme comment d dans de des depuis donc dont du elle elles en encore entre es est et etaient
    etais etait etant etes eu eux font furent h ici il ils j je l la le les leur leurs lors lui m ma
    mais me meme memes mes moi moins mon n ne ni nos nous on ont ou par parce pas pendant peu peut
    plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa se sera seront ses si
    sien soi soient sois soit son sont sous suis sur t ta te tes toi ton tous tout toute toutes tres
    tu un une vers voici voila vos votre vous y
    """.split()
)


def fold(text: str) -> str:
    """Return *text* in small letters, without accents and ligatures, with straight apostrophes."""
    return MARKS.sub("", unicodedata.normalize("NFKD", text.lower().translate(SPELT)))


def tokens_in(text: str, start: int = 0) -> Iterator[re.Match]:
    """Yield the places in *text*, from *start* on, that hold a word, or several parted by an
    apostrophe."""
    return TOKEN.finditer(text, start)


@lru_cache(maxsize=KEPT)
def words_of(token: str) -> tuple[str, ...]:
    """Return the folded words of one token: elisions cut, so l'État is etat."""
    if token.isascii() and token.isalnum():
        folded = token.lower()
        return (SAME.get(folded, folded),)
    folded = fold(token)
    if match := WHOLE.fullmatch(folded):
        folded = match[2].replace("'", "")
    parts = folded.split("'")
    if parts[0] in ELISIONS:
        parts = parts[1:]
    words = (NOT_PLAIN.sub("", part) for part in parts)
    return tuple(SAME.get(word, word) for word in words if word)


@lru_cache(maxsize=KEPT)
def terms_of(token: str) -> tuple[str, ...]:
    """Return the stems of one token, without stop words."""
    return tuple(stem(word) for word in words_of(token) if word not in STOP_WORDS)


def words_in(text: str) -> list[str]:
    """Return the folded words of *text*, stop words among them."""
    return [word for match in tokens_in(text) for word in words_of(match[0])]


def terms_in(text: str) -> list[str]:
    """Return the stems of *text* in order, without stop words; each is of a-z and 0-9 only."""
    return list(chain.from_iterable(map(terms_of, TOKEN.findall(text))))


def analyse(text: str) -> str:
    """Return what a search column holds for *text*: its stems, parted by spaces."""
    return " ".join(terms_in(text))


@lru_cache(maxsize=500)
def analyse_markup(markup: str) -> str:
    """Return what analyse() returns for the text of cleaned *markup*.

    Kept, as a story is saved and then published: 4 MB in a process at the most.
    """
    return analyse(plain_text(markup))
