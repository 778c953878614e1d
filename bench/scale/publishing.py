"""How long publishing takes in a database of the bench; run with DATABASE_URL set.

Prints JSON: {"one": ms of CPU a story, ours and of the database, "many": stories a second,
"statements": of one act}. All is rolled back: the archive stays what it was.
"""

import json
import time

import django
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from .server import cpu

ONE, MANY = 30, 300


def write(number, section, topics):
    """Store an article with its first revision, as an import does; return it."""
    from articles.models import Article, ArticleTopic, Revision

    paragraph = f"<p>{'Un texte que personne ne lit, pour mesurer. ' * 20}</p>"
    article = Article.objects.create(
        headline=f"Mesure {number}", body=paragraph * 4, section=section
    )
    ArticleTopic.objects.bulk_create(ArticleTopic(content_object=article, tag=t) for t in topics)
    Revision.objects.record(article, by=None)
    return article


def measure():
    from articles import publishing
    from articles.models import Topic, User

    by, _ = User.objects.get_or_create(username="bench", is_superuser=True, is_staff=True)
    section = Topic.objects.sections().first()
    topics = list(Topic.objects.filter(is_section=False)[:3])
    stories = [write(number, section, topics) for number in range(ONE)]
    publishing.publish(stories[0], revision=1, by=by)
    with CaptureQueriesContext(connection) as queries:
        publishing.publish(stories[1], revision=1, by=by)
    is_server = connection.vendor == "postgresql"
    backend = connection.connection.info.backend_pid if is_server else None
    start = time.process_time() + cpu(backend)
    for story in stories[2:]:
        publishing.publish(story, revision=1, by=by)
    one = (time.process_time() + cpu(backend) - start) / (ONE - 2)
    start = time.perf_counter()
    with transaction.atomic():
        written = [write(number, section, topics) for number in range(MANY)]
    published, _ = publishing.publish_many(dict.fromkeys(written, 1), by=by)
    many = len(published) / (time.perf_counter() - start)
    return {"one": one * 1000, "many": many, "statements": len(queries)}


if __name__ == "__main__":
    django.setup()
    with transaction.atomic():
        measured = measure()
        transaction.set_rollback(True)
    print(json.dumps(measured))
