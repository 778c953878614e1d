"""The door of dossiers: what stands at the head of a topic's page, before its stories.

The desk writes a working copy; publishing freezes it. Like the acts of topic_acts.py: permission
inside, a line in the topics' journal, the site's version last. TopicError says why not.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from . import derived
from .body import clean
from .checklist import faults_of_uses
from .models import Article, Dossier, DossierEdition, DossierRevision, Photo, Topic, TopicAct
from .topic_acts import PERMISSIONS, Sitting, TopicError, faults_of_state

NAME = TopicAct.Name.DOSSIER
MOST_STORIES = 8


class DossierConflict(TopicError):
    """Someone saved the dossier since: it is `theirs`. What was typed is the revision `mine`."""

    def __init__(self, theirs, mine):
        text = _("%(who)s a enregistré ce dossier entre-temps : comparez, puis enregistrez.")
        super().__init__(text % {"who": theirs.updated_by_name})
        self.theirs, self.mine = theirs, mine


def may_write(user):
    return user.has_perm(PERMISSIONS[NAME])


def write(topic, *, introduction_html, articles, based_on, by, photo=None):
    """Keep the working copy of the dossier of *topic*: its cleaned text, and *articles* in order.

    *photo* is {"photo": its key, "caption", "alt"}, or nothing. *based_on* is the number of the
    one that it was typed over, 0 if there was none. Each save is a revision. Return the Dossier.
    Raise TopicError, or DossierConflict if someone else saved meanwhile: what was typed is then
    stored beside theirs.
    """
    typed = {
        "introduction_html": clean(introduction_html),
        "stories": [str(article.uuid) for article in articles][:MOST_STORIES],
        "photo": photo or {},
    }
    dossier, refused = keep(topic, typed, based_on, by)
    if refused:
        raise DossierConflict(dossier, refused)
    return dossier


@transaction.atomic
def keep(topic, typed, based_on, by):
    """Store what was *typed* (DossierRevision.TYPED); return the Dossier, and what was refused.

    The latter is a DossierRevision, or None if *typed* is the working copy from now on.
    """
    if not may_write(by):
        raise TopicError(_("Vous n’avez pas le droit de faire cela."))
    # A merge moves dossiers: it waits. The other lock makes people who save at once take turns.
    Topic.objects.lock_tree(shared=True)
    topic = Topic.objects.select_for_update(of=["self"]).get(pk=topic.pk)
    if faults := faults_of_state(topic):
        raise TopicError(*faults)
    dossier, _is_new = Dossier.objects.get_or_create(topic=topic)
    if typed == typed_in(dossier):
        return dossier, None
    last, is_refused = dossier.revisions.first(), dossier.number != based_on
    if is_refused and last and last.is_refused and typed == typed_in(last):
        # A second click.
        return dossier, last
    number = last.number + 1 if last else 1
    options = {"is_refused": is_refused, "by": by, "by_name": str(by)}
    revision = dossier.revisions.create(number=number, **typed, **options)
    if is_refused:
        return dossier, revision
    for name, value in typed.items():
        setattr(dossier, name, value)
    dossier.number, dossier.updated_by_name = number, str(by)
    dossier.save()
    return dossier, None


def typed_in(row):
    return {name: getattr(row, name) for name in DossierRevision.TYPED}


@transaction.atomic
def publish(dossier, *, number, by, reason=""):
    """Show the working copy with that *number* to readers from now on; return the DossierEdition.

    An empty one takes the dossier from the page. Of its stories, those that are live show.
    """
    sitting = Sitting(NAME, by=by, reason=reason)
    topic = sitting.fresh(dossier.topic)
    dossier = Dossier.objects.select_for_update(of=["self"]).get(pk=dossier.pk)
    before = dossier.editions.filter(live_until=None).first()
    faults = faults_of_state(topic)
    if dossier.number != number:
        faults.append(_("Ce dossier a été modifié depuis : relisez-le, puis publiez."))
    if before and is_same(before, dossier):
        faults.append(_("Cette version est déjà en ligne."))
    now = sitting.act.at
    uses = [dossier.photo] if dossier.photo else []
    photos = Photo.objects.named({use["photo"] for use in uses})
    faults += faults_of_uses(uses, now, photos)
    if faults:
        raise TopicError(*faults)
    edition = DossierEdition(
        dossier=dossier,
        number=before.number + 1 if before else 1,
        introduction_html=clean(dossier.introduction_html),
        stories=dossier.stories,
        photo=dossier.photo,
        lead_photo=frozen(dossier.photo, photos),
        live_from=now,
        reason=sitting.act.reason,
        published_by=by,
        published_by_name=str(by),
    )
    derived.stamp_photos([edition])
    if before:
        before.live_until = now
        before.save(update_fields=["live_until"])
    edition.save()
    derived.link_photos([edition])
    sitting.instants += [now, *edition.photo_ends()]
    sitting.write(topic, dossier=[before.number if before else "", edition.number])
    return edition


def is_same(edition, dossier):
    return typed_in(edition) == typed_in(dossier)


def frozen(use, photos):
    """Return the photo of *use*, one of *photos* by key, as readers get it; {} if there is none."""
    if not use:
        return {}
    return photos[use["photo"]].freeze(role="lead", alt=use["alt"], caption=use["caption"])


def articles_of(stories):
    """Return the Articles with the uuids *stories*, in that order; those that are gone left out."""
    return articles_of_each([stories])[0]


def articles_of_each(lists):
    """Return what articles_of() does for each of *lists*, in one query."""
    keys = {key for stories in lists for key in stories}
    articles = Article.objects.filter(uuid__in=keys).only("uuid", "headline")
    found = {str(article.uuid): article for article in articles}
    return [[found[key] for key in stories if key in found] for stories in lists]
