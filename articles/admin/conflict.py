"""Saves that met someone else's: what was merged is told, what can't be is asked."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from .. import body, saving
from ..differences import Change, blocks_of, compare_blocks, compare_words
from ..merging import BOTH, MINE, THEIRS, merge
from ..models import Article, Revision, Topic
from . import follow_up
from .article_form import number_of
from .previews import find_editable
from .prose import LineField, ProseField, StoryWidget, TextField
from .publication import press

REWRITE = "rewrite"
LINES = forms.Textarea(attrs={"rows": 3})
# How a text is typed anew, where it isn't in a plain box.
FIELDS = {
    "headline": {"form_class": LineField, "widget": LINES},
    "standfirst": {"form_class": TextField, "widget": LINES},
    "body": {"form_class": ProseField, "widget": StoryWidget},
}
CHANGED = {
    "kicker": gettext_lazy("le surtitre"),
    "headline": gettext_lazy("le titre"),
    "slug": gettext_lazy("l’adresse"),
    "standfirst": gettext_lazy("le chapô"),
    "dateline": gettext_lazy("le lieu"),
    "credit": gettext_lazy("le crédit"),
    "section": gettext_lazy("la rubrique"),
    "topics": gettext_lazy("les sujets"),
    "bylines": gettext_lazy("les signatures"),
    "photos": gettext_lazy("les photos"),
    "is_verbatim": gettext_lazy("la typographie"),
}


def save_stale(request, form, formsets):
    """Merge what the valid *form* holds with what others saved since it was opened."""
    article, number = form.instance, form.cleaned_data["based_on"]
    base = article.revisions.current().filter(number=number or 0).first()
    typed = next((formset.bylines for formset in formsets if hasattr(formset, "bylines")), None)
    snapshot = form.snapshot(typed or [])
    if typed is None and base:
        # Who may not change bylines sends none.
        snapshot["bylines"] = base.snapshot["bylines"]
    reason = form.cleaned_data["reason"]
    saved = saving.save(article, snapshot, based_on=base, by=request.user, reason=reason)
    article.conflict = saved.conflict
    tell(request, saved, base)
    follow_up.save(request, form)
    follow_up.tell(request, form)
    # What this person read is all that there is, unless someone else changed it too.
    has_read = not saved.conflict and saved.revision.snapshot == snapshot
    press(request, form, saved.revision, has_read=has_read)


def tell(request, saved, base):
    """Tell the editor how a save that met others' went, and what they had changed."""
    if saved.conflict:
        return
    if saved.is_new:
        messages.success(request, _("Enregistré : version %d.") % saved.revision.number)
    else:
        messages.info(request, _("Rien n’a changé depuis le dernier enregistrement."))
    if saved.merge and saved.merge.taken and base:
        names = {"de": base.number, "a": saved.theirs[-1].number}
        address = reverse("admin:articles_article_differences", args=[saved.revision.article_id])
        text = format_html(
            '{} <a href="{}?{}">{}</a>',
            what_changed(saved),
            address,
            urlencode(names),
            _("Voir ces changements"),
        )
        messages.info(request, text)


def what_changed(saved):
    """Return a sentence on what others changed, and that both are now one text."""
    names = list(dict.fromkeys(name_of(revision) for revision in saved.theirs))
    parts = [str(CHANGED[name]) for name in saved.merge.taken if name in CHANGED]
    if count := saved.merge.paragraph_count:
        parts.append(ngettext("%d paragraphe", "%d paragraphes", count) % count)
    words = {
        "who": get_text_list(names, _("et")),
        "what": get_text_list(parts, _("et")),
        "time": shown_time(saved.theirs[-1].created_at),
    }
    if saved.is_new:
        text = ngettext(
            "%(who)s a changé %(what)s à %(time)s : les deux versions ont été réunies.",
            "%(who)s ont changé %(what)s, la dernière fois à %(time)s :"
            " toutes les versions ont été réunies.",
            len(names),
        )
    else:
        text = ngettext(
            "%(who)s a changé %(what)s à %(time)s.",
            "%(who)s ont changé %(what)s, la dernière fois à %(time)s.",
            len(names),
        )
    return text % words


def told_of_newer(article, form):
    """Return a sentence on who saved *article* since the refused *form* was opened, or ""."""
    number = form.data.get("based_on", "") if form.is_bound else ""
    if not number.isdecimal() or int(number) == number_of(article):
        return ""
    base = article.revisions.current().filter(number=number).first()
    theirs = saving.revisions_since(article, base)
    names = list(dict.fromkeys(name_of(revision) for revision in theirs))
    text = ngettext(
        "%(who)s a enregistré une autre version à %(time)s. Rien n’est perdu : à"
        " l’enregistrement, les deux textes seront réunis.",
        "%(who)s ont enregistré d’autres versions, la dernière à %(time)s. Rien n’est"
        " perdu : à l’enregistrement, tous les textes seront réunis.",
        len(names),
    )
    time = shown_time(theirs[-1].created_at)
    return text % {"who": get_text_list(names, _("et")), "time": time}


def name_of(revision):
    return revision.created_by_name or _("Un import")


def shown_time(instant):
    """Return *instant* for a sentence, after "à": with its day if that isn't today."""
    local = timezone.localtime(instant)
    time = date_format(local, "TIME_FORMAT")
    if local.date() == timezone.localdate():
        return time
    return _("%(time)s le %(day)s") % {"time": time, "day": date_format(local, "DATE_FORMAT")}


class ConflictForm(forms.Form):
    """One question for each Conflict of a Merge, and the snapshot that the answers make."""

    def __init__(self, *args, merged, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.merged = merged
        for index, conflict in enumerate(merged.conflicts):
            self.fields[f"choice-{index}"] = forms.ChoiceField(
                label=gettext_lazy("Ce qui est gardé"),
                choices=choices_of(conflict),
                widget=forms.RadioSelect,
                error_messages={"required": gettext_lazy("Choisissez ce qui est gardé.")},
            )
            if conflict.name != "section":
                field = rewrite_field(conflict.name)
                field.initial = conflict.mine
                self.fields[f"rewrite-{index}"] = field

    def clean(self):
        super().clean()
        for index in range(len(self.merged.conflicts)):
            # What is wrong in a text that isn't chosen is nobody's business.
            if self.cleaned_data.get(f"choice-{index}") != REWRITE:
                self.errors.pop(f"rewrite-{index}", None)

    @property
    def snapshot(self):
        return self.merged.resolve(
            self.answer(index, conflict) for index, conflict in enumerate(self.merged.conflicts)
        )

    def answer(self, index, conflict):
        texts = {
            THEIRS: conflict.theirs,
            MINE: conflict.mine,
            BOTH: f"{conflict.theirs}{conflict.mine}" if conflict.name == "body" else None,
            REWRITE: self.cleaned_data.get(f"rewrite-{index}"),
        }
        return texts[self.cleaned_data[f"choice-{index}"]]

    @property
    def questions(self):
        """What conflict.html shows of each conflict."""
        blocks = [block for chunk in self.merged.chunks for block in chunk.shown]
        for index, conflict in enumerate(self.merged.conflicts):
            changes = changes_of(conflict)
            rewrite = f"rewrite-{index}"
            yield {
                "label": label_of(conflict.name),
                "after": conflict.start and shortened(blocks[conflict.start - 1]),
                "theirs": side_of(changes, without="insert"),
                "mine": side_of(changes, without="delete"),
                "same_words": not any(change.has_other_words for change in changes),
                "notes": [note for change in changes for note in change.notes],
                "choice": self[f"choice-{index}"],
                "rewrite": self[rewrite] if rewrite in self.fields else None,
            }


def choices_of(conflict):
    choices = [
        (THEIRS, gettext_lazy("Garder la version enregistrée")),
        (MINE, gettext_lazy("Garder le texte en attente")),
    ]
    if conflict.name == "body" and conflict.theirs and conflict.mine:
        choices.append((BOTH, gettext_lazy("Garder les deux, l’un après l’autre")))
    if conflict.name != "section":
        choices.append((REWRITE, gettext_lazy("Récrire")))
    return choices


def rewrite_field(name):
    options = {"label": gettext_lazy("Texte récrit"), "required": False, "help_text": ""}
    return Article._meta.get_field(name).formfield(**options, **FIELDS.get(name, {}))


def label_of(name):
    if name == "body":
        return _("Texte")
    label = str(Article._meta.get_field(name).verbose_name)
    return label[0].upper() + label[1:]


def shortened(block):
    return Truncator(body.plain_text(block)).chars(80)


def changes_of(conflict):
    """Return the Changes that lead from their text of *conflict* to mine."""
    theirs, mine = conflict.theirs or "", conflict.mine or ""
    if conflict.name == "body":
        return compare_blocks(blocks_of(theirs), blocks_of(mine))
    if conflict.name == "section":
        theirs, mine = section_name(theirs), section_name(mine)
    return [Change(conflict.name, compare_words(theirs, mine))]


def section_name(key):
    topic = Topic.objects.filter(uuid=key).first() if key else None
    return topic.short_name if topic else _("Aucune")


def side_of(changes, *, without):
    """Return one side of *changes*: the parts of each block, as (whether it differs, text)."""
    sides = (
        [(operation != "equal", text) for operation, text in change.parts if operation != without]
        for change in changes
    )
    return [side for side in sides if side]


@require_http_methods(["GET", "POST"])
def conflict_page(request, article, number):
    """Ask what is kept where the text put aside as *number* and the article's differ."""
    article = find_editable(request, article)
    aside = article.revisions.filter(kind=Revision.Kind.CONFLICT)
    aside = aside.select_related("article", "based_on", "settlement__revision")
    aside = get_object_or_404(aside, number=number)
    # The answers are about the version that was shown; a newer one is merged with them.
    current, shown = article.revisions.current(), request.POST.get("shown", "")
    theirs = current.filter(number=shown).first() if shown.isdecimal() else None
    theirs = theirs or current.first()
    base = aside.based_on.snapshot if aside.based_on else saving.empty_snapshot()
    merged = merge(base, theirs.snapshot, aside.snapshot)
    form = ConflictForm(request.POST if request.method == "POST" else None, merged=merged)
    if form.is_valid():
        reason = _("Conflit de la version %d résolu") % number
        saved = saving.settle(aside, form.snapshot, based_on=theirs, by=request.user, reason=reason)
        tell(request, saved, theirs)
        if saved.conflict:
            return redirect("admin:articles_article_conflict", article.pk, saved.conflict.number)
        return redirect("admin:articles_article_change", article.pk)
    context = {
        "title": _("Deux versions à réunir"),
        "article": article,
        "aside": aside,
        "theirs": theirs,
        "form": form,
        "questions": list(form.questions),
        "settlement": getattr(aside, "settlement", None),
        "is_own": aside.created_by_id == request.user.pk,
    }
    page = "admin/articles/article/conflict.html"
    return render(request, page, {**admin.site.each_context(request), **context})
