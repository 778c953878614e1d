"""The one page of the yardstick's site."""

from django.conf import settings
from django.shortcuts import render
from django.urls import path

from articles.models import Edition
from articles.models.edition import SEARCH


def story(request, pk):
    edition = Edition.objects.defer(*SEARCH).get(pk=pk)
    rest = settings.SIZE - len(edition.body_html)
    return render(request, "story.html", {"edition": edition, "lines": range(rest // 100)})


urlpatterns = [path("<int:pk>/", story)]
