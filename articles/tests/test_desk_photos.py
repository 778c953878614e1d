"""Photos at the desk: the library, and the photos of a story in its form."""

from datetime import timedelta
from unittest import mock

from django.db import connection
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from .. import merging, photo_acts, pictures, publishing, saving, workflow
from ..models import Photo, PhotoAct
from ..photo_acts import PhotoError
from .drawings import draw, encode
from .factories import (
    figure,
    make_article,
    make_edition,
    make_photo,
    make_publisher,
    make_user,
)
from .test_desk_articles import DeskTestCase, change_page

ADD = reverse("admin:articles_photo_add")
LIST = reverse("admin:articles_photo_changelist")
CHOOSE = reverse("admin:articles_photo_choose")
RIGHTS = ["articles.view_photo", "articles.add_photo", "articles.change_photo"]


def card(photo):
    return reverse("admin:articles_photo_change", args=[photo.pk])


def use(photo, role="gallery", caption="", alt=""):
    return {"photo": photo.key, "role": role, "caption": caption, "alt": alt}


def typed(*uses):
    """Return what the form of an article sends for its photos."""
    names = {"photos": "photo", "photos-role": "role"}
    names |= {"photos-caption": "caption", "photos-alt": "alt"}
    sent = {name: [use[part] for use in uses] for name, part in names.items()}
    return {**sent, "photos": ["", *sent["photos"]]}


class LibraryTests(TestCase):
    def setUp(self):
        self.user = make_user(*RIGHTS, "articles.view_article")
        self.client.force_login(self.user)

    def file(self, seed, name="essai.jpg", **options):
        file = encode(draw(seed=seed), **options)
        file.name = name
        return file

    def test_limits_are_told_before(self):
        self.assertContains(self.client.get(ADD), "jusqu’à 40 Mo et 64 millions de pixels")

    def test_one_photo_leads_to_its_form_with_what_the_file_told(self):
        xmp = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
            xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
            photoshop:Credit="Agence lue" /></rdf:RDF></x:xmpmeta>"""
        response = self.client.post(ADD, {"files": self.file(1, xmp=xmp)})
        photo = Photo.objects.get()
        self.assertRedirects(response, card(photo))
        self.assertContains(self.client.get(card(photo)), 'value="Agence lue"')
        assert photo.acts.get().name == PhotoAct.Name.ADD

    def test_several_are_added_and_what_is_refused_is_named(self):
        broken = self.file(3, "brisee.jpg")
        broken.truncate(900)
        files = [self.file(1), self.file(2), broken]
        response = self.client.post(ADD, {"files": files})
        self.assertContains(response, "brisee.jpg")
        assert Photo.objects.count() == 2

    def test_same_file_says_where_it_is_used(self):
        self.client.post(ADD, {"files": self.file(1, "premiere.jpg")})
        photo = Photo.objects.get()
        photo.alt, photo.credit = "Un phare", "Essai"
        photo.save()
        edition = make_edition(lead=photo, headline="Déjà paru")
        response = self.client.post(ADD, {"files": self.file(1, "seconde.jpg")})
        assert Photo.objects.count() == 1
        self.assertContains(response, f"Déjà utilisée dans « {edition.headline} ».")
        self.assertContains(response, card(photo))

    def test_upload_holds_no_lock_while_it_reads(self):
        blocks = len(connection.savepoint_ids)

        def read(*args):
            assert len(connection.savepoint_ids) == blocks
            raise pictures.PictureError("Lu hors de toute transaction")

        with mock.patch("articles.pictures.read", read):
            response = self.client.post(ADD, {"files": self.file(1)})
        self.assertContains(response, "Lu hors de toute transaction")

    def test_sizes_are_made_after_the_upload_is_stored(self):
        with mock.patch("articles.renditions.studio.submit") as submit:
            with self.captureOnCommitCallbacks(execute=True):
                self.client.post(ADD, {"files": self.file(1)})
                assert not submit.called
        assert submit.call_args.args[1] == Photo.objects.get().pk

    def test_list_is_searched_without_accents_and_filtered_by_rights(self):
        found = make_photo(caption="Élections à Évry", ready=False)
        make_photo(caption="Autre", ready=False)
        ended = make_photo(caption="Finie", rights_until=timezone.now(), ready=False)
        response = self.client.get(LIST, {"q": "elections EVRY"})
        assert list(response.context["cl"].queryset) == [found]
        response = self.client.get(LIST, {"droits": "ended"})
        assert list(response.context["cl"].queryset) == [ended]

    def test_query_count_of_the_list(self):
        for _ in range(4):
            make_photo(ready=False)
        # session, user, 2 permissions, count, photos
        with self.assertNumQueries(6):
            self.client.get(LIST)

    def test_card_says_where_a_photo_is_used_and_what_was_done_to_it(self):
        photo = make_photo()
        make_edition(lead=photo, headline="Paru")
        make_edition(lead=photo, headline="Prévu", live_from=timezone.now() + timedelta(hours=1))
        make_article(body=f"<p>T</p>{figure(photo)}", headline="Au bureau")
        photo_acts.remove(photo, by=make_user(is_superuser=True), reason="Plainte reçue.")
        response = self.client.get(card(photo))
        for text in ("Paru", "Prévu", "Au bureau", "Retirée du site", "Plainte reçue."):
            self.assertContains(response, text)

    def test_photo_is_never_deleted(self):
        """E16"""
        photo = make_photo(ready=False)
        self.client.force_login(make_user(is_superuser=True))
        address = reverse("admin:articles_photo_delete", args=[photo.pk])
        assert self.client.post(address, {"post": "yes"}).status_code == 403
        self.assertNotContains(self.client.get(LIST), "delete_selected")

    def test_files_are_for_the_desk_alone(self):
        photo = make_photo()
        late = make_photo(ready=False)
        name = photo.renditions.first().name
        addresses = [
            reverse("admin:articles_photo_thumbnail", args=[photo.uuid]),
            reverse("admin:articles_photo_thumbnail", args=[late.uuid]),
            reverse("admin:articles_photo_file", args=[name]),
        ]
        for address in addresses:
            response = self.client.get(address)
            assert response.status_code == 200
            assert response["Cache-Control"].startswith("private")
        self.client.force_login(make_user())
        assert {self.client.get(address).status_code for address in addresses} == {403}
        self.client.logout()
        assert {self.client.get(address).status_code for address in addresses} == {302}

    def test_window_offers_photos_that_may_be_shown(self):
        shown = make_photo(ready=False)
        hidden = make_photo(ready=False, rights_until=timezone.now())
        response = self.client.get(CHOOSE)
        self.assertContains(response, shown.key)
        self.assertNotContains(response, hidden.key)
        self.assertContains(self.client.get(CHOOSE, {"q": "rien de tel"}), "Aucune photo pour")
        self.client.post(CHOOSE, {"files": self.file(4)})
        assert Photo.objects.count() == 3


class FormTests(DeskTestCase):
    def setUp(self):
        self.editor.user_permissions.add(*make_user(*RIGHTS).user_permissions.all())
        self.client.force_login(self.editor)
        self.one, self.two = make_photo(ready=False), make_photo(ready=False)

    def test_photos_are_stored_in_their_order_and_recorded(self):
        article = make_article()
        uses = [use(self.two, "lead", "Autre légende"), use(self.one, alt="Autre description")]
        self.send(self.open(article), article, **typed(*uses))
        assert article.load_photos() == uses
        assert article.revisions.first().snapshot["photos"] == uses
        self.send(self.open(article), article, **typed(*reversed(uses)))
        assert article.load_photos() == uses[::-1]
        self.send(self.open(article), article, **typed())
        assert article.load_photos() == []
        assert article.revisions.count() == 4

    def test_saving_again_is_no_change(self):
        article = make_article(lead=self.one)
        self.send(self.open(article), article, **typed(*article.load_photos()))
        assert article.revisions.count() == 1

    def test_form_that_tells_nothing_of_photos_leaves_them(self):
        article = make_article(lead=self.one)
        self.send(self.open(article), article, headline="Changé")
        assert article.load_photos() == [use(self.one, "lead")]

    def test_form_shows_each_photo_with_what_is_typed(self):
        article = make_article(lead=self.one)
        article.article_photos.update(caption="Légende d’ici")
        response = self.client.get(change_page(article))
        self.assertContains(response, "Légende d’ici")
        self.assertContains(
            response, reverse("admin:articles_photo_thumbnail", args=[self.one.uuid])
        )
        self.assertContains(response, f'placeholder="{self.one.alt}"')

    def test_photo_that_does_not_exist_is_refused(self):
        article = make_article()
        article.refresh_from_db()
        for key in ("x", "3a4b7a2e-6f0a-4c3b-9d58-000000000001"):
            bad = {"photo": key, "role": "lead", "caption": "", "alt": ""}
            response = self.send(self.open(article), article, **typed(bad))
            self.assert_refused(response, "plus dans la photothèque")

    def test_who_may_only_read_sees_the_photos(self):
        article = make_article(lead=self.one, body=f"<p>T</p>{figure(self.two)}")
        self.client.force_login(make_user("articles.view_article", "articles.view_photo"))
        response = self.client.get(change_page(article))
        for photo in (self.one, self.two):
            thumbnail = reverse("admin:articles_photo_thumbnail", args=[photo.uuid])
            self.assertContains(response, thumbnail)

    def test_checklist_tells_what_is_missing_and_when_rights_end(self):
        bare = make_photo(alt="", ready=False)
        end = timezone.now() + timedelta(days=2)
        ending = make_photo(rights_until=end, ready=False)
        article = make_article(lead=bare, gallery=[ending])
        response = self.client.get(change_page(article))
        self.assertContains(response, "n’est pas décrite")
        self.assertContains(response, "quittera le site le")

    def test_versions_tell_the_photos_that_changed_and_bring_them_back(self):
        article = make_article(lead=self.one)
        self.send(self.open(article), article, **typed(use(self.two, "lead")))
        page = reverse("admin:articles_article_differences", args=[article.pk])
        response = self.client.get(page, {"de": 1, "a": 2})
        self.assertContains(response, f"<del>{self.one} – Photo principale</del>")
        self.assertContains(response, f"<ins>{self.two} – Photo principale</ins>")
        restore = reverse("admin:articles_article_restore_version", args=[article.pk, 1])
        self.client.post(restore, {"shown": 2})
        assert article.load_photos() == [use(self.one, "lead")]

    def test_photos_of_two_who_saved_at_once_are_united(self):
        """E18"""
        article = make_article(lead=self.one)
        sent = self.open(article)
        third = make_photo(ready=False)
        self.send(self.open(article), article, **typed(use(self.one, "lead"), use(self.two)))
        self.send(sent, article, **typed(use(self.one, "lead", "La mienne"), use(third)))
        captions = [(row["photo"], row["caption"]) for row in article.load_photos()]
        assert sorted(captions) == sorted(
            [(self.one.key, "La mienne"), (self.two.key, ""), (third.key, "")]
        )

    def test_unsaved_photos_are_offered_again(self):
        article = make_article(lead=self.one)
        Photo.objects.filter(pk=self.two.pk).update(caption="Phare blanc au large")
        sent = {k: [v] if isinstance(v, str) else v for k, v in self.open(article).items()}
        sent = {k: [str(item) for item in v] for k, v in sent.items() if isinstance(v, list)}
        row = self.editor.autosaves.create(
            article_key=article.uuid,
            form="3a4b7a2e-6f0a-4c3b-9d58-000000000009",
            typed={**sent, **typed(use(self.two, "lead"))},
            typed_at=timezone.now(),
        )
        self.assertContains(self.client.get(change_page(article)), "Phare blanc au large")
        response = self.client.get(change_page(article), {"reprendre": row.form})
        thumbnail = reverse("admin:articles_photo_thumbnail", args=[self.two.uuid])
        self.assertContains(response, thumbnail)

    def test_copy_of_a_story_has_its_photos(self):
        copy = workflow.duplicate(make_article(lead=self.one), by=make_user(is_superuser=True))
        assert copy.load_photos() == [use(self.one, "lead")]


class PreviewTests(DeskTestCase):
    def test_preview_shows_photos_that_readers_may_not_have(self):
        """E9: the desk by its own address, someone outside by that of the link."""
        photo = make_photo()
        article = make_article(lead=photo, owner=self.editor)
        self.client.force_login(make_user(is_superuser=True))
        page = reverse("admin:articles_article_preview", args=[article.pk])
        folder = reverse("admin:articles_photo_file", args=["x"])[:-1]
        name = photo.renditions.get(width=480, ratio="", format="jpg").name
        self.assertContains(self.client.get(page), f"{folder}{name}")
        assert self.client.get(f"{folder}{name}").status_code == 200
        links = reverse("admin:articles_article_preview_links", args=[article.pk])
        end = timezone.localtime(timezone.now() + timedelta(hours=1))
        sent = {"label": "Essai", "expires_at": end.strftime("%Y-%m-%dT%H:%M:%S")}
        address = self.client.post(links, sent).context["address"]
        self.client.logout()
        path = f"/{address.split('/', 3)[3]}photos/{name}"
        self.assertContains(self.client.get(address), path)
        response = self.client.get(path)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        other = make_photo().renditions.get(width=480, ratio="", format="jpg").name
        assert self.client.get(path.replace(name, other)).status_code == 404
        article.preview_links.update(revoked_at=timezone.now())
        assert self.client.get(path).status_code == 404


class ActTests(TestCase):
    def test_own_photo_gets_its_end_from_who_added_it_until_it_is_published(self):
        reporter = make_user(*RIGHTS)
        photo = make_photo(by=reporter)
        end = timezone.now() + timedelta(days=1)
        photo_acts.set_rights(photo, until=end, by=reporter)
        make_edition(lead=photo)
        with self.assertRaises(PhotoError):
            photo_acts.set_rights(photo, until=None, by=reporter)

    def test_journal_has_both_ends_and_the_reason(self):
        """E20"""
        photo, chief = make_photo(ready=False), make_user(is_superuser=True)
        end = timezone.now() + timedelta(days=1)
        photo_acts.set_rights(photo, until=end, by=chief)
        photo_acts.set_rights(photo, until=None, by=chief, reason="Cession.")
        act = photo.acts.first()
        assert (act.until_before, act.until, act.reason) == (end, None, "Cession.")
        photo_acts.set_rights(photo, until=None, by=chief)
        assert photo.acts.count() == 3

    def test_removal_says_why_and_happens_once(self):
        photo, chief = make_photo(ready=False), make_user(is_superuser=True)
        for reason in ("", " "):
            with self.assertRaises(PhotoError):
                photo_acts.remove(photo, by=chief, reason=reason)
        photo_acts.remove(photo, by=chief, reason="Plainte.")
        with self.assertRaises(PhotoError):
            photo_acts.remove(photo, by=chief, reason="Plainte.")


class MergingTests(TestCase):
    def sides(self, *sides):
        base = saving.empty_snapshot()
        return [{**base, "photos": photos} if photos else base for photos in sides]

    def test_old_snapshots_without_photos_merge_with_new_ones(self):
        lead = {"photo": "k", "role": "lead", "caption": "", "alt": ""}
        merged = merging.merge(*self.sides([], [lead], []))
        assert merged.snapshot["photos"] == [lead]
        assert merged.taken == ["photos"]
        assert "photos" not in merging.merge(*self.sides([lead], [], [lead])).snapshot

    def test_publishing_counts_no_caption_as_text(self):
        article = make_article(body=f"<p>Texte</p>{figure(make_photo(ready=False), 'Légende')}")
        edition = publishing.publish(article, revision=1, by=make_publisher())
        assert edition.word_count == 1
