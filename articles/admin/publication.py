"""The publication box of an article's form: what readers see of it, and the door to it."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import front_pages, publishing, workflow
from ..models import Act, FrontPageEdition, Meaning
from ..publishing import PublishingError
from ..timeline import INHERIT
from .article_form import PUBLICATION
from .notes import add_note, resolve_note


def publication_box(article, at):
    """Return what _publication_box.html shows of a saved *article* at the aware datetime *at*."""
    editions = list(
        article.editions.exclude(live_until=F("live_from"))
        .select_related("revision")
        .defer("body_html", "revision__snapshot")
        .order_by("-live_from")[:20]
    )
    started = [edition for edition in editions if edition.live_from <= at]
    planned = [edition for edition in editions if edition.live_from > at]
    newest = started[0] if started else None
    in_force = newest and (newest.live_until is None or newest.live_until > at)
    is_withdrawn = in_force and newest.meaning == Meaning.WITHDRAWAL
    plan = planned[-1] if planned else None
    revisions = list(article.revisions.current().defer("snapshot")[:5])
    digest = revisions[0].digest if revisions else None
    return {
        "current": newest if in_force else None,
        "live": newest if in_force and not is_withdrawn else None,
        "is_withdrawn": is_withdrawn,
        "has_ended": newest and not in_force,
        "planned": plan,
        "plan_is_old": plan and plan.revision.digest != digest,
        "has_changes": in_force and newest.revision.digest != digest,
        "embargo": embargo_of(article, at),
        "pin": in_force and pin_of(article, at),
        "link_count": article.preview_links.open(at).count(),
        "revisions": revisions,
    }


def pin_of(article, at):
    """Return the Slot at the head of the site's front page if it holds *article*, or None."""
    lead = front_pages.lead_of(FrontPageEdition.objects.shown(None, at), at)
    return lead if lead and lead.story == str(article.uuid) else None


def embargo_of(article, at):
    """Return when the embargo of *article* ends, or None if there is none at *at*."""
    until = article.embargo_until
    return until if until and until > at else None


def may_replace(user, plan):
    """Whether *user* may plan another text in place of the edition *plan* (or None)."""
    needed = {publishing.PERMISSIONS[Act.Name.PLAN]}
    if plan:
        needed.add(publishing.MEANINGS.get(plan.meaning, publishing.PERMISSIONS[Act.Name.PLAN]))
    return bool(plan) and user.has_perms(needed)


def publish(article, *, revision, read, seen, meaning="", note="", at=None, plan="", **options):
    """Publish *revision*, or return None if readers have it already or will at *at*.

    So a button that is pressed twice publishes once. *read* and *seen* are the numbers of the
    revision and of the newest edition that the editor saw; the rest is publishing's.
    """
    now, until = timezone.now(), options.get("until", INHERIT)
    same = article.editions.filter(revision=revision)
    same = same.planned(now).filter(live_from=at) if at else same.live(now)
    if until is not INHERIT:
        same = same.filter(ends_at=until)
    if meaning == Meaning.CORRECTION:
        same = same.filter(note=note.strip())
    if same.exists():
        return None
    refuse_if_published_since(article, seen)
    return publishing.publish(
        article,
        revision=read,
        at=at,
        meaning=meaning or None,
        note=note,
        plan=plan or None,
        **options,
    )


def refuse_if_published_since(article, seen):
    """Raise PublishingError if *article* has a newer edition than the one numbered *seen*."""
    newest = article.editions.order_by("-number").first()
    if newest is None or newest.number == seen:
        return
    raise PublishingError(
        _(
            "%(who)s a publié ou prévu une autre version le %(time)s : relisez-la d’abord,"
            " puis publiez de nouveau."
        )
        % {
            "who": newest.published_by_name or _("Un import"),
            "time": publishing.shown_time(newest.created_at),
        }
    )


def read_of(form, revision):
    """Return the number of the revision that the editor of *form*, just saved, has read."""
    # Where others saved meanwhile and this form changed nothing, the newest is not what it shows.
    return revision.number if form.is_fresh else form.cleaned_data["based_on"]


def publish_from_form(request, form, revision):
    """Publish what *form* just saved and tell the editor how it went."""
    choices = {name: form.cleaned_data[name] for name in PUBLICATION if name in form.fields}
    if "until" not in form.changed_data:
        choices["until"] = INHERIT
    edition = publish(
        form.instance,
        revision=revision,
        read=read_of(form, revision),
        seen=form.cleaned_data["seen"],
        by=request.user,
        reason=form.cleaned_data["reason"],
        **choices,
    )
    if edition is None:
        messages.info(request, _("Cette version est déjà publiée : rien n’a été envoyé deux fois."))
    elif edition.live_from > timezone.now():
        start = publishing.shown_time(edition.live_from)
        messages.success(request, _("Publication prévue le %(time)s.") % {"time": start})
    else:
        text = _('L’article est en ligne. <a href="{url}">Voir sur le site</a>')
        messages.success(request, format_html(text, url=edition.get_absolute_url()))


def replace_from_form(request, form, revision):
    """Give the plan of the article the text that *form* just saved, and another start if typed."""
    at = form.cleaned_data.get("at")
    same = form.instance.editions.planned(timezone.now()).filter(revision=revision)
    if (same.filter(live_from=at) if at else same).exists():
        messages.info(request, _("La version prévue a déjà ce texte."))
        return
    edition = publishing.replace_plan(
        form.instance,
        revision=read_of(form, revision),
        by=request.user,
        at=at,
        reason=form.cleaned_data["reason"],
    )
    start = publishing.shown_time(edition.live_from)
    text = _("La version prévue le %(time)s a maintenant ce texte.") % {"time": start}
    messages.success(request, text)


def cancel_from_form(request, form, revision):
    """Cancel the plan of the article that *form* just saved, and say so."""
    refuse_if_published_since(form.instance, form.cleaned_data["seen"])
    publishing.cancel(form.instance, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("La publication prévue est annulée."))


def step_from_form(request, form, revision):
    """Take the step that the button names with the article that *form* just saved."""
    name = request.POST["_step"]
    step = workflow.take(form.instance, name, by=request.user, reason=form.cleaned_data["reason"])
    told = {"status": step.article.get_status_display()}
    messages.success(request, _("L’article est maintenant « %(status)s ».") % told)


def note_from_form(request, form, revision):
    add_note(request, form.instance, form.cleaned_data["new_note"])


def resolve_from_form(request, form, revision):
    resolve_note(request, form.instance, request.POST["_resolve"])


class Button(NamedTuple):
    """What a button of the box does once the form is saved, and the names of what it makes use of.

    held_back: what is said instead if the text isn't all what the person read; None if the act
    isn't about the text.
    """

    act: Callable
    uses: tuple = ()
    held_back: str | None = None


NOT_PUBLISHED = gettext_lazy("Rien n’est publié : relisez le texte réuni, puis publiez.")
BUTTONS = {
    "_publish": Button(publish_from_form, (*PUBLICATION, "reason"), NOT_PUBLISHED),
    "_replace": Button(replace_from_form, ("at", "reason"), NOT_PUBLISHED),
    "_cancel": Button(cancel_from_form, ("reason",)),
    "_step": Button(
        step_from_form,
        ("reason",),
        gettext_lazy("L’étape n’est pas faite : relisez le texte réuni, puis recommencez."),
    ),
    "_note": Button(note_from_form, ("new_note",)),
    "_resolve": Button(resolve_from_form),
}


def tell_of_plan(request, form, revision):
    """Tell that the plan of the article has an older text than the one just saved."""
    plan = form.instance.editions.planned(timezone.now()).select_related("revision").first()
    if plan is None or plan.revision.digest == revision.digest:
        return
    text = _("La version prévue à %(time)s n’a pas ces changements.") % {
        "time": date_format(timezone.localtime(plan.live_from), "TIME_FORMAT")
    }
    # The button belongs to the form of the page that shows this message.
    button = '<button type="submit" form="article_form" name="_replace" class="button">{}</button>'
    if may_replace(request.user, plan) and "_save" not in request.POST:
        text = format_html("{} " + button, text, _("Remplacer"))
    messages.warning(request, text)


def press(request, form, revision, *, has_read=True):
    """Do what the button that sent *form* says, and tell the editor if it is refused.

    *revision* is the article's text now; *has_read* is whether the editor saw all of it. What was
    typed and had no effect is kept for the next page.
    """
    name = next((name for name in BUTTONS if name in request.POST), None)
    if name is None:
        carry(request, form, used=("reason",))
        tell_of_plan(request, form, revision)
        return
    button = BUTTONS[name]
    if button.held_back and not has_read:
        messages.warning(request, button.held_back)
        carry(request, form)
        return
    try:
        button.act(request, form, revision)
    except PublishingError as refusal:
        for fault in refusal.faults:
            messages.error(request, fault)
        carry(request, form)
    else:
        carry(request, form, used=button.uses)


def carry(request, form, used=()):
    """Keep for the next page what *form* says of acts and notes, but for what was made use of."""
    names = {"new_note", "reason", *PUBLICATION} - {*used}
    typed = {name: form.data.get(name, "") for name in names if name in form.changed_data}
    if typed.keys() - {"meaning"}:
        request.session[carried_key(form.instance)] = typed


def carried_key(article):
    return f"publication-{article.pk}"
