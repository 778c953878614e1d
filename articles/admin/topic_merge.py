"""Merging two topics: what will move is shown first, as counts."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from .. import topic_acts
from ..models import Dossier, Topic
from ..topic_acts import TopicError
from .acts import lines_field
from .picker import PickOneTopic


class TargetForm(forms.Form):
    into = forms.ModelChoiceField(
        Topic.objects.filter(merged_into=None),
        label=_("Le fusionner dans"),
        widget=PickOneTopic(Topic._meta.get_field("parent"), admin.site),
        error_messages={"required": _("Choisissez le sujet qui reste.")},
    )


class MergeForm(TargetForm):
    reason = lines_field(_("Motif, pour le journal"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].widget = forms.HiddenInput()


@require_http_methods(["GET", "POST"])
def merge_page(request, topic):
    """Ask for the topic that stays (GET), show the counts (GET with `into`), merge (POST)."""
    if not request.user.has_perm("articles.merge_topic"):
        raise PermissionDenied
    topic = get_object_or_404(Topic.objects.select_related("merged_into"), pk=topic)
    form, into = TargetForm(request.GET if "into" in request.GET else None, label_suffix=""), None
    faults = topic_acts.faults_of_state(topic)
    if request.method == "POST":
        form = MergeForm(request.POST, label_suffix="")
        if form.is_valid():
            try:
                act = topic_acts.merge(topic, by=request.user, **form.cleaned_data)
            except TopicError as refusal:
                faults = refusal.faults
            else:
                tell(request, act)
                return redirect("admin:articles_topic_history", act.other_id)
    elif form.is_valid():
        into = form.cleaned_data["into"]
        faults = topic_acts.faults_of_merge(topic, into)
    if into and not faults:
        # A reason comes back from a merge that was refused.
        typed = {"into": into.pk, "reason": request.GET.get("reason", "")}
        form = MergeForm(initial=typed, label_suffix="")
    context = {
        "title": _("Fusionner un sujet"),
        "topic": topic,
        "into": None if faults else into,
        "faults": faults,
        "form": form,
        "usage": topic_acts.usage(topic),
        "has_dossier": has_dossier(topic),
        "into_has_dossier": bool(into) and has_dossier(into),
        "media": form.media,
    }
    page = "admin/articles/topic/merge.html"
    return render(request, page, {**admin.site.each_context(request), **context})


def has_dossier(topic):
    return Dossier.objects.written().filter(topic=topic).exists()


def tell(request, act):
    text = _(
        "« {topic} » est fusionné : ses pages et ses flux mènent à"
        ' <a href="{url}">{into}</a>. La fusion peut être annulée ici.'
    )
    address = reverse("admin:articles_topic_change", args=[act.other_id])
    message = format_html(text, topic=act.topic_name, url=address, into=act.other_name)
    messages.success(request, message)
    if act.details["dossiers"]:
        names = {"topic": act.topic_name, "into": act.other_name}
        messages.info(request, _("Le dossier de « %(topic)s » est à « %(into)s ».") % names)
