"""The length of a story and how it looks outside, before counters.js counts what is typed."""

import json
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import number_format

from .. import body
from ..checklist import LONGEST_HEADLINE
from ..slug import make_slug
from ..templatetags.articles import WORDS_PER_MINUTE
from ..typography import french

# A feuillet, the sheet by which the trade pays.
SIGNS_A_PAGE = 1500
# What search engines and networks show of a description.
LONGEST_DESCRIPTION = 160


def measures_of(form):
    """Return what _measures.html shows of the text in *form*, an ArticleForm."""
    names = ("headline", "standfirst", "body", "slug")
    if "headline" in form.fields:
        typed = {name: form[name].value() or "" for name in names}
    else:
        # Who may only read gets a form without fields.
        typed = {name: getattr(form.instance, name) for name in names}
    # What an import left isn't always clean.
    typed["body"] = body.clean(typed["body"])
    return measure(typed, getattr(form.instance, "shown_slug", None))


def measure(typed, shown_slug):
    signs, words = body.measure(typed["body"])
    paragraph = body.plain_text(typed["body"]).partition("\n")[0]
    description = typed["standfirst"] or paragraph or typed["headline"]
    return {
        "signs": number_format(signs, force_grouping=True),
        "pages": number_format(signs / SIGNS_A_PAGE, decimal_pos=1),
        "words": number_format(words, force_grouping=True),
        "minutes": max(1, round(words / WORDS_PER_MINUTE)),
        "headline_signs": len(typed["headline"]),
        "headline_is_long": len(typed["headline"]) > LONGEST_HEADLINE,
        "longest_headline": LONGEST_HEADLINE,
        "standfirst_signs": len(typed["standfirst"]),
        "headline": french(typed["headline"]),
        "description": cut(french(description)),
        "slug": typed["slug"] or shown_slug or make_slug(typed["headline"]),
        "host": urlsplit(settings.SITE_URL).netloc,
        "site_name": settings.SITE_NAME,
        "rules": json.dumps(
            {
                "page": SIGNS_A_PAGE,
                "wordsPerMinute": WORDS_PER_MINUTE,
                "headline": LONGEST_HEADLINE,
                "description": LONGEST_DESCRIPTION,
            }
        ),
    }


def cut(text):
    """Return *text* as a search engine would show it, cut between two words."""
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return f"{text[:LONGEST_DESCRIPTION].rpartition(' ')[0]}…"
