"""A story as readers would see it, before they do: for the desk, and by secret address."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from . import derived, photos, timeline
from .filters import read_only
from .models import Author, Edition, Meaning, PreviewLink, Rendition, Topic
from .story_page import find_related
from .templatetags.articles import moment_text


@read_only
def preview_link(request, token):
    links = PreviewLink.objects.select_related("article", "revision__article")
    link = get_object_or_404(links.with_token(token))
    revision = link.revision or link.article.revisions.current().select_related("article").first()
    # Not request.at: the site at another instant opens no link that is closed now.
    if not link.is_open(timezone.now()) or is_sealed(revision):
        return keep_private(render(request, "articles/preview_gone.html", status=410))
    folder = photos.folder_of("articles:preview-photo", token)
    until = _("Lien valable jusqu’au %(time)s.") % {"time": moment_text(link.expires_at)}
    return show_preview(request, revision, at=request.at, folder=folder, remark=until)


@read_only
def preview_photo(request, token, name):
    """A size of a photo of the story that an open link shows."""
    link = get_object_or_404(PreviewLink.objects.select_related("article").with_token(token))
    revision = link.revision or link.article.revisions.current().first()
    if not link.is_open(timezone.now()) or is_sealed(revision):
        raise Http404
    shown = Rendition.objects.filter(photo__uuid__in=revision.photo_keys(), name=name)
    return keep_private(photos.answer(request, get_object_or_404(shown)))


def show_preview(request, revision, *, at, folder, remark="", new_topics=()):
    """Answer with the public page of *revision* as it would be at the aware datetime *at*.

    *folder* is the path below which its photos are found: readers may not have them yet.
    The revision may be unsaved, and name *new_topics*, which are unsaved too.
    """
    edition, topics = unsaved_edition(revision, request.at, at)
    for frozen in filter(None, (edition.lead_photo, *edition.photos)):
        frozen["folder"] = folder
    is_filed = edition.section.pk is not None
    related, others = find_related(edition, topics, at) if is_filed else ([], [])
    request.banner = {
        "title": title_of(revision, request.at),
        "text": f"{describe(revision)} {remark}",
    }
    request.at = at
    topics = sorted([*topics, *new_topics], key=lambda topic: topic.slug)
    context = {"edition": edition, "topics": topics, "related": related, "others": others}
    return keep_private(render(request, "articles/edition_detail.html", context))


def unsaved_edition(revision, now, at):
    """Return the Edition that publishing *revision* at *at* would make, and its own topics.

    A draft may lack what publication asks for: the page then says so.
    """
    named = [Edition(revision=revision)]
    known = derived.topics_of(named)
    slugs = revision.author_slugs()
    authors = {slug: Author(name=slug, slug=slug) for slug in slugs} | derived.authors_of(named)
    nowhere = Topic(name=_("Sans rubrique"), slug="sans-rubrique", is_section=True)
    section = known.get(revision.snapshot["section"], nowhere)
    shown = derived.photos_of(named)
    edition = revision.freeze(section=section, authors=authors, photos=shown)
    edition.headline = edition.headline or _("Sans titre")
    edition.slug = edition.slug or "sans-titre"
    line = timeline.load([revision.article], now)[revision.article_id]
    if line.plan:
        line.cancel(line.plan)
    edition.meaning = meaning_of(revision, line.last_live(at))
    line.place(edition, at)
    topics = [known[key] for key in revision.snapshot["topics"] if key in known]
    return edition, [topic for topic in topics if topic != section]


def meaning_of(revision, shown):
    """Return what publishing *revision* over the edition *shown* (or None) mostly means."""
    if shown is None:
        return Meaning.FIRST
    is_same = revision.pk is not None and shown.revision_id == revision.pk
    return Meaning.SILENT if is_same else Meaning.UPDATE


def title_of(revision, at):
    if revision.pk is None:
        return _("Non enregistré")
    if Edition.objects.live(at).filter(revision=revision).exists():
        return _("Aperçu de ce qui est en ligne")
    return _("Non publié")


def describe(revision):
    if revision.pk is None:
        texts = [_("Le texte de votre formulaire, tel qu’il était à l’instant.")]
    else:
        texts = [
            _("Version %(number)d, enregistrée le %(time)s.")
            % {"number": revision.number, "time": moment_text(revision.created_at)}
        ]
    embargo = revision.article.embargo_until
    if embargo and embargo > timezone.now():
        texts.append(_("Sous embargo jusqu’au %(time)s.") % {"time": moment_text(embargo)})
    return " ".join(texts)


def is_sealed(revision):
    """Whether the text of *revision* was published and then sealed."""
    return Edition.objects.filter(revision=revision, is_sealed=True).exists()


def keep_private(response):
    """Let no cache, search engine or linked site know of *response*; return it."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
