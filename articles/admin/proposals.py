"""What the publication box remarks on a saved text, and typography's proposals for its fields."""

from django.utils.translation import gettext as _

from .. import body, checklist, derived, links
from ..checklist import PROPOSALS
from ..differences import compare_words
from ..models import Article, Edition, Revision

# Passages of a text shown with a proposal; it changes the others too.
SHOWN = 4


def remarks_of(article, at):
    """Return what _checklist.html shows of *article* at the aware datetime *at*.

    Each: the Remark as `remark`, the name that people know its field by, and `changes`, the
    passages that a proposal changes.
    """
    typed = article.snapshot()
    dead = links.dead_paths(links.own_paths(typed["body"]), at)
    photos = derived.photos_of([Edition(revision=Revision(snapshot=typed))])
    remarks = checklist.what_blocks(article, typed, at, photos)
    remarks += checklist.advice_on(typed, photos, dead)
    return [
        {
            "remark": remark,
            "label": label_of(remark.field),
            "changes": changes_of(typed[remark.field], remark.proposal) if remark.proposal else [],
        }
        for remark in remarks
    ]


def label_of(name):
    names = {field.name: field.verbose_name for field in Article._meta.fields}
    names["photos"] = _("photos")
    return names.get(name, "")


def changes_of(text, proposal):
    """Return the lines that differ, each as the parts of compare_words()."""
    before, after = body.plain_text(text).splitlines(), body.plain_text(proposal).splitlines()
    pairs = zip(before, after, strict=False)
    return [compare_words(old, new) for old, new in pairs if old != new][:SHOWN]


def accept(data):
    """Return what a form of an article sent, with the proposal in the field that it asks it for."""
    field = data.get("_typography") if data else None
    if field not in PROPOSALS or field not in data:
        return data
    data = data.copy()
    data[field] = PROPOSALS[field](data[field])
    return data
