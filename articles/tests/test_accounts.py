"""Accounts by the editor-in-chief: invited by mail, closed at once; passwords and profiles."""

import re
from datetime import timedelta
from unittest import mock

from django.contrib.auth.models import Group
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from ..models import Author, SiteState, User
from .factories import make_author, make_user
from .test_desk_articles import DeskTestCase
from .test_roles import make_member

PASSWORD = "un-mot-de-passe-d-essai"
FORGOTTEN = "/admin/mot-de-passe-oublie/"
LINK = re.compile(r"https?://[^/\s]+(/admin/mot-de-passe/\S+)")


class AccountTestCase(DeskTestCase):
    def setUp(self):
        self.chief = make_member("Rédaction en chef", first_name="Élise", last_name="Essai")
        self.client.force_login(self.chief)

    def invite(self, **changes):
        typed = {
            "first_name": "Ada",
            "last_name": "Essai",
            "email": "ada@journal.example",
            "role": Group.objects.get(name="Éditeur").pk,
            **changes,
        }
        return self.client.post(reverse("admin:articles_user_add"), typed, follow=True)

    def link(self, number=-1):
        """Return the path in the mail of that *number*, and the one it leads to."""
        path = LINK.search(mail.outbox[number].body)[1]
        self.client.logout()
        return path, self.client.get(path).get("Location", "")

    def choose(self, address, password=PASSWORD):
        return self.client.post(address, {"new_password1": password, "new_password2": password})


class InvitationTests(AccountTestCase):
    def test_invited_person_chooses_a_password_and_enters_with_the_role(self):
        response = self.invite()
        self.assertContains(response, "L’invitation est partie à ada@journal.example.")
        user = User.objects.get(username="ada@journal.example")
        assert (user.is_staff, user.has_usable_password()) == (True, False)
        assert [group.name for group in user.groups.all()] == ["Éditeur"]
        _path, address = self.link()
        self.choose(address)
        assert self.client.login(username=user.username, password=PASSWORD)
        assert self.client.get("/admin/").status_code == 200

    def test_screen_shows_no_link_and_the_mail_is_in_french(self):
        response = self.invite()
        (message,) = mail.outbox
        path = LINK.search(message.body)[1]
        self.assertNotContains(response, path)
        assert message.to == ["ada@journal.example"]
        assert "Bonjour Ada," in message.body
        assert "Élise Essai vous ouvre la rédaction" in message.body
        assert "3 jours" in message.body
        assert "Votre identifiant\u00a0: ada@journal.example" in message.body

    @override_settings(SITE_URL="https://journal.example", ALLOWED_HOSTS=["*"])
    def test_links_come_from_the_configured_origin(self):
        """E7"""
        self.invite()
        make_user(email="bea@journal.example", password=PASSWORD)
        self.client.post(FORGOTTEN, {"email": "bea@journal.example"}, headers={"host": "ailleurs"})
        assert len(mail.outbox) == 2
        for message in mail.outbox:
            assert "https://journal.example/admin/mot-de-passe/" in message.body
            assert "ailleurs" not in message.body

    def test_link_works_once_and_for_three_days(self):
        self.invite()
        path, address = self.link()
        late = timezone.now() + timedelta(days=3, minutes=1)
        naive = timezone.make_naive(late)
        with mock.patch(
            "django.contrib.auth.tokens.PasswordResetTokenGenerator._now", return_value=naive
        ):
            self.assertContains(self.client.get(path, follow=True), "Lien expiré")
        self.client.get(path)
        self.choose(address)
        self.client.logout()
        self.assertContains(self.client.get(path, follow=True), "Lien expiré")

    def test_second_account_of_one_address_is_refused(self):
        self.invite()
        self.assertContains(self.invite(email="ADA@journal.example"), "a déjà cette adresse")
        assert User.objects.filter(email__iexact="ada@journal.example").count() == 1

    def test_role_with_rights_that_the_chief_lacks_is_not_offered(self):
        technical = Group.objects.create(name="Technique")
        technical.permissions.add(*make_user("auth.change_group").user_permissions.all())
        self.assertNotContains(self.invite(role=technical.pk), "L’invitation est partie")
        assert not User.objects.filter(username="ada@journal.example").exists()

    def test_mail_that_does_not_leave_is_told_and_can_be_sent_again(self):
        with mock.patch("articles.invitations.send_mail", side_effect=ConnectionError):
            self.assertContains(self.invite(), "n’est pas parti")
        user = User.objects.get(username="ada@journal.example")
        again = reverse("admin:articles_user_invite", args=[user.pk])
        page = self.client.get(reverse("admin:articles_user_change", args=[user.pk]))
        self.assertContains(page, again)
        self.client.post(again)
        assert len(mail.outbox) == 1

    def test_link_is_sent_for_no_account_with_more_rights(self):
        user = make_user(is_superuser=True, email="root@journal.example")
        again = reverse("admin:articles_user_invite", args=[user.pk])
        assert self.client.post(again).status_code == 403
        assert not mail.outbox


class DisabledAccountTests(AccountTestCase):
    def test_disabled_person_is_out_at_once_and_gets_no_link(self):
        user = make_member("Journaliste", email="bea@journal.example", password=PASSWORD)
        other = self.client_class()
        other.force_login(user)
        assert other.get("/admin/").status_code == 200
        page = reverse("admin:articles_user_change", args=[user.pk])
        group = user.groups.get().pk
        sent = {"username": user.username, "email": user.email, "is_staff": "on", "groups": [group]}
        self.client.post(page, sent)
        assert other.get("/admin/").status_code == 302
        other.post(FORGOTTEN, {"email": "bea@journal.example"})
        assert not mail.outbox


class ForgottenPasswordTests(AccountTestCase):
    def test_login_page_leads_to_a_link_by_mail_and_back(self):
        user = make_member("Journaliste", email="bea@journal.example", password=PASSWORD)
        self.client.logout()
        self.assertContains(self.client.get("/admin/login/"), FORGOTTEN)
        answer = self.client.post(FORGOTTEN, {"email": "bea@journal.example"}, follow=True)
        self.assertContains(answer, "Lien envoyé")
        _path, address = self.link()
        self.assertRedirects(
            self.choose(address, "un-autre-mot-d-essai"), "/admin/mot-de-passe/choisi/"
        )
        assert self.client.login(username=user.username, password="un-autre-mot-d-essai")

    def test_answer_is_the_same_for_an_address_without_account(self):
        self.client.logout()
        answer = self.client.post(FORGOTTEN, {"email": "personne@journal.example"}, follow=True)
        self.assertContains(answer, "Lien envoyé")
        assert not mail.outbox

    def test_weak_password_is_refused_in_french(self):
        self.invite()
        _path, address = self.link()
        self.assertContains(self.choose(address, "12345678"), "mot de passe")


class ProfileTests(AccountTestCase):
    def send(self, **changes):
        typed = {"first_name": "Élise", "last_name": "E.", "email": "e@journal.example", **changes}
        return self.client.post(reverse("profile"), typed)

    def test_person_changes_name_and_mail_and_nothing_else(self):
        self.send(is_superuser="on", username="chef", groups=[1])
        self.chief.refresh_from_db()
        assert (self.chief.last_name, self.chief.email) == ("E.", "e@journal.example")
        assert not self.chief.is_superuser
        assert self.chief.username != "chef"

    def test_biography_of_who_signs_is_public_at_once(self):
        """E26"""
        author = make_author(user=self.chief)
        self.send(biography="Suit les élections.")
        assert Author.objects.get(pk=author.pk).biography == "Suit les élections."
        assert SiteState.objects.get().version == 2

    def test_person_without_signature_has_no_biography(self):
        self.assertNotContains(self.client.get(reverse("profile")), "Biographie")

    def test_mail_of_another_account_is_refused(self):
        make_user(email="bea@journal.example")
        self.assertContains(self.send(email="BEA@journal.example"), "a déjà cette adresse")

    def test_stranger_is_sent_to_the_login(self):
        self.client.logout()
        assert self.client.get(reverse("profile")).status_code == 302
