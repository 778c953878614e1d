"""Topics and sections: the tree, its search while typing, and the newsroom's own tags."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import ValidationError
from django.db.models import Case, Q, Value, When
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import topic_acts
from ..models import Article, Topic
from ..slug import make_slug
from ..topic_acts import TopicError
from .dossier import dossier_page
from .picker import PickOneTopic
from .topic_history import topic_history, unmerge_topic
from .topic_merge import merge_page

SHOWN = 10


class TopicForm(forms.ModelForm):
    # Offered once a close name was found.
    is_other = forms.BooleanField(
        label=_("C’est un autre sujet : créer quand même"),
        required=False,
        widget=forms.HiddenInput,
    )
    new_address = forms.BooleanField(
        label=_("Faire l’adresse de la page du nouveau nom"),
        required=False,
        help_text=_("L’ancienne adresse y mènera toujours."),
    )

    def clean_name(self):
        name = self.cleaned_data["name"]
        twin = Topic.objects.called(name)
        if twin and twin != self.instance:
            raise ValidationError(_("Le sujet « %(name)s » existe déjà."), params={"name": twin})
        if not self.instance.pk:
            self.warn_of(Topic.objects.close_to(name))
        return name

    def warn_of(self, topics):
        """Refuse a name close to those of *topics* unless told that it is another subject."""
        if not topics:
            return
        self.fields["is_other"].widget = forms.CheckboxInput()
        if not self.data.get("is_other"):
            names = ", ".join(gettext("« %(name)s »") % {"name": topic} for topic in topics)
            raise ValidationError(
                _("Un nom très proche existe déjà : %(names)s."), params={"names": names}
            )

    def clean_parent(self):
        parent = self.cleaned_data["parent"]
        if parent and self.instance in Topic.objects.with_ancestors([parent.uuid]):
            raise ValidationError(_("Un sujet ne peut pas être au-dessus de lui-même."))
        return parent and parent.final


class OwnFilter(admin.SimpleListFilter):
    title = _("origine")
    parameter_name = "origin"

    def lookups(self, request, model_admin):
        return [
            ("own", _("Mots-clés de la rédaction")),
            ("iptc", _("IPTC")),
            ("merged", _("Fusionnés")),
        ]

    def queryset(self, request, topics):
        choices = {
            "own": topics.filter(qcode="", merged_into=None),
            "iptc": topics.exclude(qcode="").filter(merged_into=None),
            "merged": topics.exclude(merged_into=None),
        }
        return choices.get(self.value(), topics)


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name", "parent", "is_section", "position", "qcode", "merged_into"]
    list_filter = ["is_section", OwnFilter]
    list_select_related = ["parent", "merged_into"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = ""
    search_fields = ["name"]
    ordering = ["name"]
    form = TopicForm

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "recherche/",
                view(TopicSearch.as_view(admin_site=self.admin_site)),
                name="articles_topic_search",
            ),
            path("<int:topic>/dossier/", view(dossier_page), name="articles_topic_dossier"),
            path("<int:topic>/fusion/", view(merge_page), name="articles_topic_merge"),
            path(
                "<int:topic>/history/<int:act>/annuler/",
                view(unmerge_topic),
                name="articles_topic_unmerge",
            ),
            path("<int:topic>/history/", view(topic_history), name="articles_topic_history"),
            *super().get_urls(),
        ]

    def get_fields(self, request, obj=None):
        fields = ["name", "label", "parent", "is_section", "position", "qcode", "slug"]
        if obj is None:
            return ["name", "is_other", *fields[1:-2]]
        if obj.merged_into_id:
            return [*fields, "merged_into"]
        return [*fields, "new_address"] if self.has_change_permission(request, obj) else fields

    def get_readonly_fields(self, request, obj=None):
        """What was public stays; a topic of IPTC's keeps its place."""
        return ["slug", "qcode", "merged_into", *(["parent"] if obj and obj.qcode else [])]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "parent":
            kwargs["widget"] = PickOneTopic(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.merged_into_id is None)

    def get_search_results(self, request, queryset, search_term):
        """Find topics that have each word in their name, whatever its accents and case."""
        for word in make_slug(search_term).split("-") if search_term.strip() else []:
            queryset = queryset.filter(Q(slug__contains=word) | Q(name__icontains=word))
        return queryset | self.get_queryset(request).filter(qcode=search_term or None), False

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except TopicError as refusal:
            # Found only under the lock: someone was quicker than the form's own checks.
            for fault in refusal.faults:
                messages.error(request, fault)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request, topic, form, change):
        """Each kind of change is an act of its own, with its line in the journal."""
        typed, by = form.cleaned_data, request.user
        if not change:
            topic_acts.create(topic, by=by)
            return
        new_address = typed.get("new_address", False)
        topic_acts.rename(
            topic, by=by, name=typed["name"], label=typed["label"], new_address=new_address
        )
        topic_acts.place(topic, by=by, is_section=typed["is_section"], position=typed["position"])
        if "parent" in form.changed_data:
            topic_acts.move(topic, by=by, parent=typed["parent"])

    def get_deleted_objects(self, objs, request):
        """Say where the topics are used (E16), without loading all that uses them."""
        protected = [line for topic in objs for line in where_used(topic)]
        counts = {self.opts.verbose_name_plural: len(objs)}
        return [str(topic) for topic in objs], counts, set(), protected

    def delete_model(self, request, topic):
        topic_acts.delete(topic, by=request.user)

    def delete_queryset(self, request, topics):
        for topic in topics:
            topic_acts.delete(topic, by=request.user)


def where_used(topic):
    """Return what keeps *topic* from being deleted: sentences, then links to some stories."""
    faults = topic_acts.faults_of_deletion(topic)
    lines = [f"{topic} : {fault}" for fault in faults]
    stories = Article.objects.filter(topic_acts.in_articles(topic)).distinct() if faults else []
    for article in stories[:SHOWN]:
        address = reverse("admin:articles_article_change", args=[article.pk])
        lines.append(format_html('<a href="{}">{}</a>', address, article))
    return lines


class TopicSearch(AutocompleteJsonView):
    """The topics that match what is typed, each with its path; those of a close name are told."""

    def get_queryset(self):
        self.close = {topic.pk for topic in Topic.objects.close_to(self.term)}
        topics = super().get_queryset().filter(merged_into=None)
        topics |= self.model_admin.get_queryset(self.request).filter(pk__in=self.close)
        begins = When(slug__startswith=make_slug(self.term), then=Value(0))
        close = When(pk__in=self.close, then=Value(1))
        return topics.order_by(Case(begins, close, default=Value(2)), "name")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        self.paths = paths_of(context["object_list"])
        return context

    def serialize_result(self, obj, to_field_name):
        return {
            **super().serialize_result(obj, to_field_name),
            "path": self.paths[obj.pk],
            "slug": obj.slug,
            "close": obj.pk in self.close,
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
