"""Accounts: who may enter the desk. Nobody gives rights that they don't have."""

from http import HTTPStatus

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ..invitations import invite
from ..models import AccountAct, User
from .role import LinkedMixin, rights_options

Name = AccountAct.Name

# What only a superuser sees and sets.
TECHNICAL = ("is_superuser", "user_permissions")


def clean_address(email, user=None):
    """Return *email*; raise ValidationError if it is another account's."""
    others = User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email))
    if email and others.exclude(pk=user and user.pk).exists():
        raise ValidationError(_("Un compte a déjà cette adresse."))
    return email


class InviteForm(forms.ModelForm):
    """Name, mail and role. The person chooses the password, by the link in the mail."""

    # Set by UserAdmin.get_form(): who invites.
    by = None

    first_name = forms.CharField(label=_("Prénom"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)
    # It is what they log in with.
    email = forms.EmailField(label=_("Adresse électronique"), max_length=150)
    role = forms.ModelChoiceField(
        Group.objects.none(),
        label=_("Rôle"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choisissez un rôle.")},
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = grantable_groups(self.by)

    def clean_email(self):
        return clean_address(self.cleaned_data["email"].lower())

    def save(self, commit=True):
        user = super().save(commit=False)
        user.username, user.is_staff = user.email, True
        user.set_unusable_password()
        return user


@admin.register(User)
class UserAdmin(LinkedMixin, DjangoUserAdmin):
    list_display = ["full_name", "roles", "email", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    ordering = ["last_name", "first_name", "username"]
    readonly_fields = ["last_login", "date_joined"]
    # Django's pair of lists can't be read by a screen reader.
    filter_horizontal = []
    add_form = InviteForm
    add_form_template = "admin/articles/user/invite.html"
    add_fieldsets = [(None, {"fields": ["first_name", "last_name", "email", "role"]})]

    def get_urls(self):
        view = self.admin_site.admin_view(self.invite_again)
        return [
            path("<int:user>/invitation/", view, name="articles_user_invite"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request, obj=None):
        """Who may change an account may enter by it: so it has no right that they lack."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or has_all_rights_of(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or has_all_rights_of(request.user, obj))

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (title, {**options, "fields": [f for f in options["fields"] if f not in TECHNICAL]})
            for title, options in fieldsets
        ]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        return form if obj else type("InviteFormOf", (form,), {"by": request.user})

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            kwargs["queryset"] = grantable_groups(request.user)
        elif db_field.name == "user_permissions":
            kwargs |= rights_options()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change:
            note_changes(form, by=request.user)
            return
        role = form.cleaned_data["role"]
        form.instance.groups.set([role])
        request.invited = form.instance
        AccountAct.objects.note(Name.INVITE, form.instance, by=request.user, told=role.name)

    def delete_model(self, request, user):
        super().delete_model(request, user)
        AccountAct.objects.note(Name.DELETE, user, by=request.user)

    def delete_queryset(self, request, queryset):
        users = list(queryset)
        super().delete_queryset(request, queryset)
        for user in users:
            user.pk = None
            AccountAct.objects.note(Name.DELETE, user, by=request.user)

    def user_change_password(self, request, id, form_url=""):
        response = super().user_change_password(request, id, form_url)
        # Only where it was changed does it lead elsewhere.
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            AccountAct.objects.note(Name.PASSWORD, User.objects.get(pk=id), by=request.user)
        return response

    def add_view(self, request, *args, **kwargs):
        response = super().add_view(request, *args, **kwargs)
        # Here the account is committed.
        if user := getattr(request, "invited", None):
            self.send(request, user)
        return response

    def response_add(self, request, obj, post_url_continue=None):
        """add_view() says what became of it."""
        return redirect("admin:articles_user_changelist")

    def send(self, request, user):
        if invite(user, by=request.user):
            text = _("L’invitation est partie à %(email)s.")
            messages.success(request, text % {"email": user.email})
        else:
            text = _("Le compte existe, mais le courriel à %(email)s n’est pas parti : réessayez.")
            messages.error(request, text % {"email": user.email})

    @method_decorator(require_POST)
    def invite_again(self, request, user):
        """Send a new link to choose a password; the one before works until it is used or old."""
        user = get_object_or_404(User, pk=user)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user.is_active and user.email:
            AccountAct.objects.note(Name.INVITE, user, by=request.user)
            self.send(request, user)
        else:
            messages.error(request, _("Ce compte est désactivé, ou n’a pas d’adresse."))
        return redirect("admin:articles_user_change", user.pk)

    @admin.display(description=_("nom"), ordering="last_name")
    def full_name(self, user):
        return str(user)

    @admin.display(description=_("rôle"))
    def roles(self, user):
        return ", ".join(group.name for group in user.groups.all())


@transaction.atomic
def note_changes(form, *, by):
    """Write a line in the journal for each thing that the saved *form* changed of an account."""
    changed, account = list(form.changed_data), form.instance
    if "groups" in changed:
        changed.remove("groups")
        before, after = form.initial["groups"], form.cleaned_data["groups"]
        told = " → ".join(
            ", ".join(sorted(group.name for group in groups)) or "–" for groups in (before, after)
        )
        AccountAct.objects.note(Name.ROLES, account, by=by, told=told)
    if "is_active" in changed:
        changed.remove("is_active")
        name = Name.ENABLE if account.is_active else Name.DISABLE
        AccountAct.objects.note(name, account, by=by)
    if changed:
        told = ", ".join(str(form.fields[name].label or name) for name in changed)
        AccountAct.objects.note(Name.CHANGE, account, by=by, told=told)


def has_all_rights_of(user, other):
    """Whether *user* may do all that *other* may, or could if its account were active."""
    if user.is_superuser or other.is_superuser:
        return user.is_superuser
    lacking = permissions_of(other).exclude(pk__in=permissions_of(user))
    return not lacking.exists()


def grantable_groups(user):
    """Return the groups that give nothing that *user* lacks."""
    if user.is_superuser:
        return Group.objects.all()
    lacking = Permission.objects.exclude(pk__in=permissions_of(user))
    return Group.objects.exclude(permissions__in=lacking)


def permissions_of(user):
    return Permission.objects.filter(Q(user=user) | Q(group__user=user))
