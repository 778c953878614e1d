"""The desk: Django admin, where the newsroom works. It writes articles and asks publishing.py."""

import taggit.admin  # noqa: F401 – it registers its own tags when imported: they go below
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from .alert import AlertAdmin
from .article import ArticleAdmin
from .author import AuthorAdmin
from .delivery import DeliveryAdmin
from .edition import EditionAdmin
from .front_page import FrontPageAdmin
from .journal import AccountActAdmin, ActAdmin, PhotoActAdmin, TopicActAdmin
from .photo import PhotoAdmin
from .role import RoleAdmin
from .site_text import SiteTextAdmin
from .topic import TopicAdmin
from .user import UserAdmin

__all__ = [
    "AccountActAdmin",
    "ActAdmin",
    "AlertAdmin",
    "ArticleAdmin",
    "AuthorAdmin",
    "DeliveryAdmin",
    "EditionAdmin",
    "FrontPageAdmin",
    "PhotoActAdmin",
    "PhotoAdmin",
    "RoleAdmin",
    "SiteTextAdmin",
    "TopicActAdmin",
    "TopicAdmin",
    "UserAdmin",
]

admin.site.unregister(Tag)
admin.site.site_header = settings.SITE_NAME
admin.site.site_title = _("Rédaction")
admin.site.index_title = _("Bureau")
admin.site.enable_nav_sidebar = False
