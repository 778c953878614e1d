"""The door of a live blog ("direct"): what readers see of its entries, and when it runs.

Like the acts of publishing.py: each locks the story, checks permission and state, writes its line
in the journal, and bumps the site's version last. Readers see an entry only while its story is
live.
"""

from datetime import UTC

from django.db import transaction
from django.utils.translation import gettext as _

from .body import plain_text
from .models import Act, Article, Coverage, LiveEntry, LiveEntryEdition, Meaning
from .models.edition import DATED
from .models.live_entry import clean_entry
from .publishing import PERMISSIONS as STORY_PERMISSIONS
from .publishing import PublishingError, Sitting

WRITE = "articles.write_liveentry"
PUBLISH = "articles.publish_liveentry"
SEAL = STORY_PERMISSIONS[Act.Name.SEAL]
# What an entry that readers know may be published again as.
AGAIN = (Meaning.UPDATE, Meaning.SILENT, Meaning.CORRECTION)


class EntryConflict(PublishingError):
    """Someone saved the entry since: `theirs` is their LiveRevision; nothing was stored."""

    def __init__(self, theirs):
        text = _("%(who)s a enregistré ce message entre-temps : comparez, puis enregistrez.")
        super().__init__(text % {"who": theirs.by_name})
        self.theirs = theirs


def may_write(article, user):
    """Whether *user* may write in the live blog of *article*: one's own, or any at the desk."""
    is_own = article.owner_id == user.pk or user.has_perm("articles.change_any_article")
    return is_own and user.has_perm(WRITE)


def may_publish(article, user):
    """Whether *user* may publish, correct and withdraw there, and start and end it."""
    return may_write(article, user) and user.has_perm(PUBLISH)


def may_seal(user):
    return user.has_perm(SEAL)


# What is typed: readers see nothing of it


@transaction.atomic
def write_entry(article, *, key, typed, based_on, by):
    """Keep what was *typed* (LiveRevision.TYPED) into the entry with the uuid *key*, or a new one.

    *based_on* is the number of the revision that it was typed over, or None. The same text twice
    is kept once. Return the LiveRevision. Raise PublishingError, or EntryConflict if someone else
    saved a newer text meanwhile.
    """
    # The lock makes people who save at once take turns.
    article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    if not may_write(article, by):
        raise refusal_of_right()
    typed = {**typed, "body_html": clean_entry(typed["body_html"])}
    if not typed["headline"] and not plain_text(typed["body_html"]):
        raise PublishingError(_("Écrivez le message."))
    entry, _is_new = LiveEntry.objects.get_or_create(
        uuid=key, defaults={"article": article, "owner": by}
    )
    if entry.article_id != article.pk:
        raise PublishingError(_("Ce message est celui d’un autre article."))
    newest = entry.revisions.select_related("author").first()
    if newest and newest.typed == typed:
        return newest
    if newest and newest.number != based_on:
        raise EntryConflict(newest)
    LiveEntry.objects.filter(pk=entry.pk).update(is_dropped=False)
    number = newest.number + 1 if newest else 1
    return entry.revisions.create(number=number, by=by, by_name=str(by), **typed)


@transaction.atomic
def drop_entry(entry, *, by):
    """Put aside *entry*, which readers never saw; saving it again takes it up."""
    article = Article.objects.select_for_update(of=["self"]).get(pk=entry.article_id)
    if not may_write(article, by):
        raise refusal_of_right()
    if entry.editions.exists():
        raise PublishingError(_("Ce message a été publié : retirez-le."))
    LiveEntry.objects.filter(pk=entry.pk).update(is_dropped=True)


# What readers see


def publish_entry(entry, *, revision, by, meaning=None, note=""):
    """Show *revision* (its number) of *entry* to readers from now on; return the LiveEntryEdition.

    Refused if a newer revision exists. *meaning* defaults to the first publication or an update.
    The first entry of a story starts its live blog.
    """
    return show(entry, revision=revision, by=by, meaning=meaning, note=note.strip())


def correct_entry(entry, *, revision, by, note):
    """Publish *revision* as a correction; *note* tells readers what was wrong."""
    return publish_entry(entry, revision=revision, by=by, meaning=Meaning.CORRECTION, note=note)


@transaction.atomic
def show(entry, *, revision, by, meaning, note):
    sitting = open_sitting(entry.article, by)
    shown, newest = in_force(entry), entry.revisions.select_related("entry", "author").first()
    faults = [
        *faults_of_story(sitting),
        *faults_of_revision(newest, revision),
        *faults_of_meaning(shown, newest, meaning, note),
    ]
    if faults:
        raise PublishingError(*faults)
    edition = newest.freeze()
    edition.meaning = meaning or (Meaning.UPDATE if shown else Meaning.FIRST)
    edition.note = note
    if not Coverage.objects.filter(article=entry.article_id).exists():
        begin(sitting)
    name = Act.Name.ENTRY_FIX if meaning == Meaning.CORRECTION else Act.Name.ENTRY
    return put(sitting, edition, shown, name)


@transaction.atomic
def withdraw_entry(entry, *, by, note, reason=""):
    """Take *entry* from the page: *note*, which tells readers why, stands in its place.

    Return the LiveEntryEdition that is the notice.
    """
    sitting, shown, faults = open_sitting(entry.article, by), in_force(entry), []
    if shown is None or shown.is_withdrawn:
        faults.append(_("Ce message n’est pas en ligne : il n’y a rien à retirer."))
    if not note.strip():
        faults.append(_("Dites aux lecteurs pourquoi le message est retiré."))
    if faults:
        raise PublishingError(*faults)
    notice = LiveEntryEdition(
        entry=entry,
        article_id=entry.article_id,
        revision_id=shown.revision_id,
        meaning=Meaning.WITHDRAWAL,
        note=note.strip(),
    )
    return put(sitting, notice, shown, Act.Name.ENTRY_GONE, reason)


@transaction.atomic
def seal_entry(edition, *, by, reason):
    """Put the text of *edition* where no reader finds it, on the site of another instant either.

    It must be past: correct or withdraw the entry first. Return the LiveEntryEdition.
    """
    sitting = Sitting([edition.article], by=by, permission=SEAL)
    edition, faults = LiveEntryEdition.objects.get(pk=edition.pk), []
    if edition.live_until is None:
        faults.append(_("Cette édition est en ligne : corrigez ou retirez d’abord le message."))
    if edition.is_sealed:
        faults.append(_("Cette édition est déjà sous scellés."))
    if not reason.strip():
        faults.append(_("Dites pourquoi l’édition est mise sous scellés."))
    if faults:
        raise PublishingError(*faults)
    edition.is_sealed = True
    edition.save(update_fields=["is_sealed"])
    sitting.note(Act.Name.ENTRY_SEAL, sitting.only.article, entry=edition, reason=reason.strip())
    sitting.write()
    return edition


@transaction.atomic
def start_live(article, *, by, reason=""):
    """Tell readers that *article* is told live from now on; return the Coverage."""
    sitting = open_sitting(article, by)
    faults = faults_of_story(sitting)
    if running(article):
        faults.append(_("Le direct a déjà commencé."))
    if faults:
        raise PublishingError(*faults)
    coverage = begin(sitting, reason)
    sitting.write()
    return coverage


@transaction.atomic
def end_live(article, *, by, reason=""):
    """Tell readers that the live blog of *article* is over; its entries stay."""
    sitting, coverage = open_sitting(article, by), running(article)
    if coverage is None:
        raise PublishingError(_("Cet article n’est pas en direct."))
    coverage.live_until = sitting.now
    coverage.save(update_fields=["live_until"])
    sitting.note(
        Act.Name.LIVE_END,
        sitting.only.article,
        start=coverage.live_from,
        end=sitting.now,
        reason=reason,
    )
    sitting.write()


def open_sitting(article, by):
    """Return the Sitting of an act of *by* on the live blog of *article*, or raise."""
    sitting = Sitting([article], by=by, permission=PUBLISH)
    if not may_publish(sitting.only.article, by):
        raise refusal_of_right()
    return sitting


def refusal_of_right():
    return PublishingError(_("Vous n’avez pas le droit de faire cela."))


def in_force(entry):
    """Return what readers see of *entry*, the notice of its withdrawal too; None if nothing."""
    return entry.editions.filter(live_until=None).first()


def running(article):
    return Coverage.objects.running().filter(article=article).first()


def begin(sitting, reason=""):
    article, now = sitting.only.article, sitting.now
    coverage = Coverage.objects.create(article=article, live_from=now)
    sitting.note(Act.Name.LIVE_START, article, start=now, reason=reason)
    return coverage


def put(sitting, edition, before, name, reason=""):
    """Store *edition* from now on in place of the one *before* it (or None), and what it did."""
    now = sitting.now
    edition.number = before.number + 1 if before else 1
    edition.live_from = now
    edition.shown_at = before.shown_at if before else now
    edition.modified_at = now if edition.meaning in DATED else before and before.modified_at
    edition.corrections = list(before.corrections) if before else []
    if edition.meaning == Meaning.CORRECTION:
        edition.corrections.append({"at": now.astimezone(UTC).isoformat(), "note": edition.note})
    edition.published_by, edition.published_by_name = sitting.by, str(sitting.by)
    if before:
        before.live_until = now
        before.save(update_fields=["live_until"])
    edition.save()
    sitting.note(name, sitting.only.article, entry=edition, start=now, reason=reason)
    sitting.write()
    return edition


def faults_of_story(sitting):
    if sitting.only.live(sitting.now) is None:
        return [_("L’article n’est pas en ligne : publiez-le d’abord.")]
    return []


def faults_of_revision(newest, number):
    if newest is None or newest.number != number:
        return [_("Ce message a été modifié depuis : relisez-le, puis publiez.")]
    return []


def faults_of_meaning(shown, newest, meaning, note):
    """Return why *newest* can't be published over the edition *shown* (or None) as *meaning*."""
    if shown is None:
        is_first = meaning in (None, Meaning.FIRST)
        return [] if is_first else [_("Ce message n’a jamais été publié : publiez-le d’abord.")]
    if shown.is_withdrawn:
        return [_("Ce message est retiré : écrivez-en un autre.")]
    if meaning not in (None, *AGAIN):
        return [_("Ce message a déjà été publié.")]
    if newest and shown.revision_id == newest.pk:
        return [_("Cette version est déjà en ligne.")]
    if meaning == Meaning.CORRECTION and not note:
        return [_("Dites aux lecteurs ce qui était inexact.")]
    return []
