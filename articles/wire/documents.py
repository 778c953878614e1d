"""Agency copy as plain text, a list of headlines and then whole stories; stores nothing."""

import codecs
import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

HEADLINE_LENGTH = 250
CROSSHEAD = re.compile(r"- \S(?:.*\S)? -")
SIGNATURE = re.compile(r"[A-ZÀ-Þ][\w-]{0,3}\.[\w .'’-]{1,50}?--[A-Z]\w+")
WORD = re.compile(r"[^\W_]")
# Control characters, and the sign that an earlier program put where it couldn't read.
DAMAGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]")


class DocumentError(Exception):
    """A document that can't be read; its text is "file:line: what"."""

    def __init__(self, name: str, line: int, what: str):
        super().__init__(f"{name}:{line}: {what}")


class Kind(StrEnum):
    """What a line is; the value is the word in the account of lines."""

    MARK = "list marks"
    LISTED = "headlines in the list"
    HEADLINE = "story headlines"
    PARAGRAPH = "paragraphs"
    CROSSHEAD = "crossheads"
    SIGNATURE = "signatures"
    BLANK = "blank lines"


@dataclass(frozen=True)
class Line:
    number: int
    kind: Kind
    text: str


@dataclass
class Story:
    headline: str
    line: int
    blocks: list[str] = field(default_factory=list)
    byline: str = ""
    credit: str = ""

    @property
    def body(self) -> str:
        return "".join(self.blocks)


@dataclass
class Document:
    """headlines: every article's headline and its line, newest first; stories: by headline."""

    name: str
    headlines: dict[str, int]
    stories: dict[str, Story]
    account: Counter[Kind]


def parse(data: bytes, name: str) -> Document:
    """Return the articles of one document, called *name* in errors.

    The text is kept to the letter, but for spaces at the ends of a line. A story under a
    headline of the list is that article; another stands after the list. Raise DocumentError.
    """
    lines = list(place_lines(data, name))
    document = Document(name, {}, {}, Counter(line.kind for line in lines))
    story = None
    for line in lines:
        if line.kind is Kind.LISTED:
            add_once(document.headlines, line, line.number, name)
        elif line.kind is Kind.HEADLINE:
            story = Story(line.text, line.number)
            add_once(document.stories, line, story, name)
            document.headlines.setdefault(line.text, line.number)
        elif story:
            add_to_story(story, line)
    return document


def add_once(found: dict, line: Line, value: object, name: str) -> None:
    if line.text in found:
        raise DocumentError(name, line.number, f"this headline stands twice: {line.text}")
    found[line.text] = value


def add_to_story(story: Story, line: Line) -> None:
    text = html.escape(line.text, quote=False)
    if line.kind is Kind.PARAGRAPH:
        story.blocks.append(f"<p>{text}</p>")
    elif line.kind is Kind.CROSSHEAD:
        story.blocks.append(f"<h2>{text[2:-2]}</h2>")
    elif line.kind is Kind.SIGNATURE:
        story.byline, _, story.credit = line.text.rpartition("--")


def place_lines(data: bytes, name: str) -> Iterator[Line]:
    """Yield every line of the document with its kind; raise DocumentError on one without."""
    after = None
    number = 0
    for number, text in enumerate(split_lines(data, name), start=1):
        if DAMAGE.search(text):
            raise DocumentError(name, number, "a character that no text holds")
        kind = place(text, after) if text else Kind.BLANK
        if kind is None:
            raise DocumentError(name, number, f"{fault(text, after)}: {text[:60]}")
        yield Line(number, kind, text)
        after = after if kind is Kind.BLANK else kind
    if after is None:
        raise DocumentError(name, 1, "the document is empty")
    if after is not Kind.SIGNATURE:
        raise DocumentError(name, number, "cut off: the last line isn't a signature")


def split_lines(data: bytes, name: str) -> list[str]:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(name, line, f"byte 0x{data[error.start]:02x} isn't UTF-8") from error
    # Not splitlines(), which also splits at characters that stand inside a line.
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.strip() for line in lines]


def place(text: str, after: Kind | None) -> Kind | None:
    """Return what a line is that stands after one of the kind *after*; None if it has no place."""
    if after is Kind.MARK:
        return Kind.LISTED if is_headline(text) else None
    if text == "-":
        return Kind.MARK if after in (None, Kind.LISTED) else None
    if after in (None, Kind.LISTED, Kind.SIGNATURE):
        return Kind.HEADLINE if is_headline(text) else None
    if SIGNATURE.fullmatch(text):
        return Kind.SIGNATURE if after is not Kind.HEADLINE else None
    if CROSSHEAD.fullmatch(text):
        return Kind.CROSSHEAD
    return Kind.PARAGRAPH if WORD.search(text) else None


def is_headline(text: str) -> bool:
    is_other = text.startswith("- ") or SIGNATURE.fullmatch(text)
    return bool(WORD.search(text)) and not is_other and len(text) <= HEADLINE_LENGTH


def fault(text: str, after: Kind | None) -> str:
    """Return why *text* has no place after a line of the kind *after*."""
    if after is Kind.MARK:
        return "no headline after the list mark above"
    if text == "-" and after is Kind.SIGNATURE:
        return "a list mark after a story"
    if text == "-":
        return "a list mark inside a story, which was cut off"
    if after in (None, Kind.LISTED, Kind.SIGNATURE):
        return "neither a list mark nor a headline"
    if after is Kind.HEADLINE and SIGNATURE.fullmatch(text):
        return "a story without text"
    return "a line without words"
