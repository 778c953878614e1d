"""The public site: what readers see at request.at."""

from django.conf import settings
from django.http import Http404, HttpResponseServerError
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext

from . import structured_data
from .archive import Period, stories_of, with_stories, years_between
from .corrections import Corrections
from .differences import compare, compare_mentions
from .feeds import feed_links, feed_of
from .filling import Front, fill_section, fill_site, find_front
from .filters import SearchFilter, StreamFilter, keyset_page, public_page
from .history import tell
from .live_blog import find_live_blog, find_place
from .models import Author, Edition, SiteText
from .navigation import sections_for
from .photos import is_shown, shared_pictures
from .results import Results
from .story_page import find_related, find_story, topics_of
from .topic_page import find_topic, read_children, stories_about, stories_by

ARCHIVE_SIZE = 100


@public_page
def front_page(request):
    if "avant" in request.GET:
        # Unlike the lists, it has no second page.
        raise Http404
    return show_front(request, *shown_by(find_front(request.at)))


def shown_by(edition):
    """Return the stored slots of a FrontPageEdition (None: there is none) and their photos."""
    return (edition.slots, edition.photos) if edition else ([], {})


def show_front(request, slots, photos):
    """Answer with the site's front page that *slots*, as they are stored, make at request.at.

    *photos* are those of the slots, frozen, by the slot's key.
    """
    sections = sections_for(request)
    context = {
        **vars(fill_site(slots, sections, request.at, photos)),
        "sections": sections,
        "structured_data": structured_data.front(),
    }
    return render(request, "articles/front_page.html", context)


@public_page
def edition_detail(request, article, slug):
    edition = find_story(article, request.at)
    if refusal := refuse(request, edition):
        return refusal
    if slug != edition.slug:
        return move_to(edition.get_absolute_url(), request)
    live_blog = find_live_blog(edition, request.at)
    topics = topics_of(edition)
    related, others = find_related(edition, topics, request.at)
    return render(
        request,
        "articles/edition_detail.html",
        {
            "edition": edition,
            "topics": topics,
            "related": related,
            "others": others,
            "live_blog": live_blog,
            "feeds": feed_links("live-blog-feed", article) if live_blog else [],
            "structured_data": structured_data.story(edition, topics, request.at, live_blog),
        },
    )


@public_page
def live_blog(request, article, slug):
    """The older entries; without a key, the way to the newest, which a reader takes to reload."""
    edition = find_story(article, request.at)
    if refusal := refuse(request, edition):
        return refusal
    key = request.GET.get("avant")
    if edition.coverage_from is None:
        raise Http404
    if slug != edition.slug:
        return move_to(reverse("articles:live-blog", args=[article, edition.slug]), request)
    if key is None:
        return redirect(f"{edition.get_absolute_url()}#direct")
    context = {"edition": edition, "live_blog": find_live_blog(edition, request.at, key)}
    return render(request, "articles/live_blog.html", context)


@public_page
def live_entry(request, article, slug, entry):
    """The lasting address of one entry: it leads to the page that has it now."""
    edition = find_story(article, request.at)
    if refusal := refuse(request, edition):
        return refusal
    return redirect(find_place(edition, entry, request.at))


@public_page
def edition_versions(request, article, slug):
    editions = list(Edition.objects.of_story(article, request.at).defer("body_html"))
    edition = editions[0] if editions else None
    if refusal := refuse(request, edition):
        return refusal
    if slug != edition.slug:
        address = reverse("articles:edition-versions", args=[article, edition.slug])
        return move_to(address, request)
    context = {"edition": edition, "versions": tell(editions)}
    return render(request, "articles/edition_versions.html", context)


@public_page
def edition_differences(request, article, slug, old, new):
    editions = list(Edition.objects.of_story(article, request.at).defer("body_html"))
    edition = editions[0] if editions else None
    if refusal := refuse(request, edition):
        return refusal
    versions = {version.number: version for version in tell(editions) if version.is_readable}
    if old >= new or not {old, new} <= versions.keys():
        raise Http404
    if slug != edition.slug:
        address = reverse("articles:edition-differences", args=[article, edition.slug, old, new])
        return move_to(address, request)
    older, newer = versions[old].edition, versions[new].edition
    whole = Edition.objects.in_bulk([older.pk, newer.pk])
    texts = whole[older.pk], whole[newer.pk]
    context = {"edition": edition, "older": older, "newer": newer}
    context |= {"passages": compare(*texts), "mentions": compare_mentions(*texts)}
    return render(request, "articles/edition_differences.html", context)


def refuse(request, edition):
    """Return the answer for a story that is gone, or None; *edition* is its newest, or None.

    Raise Http404 if the story was never shown.
    """
    if edition is None:
        raise Http404
    if edition.is_live(request.at):
        return None
    return render(request, "articles/edition_gone.html", {"edition": edition}, status=410)


@public_page
def corrections(request):
    page = keyset_page(Corrections(request.at), request, by="live_from")
    live = Edition.objects.live(request.at).stories(page.editions)
    told = [(correction, live[correction.article_id]) for correction in page.editions]
    context = {"page": page, "corrections": told, "feeds": feed_links("correction-feed")}
    return render(request, "articles/corrections.html", context)


@public_page
def archive(request, **numbers):
    period = Period(**numbers) if numbers else None
    rows = stories_of(period, request.at)
    page = keyset_page(rows, request, by="published_at", size=ARCHIVE_SIZE)
    if period and not page.editions:
        raise Http404
    if period:
        parts = period.parts
    else:
        parts = years_between(page.editions[0].oldest, request.at) if page.editions else []
    context = {"period": period, "parts": with_stories(parts, request.at), "page": page}
    return render(request, "articles/archive.html", context)


@public_page
def feeds(request):
    sections = sections_for(request)
    lists = [(section, feed_links("section-feed", section.slug)) for section in sections]
    context = {
        "sections": sections,
        "lists": lists,
        "site_feeds": feed_links("site-feed"),
        "correction_feeds": feed_links("correction-feed"),
    }
    return render(request, "articles/feeds.html", context)


@public_page
def site_text(request, key):
    text = get_object_or_404(SiteText.objects.exclude(body_html=""), key=key)
    return render(request, "articles/site_text.html", {"text": text})


@public_page
def favicon(request):
    return redirect(static("img/favicon.ico"))


@public_page
def section_detail(request, slug):
    return show_topic(request, slug, is_section=True)


@public_page
def topic_detail(request, slug):
    return show_topic(request, slug, is_section=False)


def show_topic(request, slug, *, is_section):
    if (topic := find_topic(slug, request.at)) is None:
        raise Http404
    if topic.final != topic or topic.is_section != is_section or topic.slug != slug:
        return move_to(topic.final.get_absolute_url(), request)
    # It heads the first page of a section alone; what isn't one may have been one.
    has_front = is_section and "avant" not in request.GET
    shown = (topic.front_slots or [], topic.front_photos or {}) if has_front else ([], {})
    return show_list(request, topic, *shown)


def show_list(request, topic, slots, photos):
    """Answer with the page of *topic*; *slots*, as they are stored, stand above its stories.

    *photos* are those of the slots, frozen, by the slot's key.
    """
    sections = sections_for(request)
    front = fill_section(slots, topic, sections, request.at, photos) if slots else Front()
    # They stand at the head of the first page, and only there.
    chosen = topic.dossier_stories or []
    page = keyset_page(stories_about(topic, request.at, front.articles, chosen), request)
    leads = [] if page.before else Edition.objects.live(request.at).chosen(chosen)
    photo = None if page.before else topic.dossier_photo
    return render(
        request,
        "articles/topic_detail.html",
        {
            "topic": topic,
            "front": front,
            "children": read_children(topic.pk, request.at),
            "page": page,
            "photo": photo if is_shown(photo or {}, request.at) else None,
            "picture": next(iter(shared_pictures(photo or {}, request.at)), None),
            "leads": [edition for edition in leads if edition.article_id not in front.articles],
            "structured_data": structured_data.topic(topic),
            "feeds": feed_links(feed_of(topic), topic.slug),
        },
    )


@public_page
def author_detail(request, slug):
    author = get_object_or_404(Author, slug=slug)
    page = keyset_page(stories_by(author, request.at), request)
    context = {"author": author, "page": page, "feeds": feed_links("author-feed", author.slug)}
    return render(request, "articles/author_detail.html", context)


@public_page
def stream(request):
    sections = sections_for(request)
    editions = Edition.objects.live(request.at)
    asked = StreamFilter(request.GET, editions, request=request, sections=sections)
    if asked.moved_to:
        # Without a page's key, which is that of the former address.
        return redirect(f"{request.path}?rubrique={asked.moved_to}", permanent=True)
    section = asked.section
    page = keyset_page(asked.qs, request, rubrique=section.slug if section else "")
    return render(
        request,
        "articles/stream.html",
        {"sections": sections, "section": section, "page": page},
    )


@public_page
def search(request):
    sections = sections_for(request)
    # Which of them are live is asked with the words, by their indexes (finding.py).
    editions = Edition.objects.all()
    asked = SearchFilter(request.GET or None, editions, request=request, sections=sections)
    context = {"sections": sections, "form": asked.form, "asked": asked}
    if asked.is_valid() and asked.words:
        results = Results(asked, request)
        context |= {"results": results, "page": results.page}
    response = render(request, "articles/search.html", context)
    if context.get("results") and results.limit:
        # The next try may find more: not to be kept.
        response["Cache-Control"] = "no-store"
    return response


def move_to(address, request):
    """Redirect for good to *address*, with the query that was asked."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{query}" if query else address, permanent=True)


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    # No request and no context processors: the database may be what is broken.
    try:
        page = render_to_string("500.html", {"site_name": settings.SITE_NAME})
    except ValueError:
        # Nor are the static files where they should be.
        told = gettext("Le site est en panne")
        return HttpResponseServerError(told, content_type="text/plain; charset=utf-8")
    return HttpResponseServerError(page)
