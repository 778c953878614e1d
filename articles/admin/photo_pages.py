"""Acts on a photo that readers see at once: the end of its rights, its removal, its return."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from .. import photo_acts
from ..models import Photo
from ..photo_acts import PhotoError
from .acts import lines_field
from .local_time import LocalTimeField


class PhotoActForm(forms.Form):
    title = button = help = done = ""
    is_alarming = False

    reason = lines_field(_("Motif, pour le journal"))

    def __init__(self, *args, photo, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.photo = photo

    @classmethod
    def is_offered(cls, photo, user):
        raise NotImplementedError

    def act(self, by):
        raise NotImplementedError


class RightsForm(PhotoActForm):
    title = _("Fin des droits")
    button = _("Enregistrer la fin des droits")
    done = _("La fin des droits est enregistrée.")
    help = _(
        "À cette heure, la photo quitte d’elle-même toutes les pages et tous les flux, et son"
        " adresse ne répond plus. Les articles restent."
    )

    until = LocalTimeField(label=_("Droits jusqu’au"), required=False)
    field_order = ["until", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["until"] = self.photo.rights_until
        zone = {"zone": self.fields["until"].help_text}
        self.fields["until"].help_text = _("%(zone)s. Vide : sans fin.") % zone

    @classmethod
    def is_offered(cls, photo, user):
        return photo_acts.may_set_rights(photo, user)

    def act(self, by):
        typed = self.cleaned_data
        photo_acts.set_rights(self.photo, until=typed["until"], by=by, reason=typed["reason"])


class RemoveForm(PhotoActForm):
    title = _("Retirer la photo du site")
    button = _("Retirer la photo")
    done = _("La photo est retirée du site.")
    help = _(
        "La photo quitte aussitôt toutes les pages, de tous les jours, et tous les flux. Les"
        " articles restent, sans elle. Un cache devant le site la garde une heure au plus."
    )
    is_alarming = True

    reason = lines_field(
        _("Motif, pour le journal"), required=_("Dites pourquoi la photo est retirée.")
    )

    @classmethod
    def is_offered(cls, photo, user):
        return user.has_perm("articles.remove_photo") and not photo.removed_at

    def act(self, by):
        photo_acts.remove(self.photo, by=by, reason=self.cleaned_data["reason"])


class RestoreForm(PhotoActForm):
    title = _("Remettre la photo sur le site")
    button = _("Remettre la photo")
    done = _("La photo est de nouveau sur le site.")
    help = _("La photo reparaît dans les articles publiés qui la montrent.")

    @classmethod
    def is_offered(cls, photo, user):
        return user.has_perm("articles.remove_photo") and bool(photo.removed_at)

    def act(self, by):
        photo_acts.restore(self.photo, by=by, reason=self.cleaned_data["reason"])


# By their addresses.
ACTS = {"droits": RightsForm, "retrait": RemoveForm, "remise": RestoreForm}


def offered_acts(photo, user):
    """Return the acts that the state of *photo* and the rights of *user* allow, as links."""
    return [
        {
            "url": reverse("admin:articles_photo_act", args=[photo.pk, slug]),
            "title": form.title,
            "is_alarming": form.is_alarming,
        }
        for slug, form in ACTS.items()
        if form.is_offered(photo, user)
    ]


@require_http_methods(["GET", "POST"])
def act_page(request, photo, act):
    if act not in ACTS:
        raise Http404
    photo = get_object_or_404(Photo, pk=photo)
    if not ACTS[act].is_offered(photo, request.user):
        raise PermissionDenied
    form = ACTS[act](request.POST if request.method == "POST" else None, photo=photo)
    if form.is_valid():
        try:
            form.act(request.user)
        except PhotoError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, form.done)
            return redirect("admin:articles_photo_change", photo.pk)
    context = {"title": form.title, "form": form, "photo": photo}
    page = "admin/articles/photo/act.html"
    return render(request, page, {**admin.site.each_context(request), **context})
