"""French typography of stories on their way out: what is stored stays as it was sent."""

import html
import re
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


@lru_cache(maxsize=4096)
def french(text: str) -> str:
    """Return plain *text* with French quotes, apostrophes and no-break spaces; idempotent.

    Straight quotes change only where all of them stand in clear pairs. Source: Lexique des
    règles typographiques en usage à l'Imprimerie nationale.
    """
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
    parts = MARKUP.split(markup)
    # Texts stand at the even places, elements between them.
    parts[::2] = (
        html.escape(french(html.unescape(part)), quote=False) if part else part
        for part in parts[::2]
    )
    return "".join(parts)
