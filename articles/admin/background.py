"""What the desk's scripts send while someone types: JSON, answered at once and never by a page."""

import json
from functools import wraps

from django import forms
from django.contrib import admin
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..models import Article

# In bytes. The longest stories of the trade are a tenth of it.
LIMIT = 1_000_000


class Message(forms.Form):
    """Which form speaks: of whom, of which article (perhaps not saved yet), and which tab's."""

    user = forms.IntegerField()
    article = forms.UUIDField()
    form = forms.UUIDField()


def background(message):
    """Make an endpoint of view(request, article, data), where data are of the form *message*.

    article is None if it isn't saved yet. It answers 401 for a session that ended or is someone
    else's now, 403 for who may not edit, 413 for what is too long.
    """

    def decorate(view):
        @require_POST
        @never_cache
        @wraps(view)
        def endpoint(request):
            if not admin.site.has_permission(request):
                return JsonResponse({}, status=401)
            if int(request.META.get("CONTENT_LENGTH") or 0) > LIMIT:
                return JsonResponse({}, status=413)
            sent = read(request.body, message)
            if sent is None:
                return JsonResponse({}, status=400)
            if sent["user"] != request.user.pk:
                return JsonResponse({}, status=401)
            article = Article.objects.filter(uuid=sent["article"]).defer("body").first()
            if not may_type(request, article):
                return JsonResponse({}, status=403)
            return view(request, article, sent)

        return endpoint

    return decorate


def read(text, message):
    """Return the cleaned data of the JSON *text*, or None."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    form = message(data) if isinstance(data, dict) else None
    return form.cleaned_data if form and form.is_valid() else None


def may_type(request, article):
    desk = admin.site.get_model_admin(Article)
    if article is None:
        return desk.has_add_permission(request)
    return desk.has_change_permission(request, article)


@never_cache
def session(request):
    """Whose session this is: asked before a form is sent, so that no login page eats it."""
    if not admin.site.has_permission(request):
        return JsonResponse({}, status=401)
    return JsonResponse({"user": request.user.pk})
