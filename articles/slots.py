"""The places of a front page as they are stored, and the merge of what two editors did to them."""

import uuid
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .models import SiteState

BLOCK_SIZE = 4
SECOND_SIZE = 6


class Kind(models.TextChoices):
    """Where on the page a slot stands, from the top down."""

    LEAD = "lead", _("Ouverture")
    SECOND = "second", _("Second rang")
    STRIP = "strip", _("Bandeau")
    BLOCK = "block", _("Bloc de rubrique")


class Rule(models.TextChoices):
    """What fills a slot that holds no story."""

    STORY = "story", _("Le dernier article")
    NEWS = "news", _("La dernière nouvelle, brèves comprises")
    TOPIC = "topic", _("Le plus récent d’une rubrique ou d’un sujet")


TOP = (Kind.LEAD, Kind.SECOND, Kind.STRIP)


@dataclass(frozen=True)
class Slot:
    """One place, with a key that stays whatever becomes of it.

    story and topic are uuids as text; headline and kicker are said on the front page alone; until
    is when the story leaves the slot to its rule, as SiteState.encode() writes it; allow_repeat:
    whether it may show a story that stands elsewhere on the page; photo: {"photo": its uuid,
    "alt"}, shown instead of the story's on this page alone. All may be empty.
    """

    key: str
    kind: str
    story: str = ""
    headline: str = ""
    kicker: str = ""
    rule: str = Rule.STORY.value
    topic: str = ""
    until: str = ""
    allow_repeat: bool = False
    photo: dict = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, stored):
        """Return the Slot in the dict *stored*; what later versions added to it is left out."""
        names = {part.name for part in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in names})

    @classmethod
    def make(cls, kind, **values):
        return cls(uuid.uuid4().hex[:8], str(kind), **values)

    def stored(self):
        """Return it as a dict, without a photo if there is none: as it was before photos."""
        return {name: value for name, value in asdict(self).items() if name != "photo" or value}

    @property
    def own_photo(self):
        """The photo that goes with its story, {} if there is none."""
        return self.photo if self.story else {}

    def holds_story(self, at):
        """Whether someone put a story here that hasn't left by the aware datetime *at*."""
        return bool(self.story) and (not self.until or SiteState.encode(at) < self.until)

    @property
    def leaves_at(self):
        """When the story leaves, as an aware datetime, or None."""
        return datetime.fromisoformat(self.until) if self.until else None

    @property
    def size(self):
        """How many stories it shows."""
        return BLOCK_SIZE if self.kind == Kind.BLOCK else 1


def usual(sections):
    """Return the Slots by which a front page fills itself."""
    return [
        Slot.make(Kind.LEAD),
        *(Slot.make(Kind.SECOND) for _number in range(SECOND_SIZE)),
        *(
            Slot.make(Kind.BLOCK, rule=Rule.TOPIC.value, topic=str(section.uuid))
            for section in sections
        ),
    ]


def whole(slots, sections):
    """Return *slots* and, for each part of the page that has none, those that it has by itself."""
    given = {slot.kind for slot in slots}
    added = [slot for slot in usual(sections) if slot.kind not in given]
    return in_order([*slots, *added])


def in_order(slots):
    """Return *slots* from the top of the page down, those of a kind as they stood."""
    order = list(Kind.values)
    return sorted(slots, key=lambda slot: order.index(slot.kind))


def with_lead(stored, story, until):
    """Return *stored* with the uuid *story* in the lead until *until* (encoded, "": open)."""
    slots = [Slot.read(slot) for slot in stored]
    lead = next((slot for slot in slots if slot.kind == Kind.LEAD), None) or Slot.make(Kind.LEAD)
    put = Slot(lead.key, lead.kind, story, rule=lead.rule, topic=lead.topic, until=until)
    # It gave way elsewhere; and what was said there was said of another place.
    others = [without(slot, story) for slot in slots if slot.key != lead.key]
    place = slots.index(lead) if lead in slots else 0
    return [slot.stored() for slot in [*others[:place], put, *others[place:]]]


def without_lead(stored, story):
    """Return *stored* with a lead that no longer holds the uuid *story*."""
    slots = [Slot.read(slot) for slot in stored]
    return [(without(slot, story) if slot.kind == Kind.LEAD else slot).stored() for slot in slots]


def without(slot, story):
    """Return *slot*, left to its rule if it holds the uuid *story* and nobody let that repeat."""
    if slot.story != story or slot.allow_repeat:
        return slot
    return Slot(slot.key, slot.kind, rule=slot.rule, topic=slot.topic)


@dataclass(frozen=True)
class SlotConflict:
    """What two changed in one slot: a field of it, "slot" where one took it away, or "order"."""

    key: str
    name: str
    theirs: object = ""
    mine: object = ""


def merge_slots(base, theirs, mine):
    """Return the slots merged from lists that were both made of *base*, and the SlotConflicts.

    Where both changed the same, theirs stays.
    """
    sides = [{slot["key"]: slot for slot in side} for side in (base, theirs, mine)]
    keys, conflicts = merge_order(*(list(side) for side in sides))
    merged = []
    for key in keys:
        slot, found = merge_slot(key, *(side.get(key) for side in sides))
        merged += [slot] if slot else []
        conflicts += found
    return merged, conflicts


def merge_slot(key, base, theirs, mine):
    """Return one slot merged from three dicts, each None where there is none, and conflicts."""
    if mine in (base, theirs):
        return theirs, []
    if theirs == base:
        return mine, []
    if None in (theirs, mine):
        return theirs, [SlotConflict(key, "slot", theirs, mine)]
    base, merged, conflicts = base or {}, {}, []
    for name in {**theirs, **mine}:
        before, other, own = (side.get(name) for side in (base, theirs, mine))
        value = own if other == before else other
        if value is not None:
            merged[name] = value
        if own not in (before, other) and other != before:
            conflicts.append(SlotConflict(key, name, other, own))
    return merged, conflicts


def merge_order(base, theirs, mine):
    """Return all keys of *theirs* and *mine* in one order, and a conflict if both moved some."""
    common = [key for key in base if key in theirs and key in mine]
    in_theirs, in_mine = ([key for key in side if key in common] for side in (theirs, mine))
    first, second = (mine, theirs) if in_theirs == common else (theirs, mine)
    order = list(first)
    for place, key in enumerate(second):
        if key not in order:
            before = second[place - 1] if place else None
            order.insert(order.index(before) + 1 if before else 0, key)
    is_lost = in_theirs != common and in_mine not in (common, in_theirs)
    return order, [SlotConflict("", "order")] if is_lost else []
