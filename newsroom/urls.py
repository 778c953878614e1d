from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.views.generic import RedirectView

from articles.admin import dashboard, profile, site_at
from articles.health import healthz
from articles.invitations import ForgottenPasswordForm

desk = admin.site.admin_view
# What the desk's head needs on the pages that one sees before logging in.
head = {"site_header": admin.site.site_header, "site_title": admin.site.site_title}

urlpatterns = [
    path("admin/au/", desk(site_at.choose_instant), name="site-at-choose"),
    # A path converter takes no empty path: the front page.
    path("admin/au/<str:instant>/", desk(site_at.site_at), {"path": ""}, name="site-at"),
    path("admin/au/<str:instant>/<path:path>", desk(site_at.site_at), name="site-at-page"),
    path("admin/profil/", desk(profile.profile), name="profile"),
    # By the names that Django's login page and views look for.
    path(
        "admin/mot-de-passe-oublie/",
        auth_views.PasswordResetView.as_view(form_class=ForgottenPasswordForm, extra_context=head),
        name="admin_password_reset",
    ),
    path(
        "admin/mot-de-passe-oublie/envoye/",
        auth_views.PasswordResetDoneView.as_view(extra_context=head),
        name="password_reset_done",
    ),
    path(
        "admin/mot-de-passe/<uidb64>/<token>/",
        auth_views.PasswordResetConfirmView.as_view(extra_context=head),
        name="password_reset_confirm",
    ),
    path(
        "admin/mot-de-passe/choisi/",
        auth_views.PasswordResetCompleteView.as_view(extra_context=head),
        name="password_reset_complete",
    ),
    # In place of Django's "admin:index", which has this address too.
    path("admin/", desk(dashboard.dashboard)),
    # Where each breadcrumb leads: Django's list of models, which the head of every page has.
    path("admin/articles/", RedirectView.as_view(pattern_name="admin:index", permanent=False)),
    path("admin/auth/", RedirectView.as_view(pattern_name="admin:index", permanent=False)),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("articles.urls")),
]

handler400 = "articles.views.bad_request"
handler404 = "articles.views.page_not_found"
handler500 = "articles.views.server_error"
