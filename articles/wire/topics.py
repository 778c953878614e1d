"""IPTC Media Topics and the newsroom's own tags as one tree, from tables; stores nothing."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..slug import make_slug
from .tables import TableError, read

MOST_TOPICS = 4
# French typography accents its capitals, IPTC doesn't: "Economie", "Chef de l'Etat", but "Emploi".
BARE_E = re.compile(r"\bE(?=(?:[bcdfglmnpqrtv]|[ct]h|[bcdfgpt][lr])[aeiouyéèê])")


@dataclass
class TopicRow:
    """One topic; *key* and *parent* are a qcode, or the name of one of the newsroom's own."""

    where: str
    key: str
    name: str
    parent: str
    qcode: str = ""
    label: str = ""
    position: int = 0

    @property
    def is_section(self) -> bool:
        return self.position > 0

    @property
    def slug(self) -> str:
        return make_slug(self.label if self.is_section and self.label else self.name)


@dataclass
class Filing:
    """Where a story belongs: the keys of its section and of its topics."""

    section: str
    topics: list[str]


def read_topics(folder: Path) -> dict[str, TopicRow]:
    """Return every topic by key, parents first, names and addresses unique.

    Raise TableError. Source: "fr" of IPTC Media Topics, with accents on capitals;
    newsroom-topics.tsv renames some, makes sections and adds the newsroom's own.
    """
    topics = {}
    columns = ("qcode", "broader", "en", "fr", "fr_source")
    for where, row in read(folder / "iptc-mediatopics.tsv", *columns):
        name = BARE_E.sub("É", row["fr"])
        topics[row["qcode"]] = TopicRow(where, row["qcode"], name, row["broader"], row["qcode"])
    columns = ("qcode", "name", "parent", "label", "section")
    for where, row in read(folder / "newsroom-topics.tsv", *columns):
        add_own(topics, where, row)
    lines = {key: list(line_above(row, topics)) for key, row in topics.items()}
    part_twins(topics, lines)
    refuse_twins(topics)
    return dict(sorted(topics.items(), key=lambda item: len(lines[item[0]])))


def add_own(topics: dict[str, TopicRow], where: str, row: dict[str, str]) -> None:
    """Add one row of newsroom-topics.tsv, or lay it over IPTC's."""
    key = row["qcode"] or row["name"]
    if row["qcode"] and key not in topics:
        raise TableError(where, f"unknown topic {key}")
    if not row["qcode"] and (not key or key in topics):
        raise TableError(where, f"this topic has no name of its own: {key}")
    if row["section"] and not row["section"].isdecimal():
        raise TableError(where, f"the place of a section must be a number: {row['section']}")
    topic = topics.setdefault(key, TopicRow(where, key, key, row["parent"]))
    topic.where = where
    topic.name = row["name"] or topic.name
    topic.label = row["label"]
    topic.position = int(row["section"] or 0)


def line_above(row: TopicRow, topics: dict[str, TopicRow]) -> Iterator[TopicRow]:
    """Yield the parent of *row*, the parent's parent and so on."""
    seen = {row.key}
    parent = row.parent
    while parent:
        if parent not in topics:
            raise TableError(row.where, f"unknown parent {parent}")
        if parent in seen:
            raise TableError(row.where, f"{parent} stands above itself")
        seen.add(parent)
        yield topics[parent]
        parent = topics[parent].parent


def part_twins(topics: dict[str, TopicRow], lines: dict[str, list[TopicRow]]) -> None:
    """Add to each of several IPTC topics of one address, in parentheses, what parts them.

    Readers go on seeing the name alone. A section keeps its address.
    """
    twins = defaultdict(list)
    for row in topics.values():
        twins[row.slug].append(row)
    names = {}
    for rows in twins.values():
        for row in (row for row in rows if len(rows) > 1 and row.qcode and not row.is_section):
            elsewhere = {
                above.name for twin in rows if twin is not row for above in lines[twin.key]
            } | {row.name}
            parting = (above.name for above in lines[row.key] if above.name not in elsewhere)
            if parent := next(parting, None):
                names[row.key] = f"{row.name} ({parent[0].lower()}{parent[1:]})"
    for key, name in names.items():
        topics[key].label = topics[key].label or topics[key].name
        topics[key].name = name


def refuse_twins(topics: dict[str, TopicRow]) -> None:
    seen: dict[str, TopicRow] = {}
    for row in topics.values():
        for word in {row.name.casefold(), row.slug}:
            if other := seen.get(word):
                raise TableError(row.where, f"{row.name} is called as the topic at {other.where}")
            seen[word] = row


def read_filings(folder: Path, topics: dict[str, TopicRow]) -> dict[str, Filing]:
    """Return the section and topics of each headline; raise TableError."""
    filings = {}
    for where, row in read(folder / "headline-topics.tsv", "headline", "section", "topics"):
        keys = row["topics"].split(", ") if row["topics"] else []
        if row["headline"] in filings:
            raise TableError(where, f"this headline stands twice: {row['headline']}")
        for key in (row["section"], *keys):
            if key not in topics:
                raise TableError(where, f"unknown topic {key}")
        if not topics[row["section"]].is_section:
            raise TableError(where, f"{row['section']} isn't a section")
        if not 1 <= len(keys) <= MOST_TOPICS or len(keys) != len(set(keys)):
            raise TableError(where, f"a headline has one to {MOST_TOPICS} topics, each once")
        filings[row["headline"]] = Filing(row["section"], keys)
    return filings
