"""Acts on several stories of the list at once: the same rules, and each refusal is told."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import publishing, workflow
from ..models import Article, Step, Topic
from ..publishing import PublishingError
from .acts import lines_field
from .local_time import LocalTimeField
from .picker import PickTopics, TopicsField

# More would make a page that nobody reads.
MOST = 100


class PublishManyForm(forms.Form):
    at = LocalTimeField(
        label=gettext_lazy("Publier à"),
        help_text=gettext_lazy("Laissez vide pour publier maintenant."),
        required=False,
    )
    reason = lines_field(gettext_lazy("Motif, pour le journal"))


@admin.action(description=gettext_lazy("Publier ou prévoir"), permissions=["publish"])
def publish_selected(model_admin, request, articles):
    """Show what will be published, by version; then publish just these versions."""
    if (articles := chosen(request, articles)) is None:
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
    return ask(
        request,
        form,
        articles,
        action="publish_selected",
        title=_("Publier ou prévoir la sélection"),
        button=("_publish", _("Publier")),
        help=_(
            "Ces versions, et pas une plus récente, seront publiées. Celles qui ne peuvent pas"
            " l’être resteront comme elles sont."
        ),
    )


@admin.action(description=gettext_lazy("Soumettre à relecture"), permissions=["change"])
def submit_selected(model_admin, request, articles):
    if (articles := chosen(request, articles)) is None:
        return
    done, refusals = 0, {}
    for article in articles:
        try:
            workflow.take(article, Step.Name.SUBMIT, by=request.user)
            done += 1
        except PublishingError as refusal:
            refusals[article] = refusal
    if done:
        text = ngettext(
            "%(count)d article est à relire.", "%(count)d articles sont à relire.", done
        )
        messages.success(request, text % {"count": done})
    title = ngettext(
        "%d article n’est pas soumis.", "%d articles ne sont pas soumis.", len(refusals)
    )
    tell_refusals(request, title, refusals)


class AddTopicForm(forms.Form):
    topics = TopicsField(
        Topic.objects.filter(merged_into=None),
        label=gettext_lazy("Sujets à ajouter"),
        widget=PickTopics(Article._meta.get_field("topics"), admin.site),
        error_messages={"required": gettext_lazy("Choisissez un sujet.")},
    )


@admin.action(description=gettext_lazy("Ajouter un sujet"), permissions=["change"])
def add_topic_to_selected(model_admin, request, articles):
    if (articles := chosen(request, articles)) is None:
        return redirect(request.get_full_path())
    form = AddTopicForm(request.POST if "_add" in request.POST else None, label_suffix="")
    form.fields["topics"].allow_new(False)
    if form.is_valid():
        done, refusals = 0, {}
        for article in articles:
            try:
                workflow.add_topics(article, form.cleaned_data["topics"], by=request.user)
                done += 1
            except PublishingError as refusal:
                refusals[article] = refusal
        if done:
            text = ngettext(
                "%(count)d article est complété.", "%(count)d articles sont complétés.", done
            )
            messages.success(request, text % {"count": done})
        title = ngettext(
            "%d article n’est pas changé.", "%d articles ne sont pas changés.", len(refusals)
        )
        tell_refusals(request, title, refusals)
        return redirect(request.get_full_path())
    return ask(
        request,
        form,
        articles,
        action="add_topic_to_selected",
        title=_("Ajouter un sujet à la sélection"),
        button=("_add", _("Ajouter")),
        help=_(
            "Chaque article en reçoit une nouvelle version. Les lecteurs la verront à sa"
            " publication."
        ),
    )


def chosen(request, articles):
    """Return the *articles* as a list, or None, which was told, if there are too many."""
    articles = list(articles.order_by("pk").defer("body", "standfirst")[: MOST + 1])
    if len(articles) <= MOST:
        return articles
    messages.error(request, _("Choisissez %d articles au plus.") % MOST)
    return None


def ask(request, form, articles, **words):
    """Show the page that names *articles* and asks what *form* holds."""
    for article in articles:
        article.read = read_version(request, article) or article.latest_number
    context = {**admin.site.each_context(request), "form": form, "articles": articles, **words}
    return render(request, "admin/articles/article/selection.html", context)


def read_version(request, article):
    """Return the number of the revision that the page showed of *article*, or 0.

    The list says it of each row; a story chosen from another page of it is first named by ask().
    """
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
    title = ngettext(
        "%d article n’est pas publié.", "%d articles ne sont pas publiés.", len(refusals)
    )
    tell_refusals(request, title, refusals)


def tell_refusals(request, title, refusals):
    """Tell in one message which stories were refused, each with its faults; *title* counts them."""
    if not refusals:
        return
    rows = format_html_join(
        "",
        "<li>{} {}</li>",
        (
            (_("« %(headline)s » :") % {"headline": article}, refusal)
            for article, refusal in refusals.items()
        ),
    )
    messages.error(request, format_html("{} <ul>{}</ul>", title % len(refusals), rows))
