"""Acts on several stories of the list at once: the same rules, and each refusal is told."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import publishing
from ..publishing import PublishingError
from .acts import lines_field
from .local_time import LocalTimeField

# More would make a page that nobody reads.
MOST = 100


class PublishManyForm(forms.Form):
    at = LocalTimeField(
        label=gettext_lazy("Publier à"),
        help_text=gettext_lazy("Laissez vide pour publier maintenant."),
        required=False,
    )
    reason = lines_field(gettext_lazy("Motif, pour le journal"))


@admin.action(description=gettext_lazy("Publier la sélection"), permissions=["publish"])
def publish_selected(model_admin, request, articles):
    """Show what will be published, by version; then publish just these versions."""
    articles = list(articles.order_by("pk").defer("body", "standfirst")[: MOST + 1])
    if len(articles) > MOST:
        messages.error(request, _("Choisissez %d articles au plus.") % MOST)
        return redirect(request.get_full_path())
    typed = request.POST if "_publish" in request.POST else None
    form = PublishManyForm(typed, label_suffix="")
    if form.is_valid():
        revisions = {article: read_version(request, article) for article in articles}
        try:
            tell(request, *publish(revisions, form.cleaned_data, by=request.user))
        except PublishingError as refusal:
            form.add_error(None, refusal.faults)
        else:
            return redirect(request.get_full_path())
    context = {
        **admin.site.each_context(request),
        "title": _("Publier la sélection"),
        "form": form,
        "articles": articles,
    }
    return render(request, "admin/articles/article/publish_selected.html", context)


def read_version(request, article):
    """Return the number of the revision that the page showed of *article*, or 0."""
    number = request.POST.get(f"version-{article.pk}", "")
    return int(number) if number.isdecimal() else 0


def publish(revisions, options, *, by):
    return publishing.publish_many(revisions, by=by, at=options["at"], reason=options["reason"])


def tell(request, editions, refusals):
    if editions:
        text = ngettext(
            "%(count)d article est publié ou prévu.",
            "%(count)d articles sont publiés ou prévus.",
            len(editions),
        )
        messages.success(request, text % {"count": len(editions)})
    for article, refusal in refusals.items():
        text = _("« %(headline)s » n’est pas publié. %(faults)s")
        messages.error(request, text % {"headline": article, "faults": refusal})
