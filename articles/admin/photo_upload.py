"""Adding photos, and choosing one for a story: a page of the desk, and a window of it."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from .. import photo_acts
from ..analysis import fold
from ..models import Photo
from ..photo_acts import KnownPhotoError, PhotoError
from ..pictures import LEAST_SIDE, MOST_MEGABYTES, MOST_MEGAPIXELS, PictureError
from ..renditions import make_soon
from .photo_uses import uses_of

MOST_FILES = 20
SHOWN = 36
LIMITS = gettext_lazy(
    "JPEG, PNG, WebP ou AVIF ; jusqu’à %(megabytes)d Mo et %(megapixels)d millions de pixels,"
    " %(side)d pixels de côté au moins. Le lieu noté par l’appareil est effacé ; légende, crédit,"
    " droits et mots-clés sont lus dans le fichier."
)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; cleans to a list."""

    widget = FilesInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"})

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                _("Envoyez %(most)d fichiers au plus à la fois.") % {"most": MOST_FILES}
            )
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    files = FilesField(
        label=gettext_lazy("Fichiers"),
        max_length=200,
        error_messages={"required": gettext_lazy("Choisissez un fichier.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        sizes = {"megabytes": MOST_MEGABYTES, "megapixels": MOST_MEGAPIXELS, "side": LEAST_SIDE}
        self.fields["files"].help_text = LIMITS % sizes


@require_http_methods(["GET", "POST"])
def upload_photos(request):
    """The page for new photos; one alone leads to the form of what is said of it."""
    if not request.user.has_perm("articles.add_photo"):
        raise PermissionDenied
    form = form_of(request)
    if form.is_valid():
        added = add_files(request, form)
        if len(added) == 1 and not form.errors:
            return redirect("admin:articles_photo_change", added[0].pk)
        if added and not form.errors:
            return redirect("admin:articles_photo_changelist")
    context = {"title": _("Ajouter des photos"), "form": form}
    page = "admin/articles/photo/upload.html"
    return render(request, page, {**admin.site.each_context(request), **context})


@require_http_methods(["GET", "POST"])
def choose_photo(request):
    """The window in which an editor takes a photo of the library, or adds one to it."""
    if not request.user.has_perm("articles.view_photo"):
        raise PermissionDenied
    may_add = request.user.has_perm("articles.add_photo")
    form = form_of(request) if may_add else None
    if may_add and form.is_valid():
        add_files(request, form)
        if not form.errors:
            return redirect("admin:articles_photo_choose")
    words = request.GET.get("q", "")[:200]
    photos = Photo.objects.shown_at(timezone.now())
    for word in fold(words).split():
        photos = photos.filter(words__contains=word)
    context = {
        "title": _("Choisir une photo"),
        "form": form,
        "photos": photos[:SHOWN],
        "words": words,
        "is_popup": True,
    }
    page = "admin/articles/photo/choose.html"
    return render(request, page, {**admin.site.each_context(request), **context})


def form_of(request):
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return UploadForm(*sent)


def add_files(request, form):
    """Add the files of the valid *form*; what is refused is told at it. Return the new Photos."""
    added = []
    for file in form.cleaned_data["files"]:
        try:
            photo = photo_acts.add(file, file.name, by=request.user)
        except KnownPhotoError as known:
            messages.warning(request, where_used(known.photo))
        except (PhotoError, PictureError) as refusal:
            form.add_error("files", str(refusal))
        else:
            added.append(photo)
            make_soon(photo)
    if added:
        text = ngettext("%d photo est ajoutée.", "%d photos sont ajoutées.", len(added))
        messages.success(request, text % len(added))
    return added


def where_used(photo):
    """Return a message on a file that is in the library already."""
    address = reverse("admin:articles_photo_change", args=[photo.pk])
    names = (use["name"] for use in uses_of(photo, timezone.now()))
    used = ", ".join(f"« {name} »" for name in [*dict.fromkeys(map(str, names))][:3])
    text = _("Déjà utilisée dans %(stories)s.") if used else _("Déjà dans la photothèque.")
    link = format_html('<a href="{}">{}</a>', address, photo)
    return format_html("{} {}", text % {"stories": used}, link)
