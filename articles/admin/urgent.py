"""A headline on the site within seconds: one line, one section, one button."""

import uuid

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from .. import publishing
from ..models import Article, Topic
from ..publishing import PublishingError
from .article_form import SectionField
from .prose import LineField


class UrgentForm(forms.Form):
    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    headline = LineField(
        label=_("Titre"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
    )
    section = SectionField(
        Topic.objects.sections(),
        label=_("Rubrique"),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def clean(self):
        super().clean()
        before = Article.objects.filter(uuid=self.cleaned_data.get("uuid")).first()
        if before and before.headline != self.cleaned_data.get("headline"):
            raise ValidationError(
                _("Ce formulaire a déjà publié « %(headline)s » : ouvrez une nouvelle urgence."),
                params={"headline": before},
            )

    @transaction.atomic
    def publish(self, *, by):
        """Return the article and its edition, None if the form had been sent before."""
        fields = dict(self.cleaned_data)
        key = fields.pop("uuid")
        article, is_new = Article.objects.get_or_create(
            uuid=key, defaults={**fields, "owner": by, "status": Article.Status.READY}
        )
        if not is_new:
            return article, None
        return article, publishing.record_and_publish(article, by=by, reason=str(_("Urgence")))


@require_http_methods(["GET", "POST"])
def urgent_story(request):
    if not request.user.has_perms(["articles.add_article", "articles.publish_article"]):
        raise PermissionDenied
    form = UrgentForm(request.POST or None, label_suffix="")
    if form.is_valid():
        try:
            article, edition = form.publish(by=request.user)
        except PublishingError as refusal:
            form.add_error(None, refusal.faults)
        else:
            tell(request, edition)
            return redirect("admin:articles_article_change", article.pk)
    context = {**admin.site.each_context(request), "title": _("Nouvelle urgence"), "form": form}
    return render(request, "admin/articles/article/urgent.html", context)


def tell(request, edition):
    if edition is None:
        messages.info(request, _("Cette urgence est déjà en ligne : rien n’est parti deux fois."))
        return
    text = _('L’urgence est en ligne. <a href="{url}">Voir sur le site</a>')
    messages.success(request, format_html(text, url=edition.get_absolute_url()))
