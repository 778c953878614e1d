"""What the caches in front of the site were told, and what failed; read only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Delivery


class FailingFilter(admin.SimpleListFilter):
    title = _("résultat")
    parameter_name = "result"

    def lookups(self, request, model_admin):
        return [("failing", _("En échec"))]

    def queryset(self, request, deliveries):
        return deliveries.failing() if self.value() == "failing" else deliveries


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ["due_at", "delivered_at", "attempts", "next_try_at", "error"]
    list_filter = [FailingFilter]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = ""
    fields = ["due_at", "delivered_at", "attempts", "next_try_at", "error"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
