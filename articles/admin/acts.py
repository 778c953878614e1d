"""Acts on a story that have a page of their own: what each asks, and one button."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from .. import front_pages, publishing
from ..models import Act, Article, Edition, FrontPageEdition
from ..publishing import PublishingError
from .local_time import LocalTimeField
from .prose import TextField
from .publication import publication_box

PIN_TIME = timedelta(hours=4)


def lines_field(label, *, required="", **kwargs):
    """Return a field for a few lines; *required* is what is said if it stays empty."""
    return TextField(
        label=label,
        required=bool(required),
        error_messages={"required": required},
        widget=forms.Textarea(attrs={"rows": 3}),
        **kwargs,
    )


class ActForm(forms.Form):
    """What one act asks. Subclasses name it, say when it is offered, and do it."""

    name = None
    title = button = help = done = ""
    is_alarming = False

    reason = lines_field(_("Motif, pour le journal"))

    def __init__(self, *args, article, box, edition=None, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.article, self.box, self.edition = article, box, edition

    @classmethod
    def permission(cls):
        return publishing.PERMISSIONS[cls.name]

    @classmethod
    def is_offered(cls, box):
        """Whether the state in *box* (publication_box()) allows the act."""
        return True

    def act(self, **options):
        raise NotImplementedError


class WithdrawForm(ActForm):
    name = Act.Name.WITHDRAW
    title = _("Retirer l’article du site")
    button = _("Retirer l’article")
    done = _("L’article est retiré : sa page ne montre plus que votre note.")
    help = _(
        "Le texte quitte aussitôt le site, les listes et les flux. Son adresse répond par votre"
        " note. Ce qui était prévu est annulé."
    )
    is_alarming = True

    note = lines_field(
        _("Note aux lecteurs"),
        required=_("Dites aux lecteurs pourquoi l’article est retiré."),
        help_text=_("Elle paraît à la place de l’article."),
    )
    field_order = ["note", "reason"]

    @classmethod
    def is_offered(cls, box):
        return bool(box["live"])

    def act(self, **options):
        publishing.withdraw(self.article, note=self.cleaned_data["note"], **options)


class BumpForm(ActForm):
    name = Act.Name.BUMP
    title = _("Remonter l’article")
    button = _("Remonter")
    done = _("L’article est remonté en tête de ses listes.")
    help = _("L’article passe en tête de ses listes. Ni son texte ni ses dates ne changent.")

    @classmethod
    def is_offered(cls, box):
        return bool(box["live"])

    def act(self, **options):
        publishing.bump(self.article, **options)


class PinForm(ActForm):
    name = Act.Name.PIN
    title = _("Mettre en tête de une")
    button = _("Mettre en tête de une")
    done = _("L’article est en tête de une.")

    until = LocalTimeField(
        label=_("En tête de une jusqu’au"),
        error_messages={"required": _("Dites jusqu’à quand.")},
    )
    field_order = ["until", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        end = timezone.now() + PIN_TIME
        self.initial["until"] = end.replace(minute=0, second=0, microsecond=0)

    @property
    def help(self):
        now = timezone.now()
        lead = front_pages.lead_of(FrontPageEdition.objects.shown(None, now), now)
        other = Article.objects.filter(uuid=lead.story).first() if lead else None
        if other and other != self.article:
            text = _("« %(headline)s » lui laissera la place.") % {"headline": other}
        else:
            text = _("Aucun article n’est en tête de une en ce moment.")
        plan = FrontPageEdition.objects.of_section(None).planned(now).order_by("live_from").first()
        if plan:
            time = {"time": publishing.shown_time(plan.live_from)}
            coming = _("Une autre une est prévue le %(time)s : elle l’emportera.") % time
            text = f"{text} {coming}"
        return text

    @classmethod
    def is_offered(cls, box):
        return bool(box["live"])

    def act(self, **options):
        front_pages.pin(self.article, until=self.cleaned_data["until"], **options)


class UnpinForm(ActForm):
    name = Act.Name.UNPIN
    title = _("Retirer de la tête de une")
    button = _("Retirer de la tête de une")
    done = _("L’article n’est plus en tête de une.")
    help = _("L’article reste en ligne ; l’ouverture de la une suit de nouveau sa règle.")

    @classmethod
    def is_offered(cls, box):
        return bool(box["pin"])

    def act(self, **options):
        front_pages.unpin(self.article, **options)


class EmbargoForm(ActForm):
    name = Act.Name.EMBARGO
    title = _("Mettre sous embargo")
    button = _("Mettre sous embargo")
    done = _("L’embargo est enregistré.")
    help = _("Personne ne pourra publier l’article avant cette heure.")

    until = LocalTimeField(
        label=_("Embargo jusqu’au"),
        error_messages={"required": _("Dites jusqu’à quand.")},
    )
    move_plan = forms.BooleanField(required=False)
    field_order = ["until", "move_plan", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["until"] = self.box["embargo"]
        if plan := self.box["planned"]:
            label = _("Déplacer à la fin de l’embargo la publication prévue le %(time)s")
            time = publishing.shown_time(plan.live_from)
            self.fields["move_plan"].label = label % {"time": time}
        else:
            del self.fields["move_plan"]

    @classmethod
    def is_offered(cls, box):
        return not box["live"]

    def act(self, **options):
        move_plan = self.cleaned_data.get("move_plan", False)
        until = self.cleaned_data["until"]
        publishing.embargo(self.article, until=until, move_plan=move_plan, **options)


class LiftEmbargoForm(ActForm):
    name = Act.Name.LIFT_EMBARGO
    title = _("Lever l’embargo")
    button = _("Lever l’embargo")
    done = _("L’embargo est levé.")
    help = _("L’article pourra paraître aussitôt. Ce qui était prévu garde son heure.")
    is_alarming = True

    reason = lines_field(
        _("Motif, pour le journal"), required=_("Dites pourquoi l’embargo est levé.")
    )

    @classmethod
    def is_offered(cls, box):
        return bool(box["embargo"])

    def act(self, **options):
        publishing.lift_embargo(self.article, **options)


class SealForm(ActForm):
    name = Act.Name.SEAL
    title = _("Mettre une édition sous scellés")
    button = _("Mettre sous scellés")
    done = _("L’édition est sous scellés.")
    is_alarming = True

    reason = lines_field(
        _("Motif, pour le journal"),
        required=_("Dites pourquoi l’édition est mise sous scellés."),
    )

    @property
    def help(self):
        return _(
            "Le texte de l’édition %(number)d (« %(headline)s ») ne sera plus nulle part public :"
            " ni dans les versions, ni dans la recherche, ni sur le site d’un autre jour."
        ) % {"number": self.edition.number, "headline": self.edition.headline}

    def act(self, **options):
        publishing.seal(self.edition, **options)


# By their addresses: those of the publication box, in its order.
ACTS = {
    "remontee": BumpForm,
    "tete-de-une": PinForm,
    "fin-de-tete-de-une": UnpinForm,
    "embargo": EmbargoForm,
    "levee-d-embargo": LiftEmbargoForm,
    "retrait": WithdrawForm,
}


def offered_acts(article, box, user):
    """Return the acts that the state and the rights of *user* allow, as links."""
    if article.status == Article.Status.TRASHED:
        return []
    return [
        {
            "url": reverse("admin:articles_article_act", args=[article.pk, slug]),
            "title": form.title,
            "is_alarming": form.is_alarming,
        }
        for slug, form in ACTS.items()
        if form.is_offered(box) and user.has_perm(form.permission())
    ]


def act_page(request, article, act):
    if act not in ACTS:
        raise Http404
    return show_form(request, ACTS[act], find_article(request, article))


def seal_page(request, article, number):
    article = find_article(request, article)
    edition = get_object_or_404(Edition.objects.defer("body_html"), article=article, number=number)
    return show_form(request, SealForm, article, edition)


def find_article(request, key):
    if not request.user.has_perm("articles.view_article"):
        raise PermissionDenied
    return get_object_or_404(Article.objects.select_related("section"), pk=key)


@require_http_methods(["GET", "POST"])
def show_form(request, form_class, article, edition=None):
    if not request.user.has_perm(form_class.permission()):
        raise PermissionDenied
    box = publication_box(article, timezone.now())
    typed = request.POST if request.method == "POST" else None
    form = form_class(typed, article=article, box=box, edition=edition)
    if form.is_valid():
        try:
            form.act(by=request.user, reason=form.cleaned_data["reason"])
        except PublishingError as refusal:
            form.add_error(None, refusal.faults)
        else:
            messages.success(request, form.done)
            return redirect("admin:articles_article_change", article.pk)
    context = {"title": form.title, "form": form, "article": article, "box": box}
    page = "admin/articles/article/act.html"
    return render(request, page, {**admin.site.each_context(request), **context})
