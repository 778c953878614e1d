"""The only code that changes what readers see: each act is a function and one transaction.

Each takes who acts as `by`, checks permission and state itself, writes its line in the journal,
and returns what it made. Datetimes are aware. PublishingError lists every fault at once.
"""

import logging
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import bulk, derived, timeline
from .checklist import (
    faults_of_meaning,
    faults_of_plan,
    faults_of_repetition,
    faults_of_revision,
    faults_of_text,
    faults_of_times,
    shown_time,
)
from .models import Act, Article, Edition, Meaning, Revision, SiteState, Topic
from .timeline import CANCEL, INHERIT, REBUILD

logger = logging.getLogger(__name__)

# Meanings that make no sense once the story is live.
FIRSTS = (Meaning.FIRST, Meaning.REINSTATEMENT)
# Acts that show an edition for some time: the journal says from when until when.
TIMED = (Act.Name.PUBLISH, Act.Name.PLAN, Act.Name.REINSTATE, Act.Name.CANCEL)
PERMISSIONS = {
    Act.Name.PUBLISH: "articles.publish_article",
    Act.Name.PLAN: "articles.publish_article",
    Act.Name.CANCEL: "articles.publish_article",
    Act.Name.BUMP: "articles.publish_article",
    Act.Name.PIN: "articles.pin_article",
    Act.Name.UNPIN: "articles.pin_article",
    Act.Name.EMBARGO: "articles.embargo_article",
    Act.Name.LIFT_EMBARGO: "articles.lift_embargo",
    Act.Name.WITHDRAW: "articles.withdraw_article",
    Act.Name.REINSTATE: "articles.withdraw_article",
    Act.Name.SEAL: "articles.seal_edition",
    Act.Name.FRONT: "articles.publish_front_page",
    Act.Name.PLAN_FRONT: "articles.publish_front_page",
    Act.Name.CANCEL_FRONT: "articles.publish_front_page",
    Act.Name.ALERT: "articles.publish_alert",
    Act.Name.CHANGE_ALERT: "articles.publish_alert",
    Act.Name.END_ALERT: "articles.publish_alert",
}
MEANINGS = {
    Meaning.CORRECTION: "articles.correct_article",
    Meaning.REINSTATEMENT: "articles.withdraw_article",
}


class PublishingError(Exception):
    """An act was refused; `faults` lists every reason as a sentence for a person."""

    def __init__(self, *faults):
        super().__init__(" ".join(str(fault) for fault in faults))
        self.faults = list(faults)


class Sitting:
    """One act under way: the articles locked, their timelines, and the journal to write.

    The lock makes two people who act at once take turns; `now` is read after it, so that no
    act stands before one that it waited for.
    """

    def __init__(self, articles, *, by, permission):
        if not by.has_perm(permission):
            raise PublishingError(_("Vous n’avez pas le droit de faire cela."))
        self.by = by
        # Before anything is read: what an act on topics changes is seen whole or not at all.
        Topic.objects.lock_tree(shared=True)
        keys = [article.pk for article in articles]
        self.articles = list(
            Article.objects.select_for_update(of=["self"]).filter(pk__in=keys).order_by("pk")
        )
        self.now = timezone.now()
        self.timelines = timeline.load(self.articles, self.now)
        self.instants = []
        self.acts = []

    @property
    def only(self):
        """The Timeline of an act on one article."""
        (line,) = self.timelines.values()
        return line

    def latest_revisions(self):
        """Return the newest Revision of each article, by the article's id."""
        revisions = Revision.objects.newest_of(self.articles)
        by_article = {revision.article_id: revision for revision in revisions}
        for article in self.articles:
            if article.pk in by_article:
                by_article[article.pk].article = article
        return by_article

    def note(self, name, article, *, edition=None, start=None, end=None, reason="", **others):
        if name in TIMED:
            start, end = edition.live_from, edition.ends_at
        self.acts.append(
            Act(
                name=name,
                at=self.now,
                by=self.by,
                by_name=str(self.by),
                article=article,
                edition=edition,
                revision=edition and edition.revision,
                starts_at=start,
                ends_at=end,
                reason=reason,
                **others,
            )
        )
        self.instants += [start, end]

    def write(self, topics=None, authors=None):
        """Store all that the act did; the site's version is the last statement."""
        derived.stamp_photos([e for line in self.timelines.values() for e in line.added])
        added = timeline.write(self.timelines.values())
        if added:
            topics = derived.topics_of(added) if topics is None else topics
            authors = derived.authors_of(added) if authors is None else authors
            derived.add(added, topics, authors)
        for edition in added:
            self.instants += [edition.live_from, edition.live_until, edition.ends_at]
            self.instants += edition.photo_ends()
        bulk.create(self.acts)
        SiteState.objects.bump(self.now, *self.instants)
        transaction.on_commit(partial(announce, self.acts))
        return added


def announce(acts):
    for act in acts:
        logger.info(
            "%s article=%s edition=%s from=%s by=%s",
            act.name,
            act.article_id,
            act.edition and act.edition.number,
            act.starts_at and act.starts_at.isoformat(),
            act.by_id,
        )


def publish(article, *, revision, by, **options):
    """Freeze *revision* (its number) of *article* and show it to readers; return the Edition.

    Refused if a newer revision exists: nobody publishes text that they haven't read. The
    options are those of publish_many().
    """
    editions, refusals = publish_many({article: revision}, by=by, **options)
    if refusals:
        raise refusals[article]
    return editions[0]


def correct(article, *, revision, by, note, **options):
    """Publish *revision* as a correction; *note* tells readers what was wrong."""
    options["meaning"] = Meaning.CORRECTION
    return publish(article, revision=revision, by=by, note=note, **options)


def reinstate(article, *, revision, by, note="", **options):
    """Publish *revision* of a withdrawn story again; it keeps its first date."""
    options["meaning"] = Meaning.REINSTATEMENT
    return publish(article, revision=revision, by=by, note=note, **options)


@transaction.atomic
def publish_many(
    revisions, *, by, at=None, until=INHERIT, meaning=None, note="", reason="", plan=None
):
    """Publish {article: revision number} from *at* (now if None) until *until* (None: open).

    Return the Editions, and {article: PublishingError} of those refused. Without *until* a
    story keeps the end that it had. *meaning* defaults to the first publication or an update;
    *note* is for readers, *reason* for the journal. Where an edition is planned, *plan* says
    whether to CANCEL it or, if this one starts now, REBUILD it from this text.
    """
    permission = MEANINGS.get(meaning, PERMISSIONS[Act.Name.PUBLISH])
    sitting = Sitting(revisions, by=by, permission=permission)
    latest = sitting.latest_revisions()
    photos = derived.photos_of([Edition(revision=newest) for newest in latest.values()])
    start, note = at or sitting.now, note.strip()
    accepted, refusals = [], {}
    for article in sitting.articles:
        line, newest = sitting.timelines[article.pk], latest.get(article.pk)
        faults = [
            *faults_of_revision(newest, revisions[article]),
            *faults_of_text(article, newest, start, photos),
            *faults_of_times(sitting.now, start, until),
            *faults_of_plan(line, start, plan),
        ]
        planned = line.plan
        if planned and not faults:
            line.cancel(planned)
        means = meaning or default_meaning(line, start)
        faults += faults_of_meaning(line, start, means, note)
        faults += faults_of_repetition(line, newest, start, until, means)
        if faults:
            refusals[article] = PublishingError(*faults)
            del sitting.timelines[article.pk]
        else:
            accepted.append((line, newest, means, planned))
    named = [Edition(revision=newest) for _line, newest, *_rest in accepted]
    topics, authors = derived.topics_of(named), derived.authors_of(named)
    published = []
    for line, newest, means, planned in accepted:
        freeze = partial(frozen, newest, by, topics, authors, photos, line.last_live(start))
        edition = line.place(freeze(means, note), start, until)
        if planned:
            sitting.note(Act.Name.CANCEL, line.article, edition=planned, reason=reason)
        sitting.note(name_of(edition, sitting.now), line.article, edition=edition, reason=reason)
        if planned and plan == REBUILD:
            means = Meaning.SILENT if planned.meaning in FIRSTS else planned.meaning
            again = freeze(means, planned.note)
            line.place(again, planned.live_from, planned.ends_at)
            sitting.note(Act.Name.PLAN, line.article, edition=again, reason=reason)
        published.append(edition)
    if published:
        hand_over(line.article for line, *_rest in accepted)
        sitting.write(topics, authors)
    return published, refusals


def hand_over(articles):
    """Let published *articles* be the desk's from here on: who publishes a draft approves it."""
    own = [article.pk for article in articles if article.status != Article.Status.READY]
    if own:
        Article.objects.filter(pk__in=own).update(status=Article.Status.READY)


@transaction.atomic
def replace_plan(article, *, revision, by, at=None, reason=""):
    """Plan the text of *revision* in place of the planned one, with its meaning and times.

    *at* is another start. Return the Edition.
    """
    plan = Sitting([article], by=by, permission=PERMISSIONS[Act.Name.PLAN]).only.plan
    if plan is None:
        raise PublishingError(_("Aucune publication n’est prévue."))
    return publish(
        article,
        revision=revision,
        by=by,
        at=at or plan.live_from,
        until=plan.ends_at,
        meaning=plan.meaning,
        note=plan.note,
        reason=reason,
        plan=CANCEL,
    )


@transaction.atomic
def cancel(article, *, by, reason=""):
    """Cancel the plan of *article*; what it would have replaced stays. Return the Edition."""
    sitting = Sitting([article], by=by, permission=PERMISSIONS[Act.Name.CANCEL])
    plan = sitting.only.plan
    if plan is None:
        raise PublishingError(_("Aucune publication n’est prévue."))
    sitting.only.cancel(plan)
    sitting.note(Act.Name.CANCEL, plan.article, edition=plan, reason=reason)
    sitting.write()
    return plan


@transaction.atomic
def withdraw(article, *, by, note, reason=""):
    """Take *article* off the site, with all its plans; *note* tells readers why.

    Return the Edition that is its notice.
    """
    sitting = Sitting([article], by=by, permission=PERMISSIONS[Act.Name.WITHDRAW])
    line, faults = sitting.only, []
    shown = line.live(sitting.now)
    if shown is None:
        faults.append(_("Cet article n’est pas en ligne : il n’y a rien à retirer."))
    if not note.strip():
        faults.append(_("Dites aux lecteurs pourquoi l’article est retiré."))
    if faults:
        raise PublishingError(*faults)
    if plan := line.plan:
        line.cancel(plan)
        sitting.note(Act.Name.CANCEL, line.article, edition=plan, reason=reason)
    notice = Edition(
        article_id=shown.article_id,
        revision=shown.revision,
        section_id=shown.section_id,
        meaning=Meaning.WITHDRAWAL,
        note=note.strip(),
        published_by=by,
        published_by_name=str(by),
    )
    line.place(notice, sitting.now, until=None)
    sitting.note(Act.Name.WITHDRAW, line.article, edition=notice, reason=reason)
    sitting.write()
    return notice


@transaction.atomic
def bump(article, *, by, reason=""):
    """Move *article* to the head of its lists ("Remonter"), its text and dates unchanged.

    Return the Edition that stands there from now on.
    """
    sitting = Sitting([article], by=by, permission=PERMISSIONS[Act.Name.BUMP])
    line = sitting.only
    shown, plan = line.live(sitting.now), line.plan
    if shown is None:
        raise PublishingError(_("Cet article n’est pas en ligne."))
    if plan:
        line.cancel(plan)
    edition = copy(shown, by, meaning=Meaning.SILENT)
    line.place(edition, sitting.now, until=shown.ends_at)
    edition.listed_at = sitting.now
    sitting.note(Act.Name.BUMP, line.article, edition=edition, reason=reason)
    if plan:
        again = line.place(copy(plan, by), plan.live_from, plan.ends_at)
        sitting.note(Act.Name.CANCEL, line.article, edition=plan, reason=reason)
        sitting.note(Act.Name.PLAN, line.article, edition=again, reason=reason)
    sitting.write()
    return edition


@transaction.atomic
def embargo(article, *, until, by, reason="", move_plan=False):
    """Forbid every publication of *article* before the aware datetime *until*.

    A plan before it is refused, or moved to *until* with *move_plan*. Return the Article.
    """
    sitting = Sitting([article], by=by, permission=PERMISSIONS[Act.Name.EMBARGO])
    line, faults = sitting.only, []
    article, plan = line.article, line.plan
    if until <= sitting.now:
        faults.append(_("La fin de l’embargo est passée : choisissez une heure à venir."))
    if line.live(sitting.now):
        faults.append(_("Cet article est déjà en ligne : retirez-le d’abord."))
    if article.embargo_until and until < article.embargo_until:
        faults.append(_("Avancer la fin d’un embargo, c’est le lever : levez-le d’abord."))
    if plan and plan.live_from < until and not move_plan:
        faults.append(
            _("Une publication est prévue le %(time)s, avant la fin de l’embargo.")
            % {"time": shown_time(plan.live_from)}
        )
    if faults:
        raise PublishingError(*faults)
    article.embargo_until = until
    article.save(update_fields=["embargo_until"])
    sitting.note(Act.Name.EMBARGO, article, end=until, reason=reason)
    if plan:
        # A plan after the end is made anew too: its row then holds the embargo itself.
        line.cancel(plan)
        edition = copy(plan, by)
        edition.embargo_until = until
        end = plan.ends_at if plan.ends_at is None or plan.ends_at > until else None
        line.place(edition, max(plan.live_from, until), end)
        sitting.note(Act.Name.CANCEL, article, edition=plan, reason=reason)
        sitting.note(Act.Name.PLAN, article, edition=edition, reason=reason)
    sitting.write()
    return article


@transaction.atomic
def lift_embargo(article, *, by, reason):
    """End the embargo of *article* now; its plans keep their times. Return the Article."""
    sitting = Sitting([article], by=by, permission=PERMISSIONS[Act.Name.LIFT_EMBARGO])
    article, faults = sitting.only.article, []
    if article.embargo_until is None or article.embargo_until <= sitting.now:
        faults.append(_("Cet article n’est pas sous embargo."))
    if not reason.strip():
        faults.append(_("Dites pourquoi l’embargo est levé."))
    if faults:
        raise PublishingError(*faults)
    sitting.note(Act.Name.LIFT_EMBARGO, article, end=article.embargo_until, reason=reason)
    article.embargo_until = None
    article.save(update_fields=["embargo_until"])
    sitting.write()
    return article


@transaction.atomic
def seal(edition, *, by, reason):
    """Put the text of *edition* where no reader finds it: not in versions, search or exports.

    It must be past: withdraw or correct the story first. Return the Edition.
    """
    sitting = Sitting([edition.article], by=by, permission=PERMISSIONS[Act.Name.SEAL])
    faults = []
    edition = Edition.objects.select_related("revision").get(pk=edition.pk)
    if edition.live_until is None or edition.live_until > sitting.now:
        faults.append(_("Cette édition est en ligne ou prévue : retirez-la d’abord."))
    if edition.is_sealed:
        faults.append(_("Cette édition est déjà sous scellés."))
    if not reason.strip():
        faults.append(_("Dites pourquoi l’édition est mise sous scellés."))
    if faults:
        raise PublishingError(*faults)
    edition.is_sealed = True
    edition.save(update_fields=["is_sealed"])
    derived.index([edition])
    sitting.note(Act.Name.SEAL, sitting.only.article, edition=edition, reason=reason)
    sitting.write()
    return edition


def record_and_publish(article, *, by, reason=""):
    """Store a revision of *article* and publish it at once, for an urgent headline."""
    with transaction.atomic():
        revision = Revision.objects.record(article, by=by, reason=reason)
        return publish(article, revision=revision.number, by=by, reason=reason)


def frozen(revision, by, topics, authors, photos, last, meaning, note):
    """Return an unsaved Edition of *revision*; topics, authors and photos as derived loads them.

    The address made of the first headline stays, unless the desk typed one: *last* is the newest
    Edition that readers saw, or None.
    """
    edition = revision.freeze(
        section=topics[revision.snapshot["section"]],
        authors=authors,
        photos=photos,
        embargo_until=revision.article.embargo_until,
    )
    if last and not revision.snapshot["slug"]:
        edition.slug = last.slug
    edition.meaning, edition.note = meaning, note
    edition.published_by, edition.published_by_name = by, str(by)
    edition.fill_search(derived.direct_topics(edition, topics))
    return edition


def copy(edition, by, meaning=None):
    """Return an unsaved Edition with the content of *edition*, placed by *by*."""
    again = edition.again()
    if meaning:
        again.meaning, again.note = meaning, ""
    again.published_by, again.published_by_name = by, str(by)
    return again


def name_of(edition, now):
    if edition.meaning == Meaning.REINSTATEMENT:
        return Act.Name.REINSTATE
    return Act.Name.PLAN if edition.live_from > now else Act.Name.PUBLISH


def default_meaning(line, start):
    return Meaning.UPDATE if line.last_live(start) else Meaning.FIRST
