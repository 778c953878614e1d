"""What a reader's words ask for, and the condition that finds it in either database."""

import re
from dataclasses import dataclass, field, replace

from django.db.models import BooleanField, F, Func

from .analysis import NUMBER, STOP_WORDS, terms_in, words_in

# More than this isn't read: no query costs more than another by much.
MOST_WORDS = 12
SHORTEST_PREFIX = 3
QUOTES = str.maketrans({"«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "\0": " "})
PIECE = re.compile(rf'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>{NUMBER}|[^\s"]+))')


@dataclass(eq=False)  # hashed as an object: Django keeps it in its expressions
class Query:
    """needed: lists of stems in a row that must be there, a word being a list of one;
    without: likewise lists, that must not be there;
    prefix: the start of a last word perhaps not typed out;
    is_prefixed: whether that start is enough (typed with a star, or nothing else was found);
    is_cut: whether words were left unread;
    is_common: whether there was nothing but words that every story has."""

    needed: list = field(default_factory=list)
    without: list = field(default_factory=list)
    prefix: str = ""
    is_prefixed: bool = False
    is_cut: bool = False
    is_common: bool = False

    @classmethod
    def parse(cls, text):
        """Return the Query in *text*: words, "a phrase", -without, start*. Any text is one."""
        query, left = cls(), MOST_WORDS
        word = None
        for piece in PIECE.finditer(text.translate(QUOTES)):
            minus, phrase, word = piece.group("minus", "phrase", "word")
            terms = terms_in(word or phrase)
            if len(terms) > left:
                terms, query.is_cut = terms[:left], True
            left -= len(terms)
            word = None if minus else word
            query.take(terms, query.without if minus else query.needed)
        if word and not query.is_cut:
            query.prefix = last_prefix(word)
            query.is_prefixed = bool(query.prefix) and word.endswith("*")
        query.is_common = not (query.needed or query.without) and bool(words_in(text))
        return query

    def take(self, terms, lists):
        """Add *terms* at the end of *lists*, once."""
        if terms in lists:
            lists.remove(terms)
        if terms:
            lists.append(terms)

    def __bool__(self):
        return bool(self.needed)

    def by_prefix(self):
        """Return the same Query, to which the start of the last word is enough if it is long."""
        return replace(self, is_prefixed=bool(self.prefix))

    def starts(self, word):
        """Whether the start of a word is enough, and the folded *word* has it."""
        return self.is_prefixed and word.startswith(self.prefix)

    def as_words(self, vendor, places=()):
        """Return the query in the words of a database; *places* as in as_postgresql()."""
        return self.as_postgresql(places) if vendor == "postgresql" else self.as_sqlite(places)

    def as_postgresql(self, places=()):
        """Return the query as a tsquery of the configuration `simple`.

        *places* are lists of signs that the index of stories holds beside the words; one of each
        list must be there, or none if it begins with "!". They only spare work: what they narrow
        to must be a condition of its own.
        """
        parts = [" <-> ".join(terms) for terms in self.needed]
        if self.is_prefixed:
            *before, last = self.needed[-1]
            parts[-1] = " <-> ".join([*before, f"({last} | {self.prefix}:*)"])
        parts += [f"!({' <-> '.join(terms)})" for terms in self.without]
        for signs in filter(None, places):
            negation = "!" if signs[0] == "!" else ""
            choice = " | ".join(f"'{sign}'" for sign in signs if sign != "!")
            parts.append(f"{negation}({choice})")
        return " & ".join(parts)

    def as_sqlite(self, places=()):
        """Return the query in FTS5's words; *places* as in as_postgresql()."""
        parts = [quote(terms) for terms in self.needed]
        if self.is_prefixed:
            start = quote([*self.needed[-1][:-1], self.prefix])
            parts[-1] = f"({parts[-1]} OR {start} *)"
        without = [quote(terms) for terms in self.without]
        for signs in filter(None, places):
            choice = " OR ".join(quote([sign]) for sign in signs if sign != "!")
            (without if signs[0] == "!" else parts).append(f"({choice})")
        return " NOT ".join([f"({' AND '.join(parts)})", *without])


def last_prefix(word):
    """Return the last word of what was typed, folded, if it is long enough to find by its start."""
    last = words_in(word)[-1:]
    if not last or len(last[0]) < SHORTEST_PREFIX or last[0] in STOP_WORDS:
        return ""
    return last[0]


def quote(terms):
    return f'"{" ".join(terms)}"'


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
        return f'{table_of(self, compiler)}."id" IN ({rows})', [self.sqlite_words]

    @property
    def sqlite_words(self):
        return self.query.as_sqlite()


class MatchesArticle(Matches):
    """Whether a row of ArticleWords matches a Query."""

    column = "words"
    words = "articles_article_words"


def table_of(condition, compiler):
    """Return what the query calls the table that *condition* is about."""
    column, _ = compiler.compile(condition.source_expressions[0])
    return column.rpartition(".")[0]
