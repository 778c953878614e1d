"""Stories read before they are published: by secret address, and at the desk."""

from datetime import timedelta
from unittest import mock

from django.urls import reverse
from django.utils import timezone

from .. import publishing
from ..models import Edition, PreviewLink
from .factories import make_article, make_author, make_edition, make_topic, make_user, save
from .test_desk_acts import ChiefTestCase
from .test_desk_articles import DESK, change_page

HOUR = timedelta(hours=1)


def make_link(article, **fields):
    """Return the address of a new link to *article*."""
    options = {"label": "Maître Durand", "expires_at": timezone.now() + HOUR, **fields}
    _link, token = PreviewLink.objects.make(article, by=make_user(first_name="Anne"), **options)
    return reverse("articles:preview-link", args=[token])


class PreviewLinkPageTests(ChiefTestCase):
    """E9"""

    def setUp(self):
        self.article = make_article(
            headline="Encore secret",
            body='<p>Le texte.<script>alert("x")</script></p>',
            topics=[make_topic(name="Ports")],
            authors=[make_author(name="Zoé Lefèvre")],
        )

    def test_page_is_the_public_one_under_a_banner(self):
        page = self.client.get(make_link(self.article))
        for text in ("Encore secret", "<p>Le texte.</p>", "Zoé Lefèvre", "Ports", "Non publié"):
            self.assertContains(page, text)
        self.assertNotContains(page, "alert(")
        assert not Edition.objects.exists()

    def test_no_cache_no_search_engine_and_no_linked_site_learns_of_it(self):
        address = make_link(self.article)
        for _ in range(2):
            page = self.client.get(address)
            assert page["Cache-Control"] == "private, no-store"
            assert page["X-Robots-Tag"] == "noindex, nofollow"
            assert page["Referrer-Policy"] == "no-referrer"
            assert not page.has_header("ETag")
            assert not page.has_header("Surrogate-Key")
            self.assertContains(page, '<meta name="robots" content="noindex, nofollow">')

    def test_token_is_long_and_kept_nowhere(self):
        token = make_link(self.article).split("/")[2]
        assert len(token) >= 43
        link = PreviewLink.objects.get()
        assert token not in {str(getattr(link, f.attname)) for f in link._meta.fields}

    def test_unknown_link_is_not_found(self):
        for token in ("inconnu", "x" * 43, PreviewLink(digest="0" * 64).digest):
            with self.subTest(token=token):
                assert self.client.get(f"/apercu/{token}/").status_code == 404

    def test_link_ends_to_the_second(self):
        end = timezone.now() + HOUR
        address = make_link(self.article, expires_at=end)
        for second, status in ((-1, 200), (0, 410)):
            now = end + timedelta(seconds=second)
            with mock.patch("django.utils.timezone.now", return_value=now):
                page = self.client.get(address)
            assert page.status_code == status
        self.assertContains(page, "n’est plus disponible", status_code=410)
        assert "no-store" in page["Cache-Control"]
        self.assertNotContains(page, "Encore secret", status_code=410)

    def test_link_shows_its_version_or_always_the_newest(self):
        newest = make_link(self.article)
        fixed = make_link(self.article, revision=self.article.revisions.get(number=1))
        save(self.article, headline="Relu")
        self.assertContains(self.client.get(newest), "Relu")
        self.assertContains(self.client.get(newest), "Version 2")
        self.assertContains(self.client.get(fixed), "Encore secret")

    def test_embargo_is_told(self):
        until = timezone.now() + HOUR
        address = make_link(make_article(embargo_until=until))
        self.assertContains(self.client.get(address), "Sous embargo jusqu’au")

    def test_draft_with_holes_can_be_read(self):
        page = self.client.get(make_link(make_article(headline="", section=None)))
        self.assertContains(page, "Sans titre")
        self.assertContains(page, "Sans rubrique")

    def test_what_is_live_already_is_not_called_unpublished(self):
        page = self.client.get(make_link(make_edition().article))
        self.assertContains(page, "Aperçu de ce qui est en ligne")
        self.assertNotContains(page, "Non publié")
        self.assertNotContains(page, "mis à jour")

    def test_sealed_text_is_not_shown_by_a_link_made_before(self):
        edition = make_edition(headline="Diffamatoire")
        chief = make_user(is_superuser=True)
        address = make_link(edition.article, revision=edition.revision)
        publishing.withdraw(edition.article, by=chief, note="Jugement.")
        publishing.seal(edition, by=chief, reason="Jugement.")
        page = self.client.get(address)
        self.assertNotContains(page, "Diffamatoire", status_code=410)

    def test_only_reading_is_possible(self):
        assert self.client.post(make_link(self.article)).status_code == 405

    def test_query_count_does_not_grow_with_the_history(self):
        for number in range(5):
            save(self.article, headline=f"Titre {number}")
        address = make_link(self.article)
        # site state, link, revision, sealed, topics, authors, timeline, related, live, sections
        with self.assertNumQueries(10):
            self.client.get(address)


class DeskPreviewTests(ChiefTestCase):
    def test_page_is_shown_now_or_as_it_will_be_when_planned(self):
        start = timezone.now() + timedelta(days=30)
        article = make_edition(live_from=start).article
        save(article, headline="Le dernier texte")
        now, planned = (
            reverse(f"admin:articles_article_{name}", args=[article.pk])
            for name in ("preview", "preview_planned")
        )
        self.client.force_login(make_user("articles.view_article"))
        form = self.client.get(change_page(article))
        for address, at in ((now, timezone.now()), (planned, start)):
            self.assertContains(form, f'href="{address}"')
            page = self.client.get(address)
            self.assertContains(page, "Le dernier texte")
            local = timezone.localtime(at)
            self.assertContains(page, f'<time datetime="{local:%Y-%m-%d}')
            assert "no-store" in page["Cache-Control"]

    def test_update_keeps_the_first_date(self):
        """E2"""
        start = timezone.now() - timedelta(days=30)
        article = make_edition(live_from=start).article
        save(article, headline="Suite")
        page = self.client.get(reverse("admin:articles_article_preview", args=[article.pk]))
        self.assertContains(page, f'<time datetime="{timezone.localtime(start):%Y-%m-%d}')
        self.assertContains(page, "mis à jour")

    def test_preview_without_a_plan_or_without_an_article_is_not_found(self):
        article = make_article()
        planned = reverse("admin:articles_article_preview_planned", args=[article.pk])
        assert self.client.get(planned).status_code == 404
        gone = reverse("admin:articles_article_preview", args=[article.pk + 1])
        assert self.client.get(gone).status_code == 404

    def test_who_has_no_account_is_sent_to_the_login(self):
        address = reverse("admin:articles_article_preview", args=[make_article().pk])
        self.client.logout()
        self.assertRedirects(self.client.get(address), f"/admin/login/?next={address}")


class PreviewLinkFormTests(ChiefTestCase):
    def setUp(self):
        super().setUp()
        self.article = make_article(headline="À partager")
        self.page = reverse("admin:articles_article_preview_links", args=[self.article.pk])

    def make(self, **changes):
        sent = {"label": "Maître Durand", "revision": "", "expires_at": "", **changes}
        year = timezone.now().year + 1
        return self.client.post(self.page, {**sent, "expires_at": f"{year}-07-01T06:00"})

    def test_link_lasts_two_days_unless_another_end_is_typed(self):
        end = self.client.get(self.page).context["form"].initial["expires_at"]
        left = end - timezone.now()
        assert timedelta(hours=47, minutes=59) < left <= timedelta(hours=48)

    def test_address_is_shown_once_and_works(self):
        page = self.make()
        address = page.context["address"]
        self.assertContains(page, address)
        self.assertNotContains(self.client.get(self.page), address)
        self.client.logout()
        self.assertContains(self.client.get(address), "À partager")

    def test_links_tell_for_whom_by_whom_and_until_when(self):
        self.make()
        page = self.client.get(self.page)
        for text in ("Maître Durand", "Élise Essai", "1 juillet", "la plus récente"):
            self.assertContains(page, text)
        self.assertContains(self.client.get(change_page(self.article)), "1 ouvert")

    def test_faults_are_form_errors_with_what_was_typed(self):
        typed = {"label": "", "expires_at": "2020-01-01T06:00"}
        response = self.client.post(self.page, typed)
        self.assert_refused(response, "La fin est passée")
        self.assertContains(response, "2020-01-01T06:00")
        assert not PreviewLink.objects.exists()

    def test_version_of_another_story_is_refused(self):
        other = make_article().revisions.get()
        self.assert_refused(self.make(revision=other.pk), "Sélectionnez un choix valide")

    def test_revoked_link_is_dead_at_once_and_says_who_revoked_it(self):
        address = self.make().context["address"]
        link = PreviewLink.objects.get()
        revoke = reverse("admin:articles_article_revoke_link", args=[self.article.pk, link.pk])
        assert self.client.get(revoke).status_code == 405
        self.client.post(revoke)
        assert self.client.get(address).status_code == 410
        self.assertContains(self.client.get(self.page), "Révoqué par Élise Essai")
        assert self.client.post(revoke).status_code == 404

    def test_who_may_not_change_the_story_makes_and_revokes_none(self):
        make_link(self.article)
        link = PreviewLink.objects.get()
        rights = [right for right in DESK if right != "articles.change_any_article"]
        self.client.force_login(make_user(*rights))
        revoke = reverse("admin:articles_article_revoke_link", args=[self.article.pk, link.pk])
        assert self.make().status_code == 403
        assert self.client.post(revoke).status_code == 403
        assert self.client.get(self.page).status_code == 403
        assert PreviewLink.objects.open(timezone.now()).get() == link
