from django.urls import path, register_converter
from django.urls.converters import IntConverter, StringConverter

from . import feeds, photos, preview, sitemaps, social_card, views


class ArticleNumber(IntConverter):
    # One way to write a number, and none that a column can't hold.
    regex = "[1-9][0-9]{0,17}"


class Digits:
    """A number of a fixed count of digits; `regex` says which, `width` how many."""

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:0{self.width}}"


class Year(Digits):
    regex, width = "[1-9][0-9]{3}", 4


class Month(Digits):
    regex, width = "0[1-9]|1[0-2]", 2


class Day(Digits):
    regex, width = "0[1-9]|[12][0-9]|3[01]", 2


class Position(IntConverter):
    regex = "[1-9][0-9]{0,4}"


class PhotoName(StringConverter):
    regex = r"[0-9a-f]{24}-[0-9]{1,5}\.[a-z]{3,4}"


class Digest(StringConverter):
    regex = "[0-9a-f]{16}"


class Ending(StringConverter):
    regex = "|".join(feeds.FORMATS)


register_converter(ArticleNumber, "article")
register_converter(Year, "year")
register_converter(Month, "month")
register_converter(Day, "day")
register_converter(Position, "position")
register_converter(Digest, "digest")
register_converter(Ending, "ending")
register_converter(PhotoName, "photo")

app_name = "articles"

urlpatterns = [
    path("", views.front_page, name="front-page"),
    path("articles/<article:article>/<slug:slug>/", views.edition_detail, name="edition-detail"),
    path(
        "articles/<article:article>/<slug:slug>/versions/",
        views.edition_versions,
        name="edition-versions",
    ),
    path(
        "articles/<article:article>/<slug:slug>/versions/<position:old>-<position:new>/",
        views.edition_differences,
        name="edition-differences",
    ),
    path(
        "cartes/<article:article>/<digest:digest>.png",
        social_card.social_card,
        name="social-card",
    ),
    path("articles/<article:article>/<slug:slug>/direct/", views.live_blog, name="live-blog"),
    path(
        "articles/<article:article>/<slug:slug>/direct/<article:entry>/",
        views.live_entry,
        name="live-entry",
    ),
    path("rubriques/<slug:slug>/", views.section_detail, name="section-detail"),
    path("sujets/<slug:slug>/", views.topic_detail, name="topic-detail"),
    path("auteurs/<slug:slug>/", views.author_detail, name="author-detail"),
    path("fil/", views.stream, name="stream"),
    path("recherche/", views.search, name="search"),
    path("rectificatifs/", views.corrections, name="corrections"),
    path("archives/", views.archive, name="archive"),
    path("archives/<year:year>/", views.archive, name="archive"),
    path("archives/<year:year>/<month:month>/", views.archive, name="archive"),
    path("archives/<year:year>/<month:month>/<day:day>/", views.archive, name="archive"),
    path("flux/", views.feeds, name="feeds"),
    path("flux/une.<ending:ending>", feeds.site_feed, name="site-feed"),
    path("flux/rectificatifs.<ending:ending>", feeds.correction_feed, name="correction-feed"),
    path("flux/rubriques/<slug:slug>.<ending:ending>", feeds.section_feed, name="section-feed"),
    path("flux/sujets/<slug:slug>.<ending:ending>", feeds.topic_feed, name="topic-feed"),
    path("flux/auteurs/<slug:slug>.<ending:ending>", feeds.author_feed, name="author-feed"),
    path(
        "flux/articles/<article:article>/direct.<ending:ending>",
        feeds.live_blog_feed,
        name="live-blog-feed",
    ),
    path("pratique/<slug:key>/", views.site_text, name="site-text"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap-index"),
    path("sitemap-rubriques.xml", sitemaps.sitemap_topics, name="sitemap-topics"),
    path("sitemap-rubriques-<position:number>.xml", sitemaps.sitemap_topics, name="sitemap-topics"),
    path("sitemap-auteurs.xml", sitemaps.sitemap_authors, name="sitemap-authors"),
    path("sitemap-auteurs-<position:number>.xml", sitemaps.sitemap_authors, name="sitemap-authors"),
    path("sitemap-actualites.xml", sitemaps.sitemap_news, name="sitemap-news"),
    path("sitemap-<year:year>-<month:month>.xml", sitemaps.sitemap_month, name="sitemap-month"),
    path(
        "sitemap-<year:year>-<month:month>-<position:number>.xml",
        sitemaps.sitemap_month,
        name="sitemap-month",
    ),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("photos/<photo:name>", photos.photo_file, name="photo-file"),
    path("apercu/<str:token>/photos/<photo:name>", preview.preview_photo, name="preview-photo"),
    path("apercu/<str:token>/", preview.preview_link, name="preview-link"),
]
