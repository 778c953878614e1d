"""The journals: what is done to previews, topics and accounts leaves a line that nobody changes."""

from datetime import timedelta

from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from .. import topic_acts
from ..models import AccountAct, Act, PreviewLink, User
from .factories import make_article, make_author, make_topic, make_user
from .test_accounts import AccountTestCase
from .test_desk_articles import DESK
from .test_roles import make_member

ACCOUNTS = reverse("admin:articles_accountact_changelist")
TOPICS = reverse("admin:articles_topicact_changelist")
ACTS = reverse("admin:articles_act_changelist")


class AccountLinesTests(AccountTestCase):
    """E20"""

    def lines(self):
        acts = AccountAct.objects.order_by("pk")
        return [(act.name, act.account_name, act.by_name, act.told) for act in acts]

    def change(self, user, **changes):
        address = reverse("admin:articles_user_change", args=[user.pk])
        form = self.client.get(address).context["adminform"].form
        sent = {"username": user.username, "first_name": user.first_name, "email": user.email}
        sent |= {"last_name": user.last_name, "is_active": "on", "is_staff": "on"}
        sent["groups"] = [group.pk for group in form.initial["groups"]]
        sent |= changes
        return self.client.post(address, {k: v for k, v in sent.items() if v is not None})

    def test_invitation_is_told_with_its_role_and_so_is_a_second_one(self):
        self.invite()
        user = User.objects.get(username="ada@journal.example")
        self.client.post(reverse("admin:articles_user_invite", args=[user.pk]))
        assert self.lines() == [
            ("invite", "Ada Essai", "Élise Essai", "Éditeur"),
            ("invite", "Ada Essai", "Élise Essai", ""),
        ]

    def test_roles_closing_and_opening_are_lines_of_their_own(self):
        user = make_member("Journaliste", first_name="Ada", last_name="Essai")
        self.change(user, groups=[Group.objects.get(name="Éditeur").pk], is_active=None)
        self.change(user)
        assert self.lines() == [
            ("roles", "Ada Essai", "Élise Essai", "Journaliste → Éditeur"),
            ("disable", "Ada Essai", "Élise Essai", ""),
            ("enable", "Ada Essai", "Élise Essai", ""),
        ]

    def test_other_fields_are_named_without_what_they_held(self):
        user = make_member("Journaliste", first_name="Ada", last_name="Essai")
        self.change(user, email="ada@autre.example")
        ((name, _account, _by, told),) = self.lines()
        assert name == "change"
        assert "lectronique" in told and "autre.example" not in told

    def test_save_without_a_change_is_no_line(self):
        self.change(make_member("Journaliste", first_name="Ada", last_name="Essai"))
        assert self.lines() == []

    def test_password_set_by_someone_else_is_a_line_and_a_refused_one_is_none(self):
        user = make_member("Journaliste", first_name="Ada", last_name="Essai")
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        typed = {"usable_password": "true", "password1": "x", "password2": "y"}
        self.client.post(address, typed)
        assert self.lines() == []
        typed |= {"password1": "un-mot-de-passe-d-essai", "password2": "un-mot-de-passe-d-essai"}
        self.client.post(address, typed)
        assert self.lines() == [("password", "Ada Essai", "Élise Essai", "")]

    def test_deleted_account_keeps_its_name(self):
        self.client.force_login(make_user(is_superuser=True, first_name="Root"))
        user = make_member("Journaliste", first_name="Ada", last_name="Essai")
        self.client.post(reverse("admin:articles_user_delete", args=[user.pk]), {"post": "yes"})
        assert self.lines() == [("delete", "Ada Essai", "Root", "")]

    def test_profile_is_told_by_what_changed(self):
        make_author(user=self.chief)
        typed = {"first_name": "Élise", "last_name": "Essai", "email": "", "biography": "Née"}
        self.client.post(reverse("profile"), typed)
        self.client.post(reverse("profile"), typed)
        assert self.lines() == [("profile", "Élise Essai", "Élise Essai", "Biographie")]


class PreviewLinesTests(AccountTestCase):
    def test_link_made_and_revoked_are_lines_of_the_story(self):
        """E9, E20"""
        article = make_article()
        end = timezone.now() + timedelta(hours=1)
        options = {"label": "Maître Durand", "expires_at": end}
        link, token = PreviewLink.objects.make(article, by=self.chief, **options)
        self.client.post(reverse("admin:articles_article_revoke_link", args=[article.pk, link.pk]))
        made, revoked = Act.objects.order_by("pk")
        assert (made.name, made.reason, made.ends_at) == ("link", "Maître Durand", end)
        assert (revoked.name, revoked.by_name) == ("revoke-link", "Élise Essai")
        page = self.client.get(reverse("admin:articles_article_history", args=[article.pk]))
        self.assertContains(page, "Lien d’aperçu révoqué")
        self.assertNotContains(page, token)


class PagesTests(AccountTestCase):
    def test_all_acts_on_topics_are_on_one_page(self):
        first, second = make_topic(name="Ports"), make_topic(name="Quais")
        topic_acts.merge(first, into=second, by=make_user(is_superuser=True), reason="Doublon")
        page = self.client.get(TOPICS)
        for text in ("Fusion", "Ports", "Quais", "Doublon"):
            self.assertContains(page, text)

    def test_journals_lead_to_each_other(self):
        for page in (ACTS, TOPICS, ACCOUNTS):
            for other in (ACTS, TOPICS, ACCOUNTS):
                self.assertContains(self.client.get(page), f'href="{other}"')

    def test_nobody_changes_a_line_and_editors_read_none(self):
        self.invite()
        line = AccountAct.objects.get()
        address = reverse("admin:articles_accountact_change", args=[line.pk])
        assert self.client.get(address).status_code == 200
        assert self.client.post(address, {"told": "Autre"}).status_code == 403
        self.client.force_login(make_user(*DESK))
        for page in (ACTS, TOPICS, ACCOUNTS):
            assert self.client.get(page).status_code == 403

    def test_query_count_does_not_grow_with_the_lines(self):
        for number in range(3):
            self.invite(email=f"{number}@journal.example")
        # session, user, 2 permissions, people, count, lines
        with self.assertNumQueries(7):
            self.client.get(ACCOUNTS)
        for number in range(3, 9):
            self.invite(email=f"{number}@journal.example")
        with self.assertNumQueries(7):
            self.client.get(ACCOUNTS)
