"""An unsaved text beside what is saved: what it would change, and a form filled with it."""

import re
from dataclasses import dataclass
from functools import cached_property

from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..differences import Block, Change, blocks_of, compare_blocks
from ..models import Article, ArticleAuthor, Author
from .article_form import number_of
from .picker import NEW
from .presence import clock
from .prose import ProseField

# About the form, not the text in it.
OPENED_FROM = ("based_on", "seen", "followed")
SILENT = ("uuid", *OPENED_FROM, "meaning", "plan")
PREFIX = "bylines"
BYLINE = ("role", "author", "text", "position", "id", "DELETE")
BYLINES_READ = 50
BETWEEN = re.compile(r">\s+<")


@dataclass(frozen=True)
class Offer:
    """An Autosave to take up or drop; *article* (None: a new one) needs ArticleAdmin's queryset."""

    autosave: object
    article: object
    form_class: type
    initial: dict

    @cached_property
    def changes(self):
        """What it would change, as a list of (label, Changes of its lines)."""
        typed = self.autosave.typed
        article = self.article or Article()
        form = self.form_class(MultiValueDict(typed), instance=article, initial=self.initial)
        names = [name for name in form.changed_data if name in typed and name not in SILENT]
        changes = [(form[name].label, differences(form[name])) for name in names]
        if f"{PREFIX}-TOTAL_FORMS" in typed:
            saved = article.load_bylines() if article.pk else []
            bylines = compare_lines(lines_of(saved), lines_of(typed_bylines(typed)))
            changes.append((capfirst(ArticleAuthor._meta.verbose_name_plural), bylines))
        return [(label, lines) for label, lines in changes if lines]

    @property
    def is_short(self):
        return sum(len(lines) for _label, lines in self.changes) <= 4

    @property
    def title(self):
        return self.autosave.headline or _("Sans titre")

    @property
    def time(self):
        return clock(self.autosave.typed_at)

    @property
    def is_old(self):
        """Whether someone saved the article after the form was opened."""
        return self.article and self.autosave.typed.get("based_on") != [
            str(number_of(self.article) or "")
        ]


def differences(bound):
    """Return the Changes between what a bound field shows first and what was typed."""
    field, before, after = bound.field, bound.field.prepare_value(bound.initial), bound.data
    if not isinstance(field, ProseField):
        return compare_lines(shown(field, before), shown(field, after))
    before, after = (BETWEEN.sub("><", field.to_python(markup)) for markup in (before, after))
    changes = [
        change for change in compare_blocks(*map(blocks_of, (before, after))) if change.is_one
    ]
    if changes or before == after:
        return changes
    return [Change("", [("equal", _("Seule la mise en forme change."))])]


def compare_lines(before, after):
    changes = compare_blocks(*([Block("", line) for line in lines] for lines in (before, after)))
    return [change for change in changes if change.is_one]


def shown(field, value):
    """Return *value* of a form's field as the lines of text that people know it by."""
    if hasattr(field, "lines_of"):
        return field.lines_of(value)
    values = value if isinstance(value, list | tuple) else [value]
    values = [value for value in values if value not in (None, "")]
    if hasattr(field, "queryset"):
        rows = field.queryset.filter(pk__in=[key for key in values if str(key).isdecimal()])
        new = [key.removeprefix(NEW) for key in values if str(key).startswith(NEW)]
        return sorted([field.label_from_instance(row) for row in rows] + new)
    if hasattr(field, "choices"):
        labels = dict(field.choices)
        return [str(labels.get(value, value)) for value in values]
    return [line for value in values for line in str(value).splitlines()]


def lines_of(bylines):
    return [
        _("%(label)s : %(text)s") % {"label": byline.get_role_display(), "text": byline}
        for byline in bylines
    ]


def typed_bylines(typed):
    """Return the bylines that were typed, unsaved, in their order; None if *typed* has none."""
    if f"{PREFIX}-TOTAL_FORMS" not in typed:
        return None
    rows = [row for row in typed_rows(typed) if not row["DELETE"]]
    keys = [row["author"] for row in rows if row["author"].isdecimal()]
    authors = {str(author.pk): author for author in Author.objects.filter(pk__in=keys)}
    return [
        ArticleAuthor(author=authors.get(row["author"]), role=row["role"], text=row["text"])
        for row in rows
    ]


def typed_rows(typed):
    """Return the bylines that were typed, in their order, as dicts of text."""
    total = (typed.get(f"{PREFIX}-TOTAL_FORMS") or [""])[-1]
    count = min(int(total), BYLINES_READ) if total.isdecimal() else 0
    rows = []
    for n in range(count):
        values = {
            name: typed.get(f"{PREFIX}-{n}-{name}") or [""] for name in (*BYLINE, "id", "DELETE")
        }
        rows.append({name: texts[-1] for name, texts in values.items()})
    return sorted(rows, key=lambda row: int(row["position"]) if row["position"].isdecimal() else 0)


def typed_values(fields, autosave, article):
    """Return what was typed into *fields*, as a form's initial values.

    A form that shows them checks and saves nothing before it is sent.
    """
    typed = MultiValueDict(autosave.typed)
    # A new article's form (None) was opened from nothing.
    names = [name for name in fields if name in typed and (article or name not in OPENED_FROM)]
    values = {name: fields[name].widget.value_from_datadict(typed, {}, name) for name in names}
    return {**values, "uuid": autosave.article_key}


def byline_data(typed, article):
    """Return what a formset of bylines would be sent: those typed, over those there are now."""
    saved = article.load_bylines() if article and article.pk else []
    rows = typed_rows(typed)
    by_key = {row["id"]: row for row in rows}
    keys = {str(byline.pk) for byline in saved}
    forms = [by_key.get(str(byline.pk)) or row_of(byline) for byline in saved]
    forms += [{**row, "id": ""} for row in rows if row["id"] not in keys and not row["DELETE"]]
    data = {
        f"{PREFIX}-TOTAL_FORMS": len(forms),
        f"{PREFIX}-INITIAL_FORMS": len(saved),
        # No one is told here that the article is newer: that is for when they save.
        "based_on": str(number_of(article) or ""),
    }
    for n, row in enumerate(forms):
        data |= {f"{PREFIX}-{n}-{name}": text for name, text in row.items() if text}
    return data


def row_of(byline):
    values = {name: getattr(byline, name) for name in ("role", "text", "position", "id")}
    return {**values, "author": byline.author_id or "", "DELETE": ""}
