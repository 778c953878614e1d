"""Alerts at the desk: one short form, and a button that takes the banner down."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from .. import alerts
from ..models import Act, Alert
from ..publishing import PERMISSIONS, PublishingError
from .history import state_in_time
from .local_time import LocalTimeField
from .prose import LineField

STATES = {
    "live": ("live", _("En ligne")),
    "planned": ("planned", _("Prévue")),
    "past": ("", _("Terminée")),
    "cancelled": ("", _("Annulée")),
}


class AlertForm(forms.Form):
    text = LineField(
        label=_("Texte"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Une phrase : elle paraît en haut de toutes les pages du site."),
        error_messages={"required": _("Il manque le texte de l’alerte.")},
    )
    link = forms.CharField(
        label=_("Lien"),
        max_length=300,
        required=False,
        help_text=_("Une page du site (/articles/…) ou une adresse en https://. Peut rester vide."),
    )
    level = forms.ChoiceField(
        label=_("Niveau"), choices=Alert.Level.choices, widget=forms.RadioSelect
    )
    at = LocalTimeField(label=_("Dès le (vide : maintenant)"), required=False)
    until = LocalTimeField(label=_("Jusqu’au (vide : jusqu’à nouvel ordre)"), required=False)
    reason = forms.CharField(label=_("Motif, pour le journal"), max_length=200, required=False)

    def __init__(self, *args, alert=None, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.alert = alert
        self.initial["level"] = Alert.Level.URGENT
        if alert:
            self.initial = {name: getattr(alert, name) for name in ("text", "link", "level")}
            self.initial["until"] = alert.live_until
            # When it starts is past, or promised: another time is another alert.
            del self.fields["at"]

    def act(self, *, by):
        if self.alert:
            return alerts.change(self.alert, by=by, **self.cleaned_data)
        return alerts.show(by=by, **self.cleaned_data)


@admin.register(Alert)
class AlertAdmin(admin.ModelAdmin):
    list_display = ["text", "level", "state", "live_from", "live_until", "created_by_name"]
    list_display_links = ["text"]
    list_filter = ["level"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = ""

    def get_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"articles_alert_{name}")

        return [
            page("add/", alert_page, "add"),
            page("<int:alert>/change/", alert_page, "change"),
            page("<int:alert>/fin/", end_alert, "end"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request):
        return request.user.has_perm(PERMISSIONS[Act.Name.ALERT])

    def get_actions(self, request):
        return {}

    @admin.display(description=_("état"))
    def state(self, alert):
        kind, name = STATES[state_in_time(alert, timezone.now())]
        return format_html('<span class="state {}">{}</span>', kind, name)


@require_http_methods(["GET", "POST"])
def alert_page(request, alert=None):
    if not request.user.has_perm(PERMISSIONS[Act.Name.ALERT]):
        raise PermissionDenied
    alert = alert and get_object_or_404(Alert, pk=alert)
    form = AlertForm(request.POST if request.method == "POST" else None, alert=alert)
    if form.is_valid():
        try:
            shown = form.act(by=request.user)
        except PublishingError as refusal:
            form.add_error(None, refusal.faults)
        else:
            is_live = shown.live_from <= timezone.now()
            text = _("L’alerte est sur toutes les pages.") if is_live else _("L’alerte est prévue.")
            messages.success(request, text)
            return redirect("admin:articles_alert_changelist")
    return show_form(request, alert, form)


def show_form(request, alert, form):
    context = {
        "title": _("Changer l’alerte") if alert else _("Nouvelle alerte"),
        "form": form,
        "alert": alert,
        "state": alert and state_in_time(alert, timezone.now()),
    }
    page = "admin/articles/alert/change_form.html"
    return render(request, page, {**admin.site.each_context(request), **context})


@require_POST
def end_alert(request, alert):
    alert = get_object_or_404(Alert, pk=alert)
    # The button stands in the form of the alert, with a reason.
    form = AlertForm(request.POST, alert=alert)
    form.is_valid()
    try:
        alerts.end(alert, by=request.user, reason=form.cleaned_data.get("reason", ""))
    except PublishingError as refusal:
        form.add_error(None, refusal.faults)
        return show_form(request, alert, form)
    messages.success(request, _("L’alerte n’est plus sur le site."))
    return redirect("admin:articles_alert_changelist")
