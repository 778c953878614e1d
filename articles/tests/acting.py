"""Editors who act at random, in threads or processes of their own, and what must hold after."""

import random
import time
from datetime import timedelta
from unittest import mock

from django.utils import timezone

from .. import live_entries, publishing
from ..models import Act, Article, Edition, EditionTopic, Pin, Revision, SiteState, User
from ..models.site_state import SiteStateManager
from ..publishing import CANCEL, REBUILD, PublishingError
from ..timeline import INHERIT
from .factories import make_article, make_entry, make_topic, make_user

ARTICLES = 3


def set_up():
    """Make an editor who may do everything, and some stories of which one is live."""
    editor = make_user(username="acting", is_superuser=True)
    topic = make_topic(parent=make_topic())
    articles = [make_article(topics=[topic]) for _ in range(ARTICLES)]
    publishing.publish(articles[0], revision=1, by=editor)


def act_randomly(seed, count):
    """Do *count* acts on any of the stories; return how many were allowed.

    A refusal is an answer; anything else that is raised is a fault.
    """
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    editor = User.objects.get(username="acting")
    allowed = 0
    for _ in range(count):
        try:
            act_once(chance, editor)
            allowed += 1
        except PublishingError:
            pass
    return allowed


def act_once(chance, by):
    article = chance.choice(Article.objects.order_by("pk"))
    soon = timezone.now() + timedelta(seconds=chance.choice([0.05, 3600]))
    later = soon + timedelta(hours=chance.randint(1, 9))
    acts = {
        "publish": lambda: write_and_publish(article, chance, by),
        "plan": lambda: write_and_publish(article, chance, by, at=soon),
        "publish_many": lambda: publish_all(by),
        "replace": lambda: publishing.replace_plan(article, revision=write(article), by=by),
        "cancel": lambda: publishing.cancel(article, by=by),
        "bump": lambda: publishing.bump(article, by=by),
        "pin": lambda: publishing.pin(article, until=later, by=by),
        "unpin": lambda: publishing.unpin(article, by=by),
        "withdraw": lambda: publishing.withdraw(article, note="Essai", by=by),
        "embargo": lambda: publishing.embargo(article, until=later, by=by, move_plan=True),
        "lift": lambda: publishing.lift_embargo(article, reason="Essai", by=by),
        "seal": lambda: seal_any(article, by),
        "entry": lambda: make_entry(article, by=by),
        "entry gone": lambda: withdraw_any_entry(article, by),
    }
    acts[chance.choice([*acts, "publish", "plan"])]()


def write(article):
    """Save another text and return the number of its revision."""
    Article.objects.filter(pk=article.pk).update(headline=f"Essai {time.monotonic_ns()}")
    return Revision.objects.record(article, by=None).number


def write_and_publish(article, chance, by, at=None):
    in_force = Edition.objects.in_force(timezone.now()).filter(article=article).first()
    withdrawn = in_force and in_force.meaning == "withdrawal"
    publishing.publish(
        article,
        revision=write(article),
        by=by,
        at=at,
        until=chance.choice([INHERIT, None]),
        meaning="reinstatement" if withdrawn else chance.choice([None, "silent"]),
        plan=chance.choice([CANCEL, CANCEL, None if at else REBUILD]),
    )


def publish_all(by):
    revisions = {article: write(article) for article in Article.objects.order_by("-pk")}
    _editions, refusals = publishing.publish_many(revisions, by=by, plan=CANCEL)
    if len(refusals) == len(revisions):
        raise PublishingError("All were refused.")


def seal_any(article, by):
    edition = article.editions.order_by("number").first()
    if edition is None:
        raise PublishingError("There is none.")
    publishing.seal(edition, by=by, reason="Essai")


def withdraw_any_entry(article, by):
    entry = article.live_entries.order_by("pk").first()
    if entry is None:
        raise PublishingError("There is none.")
    live_entries.withdraw_entry(entry, by=by, note="Essai")


def check_whole(allowed):
    """Raise AssertionError unless every timeline is whole after *allowed* acts and the set-up."""
    now = timezone.now()
    assert SiteState.objects.get().version == 1 + 1 + allowed
    assert Pin.objects.in_force(now).count() <= 1
    for article in Article.objects.all():
        editions = list(article.editions.order_by("number"))
        assert [e.number for e in editions] == list(range(1, len(editions) + 1))
        assert article.editions.planned(now).count() <= 1
        spans = sorted((e.live_from, e.live_until) for e in editions if e.live_until != e.live_from)
        for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False):
            assert end is not None and end <= start
    acted = set(Act.objects.values_list("edition", flat=True))
    assert {edition.pk for edition in Edition.objects.all()} <= acted
    for row in EditionTopic.objects.select_related("edition"):
        assert (row.live_from, row.live_until) == (row.edition.live_from, row.edition.live_until)


def stall(act):
    """Do *act* up to its last statement, say so, and wait there for ever."""
    editor, article = User.objects.get(username="acting"), Article.objects.order_by("pk")[0]

    def wait(*args):
        print("written", flush=True)
        time.sleep(3600)

    with mock.patch.object(SiteStateManager, "bump", wait):
        perform(act, article, editor)


def perform(act, article, by):
    if act == "publish":
        publishing.publish(article, revision=write(article), by=by, plan=CANCEL)
    else:
        publishing.withdraw(article, note="Essai", by=by)
