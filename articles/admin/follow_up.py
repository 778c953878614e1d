"""Whose a story is and when it is due: in no version, so each form says what it was opened with."""

import json
from datetime import datetime

from django.contrib import messages
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

NAMES = ("owner", "due_at")


def values_of(article):
    """Return what forms show of *article*, each as text."""
    return {"owner": text_of(article.owner_id), "due_at": text_of(article.due_at)}


def text_of(value):
    if isinstance(value, datetime):
        # Forms are typed to the minute.
        return timezone.localtime(value).isoformat(timespec="minutes")
    return str(getattr(value, "pk", value) or "")


def read_seen(text, stored):
    """Return what the form that sent *text* was opened with, or *stored* if it doesn't say."""
    try:
        seen = json.loads(text)
    except ValueError:
        return stored
    return {**stored, **seen} if isinstance(seen, dict) else stored


def merge(form):
    """Let what nobody typed in *form*, an ArticleForm, stay as stored; return what is left out.

    That is {name: what was typed} of what someone else changed too.
    """
    typed, stored = form.cleaned_data, values_of(form.instance)
    seen, left_out = read_seen(typed.get("followed", ""), stored), {}
    for name in NAMES:
        if name not in typed or text_of(typed[name]) == stored[name]:
            continue
        if text_of(typed[name]) != seen[name]:
            if stored[name] == seen[name]:
                continue
            left_out[name] = typed[name]
        typed[name] = getattr(form.instance, name)
    return left_out


def save(request, form):
    """Store what *form*, which is stale, changed."""
    if names := form.follow_up_changes:
        form.instance.save(update_fields=[*names, "updated_at"])
        messages.success(request, _("Le suivi est enregistré."))


def tell(request, form):
    """Tell what is left out because someone else set it meanwhile."""
    for name, mine in form.left_out.items():
        words = {
            "field": form.fields[name].label,
            "theirs": shown(form.cleaned_data[name]),
            "mine": shown(mine),
        }
        text = _(
            "%(field)s : quelqu’un a choisi entre-temps « %(theirs)s », qui"
            " reste ; votre choix, « %(mine)s », n’est pas enregistré."
        )
        messages.warning(request, text % words)


def shown(value):
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), r"j F Y, H\hi")
    return str(value or _("personne ou rien"))
