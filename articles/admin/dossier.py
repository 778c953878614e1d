"""The dossier of a topic at the desk: its introduction, its chosen stories, its versions."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from .. import dossiers
from ..dossiers import MOST_STORIES, DossierConflict
from ..models import Article, Dossier, LiveEntry, Photo, Topic
from ..topic_acts import TopicError
from .photos_field import PhotoField
from .picker import PickOne
from .prose import LineField, ProseField

# Any key to an article: the search box asks for the model that it leads to.
ARTICLE = LiveEntry._meta.get_field("article")


class DossierForm(forms.Form):
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    introduction_html = ProseField(label=_("Introduction"), required=False)
    photo = PhotoField(label=_("Photo"), required=False)
    reason = LineField(
        label=_("Motif, pour le journal"), max_length=250, required=False, widget=forms.TextInput
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for position in range(1, MOST_STORIES + 1):
            self.fields[f"story_{position}"] = forms.ModelChoiceField(
                Article.objects.all(),
                label=_("Article %d") % position,
                required=False,
                widget=PickOne(ARTICLE, admin.site),
            )

    @property
    def places(self):
        return [self[f"story_{position}"] for position in range(1, MOST_STORIES + 1)]

    @classmethod
    def moved_up(cls, data, position):
        """Return the form of *data* with the story at *position* (as text) before the one above."""
        typed = data.copy()
        if position in map(str, range(2, MOST_STORIES + 1)):
            above, below = f"story_{int(position) - 1}", f"story_{position}"
            typed[above], typed[below] = typed.get(below, ""), typed.get(above, "")
        return cls(typed)

    def write(self, topic, *, by):
        """Keep what was typed; return the Dossier, or raise as dossiers.write()."""
        chosen = [self.cleaned_data[place.name] for place in self.places]
        return dossiers.write(
            topic,
            introduction_html=self.cleaned_data["introduction_html"],
            articles=list(dict.fromkeys(filter(None, chosen))),
            photo=self.cleaned_data["photo"],
            based_on=self.cleaned_data["based_on"],
            by=by,
        )


@require_http_methods(["GET", "POST"])
def dossier_page(request, topic):
    if not dossiers.may_write(request.user):
        raise PermissionDenied
    topic = get_object_or_404(Topic.objects.select_related("merged_into"), pk=topic)
    dossier = Dossier.objects.filter(topic=topic).first()
    form, theirs = DossierForm(request.POST or None, initial=filled(dossier)), None
    if "_up" in request.POST:
        form = DossierForm.moved_up(request.POST, request.POST["_up"])
    elif form.is_valid():
        try:
            saved = form.write(topic, by=request.user)
        except DossierConflict as conflict:
            form.add_error(None, conflict.faults)
            theirs = conflict.theirs
            # The next save is over theirs, which was seen.
            form.data = form.data.copy()
            form.data["based_on"] = theirs.number
        except TopicError as refusal:
            form.add_error(None, refusal.faults)
        else:
            tell(request, form, saved)
            return redirect("admin:articles_topic_dossier", topic.pk)
    editions = list(dossier.editions.all()[:30]) if dossier else []
    photos = photos_of(editions)
    context = {
        "title": _("Dossier"),
        "topic": topic,
        "form": form,
        "media": form.media,
        "theirs": theirs,
        "theirs_photo": photos_of([theirs]).get(theirs.photo.get("photo")) if theirs else None,
        "theirs_stories": dossiers.articles_of(theirs.stories) if theirs else [],
        "is_shown": bool(editions and dossiers.is_same(editions[0], dossier)),
        "editions": [
            (
                edition,
                dossiers.articles_of(edition.stories),
                photos.get(edition.photo.get("photo")),
            )
            for edition in editions
        ],
    }
    page = "admin/articles/topic/dossier.html"
    return render(request, page, {**admin.site.each_context(request), **context})


def photos_of(rows):
    """Return the Photos that *rows*, dossiers or their editions, show, by key."""
    return Photo.objects.named({row.photo["photo"] for row in rows if row.photo})


def filled(dossier):
    """Return what the form holds: the working copy of *dossier* (None: there is none yet)."""
    if dossier is None:
        return {"based_on": 0}
    articles = dossiers.articles_of(dossier.stories)
    places = {f"story_{position}": article for position, article in enumerate(articles, start=1)}
    typed = {"introduction_html": dossier.introduction_html, "photo": dossier.photo}
    typed["based_on"] = dossier.number
    return {**typed, **places}


def tell(request, form, dossier):
    """Publish *dossier* if that was the button, and tell the editor how it went."""
    if "_publish" not in request.POST:
        messages.success(request, _("Le dossier est enregistré, et n’est pas publié."))
        return
    try:
        reason = form.cleaned_data["reason"]
        dossiers.publish(dossier, number=dossier.number, by=request.user, reason=reason)
    except TopicError as refusal:
        for fault in refusal.faults:
            messages.error(request, fault)
    else:
        messages.success(request, _("Le dossier est en ligne."))
