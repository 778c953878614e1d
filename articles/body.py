"""Cleaning and measuring of story HTML; both sides of publishing call it."""

import html
import re
from html.parser import HTMLParser
from itertools import accumulate, pairwise

import nh3

TAGS = {"a", "blockquote", "br", "em", "h2", "h3", "li", "ol", "p", "strong", "sub", "sup", "ul"}
ATTRIBUTES = {"a": {"href"}}
URL_SCHEMES = {"http", "https", "mailto", "tel"}
# What editors and word processors write for the same thing.
SYNONYMS = [
    (re.compile(r"<(/?)(?:b)(?=[\s>])", re.I), r"<\1strong"),
    (re.compile(r"<(/?)(?:i)(?=[\s>])", re.I), r"<\1em"),
    (re.compile(r"<(/?)h1(?=[\s>])", re.I), r"<\1h2"),
    (re.compile(r"<(/?)h[456](?=[\s>])", re.I), r"<\1h3"),
]
EMPTY = re.compile(r"<(p|h2|h3|li|blockquote|ul|ol)>(?:\s|&nbsp;|\u00a0|<br>)*</\1>")
BREAK = re.compile(r"<br>|</(?:p|h2|h3|li|blockquote)>")
MARKUP = re.compile(r"<[^>]*>")

_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "iframe", "object", "title", "template"},
    attributes=ATTRIBUTES,
    url_schemes=URL_SCHEMES,
    link_rel="noopener",
)


def clean(markup: str) -> str:
    """Return *markup* with only the elements, attributes and addresses that a story may hold.

    Idempotent. Text is kept; scripts, styles and empty blocks are dropped.
    """
    for pattern, replacement in SYNONYMS:
        markup = pattern.sub(replacement, markup)
    markup = _cleaner.clean(markup.replace("\0", ""))
    while (fewer := EMPTY.sub("", markup)) != markup:
        markup = fewer
    return markup.strip()


class BlockSplitter(HTMLParser):
    """Cuts cleaned HTML between its outermost elements."""

    def __init__(self, markup: str):
        super().__init__(convert_charrefs=False)
        self.lines = list(
            accumulate(markup.splitlines(keepends=True), lambda n, s: n + len(s), initial=0)
        )
        self.depth = 0
        self.cuts = [0]
        self.feed(markup)
        self.close()
        self.blocks = [
            markup[start:end].strip() for start, end in pairwise([*self.cuts, len(markup)])
        ]

    def position(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if self.depth == 0:
            self.cuts.append(self.position())
        self.depth += tag != "br"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1
        if self.depth == 0:
            self.cuts.append(self.position() + len(f"</{tag}>"))


def split_blocks(markup: str) -> list[str]:
    """Return the outermost elements of cleaned *markup*: paragraphs, crossheads, lists, quotes.

    Text between them is a block too; joined, they are the markup without the space between.
    """
    return [block for block in BlockSplitter(markup).blocks if block]


def plain_text(markup: str) -> str:
    """Return the text of cleaned *markup*, one line a block, entities resolved."""
    text = html.unescape(MARKUP.sub("", BREAK.sub("\n", markup)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def count_signs(markup: str) -> int:
    """Return the length in signs, spaces included, as the trade counts it."""
    return len(plain_text(markup).replace("\n", ""))


def count_words(markup: str) -> int:
    return len(plain_text(markup).split())
