"""The form of an article: what the desk types, and what it wants done with it."""

import json

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import checklist, publishing, saving
from ..models import Act, Article, ArticleAuthor, Meaning, Topic, User
from ..slug import make_slug
from . import follow_up, proposals
from .local_time import LocalTimeField
from .photos_field import PhotosField
from .picker import PickTopics, TopicsField
from .prose import LineField, ProseField, StoryWidget, TextField

# How to publish: asked of those only who may.
PUBLICATION = ("meaning", "note", "at", "until", "plan")
# Fields about acts, not about the story.
CONTROLS = ("uuid", "based_on", "seen", "followed", "reason", "new_note", *PUBLICATION)


class SectionField(forms.ModelChoiceField):
    def label_from_instance(self, topic):
        return topic.short_name


class ArticleForm(forms.ModelForm):
    # Set by ArticleAdmin.get_form(): who types, and what was typed but not used last time.
    user = None
    carried = {}
    # And by AutosaveMixin: what was typed and never saved.
    resumed = {}

    section = SectionField(None, label=_("Rubrique"), required=False)
    topics = TopicsField(
        None,
        label=_("Sujets"),
        widget=PickTopics(Article._meta.get_field("topics"), admin.site),
        required=False,
    )
    photos = PhotosField(label=_("Photos"), required=False)
    owner = forms.ModelChoiceField(None, label=_("Responsable"), required=False)
    due_at = LocalTimeField(label=_("À rendre le"), required=False)
    # The article's key, known before it is saved: a form sent twice makes one article.
    uuid = forms.UUIDField(widget=forms.HiddenInput)
    # The number of the revision that the form was opened from.
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # The number of the newest edition at that time.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # Whose the story was and when it was due.
    followed = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = LineField(label=_("Motif"), max_length=250, required=False)
    new_note = TextField(
        label=_("Nouvelle note"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    meaning = forms.ChoiceField(
        label=_("Ce que cette publication dit aux lecteurs"),
        widget=forms.RadioSelect,
        required=False,
    )
    note = TextField(
        label=_("Note aux lecteurs"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dites ce qui était inexact."),
        required=False,
    )
    at = LocalTimeField(label=_("Publier à"), required=False)
    # Holds the end of what is live: as it is, it stays; emptied, there is none.
    until = LocalTimeField(
        label=_("Jusqu’au"),
        help_text=_("Laissez vide pour une publication sans fin."),
        required=False,
    )
    plan = forms.ChoiceField(
        label=_("En publiant maintenant, la version prévue"),
        choices=[
            (publishing.CANCEL, _("est annulée")),
            (publishing.REBUILD, _("prend aussi ce texte")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    class Meta:
        model = Article
        # Those in ArticleAdmin.fieldsets that the article itself has.
        fields = [
            "kicker",
            "headline",
            "standfirst",
            "body",
            "section",
            "topics",
            "owner",
            "due_at",
            "dateline",
            "credit",
            "slug",
            "is_verbatim",
        ]
        field_classes = {
            **dict.fromkeys(("kicker", "headline", "dateline", "credit"), LineField),
            "standfirst": TextField,
            "body": ProseField,
        }
        widgets = {
            "headline": forms.Textarea(attrs={"rows": 2}),
            "standfirst": forms.Textarea(attrs={"rows": 3}),
            "body": StoryWidget,
        }

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(proposals.accept(data), *args, label_suffix="", **kwargs)
        article, may = self.instance, self.user.has_perm
        self.initial.update(uuid=article.uuid, based_on=number_of(article))
        self.initial["seen"] = getattr(article, "newest_edition", None)
        self.stored = follow_up.values_of(article)
        self.initial["followed"] = json.dumps(self.stored)
        # What of it someone else changed too: {name: what was typed}.
        self.left_out = {}
        self.initial["until"] = getattr(article, "in_force_ends_at", None)
        self.initial["photos"] = article.load_photos() if article.pk else []
        self.initial.update(self.carried)
        self.initial.update(self.resumed)
        # What the article has now stays choosable, whatever became of it.
        self.fields["section"].queryset = Topic.objects.filter(
            Q(is_section=True, merged_into=None) | Q(pk=article.section_id)
        ).order_by("position", "name")
        self.fields["owner"].queryset = User.objects.filter(
            Q(is_active=True, is_staff=True) | Q(pk=article.owner_id)
        ).order_by("last_name", "first_name", "username")
        self.fields["topics"].queryset = Topic.objects.all()
        if "slug" in self.fields:
            self.fields["slug"].widget.attrs["placeholder"] = self.slug_without_one()
        self.fields["topics"].allow_new(may("articles.add_topic"))
        if "owner" in self.fields and not may("articles.change_any_article"):
            # Only the desk gives a story to someone else.
            self.fields["owner"].disabled = True
        self.may_publish = may(publishing.PERMISSIONS[Act.Name.PUBLISH])
        self.offer_choices()

    def offer_choices(self):
        """Ask what a publication means and what becomes of a plan, where there is a choice."""
        possible = meanings_of(self.instance)
        needed = {meaning: publishing.MEANINGS.get(meaning) for meaning in possible}
        meanings = [m for m in possible if not needed[m] or self.user.has_perm(needed[m])]
        if possible and not meanings:
            self.may_publish = False
        if not self.may_publish:
            for name in PUBLICATION:
                del self.fields[name]
            return
        if not getattr(self.instance, "planned_from", None):
            del self.fields["plan"]
        if not meanings:
            del self.fields["meaning"], self.fields["note"]
            return
        self.fields["meaning"].choices = [(meaning, meaning.label) for meaning in meanings]
        self.initial.setdefault("meaning", meanings[0])

    def slug_without_one(self):
        """Return the address that the story has, or would have, while none is typed."""
        shown = getattr(self.instance, "shown_slug", None)
        if not shown:
            # counters.js proposes another while the headline is typed.
            self.fields["slug"].widget.attrs["data-proposed"] = "yes"
        return shown or make_slug(self.instance.headline)

    @property
    def is_fresh(self):
        """Whether nobody saved the article since this form was opened."""
        return self.cleaned_data.get("based_on") == number_of(self.instance)

    def snapshot(self, bylines):
        """Return what was typed, as Article.snapshot() does; its new topics are saved."""
        topics = TopicsField.save_new(self.cleaned_data["topics"])
        return self.instance.snapshot(topics=topics, bylines=bylines, photos=self.chosen_photos)

    @property
    def chosen_photos(self):
        """The photos beside the text, those that are saved if the form doesn't tell."""
        is_told = "photos" in self.data and "photos" in self.cleaned_data
        return self.cleaned_data["photos"] if is_told else self.initial["photos"]

    @property
    def touched(self):
        """Whether the story differs from the stored one, in what this form holds of it."""
        return bool({*self.changed_data} - {*CONTROLS, *follow_up.NAMES} or self.follow_up_changes)

    @property
    def follow_up_changes(self):
        """The names of what follow_up.merge() left to be stored."""
        now = follow_up.values_of(self.instance)
        return [name for name in follow_up.NAMES if now[name] != self.stored[name]]

    def clean(self):
        super().clean()
        if self.instance.pk:
            self.left_out = follow_up.merge(self)
        if self.may_publish and "_publish" in self.data:
            self.check_publication()

    def check_publication(self):
        """Tell at their fields what publishing would refuse of the times and the note."""
        choices, now = self.cleaned_data, timezone.now()
        until = choices.get("until") if "until" in self.changed_data else None
        for fault in checklist.faults_of_times(now, choices.get("at") or now, until):
            self.add_error("at", fault)
        note = choices.get("note", "").strip()
        for fault in checklist.faults_of_note(choices.get("meaning"), note):
            self.add_error("note", fault)

    def _save_m2m(self):
        self.cleaned_data["topics"] = TopicsField.save_new(self.cleaned_data["topics"])
        super()._save_m2m()
        saving.put_photos(self.instance, self.chosen_photos)


class BylineForm(forms.ModelForm):
    class Meta:
        model = ArticleAuthor
        fields = ["role", "author", "text", "position"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def clean(self):
        super().clean()
        if not self.cleaned_data.get("author") and not self.cleaned_data.get("text"):
            self.add_error("author", _("Choisissez un auteur ou écrivez une mention."))


class BylineFormSet(BaseInlineFormSet):
    # What Django's log asks of a formset, also of one that is merged and not saved.
    new_objects = changed_objects = deleted_objects = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The rows that an old form speaks of may be gone: they are read as new ones, and merged.
        based_on, number = self.data.get("based_on"), number_of(self.instance)
        self.save_as_new = self.is_bound and str(based_on or "") != str(number or "")

    @property
    def bylines(self):
        """The bylines typed, unsaved, in their order."""
        typed = [
            form.instance
            for form in self.forms
            if form.has_changed() and not self._should_delete_form(form)
        ]
        return sorted(typed, key=lambda byline: byline.position)


def meanings_of(article):
    """Return what a publication of *article* can mean, none if it is its first."""
    if getattr(article, "in_force_meaning", None) == Meaning.WITHDRAWAL:
        return [Meaning.REINSTATEMENT]
    if getattr(article, "was_published", False):
        return [Meaning.UPDATE, Meaning.SILENT, Meaning.CORRECTION]
    return []


def number_of(article):
    """Return the number of the newest revision of *article*, read together with it, or None."""
    return getattr(article, "latest_number", None)
