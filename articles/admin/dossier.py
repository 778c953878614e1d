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

# Of its versions and of what readers saw, the newest so many.
SHOWN = 30
KEPT = _("Le dossier est enregistré, et n’est pas publié.")
# Any key to an article: the search box asks for the model that it leads to.
ARTICLE = LiveEntry._meta.get_field("article")


class DossierForm(forms.Form):
    # Set where the form is shown again: the Dossier by someone else that it met.
    theirs = None

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

    def show_again(self, faults, *, over):
        """Tell *faults*; what is sent next is over the Dossier *over*."""
        self.add_error(None, faults)
        self.data = self.data.copy()
        self.data["based_on"] = over.number

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
    initial = filled(Dossier.objects.filter(topic=topic).first(), request.GET.get("version", ""))
    form = DossierForm(request.POST or None, initial=initial)
    if "_up" in request.POST:
        form = DossierForm.moved_up(request.POST, request.POST["_up"])
    elif form.is_valid() and (response := send(request, topic, form)):
        return response
    dossier, theirs = Dossier.objects.filter(topic=topic).first(), form.theirs
    editions = list(dossier.editions.all()[:SHOWN]) if dossier else []
    revisions = list(dossier.revisions.all()[:SHOWN]) if dossier else []
    context = {
        "title": _("Dossier"),
        "topic": topic,
        "form": form,
        "media": form.media,
        "theirs": theirs,
        "theirs_photo": photos_of([theirs]).get(theirs.photo.get("photo")) if theirs else None,
        "theirs_stories": dossiers.articles_of(theirs.stories) if theirs else [],
        "is_shown": bool(editions and dossiers.is_same(editions[0], dossier)),
        "editions": with_contents(editions),
        "revisions": with_contents(revisions),
    }
    page = "admin/articles/topic/dossier.html"
    return render(request, page, {**admin.site.each_context(request), **context})


def photos_of(rows):
    """Return the Photos that *rows*, dossiers or their versions, show, by key."""
    return Photo.objects.named({row.photo["photo"] for row in rows if row.photo})


def filled(dossier, version):
    """Return what the form holds: the working copy of *dossier* (None: there is none yet).

    *version* is the number, as text, of one that is to be taken up again, or empty.
    """
    if dossier is None:
        return {"based_on": 0}
    again = dossier.revisions.filter(number=int(version)) if is_number(version) else None
    row = (again and again.first()) or dossier
    articles = dossiers.articles_of(row.stories)
    places = {f"story_{position}": article for position, article in enumerate(articles, start=1)}
    typed = {"introduction_html": row.introduction_html, "photo": row.photo}
    return {**typed, "based_on": dossier.number, **places}


def is_number(text):
    return text.isdecimal() and len(text) < 9


def with_contents(rows):
    """Return (row, its Articles, its Photo or None) for each of *rows*."""
    articles = dossiers.articles_of_each([row.stories for row in rows])
    photos = photos_of(rows)
    found = [photos.get(row.photo.get("photo")) for row in rows]
    return list(zip(rows, articles, found, strict=True))


def send(request, topic, form):
    """Keep what *form* holds, and publish it if that was the button.

    Return the response, or None where the form is to be shown again with why.
    """
    try:
        saved = form.write(topic, by=request.user)
    except DossierConflict as conflict:
        # The next save is over theirs, which was seen.
        form.show_again(conflict.faults, over=conflict.theirs)
        form.theirs = conflict.theirs
        return None
    except TopicError as refusal:
        form.add_error(None, refusal.faults)
        return None
    if "_publish" not in request.POST:
        messages.success(request, KEPT)
    else:
        reason = form.cleaned_data["reason"]
        try:
            dossiers.publish(saved, number=saved.number, by=request.user, reason=reason)
        except TopicError as refusal:
            messages.info(request, KEPT)
            form.show_again(refusal.faults, over=saved)
            return None
        messages.success(request, _("Le dossier est en ligne."))
    return redirect("admin:articles_topic_dossier", topic.pk)
