"""What is done with a story outside its form: out of the trash, a copy, a note by who reads it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import workflow
from ..models import Step
from ..publishing import PublishingError
from .acts import find_article
from .notes import add_note, resolve_note


@require_POST
def restore_story(request, article):
    article = find_article(request, article)
    try:
        workflow.take(article, Step.Name.RESTORE, by=request.user)
    except PublishingError as refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, _("L’article est sorti de la corbeille : c’est un brouillon."))
    return redirect("admin:articles_article_change", article.pk)


@require_POST
def duplicate_story(request, article):
    article = find_article(request, article)
    try:
        copy = workflow.duplicate(article, by=request.user)
    except PublishingError as refusal:
        messages.error(request, refusal)
        return redirect("admin:articles_article_change", article.pk)
    messages.success(request, _("Voici la copie : un nouveau brouillon, à vous."))
    return redirect("admin:articles_article_change", copy.pk)


@require_POST
def notes_page(request, article):
    """Add or resolve a note, for those who read the story without changing it."""
    article = find_article(request, article)
    if "_resolve" in request.POST:
        resolve_note(request, article, request.POST["_resolve"])
    else:
        add_note(request, article, request.POST.get("new_note", ""))
    return redirect("admin:articles_article_change", article.pk)
