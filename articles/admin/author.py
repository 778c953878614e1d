"""Authors: whose names readers see."""

from django.contrib import admin
from django.db.models import Q

from .. import derived
from ..models import ArticleAuthor, Author
from ..slug import make_slug
from .live_record import LiveRecordMixin


@admin.register(Author)
class AuthorAdmin(LiveRecordMixin, admin.ModelAdmin):
    list_display = ["name", "kind", "job", "user"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["name"]
    fields = ["name", "kind", "job", "biography", "user", "slug"]

    def get_readonly_fields(self, request, obj=None):
        """The address of an author's page stays: E14."""
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def save_model(self, request, author, form, change):
        super().save_model(request, author, form, change)
        if change and "name" in form.changed_data:
            # The desk finds articles by the names of those who sign them.
            signed = ArticleAuthor.objects.filter(author=author)
            derived.index_articles(signed.values_list("article", flat=True).distinct())

    def get_search_results(self, request, queryset, search_term):
        for word in make_slug(search_term).split("-") if search_term.strip() else []:
            queryset = queryset.filter(Q(slug__contains=word) | Q(name__icontains=word))
        return queryset, False
