"""The acts on topics: they change what readers see, so each is a function and one transaction.

Each takes who acts as `by`, checks permission and state itself, writes its line in the topics'
journal, and bumps the site's version last. TopicError lists every fault at once.
"""

import logging
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from . import derived
from .models import (
    Article,
    ArticleTopic,
    Dossier,
    Edition,
    EditionTopic,
    SiteState,
    Topic,
    TopicAct,
    TopicAddress,
)
from .slug import make_slug

logger = logging.getLogger(__name__)

Name = TopicAct.Name
PERMISSIONS = {
    Name.CREATE: "articles.add_topic",
    Name.RENAME: "articles.change_topic",
    Name.MOVE: "articles.change_topic",
    Name.PLACE: "articles.change_topic",
    Name.MERGE: "articles.merge_topic",
    Name.UNMERGE: "articles.merge_topic",
    Name.DELETE: "articles.delete_topic",
    Name.DOSSIER: "articles.change_dossier",
}


class TopicError(Exception):
    """An act was refused; `faults` lists every reason as a sentence for a person."""

    def __init__(self, *faults):
        super().__init__(" ".join(str(fault) for fault in faults))
        self.faults = list(faults)


class Sitting:
    """One act under way on topics: the tree locked, and its line of the journal to write."""

    def __init__(self, name, *, by, reason=""):
        if not by.has_perm(PERMISSIONS[name]):
            raise TopicError(_("Vous n’avez pas le droit de faire cela."))
        Topic.objects.lock_tree()
        self.act = TopicAct(name=name, by=by, by_name=str(by), reason=reason.strip())
        self.act.at = timezone.now()
        # Those at which what readers see starts or ends.
        self.instants = []

    def fresh(self, topic):
        """Return *topic* as the database has it now."""
        return Topic.objects.select_related("merged_into", "parent").get(pk=topic.pk)

    def write(self, topic, *, other=None, **details):
        """Store the line about *topic*; the site's version is the last statement."""
        act = self.act
        act.topic, act.topic_name, act.details = topic if topic.pk else None, topic.name, details
        act.other, act.other_name = other, other.name if other else ""
        act.save()
        SiteState.objects.bump(act.at, *self.instants)
        transaction.on_commit(partial(announce, act))
        return act


def announce(act):
    logger.info("%s topic=%s other=%s by=%s", act.name, act.topic_id, act.other_id, act.by_id)


@transaction.atomic
def create(topic, *, by):
    """Store the new *topic*; return it. Its address is made of its name."""
    sitting = Sitting(Name.CREATE, by=by)
    topic.slug = make_slug(topic.name)
    if faults := faults_of_name(topic):
        raise TopicError(*faults)
    topic.save()
    sitting.write(topic, name=["", topic.name])
    return topic


@transaction.atomic
def rename(topic, *, by, name, label, new_address=False, reason=""):
    """Give *topic* a name and a short one; with *new_address* also the address of the name.

    Every address that it had leads to it for good. Return the topic.
    """
    sitting = Sitting(Name.RENAME, by=by, reason=reason)
    topic = sitting.fresh(topic)
    before = {"name": topic.name, "label": topic.label, "slug": topic.slug}
    topic.name, topic.label = name, label
    topic.slug = make_slug(name) if new_address else topic.slug
    changes = changes_since(before, topic)
    faults = faults_of_state(topic)
    if changes.keys() - {"label"}:
        faults += faults_of_name(topic)
    if faults:
        raise TopicError(*faults)
    if changes:
        if "slug" in changes:
            # One of its own that it takes again, and the one that it leaves.
            topic.addresses.filter(slug=topic.slug).delete()
            topic.addresses.create(slug=before["slug"])
        topic.save(update_fields=[*before])
        if "name" in changes:
            derived.index_topics(editions_directly_in(topic), words=True)
        sitting.write(topic, **changes)
    return topic


@transaction.atomic
def place(topic, *, by, is_section, position, reason=""):
    """Make *topic* a section of the navigation or not, at *position*; return it."""
    sitting = Sitting(Name.PLACE, by=by, reason=reason)
    topic = sitting.fresh(topic)
    before = {"is_section": topic.is_section, "position": topic.position}
    topic.is_section, topic.position = is_section, position
    faults = faults_of_state(topic)
    if before["is_section"] and not is_section and is_home(topic):
        faults.append(_("Des articles ont « %(topic)s » pour rubrique.") % {"topic": topic})
    if faults:
        raise TopicError(*faults)
    if changes := changes_since(before, topic):
        topic.save(update_fields=[*before])
        sitting.write(topic, **changes)
    return topic


@transaction.atomic
def move(topic, *, by, parent, reason=""):
    """Put *topic* below *parent* (None: at the top), with all its stories; return it."""
    sitting = Sitting(Name.MOVE, by=by, reason=reason)
    topic = sitting.fresh(topic)
    before, topic.parent = topic.parent, parent and sitting.fresh(parent)
    faults = faults_of_state(topic)
    if parent and topic in Topic.objects.with_ancestors([parent.uuid]):
        faults.append(_("Un sujet ne peut pas être au-dessus de lui-même."))
    if parent and topic.parent.merged_into:
        faults += faults_of_state(topic.parent)
    if faults:
        raise TopicError(*faults)
    if before != topic.parent:
        topic.save(update_fields=["parent"])
        derived.index_topics(Edition.objects.filter(editiontopic_rows__topic=topic))
        names = [before.name if before else "", parent.name if parent else ""]
        sitting.write(topic, other=topic.parent, parent=names)
    return topic


def usage(topic):
    """Return what uses *topic*, as counts; what a merge would move and a deletion would lose."""
    return {
        "articles": Article.objects.filter(in_articles(topic)).distinct().count(),
        "editions": editions_directly_in(topic).count(),
        "children": topic.children.count(),
        "merged": topic.merged_topics.count(),
    }


@transaction.atomic
def merge(topic, *, into, by, reason=""):
    """Let *into* stand for *topic* from now on, wherever it is named; return the TopicAct.

    Its `details` are the ids of all that moved: "articles" that had the topic; "doubles" that
    had both; "homes" and "home_editions" whose section it was; "children"; "merged", topics that
    were merged into it before; "editions", whose lists were made anew; "dossiers", if its own
    moved: where both have one, each keeps its own, and readers see that of *into*.
    """
    sitting = Sitting(Name.MERGE, by=by, reason=reason)
    topic, into = sitting.fresh(topic), sitting.fresh(into)
    if faults := faults_of_merge(topic, into):
        raise TopicError(*faults)
    tagged = of_articles(ArticleTopic.objects.filter(tag=topic))
    both = ArticleTopic.objects.filter(tag=into, content_object__article_topics__tag=topic)
    doubles = of_articles(both)
    moved = {
        "articles": sorted(tagged - doubles),
        "doubles": sorted(doubles),
        "homes": keys_of(Article.objects.filter(section=topic)),
        "home_editions": keys_of(Edition.objects.filter(section=topic)),
        "children": keys_of(topic.children.all()),
        "merged": keys_of(topic.merged_topics.all()),
        "editions": keys_of(editions_directly_in(topic)),
        "dossiers": keys_of(Dossier.objects.written().filter(topic=topic)),
    }
    if Dossier.objects.written().filter(topic=into).exists():
        moved["dossiers"] = []
    below = keys_of(Edition.objects.filter(editiontopic_rows__topic=topic))
    ArticleTopic.objects.filter(tag=topic, content_object__article_topics__tag=into).delete()
    hand_over(topic, into, moved)
    topic.merged_into = into
    topic.save(update_fields=["merged_into"])
    reindex(below, moved["editions"])
    return sitting.write(topic, other=into, **moved)


@transaction.atomic
def unmerge(act, *, by, reason=""):
    """Undo *act*, a merge: what moved and hasn't been moved again goes back. Return the TopicAct.

    What was filed under the other topic since stays there, but for texts that name the first.
    """
    sitting = Sitting(Name.UNMERGE, by=by, reason=reason)
    act = TopicAct.objects.for_journal().get(pk=act.pk)
    if faults := faults_of_undoing(act):
        raise TopicError(*faults)
    topic, into, moved = act.topic, act.other, act.details
    since = editions_directly_in(into).filter(created_at__gte=act.at)
    below = {*moved["editions"], *keys_of(since)}
    children = Topic.objects.filter(pk__in=moved["children"])
    below |= set(keys_of(Edition.objects.filter(editiontopic_rows__topic__in=children)))
    hand_over(into, topic, moved)
    for keys in batches(moved["doubles"]):
        still = ArticleTopic.objects.filter(tag=into, content_object__in=keys)
        again = [ArticleTopic(tag=topic, content_object_id=pk) for pk in of_articles(still)]
        ArticleTopic.objects.bulk_create(again, ignore_conflicts=True)
    topic.merged_into = None
    topic.save(update_fields=["merged_into"])
    reindex(sorted(below), sorted(below))
    sitting.act.undoes = act
    return sitting.write(topic, other=into, **moved)


@transaction.atomic
def delete(topic, *, by, reason=""):
    """Delete *topic*, which nothing uses and nothing used (E16)."""
    sitting = Sitting(Name.DELETE, by=by, reason=reason)
    topic = sitting.fresh(topic)
    if faults := faults_of_deletion(topic):
        raise TopicError(*faults)
    details = {"name": [topic.name, ""], "slug": [topic.slug, ""]}
    topic.delete()
    return sitting.write(topic, **details)


def hand_over(topic, into, moved):
    """Write *into* wherever *moved* says that *topic* stands; what doesn't name it stays."""
    rows = [
        (ArticleTopic, "content_object", "tag", "articles"),
        (Article, "pk", "section", "homes"),
        (Edition, "pk", "section", "home_editions"),
        (Topic, "pk", "parent", "children"),
        (Topic, "pk", "merged_into", "merged"),
        (Dossier, "pk", "topic", "dossiers"),
    ]
    if moved.get("dossiers"):
        # One that was opened and never written in.
        Dossier.objects.filter(topic=into, number=0).delete()
    for model, key, column, part in rows:
        # Merges of before say nothing of dossiers.
        for keys in batches(moved.get(part, [])):
            found = model.objects.filter(**{f"{key}__in": keys, column: topic})
            if model is ArticleTopic:
                # The desk gave it the other one too meanwhile.
                found = found.exclude(content_object__article_topics__tag=into)
            # By pk: a statement that also reads its own table is none that SQLite runs fast.
            model.objects.filter(pk__in=keys_of(found)).update(**{column: into})


def reindex(keys, directly):
    """Make the lists of the editions with the ids *keys* anew; of *directly* the words too."""
    for batch in batches(sorted({*keys} - {*directly})):
        derived.index_topics(Edition.objects.filter(pk__in=batch))
    for batch in batches(directly):
        derived.index_topics(Edition.objects.filter(pk__in=batch), words=True)


def batches(keys, size=500):
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def keys_of(rows):
    return sorted(set(rows.order_by().values_list("pk", flat=True)))


def of_articles(rows):
    """Return the ids of the articles that the ArticleTopic *rows* are about."""
    return set(rows.values_list("content_object", flat=True))


def editions_directly_in(topic):
    """Return the editions that name *topic* as their section or among their topics."""
    rows = EditionTopic.objects.filter(topic=topic, is_direct=True)
    return Edition.objects.filter(Q(pk__in=rows.values("edition")) | Q(section=topic))


def in_articles(topic):
    return Q(section=topic) | Q(article_topics__tag=topic)


def is_home(topic):
    """Whether a story has *topic* for its section."""
    return topic.section_articles.exists() or topic.section_editions.exists()


def changes_since(before, topic):
    """Return {name: [before, after]} of what differs."""
    after = {name: getattr(topic, name) for name in before}
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def faults_of_state(topic):
    if topic.merged_into is None:
        return []
    names = {"topic": topic, "other": topic.merged_into}
    return [_("« %(topic)s » a été fusionné dans « %(other)s ».") % names]


def faults_of_name(topic):
    """Return why *topic* may not have its name and its address: another one has them."""
    others = Topic.objects.exclude(pk=topic.pk)
    faults = []
    same = Q(name__iexact=topic.name) | Q(slug=make_slug(topic.name))
    if twin := others.filter(same).first():
        faults.append(_("Le sujet « %(name)s » existe déjà.") % {"name": twin})
    elif twin := others.filter(slug=topic.slug).first():
        faults.append(_("Le sujet « %(name)s » a déjà cette adresse.") % {"name": twin})
    former = TopicAddress.objects.filter(slug=topic.slug).exclude(topic=topic.pk)
    if address := former.select_related("topic").first():
        text = _("Cette adresse était celle du sujet « %(name)s », et y mène encore.")
        faults.append(text % {"name": address.topic})
    return faults


def faults_of_merge(topic, into):
    """Return why *topic* can't be merged into *into*."""
    if topic == into:
        return [_("Un sujet ne peut pas être fusionné dans lui-même.")]
    faults = [*faults_of_state(topic), *faults_of_state(into)]
    if topic in Topic.objects.with_ancestors([into.uuid]) and not faults:
        names = {"topic": topic, "other": into}
        faults.append(_("« %(other)s » est sous « %(topic)s » : déplacez-le d’abord.") % names)
    if is_home(topic) and not into.is_section:
        faults.append(
            _("« %(topic)s » est la rubrique d’articles : fusionnez-la dans une rubrique.")
            % {"topic": topic}
        )
    return faults


def faults_of_undoing(act):
    """Return why the merge *act* can't be undone."""
    if act.name != Name.MERGE or act.is_undone:
        return [_("Cette fusion est déjà annulée.")]
    if act.topic is None or act.other is None:
        return [_("L’un des deux sujets n’existe plus.")]
    if act.other.merged_into:
        return [
            *faults_of_state(act.other),
            _("Annulez d’abord cette fusion-là."),
        ]
    return []


def faults_of_deletion(topic):
    """Return where *topic* is used, in sentences."""
    used = usage(topic)
    sentences = {
        "articles": ngettext_lazy(
            "%(count)d article l’a pour sujet ou pour rubrique.",
            "%(count)d articles l’ont pour sujet ou pour rubrique.",
            "count",
        ),
        "editions": ngettext_lazy(
            "%(count)d édition publiée le nomme.",
            "%(count)d éditions publiées le nomment.",
            "count",
        ),
        "children": ngettext_lazy(
            "%(count)d sujet est au-dessous.", "%(count)d sujets sont au-dessous.", "count"
        ),
        "merged": ngettext_lazy(
            "%(count)d sujet y a été fusionné.", "%(count)d sujets y ont été fusionnés.", "count"
        ),
    }
    faults = [text % {"count": used[part]} for part, text in sentences.items() if used[part]]
    if topic.front_pages.exists():
        faults.append(_("Une une a été composée pour lui."))
    if Dossier.objects.filter(topic=topic).exists():
        faults.append(_("Ce sujet a un dossier."))
    return [*faults_of_state(topic), *faults]
