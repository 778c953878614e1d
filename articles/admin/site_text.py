"""The site's own texts: one page each, every change kept."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from .. import site_texts
from ..models import SiteText
from .prose import LineField, ProseField, ProseWidget


class SiteTextForm(forms.ModelForm):
    class Meta:
        model = SiteText
        fields = ["title", "body_html"]
        field_classes = {"title": LineField, "body_html": ProseField}
        widgets = {"body_html": ProseWidget}
        help_texts = {"body_html": _("Tant qu’il est vide, la page n’existe pas sur le site.")}


@admin.register(SiteText)
class SiteTextAdmin(admin.ModelAdmin):
    list_display = ["title", "state", "changed_at"]
    list_display_links = ["title"]
    empty_value_display = ""
    form = SiteTextForm
    fields = ["title", "body_html"]
    change_form_template = "admin/articles/sitetext/change_form.html"

    def has_add_permission(self, request):
        """The pages are those of SiteText.Key; emptied, one is away."""
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_view_on_site_url(self, obj=None):
        return super().get_view_on_site_url(obj) if obj and obj.body_html else None

    def change_view(self, request, object_id, form_url="", extra_context=None):
        text = self.get_object(request, object_id)
        versions = text.versions.all()[:50] if text else []
        context = {"versions": versions, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def save_model(self, request, text, form, change):
        typed = form.cleaned_data
        site_texts.rewrite(
            text, title=typed["title"], body_html=typed["body_html"], by=request.user
        )

    @admin.display(description=_("état"))
    def state(self, text):
        if not text.body_html:
            return format_html('<span class="state draft">{}</span>', _("Vide : absent du site"))
        return format_html('<span class="state live">{}</span>', _("En ligne"))
