from django.contrib import admin
from django.urls import include, path

from articles.admin import site_at

desk = admin.site.admin_view

urlpatterns = [
    path("admin/au/", desk(site_at.choose_instant), name="site-at-choose"),
    # A path converter takes no empty path: the front page.
    path("admin/au/<str:instant>/", desk(site_at.site_at), {"path": ""}, name="site-at"),
    path("admin/au/<str:instant>/<path:path>", desk(site_at.site_at), name="site-at-page"),
    path("admin/", admin.site.urls),
    path("", include("articles.urls")),
]

handler400 = "articles.views.bad_request"
handler404 = "articles.views.page_not_found"
handler500 = "articles.views.server_error"
