"""Plain functions that return valid saved objects; the content is plainly test data."""

import uuid
from itertools import count

from django.contrib.auth.models import Permission
from django.utils import timezone

from .. import derived, live_entries, photo_acts, renditions
from ..live_blog import read_running
from ..models import (
    Article,
    ArticleAuthor,
    ArticlePhoto,
    Author,
    Edition,
    Meaning,
    Photo,
    Revision,
    SiteState,
    Topic,
    User,
)
from ..navigation import read_sections
from ..results import read_newest
from .drawings import draw, encode

number = count(1)


def make_user(*permissions, **overrides):
    """Return a staff User with *permissions* given as "articles.publish_article"."""
    fields = {"username": f"essai{next(number)}", "is_staff": True, **overrides}
    user = User.objects.create_user(**fields)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return user


def make_publisher(**overrides):
    return make_user("articles.publish_article", **overrides)


def make_topic(**overrides):
    fields = {"name": f"Sujet d’essai {next(number)}", **overrides}
    return Topic.objects.create(**fields)


def make_section(**overrides):
    return make_topic(**{"is_section": True, "position": next(number), **overrides})


def make_author(**overrides):
    n = next(number)
    fields = {"name": f"Autrice d’essai {n}", "slug": f"autrice-d-essai-{n}", **overrides}
    return Author.objects.create(**fields)


def make_photo(*, by=None, ready=True, image=None, **overrides):
    """Return a Photo that may be published, with the sizes for readers if *ready*."""
    n = next(number)
    file = encode(image or draw(seed=n), quality=60)
    by = by or make_user("articles.add_photo")
    photo = photo_acts.add(file, f"essai-{n}.jpg", by=by)
    texts = {"alt": f"Un soleil d’essai {n}", "caption": f"Légende d’essai {n}"}
    for name, value in {**texts, "credit": f"Crédit d’essai {n}", **overrides}.items():
        setattr(photo, name, value)
    photo.fill_words()
    photo.save()
    if ready:
        renditions.make(photo)
    return Photo.objects.get(pk=photo.pk)


def figure(photo, caption=""):
    """Return what a story's text holds for *photo*."""
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img data-file="{photo.key}">{words}</figure>'


def make_article(*, topics=(), authors=(), lead=None, gallery=(), by=None, **overrides):
    """Return an Article with one revision; `section` is made if it isn't given."""
    fields = {"headline": f"Titre d’essai {next(number)}", **overrides}
    fields.setdefault("section", None)
    if fields["section"] is None and "section" not in overrides:
        fields["section"] = make_section()
    article = Article.objects.create(**fields)
    for topic in topics:
        article.article_topics.create(tag=topic)
    for position, author in enumerate(authors):
        ArticleAuthor.objects.create(article=article, author=author, position=position)
    for position, photo in enumerate([lead, *gallery]):
        if photo:
            role = "gallery" if position else "lead"
            ArticlePhoto.objects.create(article=article, photo=photo, position=position, role=role)
    Revision.objects.record(article, by=by)
    return article


def make_edition(*, live_from=None, live_until=None, **overrides):
    """Return an Edition in force from *live_from* (now if None), made without permission checks.

    `topics`, `authors` and the fields of make_article() go to the article; `meaning`, `note`
    and `published_at` to the edition.
    """
    start = live_from or timezone.now()
    names = ("meaning", "note", "published_at", "modified_at", "listed_at", "is_sealed")
    columns = {name: overrides.pop(name) for name in names if name in overrides}
    article = overrides.pop("article", None) or make_article(**overrides)
    revision = article.revisions.first()
    bylines = article.load_bylines()
    edition = revision.freeze(
        section=article.section,
        authors={byline.author.slug: byline.author for byline in bylines if byline.author},
        photos=derived.photos_of([Edition(revision=revision)]),
        embargo_until=article.embargo_until,
    )
    edition.number = Edition.objects.filter(article=article).count() + 1
    edition.live_from, edition.live_until, edition.published_at = start, live_until, start
    edition.meaning = Meaning.FIRST
    for name, value in columns.items():
        setattr(edition, name, value)
    edition.listed_at = columns.get("listed_at", edition.published_at)
    edition.save()
    derived.index([edition])
    return edition


def make_entry(article, *, by, publish=True, key=None, based_on=None, **typed):
    """Write an entry into the live blog of *article* as the desk does; return the LiveEntry."""
    typed = {
        "headline": "",
        "body_html": f"<p>Message d’essai {next(number)}.</p>",
        "is_key": False,
        "author": None,
        "signature": "",
        **typed,
    }
    key = key or uuid.uuid4()
    revision = live_entries.write_entry(article, key=key, typed=typed, based_on=based_on, by=by)
    if publish:
        live_entries.publish_entry(revision.entry, revision=revision.number, by=by)
    return revision.entry


def save(article, by=None, **changes):
    """Change *article* as the desk would, and return the new Revision."""
    for name, value in changes.items():
        setattr(article, name, value)
    article.save()
    return Revision.objects.record(article, by=by)


def show_first_page():
    """Leave the site as after an act and a first page of that version: shared reads are done."""
    SiteState.objects.bump(timezone.now())
    version = SiteState.objects.read()[0]
    read_newest(version)
    read_sections(version)
    read_running(version)
