"""What the desk finds an article by: the words of its newest version; derived, and rebuildable."""

from django.db import models

from ..analysis import analyse, analyse_markup
from .author import Author

TEXTS = ("headline", "kicker", "standfirst", "dateline", "credit")


class ArticleWordsQuerySet(models.QuerySet):
    def index(self, revisions):
        """Write the words of the articles of which *revisions* are the newest, one each."""
        self.bulk_create(
            rows_of(revisions),
            update_conflicts=True,
            unique_fields=["article"],
            update_fields=["words"],
        )

    def find_stale(self, revisions):
        """Return the ids of the articles whose words aren't those that index() would write."""
        rows = rows_of(revisions)
        stored = self.filter(article__in=[row.article_id for row in rows])
        stored = dict(stored.values_list("article", "words"))
        return [row.article_id for row in rows if stored.get(row.article_id) != row.words]


class ArticleWords(models.Model):
    """Beside the article, so that a change of its state rewrites no index of words."""

    article = models.OneToOneField("Article", related_name="words", on_delete=models.CASCADE)
    # Stems; each database derives its own index from them.
    words = models.TextField(blank=True)

    objects = ArticleWordsQuerySet.as_manager()

    class Meta:
        verbose_name = "mots d’un article"
        verbose_name_plural = "mots des articles"
        default_permissions = []

    def __str__(self):
        return str(self.article_id)


def rows_of(revisions):
    """Return the unsaved ArticleWords of the articles of which *revisions* are the newest."""
    slugs = {slug for revision in revisions for slug in revision.author_slugs()}
    found = Author.objects.filter(slug__in=slugs) if slugs else []
    names = {author.slug: author.name for author in found}
    return [
        ArticleWords(article_id=revision.article_id, words=words_of(revision.snapshot, names))
        for revision in revisions
    ]


def words_of(snapshot, names):
    """Return the stems of *snapshot*; *names* are those of its authors, by slug."""
    texts = [snapshot[name] for name in TEXTS]
    for part in snapshot["bylines"]:
        texts += [names.get(part["author"], part["author"] or ""), part["text"]]
    words = [analyse("\n".join(texts)), analyse_markup(snapshot["body"])]
    return " ".join(filter(None, words))
