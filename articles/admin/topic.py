"""Topics and sections: the tree, its search while typing, and the newsroom's own tags."""

from django import forms
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import ValidationError
from django.db.models import Case, Q, Value, When
from django.urls import path
from django.utils.translation import gettext_lazy as _

from .. import derived
from ..models import Edition, Topic
from ..slug import make_slug
from .live_record import LiveRecordMixin
from .picker import PickOneTopic, find_topic


class TopicForm(forms.ModelForm):
    def clean_name(self):
        name = self.cleaned_data["name"]
        twin = find_topic(name)
        if twin and twin != self.instance:
            raise ValidationError(_("Le sujet « %(name)s » existe déjà."), params={"name": twin})
        return name

    def clean_parent(self):
        parent = self.cleaned_data["parent"]
        if parent and self.instance in Topic.objects.with_ancestors([parent.uuid]):
            raise ValidationError(_("Un sujet ne peut pas être au-dessus de lui-même."))
        return parent


class OwnFilter(admin.SimpleListFilter):
    title = _("origine")
    parameter_name = "origin"

    def lookups(self, request, model_admin):
        return [("own", _("Mots-clés de la rédaction")), ("iptc", _("IPTC"))]

    def queryset(self, request, topics):
        choices = {"own": topics.filter(qcode=""), "iptc": topics.exclude(qcode="")}
        return choices.get(self.value(), topics)


@admin.register(Topic)
class TopicAdmin(LiveRecordMixin, admin.ModelAdmin):
    list_display = ["name", "parent", "is_section", "position", "qcode"]
    list_filter = ["is_section", OwnFilter]
    list_select_related = ["parent"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["name"]
    ordering = ["name"]
    form = TopicForm
    fields = ["name", "label", "parent", "is_section", "position", "qcode", "slug"]

    def get_urls(self):
        view = self.admin_site.admin_view(TopicSearch.as_view(admin_site=self.admin_site))
        return [path("recherche/", view, name="articles_topic_search"), *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        """An address that was public stays; a topic of IPTC's keeps its place."""
        return ["slug", "qcode", *(["parent"] if obj and obj.qcode else [])]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "parent":
            kwargs["widget"] = PickOneTopic(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_search_results(self, request, queryset, search_term):
        """Find topics that have each word in their name, whatever its accents and case."""
        for word in make_slug(search_term).split("-") if search_term.strip() else []:
            queryset = queryset.filter(Q(slug__contains=word) | Q(name__icontains=word))
        return queryset | self.get_queryset(request).filter(qcode=search_term or None), False

    def save_model(self, request, topic, form, change):
        topic.slug = topic.slug or make_slug(topic.name)
        super().save_model(request, topic, form, change)

    def save_related(self, request, form, formsets, change):
        if change and "parent" in form.changed_data:
            under = Edition.objects.filter(editiontopic_rows__topic=form.instance)
            derived.index(list(under.select_related("revision")))
        super().save_related(request, form, formsets, change)


class TopicSearch(AutocompleteJsonView):
    """The topics that match what is typed, those that begin with it first, each with its path."""

    def get_queryset(self):
        topics = super().get_queryset().filter(merged_into=None)
        begins = When(slug__startswith=make_slug(self.term), then=Value(0))
        return topics.order_by(Case(begins, default=Value(1)), "name")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        self.paths = paths_of(context["object_list"])
        return context

    def serialize_result(self, obj, to_field_name):
        return {
            **super().serialize_result(obj, to_field_name),
            "path": self.paths[obj.pk],
            "slug": obj.slug,
        }


def paths_of(topics):
    """Return the names above each of *topics*, from the top, by its id; in one query."""
    line = {topic.pk: topic for topic in Topic.objects.with_ancestors([t.uuid for t in topics])}
    paths = {}
    for topic in topics:
        above, parent = [], line.get(topic.parent_id)
        while parent and parent.name not in above:
            above.insert(0, parent.name)
            parent = line.get(parent.parent_id)
        paths[topic.pk] = " › ".join(above)
    return paths
