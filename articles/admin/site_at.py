"""The site at another instant, as it was or will be, for those who may see it."""

import re
from datetime import datetime

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import Resolver404, get_script_prefix, resolve, reverse, set_script_prefix
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .. import views
from ..preview import keep_private
from ..templatetags.articles import moment_text
from .local_time import LocalTimeField

PUBLIC = "articles.urls"
INSTANT = re.compile(
    r"(?:19|2\d)\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


class InstantForm(forms.Form):
    instant = LocalTimeField(label=_("Instant"))


@require_safe
def choose_instant(request):
    """The form, and the way to the front page at the instant that was typed into it."""
    require_right(request)
    form = InstantForm(request.GET if "instant" in request.GET else None, label_suffix="")
    if form.is_valid():
        return redirect("site-at", form.cleaned_data["instant"].isoformat())
    return show_form(request, form)


@require_safe
def site_at(request, instant, path):
    """The public page *path* as readers saw or will see it at *instant*."""
    require_right(request)
    try:
        at = read_instant(instant)
    except ValidationError:
        return show_form(request, InstantForm({"instant": instant}, label_suffix=""), status=400)
    try:
        match = resolve(f"/{path}", PUBLIC)
    except Resolver404:
        match = None
    query = request.META.get("QUERY_STRING", "")
    live = f"{get_script_prefix()}{path}{'?' if query else ''}{query}"
    request.at = at
    request.banner = {
        "title": _("Le site le %(time)s") % {"time": moment_text(at)},
        "links": [
            (live, _("revenir à maintenant")),
            (reverse("site-at-choose"), _("choisir un autre instant")),
        ],
    }
    return keep_private(answer(request, match, prefix=reverse("site-at", args=[instant])))


def require_right(request):
    # Who may not doesn't learn that there is such a page.
    if not request.user.has_perm("articles.view_site_at"):
        raise Http404


def read_instant(text):
    """Return the aware datetime in *text*: with an offset, or in the newsroom's zone.

    Raise Http404 if it is none, ValidationError for an hour that doesn't exist or exists twice.
    """
    if not (match := INSTANT.fullmatch(text)):
        raise Http404
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    return parsed if match[1] else LocalTimeField().clean(parsed)


def answer(request, match, *, prefix):
    """Return what the public view of *match* says, its links all below *prefix*."""
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        if match is None:
            raise Http404
        return match.func(request, *match.args, **match.kwargs)
    except Http404 as missing:
        return views.page_not_found(request, missing)
    finally:
        set_script_prefix(before)


def show_form(request, form, status=200):
    context = {
        **admin.site.each_context(request),
        "title": _("Le site à un autre instant"),
        "form": form,
    }
    return keep_private(render(request, "admin/site_at.html", context, status=status))
