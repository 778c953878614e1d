"""Who else has an article open: the form says every 20 s that it is, and is told of the others."""

from django import forms
from django.db import OperationalError
from django.http import JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from ..lock_wait import short_wait
from ..models import Presence
from .background import Message, background

# In milliseconds, for who leaves: nobody reads that answer, and the form's own save may be writing.
LEAVING_WAIT = 1000


class Beat(Message):
    leaving = forms.BooleanField(required=False)


@background(Beat)
def presence(request, article, sent):
    if article is None:
        return JsonResponse({"others": ""})
    try:
        with short_wait(LEAVING_WAIT if sent["leaving"] else 0):
            if sent["leaving"]:
                Presence.objects.filter(user=request.user, form=sent["form"]).delete()
            else:
                Presence.objects.beat(by=request.user, article=article, form=sent["form"])
    except OperationalError:
        # Someone is saving: the next beat will do. Reading never waits.
        pass
    return JsonResponse({"others": others(article, request.user, sent["form"])})


def others(article, user, form):
    """Return a sentence on who has *article* open besides this *form* of *user*, or ""."""
    present = article.presences.current().exclude(user=user, form=form).select_related("user")
    people, is_mine = {}, False
    for presence in present:
        is_mine = is_mine or presence.user_id == user.pk
        people.setdefault(presence.user, presence.since)
    people.pop(user, None)
    sentences = []
    if people:
        names = [
            _("%(name)s depuis %(time)s") % {"name": person, "time": clock(since)}
            for person, since in people.items()
        ]
        listed = get_text_list(names, _("et"))
        sentences.append(_("Aussi ouvert par %(names)s.") % {"names": listed})
    if is_mine:
        sentences.append(_("Vous l’avez aussi ouvert dans un autre onglet."))
    return " ".join(sentences)


def clock(instant):
    """Return the time of day of *instant* in the newsroom's zone; of another day, with its day."""
    local = timezone.localtime(instant)
    if local.date() == timezone.localdate():
        return date_format(local, "TIME_FORMAT")
    return date_format(local, "SHORT_DATETIME_FORMAT")
