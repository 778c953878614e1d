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
KEPT = _("Le message est enregistré, et n’est pas publié.")
AUTHOR = LiveRevision._meta.get_field("author")


class EntryForm(forms.Form):
    """What is typed into one entry; `uuid` is its key from the first keystroke on."""

    # Set where the form is shown again: the LiveRevision by someone else that it met; whether what
    # was typed is stored all the same.
    theirs = None
    is_kept = False

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

    def show_again(self, faults, *, over):
        """Tell *faults*; what is sent next is over the LiveRevision *over*."""
        self.add_error(None, faults)
        self.data = {**self.data.dict(), "based_on": over.number}

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


WITHDRAWAL = {"label_suffix": "", "prefix": "retrait"}


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
    if form.is_valid() and (response := send(request, article, form)):
        return response
    entries = entries_of(article, request.GET.get("avant", ""))
    context = {
        **state_of(article),
        "title": _("Direct"),
        "form": form,
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
    if request.method == "POST" and not live_entries.may_write(article, request.user):
        raise PermissionDenied
    form = form_of(request, article, entry, request.POST or None)
    if form.is_valid() and (response := send(request, article, form)):
        return response
    return show_entry(request, article, entry, form, WithdrawForm(**WITHDRAWAL))


def form_of(request, article, entry, data=None):
    """Return the form of the text of *entry*, bound to *data* if there is any."""
    is_known = entry.editions.exists() and live_entries.may_publish(article, request.user)
    form_class = PublishedEntryForm if is_known else EntryForm
    return form_class(data, initial=filled(entry, entry.revisions.select_related("author").first()))


def show_entry(request, article, entry, form, withdraw_form):
    shown = live_entries.in_force(entry)
    # Of one that someone withdrew meanwhile, what was typed is still shown.
    is_closed = bool(shown and shown.is_withdrawn) and not form.is_bound
    context = {
        **state_of(article),
        "title": _("Message de direct"),
        "entry": entry,
        "newest": entry.revisions.select_related("author").first(),
        "form": form,
        "shown": shown,
        "editions": list(entry.editions.all()),
        "revisions": list(entry.revisions.all()[:20]),
        "withdraw_form": withdraw_form,
        "may_write": live_entries.may_write(article, request.user) and not is_closed,
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


def send(request, article, form):
    """Keep what *form* holds, and publish it if that was the button.

    Return the response, or None where the form is to be shown again with why.
    """
    try:
        revision = form.write(article, by=request.user)
    except EntryConflict as conflict:
        # The next save is over theirs, which was seen and stays in the entry's versions.
        form.show_again(conflict.faults, over=conflict.theirs)
        form.theirs = conflict.theirs
        return None
    except PublishingError as refusal:
        form.add_error(None, refusal.faults)
        return None
    try:
        told = publish(request, form, revision)
    except PublishingError as refusal:
        messages.info(request, KEPT)
        form.show_again(refusal.faults, over=revision)
        form.is_kept = True
        return None
    messages.success(request, told)
    # live.js forgets what it kept of this form.
    address = reverse("admin:articles_article_live_blog", args=[article.pk])
    return redirect(f"{address}?envoye={form.cleaned_data['uuid']}")


def publish(request, form, revision):
    """Show *revision* to readers if the button says so; return what is told, or raise."""
    if "_publish" not in request.POST:
        return KEPT
    meaning, note = form.cleaned_data.get("meaning"), form.cleaned_data.get("note", "")
    try:
        live_entries.publish_entry(
            revision.entry,
            revision=revision.number,
            by=request.user,
            meaning=meaning or None,
            note=note,
        )
    except PublishingError:
        shown = live_entries.in_force(revision.entry)
        is_same = shown and shown.revision_id == revision.pk
        if is_same and (meaning != Meaning.CORRECTION or note.strip() == shown.note):
            return _("Ce message est déjà en ligne : rien n’est parti deux fois.")
        raise
    return _("Le message est en ligne.")


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
    form = WithdrawForm(request.POST, **WITHDRAWAL)
    if form.is_valid():
        try:
            live_entries.withdraw_entry(entry, by=request.user, **form.cleaned_data)
        except PublishingError as refusal:
            form.add_error(None, refusal.faults)
        else:
            messages.success(request, _("Le message est retiré : votre note est à sa place."))
            return redirect("admin:articles_article_live_entry", article.pk, entry.pk)
    return show_entry(request, article, entry, form_of(request, article, entry), form)


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
    }
