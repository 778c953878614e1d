"""What the publication box remarks on a text, and typography's proposals for its fields."""

from .. import body, checklist, derived, links
from ..checklist import PROPOSALS, Remark
from ..differences import compare_words
from ..models import Article, Edition, Revision

# Passages of a text shown with a proposal; it changes the others too.
SHOWN = 4


def remarks_of(form, typed, at):
    """Return what _checklist.html shows of the snapshot *typed* at the aware datetime *at*.

    *form* is the ArticleForm that it stands in, perhaps with faults of its own. Each: the Remark
    as `remark`, the name that people know its field by, and `changes`, the passages that a
    proposal changes.
    """
    start = getattr(form, "cleaned_data", {}).get("at") or at
    dead = links.dead_paths(links.own_paths(typed["body"]), at)
    photos = derived.photos_of([Edition(revision=Revision(snapshot=typed))])
    remarks = [
        *faults_of(form),
        *checklist.what_blocks(form.instance, typed, start, photos),
        *checklist.advice_on(typed, photos, dead),
    ]
    return [
        {
            "remark": remark,
            "label": label_of(form, remark.field),
            "changes": changes_of(typed[remark.field], remark.proposal) if remark.proposal else [],
        }
        for remark in remarks
    ]


def faults_of(form):
    """Return the Remarks that the form's own checks make, those of a save among them."""
    return [
        Remark(name, fault, is_blocking=True)
        for name, faults in form.errors.items()
        for fault in faults
        if name in form.fields
    ]


def label_of(form, name):
    """Return what people know a field by; what the form hasn't, readers of the desk see."""
    if name in form.fields:
        return form.fields[name].label
    fields = (*Article._meta.fields, *Article._meta.many_to_many)
    names = {field.name: field.verbose_name for field in fields}
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
