"""The publication box of an article's form: what readers see of it, and the door to it."""

from django.contrib import messages
from django.db.models import F
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from .. import body, publishing
from ..models import Meaning
from ..publishing import PublishingError
from .article_form import PUBLICATION


def publication_box(article, at):
    """Return what _publication_box.html shows of a saved *article* at the aware datetime *at*."""
    editions = list(
        article.editions.exclude(live_until=F("live_from"))
        .select_related("revision")
        .defer("body_html", "revision__snapshot")
        .order_by("-live_from")[:20]
    )
    started = [edition for edition in editions if edition.live_from <= at]
    planned = [edition for edition in editions if edition.live_from > at]
    newest = started[0] if started else None
    in_force = newest and (newest.live_until is None or newest.live_until > at)
    revisions = list(article.revisions.defer("snapshot")[:5])
    sign_count = body.count_signs(article.body)
    return {
        "current": newest if in_force else None,
        "is_withdrawn": in_force and newest.meaning == Meaning.WITHDRAWAL,
        "has_ended": newest and not in_force,
        "planned": planned[-1] if planned else None,
        "has_changes": in_force and revisions and newest.revision.number != revisions[0].number,
        "revisions": revisions,
        "sign_count": sign_count,
        "signs": number_format(sign_count, force_grouping=True),
    }


def publish(article, *, revision, read, by, meaning="", note="", at=None, plan=""):
    """Publish *revision*, or return None if readers have it already or will at *at*.

    So a button that is pressed twice publishes once. *read* is the number of the revision that
    the editor saw; *plan* is CANCEL or REBUILD, if a plan stands.
    """
    now = timezone.now()
    same = article.editions.filter(revision=revision)
    same = same.planned(now).filter(live_from=at) if at else same.live(now)
    if meaning == Meaning.CORRECTION:
        same = same.filter(note=note.strip())
    if same.exists():
        return None
    return publishing.publish(
        article,
        revision=read,
        by=by,
        at=at,
        meaning=meaning or None,
        note=note,
        plan=plan or None,
    )


def publish_from_form(request, form, revision):
    """Publish what *form* just saved and tell the editor how it went."""
    choices = {name: form.cleaned_data[name] for name in PUBLICATION if name in form.fields}
    # Where others saved meanwhile and this form changed nothing, the newest is not what it shows.
    read = revision.number if form.is_fresh else form.cleaned_data["based_on"]
    try:
        edition = publish(form.instance, revision=revision, read=read, by=request.user, **choices)
    except PublishingError as refusal:
        tell_faults(request, refusal)
        carry(request, form, PUBLICATION)
        return
    if edition is None:
        messages.info(request, _("Cette version est déjà publiée : rien n’a été envoyé deux fois."))
    elif edition.live_from > timezone.now():
        start = publishing.shown_time(edition.live_from)
        messages.success(request, _("Publication prévue le %(time)s.") % {"time": start})
    else:
        text = _('L’article est en ligne. <a href="{url}">Voir sur le site</a>')
        messages.success(request, format_html(text, url=edition.get_absolute_url()))


def cancel_from_form(request, form, revision):
    """Cancel the plan of the article that *form* just saved, and say so."""
    try:
        publishing.cancel(form.instance, by=request.user, reason=form.cleaned_data["reason"])
    except PublishingError as refusal:
        tell_faults(request, refusal)
    else:
        messages.success(request, _("La publication prévue est annulée."))


def embargo_from_form(request, form):
    """Set the embargo to what *form* says, or lift it, and tell the editor if that is refused."""
    until, reason = form.cleaned_data["embargo"], form.cleaned_data["reason"]
    try:
        if until:
            publishing.embargo(form.instance, until=until, by=request.user, reason=reason)
        else:
            publishing.lift_embargo(form.instance, by=request.user, reason=reason)
    except PublishingError as refusal:
        tell_faults(request, refusal)
        carry(request, form, ["embargo"])


def tell_faults(request, refusal):
    for fault in refusal.faults:
        messages.error(request, fault)


# What the buttons of the box do, by their names; each saves the form first.
ACTS = {"_publish": publish_from_form, "_cancel": cancel_from_form}


def carry(request, form, names):
    """Keep what was typed into the fields *names* but had no effect, for the next page."""
    typed = {name: form.data.get(name, "") for name in names if name in form.fields}
    if any(typed[name] for name in typed if name != "meaning"):
        key = carried_key(form.instance)
        request.session[key] = {**request.session.get(key, {}), **typed}


def carried_key(article):
    return f"publication-{article.pk}"
