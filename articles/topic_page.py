"""What stands on the page of a topic or an author: itself, what is below it, its stories."""

from uuid import UUID

from .filters import Listing
from .models import EditionAuthor, EditionTopic, Topic
from .prepared import planned_once, prepared


def find_topic(slug, at):
    """Return the Topic whose page is, or was, at *slug*, its ancestors loaded; None without any.

    With what its dossier and its own front page show at the aware datetime *at*.
    """
    found = read_topic(slug, at) or read_former(slug, at)
    return load_ancestors(found[0]) if found else None


@planned_once
def read_topic(slug, at):
    return for_page(at).filter(slug=slug)[:1]


@planned_once
def read_former(slug, at):
    return for_page(at).filter(addresses__slug=slug)[:1]


def for_page(at):
    return Topic.objects.with_dossier(at).with_front(at).select_related("merged_into")


def load_ancestors(topic):
    """Give *topic* what stands above it, in one query if there is anything; return it."""
    line = {above.pk: above for above in read_line(topic.parent_id)} if topic.parent_id else {}
    below = topic
    while parent := line.pop(below.parent_id, None):
        below.parent = parent
        below = parent
    return topic


# Of all columns, whichever a migration may add while this runs: no plan to be kept.
@prepared
def read_line(key):
    return Topic.objects.line_of(key)


@planned_once
def read_children(topic, at):
    """Read what is right below the topic with the id *topic* and has stories."""
    return Topic.objects.filter(parent=topic).with_stories(at).order_by("slug")


def stories_about(topic, at, shown, chosen):
    """Return the Listing of *topic* at *at*, without what stands elsewhere on its page.

    *shown* are ids of articles, *chosen* their uuids as text.
    """
    left_out = [*shown, *map(UUID, chosen)]
    shape = {"is_section": topic.is_section, "shown": len(shown)}
    return Listing(rows_about, at, topic.pk, *left_out, **shape)


def rows_about(at, topic, *left_out, is_section, shown):
    rows = EditionTopic.objects.live(at).under(topic, is_section=is_section)
    for article in left_out[:shown]:
        rows = rows.exclude(article=article)
    for key in left_out[shown:]:
        rows = rows.exclude(article__uuid=key)
    return rows


def stories_by(author, at):
    """Return the Listing of the Author *author* at *at*."""
    return Listing(rows_by, at, author.pk)


def rows_by(at, author):
    return EditionAuthor.objects.live(at).by_author(author)
