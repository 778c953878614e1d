"""How long publishing takes in a database of the bench; run with DATABASE_URL set.

Prints JSON: {"one": ms of CPU a story, ours and of the database, "many": stories a second made and
published by an import that is under way (its last block and that block's share of the end; many of
its words were met before), "statements": of one act}. All is rolled back.
"""

import json
import time
from random import Random

import django
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from .server import cpu, cpu_since

ONE, MANY = 30, 300
# Blocks of an import before the one that is measured.
BEFORE = 3
TOPICS, PARAGRAPHS = 3, 5
# Its words are those of the archive's; its stories aren't.
SEED = 1


def write(count):
    """Return *count* unsaved stories of about 500 words."""
    from articles.drafts import Draft
    from articles.made_text import Writer
    from articles.models import Article, ArticleAuthor, Author, Topic

    random, writer = Random(f"{SEED} publishing {count}"), Writer(SEED)  # noqa: S311 - made text
    section, authors = Topic.objects.sections()[0], list(Author.objects.all())
    topics = list(Topic.objects.filter(is_section=False, merged_into=None)[:100])
    return [
        Draft(
            Article(
                headline=writer.headline(random),
                standfirst=" ".join(writer.sentences(random, 1)),
                body="".join(writer.paragraph(random) for _ in range(PARAGRAPHS)),
                section=section,
            ),
            topics=random.sample(topics, TOPICS),
            bylines=[ArticleAuthor(author=random.choice(authors))],
        )
        for _ in range(count)
    ]


def measure():
    from articles import bulk, drafts, publishing
    from articles.models import User

    by, _ = User.objects.get_or_create(username="bench", is_superuser=True, is_staff=True)
    stories = [revision.article for revision in drafts.store(write(ONE), by=None)]
    publishing.publish(stories[0], revision=1, by=by)
    with CaptureQueriesContext(connection) as queries:
        publishing.publish(stories[1], revision=1, by=by)
    is_server = connection.vendor == "postgresql"
    backend = connection.connection.info.backend_pid if is_server else None
    start, before = time.process_time(), cpu(backend)
    for story in stories[2:]:
        publishing.publish(story, revision=1, by=by)
    one = (time.process_time() - start + cpu_since(before, backend)) / (ONE - 2)
    written = write(MANY * (BEFORE + 1))
    with bulk.importing():
        for block in range(0, len(written), MANY):
            start = time.perf_counter()
            stored = drafts.store(written[block : block + MANY], by=None)
            versions = {revision.article: revision.number for revision in stored}
            published, _ = publishing.publish_many(versions, by=by)
            end = time.perf_counter()
    # What is left to do at the end is so for all blocks.
    took = end - start + (time.perf_counter() - end) / (BEFORE + 1)
    return {"one": one * 1000, "many": len(published) / took, "statements": len(queries)}


if __name__ == "__main__":
    django.setup()
    with transaction.atomic():
        measured = measure()
        transaction.set_rollback(True)
    print(json.dumps(measured))
