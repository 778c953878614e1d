"""Previews at the desk: the exact page now or when planned, and links for people outside."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from ..models import Article, Edition, PreviewLink
from ..models.preview_link import LIFETIME
from ..photos import folder_of
from ..preview import show_preview
from .acts import find_article
from .local_time import LocalTimeField


class RevisionField(forms.ModelChoiceField):
    def label_from_instance(self, revision):
        return _("Version %(number)d") % {"number": revision.number}


class PreviewLinkForm(forms.ModelForm):
    revision = RevisionField(
        None, label=_("Ce que le lien montre"), required=False, empty_label=_("La plus récente")
    )
    expires_at = LocalTimeField(label=_("Valable jusqu’au"))

    class Meta:
        model = PreviewLink
        fields = ["label", "revision", "expires_at"]

    def __init__(self, *args, article, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        current = article.revisions.current()
        revisions = current.filter(pk__in=current.values("pk")[:50])
        self.fields["revision"].queryset = revisions.defer("snapshot")
        self.initial["expires_at"] = timezone.now().replace(microsecond=0) + LIFETIME

    def clean_expires_at(self):
        end = self.cleaned_data["expires_at"]
        if end <= timezone.now():
            raise forms.ValidationError(_("La fin est passée : choisissez une heure à venir."))
        return end


@require_safe
def preview(request, article, planned=False):
    """The newest version of *article*, as readers would see it now, or when it is planned."""
    article = find_article(request, article)
    revision = article.revisions.current().select_related("article").first()
    plan = Edition.objects.planned(request.at).filter(article=article).first()
    if revision is None or (planned and plan is None):
        raise Http404
    at = plan.live_from if planned else request.at
    return show_preview(request, revision, at=at, folder=photo_folder())


def photo_folder():
    """Return the path below which the desk finds the files of all photos."""
    return folder_of("admin:articles_photo_file")


@require_http_methods(["GET", "POST"])
def preview_links(request, article):
    article = find_editable(request, article)
    typed = request.POST if request.method == "POST" else None
    form = PreviewLinkForm(typed, article=article)
    address = ""
    if form.is_valid():
        # Shown once, by this answer: the token is kept nowhere, so that nobody can read it again.
        _link, token = PreviewLink.objects.make(article, by=request.user, **form.cleaned_data)
        address = request.build_absolute_uri(reverse("articles:preview-link", args=[token]))
        form = PreviewLinkForm(article=article)
    now = timezone.now()
    links = article.preview_links.select_related("revision").defer("revision__snapshot")[:100]
    context = {
        "title": _("Liens d’aperçu"),
        "article": article,
        "form": form,
        "address": address,
        "links": [{"link": link, "is_open": link.is_open(now)} for link in links],
    }
    page = "admin/articles/article/preview_links.html"
    return render(request, page, {**admin.site.each_context(request), **context})


@require_http_methods(["POST"])
def revoke_link(request, article, link):
    article = find_editable(request, article)
    link = get_object_or_404(article.preview_links.open(timezone.now()), pk=link)
    link.revoke(by=request.user)
    messages.success(request, _("Le lien est révoqué."))
    return redirect("admin:articles_article_preview_links", article.pk)


def find_editable(request, key):
    """Return the article whose preview links *request* may make and revoke."""
    article = find_article(request, key)
    if not may_share(request.user, article):
        raise PermissionDenied
    return article


def may_share(user, article: Article):
    return user.has_perm("articles.change_article") and article.may_be_edited_by(user)
