"""Saving front pages at the desk, and the acts that change which one readers see."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from . import derived, timeline
from .checklist import faults_of_times, shown_time
from .front_page_checklist import faults_of_slots
from .models import Act, FrontPage, FrontPageEdition, FrontPageRevision, Photo, SiteState
from .publishing import PERMISSIONS, PublishingError, Sitting
from .slots import Kind, Slot, merge_slots, with_lead, without_lead
from .timeline import INHERIT, Line

logger = logging.getLogger(__name__)

LONGEST_REASON = FrontPageRevision._meta.get_field("reason").max_length


@dataclass
class Saved:
    """How a save went.

    revision: the front page at the desk from now on; is_new: whether this save made it; theirs:
    the FrontPageRevisions that others saved meanwhile; conflicts: what could not be merged, and
    conflict: the FrontPageRevision that holds all that was sent then, or None.
    """

    revision: FrontPageRevision
    is_new: bool = True
    theirs: list = field(default_factory=list)
    conflicts: list = field(default_factory=list)
    conflict: FrontPageRevision | None = None


@transaction.atomic
def save(section, slots, *, based_on, by, reason="", kind=FrontPageRevision.Kind.SAVE):
    """Store *slots* (dicts), made of the revision number *based_on* (0: none), as the newest.

    What others saved since is merged by slot and field; where both changed the same, theirs
    stays and all of *slots* is kept as a revision of kind "conflict". Return a Saved.
    """
    require(by, "articles.change_frontpage")
    front = FrontPage.objects.of(section)
    revisions = front.revisions.current()
    theirs = list(revisions.filter(number__gt=based_on).order_by("number"))
    base = revisions.filter(number=based_on).first()
    before = base.slots if base else []
    newest = revisions.first()
    merged, conflicts = merge_slots(before, newest.slots if newest else [], slots)
    saved = Saved(newest, is_new=False, theirs=theirs, conflicts=conflicts)
    options = {"by": by, "based_on": base, "reason": reason}
    if conflicts:
        saved.conflict = record(front, slots, kind=FrontPageRevision.Kind.CONFLICT, **options)
    if newest is None or merged != newest.slots:
        saved.revision = record(front, merged, kind=kind, **options)
        saved.is_new = True
    return saved


def record(front, slots, *, by, kind, based_on=None, reason=""):
    """Store *slots* under the next number of *front*, which is locked; return the revision."""
    last = front.revisions.aggregate(last=Max("number"))["last"] or 0
    return front.revisions.create(
        number=last + 1,
        slots=slots,
        kind=kind,
        based_on=based_on,
        reason=reason[:LONGEST_REASON],
        created_at=timezone.now(),
        created_by=by,
        created_by_name=str(by),
    )


class FrontSitting:
    """One act on a front page under way: the page locked, its editions, the journal to write."""

    def __init__(self, section, *, by, permission):
        require(by, permission)
        self.by = by
        self.front = FrontPage.objects.of(section)
        # After the lock, so that no act stands before one that it waited for.
        self.now = timezone.now()
        self.line = Line(self.front.editions.still_to_show(self.now), self.now)
        self.acts, self.instants = [], []

    def put(self, slots, start, until, *, photos, revision=None):
        """Place *slots*, with their frozen *photos*, from *start* to *until*.

        Return the FrontPageEdition, still unsaved.
        """
        edition = FrontPageEdition(
            front_page=self.front,
            revision=revision,
            slots=slots,
            photos=photos,
            published_by=self.by,
            published_by_name=str(self.by),
        )
        return self.line.put(edition, start, until)

    def note(self, name, edition, reason):
        self.acts.append(
            Act(
                name=name,
                at=self.now,
                by=self.by,
                by_name=str(self.by),
                front_page_edition=edition,
                starts_at=edition.live_from,
                ends_at=edition.ends_at,
                reason=reason,
            )
        )

    def store(self):
        """Store the editions and the journal; the caller bumps the site's version last."""
        derived.stamp_photos(self.line.added)
        added = timeline.write([self.line], FrontPageEdition)
        derived.link_photos(added)
        for edition in added:
            self.instants += instants_of(edition)
        Act.objects.bulk_create(self.acts)

    def write(self):
        self.store()
        SiteState.objects.bump(self.now, *self.instants)
        transaction.on_commit(partial(announce, self.acts))


def freeze_photos(slots):
    """Return the photos of the stored *slots* as readers get them, by the slot's key."""
    uses = {slot.key: slot.own_photo for slot in map(Slot.read, slots) if slot.own_photo}
    photos = Photo.objects.named({use["photo"] for use in uses.values()})
    return {
        key: photos[use["photo"]].freeze(role="lead", alt=use["alt"])
        for key, use in uses.items()
        if use["photo"] in photos
    }


def announce(acts):
    for act in acts:
        edition = act.front_page_edition
        logger.info(
            "%s front_page=%s edition=%s from=%s by=%s",
            act.name,
            edition.front_page_id,
            edition.number,
            act.starts_at.isoformat(),
            act.by_id,
        )


def instants_of(edition):
    """Return when *edition* starts and ends, and when its slots let go of their stories
    and its photos go."""
    ends = [slot["until"] for slot in edition.slots if slot.get("until")]
    return [
        edition.live_from,
        edition.live_until,
        edition.ends_at,
        *map(datetime.fromisoformat, ends),
        *edition.photo_ends(),
    ]


def require(by, permission):
    if not by.has_perm(permission):
        raise PublishingError(_("Vous n’avez pas le droit de faire cela."))


@transaction.atomic
def publish(section, *, revision, by, at=None, until=None, seen=None, reason=""):
    """Show readers the front page of *section* (None: the site's) as *revision* (a number) has it.

    From *at* (now if None) until *until* (None: until another one starts). Refused if a newer
    revision exists, or an edition newer than the number *seen*, if given. Return the
    FrontPageEdition. Raise PublishingError.
    """
    sitting = FrontSitting(section, by=by, permission=PERMISSIONS[Act.Name.FRONT])
    start, line = at or sitting.now, sitting.line
    newest = sitting.front.revisions.current().first()
    faults = [
        *faults_of_freshness(newest, revision, sitting.line, seen),
        *faults_of_times(sitting.now, start, until),
        *(faults_of_slots(newest.slots, start) if newest else []),
        *faults_of_place(line, newest, start, until),
    ]
    if faults:
        raise PublishingError(*faults)
    photos = freeze_photos(newest.slots)
    edition = sitting.put(newest.slots, start, until, photos=photos, revision=newest)
    name = Act.Name.PLAN_FRONT if start > sitting.now else Act.Name.FRONT
    sitting.note(name, edition, reason)
    sitting.write()
    return edition


@transaction.atomic
def cancel(section, number, *, by, reason=""):
    """Cancel the planned edition *number*; what it would have replaced stays. Return it."""
    sitting = FrontSitting(section, by=by, permission=PERMISSIONS[Act.Name.CANCEL_FRONT])
    plan = next((plan for plan in sitting.line.plans if plan.number == number), None)
    if plan is None:
        raise PublishingError(_("Cette une n’est plus prévue."))
    sitting.line.cancel(plan)
    sitting.note(Act.Name.CANCEL_FRONT, plan, reason)
    sitting.write()
    return plan


@transaction.atomic
def pin(article, *, until, by, reason=""):
    """Put *article* at the head of the site's front page until the aware datetime *until*.

    The one that was there gives way. Return the FrontPageEdition.
    """
    sitting = Sitting([article], by=by, permission=PERMISSIONS[Act.Name.PIN])
    article, faults = sitting.only.article, []
    if not sitting.only.live(sitting.now):
        faults.append(_("Cet article n’est pas en ligne."))
    if until <= sitting.now:
        faults.append(_("La fin est passée : choisissez une heure à venir."))
    if faults:
        raise PublishingError(*faults)
    front = FrontSitting(None, by=by, permission=PERMISSIONS[Act.Name.PIN])
    change = partial(with_lead, story=str(article.uuid), until=SiteState.encode(until))
    return change_lead(sitting, front, change, Act.Name.PIN, reason, until)


@transaction.atomic
def unpin(article, *, by, reason=""):
    """Take *article* from the head of the site's front page now; the lead's rule fills it again.

    Return the FrontPageEdition.
    """
    sitting = Sitting([article], by=by, permission=PERMISSIONS[Act.Name.UNPIN])
    front = FrontSitting(None, by=by, permission=PERMISSIONS[Act.Name.UNPIN])
    story = str(sitting.only.article.uuid)
    lead = lead_of(front.line.in_force(front.now), front.now)
    if lead is None or lead.story != story:
        raise PublishingError(_("Cet article n’est pas en tête de une."))
    return change_lead(sitting, front, partial(without_lead, story=story), Act.Name.UNPIN, reason)


def change_lead(sitting, front, change, name, reason, until=None):
    """Publish what readers see now with *change* (from stored slots to such), at the desk too.

    Another article's pin isn't behind the lock of *sitting*: the front page is. Return the
    FrontPageEdition.
    """
    sitting.now = front.now
    shown = front.line.in_force(front.now)
    before = shown.slots if shown else []
    after = change(before)
    newest = front.front.revisions.current().first()
    typed = newest.slots if newest else before
    typed_after = after if typed == before else change(typed)
    if typed_after != typed:
        options = {"kind": FrontPageRevision.Kind.PIN, "based_on": newest, "reason": reason}
        record(front.front, typed_after, by=sitting.by, **options)
    kept = {slot["key"] for slot in after if slot.get("photo")}
    photos = {key: frozen for key, frozen in shown.photos.items() if key in kept} if shown else {}
    edition = front.put(after, front.now, INHERIT, photos=photos)
    front.store()
    sitting.note(
        name,
        sitting.only.article,
        front_page_edition=edition,
        # When it starts, or when another one's place ends: a machine whose clock is behind must
        # not keep the page of before for the others.
        start=front.now,
        end=until,
        reason=reason,
    )
    sitting.instants += front.instants
    sitting.write()
    return edition


def lead_of(edition, at):
    """Return the Slot of the lead of *edition* if it holds a story at *at*; else None."""
    slots = [Slot.read(slot) for slot in edition.slots] if edition else []
    lead = next((slot for slot in slots if slot.kind == Kind.LEAD), None)
    return lead if lead and lead.holds_story(at) else None


def faults_of_freshness(newest, number, line, seen):
    """Return why the revision *number* isn't what the editor may publish."""
    if newest is None:
        return [_("Enregistrez la une avant de la publier.")]
    if newest.number != number:
        text = _("%(who)s a enregistré une version plus récente le %(time)s : relisez-la d’abord.")
        who, time = newest.created_by_name, shown_time(newest.created_at)
        return [text % {"who": who, "time": time}]
    last = line.editions[-1] if line.editions else None
    if seen is not None and last and last.number != seen:
        text = _(
            "%(who)s a publié ou prévu une autre une le %(time)s : relisez-la d’abord, puis"
            " publiez de nouveau."
        )
        who, time = last.published_by_name, shown_time(last.created_at)
        return [text % {"who": who, "time": time}]
    return []


def faults_of_place(line, newest, start, until):
    """Return why no edition of *newest* may start at *start*: the same is there already."""
    if any(plan.live_from == start for plan in line.plans):
        return [_("Une autre une est prévue à cette heure : annulez-la d’abord.")]
    in_force = line.in_force(start)
    is_same = newest and in_force and in_force.slots == newest.slots
    if is_same and in_force.ends_at == until and start <= line.now:
        return [_("Cette une est déjà en ligne.")]
    return []
