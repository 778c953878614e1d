"""The one way to show a banner on every page, to change it, and to take it down."""

import logging
from functools import partial
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from .checklist import faults_of_times
from .models import Act, Alert, Edition, SiteState
from .publishing import PERMISSIONS, PublishingError

logger = logging.getLogger(__name__)


@transaction.atomic
def show(*, text, by, link="", level=Alert.Level.URGENT, at=None, until=None, reason=""):
    """Show *text* on every page from *at* (now if None) until *until* (None: until it is ended).

    *link* is a path of the site or an address. Return the Alert. Raise PublishingError.
    """
    now = open_act(by, Act.Name.ALERT)
    start = at or now
    alert = Alert(text=text.strip(), link=link.strip(), level=level)
    alert.live_from, alert.live_until = start, until
    alert.created_by, alert.created_by_name = by, str(by)
    faults = [*faults_of_times(now, start, until), *faults_of_alert(alert)]
    if not_over(now).filter(text=alert.text, link=alert.link).exists():
        # A second click.
        faults.append(_("Cette alerte est déjà en ligne ou prévue."))
    refuse(faults)
    alert.save()
    close_act(Act.Name.ALERT, alert, now, by, reason)
    return alert


@transaction.atomic
def change(alert, *, text, link, level, until, by, reason=""):
    """Let *alert*, shown or to come, say and last something else; return it."""
    now = open_act(by, Act.Name.CHANGE_ALERT)
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    ended = alert.live_until
    faults = faults_of_end(alert, now)
    alert.text, alert.link, alert.level, alert.live_until = text.strip(), link.strip(), level, until
    if until and until <= max(now, alert.live_from):
        faults.append(_("La fin doit venir après le début."))
    refuse([*faults, *faults_of_alert(alert)])
    alert.save()
    close_act(Act.Name.CHANGE_ALERT, alert, now, by, reason, ended)
    return alert


@transaction.atomic
def end(alert, *, by, reason=""):
    """Take *alert* down now, or cancel it if it is still to come; return it."""
    now = open_act(by, Act.Name.END_ALERT)
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    refuse(faults_of_end(alert, now))
    ended, alert.live_until = alert.live_until, max(now, alert.live_from)
    alert.save(update_fields=["live_until"])
    close_act(Act.Name.END_ALERT, alert, now, by, reason, ended)
    return alert


def open_act(by, name):
    """Return the instant of the act; the site's row makes acts on alerts take turns."""
    if not by.has_perm(PERMISSIONS[name]):
        raise PublishingError(_("Vous n’avez pas le droit de faire cela."))
    SiteState.objects.lock()
    return timezone.now()


def close_act(name, alert, now, by, reason, *instants):
    """Write the journal and what pages read; the site's version is the last statement.

    The journal keeps what the alert says by then, whatever becomes of it.
    """
    act = Act.objects.create(
        name=name,
        at=now,
        by=by,
        by_name=str(by),
        alert=alert,
        starts_at=alert.live_from,
        ends_at=alert.live_until,
        reason=f"« {alert.text} » {reason}".strip(),
    )
    state = SiteState.objects.lock()
    state.alerts = [stored(alert) for alert in not_over(now).for_banner()]
    state.save(update_fields=["alerts"])
    SiteState.objects.bump(now, alert.live_from, alert.live_until, *instants)
    text = "%s alert=%s by=%s"
    transaction.on_commit(partial(logger.info, text, act.name, alert.pk, by.pk))


def not_over(now):
    """The alerts that are shown at *now* or will be."""
    alerts = Alert.objects.filter(Q(live_until=None) | Q(live_until__gt=now))
    return alerts.exclude(live_until=F("live_from"))


def stored(alert):
    """Return *alert* as SiteState keeps it."""
    until = SiteState.encode(alert.live_until) if alert.live_until else ""
    return [alert.text, alert.link, alert.level, SiteState.encode(alert.live_from), until]


def refuse(faults):
    if faults:
        raise PublishingError(*faults)


def faults_of_end(alert, now):
    if alert.live_until and alert.live_until <= now:
        return [_("Cette alerte est terminée.")]
    return []


def faults_of_alert(alert):
    """Return what is wrong with what *alert* says and where it leads."""
    faults = []
    if not alert.text:
        faults.append(_("Il manque le texte de l’alerte."))
    address = urlsplit(alert.link)
    is_path = alert.link.startswith("/") and not alert.link.startswith("//")
    if alert.link and not is_path and not (address.scheme in ("http", "https") and address.netloc):
        faults.append(_("Le lien est une adresse en https:// ou une page du site (/…)."))
    elif is_path and not leads_to_readers(address.path, alert.live_from):
        faults.append(_("Le lien mène à une page que les lecteurs ne verront pas à cette heure."))
    return faults


def leads_to_readers(path, at):
    """Whether *path* is a page of the public site, and its story live at *at*."""
    try:
        match = resolve(path, "articles.urls")
    except Resolver404:
        return False
    if "article" not in match.kwargs:
        return True
    return Edition.objects.live(at).filter(article=match.kwargs["article"]).exists()
