"""What the desk finds in the list of articles, whatever door they came in by."""

from io import StringIO

from django.core.management import call_command
from django.urls import reverse

from .. import saving, workflow
from ..models import Article, ArticleWords
from .factories import make_article, make_author, make_user, save
from .test_desk_articles import DESK, LIST, DeskTestCase


class SearchTests(DeskTestCase):
    def found(self, words):
        response = self.client.get(LIST, {"q": words})
        return [article.headline for article in response.context["cl"].result_list]

    def test_accents_ligatures_plurals_and_elisions_do_not_matter(self):
        make_article(headline="Élections au cœur de l’Œuvre")
        for words in ("elections", "ÉLECTION", "coeur", "œuvre", "d’élection", "oeuvre coeur"):
            with self.subTest(words=words):
                assert self.found(words) == ["Élections au cœur de l’Œuvre"]

    def test_words_are_found_wherever_they_stand(self):
        author = make_author(name="Zoé Lefèvre")
        article = make_article(
            headline="Titre d’essai",
            kicker="Pêche",
            standfirst="Un chapô",
            dateline="Brest",
            credit="AFP",
            body="<p>Dix <strong>grues</strong></p><p>géantes</p>",
            authors=[author],
        )
        article.bylines.create(text="avec Ève", position=1)
        save(article)
        for words in ("peche", "chapo", "brest", "afp", "grue geante", "lefevre grues", "eve"):
            with self.subTest(words=words):
                assert self.found(words) == ["Titre d’essai"]
        assert self.found("lefevre absent") == []

    def test_last_word_need_not_be_typed_out_and_phrases_and_minus_count(self):
        make_article(headline="Le port de Brest rouvre")
        make_article(headline="Brest perd son port")
        assert self.found("rouv") == ["Le port de Brest rouvre"]
        assert self.found('"port de brest"') == ["Le port de Brest rouvre"]
        assert self.found("port -rouvre") == ["Brest perd son port"]

    def test_words_without_meaning_and_odd_signs_find_nothing_and_break_nothing(self):
        make_article(headline="Le port")
        for words in ("le", '"', "-", "%", "' OR 1=1", "AND", "\0", "(", "*"):
            with self.subTest(words=words):
                assert self.client.get(LIST, {"q": words}).status_code == 200
        assert self.found("le") == []
        assert self.found("  ") == ["Le port"]

    def test_newest_text_is_what_is_found(self):
        article = make_article(headline="Ancien", body="<p>Grues</p>")
        sent = self.open(article)
        self.send(sent, article, headline="Nouveau", body="<p>Mouettes</p>")
        assert self.found("grues") == []
        assert self.found("mouettes") == ["Nouveau"]

    def test_text_that_a_conflict_kept_aside_is_not(self):
        article = make_article(headline="Ancien")
        base = article.revisions.get()
        save(article, headline="De Jonas")
        typed = {**base.snapshot, "headline": "Mouettes"}
        assert saving.save(article, typed, based_on=base, by=self.editor).conflict
        assert self.found("mouettes") == []

    def test_copies_urgent_stories_and_merged_texts_are_found(self):
        self.client.force_login(make_user(*DESK, username="x"))
        article = make_article(headline="Modèle à copier", body="<p>Grues</p>")
        workflow.duplicate(article, by=self.editor)
        assert self.found("grues") == ["Modèle à copier"] * 2
        urgent = reverse("admin:articles_article_urgent")
        self.client.post(urgent, {**self.urgent(urgent), "headline": "Alerte d’essai"})
        assert self.found("alerte") == ["Alerte d’essai"]
        base = article.revisions.get()
        save(article, headline="De Jonas")
        saving.save(article, {**base.snapshot, "kicker": "Vigie"}, based_on=base, by=self.editor)
        assert self.found("vigie jonas") == ["De Jonas"]

    def urgent(self, address):
        form = self.client.get(address).context["form"]
        sent = {bound.html_name: bound.value() or "" for bound in form}
        return {**sent, "section": self.section.pk}

    def test_fixture_is_found(self):
        # The fixture has one of this name.
        self.section.delete()
        call_command("loaddata", "topics", "newsroom", stdout=StringIO())
        assert ArticleWords.objects.count() == Article.objects.count()
        headline = Article.objects.exclude(headline="").first().headline
        assert headline in self.found(headline)

    def test_author_is_found_by_a_new_name(self):
        author = make_author(name="Zoé Lefèvre")
        article = make_article(authors=[author])
        self.client.force_login(make_user(is_superuser=True))
        page = reverse("admin:articles_author_change", args=[author.pk])
        fields = {"name": "Zoé Ménard", "kind": author.kind, "job": "", "biography": ""}
        self.client.post(page, {**fields, "user": ""})
        assert self.found("menard") == [article.headline]
        assert self.found("lefevre") == []

    def test_query_count_is_fixed_and_no_body_is_read(self):
        for number in range(20):
            make_article(headline=f"Port {number}")
        # session, user, 2 permissions, sections, authors, count, articles
        with self.assertNumQueries(8) as queries:
            assert len(self.found("ports")) == 20
        assert not any('"articles_article"."body"' in q["sql"] for q in queries)
