"""What pages tell search engines in schema.org's words, as dicts for the json_ld filter.

Source: Google Search Central, "Article", "Breadcrumb" and "Organization" structured data.
"""

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

from .addresses import address_of
from .body import plain_text
from .dates import stamp
from .social_card import shared_pictures
from .typography import french

CONTEXT = "https://schema.org"
# That of the stories, whatever the desk speaks.
LANGUAGE = "fr"
# Those of a byline who wrote the text; photographers sign their pictures.
WRITERS = ("writer", "contributor")
KINDS = {"person": "Person", "agency": "Organization", "collective": "Organization"}


def absolute(path):
    """Return *path* on the configured origin (E7)."""
    return f"{settings.SITE_URL}{path}"


def front():
    return [
        {"@context": CONTEXT, **publisher()},
        {
            "@context": CONTEXT,
            "@type": "WebSite",
            "@id": absolute("/#site"),
            "name": settings.SITE_NAME,
            "url": absolute("/"),
            "inLanguage": LANGUAGE,
            "publisher": {"@id": absolute("/#organisation")},
        },
    ]


def publisher():
    return {
        "@type": "NewsMediaOrganization",
        "@id": absolute("/#organisation"),
        "name": settings.SITE_NAME,
        "url": absolute("/"),
        "logo": {
            "@type": "ImageObject",
            "url": absolute(static("img/logo.png")),
            "width": 512,
            "height": 512,
        },
        "correctionsPolicy": absolute(address_of("corrections")),
    }


def story(edition, topics, at, live_blog=None):
    """Return the NewsArticle and the breadcrumb of *edition*, about *topics*, as shown at *at*.

    With its LiveBlog, also what search engines read of that.
    """
    address = absolute(edition.get_absolute_url())
    article = {
        "@context": CONTEXT,
        "@type": "NewsArticle",
        "mainEntityOfPage": address,
        "url": address,
        "headline": french(edition.headline),
        "image": [as_image(picture) for picture in shared_pictures(edition, at)],
        "datePublished": stamp(edition.published_at),
        "dateModified": stamp(edition.changed_at),
        "author": [as_thing(author) for author in authors(edition)],
        "publisher": publisher(),
        "articleSection": edition.section.short_name,
        "keywords": [topic.short_name for topic in topics],
        "inLanguage": LANGUAGE,
        "isAccessibleForFree": True,
        "description": french(edition.standfirst),
        "wordCount": edition.word_count,
        "correction": corrections_of(edition),
    }
    crumbs = [edition.section, french(edition.headline)]
    things = [{name: value for name, value in article.items() if value}, breadcrumb(*crumbs)]
    return [*things, live_blog_posting(edition, live_blog)] if live_blog else things


def live_blog_posting(edition, live_blog):
    """Return the LiveBlogPosting of the page of *live_blog* under the story *edition*."""
    address = absolute(edition.get_absolute_url())
    posting = {
        "@context": CONTEXT,
        "@type": "LiveBlogPosting",
        "@id": f"{address}#direct",
        "url": address,
        "headline": french(edition.headline),
        "description": french(edition.standfirst),
        "datePublished": stamp(live_blog.started_at),
        "dateModified": stamp(live_blog.changed_at),
        "coverageStartTime": stamp(live_blog.started_at),
        "coverageEndTime": live_blog.ended_at and stamp(live_blog.ended_at),
        "author": [as_thing(author) for author in authors(edition)],
        "publisher": {"@id": absolute("/#organisation")},
        "inLanguage": LANGUAGE,
        "liveBlogUpdate": [entry_posting(edition, entry) for entry in live_blog.entries],
    }
    return {name: value for name, value in posting.items() if value}


def entry_posting(edition, entry):
    posting = {
        "@type": "BlogPosting",
        "url": absolute(entry_path(edition, entry)),
        "headline": french(entry.headline or entry.opening),
        "datePublished": stamp(entry.shown_at),
        "dateModified": stamp(entry.changed_at),
        "author": [as_thing(author) for author in authors(entry)],
        "articleBody": french(plain_text(entry.body_html)),
        "correction": corrections_of(entry),
    }
    return {name: value for name, value in posting.items() if value}


def entry_path(edition, entry):
    """Return the lasting path of the LiveEntryEdition *entry* of the story *edition*."""
    return address_of("live-entry", edition.article_id, edition.slug, entry.entry_id)


def corrections_of(edition):
    return [
        {
            "@type": "CorrectionComment",
            "text": french(correction["note"]),
            "datePublished": stamp(correction["at"]),
        }
        for correction in edition.dated_corrections
    ]


def as_image(picture):
    """Return the ImageObject of one of shared_pictures()."""
    return {
        "@type": "ImageObject",
        "url": absolute(picture["address"]),
        "width": picture["width"],
        "height": picture["height"],
    }


def topic(topic):
    return [breadcrumb(*topic.ancestors, topic.short_name)]


def breadcrumb(*line):
    """Return the way from the front page along *line*: Topics, and the page's own name last."""
    *above, name = line
    items = [(_("À la une"), absolute("/"))]
    items += [(french(thing.short_name), absolute(thing.get_absolute_url())) for thing in above]
    steps = [{"name": name, "item": address} for name, address in items] + [{"name": french(name)}]
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, **step}
            for position, step in enumerate(steps, start=1)
        ],
    }


def authors(edition):
    """Return who wrote *edition*, in order, as {"kind", "name", "url"}; "" where there is none."""
    found = [
        {
            "kind": part.get("kind") or "person",
            "name": part["name"],
            "url": absolute(address_of("author-detail", part["author"])),
        }
        for part in edition.byline
        if part["name"] and part["role"] in WRITERS
    ]
    if not found:
        # A wording alone ("Service Monde"), or the agency that the copy came from.
        words = [p["text"] for p in edition.byline if p["text"] and p["role"] == "writer"]
        names = words or [edition.credit]
        found = [{"kind": "agency", "name": name, "url": ""} for name in names if name]
    return found


def as_thing(author):
    thing = {"@type": KINDS[author["kind"]], "name": author["name"], "url": author["url"]}
    return {name: value for name, value in thing.items() if value}
