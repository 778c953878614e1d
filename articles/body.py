"""Cleaning and measuring of story HTML; both sides of publishing call it."""

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import accumulate, pairwise

import nh3

TAGS = {"a", "blockquote", "br", "em", "h2", "h3", "li", "ol", "p", "strong", "sub", "sup", "ul"}
# A photo of the library, by its key and nothing else: no address of a picture is ever stored.
TAGS |= {"figure", "img", "figcaption"}
ATTRIBUTES = {"a": {"href"}, "img": {"data-file"}}
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
IMAGE = r'<img data-file="([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})">'
# What clean() makes of every photo: its key, and perhaps a caption.
FIGURE = re.compile(rf"<figure>{IMAGE}(?:<figcaption>(.*?)</figcaption>)?</figure>", re.S)
ANY_FIGURE = re.compile(
    r"<figure>.*?</figure>|<figcaption>.*?</figcaption>|<img[^>]*>|</fig(?:ure|caption)>", re.S
)
CAPTION = re.compile(r"<figcaption>(.*?)(?:</figcaption>|$)", re.S)
NOT_INLINE = re.compile(r"</?(?:blockquote|br|fig\w+|h2|h3|img|li|ol|p|ul)\b[^>]*>")
# Elements without an end.
VOID = {"br", "img"}
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
    if "<fig" in markup or "<img" in markup:
        markup = _cleaner.clean(ANY_FIGURE.sub(clean_figure, markup))
    while (fewer := EMPTY.sub("", markup)) != markup:
        markup = fewer
    return markup.strip()


def clean_figure(match: re.Match[str]) -> str:
    """Return a figure as FIGURE has it; of one without a photo of ours the words stay."""
    image, caption = re.search(IMAGE, match[0]), CAPTION.search(match[0])
    words = NOT_INLINE.sub(" ", caption[1] if caption else "").strip()
    if image and match[0].startswith("<figure>"):
        words = words and f"<figcaption>{words}</figcaption>"
        return f"<figure>{image[0]}{words}</figure>"
    return f"<p>{words or NOT_INLINE.sub(' ', match[0]).strip()}</p>"


def photo_keys(markup: str) -> list[str]:
    """Return the keys of the photos in cleaned *markup*, in order, each once."""
    return list(dict.fromkeys(match[1] for match in FIGURE.finditer(markup)))


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
        self.depth += tag not in VOID

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
    """Return the text of cleaned *markup*, one line a block, entities resolved.

    Captions aren't part of it.
    """
    return "\n".join(plain_lines(markup))


def plain_lines(markup: str) -> Iterator[str]:
    """Yield the lines of plain_text(markup), each made when it is asked for."""
    for block in BREAK.split(FIGURE.sub("", markup)):
        for line in html.unescape(MARKUP.sub("", block)).splitlines():
            if words := line.split():
                yield " ".join(words)


def count_signs(markup: str) -> int:
    """Return the length in signs, spaces included, as the trade counts it."""
    return measure(markup)[0]


def measure(markup: str) -> tuple[int, int]:
    """Return the length of cleaned *markup* as count_signs() tells it, and its number of words."""
    text = plain_text(markup)
    return len(text.replace("\n", "")), len(text.split())
