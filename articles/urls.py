from django.urls import path, register_converter
from django.urls.converters import IntConverter

from . import preview, views


class ArticleNumber(IntConverter):
    # One way to write a number, and none that a column can't hold.
    regex = "[1-9][0-9]{0,17}"


register_converter(ArticleNumber, "article")

app_name = "articles"

urlpatterns = [
    path("", views.front_page, name="front-page"),
    path("articles/<article:article>/<slug:slug>/", views.edition_detail, name="edition-detail"),
    path("rubriques/<slug:slug>/", views.section_detail, name="section-detail"),
    path("sujets/<slug:slug>/", views.topic_detail, name="topic-detail"),
    path("auteurs/<slug:slug>/", views.author_detail, name="author-detail"),
    path("fil/", views.stream, name="stream"),
    path("apercu/<str:token>/", preview.preview_link, name="preview-link"),
]
