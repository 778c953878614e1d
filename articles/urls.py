from django.urls import path

from . import views

app_name = "articles"

urlpatterns = [
    path("", views.front_page, name="front-page"),
    path("articles/<int:article>/<slug:slug>/", views.edition_detail, name="edition-detail"),
    path("rubriques/<slug:slug>/", views.section_detail, name="section-detail"),
    path("sujets/<slug:slug>/", views.topic_detail, name="topic-detail"),
    path("auteurs/<slug:slug>/", views.author_detail, name="author-detail"),
    path("fil/", views.stream, name="stream"),
]
