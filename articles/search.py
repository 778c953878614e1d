"""What a reader's words ask for, and the condition that finds it in either database."""

import re
from dataclasses import dataclass, field

from django.db.models import BooleanField, F, FloatField, Func

from .analysis import STOP_WORDS, stem, terms_in, words_in

# More than this isn't read: no query costs more than another by much.
MOST_WORDS = 12
SHORTEST_PREFIX = 3
QUOTES = str.maketrans({"«": '"', "»": '"', "“": '"', "”": '"', "\0": " "})
PIECE = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


@dataclass(eq=False)  # hashed as an object: Django keeps it in its expressions
class Query:
    """words: stems that must all be there; phrases: lists of stems in a row; without: likewise
    lists, that must not be there; prefix: the start of a last word perhaps not typed out;
    is_cut: whether words were left unread."""

    words: list = field(default_factory=list)
    phrases: list = field(default_factory=list)
    without: list = field(default_factory=list)
    prefix: str = ""
    is_cut: bool = False

    @classmethod
    def parse(cls, text):
        """Return the Query in *text*: words, "an exact phrase", -without. Any text is one."""
        query, left = cls(), MOST_WORDS
        pieces = list(PIECE.finditer(text.translate(QUOTES)))
        for piece in pieces:
            minus, phrase, word = piece.groups()
            terms = terms_in(phrase if phrase is not None else word)
            if len(terms) > left:
                terms, query.is_cut = terms[:left], True
            left -= len(terms)
            if not terms:
                continue
            if minus:
                query.without.append(terms)
            elif phrase is not None or len(terms) > 1:
                query.phrases.append(terms)
            else:
                query.words += terms
        query.words = list(dict.fromkeys(query.words))
        if pieces and not query.is_cut and pieces[-1][3] and not pieces[-1][1]:
            query.prefix = last_prefix(pieces[-1][3])
        return query

    def __bool__(self):
        return bool(self.words or self.phrases)

    def needed(self):
        """Return the lists of stems that must be there, the one with the prefix last."""
        return [*self.phrases, *([word] for word in self.words)]

    def as_postgresql(self):
        """Return the query as a tsquery of the configuration `simple`."""
        parts = [" <-> ".join(terms) for terms in self.needed()]
        if self.prefix:
            last = stem(self.prefix)
            parts = [f"({p} | {self.prefix}:*)" if p == last else p for p in parts]
        return " & ".join(parts + [f"!({' <-> '.join(terms)})" for terms in self.without])

    def as_sqlite(self):
        """Return the query in FTS5's words."""
        parts = [quote(terms) for terms in self.needed()]
        if self.prefix:
            last = quote([stem(self.prefix)])
            parts = [f'({p} OR "{self.prefix}" *)' if p == last else p for p in parts]
        found = " AND ".join(parts)
        return " NOT ".join([f"({found})", *map(quote, self.without)])


def last_prefix(word):
    """Return the last word of what was typed, folded, if it is long enough to find by its start."""
    words = words_in(word)
    if len(words) != 1 or len(words[0]) < SHORTEST_PREFIX or words[0] in STOP_WORDS:
        return ""
    return words[0]


def quote(terms):
    return f'"{" ".join(terms)}"'


def table_of(condition, compiler):
    """Return what the query calls the table that *condition* is about."""
    column, _ = compiler.compile(condition.source_expressions[0])
    return column.rpartition(".")[0]


class Rank(Func):
    """How well an edition that matches a Query does: its headline counts most, its text least."""

    output_field = FloatField()
    WEIGHTS = (10.0, 4.0, 1.0)

    def __init__(self, query):
        self.query = query
        super().__init__(F("search_a"))

    def as_sql(self, compiler, connection, **extra):
        raise NotImplementedError(f"no search on {connection.vendor}")

    def as_postgresql(self, compiler, connection, **extra):
        a, b, c = (weight / max(self.WEIGHTS) for weight in self.WEIGHTS)
        vector = f'{table_of(self, compiler)}."search_vector"'
        return f"ts_rank(ARRAY[0, {c}, {b}, {a}], {vector}, %s::tsquery)", [
            self.query.as_postgresql()
        ]

    def as_sqlite(self, compiler, connection, **extra):
        rank = f"-bm25(articles_edition_words, {', '.join(map(str, self.WEIGHTS))})"
        found = f'rowid = {table_of(self, compiler)}."id" AND articles_edition_words MATCH %s'
        sql = f"(SELECT {rank} FROM articles_edition_words WHERE {found})"  # noqa: S608
        return sql, [self.query.as_sqlite()]


class Matches(Func):
    """Whether the row that holds the column `search_a` of an edition matches a Query."""

    output_field = BooleanField()
    column = "search_a"
    # SQLite's index of words.
    words = "articles_edition_words"

    def __init__(self, query):
        self.query = query
        super().__init__(F(self.column))

    def as_sql(self, compiler, connection, **extra):
        raise NotImplementedError(f"no search on {connection.vendor}")

    def as_postgresql(self, compiler, connection, **extra):
        sql = f'{table_of(self, compiler)}."search_vector" @@ %s::tsquery'
        return sql, [self.query.as_postgresql()]

    def as_sqlite(self, compiler, connection, **extra):
        rows = f"SELECT rowid FROM {self.words} WHERE {self.words} MATCH %s"  # noqa: S608
        return f'{table_of(self, compiler)}."id" IN ({rows})', [self.query.as_sqlite()]


class MatchesArticle(Matches):
    """Whether a row of ArticleWords matches a Query."""

    column = "words"
    words = "articles_article_words"
