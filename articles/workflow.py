"""The desk's side of a story's life: every step before publication, in one table.

Readers see none of it. A step says from which state to which, and who may take it; the buttons,
the checks and docs/roles.md all come from here.
"""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import drafts
from .drafts import Draft
from .models import Article, Revision, Step
from .publishing import PublishingError

Status, Name = Article.Status, Step.Name

# Who: the story's owner as well as the desk, or the desk alone, which may change all stories.
OWNER, DESK = "owner", "desk"
# How long the trash keeps a draft.
TRASH_TIME = timedelta(days=30)


class Row(NamedTuple):
    """One step from one state."""

    name: str
    before: str
    after: str
    who: str


STEPS = [
    Row(Name.SUBMIT, Status.DRAFT, Status.REVIEW, OWNER),
    Row(Name.APPROVE, Status.DRAFT, Status.READY, DESK),
    Row(Name.APPROVE, Status.REVIEW, Status.READY, DESK),
    Row(Name.SEND_BACK, Status.REVIEW, Status.DRAFT, DESK),
    Row(Name.SEND_BACK, Status.READY, Status.DRAFT, DESK),
    Row(Name.DROP, Status.DRAFT, Status.DROPPED, OWNER),
    Row(Name.DROP, Status.REVIEW, Status.DROPPED, DESK),
    Row(Name.DROP, Status.READY, Status.DROPPED, DESK),
    Row(Name.RESUME, Status.DROPPED, Status.DRAFT, OWNER),
    Row(Name.TRASH, Status.DRAFT, Status.TRASHED, OWNER),
    Row(Name.TRASH, Status.DROPPED, Status.TRASHED, OWNER),
    Row(Name.RESTORE, Status.TRASHED, Status.DRAFT, OWNER),
]
BUTTONS = {
    Name.SUBMIT: gettext_lazy("Soumettre à relecture"),
    Name.APPROVE: gettext_lazy("Approuver"),
    Name.SEND_BACK: gettext_lazy("Renvoyer à l’auteur"),
    Name.DROP: gettext_lazy("Abandonner"),
    Name.RESUME: gettext_lazy("Reprendre"),
    Name.TRASH: gettext_lazy("Mettre à la corbeille"),
    Name.RESTORE: gettext_lazy("Sortir de la corbeille"),
}


def find_row(article, name):
    """Return the Row of the step *name* from where *article* stands, or None."""
    return next((row for row in STEPS if (row.name, row.before) == (name, article.status)), None)


def may_take(row, article, user):
    """Whether the table lets *user* take the step *row* with *article*."""
    if not user.has_perm("articles.change_article"):
        return False
    if user.has_perm("articles.change_any_article"):
        return True
    return row.who == OWNER and article.owner_id == user.pk


def offered_steps(article, user):
    """Return the names of the steps that *user* may take with *article* now, in their order."""
    rows = [row for row in STEPS if row.before == article.status and may_take(row, article, user)]
    if any(row.name in (Name.DROP, Name.TRASH) for row in rows):
        rows = [row for row in rows if not faults_of_step(article, row.name)]
    return [row.name for row in rows]


def faults_of_step(article, name):
    """Return why what readers see, or will, forbids the step *name*."""
    if name == Name.TRASH and article.editions.exists():
        return [_("Un article qui a été publié ou prévu ne va pas à la corbeille.")]
    to_come = Q(live_until=None) | Q(live_until__gt=timezone.now())
    shown = article.editions.filter(to_come).exclude(live_until=F("live_from"))
    if name == Name.DROP and shown.exists():
        return [_("Cet article est en ligne ou prévu : retirez-le ou annulez d’abord.")]
    return []


@transaction.atomic
def take(article, name, *, by, reason=""):
    """Take the step *name* with *article*; return the Step. Raise PublishingError."""
    article = Article.objects.select_for_update().get(pk=article.pk)
    row, reason = find_row(article, name), reason.strip()
    if row is None:
        raise PublishingError(
            _("Cet article est maintenant « %(status)s » : cette étape n’est plus possible.")
            % {"status": article.get_status_display()}
        )
    if not may_take(row, article, by):
        raise PublishingError(_("Vous n’avez pas le droit de faire cela."))
    faults = faults_of_step(article, name)
    if name == Name.SEND_BACK and not reason:
        faults.append(_("Dites à l’auteur pourquoi l’article lui est renvoyé."))
    if faults:
        raise PublishingError(*faults)
    now = timezone.now()
    article.status = row.after
    article.trashed_at = now if row.after == Status.TRASHED else None
    article.save(update_fields=["status", "trashed_at"])
    return Step.objects.create(
        article=article, name=name, at=now, by=by, by_name=str(by), reason=reason
    )


@transaction.atomic
def add_topics(article, topics, *, by):
    """Add *topics* to the working copy of *article*; return the Revision, new if any was."""
    article = Article.objects.select_for_update().get(pk=article.pk)
    if not (by.has_perm("articles.change_article") and article.may_be_edited_by(by)):
        raise PublishingError(_("Vous n’avez pas le droit de modifier cet article."))
    article.topics.add(*topics)
    article.save(update_fields=["updated_at"])
    return Revision.objects.record(article, by=by, reason=_("Sujets ajoutés"))


@transaction.atomic
def duplicate(article, *, by):
    """Return a new draft of *by*'s with the content of *article*, and nothing of its past."""
    if not by.has_perm("articles.add_article"):
        raise PublishingError(_("Vous n’avez pas le droit de faire cela."))
    names = (
        "kicker",
        "headline",
        "standfirst",
        "body",
        "dateline",
        "credit",
        "section",
        "is_verbatim",
    )
    draft = Draft(
        Article(owner=by, **{name: getattr(article, name) for name in names}),
        topics=list(article.topics.all()),
        bylines=article.load_bylines(),
        photos=list(article.article_photos.select_related("photo")),
    )
    for row in (*draft.bylines, *draft.photos):
        row.pk, row._state.adding = None, True
    reason = _("Copie de « %(headline)s »") % {"headline": article}
    drafts.store([draft], by=by, reason=reason[:250])
    return draft.article
