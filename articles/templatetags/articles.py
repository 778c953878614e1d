"""Formats of the public pages: French dates, typography, signatures, structured data."""

import json
from functools import lru_cache, wraps

from django import template
from django.conf import settings
from django.template.base import token_kwargs
from django.template.defaultfilters import capfirst
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from .. import body, photos, social_card, typography
from ..addresses import address_of
from ..cards import Card, Found, Label, Line
from ..dates import day_in_words, moment_in_words, stamp, to_local
from ..filters import SearchFilter
from ..live_blog import running_for
from ..navigation import part_for, read_sections
from ..structured_data import LANGUAGE

register = template.Library()

WORDS_PER_MINUTE = 230
MOST_MOMENTS = 2_000
# The pages that the navigation names, beside sections.
NAMED = ("stream", "search")
# So that no text of a story ends its <script>, opens a comment or breaks a line of it.
SCRIPT_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def kept(make):
    """Keep what make(aware datetime) says: a list says it of many stories, many pages of each."""

    # No page chooses its language: the setting is it, and quicker than get_language().
    @lru_cache(maxsize=MOST_MOMENTS)
    def make_once(value, language, zone):
        return make(value)

    @wraps(make)
    def ask(value):
        return make_once(value, settings.LANGUAGE_CODE, settings.TIME_ZONE)

    return ask


@register.filter
@kept
def day(value):
    """Return "Dimanche 1er février 2026"."""
    local = to_local(value)
    return capfirst(f"{date_format(local, 'l')} {day_in_words(local)}")


@register.filter
@kept
def hour(value):
    """Return <time>08h42</time>."""
    return as_time(value, date_format(to_local(value), "TIME_FORMAT"))


@register.filter
@kept
def moment(value):
    """Return <time>2 février 2026 à 08h00</time>."""
    return as_time(value, moment_in_words(to_local(value)))


@register.filter
def moment_text(value):
    """Return what moment() does, without the element, for titles."""
    return moment_in_words(to_local(value))


@register.filter
def moment_after(value, earlier):
    """Return moment(value), or only its hour when *earlier* is of the same day: "à 09h12"."""
    local = to_local(value)
    if local.date() != to_local(earlier).date():
        return format_html("{} {}", _("le"), moment(value))
    return as_time(value, _("à %(hour)s") % {"hour": date_format(local, "TIME_FORMAT")})


def as_time(value, text):
    return format_html('<time datetime="{}">{}</time>', stamp(value), text)


@register.filter
def french(text):
    """Return the plain text of a story as French typography has it."""
    return typography.french(text)


def marked(pieces):
    """Return what excerpts.mark() gives, as text in which the words that were found are marked."""
    shown = (f"<mark>{escape(text)}</mark>" if found else escape(text) for text, found in pieces)
    return mark_safe("".join(shown))  # noqa: S308


@register.simple_tag(takes_context=True)
def french_body(context, edition):
    """Return the story's text with its photos; body.clean() made it safe when it was frozen."""
    shown = {frozen["key"]: frozen for frozen in shown_photos(context, edition, "body")}

    def figure(match):
        """A photo that is gone leaves nothing; the caption typed in the text goes before."""
        key, caption = match.groups()
        if key not in shown:
            return ""
        typed = {**shown[key], "caption_html": mark_safe(caption or "")}  # noqa: S308
        return render_to_string("articles/_figure.html", {"photo": typed})

    return mark_safe(body.FIGURE.sub(figure, typography.french_html(edition.body_html)))  # noqa: S308


@register.simple_tag(takes_context=True)
def lead_photo(context, edition):
    """Return the photo that goes with *edition* everywhere, as it froze it; None if there is none.

    Its rights are asked at the instant of the page.
    """
    frozen = edition.lead_photo
    return frozen if photos.is_shown(frozen, context.request.at) else None


@register.simple_tag(takes_context=True)
def shown_photos(context, edition, role):
    """Return the photos of *edition* of one role, "gallery" or "body", that are shown now."""
    at = context.request.at
    return [p for p in edition.photos if p["role"] == role and photos.is_shown(p, at)]


@register.simple_tag(takes_context=True)
def shared_picture(context, edition):
    """Return the picture that other sites show of *edition*, the first of shared_pictures()."""
    return social_card.shared_pictures(edition, context.request.at)[0]


@register.filter
def french_markup(markup):
    """Return HTML that body.clean() made safe when it was frozen, as French typography has it."""
    return mark_safe(typography.french_html(markup))  # noqa: S308


@register.filter
def picture(frozen, ratio):
    """Return what _picture.html prints of a frozen photo that is shown."""
    return photos.markup_of(frozen, ratio)


class InFrench(template.Node):
    def render(self, context):
        return "" if settings.LANGUAGE_CODE == LANGUAGE else f' lang="{LANGUAGE}"'


@register.tag
def in_french(parser, token):
    """Say lang="fr" of what holds the paper's own words, on a page that speaks otherwise."""
    # Not a simple_tag, which takes three times as long, in every line of a list.
    return InFrench()


@register.simple_tag(takes_context=True)
def card(context, edition, *, here=None, is_dated=False):
    """Print the Card of *edition* (for_listing): {% card edition here=topic is_dated=True %}."""
    # By the context itself: partials get no other variables than those they name.
    request = context.request
    is_running = edition.article_id in running_for(request)
    made = Card.of(edition, request.at, here=here, is_dated=is_dated, is_running=is_running)
    return made.draw()


class LiveMark(template.Node):
    def __init__(self, edition):
        self.edition = edition

    def render(self, context):
        # By the context itself: partials get no other variables than those they name.
        request = getattr(context, "request", None)
        edition = self.edition.resolve(context)
        if request is None or edition.article_id not in running_for(request):
            return ""
        return format_html('<span class="live-now live-mark">{}</span> ', _("En direct"))


class LineNode(template.Node):
    def __init__(self, edition, told_at, is_marked):
        self.edition, self.told_at, self.is_marked = edition, told_at, is_marked

    def render(self, context):
        edition = self.edition.resolve(context)
        told_at = self.told_at and self.told_at.resolve(context)
        # By the context itself: partials get no other variables than those they name.
        is_marked = self.is_marked and self.is_marked.resolve(context)
        request = getattr(context, "request", None) if is_marked else None
        running = running_for(request) if request else ()
        is_running = edition.article_id in running
        return Line.of(edition, is_running=is_running, told_at=told_at).draw()


@register.tag
def line(parser, token):
    """Print the Line of *edition*: {% line edition told_at=edition.listed_at is_marked=True %}.

    is_marked: whether it says of a story that it is told live.
    """
    # Not a simple_tag, which takes three times as long: a page has a hundred.
    _name, edition, *bits = token.split_contents()
    options = token_kwargs(bits, parser)
    edition = parser.compile_filter(edition)
    return LineNode(edition, options.get("told_at"), options.get("is_marked"))


class LabelNode(template.Node):
    def __init__(self, edition):
        self.edition = edition

    def render(self, context):
        return Label.of(self.edition.resolve(context)).draw()


@register.tag
def label(parser, token):
    """Print the Label of *edition*: {% label edition %}."""
    _name, edition = token.split_contents()
    return LabelNode(parser.compile_filter(edition))


class FoundNode(template.Node):
    def __init__(self, edition):
        self.edition = edition

    def render(self, context):
        edition = self.edition.resolve(context)
        return Found.of(edition).draw(marked(edition.marked_headline), marked(edition.excerpt))


@register.tag
def found(parser, token):
    """Print *edition* (with_excerpts) as a search does: {% found edition %}."""
    _name, edition = token.split_contents()
    return FoundNode(parser.compile_filter(edition))


@register.tag
def live_mark(parser, token):
    """Say before a headline that its story is told live: {% live_mark edition %}."""
    _name, edition = token.split_contents()
    return LiveMark(parser.compile_filter(edition))


@register.simple_tag(takes_context=True)
def site_part(context, name):
    """Print a part of base.html: {% site_part 'articles/_foot.html' %}."""
    return part_for(getattr(context, "request", None), name)


@register.simple_tag(takes_context=True)
def section_links(context):
    """Print the navigation, with the section of the page, or that of its story, marked."""
    topic, edition = context.get("topic"), context.get("edition")
    request = getattr(context, "request", None)
    page = getattr(getattr(request, "resolver_match", None), "url_name", "")
    marks = {"page": page if page in NAMED else ""}
    if topic:
        marks |= {"current": topic.pk, "mark": "page"} if topic.is_section else {}
    elif edition:
        marks |= {"current": edition.section_id, "mark": "true"}
    return part_for(request, "articles/_sections.html", **marks)


@register.simple_tag(takes_context=True)
def search_fields(context, asked):
    """Print what narrows the search *asked*, drawn once for each version of the site if empty."""
    version = getattr(context.request, "site_version", 0)
    if asked.is_narrowed or not version:
        return draw_fields(asked.form)
    return draw_empty_fields(version, settings.LANGUAGE_CODE)


@lru_cache(maxsize=2)
def draw_empty_fields(version, language):
    return draw_fields(SearchFilter(sections=read_sections(version)).form)


def draw_fields(form):
    return render_to_string("articles/_search_fields.html", {"form": form})


@register.filter
def json_ld(thing):
    """Return a dict of structured_data as the block of data that search engines read."""
    data = json.dumps(thing, ensure_ascii=False, separators=(",", ":")).translate(SCRIPT_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{data}</script>')  # noqa: S308


@register.filter
def stamped(value):
    """Return "2026-02-02T08:00:00+01:00"."""
    return stamp(value)


@register.filter
def opening(edition, signs):
    """Return what invites to read on: the standfirst, or the first paragraphs, as a list of texts.

    As many whole paragraphs as *signs* hold, but at least one; none of a brief.
    """
    if edition.is_brief:
        return []
    if edition.standfirst:
        return [typography.french(edition.standfirst)]
    paragraphs, set_words = [], typography.setter_of(edition.body_html)
    for paragraph in body.plain_text(edition.body_html).splitlines():
        signs -= len(paragraph)
        if paragraphs and signs < 0:
            break
        paragraphs.append(set_words(paragraph))
    return paragraphs


@register.filter
def signature(byline):
    """Return the line "Par A et B, avec AFP" of a frozen byline, each author linked."""
    parts = {role: [] for role in ("writer", "contributor", "photographer", "translator")}
    for part in byline:
        parts[part["role"]].append(part)
    lead_ins = {
        "writer": _("Par"),
        "contributor": _("avec"),
        "photographer": _("photos :"),
        "translator": _("traduit par"),
    }
    phrases = []
    for role, people in parts.items():
        if people and people[0]["name"]:
            phrases.append(format_html("{} {}", lead_ins[role], enumerate_people(people)))
        elif people:
            # A wording alone is complete: "Service Monde", "avec Reuters".
            phrases.append(enumerate_people(people))
    return format_html_join(", ", "{}", ((phrase,) for phrase in phrases))


def enumerate_people(people):
    """Return "A, B et C"."""
    *others, last = [name_of(person) for person in people]
    if not others:
        return last
    return format_html(
        "{} {} {}", format_html_join(", ", "{}", ((name,) for name in others)), _("et"), last
    )


def name_of(person):
    if not person["name"]:
        return person["text"]
    address = address_of("author-detail", person["author"])
    link = format_html('<a href="{}" rel="author">{}</a>', address, person["name"])
    return format_html("{} {}", link, person["text"]) if person["text"] else link


@register.filter
def reading_minutes(edition):
    """Return how long the text takes to read, in minutes."""
    return max(1, round(edition.word_count / WORDS_PER_MINUTE))
