"""The desk's articles: the list, the form, and what happens when it is saved."""

import uuid

from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from .. import body, publishing, workflow
from ..models import Act, Article, ArticleAuthor, ArticleWords, Edition, Meaning, Revision
from ..search import MatchesArticle, Query
from . import follow_up
from .acts import act_page, offered_acts, seal_page
from .article_filters import AuthorFilter, MineFilter, SectionFilter, StateFilter, StatusFilter
from .article_form import ArticleForm, BylineForm, BylineFormSet, number_of
from .autosave import AutosaveMixin, close_autosave
from .bulk import add_topic_to_selected, publish_selected, submit_selected
from .conflict import conflict_page, save_stale, told_of_newer
from .dates import short_time
from .history import editions_of, history_of
from .journal import DayFilter
from .live_entry import (
    drop_entry,
    live_blog_page,
    live_blog_state,
    live_entry_page,
    seal_entry,
    withdraw_entry,
)
from .measures import measures_of
from .photo import thumbnail_of, with_thumbnails
from .picker import PickOne
from .previews import may_share, preview, preview_links, revoke_link
from .publication import BUTTONS, carried_key, may_replace, press, publication_box
from .steps import duplicate_story, notes_page, restore_story
from .typed import check, preview_typed, remarks_on_page
from .urgent import urgent_story
from .versions import differences_page, restore_page


class BylineInline(admin.StackedInline):
    model = ArticleAuthor
    form = BylineForm
    formset = BylineFormSet
    fields = [("role", "author", "text", "position")]
    extra = 0
    template = "admin/articles/article/_bylines.html"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "author":
            kwargs["widget"] = PickOne(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "author":
            widget = field.widget
            widget.can_change_related = widget.can_view_related = False
            widget.can_delete_related = False
        return field


@admin.register(Article)
class ArticleAdmin(AutosaveMixin, admin.ModelAdmin):
    list_display = ["title", "section_name", "state", "planned", "owner", "signs", "updated"]
    list_filter = [
        StatusFilter,
        StateFilter,
        MineFilter,
        SectionFilter,
        AuthorFilter,
        ("updated_at", DayFilter),
    ]
    list_select_related = ["section", "owner"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = ""
    # What shows the box; get_search_results() finds.
    search_fields = ["words__words"]
    form = ArticleForm
    fieldsets = [
        (None, {"classes": ["story"], "fields": ["kicker", "headline", "standfirst", "body"]}),
        (_("Classement"), {"classes": ["filing"], "fields": ["section", "topics"]}),
        (_("Photos"), {"classes": ["story", "photos"], "fields": ["photos"]}),
        (_("Suivi"), {"fields": ["owner", "due_at"]}),
        (_("Mentions"), {"fields": ["dateline", "credit", "slug", "is_verbatim"]}),
    ]
    inlines = [BylineInline]
    actions = [submit_selected, publish_selected, add_topic_to_selected]
    object_history_template = "admin/articles/article/revisions.html"

    def get_urls(self):
        def page(address, view, name, **options):
            wrapped = self.admin_site.admin_view(view)
            return path(address, wrapped, options, name=f"articles_article_{name}")

        return [
            page("urgence/", urgent_story, "urgent"),
            page("<int:article>/notes/", notes_page, "notes"),
            page("<int:article>/dupliquer/", duplicate_story, "duplicate"),
            page("<int:article>/restaurer/", restore_story, "restore"),
            page("<int:article>/actes/<slug:act>/", act_page, "act"),
            page("<int:article>/editions/<int:number>/scelles/", seal_page, "seal"),
            page("<int:article>/apercu/", preview, "preview"),
            page("<int:article>/apercu/prevu/", preview, "preview_planned", planned=True),
            page("apercu-saisie/", preview_typed, "preview_new"),
            page("<int:article>/apercu-saisie/", preview_typed, "preview_typed"),
            page(
                "<int:article>/apercu-saisie/prevu/",
                preview_typed,
                "preview_typed_planned",
                planned=True,
            ),
            path("saisie/verifier/", check, name="articles_article_check"),
            page("<int:article>/liens/", preview_links, "preview_links"),
            page("<int:article>/liens/<int:link>/", revoke_link, "revoke_link"),
            page("<int:article>/direct/", live_blog_page, "live_blog"),
            page("<int:article>/direct/etat/", live_blog_state, "live_blog_state"),
            page("<int:article>/direct/<int:entry>/", live_entry_page, "live_entry"),
            page("<int:article>/direct/<int:entry>/retrait/", withdraw_entry, "withdraw_entry"),
            page("<int:article>/direct/<int:entry>/ecart/", drop_entry, "drop_entry"),
            page(
                "<int:article>/direct/<int:entry>/editions/<int:number>/scelles/",
                seal_entry,
                "seal_entry",
            ),
            page("<int:article>/conflits/<int:number>/", conflict_page, "conflict"),
            page("<int:article>/versions/differences/", differences_page, "differences"),
            page(
                "<int:article>/versions/<int:number>/restauration/", restore_page, "restore_version"
            ),
            *super().get_urls(),
        ]

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.may_be_edited_by(request.user))

    def has_delete_permission(self, request, obj=None):
        """What was ever published stays (E16); the rest is in the trash first."""
        may = super().has_delete_permission(request, obj)
        is_trashed = obj is None or obj.status == Article.Status.TRASHED
        return may and is_trashed and (obj is None or not obj.editions.exists())

    def has_publish_permission(self, request):
        return request.user.has_perm(publishing.PERMISSIONS[Act.Name.PUBLISH])

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # The list

    def get_queryset(self, request):
        """Load with_state(); was_published: whether readers ever saw it; and what a form asks.

        newest_edition: its number; shown_slug: the address that it got when it was first shown;
        in_force_ends_at: the end asked for of the edition in force.
        """
        now = timezone.now()
        editions = Edition.objects.filter(article=OuterRef("pk"))
        newest = editions.order_by("-number")
        return (
            super()
            .get_queryset(request)
            .with_state(now)
            .annotate(
                was_published=Exists(editions.went_live(now)),
                shown_slug=Subquery(
                    editions.went_live(now).order_by("-live_from").values("slug")[:1]
                ),
                newest_edition=Subquery(newest.values("number")[:1]),
                in_force_ends_at=Subquery(editions.in_force(now).values("ends_at")[:1]),
            )
        )

    def get_search_results(self, request, queryset, search_term):
        """As readers search: without accents and plurals, in headline, text and signatures."""
        if not search_term.strip():
            return queryset, False
        query = Query.parse(search_term).by_prefix()
        if not query:
            return queryset.none(), False
        found = ArticleWords.objects.filter(MatchesArticle(query))
        return queryset.filter(pk__in=found.values("article")), False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        changelist.result_list = changelist.result_list.defer("body", "standfirst")
        return changelist

    @admin.display(description=_("titre"), ordering="headline")
    def title(self, article):
        return article

    @admin.display(description=_("rubrique"), ordering="section__position")
    def section_name(self, article):
        return article.section.short_name if article.section else None

    @admin.display(description=_("état"))
    def state(self, article):
        name, label = state_of(article)
        badge = format_html('<span class="state {}">{}</span>', name, label)
        if name in article.Status or article.status != article.Status.REVIEW:
            return badge
        # A new text for what readers have already.
        return badge + format_html(
            ' <span class="state review">{}</span>', article.get_status_display()
        )

    @admin.display(description=_("prévu"), ordering="planned_from")
    def planned(self, article):
        return short_time(article.planned_from)

    @admin.display(description=_("signes"))
    def signs(self, article):
        return number_format(article.signs, force_grouping=True) if article.signs else None

    @admin.display(description=_("modifié"), ordering="updated_at")
    def updated(self, article):
        # Which version this row shows: bulk.py publishes none that came after.
        shown = format_html(
            '{}<input type="hidden" name="version-{}" value="{}">',
            short_time(article.updated_at),
            article.pk,
            article.latest_number or "",
        )
        if not article.open_by:
            return shown
        opened = _("Ouvert par %(name)s") % {"name": article.open_by}
        return format_html('{} <span class="presence">{}</span>', shown, opened)

    # The form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        args = (form_url, extra_context)
        try:
            return super().changeform_view(request, object_id or made_before(request), *args)
        except IntegrityError:
            # The same new article was sent twice at once: the second is about the first's.
            again = made_before(request)
            if object_id or not again:
                raise
            return super().changeform_view(request, again, *args)

    def get_object(self, request, object_id, from_field=None):
        article = super().get_object(request, object_id, from_field)
        if article and request.method == "POST":
            # The lock makes people who save at once take turns; what it waited for is read anew.
            Article.objects.select_for_update().get(pk=article.pk)
            article = super().get_object(request, object_id, from_field)
        return article

    def get_fieldsets(self, request, obj=None):
        """Who may only read gets the text as it reads, not as it is stored."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = {
            "headline": "title",
            "body": "text",
            "topics": "topic_names",
            "photos": "pictures",
        }
        return [
            (name, {**options, "fields": [shown.get(f, f) for f in options["fields"]]})
            for name, options in fieldsets
        ]

    @admin.display(description=_("texte"))
    def text(self, article):
        return format_html(
            '<div class="story-text">{}</div>', with_thumbnails(body.clean(article.body))
        )

    @admin.display(description=_("sujets"))
    def topic_names(self, article):
        return ", ".join(topic.name for topic in article.topics.all())

    @admin.display(description=_("photos"))
    def pictures(self, article):
        uses = article.article_photos.select_related("photo")
        return format_html_join(" ", "{}", ((thumbnail_of(use.photo),) for use in uses))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user
        if obj and request.method == "GET":
            form.carried = request.session.pop(carried_key(obj), {})
        return form

    def get_changeform_initial_data(self, request):
        return {"owner": request.user, **super().get_changeform_initial_data(request)}

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        user, form = request.user, context["adminform"].form
        box = publication_box(obj, timezone.now()) if obj else {}
        may_save = self.has_change_permission(request, obj) if obj else True
        planned = box.get("planned")
        may_cancel = user.has_perm(publishing.PERMISSIONS[Act.Name.CANCEL])
        steps = workflow.offered_steps(obj, user) if obj else []
        context |= {
            "box": box,
            "acts": offered_acts(obj, box, user) if obj else [],
            "steps": [(name, workflow.BUTTONS[name]) for name in steps],
            "last_step": obj and last_step_of(obj, box["current"]),
            "measures": measures_of(form),
            "notes": obj.notes.open() if obj else [],
            "unsettled": list(obj.revisions.unsettled().defer("snapshot"))
            if obj and may_save
            else [],
            "newer": told_of_newer(obj, form) if obj else "",
            "remarks": remarks_on_page(request, obj, form),
            "may": {
                "save": may_save,
                "duplicate": obj and self.has_add_permission(request),
                "delete": obj and self.has_delete_permission(request, obj),
                "publish": may_save and form.may_publish,
                "cancel": may_save and planned and may_cancel,
                "replace": may_save and may_replace(user, planned),
                "share": obj and may_share(user, obj),
            },
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(self, request, object_id, extra_context=None):
        # None goes on to Django's own answer to an address without an article.
        article = self.get_object(request, object_id)
        editions = editions_of(article) if article else []
        before = request.GET.get("avant", "")
        entries, next_page = history_of(article, editions, before) if article else ([], None)
        context = {
            "title": _("Versions"),
            "entries": entries,
            "next_page": next_page,
            "may_compare": any(entry.get("is_second") for entry in entries),
            "editions": editions,
            "may_seal": request.user.has_perm(publishing.PERMISSIONS[Act.Name.SEAL]),
            "may_restore": article and self.has_change_permission(request, article),
        }
        return super().history_view(request, object_id, {**context, **(extra_context or {})})

    # Saving

    def save_model(self, request, article, form, change):
        if not form.is_fresh:
            # save_related() merges it.
            return
        if not change:
            article.uuid = form.cleaned_data["uuid"]
            article.owner = article.owner or request.user
        if form.touched or not change:
            super().save_model(request, article, form, change)

    def save_related(self, request, form, formsets, change):
        close_autosave(request, form.instance)
        if not form.is_fresh:
            save_stale(request, form, formsets)
            return
        super().save_related(request, form, formsets, change)
        article, reason = form.instance, form.cleaned_data["reason"]
        revision = Revision.objects.record(article, by=request.user, reason=reason)
        is_new = revision.number != number_of(article)
        if is_new and not form.touched:
            # Bylines alone: they aren't columns of the article.
            article.save(update_fields=["updated_at"])
        if is_new:
            messages.success(request, _("Enregistré : version %d.") % revision.number)
        elif form.touched:
            messages.success(request, _("Le suivi est enregistré."))
        elif not BUTTONS.keys() & request.POST.keys():
            messages.info(request, _("Rien n’a changé depuis le dernier enregistrement."))
        follow_up.tell(request, form)
        press(request, form, revision)

    def response_add(self, request, article, post_url_continue=None):
        return self.response_change(request, article)

    def response_change(self, request, article):
        if conflict := getattr(article, "conflict", None):
            return redirect("admin:articles_article_conflict", article.pk, conflict.number)
        if "_save" in request.POST:
            return self.response_post_save_change(request, article)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))


def made_before(request):
    """Return the id of the article that the form in *request* made when it was first sent."""
    if request.method != "POST":
        return None
    try:
        key = uuid.UUID(request.POST.get("uuid", ""))
    except ValueError:
        return None
    article = Article.objects.filter(uuid=key).only("pk").first()
    return article and str(article.pk)


def last_step_of(article, edition):
    """Return the last Step of *article*, or None if *edition*, which readers see, came after it."""
    step = article.steps.first()
    return None if step and edition and step.at < edition.created_at else step


def state_of(article):
    """Return the name and the label of what the desk should know first. Needs get_queryset()."""
    if article.in_force_meaning == Meaning.WITHDRAWAL:
        return "withdrawn", _("Retiré")
    if article.has_unpublished_changes:
        return "changed", _("Modifications non publiées")
    if article.in_force_meaning:
        return "live", _("En ligne")
    if article.planned_from:
        return "planned", _("Prévu")
    if article.was_published:
        return "ended", _("Hors ligne")
    return article.status, article.get_status_display()
