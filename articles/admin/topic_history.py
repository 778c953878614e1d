"""The acts on a topic, and the undoing of a merge."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from .. import topic_acts
from ..models import Article, Dossier, Topic, TopicAct
from ..topic_acts import TopicError

SHOWN = 100
# Of the stories that a merge moved, so many are named.
NAMED = 20


@require_safe
def topic_history(request, topic):
    if not request.user.has_perm("articles.view_topic"):
        raise PermissionDenied
    topic = get_object_or_404(Topic.objects.select_related("merged_into"), pk=topic)
    acts = list(TopicAct.objects.about(topic).for_journal()[:SHOWN])
    may_undo = request.user.has_perm("articles.merge_topic")
    context = {
        "title": _("Historique du sujet"),
        "topic": topic,
        "has_dossier": Dossier.objects.written().filter(topic=topic).exists(),
        "rows": [
            {
                "act": act,
                "stories": stories_of(act),
                "may_undo": may_undo and not topic_acts.faults_of_undoing(act),
            }
            for act in acts
        ],
    }
    page = "admin/articles/topic/history.html"
    return render(request, page, {**admin.site.each_context(request), **context})


def stories_of(act):
    """Return the first stories that the merge *act* moved, and how many there are."""
    if act.name != TopicAct.Name.MERGE:
        return None
    keys = sorted({*act.details["articles"], *act.details["doubles"], *act.details["homes"]})
    named = Article.objects.filter(pk__in=keys[:NAMED]).only("headline").order_by("pk")
    return {"named": named, "count": len(keys), "more": max(0, len(keys) - NAMED)}


@require_POST
def unmerge_topic(request, topic, act):
    act = get_object_or_404(TopicAct.objects.about(topic), pk=act, name=TopicAct.Name.MERGE)
    try:
        topic_acts.unmerge(act, by=request.user)
    except TopicError as refusal:
        for fault in refusal.faults:
            messages.error(request, fault)
    else:
        messages.success(request, _("La fusion est annulée : tout ce qui avait bougé est revenu."))
    return redirect("admin:articles_topic_history", topic)
