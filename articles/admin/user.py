"""Accounts: who may enter the desk. Nobody gives rights that they don't have."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from ..models import User

# What only a superuser sees and sets.
TECHNICAL = ("is_superuser", "user_permissions")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ["username", "last_name", "first_name", "email", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    readonly_fields = ["last_login", "date_joined"]
    # Django's pair of lists can't be read by a screen reader.
    filter_horizontal = []

    def has_change_permission(self, request, obj=None):
        """Who may change an account may enter by it: so it has no right that they lack."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or has_all_rights_of(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or has_all_rights_of(request.user, obj))

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (title, {**options, "fields": [f for f in options["fields"] if f not in TECHNICAL]})
            for title, options in fieldsets
        ]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            kwargs["queryset"] = grantable_groups(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


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
