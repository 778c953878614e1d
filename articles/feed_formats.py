"""How feeds are written: RSS 2.0, Atom 1.0 and JSON Feed 1.1, by one interface."""

import html
import json
from datetime import UTC, datetime
from functools import lru_cache
from io import StringIO

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

# Notices of withdrawals: those of some feeds.
MOST_KEPT = 500
# What an empty feed says of its last change: the same at every request.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Feed:
    """What each format does beside what Django's own does.

    Its date is that of its newest change or notice, and never the present. An item may come written
    already, as write_item() returned it: that is what takes the time.
    """

    def __init__(self, *args, deleted=(), **kwargs):
        """*deleted*: the key and the aware datetime of each notice."""
        super().__init__(*args, deleted=deleted, **kwargs)
        self.written = []
        self.changes = [when for _key, when in deleted]

    def add_written(self, markup, changed_at):
        """Add what write_item() returned of an item that changed at the aware datetime."""
        self.written.append(markup)
        self.changes.append(changed_at)

    def latest_post_date(self):
        return max(self.changes + [item["updateddate"] for item in self.items], default=NEVER)


class XmlFeed(Feed):
    def write_item(self):
        """Return the markup of its only item."""
        written = StringIO()
        self.write_items(SimplerXMLGenerator(written, "utf-8"))
        return written.getvalue()

    def write_items(self, handler):
        super().write_items(handler)
        for markup in self.written:
            # SAX's name for what goes out as it is.
            handler.ignorableWhitespace(markup)


class Rss(XmlFeed, Rss201rev2Feed):
    def rss_attributes(self):
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", author["name"])
        if picture := item.get("picture"):
            sizes = {name: str(picture[name]) for name in ("width", "height")}
            what = {"url": picture["url"], "medium": "image", "type": "image/jpeg", **sizes}
            handler.addQuickElement("media:content", "", what)
        if item["content"]:
            handler.addQuickElement("content:encoded", item["content"])


class Atom(XmlFeed, Atom1Feed):
    def root_attributes(self):
        tombstones = "http://purl.org/atompub/tombstones/1.0"
        return {**super().root_attributes(), "xmlns:at": tombstones}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author["name"])
            if author["url"]:
                handler.addQuickElement("uri", author["url"])
            handler.endElement("author")
        if item["content"]:
            handler.addQuickElement("content", item["content"], {"type": "html"})
        if picture := item.get("picture"):
            what = {"rel": "enclosure", "href": picture["url"], "type": "image/jpeg"}
            handler.addQuickElement("link", "", what)

    def write_items(self, handler):
        """Source of the notices: RFC 6721."""
        super().write_items(handler)
        for key, when in self.feed["deleted"]:
            handler.ignorableWhitespace(write_notice(key, when))


@lru_cache(maxsize=MOST_KEPT)
def write_notice(key, when):
    written = StringIO()
    what = {"ref": key, "when": when.isoformat()}
    SimplerXMLGenerator(written, "utf-8").addQuickElement("at:deleted-entry", "", what)
    return written.getvalue()


class JsonFeed(Feed, SyndicationFeed):
    """Source: JSON Feed 1.1."""

    content_type = "application/feed+json"

    def write(self, outfile, encoding):
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
        }
        items = ", ".join([*map(self.as_json, self.items), *self.written])
        outfile.write(f'{as_json(feed)[:-1]}, "items": [{items}]}}')

    def write_item(self):
        """Return the JSON of its only item."""
        return self.as_json(*self.items)

    def as_json(self, item):
        summary = html.unescape(item["description"] or "")
        whole = {"content_html": item["content"]}
        told = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            **(whole if item["content"] else {"content_text": summary or item["title"]}),
            "summary": summary,
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": [{k: a[k] for k in ("name", "url") if a[k]} for a in item["authors"]],
            "tags": item["categories"],
            "image": (item.get("picture") or {}).get("url"),
        }
        return as_json({name: value for name, value in told.items() if value})


def as_json(value):
    return json.dumps(value, ensure_ascii=False)


FORMATS = {"atom": Atom, "rss": Rss, "json": JsonFeed}
NAMES = {"atom": "Atom", "rss": "RSS", "json": "JSON"}
