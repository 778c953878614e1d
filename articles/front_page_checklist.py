"""What stands against a front page, each a sentence for a person: faults refuse, advice doesn't."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from .checklist import advice_on_uses, faults_of_uses
from .models import Article, Edition, Photo, SiteState, Topic
from .slots import Kind, Rule, Slot


class SlotRemark(NamedTuple):
    """One thing about a front page; *key* is that of the slot that it is about, or ""."""

    key: str
    text: str
    is_blocking: bool = False


def faults_of_slots(stored, at):
    """Return what forbids to show the slots *stored* from the aware datetime *at* on."""
    return [remark.text for remark in remarks_on(stored, at) if remark.is_blocking]


def remarks_on(stored, at):
    """Return the SlotRemarks on *stored*, shown from the aware datetime *at* on.

    Three queries, two more for photos.
    """
    slots = [Slot.read(slot) for slot in stored]
    held = [slot for slot in slots if slot.story]
    articles = Article.objects.filter(uuid__in={slot.story for slot in held})
    headlines = {str(key): headline for key, headline in articles.values_list("uuid", "headline")}
    live = Edition.objects.live(at).filter(article__uuid__in=list(headlines))
    live = {str(key) for key in live.values_list("article__uuid", flat=True)}
    found = [*remarks_on_leads(slots), *remarks_on_topics(slots), *remarks_on_photos(slots, at)]
    seen = set()
    for slot in held:
        if slot.story not in headlines:
            text = _("L’article mis à cette place n’existe plus : choisissez-en un autre.")
            found.append(SlotRemark(slot.key, text, is_blocking=True))
            continue
        found += remarks_on_story(slot, headlines[slot.story], slot.story in live, at)
        if slot.story in seen and not slot.allow_repeat:
            text = _("« %(headline)s » est déjà à une autre place : celle-ci suivra sa règle.")
            found.append(SlotRemark(slot.key, text % {"headline": headlines[slot.story]}))
        seen.add(slot.story)
    return found


def remarks_on_story(slot, headline, is_live, at):
    named = {"headline": headline}
    if slot.until and slot.until <= SiteState.encode(at):
        text = _("« %(headline)s » a déjà quitté cette place : elle suivra sa règle.")
        yield SlotRemark(slot.key, text % named)
    elif not is_live:
        text = _("« %(headline)s » ne sera pas en ligne à cette heure : la place suivra sa règle.")
        yield SlotRemark(slot.key, text % named)


def remarks_on_photos(slots, at):
    photos = Photo.objects.named({slot.photo["photo"] for slot in slots if slot.photo})
    for slot in slots:
        if slot.photo and not slot.story:
            text = _("La photo d’une place ne paraît qu’avec un article choisi.")
            yield SlotRemark(slot.key, text)
        elif slot.photo:
            for text in faults_of_uses([slot.photo], at, photos):
                yield SlotRemark(slot.key, text, is_blocking=True)
            for text in advice_on_uses([slot.photo], photos):
                yield SlotRemark(slot.key, text)


def remarks_on_leads(slots):
    leads = [slot for slot in slots if slot.kind == Kind.LEAD]
    for slot in leads[1:]:
        text = _("Il y a deux ouvertures : gardez-en une.")
        yield SlotRemark(slot.key, text, is_blocking=True)


def remarks_on_topics(slots):
    named = [slot for slot in slots if slot.rule == Rule.TOPIC or slot.kind == Kind.BLOCK]
    topics = Topic.objects.by_key({slot.topic for slot in named} - {""})
    for slot in named:
        if slot.topic not in topics:
            text = _("Choisissez la rubrique ou le sujet de cette place.")
            yield SlotRemark(slot.key, text, is_blocking=True)
