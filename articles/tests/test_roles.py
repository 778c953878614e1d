"""Who may do what: docs/roles.md, tried through the functions and through the desk."""

import re
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from .. import front_pages, live_entries, publishing, workflow
from ..models import (
    Act,
    Alert,
    Article,
    Author,
    Delivery,
    DossierEdition,
    Edition,
    FrontPageEdition,
    FrontPageRevision,
    Photo,
    PreviewLink,
    SiteText,
    SiteTextVersion,
    Topic,
    User,
)
from ..publishing import PublishingError
from ..slots import Slot
from .drawings import draw, encode
from .factories import (
    make_article,
    make_edition,
    make_entry,
    make_photo,
    make_topic,
    make_user,
    save,
)
from .test_desk_articles import LIST, DeskTestCase, change_page

ROLES = ("Journaliste", "Éditeur", "Rédaction en chef")
ALL, EDITORS, CHIEFS = ROLES, ROLES[1:], ROLES[2:]
HOUR = timedelta(hours=1)


def make_member(role, **overrides):
    user = make_user(**overrides)
    user.groups.add(Group.objects.get(name=role))
    return user


def act_url(article, act):
    return reverse("admin:articles_article_act", args=[article.pk, act])


def local(instant):
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M:%S")


# Stories in each state, the person's own where the desk's form is needed.


def draft(user):
    return make_article(owner=user)


def live(user):
    return make_edition(owner=user).article


def planned(user):
    return make_edition(owner=user, live_from=timezone.now() + HOUR).article


def replaceable(user):
    article = planned(user)
    save(article, headline="Plus récent")
    return article


def changed(user):
    article = live(user)
    save(article, headline="Plus juste")
    return article


def withdrawn(user):
    article = live(user)
    publishing.withdraw(article, by=make_user(is_superuser=True), note="Inexact.")
    return article


def embargoed(user):
    return make_article(owner=user, embargo_until=timezone.now() + HOUR)


def pinned(user):
    article = live(user)
    until = timezone.now() + HOUR
    front_pages.pin(article, by=make_user(is_superuser=True), until=until)
    return article


def number(article):
    return article.revisions.first().number


# Each act: the state it needs, the function, the name in the journal, and its way at the desk:
# a button of the form with what is typed there, or an address with what is typed there.
ACTS = {
    "Publier": (
        draft,
        lambda a, by: publishing.publish(a, revision=1, by=by),
        Act.Name.PUBLISH,
        ("_publish", {}),
    ),
    "Prévoir une publication": (
        draft,
        lambda a, by: publishing.publish(a, revision=1, by=by, at=timezone.now() + HOUR),
        Act.Name.PLAN,
        ("_publish", {"at": local(timezone.now() + 24 * HOUR)}),
    ),
    "Remplacer la version prévue": (
        replaceable,
        lambda a, by: publishing.replace_plan(a, revision=2, by=by),
        Act.Name.PLAN,
        ("_replace", {}),
    ),
    "Annuler une publication prévue": (
        planned,
        lambda a, by: publishing.cancel(a, by=by),
        Act.Name.CANCEL,
        ("_cancel", {}),
    ),
    "Publier un rectificatif": (
        changed,
        lambda a, by: publishing.correct(a, revision=2, by=by, note="Le prénom."),
        Act.Name.PUBLISH,
        ("_publish", {"meaning": "correction", "note": "Le prénom."}),
    ),
    "Remettre en ligne": (
        withdrawn,
        lambda a, by: publishing.reinstate(a, revision=1, by=by),
        Act.Name.REINSTATE,
        ("_publish", {"meaning": "reinstatement"}),
    ),
    "Remonter": (
        live,
        lambda a, by: publishing.bump(a, by=by),
        Act.Name.BUMP,
        ("remontee", {}),
    ),
    "Mettre en tête de une": (
        live,
        lambda a, by: front_pages.pin(a, by=by, until=timezone.now() + HOUR),
        Act.Name.PIN,
        ("tete-de-une", {"until": local(timezone.now() + 24 * HOUR)}),
    ),
    "Retirer de la tête de une": (
        pinned,
        lambda a, by: front_pages.unpin(a, by=by),
        Act.Name.UNPIN,
        ("fin-de-tete-de-une", {}),
    ),
    "Mettre sous embargo": (
        draft,
        lambda a, by: publishing.embargo(a, by=by, until=timezone.now() + HOUR),
        Act.Name.EMBARGO,
        ("embargo", {"until": local(timezone.now() + 24 * HOUR)}),
    ),
    "Lever un embargo": (
        embargoed,
        lambda a, by: publishing.lift_embargo(a, by=by, reason="Fuite."),
        Act.Name.LIFT_EMBARGO,
        ("levee-d-embargo", {"reason": "Fuite."}),
    ),
    "Retirer du site": (
        live,
        lambda a, by: publishing.withdraw(a, by=by, note="Inexact."),
        Act.Name.WITHDRAW,
        ("retrait", {"note": "Inexact."}),
    ),
    "Mettre une édition sous scellés": (
        withdrawn,
        lambda a, by: publishing.seal(a.editions.get(number=1), by=by, reason="Jugement."),
        Act.Name.SEAL,
        None,
    ),
}
TABLE = {
    "Lire tous les articles et leur historique": ALL,
    "Écrire un article": ALL,
    "Modifier son brouillon": ALL,
    "Soumettre son brouillon (« À relire »)": ALL,
    "Partager un aperçu de son brouillon": ALL,
    "Écrire dans le direct de son article": ALL,
    "Soumettre la sélection d’une liste": ALL,
    "Abandonner et reprendre son brouillon": ALL,
    "Mettre son brouillon à la corbeille": ALL,
    "Sortir son article de la corbeille": ALL,
    "Dupliquer un article": ALL,
    "Écrire et résoudre une note interne": ALL,
    "Ajouter une photo et la décrire": ALL,
    "Dire la fin des droits de sa photo, jamais parue": ALL,
    "Modifier son article soumis": EDITORS,
    "Approuver (« Prêt »)": EDITORS,
    "Renvoyer à l’auteur, avec un motif": EDITORS,
    "Sortir l’article d’un autre de la corbeille": EDITORS,
    "Ajouter un sujet aux articles des autres, dans une liste": EDITORS,
    "Modifier les articles des autres": EDITORS,
    "Partager un aperçu des articles des autres": EDITORS,
    "Publier": EDITORS,
    "Publier une urgence": EDITORS,
    "Publier la sélection d’une liste": EDITORS,
    "Prévoir une publication": EDITORS,
    "Remplacer la version prévue": EDITORS,
    "Annuler une publication prévue": EDITORS,
    "Publier un rectificatif": EDITORS,
    "Remonter": EDITORS,
    "Mettre en tête de une": EDITORS,
    "Retirer de la tête de une": EDITORS,
    "Composer une une": EDITORS,
    "Publier une une, la prévoir, annuler ce qui est prévu": EDITORS,
    "Publier, changer et retirer une alerte": EDITORS,
    "Mettre sous embargo": EDITORS,
    "Créer et modifier un auteur": EDITORS,
    "Décrire les photos des autres": EDITORS,
    "Changer la fin des droits d’une photo": EDITORS,
    "Écrire dans le direct des autres": EDITORS,
    "Publier un message de direct": EDITORS,
    "Rectifier un message de direct": EDITORS,
    "Retirer un message de direct": EDITORS,
    "Commencer et terminer un direct": EDITORS,
    "Écrire et publier un dossier": EDITORS,
    "Lever un embargo": CHIEFS,
    "Retirer du site": CHIEFS,
    "Remettre en ligne": CHIEFS,
    "Mettre une édition sous scellés": CHIEFS,
    "Mettre un message de direct sous scellés": CHIEFS,
    "Supprimer un brouillon jamais publié": CHIEFS,
    "Créer, modifier et supprimer un sujet": CHIEFS,
    "Fusionner des sujets": CHIEFS,
    "Écrire les textes du site": CHIEFS,
    "Retirer une photo du site et l’y remettre": CHIEFS,
    "Voir le site à un autre instant": CHIEFS,
    "Gérer les comptes": CHIEFS,
    "Lire le journal de toute la rédaction": CHIEFS,
    "Voir les purges de cache qui échouent": CHIEFS,
}


def a_front_page_of(user):
    """Return what the desk's page of a front page sends, with a slot that no other user makes."""
    slot = {"key": f"{user.pk:08x}", "kind": "strip", "rule": "news", "ORDER": 1}
    sent = {f"form-0-{name}": value for name, value in slot.items()}
    return {"based_on": 0, "seen": 0, "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, **sent}


class RolesDocumentTests(DeskTestCase):
    def test_document_has_the_table_that_is_tried_here(self):
        text = (settings.BASE_DIR / "docs/roles.md").read_text()
        rows = re.findall(r"^\| (.+) \| (oui|non) \| (oui|non) \| (oui|non) \|$", text, re.M)
        written = {
            act: tuple(role for role, word in zip(ROLES, words, strict=True) if word == "oui")
            for act, *words in rows
        }
        assert written == TABLE


class WorkflowDocumentTests(DeskTestCase):
    def test_document_has_the_table_of_transitions(self):
        text = (settings.BASE_DIR / "docs/roles.md").read_text()
        written = re.findall(r"^\| (.+) \| (.+) \| (.+) \| (responsable|rédaction) \|$", text, re.M)
        words = {workflow.OWNER: "responsable", workflow.DESK: "rédaction"}
        rows = [
            (str(workflow.BUTTONS[row.name]), row.before.label, row.after.label, words[row.who])
            for row in workflow.STEPS
        ]
        assert written == rows


class RoleTestCase(DeskTestCase):
    def each_cell(self, acts):
        """Yield each act with each role's new member, logged in, and whether they may."""
        for act in acts:
            for role in ROLES:
                user = make_member(role)
                self.client.force_login(user)
                with self.subTest(act=act, role=role):
                    yield act, user, role in TABLE[act]


class ActTests(RoleTestCase):
    """The acts of publishing.py."""

    def test_functions_allow_what_the_table_says(self):
        for act, user, may in self.each_cell(ACTS):
            state, function, name, _way = ACTS[act]
            article = state(user)
            try:
                function(article, user)
                done = True
            except PublishingError as refusal:
                assert refusal.faults == ["Vous n’avez pas le droit de faire cela."]
                done = False
            assert done == may
            assert Act.objects.filter(by=user, name=name).exists() == may

    def test_desk_shows_the_buttons_that_the_table_says(self):
        for act, user, may in self.each_cell(ACTS):
            article = ACTS[act][0](user)
            page, mark = self.way(act, article)
            shown = mark in self.client.get(page).content.decode()
            assert shown == may

    def way(self, act, article):
        """Return the page that has the button of *act*, and what of it stands in the HTML."""
        way = ACTS[act][3]
        if way is None:
            seal = reverse("admin:articles_article_seal", args=[article.pk, 1])
            return reverse("admin:articles_article_history", args=[article.pk]), seal
        name, typed = way
        if "meaning" in typed:
            return change_page(article), f'value="{typed["meaning"]}"'
        mark = f'name="{name}"' if name.startswith("_") else act_url(article, name)
        return change_page(article), mark

    def test_desk_does_what_the_table_says_whatever_is_sent(self):
        for act, user, may in self.each_cell(ACTS):
            state, _function, name, way = ACTS[act]
            article = state(user)
            if way is None:
                address = reverse("admin:articles_article_seal", args=[article.pk, 1])
                response = self.client.post(address, {"reason": "Jugement."})
            elif way[0].startswith("_"):
                response = self.send(self.open(article), article, way[0], **way[1])
            else:
                response = self.client.post(act_url(article, way[0]), way[1])
            assert response.status_code == 302 or not may
            assert Act.objects.filter(by=user, name=name).exists() == may


class DeskTests(RoleTestCase):
    """What isn't an act of publishing.py."""

    def attempts(self):
        return {
            "Lire tous les articles et leur historique": self.reads,
            "Écrire un article": self.writes,
            "Modifier son brouillon": lambda user: self.changes(draft(user)),
            "Soumettre son brouillon (« À relire »)": lambda user: self.steps(user, "submit"),
            "Partager un aperçu de son brouillon": lambda user: self.shares(draft(user)),
            "Modifier son article soumis": lambda user: self.changes(
                make_article(owner=user, status="review")
            ),
            "Approuver (« Prêt »)": lambda user: self.steps(user, "approve"),
            "Renvoyer à l’auteur, avec un motif": lambda user: self.steps(
                user, "send-back", "review"
            ),
            "Abandonner et reprendre son brouillon": lambda user: (
                self.steps(user, "drop") and self.steps(user, "resume", "dropped")
            ),
            "Mettre son brouillon à la corbeille": lambda user: self.steps(user, "trash"),
            "Sortir son article de la corbeille": lambda user: self.restores(user, user),
            "Sortir l’article d’un autre de la corbeille": lambda user: self.restores(user, None),
            "Dupliquer un article": self.duplicates,
            "Écrire et résoudre une note interne": self.notes,
            "Soumettre la sélection d’une liste": self.submits_a_selection,
            "Ajouter un sujet aux articles des autres, dans une liste": self.adds_topics,
            "Voir les purges de cache qui échouent": self.sees_failing_purges,
            "Modifier les articles des autres": lambda user: self.changes(make_article()),
            "Partager un aperçu des articles des autres": lambda user: self.shares(make_article()),
            "Publier une urgence": self.publishes_urgently,
            "Publier la sélection d’une liste": self.publishes_a_selection,
            "Composer une une": self.arranges_a_front_page,
            "Publier une une, la prévoir, annuler ce qui est prévu": self.publishes_a_front_page,
            "Publier, changer et retirer une alerte": self.shows_an_alert,
            "Créer et modifier un auteur": self.writes_authors,
            "Écrire dans le direct de son article": lambda user: self.writes_live(user, user),
            "Écrire dans le direct des autres": lambda user: self.writes_live(user, None),
            "Publier un message de direct": self.publishes_live,
            "Rectifier un message de direct": self.corrects_live,
            "Retirer un message de direct": self.withdraws_live,
            "Commencer et terminer un direct": self.starts_and_ends_live,
            "Mettre un message de direct sous scellés": self.seals_live,
            "Écrire et publier un dossier": self.writes_dossiers,
            "Supprimer un brouillon jamais publié": self.deletes,
            "Créer, modifier et supprimer un sujet": self.writes_topics,
            "Fusionner des sujets": self.merges_topics,
            "Écrire les textes du site": self.writes_site_texts,
            "Voir le site à un autre instant": self.sees_another_instant,
            "Ajouter une photo et la décrire": self.adds_a_photo,
            "Dire la fin des droits de sa photo, jamais parue": lambda user: self.ends_rights(
                make_photo(by=user, ready=False)
            ),
            "Décrire les photos des autres": lambda user: self.describes(make_photo(ready=False)),
            "Changer la fin des droits d’une photo": lambda user: self.ends_rights(
                make_photo(ready=False)
            ),
            "Retirer une photo du site et l’y remettre": self.removes_a_photo,
            "Gérer les comptes": self.manages_accounts,
            "Lire le journal de toute la rédaction": self.reads_the_journal,
        }

    def test_desk_does_what_the_table_says_whatever_is_sent(self):
        attempts = self.attempts()
        assert {*attempts, *ACTS} == set(TABLE)
        for act, user, may in self.each_cell(attempts):
            assert attempts[act](user) == may

    def answers(self, address):
        return self.client.get(address).status_code == 200

    def reads(self, user):
        article = make_article(status="review")
        history = reverse("admin:articles_article_history", args=[article.pk])
        return self.answers(change_page(article)) and self.answers(history)

    def writes(self, user):
        self.send(self.open(), headline=f"De {user.username}")
        return Article.objects.filter(headline=f"De {user.username}", owner=user).exists()

    def changes(self, article):
        """Whether the form has a button, and sending it changes the story."""
        offered = 'name="_save"' in self.client.get(change_page(article)).content.decode()
        self.send({**self.filled(article), "headline": "Changé"}, article)
        article.refresh_from_db()
        done = article.headline == "Changé"
        assert done == offered
        return done

    def filled(self, article):
        """Return what the form of *article* sends, also for those who are given none."""
        user = self.client.session["_auth_user_id"]
        self.client.force_login(make_user(is_superuser=True))
        sent = self.open(article)
        self.client.force_login(User.objects.get(pk=user))
        return sent

    def steps(self, user, name, before="draft"):
        """Whether the form offers the step and takes it, with a reason, from the state *before*."""
        article = make_article(owner=user, status=before)
        button = f'name="_step" value="{name}"'
        offered = button in self.client.get(change_page(article)).content.decode()
        sent = {**self.filled(article), "reason": "Il manque une source.", "_step": name}
        self.client.post(change_page(article), sent)
        done = article.steps.filter(name=name, by=user).exists()
        assert done == offered
        return done

    def restores(self, user, owner):
        article = make_article(owner=owner, status="trashed")
        address = reverse("admin:articles_article_restore", args=[article.pk])
        offered = 'value="restore"' in self.client.get(change_page(article)).content.decode()
        self.client.post(address)
        done = article.steps.exists()
        assert done == offered
        return done

    def duplicates(self, user):
        article = make_article(headline="Modèle")
        address = reverse("admin:articles_article_duplicate", args=[article.pk])
        offered = address in self.client.get(change_page(article)).content.decode()
        self.client.post(address)
        done = Article.objects.filter(headline="Modèle", owner=user).exists()
        assert done == offered
        return done

    def notes(self, user):
        """Whether they write and resolve a note on a story that they may only read."""
        article = make_article(status="review")
        address = reverse("admin:articles_article_notes", args=[article.pk])
        self.client.post(address, {"new_note": "À vérifier."})
        note = article.notes.first()
        self.client.post(address, {"_resolve": note.pk})
        return not article.notes.open().exists()

    def adds_topics(self, user):
        article, topic = make_article(), make_topic()
        typed = {"action": "add_topic_to_selected", "_selected_action": article.pk}
        self.client.post(LIST, {**typed, "_add": "1", "topics": topic.pk})
        return article.topics.filter(pk=topic.pk).exists()

    def submits_a_selection(self, user):
        article = draft(user)
        typed = {"action": "submit_selected", "_selected_action": article.pk}
        self.client.post(LIST, typed)
        return article.steps.filter(name="submit").exists()

    def sees_failing_purges(self, user):
        address = reverse("admin:articles_delivery_changelist")
        now = timezone.now()
        Delivery.objects.create(due_at=now, next_try_at=now, attempts=1)
        offered = address in self.client.get(reverse("admin:index")).content.decode()
        done = self.answers(address)
        assert done == offered
        return done

    def shares(self, article):
        page = reverse("admin:articles_article_preview_links", args=[article.pk])
        offered = page in self.client.get(change_page(article)).content.decode()
        typed = {"label": "Maître Durand", "expires_at": local(timezone.now() + HOUR)}
        self.client.post(page, typed)
        done = PreviewLink.objects.filter(article=article).exists()
        assert done == offered
        return done

    def publishes_urgently(self, user):
        address = reverse("admin:articles_article_urgent")
        offered = address in self.client.get(LIST).content.decode()
        key = f"3a4b7a2e-6f0a-4c3b-9d58-{user.pk:012d}"
        typed = {"uuid": key, "headline": "Séisme", "section": self.section.pk}
        self.client.post(address, typed)
        done = Edition.objects.filter(published_by=user).exists()
        assert done == offered
        return done

    def publishes_a_selection(self, user):
        article = make_article()
        offered = "publish_selected" in self.client.get(LIST).content.decode()
        typed = {"action": "publish_selected", "_selected_action": article.pk}
        self.client.post(LIST, {**typed, "_publish": "1", f"version-{article.pk}": "1"})
        done = article.editions.exists()
        assert done == offered
        return done

    def writes_authors(self, user):
        typed = {"name": "Zoé", "slug": f"zoe-{user.pk}", "kind": "person"}
        self.client.post(reverse("admin:articles_author_add"), typed)
        author = Author.objects.filter(slug=f"zoe-{user.pk}").first()
        if author:
            change = reverse("admin:articles_author_change", args=[author.pk])
            assert self.client.post(change, {**typed, "name": "Zoé L."}).status_code == 302
        return author is not None

    def writes_live(self, user, owner, button="_keep"):
        """Whether the page of the live blog offers the *button* and does what it says."""
        article = make_edition(owner=owner).article
        page = reverse("admin:articles_article_live_blog", args=[article.pk])
        offered = f'name="{button}"' in self.client.get(page).content.decode()
        key = f"5d1b7a2e-6f0a-4c3b-9d58-{article.pk:012d}"
        self.client.post(page, {"uuid": key, "body_html": "<p>Essai</p>", button: ""})
        entries = article.live_entries.all()
        done = entries.exclude(editions=None).exists() if button == "_publish" else entries.exists()
        assert done == offered
        return done

    def publishes_live(self, user):
        return self.writes_live(user, user, "_publish")

    def shown_entry(self, user, **options):
        article = make_edition(owner=user).article
        return make_entry(article, by=make_user(is_superuser=True), **options)

    def entry_page(self, entry, name="live_entry", *more):
        return reverse(f"admin:articles_article_{name}", args=[entry.article_id, entry.pk, *more])

    def corrects_live(self, user):
        entry = self.shown_entry(user)
        page = self.entry_page(entry)
        offered = 'value="correction"' in self.client.get(page).content.decode()
        typed = {"uuid": str(entry.uuid), "based_on": 1, "body_html": "<p>Juste</p>"}
        self.client.post(page, {**typed, "meaning": "correction", "note": "Faux.", "_publish": ""})
        done = entry.editions.filter(meaning="correction").exists()
        assert done == offered
        return done

    def withdraws_live(self, user):
        entry = self.shown_entry(user)
        address = self.entry_page(entry, "withdraw_entry")
        offered = address in self.client.get(self.entry_page(entry)).content.decode()
        self.client.post(address, {"retrait-note": "Faux."})
        done = entry.editions.filter(meaning="withdrawal").exists()
        assert done == offered
        return done

    def starts_and_ends_live(self, user):
        article = make_edition(owner=user).article
        page = reverse("admin:articles_article_live_blog", args=[article.pk])
        address = reverse("admin:articles_article_live_blog_state", args=[article.pk])
        offered = 'name="_start"' in self.client.get(page).content.decode()
        self.client.post(address, {"_start": ""})
        self.client.post(address, {"_end": ""})
        done = article.coverages.exclude(live_until=None).exists()
        assert done == offered
        return done

    def seals_live(self, user):
        entry = self.shown_entry(user)
        live_entries.withdraw_entry(entry, by=make_user(is_superuser=True), note="Faux.")
        address = self.entry_page(entry, "seal_entry", 1)
        offered = address in self.client.get(self.entry_page(entry)).content.decode()
        self.client.post(address, {"reason": "Jugement."})
        done = entry.editions.get(number=1).is_sealed
        assert done == offered
        return done

    def writes_dossiers(self, user):
        topic = make_topic()
        address = reverse("admin:articles_topic_dossier", args=[topic.pk])
        change = reverse("admin:articles_topic_change", args=[topic.pk])
        offered = address in self.client.get(change).content.decode()
        typed = {"based_on": 0, "introduction_html": "<p>Essai</p>", "_publish": ""}
        self.client.post(address, typed)
        done = DossierEdition.objects.filter(dossier__topic=topic).exists()
        assert done == offered
        return done

    def deletes(self, user):
        article = make_article(owner=user, status="trashed")
        address = reverse("admin:articles_article_delete", args=[article.pk])
        offered = address in self.client.get(change_page(article)).content.decode()
        self.client.post(address, {"post": "yes"})
        done = not Article.objects.filter(pk=article.pk).exists()
        assert done == offered
        return done

    def writes_topics(self, user):
        name = f"Sujet de {user.pk}"
        typed = {"name": name, "position": "0"}
        self.client.post(reverse("admin:articles_topic_add"), typed)
        topic = Topic.objects.filter(name=name).first()
        if topic is None:
            return False
        change = reverse("admin:articles_topic_change", args=[topic.pk])
        assert self.client.post(change, {**typed, "label": "Court"}).status_code == 302
        self.client.post(reverse("admin:articles_topic_delete", args=[topic.pk]), {"post": "yes"})
        return not Topic.objects.filter(name=name).exists()

    def merges_topics(self, user):
        topic, into = make_topic(), make_topic()
        address = reverse("admin:articles_topic_merge", args=[topic.pk])
        change = reverse("admin:articles_topic_change", args=[topic.pk])
        offered = address in self.client.get(change).content.decode()
        self.client.post(address, {"into": into.pk})
        done = Topic.objects.filter(pk=topic.pk, merged_into=into).exists()
        assert done == offered
        return done

    def writes_site_texts(self, user):
        text = SiteText.objects.get(key="contact")
        address = reverse("admin:articles_sitetext_change", args=[text.pk])
        typed = {"title": "Contact", "body_html": f"<p>{user.username}</p>"}
        self.client.post(address, typed)
        return SiteTextVersion.objects.filter(by=user).exists()

    def arranges_a_front_page(self, user):
        self.client.post(reverse("admin:articles_frontpage_edit", args=[0]), a_front_page_of(user))
        return FrontPageRevision.objects.filter(created_by=user).exists()

    def publishes_a_front_page(self, user):
        slots = [Slot.make("strip").stored()]
        chief = make_user(is_superuser=True)
        newest = front_pages.save(None, slots, based_on=0, by=chief).revision
        try:
            at = timezone.now() + HOUR
            plan = front_pages.publish(None, revision=newest.number, by=user, at=at)
            front_pages.cancel(None, plan.number, by=user)
        except PublishingError:
            return False
        address = reverse("admin:articles_frontpage_edit", args=[0])
        numbers = {"based_on": newest.number, "seen": plan.number}
        self.client.post(address, {**a_front_page_of(user), **numbers, "_publish": "1"})
        return FrontPageEdition.objects.in_force(timezone.now()).filter(published_by=user).exists()

    def shows_an_alert(self, user):
        text = f"Alerte d’essai de {user.username}"
        self.client.post(reverse("admin:articles_alert_add"), {"text": text, "level": "info"})
        alert = Alert.objects.filter(text=text).first()
        if alert is None:
            return False
        self.client.post(reverse("admin:articles_alert_end", args=[alert.pk]))
        return not Alert.objects.in_force(timezone.now()).filter(pk=alert.pk).exists()

    def sees_another_instant(self, user):
        offered = reverse("site-at-choose") in self.client.get(LIST).content.decode()
        done = self.answers(reverse("site-at", args=["2026-02-03T06:00:00"]))
        assert done == offered
        return done

    def adds_a_photo(self, user):
        file = encode(draw(seed=user.pk))
        file.name = f"essai-{user.pk}.jpg"
        self.client.post(reverse("admin:articles_photo_add"), {"files": file})
        photo = Photo.objects.filter(created_by=user).first()
        return photo is not None and self.describes(photo)

    def describes(self, photo):
        address = reverse("admin:articles_photo_change", args=[photo.pk])
        offered = 'name="_continue"' in self.client.get(address).content.decode()
        typed = {"alt": "Un phare", "credit": "Essai", "focal_x": "0.5", "focal_y": "0.5"}
        self.client.post(address, typed)
        photo.refresh_from_db()
        done = photo.alt == "Un phare"
        assert done == offered
        return done

    def ends_rights(self, photo):
        typed = {"until": local(timezone.now() + 24 * HOUR)}
        self.do_to_photo(photo, "droits", typed)
        return Photo.objects.get(pk=photo.pk).rights_until is not None

    def removes_a_photo(self, user):
        photo = make_photo(ready=False)
        removed = self.do_to_photo(photo, "retrait", {"reason": "Plainte."})
        restored = self.do_to_photo(photo, "remise", {})
        assert removed == restored
        return photo.acts.filter(by=user).count() == 2

    def do_to_photo(self, photo, act, typed):
        """Whether the page of *photo* offers the act, which it then does, and only then."""
        address = reverse("admin:articles_photo_act", args=[photo.pk, act])
        page = self.client.get(reverse("admin:articles_photo_change", args=[photo.pk]))
        offered = address in page.content.decode()
        done = self.client.post(address, typed).status_code == 302
        assert done == offered
        return done

    def manages_accounts(self, user):
        name = f"nouveau{user.pk}@journal.example"
        role = Group.objects.get(name="Journaliste").pk
        typed = {"first_name": "Ada", "last_name": "Essai", "email": name, "role": role}
        self.client.post(reverse("admin:articles_user_add"), typed)
        return User.objects.filter(username=name).exists()

    def reads_the_journal(self, user):
        return self.answers(reverse("admin:articles_act_changelist"))


class AccountTests(DeskTestCase):
    """Who manages accounts can't become more than they are."""

    def setUp(self):
        self.chief = make_member("Rédaction en chef")
        self.client.force_login(self.chief)

    def page(self, user, name="change"):
        return reverse(f"admin:articles_user_{name}", args=[user.pk])

    def typed(self, user, **changes):
        return {"username": user.username, "is_active": "on", "is_staff": "on", **changes}

    def test_chief_gives_a_role(self):
        user = make_user(is_staff=False)
        group = Group.objects.get(name="Éditeur")
        self.client.post(self.page(user), self.typed(user, groups=[group.pk]))
        user.refresh_from_db()
        assert user.is_staff
        assert list(user.groups.all()) == [group]

    def test_chief_makes_no_superuser_and_gives_no_single_right(self):
        user = make_user()
        html = self.client.get(self.page(user)).content.decode()
        assert "is_superuser" not in html
        assert "user_permissions" not in html
        self.client.post(self.page(user), self.typed(user, is_superuser="on", user_permissions=[1]))
        user.refresh_from_db()
        assert not user.is_superuser
        assert not user.user_permissions.exists()

    def test_chief_gives_no_group_with_rights_that_they_lack(self):
        technical = Group.objects.create(name="Technique")
        technical.permissions.add(*make_user("auth.change_group").user_permissions.all())
        user = make_user()
        self.assertNotContains(self.client.get(self.page(user)), "Technique")
        self.client.post(self.page(user), self.typed(user, groups=[technical.pk]))
        assert not user.groups.exists()

    def test_chief_touches_no_account_with_more_rights(self):
        """A new password would be a way in."""
        for user in (make_user(is_superuser=True), make_user("auth.change_group")):
            response = self.client.post(self.page(user), self.typed(user, first_name="Pris"))
            assert response.status_code == 403
            password = reverse("admin:auth_user_password_change", args=[user.pk])
            assert self.client.post(password, {}).status_code == 403

    def test_superuser_still_sees_everything(self):
        self.client.force_login(make_user(is_superuser=True))
        response = self.client.get(self.page(self.chief))
        self.assertContains(response, "is_superuser")
        self.assertContains(response, "user_permissions")
