"""Two versions of a story side by side, and an old one brought back as a new one."""

from django import forms
from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from .. import saving
from ..differences import Change, compare, compare_items, compare_words
from ..merging import FLAGS
from ..models import ArticleAuthor, ArticlePhoto, Author, Photo, Revision, Topic
from ..models.revision import photo_uses
from .acts import find_article
from .conflict import label_of, tell
from .history import text_of
from .previews import find_editable, may_share

# Beside the text itself, in the order of the form.
LINES = ("dateline", "credit", "slug")


@require_safe
def differences_page(request, article):
    article = find_article(request, article)
    numbers = [request.GET.get(name, "") for name in ("de", "a")]
    if not all(number.isdecimal() for number in numbers):
        raise Http404
    found = {r.number: r for r in article.revisions.filter(number__in=numbers)}
    if not all(int(number) in found for number in numbers):
        raise Http404
    old, new = (found[number] for number in sorted(map(int, numbers)))
    context = {
        "title": _("Différences entre les versions %(old)d et %(new)d")
        % {"old": old.number, "new": new.number},
        "article": article,
        "old": old,
        "new": new,
        "may_restore": may_share(request.user, article),
        **differences(old.snapshot, new.snapshot),
    }
    page = "admin/articles/article/differences.html"
    return render(request, page, {**admin.site.each_context(request), **context})


class RestoreForm(forms.Form):
    shown = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Motif"), max_length=200, required=False)


@require_http_methods(["GET", "POST"])
def restore_page(request, article, number):
    """Show what bringing the version *number* back would change; then save it as a new one."""
    article = find_editable(request, article)
    old = get_object_or_404(article.revisions, number=number)
    current = article.revisions.current()
    newest = current.first()
    typed = request.POST if request.method == "POST" else None
    form = RestoreForm(typed, initial={"shown": newest.number}, label_suffix="")
    if form.is_valid():
        shown = get_object_or_404(current, number=form.cleaned_data["shown"])
        saved = restore(article, old, shown, by=request.user, reason=form.cleaned_data["reason"])
        if saved.conflict:
            return redirect("admin:articles_article_conflict", article.pk, saved.conflict.number)
        tell(request, saved, shown)
        if saved.is_new:
            text = _("La version %d est de nouveau le texte de l’article.") % old.number
            messages.info(request, text)
        return redirect("admin:articles_article_change", article.pk)
    context = {
        "title": _("Restaurer la version %d") % old.number,
        "article": article,
        "old": newest,
        "new": old,
        "form": form,
        **differences(newest.snapshot, old.snapshot),
    }
    page = "admin/articles/article/restore.html"
    return render(request, page, {**admin.site.each_context(request), **context})


def restore(article, old, shown, *, by, reason):
    """Save the text of *old* again, over the revision *shown*; return the Saved."""
    text = _("Restaure la version %d") % old.number
    options = {"based_on": shown, "by": by, "kind": Revision.Kind.RESTORE}
    told = {"label": text, "text": reason}
    options["reason"] = _("%(label)s : %(text)s") % told if reason else text
    if old.kind == Revision.Kind.CONFLICT:
        return saving.settle(old, old.snapshot, **options)
    return saving.save(article, old.snapshot, **options)


def differences(old, new):
    """Return what _differences.html shows between two snapshots."""
    passages = compare(text_of(old), text_of(new))
    details = [*compare_lines(old, new), *compare_names(old, new)]
    has_words = any(not passage.is_folded for passage in passages)
    return {
        "passages": passages if has_words else [],
        "details": [change for change in details if change.is_one],
        "only_markup": not has_words and old["body"] != new["body"],
    }


def compare_lines(old, new):
    for name in LINES:
        yield Change(label_of(name), compare_words(old[name], new[name]))
    for name in FLAGS:
        answers = [_("oui") if side.get(name) else _("non") for side in (old, new)]
        yield Change(label_of(name), compare_words(*answers))


def compare_names(old, new):
    """Yield the Changes of section, topics and bylines, each by its name; in two queries."""
    keys = {key for side in (old, new) for key in (side["section"], *side["topics"]) if key}
    topics = {str(topic.uuid): topic for topic in Topic.objects.filter(uuid__in=keys)}
    slugs = {part["author"] for side in (old, new) for part in side["bylines"] if part["author"]}
    authors = {author.slug: author.name for author in Author.objects.filter(slug__in=slugs)}
    sections, lists, bylines = [], [], []
    for side in (old, new):
        section = side["section"] and topics.get(side["section"], side["section"])
        sections.append([getattr(section, "short_name", section)] if section else [])
        lists.append(sorted(str(topics.get(key, key)) for key in side["topics"]))
        bylines.append([byline_name(part, authors) for part in side["bylines"]])
    yield compare_items(_("Rubrique"), *sections)
    yield compare_items(_("Sujets"), *lists)
    yield compare_items(_("Signatures"), *bylines)
    yield compare_items(_("Photos"), *photo_names(old, new))


def photo_names(old, new):
    """Return the photos of two snapshots, each by its name, its place and what is typed of it."""
    uses = [photo_uses(side) for side in (old, new)]
    keys = {use["photo"] for side in uses for use in side}
    photos = {str(p.uuid): str(p) for p in Photo.objects.filter(uuid__in=keys)} if keys else {}
    places = {**dict(ArticlePhoto.Role.choices), "body": _("Dans le texte")}
    return [
        [
            " – ".join(
                filter(
                    None,
                    (
                        photos.get(use["photo"], use["photo"]),
                        str(places[use["role"]]),
                        use["caption"],
                        use["alt"],
                    ),
                )
            )
            for use in side
        ]
        for side in uses
    ]


def byline_name(part, authors):
    role = ArticleAuthor.Role(part["role"]).label
    name = authors.get(part["author"], part["author"]) if part["author"] else ""
    return _("%(name)s (%(role)s)") % {"name": f"{name} {part['text']}".strip(), "role": role}
