"""The live blog of a story at the desk: one page to write and publish, one for each entry."""

import uuid

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from .. import live_entries
from ..live_entries import EntryConflict
from ..models import Author, Coverage, Edition, LiveEntry, LiveEntryEdition, LiveRevision, Meaning
from ..publishing import PublishingError
from .acts import find_article, lines_field
from .picker import PickOne
from .prose import LineField, ProseField, ProseWidget, TextField

SHOWN = 60
AUTHOR = LiveRevision._meta.get_field("author")


class EntryForm(forms.Form):
    """What is typed into one entry; `uuid` is its key from the first keystroke on."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    # The number of the revision that the form was opened from.
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    headline = LineField(
        label=_("Titre, s’il en faut un"),
        max_length=250,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    body_html = ProseField(
        label=_("Message"), required=False, widget=ProseWidget(attrs={"rows": 6})
    )
    is_key = forms.BooleanField(
        label=_("Temps fort : dans « L’essentiel » du direct"), required=False
    )
    author = forms.ModelChoiceField(
        Author.objects.all(),
        label=_("Auteur"),
        required=False,
        widget=PickOne(AUTHOR, admin.site),
    )
    signature = LineField(
        label=_("Mention"),
        max_length=120,
        required=False,
        widget=forms.TextInput,
        help_text=LiveRevision._meta.get_field("signature").help_text,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def write(self, article, *, by):
        """Keep what was typed; return the LiveRevision, or raise as live_entries.write_entry()."""
        typed = {name: self.cleaned_data[name] for name in LiveRevision.TYPED}
        key, based_on = self.cleaned_data["uuid"], self.cleaned_data["based_on"]
        return live_entries.write_entry(article, key=key, typed=typed, based_on=based_on, by=by)


class PublishedEntryForm(EntryForm):
    """For an entry that readers have: what a new version says to them."""

    MEANINGS = (Meaning.UPDATE, Meaning.SILENT, Meaning.CORRECTION)

    meaning = forms.ChoiceField(
        label=_("Ce que cette publication dit aux lecteurs"),
        choices=[(meaning, meaning.label) for meaning in MEANINGS],
        initial=Meaning.UPDATE,
        widget=forms.RadioSelect,
    )
    note = TextField(
        label=_("Note aux lecteurs"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Dites ce qui était inexact."),
        required=False,
    )


class WithdrawForm(forms.Form):
    note = lines_field(
        _("Note aux lecteurs"),
        required=_("Dites aux lecteurs pourquoi le message est retiré."),
        help_text=_("Elle paraît à la place du message."),
    )
    reason = lines_field(_("Motif, pour le journal"))


class SealForm(forms.Form):
    title = _("Mettre un message sous scellés")
    button = _("Mettre sous scellés")
    is_alarming = True

    reason = lines_field(
        _("Motif, pour le journal"),
        required=_("Dites pourquoi l’édition est mise sous scellés."),
    )

    @property
    def help(self):
        return _("Ce texte ne sera plus nulle part public, ni sur le site d’un autre jour.")


@require_http_methods(["GET", "POST"])
def live_blog_page(request, article):
    """The composer of a new entry on top, then all entries, the newest first."""
    article = find_article(request, article)
    may_write = live_entries.may_write(article, request.user)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    form = EntryForm(request.POST or None, initial=new_entry(request.user))
    theirs = None
    if form.is_valid():
        response, theirs = send(request, article, form, "admin:articles_article_live_blog")
        if response:
            return response
    entries = entries_of(article, request.GET.get("avant", ""))
    context = {
        **state_of(article),
        "title": _("Direct"),
        "form": form,
        "theirs": theirs,
        "entries": entries[:SHOWN],
        "next_page": entries[SHOWN - 1].pk if len(entries) > SHOWN else None,
        "may_write": may_write,
        "may_publish": live_entries.may_publish(article, request.user),
    }
    return show(request, "live_blog", article, context)


@require_http_methods(["GET", "POST"])
def live_entry_page(request, article, entry):
    """One entry: its text, what was shown of it, and the acts on it."""
    article, entry = find_entry(request, article, entry)
    may_write = live_entries.may_write(article, request.user)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    newest = entry.revisions.select_related("author").first()
    shown = live_entries.in_force(entry)
    is_withdrawn = bool(shown and shown.is_withdrawn)
    form_class = PublishedEntryForm if shown else EntryForm
    form = form_class(request.POST or None, initial=filled(entry, newest))
    theirs = None
    if form.is_valid():
        response, theirs = send(request, article, form, "admin:articles_article_live_blog")
        if response:
            return response
    context = {
        **state_of(article),
        "title": _("Message de direct"),
        "entry": entry,
        "newest": newest,
        "form": form,
        "theirs": theirs,
        "shown": shown,
        "editions": list(entry.editions.all()),
        "revisions": list(entry.revisions.all()[:20]),
        "withdraw_form": WithdrawForm(label_suffix="", prefix="retrait"),
        "may_write": may_write and not is_withdrawn,
        "may_publish": live_entries.may_publish(article, request.user),
        "may_seal": live_entries.may_seal(request.user),
    }
    return show(request, "live_entry", article, context)


def show(request, name, article, context):
    context = {
        **admin.site.each_context(request),
        "article": article,
        "media": context["form"].media,
        **context,
    }
    return render(request, f"admin/articles/article/{name}.html", context)


def send(request, article, form, page):
    """Keep what *form* holds, and publish it if that was the button.

    Return the response, or None where the form is to be shown again, and the LiveRevision by
    someone else that it met, or None.
    """
    try:
        revision = form.write(article, by=request.user)
    except EntryConflict as conflict:
        form.add_error(None, conflict.faults)
        # The next save is over theirs, which was seen and stays in the entry's versions.
        form.data = {**form.data.dict(), "based_on": conflict.theirs.number}
        return None, conflict.theirs
    except PublishingError as refusal:
        form.add_error(None, refusal.faults)
        return None, None
    if "_publish" in request.POST:
        publish(request, form, revision)
    else:
        messages.success(request, _("Le message est enregistré, et n’est pas publié."))
    # live.js forgets what it kept of this form.
    address = reverse(page, args=[article.pk])
    return redirect(f"{address}?envoye={form.cleaned_data['uuid']}"), None


def publish(request, form, revision):
    """Show *revision* to readers and tell how it went; what was typed is kept either way."""
    choices = {name: form.cleaned_data.get(name) for name in ("meaning", "note")}
    shown = live_entries.in_force(revision.entry)
    if shown and shown.revision_id == revision.pk:
        messages.info(request, _("Ce message est déjà en ligne : rien n’est parti deux fois."))
        return
    try:
        live_entries.publish_entry(
            revision.entry,
            revision=revision.number,
            by=request.user,
            meaning=choices["meaning"] or None,
            note=choices["note"] or "",
        )
    except PublishingError as refusal:
        messages.success(request, _("Le message est enregistré, et n’est pas publié."))
        for fault in refusal.faults:
            messages.error(request, fault)
    else:
        messages.success(request, _("Le message est en ligne."))


@require_POST
def live_blog_state(request, article):
    """Start or end the live blog."""
    article = find_article(request, article)
    acts = {
        "_start": (live_entries.start_live, _("Le direct a commencé.")),
        "_end": (live_entries.end_live, _("Le direct est terminé : ses messages restent.")),
    }
    act, told = next((acts[name] for name in acts if name in request.POST), (None, ""))
    if act is None:
        raise Http404
    attempt(request, told, act, article, by=request.user)
    return redirect("admin:articles_article_live_blog", article.pk)


@require_POST
def withdraw_entry(request, article, entry):
    article, entry = find_entry(request, article, entry)
    form = WithdrawForm(request.POST, prefix="retrait")
    if form.is_valid():
        told = _("Le message est retiré : votre note est à sa place.")
        act = live_entries.withdraw_entry
        attempt(request, told, act, entry, by=request.user, **form.cleaned_data)
    else:
        for faults in form.errors.values():
            messages.error(request, " ".join(faults))
    return redirect("admin:articles_article_live_entry", article.pk, entry.pk)


@require_POST
def drop_entry(request, article, entry):
    article, entry = find_entry(request, article, entry)
    told = _("Le message est écarté.")
    attempt(request, told, live_entries.drop_entry, entry, by=request.user)
    return redirect("admin:articles_article_live_blog", article.pk)


@require_http_methods(["GET", "POST"])
def seal_entry(request, article, entry, number):
    article, entry = find_entry(request, article, entry)
    if not live_entries.may_seal(request.user):
        raise PermissionDenied
    edition = get_object_or_404(LiveEntryEdition, entry=entry, number=number)
    form = SealForm(request.POST or None, label_suffix="")
    if form.is_valid():
        try:
            live_entries.seal_entry(edition, by=request.user, **form.cleaned_data)
        except PublishingError as refusal:
            form.add_error(None, refusal.faults)
        else:
            messages.success(request, _("L’édition est sous scellés."))
            return redirect("admin:articles_article_live_entry", article.pk, entry.pk)
    return show(request, "act", article, {"title": form.title, "form": form})


def attempt(request, told, act, *args, **options):
    """Do *act* and tell the editor *told*, or why it was refused."""
    try:
        act(*args, **options)
    except PublishingError as refusal:
        for fault in refusal.faults:
            messages.error(request, fault)
    else:
        messages.success(request, told)


def find_entry(request, article, entry):
    article = find_article(request, article)
    entries = LiveEntry.objects.select_related("article")
    return article, get_object_or_404(entries, article=article, pk=entry)


def new_entry(user):
    """Return what the composer holds before anyone types: a key, and the author who writes."""
    return {"uuid": uuid.uuid4(), "author": Author.objects.filter(user=user).first()}


def filled(entry, newest):
    """Return what the form of *entry* holds: its newest revision."""
    typed = newest.typed if newest else {}
    return {"uuid": entry.uuid, "based_on": newest and newest.number, **typed}


def entries_of(article, before):
    """Return one more than SHOWN entries of *article*, with their newest revision and edition.

    *before* is the id, as text, of the entry that ended the page before.
    """
    current = LiveEntryEdition.objects.filter(live_until=None)
    entries = LiveEntry.objects.filter(article=article, is_dropped=False)
    if before.isdecimal() and len(before) < 19:
        entries = entries.filter(pk__lt=int(before))
    newest = LiveRevision.objects.select_related("author").order_by("number")
    entries = list(
        entries.order_by("-pk").prefetch_related(
            Prefetch("editions", current, to_attr="current"),
            Prefetch("revisions", newest, to_attr="saved"),
        )[: SHOWN + 1]
    )
    for entry in entries:
        entry.newest = entry.saved[-1] if entry.saved else None
        entry.shown = entry.current[0] if entry.current else None
        entry.is_changed = entry.shown and entry.shown.revision_id != entry.newest.pk
    return entries


def state_of(article):
    """Return whether readers see the story, and when it was told live."""
    now = timezone.now()
    coverage = Coverage.objects.filter(article=article).first()
    return {
        "is_live": Edition.objects.live(now).filter(article=article).for_listing().first(),
        "coverage": coverage,
        "is_running": coverage and coverage.live_until is None,
        "started": coverage and date_format(timezone.localtime(coverage.live_from), r"j F, H\hi"),
    }
