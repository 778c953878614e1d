"""French typography of stories on their way out: what is stored stays as it was sent."""

import html
import re
from collections.abc import Callable
from functools import lru_cache

NBSP, NARROW = "\u00a0", "\u202f"
SPACES = f"[ {NBSP}{NARROW}]*"

MARKUP = re.compile(r"(<[^>]*>)")
PAIR = re.compile(r'(?<![^\s(\[’])"(?=\S)([^"]*[^"\s])"(?![\w"])')
RULES = [
    # 285'000 and 5' aren't elisions.
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_]|[«“\"])"), "’"),
    (re.compile(r"(?<!\.)\.{3}(?!\.)"), "…"),
    (re.compile(rf"«{SPACES}(?=\S)"), f"«{NBSP}"),
    (re.compile(rf"(?<=\S){SPACES}»"), f"{NBSP}»"),
    # Only before a space or the end: never inside 10:30, 2:1 or https://.
    (re.compile(rf"(?<=[\w»)\]%€”…]){SPACES}:(?=\s|$)"), f"{NBSP}:"),
    (re.compile(rf"(?<=[\w»)\]%€”…]){SPACES}([;!?]+)(?=[\s»”)]|$)"), rf"{NARROW}\1"),
    (re.compile(r"(?<=\d) ?(?=[%€])"), NBSP),
]

# Words of news that are written without the accent on their capital; names of people stay theirs.
BARE = """
    Eboulement Echange Echec Ecole Ecologie Ecologiste Economie Economiste Ecosse Ecrivain Editeur
    Edition Edito Editorial Education Egalement Egalité Eglise Egypte Egyptien Electeur Election
    Electricité Elu Elue Elysée Emeute Emirats Emission Energie Enième Epargne Epidémie Epoque
    Equateur Equipe Erythrée Etablissement Etape Etat Ethiopie Etoile Etranger Etranglement Etude
    Etudiant Evangile Evénement Evidemment Evolution Evêque Ecran Eté Etre Ile Iles
"""
CIRCUMFLEX = {"Etre": "Être", "Ile": "Île"}
CAPITALS = {word: CIRCUMFLEX.get(word, "É" + word[1:]) for word in BARE.split()}
CAPITALS |= {f"{bare}s": f"{right}s" for bare, right in CAPITALS.items() if bare[-1] != "s"}
CAPITALS["Ca"] = "Ça"
CAPITAL = re.compile(rf"\b(?:{'|'.join(CAPITALS)})\b")
# The preposition at the head of a sentence, but not in the Latin that French has kept.
LATIN = "cappella|contrario|fortiori|maxima|minima|posteriori|priori"
HEAD_A = re.compile(
    rf"(^|[.!?…:][ {NBSP}]|[«–][ {NBSP}{NARROW}]?)A(?=[ {NBSP}](?!(?:{LATIN})\b)\w)", re.M
)


class AsSent(str):
    """A text that its story wants printed as it was sent: french() leaves it alone."""


def french(text: str) -> str:
    """Return plain *text* with French quotes, apostrophes and no-break spaces; idempotent.

    Straight quotes change only where all of them stand in clear pairs. Source: Lexique des
    règles typographiques en usage à l'Imprimerie nationale.
    """
    return text if isinstance(text, AsSent) else typeset(text)


@lru_cache(maxsize=4096)
def typeset(text: str) -> str:
    # A space that one rule sets may let another see a pair of quotes: until nothing changes.
    while (again := apply_once(text)) != text:
        text = again
    return text


def apply_once(text: str) -> str:
    quoted, pairs = PAIR.subn(rf"«{NBSP}\1{NBSP}»", RULES[0][0].sub("’", text))
    if pairs and '"' not in quoted:
        text = quoted
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


def french_html(markup: str) -> str:
    """Return cleaned *markup* with french() applied to each stretch of its text."""
    return markup if isinstance(markup, AsSent) else in_texts(french, markup)


def setter_of(text: str) -> Callable[[str], str]:
    """Return what sets a part of *text*: french(), or nothing if it is AsSent."""
    return str if isinstance(text, AsSent) else french


def propose(text: str) -> str:
    """Return plain *text* as french() has it, with the accents that its capitals lack.

    For the journalist to decide on: an accent may be wrong in a name. Idempotent.
    """
    text = CAPITAL.sub(lambda match: CAPITALS[match[0]], french(text))
    return HEAD_A.sub(r"\1À", text)


def propose_html(markup: str) -> str:
    """Return cleaned *markup* with propose() applied to each stretch of its text."""
    return in_texts(propose, markup)


def looks_alike(text: str, other: str) -> bool:
    """Whether two texts differ in the kinds of their spaces only, which pages set by themselves."""
    kinds = str.maketrans({NBSP: " ", NARROW: " "})
    # Cleaned markup has its no-break spaces by name.
    text, other = html.unescape(text), html.unescape(other)
    return text.translate(kinds) == other.translate(kinds)


def in_texts(change: Callable[[str], str], markup: str) -> str:
    parts = MARKUP.split(markup)
    # Texts stand at the even places, elements between them.
    parts[::2] = (
        html.escape(change(html.unescape(part)), quote=False) if part else part
        for part in parts[::2]
    )
    return "".join(parts)
