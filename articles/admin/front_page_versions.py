"""The versions of a front page: listed, compared in words, and brought back as new ones."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import front_pages
from ..differences import Change, compare_items, compare_words
from ..models import FrontPageRevision
from ..publishing import PublishingError, shown_time
from ..slots import Kind, Rule, Slot
from .front_page_finding import find_front
from .front_page_form import names_of
from .history import state_in_time

SHOWN = 100


@require_safe
def versions_page(request, section):
    front = find_saved(request, section)
    now = timezone.now()
    editions = front.editions.select_related("revision").defer("slots", "revision__slots")
    editions = list(editions.order_by("-number")[:SHOWN])
    revisions = list(front.revisions.defer("slots")[:SHOWN])
    states = {edition.revision_id: state_in_time(edition, now) for edition in reversed(editions)}
    context = {
        "title": _("Versions"),
        "front": front,
        "section_id": section,
        "revisions": [(revision, states.get(revision.pk)) for revision in revisions],
        "editions": [(edition, state_in_time(edition, now)) for edition in editions],
        "may_change": request.user.has_perm("articles.change_frontpage"),
    }
    page = "admin/articles/frontpage/versions.html"
    return render(request, page, {**admin.site.each_context(request), **context})


@require_safe
def differences_page(request, section):
    front = find_saved(request, section)
    numbers = [request.GET.get(name, "") for name in ("de", "a")]
    if not all(number.isdecimal() for number in numbers):
        raise Http404
    found = {r.number: r for r in front.revisions.filter(number__in=numbers)}
    if not all(int(number) in found for number in numbers):
        raise Http404
    old, new = (found[number] for number in sorted(map(int, numbers)))
    title = _("Différences entre les versions %(old)d et %(new)d")
    return show(request, front, old, new, title % {"old": old.number, "new": new.number})


@require_http_methods(["GET", "POST"])
def restore_page(request, section, number):
    """Show what bringing the version *number* back would change; then save it as a new one."""
    front = find_saved(request, section)
    if not request.user.has_perm("articles.change_frontpage"):
        raise PermissionDenied
    old = get_object_or_404(front.revisions, number=number)
    newest = front.revisions.current().first()
    if request.method == "POST":
        shown = request.POST.get("shown", "")
        try:
            saved = front_pages.save(
                front.section,
                old.slots,
                based_on=int(shown) if shown.isdecimal() else newest.number,
                by=request.user,
                reason=_("Restaure la version %d") % number,
                kind=FrontPageRevision.Kind.RESTORE,
            )
        except PublishingError as refusal:
            raise PermissionDenied from refusal
        if saved.conflict:
            text = _("Quelqu’un a changé la une entre-temps : comparez, puis restaurez de nouveau.")
            messages.error(request, text)
        else:
            text = _("La version %d est de nouveau celle de la rédaction : publiez-la.") % number
            messages.success(request, text)
        return redirect("admin:articles_frontpage_edit", section)
    return show(request, front, newest, old, _("Restaurer la version %d") % number, restores=True)


def find_saved(request, section):
    """Return what find_front() does; raise Http404 if it was never saved."""
    front = find_front(request, section)
    if front.pk is None or not front.revisions.exists():
        raise Http404
    return front


def show(request, front, old, new, title, restores=False):
    context = {
        "title": title,
        "front": front,
        "section_id": front.section_id or 0,
        "old": old,
        "new": new,
        "details": differences(old.slots, new.slots),
        "restores": restores,
        "may_change": request.user.has_perm("articles.change_frontpage"),
    }
    page = "admin/articles/frontpage/differences.html"
    return render(request, page, {**admin.site.each_context(request), **context})


def differences(old, new):
    """Return the Changes that lead from the stored slots *old* to *new*, for people."""
    before, after = ({slot["key"]: Slot.read(slot) for slot in side} for side in (old, new))
    slots = [*before.values(), *after.values()]
    keys = [key for slot in slots for key in (slot.story, slot.topic, slot.photo.get("photo"))]
    names = names_of(keys)
    changes = [compare_items(_("Ordre"), *(order_of(side, before, after) for side in (old, new)))]
    for key in {**before, **after}:
        slot = after.get(key) or before[key]
        texts = (tell(side[key], names) if key in side else "" for side in (before, after))
        changes.append(Change(kind_of(slot), compare_words(*texts)))
    return [change for change in changes if change.is_one]


def order_of(side, before, after):
    """Return the names of the slots of *side* that both have, told apart by their old numbers."""
    numbers = {key: number for number, key in enumerate(before, start=1)}
    keys = [slot["key"] for slot in side if slot["key"] in before and slot["key"] in after]
    return [f"{kind_of(before[key])} ({numbers[key]})" for key in keys]


def kind_of(slot):
    return str(Kind(slot.kind).label)


def tell(slot, names):
    """Return in words what *slot* holds; *names* are those of stories and topics, by uuid."""
    topic = names.get(slot.topic, slot.topic)
    parts = [kind_of(slot)]
    if slot.story:
        parts.append(f"« {names.get(slot.story, slot.story)} »")
    if slot.headline:
        parts.append(_("titre à la une « %s »") % slot.headline)
    if slot.kicker:
        parts.append(_("surtitre à la une « %s »") % slot.kicker)
    if slot.photo:
        parts.append(_("photo à la une « %s »") % names.get(slot.photo["photo"], ""))
        if slot.photo["alt"]:
            parts.append(_("décrite « %s »") % slot.photo["alt"])
    if slot.until:
        parts.append(_("jusqu’au %s") % shown_time(slot.leaves_at))
    if slot.rule == Rule.TOPIC:
        parts.append(_("sinon le plus récent de « %s »") % topic)
    else:
        parts.append(_("sinon %s") % Rule(slot.rule).label.lower())
    if slot.allow_repeat:
        parts.append(_("peut répéter un article"))
    return ", ".join(parts)
