"""A walk over every public surface, as an anonymous reader, in search of what isn't live."""

import html
import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from . import body
from .models import (
    Article,
    Dossier,
    DossierEdition,
    DossierRevision,
    Edition,
    FrontPageEdition,
    LiveEntryEdition,
    LiveRevision,
    Photo,
    Rendition,
    Topic,
)
from .social_card import card_of

# What a page links to or names: href and src in HTML, loc and link in XML, url in JSON.
LINK = re.compile(r"""(?:href|src)="([^"]+)"|<(?:loc|link|id)>([^<]+)<|"url": ?"([^"]+)\"""")
STORY = re.compile(r"/(?:articles|cartes)/(\d+)/")
PHOTO = re.compile(r"/photos/([0-9a-f]{24}-\d+\.[a-z]+)")
NOISE = re.compile(r"[\W_]+")
# A text shorter than this may stand on a page by chance.
SHORTEST = 12
OPENING = 80
# How many sizes of photos that aren't live are asked for, the newest.
HIDDEN_PHOTOS = 200


@dataclass(frozen=True)
class Leak:
    address: str
    what: str

    def __str__(self):
        return f"{self.address}: {self.what}"


@dataclass
class Secrets:
    """What no reader may find: stories by id, cards by address, and texts, each with its name."""

    stories: dict = field(default_factory=dict)
    cards: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)
    headlines: set = field(default_factory=set)

    @classmethod
    def at(cls, at):
        """Collect what isn't live at the aware datetime *at*."""
        secrets = cls()
        live = Edition.objects.live(at)
        hidden = Article.objects.exclude(pk__in=live.values("article"))
        secrets.stories = {pk: f"article {pk}" for pk in hidden.values_list("pk", flat=True)}
        gone = Edition.objects.filter(article__in=hidden).went_live(at)
        for what, editions in [
            ("planned", Edition.objects.planned(at)),
            ("sealed", Edition.objects.filter(is_sealed=True)),
            ("no longer live", gone),
        ]:
            for edition in editions.select_related("section").iterator():
                name = f"article {edition.article_id}, edition {edition.number}, {what}"
                secrets.add(name, texts_of(edition, edition.body_html))
                secrets.cards[card_of(edition)["address"]] = name
        for article in hidden.iterator():
            secrets.add(f"article {article.pk}, not live", texts_of(article, article.body))
        secrets.add_entries(hidden, at)
        secrets.add_dossiers(at)
        # What readers may see all the same: the live text of a story with a plan, or a headline
        # that another story has.
        open_editions = live.filter(
            Q(headline__in=[*secrets.headlines])
            | Q(article__in=Edition.objects.planned(at).values("article"))
            | Q(article__in=Edition.objects.filter(is_sealed=True).values("article"))
        )
        for edition in open_editions.select_related("section").iterator():
            secrets.cards.pop(card_of(edition)["address"], None)
            for text in texts_of(edition, edition.body_html):
                secrets.texts.pop(fold(text), None)
        secrets.add_front_pages(at, hidden)
        return secrets

    def add_front_pages(self, at, hidden):
        """Add what front pages say of the *hidden* stories, and what they are to say later."""
        keys = {str(key) for key in hidden.values_list("uuid", flat=True)}
        shown = FrontPageEdition.objects.in_force(at)
        said = {text for edition in shown for text in texts_in(edition, without=keys)}
        for edition in [*shown, *FrontPageEdition.objects.planned(at)]:
            for text in texts_in(edition):
                if text not in said:
                    self.add(f"front page {edition}, planned or of a story not live", [text])

    def add(self, name, texts):
        self.headlines.add(texts[0])
        for text in texts:
            if len(fold(text)) >= SHORTEST:
                self.texts.setdefault(fold(text), name)

    def hide(self, address):
        """Whether the page or picture at *address* is that of something that isn't live."""
        story = STORY.match(address)
        return address in self.cards or bool(story and int(story[1]) in self.stories)

    def add_entries(self, hidden, at):
        """Collect what readers may not see of live blogs, those of *hidden* stories among them."""
        shown = LiveEntryEdition.objects.live(at).filter(is_sealed=False)
        shown = shown.exclude(article__in=hidden)
        drafts = LiveRevision.objects.exclude(entry__in=shown.values("entry"))
        sealed = LiveEntryEdition.objects.filter(is_sealed=True)
        for what, rows in [("sealed", sealed), ("not shown", drafts)]:
            for row in rows.iterator():
                texts = [row.headline, opening_of(row.body_html)]
                self.add(f"entry {row.entry_id}, {what}", texts)
        # Where a text is sealed, what readers have instead may begin alike.
        for row in shown.filter(entry__in=sealed.values("entry")).iterator():
            for text in (row.headline, opening_of(row.body_html)):
                self.texts.pop(fold(text), None)

    def add_dossiers(self, at):
        """Collect the introductions that aren't published, or no longer."""
        shown = DossierEdition.objects.in_force(at).filter(dossier__topic__merged_into=None)
        public = [opening_of(row.introduction_html) for row in shown]
        past = DossierEdition.objects.exclude(pk__in=shown.values("pk"))
        rows = [*Dossier.objects.all(), *DossierRevision.objects.all(), *past]
        for row in rows:
            text = opening_of(row.introduction_html)
            if not any(opening.startswith(text) for opening in public):
                self.add(f"dossier {row}, not shown", [text])

    def found_in(self, address, content):
        """Yield a Leak for each secret that *content*, found at *address*, shows."""
        own = {int(pk) for pk in STORY.findall(address)}
        for pk in set(map(int, STORY.findall(content))) - own:
            if pk in self.stories:
                yield Leak(address, f"links to {self.stories[pk]}, which isn't live")
        folded = fold(html.unescape(re.sub(r"<[^>]*>", "", content)) + html.unescape(content))
        for text, name in self.texts.items():
            if text in folded:
                yield Leak(address, f"shows the text of {name}")


def texts_of(story, markup):
    """Return what gives *story* (an Article or an Edition) away, the headline first."""
    return [story.headline, story.standfirst, opening_of(markup)]


def opening_of(markup):
    return body.plain_text(markup)[:OPENING]


def texts_in(edition, without=()):
    """Return what the slots of a front page's *edition* say themselves of their stories.

    *without* are the uuids of stories that are left out.
    """
    slots = [slot for slot in edition.slots if slot["story"] and slot["story"] not in without]
    return [slot[name] for slot in slots for name in ("headline", "kicker") if slot[name]]


def fold(text):
    """Return *text* without case, marks and spaces: typography must not hide a leak."""
    return NOISE.sub("", text.casefold())


def find_leaks(at, *, most):
    """Return the Leaks on the site as it is now, and how many addresses were asked.

    *at* is the aware datetime of now; *most* bounds the addresses of the walk. Each is asked
    twice: the second answer is the kept one.
    """
    secrets = Secrets.at(at)
    client = Client(SERVER_NAME=urlsplit(settings.SITE_URL).netloc, raise_request_exception=False)
    secure = settings.SITE_URL.startswith("https:")
    leaks, asked, photos = [], set(), {}
    waiting = deque([*starting_points(), *hidden_addresses(secrets)])
    while waiting and len(asked) < most:
        address = waiting.popleft()
        if address in asked:
            continue
        asked.add(address)
        for _ in range(2):
            response = client.get(address, secure=secure)
            content = b"".join(response).decode(errors="replace")
            leaks += secrets.found_in(address, content)
        if secrets.hide(address) and response.status_code not in (404, 410):
            leaks.append(Leak(address, f"answers {response.status_code}, but isn't live"))
        for name in PHOTO.findall(content):
            photos.setdefault(name, address)
        waiting.extend(links_in(address, content))
    leaks += photo_leaks(client, photos, at, secure)
    return list(dict.fromkeys(leaks)), len(asked)


def starting_points():
    """Return the addresses from which every other can be reached, and those nothing links to."""
    topics = Topic.objects.filter(merged_into=None, edition_topics__isnull=False).distinct()
    return [
        reverse("articles:front-page"),
        reverse("articles:stream"),
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap-actualites.xml",
        *(topic.get_absolute_url() for topic in topics.order_by("pk")),
    ]


def hidden_addresses(secrets):
    """Return the addresses that stories which aren't live would have, or had."""
    editions = Edition.objects.filter(article__in=list(secrets.stories)).exclude(slug="")
    pairs = set(editions.values_list("article", "slug"))
    pairs |= {(pk, "article") for pk in secrets.stories}
    pages = [reverse("articles:edition-detail", args=pair) for pair in sorted(pairs)]
    feeds = [reverse("articles:live-blog-feed", args=[pk, "json"]) for pk in secrets.stories]
    endings = ("", "versions/", "direct/")
    return [*(page + ending for page in pages for ending in endings), *feeds, *secrets.cards]


def photo_leaks(client, photos, at, secure):
    """Return the Leaks of photos: of *photos*, {name of a size: where it was found}, and of some
    that no page may name, asked by their own addresses.
    """
    shown = Photo.objects.shown_at(at).in_use(at)
    sizes = Rendition.objects.filter(photo__in=shown, name__in=[*photos]).values_list("name")
    hidden = photos.keys() - {name for (name,) in sizes}
    leaks = [Leak(photos[name], f"shows the photo {name}, which isn't live") for name in hidden]
    others = Rendition.objects.exclude(photo__in=shown).order_by("-pk")
    for name in others.values_list("name", flat=True)[:HIDDEN_PHOTOS]:
        address = reverse("articles:photo-file", args=[name])
        status = client.get(address, secure=secure).status_code
        if status not in (404, 410):
            leaks.append(Leak(address, f"answers {status}, but isn't live"))
    return leaks


def links_in(address, content):
    """Yield the addresses on this site that *content*, found at *address*, leads to."""
    for groups in LINK.findall(content):
        url = urlsplit(urljoin(settings.SITE_URL + address, html.unescape("".join(groups))))
        if f"{url.scheme}://{url.netloc}" != settings.SITE_URL:
            continue
        path = f"{url.path}?{url.query}" if url.query else url.path
        if not path.startswith(("/admin/", settings.STATIC_URL)):
            yield path
