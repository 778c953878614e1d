"""Front pages at the desk: what stands where, published now or later, seen as readers would."""

from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import front_pages, views
from ..filling import fill_section, fill_site
from ..front_page_checklist import remarks_on
from ..models import Act, FrontPage, FrontPageEdition, FrontPageRevision, Topic
from ..preview import keep_private
from ..publishing import PERMISSIONS, PublishingError, shown_time
from ..slots import Kind, Slot, usual
from ..templatetags.articles import moment_text
from .dates import short_time
from .front_page_finding import find_front, find_stories, find_topics, newest_of
from .front_page_form import FrontPageForm, SlotForm, SlotFormSet, names_of
from .front_page_versions import differences_page, restore_page, versions_page
from .previews import photo_folder


@admin.register(FrontPage)
class FrontPageAdmin(admin.ModelAdmin):
    """The addresses below; a number is a section's, 0 stands for the site's own front page."""

    def get_urls(self):
        def page(address, view, name):
            return path(
                address, self.admin_site.admin_view(view), name=f"articles_frontpage_{name}"
            )

        return [
            page("", front_page_list, "changelist"),
            page("articles/", find_stories, "stories"),
            page("sujets/", find_topics, "topics"),
            page("<int:section>/", edit_page, "edit"),
            page("<int:section>/apercu/", preview_page, "preview"),
            page("<int:section>/versions/", versions_page, "versions"),
            page("<int:section>/versions/differences/", differences_page, "differences"),
            page("<int:section>/versions/<int:number>/restauration/", restore_page, "restore"),
            page("<int:section>/editions/<int:number>/annulation/", cancel_plan, "cancel"),
        ]

    def has_add_permission(self, request):
        return False


@require_safe
def front_page_list(request):
    find_front(request, 0)
    now = timezone.now()
    fronts = {front.section_id: front for front in FrontPage.objects.all()}
    editions = FrontPageEdition.objects.defer("slots")
    in_force = {edition.front_page_id: edition for edition in editions.in_force(now)}
    plans = editions.planned(now).order_by("-live_from")
    plans = {plan.front_page_id: plan for plan in plans}
    rows = []
    for section in [None, *Topic.objects.sections()]:
        front = fronts.get(section and section.pk) or FrontPage(section=section)
        rows.append(
            {
                "front": front,
                "shown": in_force.get(front.pk),
                "plan": plans.get(front.pk),
                "since": short_time(in_force[front.pk].live_from) if front.pk in in_force else None,
                "planned": short_time(plans[front.pk].live_from) if front.pk in plans else None,
            }
        )
    context = {"title": FrontPage._meta.verbose_name_plural.capitalize(), "rows": rows}
    page = "admin/articles/frontpage/list.html"
    return render(request, page, {**admin.site.each_context(request), **context})


@require_http_methods(["GET", "POST"])
def edit_page(request, section):
    front = find_front(request, section)
    newest, last = newest_of(front)
    if request.method == "POST":
        form, slots = read_forms(request)
        if "_add" not in request.POST and form.is_valid() & slots.is_valid():
            saved = press(request, front, form, slots)
            if saved is None:
                return redirect("admin:articles_frontpage_edit", section)
            return show_again(request, section, form, saved)
    else:
        stored = newest.slots if newest else []
        if request.GET.get("disposition") == "habituelle":
            stored = [slot.stored() for slot in usual(Topic.objects.sections())]
        numbers = {"based_on": newest.number if newest else 0, "seen": last.number if last else 0}
        form, slots = FrontPageForm(initial=numbers), make_slots(stored)
    has_errors = form.is_bound and "_add" not in request.POST
    return show_edit_page(request, front, newest, form, slots, has_errors)


def show_again(request, section, form, saved):
    """Show what is saved, and beside it what was typed for a publication that is still to come."""
    # The first save made it.
    front = find_front(request, section)
    _newest, last = newest_of(front)
    numbers = {"based_on": saved.revision.number, "seen": last.number if last else 0}
    form.data = {**form.data.dict(), **numbers}
    return show_edit_page(request, front, saved.revision, form, make_slots(saved.revision.slots))


def show_edit_page(request, front, newest, form, slots, has_errors=False):
    context = {
        "title": str(front),
        "form": form,
        "slots": slots,
        "has_errors": has_errors,
        "media": slots.empty_form.media,
        **box_of(request, front, newest),
    }
    for number, slot in enumerate(slots, start=1):
        key = slot["key"].value()
        slot.number, slot.kind_name = number, dict(Kind.choices).get(slot["kind"].value(), "")
        slot.remarks = [remark for remark in context["remarks"] if remark.key == key]
        slot.filled = context["filled"].get(key, [])
    page = "admin/articles/frontpage/edit.html"
    return render(request, page, {**admin.site.each_context(request), **context})


def make_slots(stored):
    names = names_of([key for slot in stored for key in (slot["story"], slot["topic"])])
    initial = [SlotForm.initial_of(slot) for slot in stored]
    return SlotFormSet(initial=initial, form_kwargs={"names": names})


def read_forms(request):
    """Return the bound forms of what *request* sent, one slot more where it asks for that."""
    data = request.POST.copy()
    if "_add" in data:
        count = int(data["form-TOTAL_FORMS"]) if data["form-TOTAL_FORMS"].isdecimal() else 0
        added = Slot.make("second")
        data["form-TOTAL_FORMS"] = count + 1
        data |= {f"form-{count}-{name}": getattr(added, name) for name in ("key", "kind", "rule")}
        data[f"form-{count}-ORDER"] = count + 1
    typed = [value for name, value in data.items() if name.endswith(("-story", "-topic"))]
    kwargs = {"names": names_of(filter(is_key, typed))}
    return FrontPageForm(data), SlotFormSet(data, form_kwargs=kwargs)


def is_key(text):
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def press(request, front, form, slots):
    """Save the slots, publish them if asked to, and tell how it went.

    Return None, or the Saved of which a publication was typed that hasn't come about.
    """
    typed = form.cleaned_data
    try:
        saved = front_pages.save(
            front.section,
            slots.stored(),
            based_on=typed["based_on"],
            by=request.user,
            reason=typed["reason"],
        )
    except PublishingError as refusal:
        raise PermissionDenied from refusal
    tell(request, front, saved)
    if "_publish" not in request.POST:
        return saved if typed["at"] or typed["until"] else None
    if saved.conflict:
        form.add_error(None, _("Rien n’est publié : relisez la une, puis publiez de nouveau."))
        return saved
    # What others saved meanwhile isn't what this editor has read.
    read = typed["based_on"] if saved.theirs else saved.revision.number
    try:
        publish(request, front, read, typed)
    except PublishingError as refusal:
        form.add_error(None, refusal.faults)
        return saved
    return None


def publish(request, front, read, typed):
    """Publish the version *read* as *typed* says, and tell so; raise as front_pages.publish()."""
    options = {name: typed[name] for name in ("at", "until", "seen", "reason")}
    edition = front_pages.publish(front.section, revision=read, by=request.user, **options)
    if edition.live_from > timezone.now():
        text = _("La une paraîtra le %(time)s.") % {"time": shown_time(edition.live_from)}
        messages.success(request, text)
    else:
        text = _('La une est en ligne. <a href="{url}">Voir sur le site</a>')
        messages.success(request, format_html(text, url=front.get_absolute_url()))


def tell(request, front, saved):
    """Tell the editor how the save went: with whom it was merged, and what could not be."""
    if saved.theirs:
        names = ", ".join(dict.fromkeys(theirs.created_by_name for theirs in saved.theirs))
        text = _("%(who)s a enregistré cette une entre-temps : vos changements sont réunis.")
        messages.warning(request, text % {"who": names})
    elif saved.is_new:
        text = _("Version %(number)d enregistrée.") % {"number": saved.revision.number}
        messages.success(request, text)
    if saved.conflict:
        numbers = f"?de={saved.revision.number}&a={saved.conflict.number}"
        address = reverse("admin:articles_frontpage_differences", args=[front.section_id or 0])
        text = _(
            "Vous avez changé la même chose : sa version reste à la une, la vôtre est gardée sous"
            ' le numéro {number}. <a href="{url}">Voir les différences</a>'
        )
        told = format_html(text, number=saved.conflict.number, url=address + numbers)
        messages.error(request, told)


def box_of(request, front, newest):
    """Return what stands beside the slots: what readers see, what is planned, and remarks."""
    now = timezone.now()
    editions = FrontPageEdition.objects.filter(front_page=front) if front.pk else None
    shown = editions.in_force(now).first() if front.pk else None
    plans = list(editions.planned(now).order_by("live_from")) if front.pk else []
    stored = newest.slots if newest else []
    return {
        "front": front,
        "section_id": front.section_id or 0,
        "newest": newest,
        "shown": shown,
        "plans": plans,
        "has_changes": bool(newest) and newest.slots != (shown.slots if shown else None),
        "remarks": remarks_on(stored, now),
        "filled": filled(front, stored, now),
        "may": {
            "save": request.user.has_perm("articles.change_frontpage"),
            "publish": request.user.has_perm(PERMISSIONS[Act.Name.FRONT]),
        },
    }


def filled(front, stored, at):
    """Return the headlines that each slot of *stored* shows at *at*, by its key."""
    if not stored:
        return {}
    sections = list(Topic.objects.sections())
    if front.section_id:
        found = fill_section(stored, front.section, sections, at).found
    else:
        found = fill_site(stored, sections, at).found
    return {key: [edition.headline for edition in editions] for key, editions in found.items()}


@require_http_methods(["GET", "POST"])
def preview_page(request, section):
    """The page that what was typed would make, at the time typed; or a version, by its number."""
    front = find_front(request, section)
    if request.method == "POST":
        form, slots = read_forms(request)
        if not (form.is_valid() & slots.is_valid()):
            newest, _last = newest_of(front)
            return show_edit_page(request, front, newest, form, slots, has_errors=True)
        stored, at = slots.stored(), form.cleaned_data["at"]
    else:
        number = request.GET.get("version", "")
        revisions = FrontPageRevision.objects.filter(front_page=front) if front.pk else None
        if revisions is None or not number.isdecimal():
            raise Http404
        stored, at = get_object_or_404(revisions, number=number).slots, None
    request.at = at or timezone.now()
    text = _("Telle qu’elle serait le %(time)s.") % {"time": moment_text(request.at)}
    request.banner = {"title": _("Une non publiée"), "text": text}
    frozen = front_pages.freeze_photos(stored)
    # Readers may not have them yet.
    photos = {key: {**photo, "folder": photo_folder()} for key, photo in frozen.items()}
    if front.section_id:
        topic = Topic.objects.with_dossier(request.at).get(pk=front.section_id)
        return keep_private(views.show_list(request, topic, stored, photos))
    return keep_private(views.show_front(request, stored, photos))


@require_POST
def cancel_plan(request, section, number):
    front = find_front(request, section)
    try:
        front_pages.cancel(front.section, number, by=request.user)
    except PublishingError as refusal:
        for fault in refusal.faults:
            messages.error(request, fault)
    else:
        messages.success(request, _("La une prévue est annulée."))
    if "based_on" in request.POST:
        # The button stands in the form of the page: what is typed there stays.
        return show_edit_page(request, front, newest_of(front)[0], *read_forms(request))
    return redirect("admin:articles_frontpage_edit", section)
