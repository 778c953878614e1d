"""A story as its open form has it, looked over and shown before anything of it is saved."""

from copy import copy

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from ..models import Article, Edition, Revision
from ..preview import show_preview
from .autosave import Typed
from .background import background, may_type
from .previews import photo_folder
from .proposals import remarks_of
from .unsaved import typed_bylines

# What may be too long to be saved, and is looked at all the same.
TEXTS = ("kicker", "headline", "standfirst", "dateline", "credit")
# In the address that a page tells of a story that was never saved; none will have it.
NO_NUMBER = 10**17


def read(request, article, typed):
    """Return the ArticleForm of *article* (None: a new one) with *typed*, and the text as snapshot.

    *typed* is {name: list of text}. The form isn't for saving; nothing is stored.
    """
    shown = copy(article) if article else Article()
    desk = admin.site.get_model_admin(Article)
    form_class = desk.get_form(request, article, change=article is not None)
    data = MultiValueDict({**typed, "uuid": [str(shown.uuid)]})
    form = form_class(data, instance=shown)
    form.full_clean()
    # Sent to be published, the form asked this by itself.
    if form.may_publish and "_publish" not in typed:
        form.check_publication()
    for name in form.errors:
        if name in TEXTS:
            setattr(shown, name, form.data.get(name, ""))
    bylines = typed_bylines(typed)
    if bylines is None:
        bylines = shown.load_bylines() if shown.pk else []
    bylines = [byline for byline in bylines if byline.author or byline.text]
    topics, photos = form.cleaned_data.get("topics", []), form.chosen_photos
    return form, shown.snapshot(topics=topics, bylines=bylines, photos=photos)


def remarks_on_page(request, article, form):
    """Return the remarks on the text that the page with *form* shows: typed, taken up or saved."""
    typed = None
    if form.is_bound:
        typed = dict(form.data.lists())
    elif form.resumed:
        typed = request.resumed.typed
    if typed is not None:
        return remarks_of(*read(request, article, typed), timezone.now())
    text = article.snapshot() if article else form.instance.snapshot([], [], photos=[])
    return remarks_of(form, text, timezone.now())


@background(Typed)
def check(request, article, sent):
    """Look over what is typed."""
    if article:
        article = admin.site.get_model_admin(Article).get_queryset(request).get(pk=article.pk)
    form, snapshot = read(request, article, sent["typed"])
    context = {"remarks": remarks_of(form, snapshot, timezone.now()), "may_save": True}
    page = "admin/articles/article/_checklist.html"
    return JsonResponse({"checklist": render_to_string(page, context)})


@require_http_methods(["GET", "POST"])
def preview_typed(request, article=None, planned=False):
    """The page that the sent form would make, at the time typed, or when *article* is planned."""
    if article:
        rows = admin.site.get_model_admin(Article).get_queryset(request)
        article = get_object_or_404(rows, pk=article)
    if not may_type(request, article):
        raise PermissionDenied
    if request.method == "GET":
        # Someone who had to log in first: what was typed is in the tab beside this one.
        return redirect("admin:articles_article_changelist")
    form, snapshot = read(request, article, dict(request.POST.lists()))
    form.instance.pk = form.instance.pk or NO_NUMBER
    revision = Revision.take(form.instance, by=request.user, snapshot=snapshot)
    new = [topic for topic in form.cleaned_data.get("topics", []) if topic.pk is None]
    at = time_of_plan(request, article) if planned else form.cleaned_data.get("at")
    at = max(at or request.at, request.at)
    return show_preview(request, revision, at=at, folder=photo_folder(), new_topics=new)


def time_of_plan(request, article):
    plan = Edition.objects.planned(request.at).filter(article=article).first()
    if plan is None:
        raise Http404
    return plan.live_from
