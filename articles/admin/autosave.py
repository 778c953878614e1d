"""What is typed into an article's form and isn't saved: kept, offered again, taken up, dropped."""

import json
import logging
from datetime import timedelta
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.db.models import OuterRef, Subquery
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import body
from ..lock_wait import short_wait
from ..models import Autosave, Presence
from ..models.autosave import KEPT_FOR
from .article_form import ArticleForm
from .background import Message, background, session
from .presence import clock, presence
from .prose import ProseField
from .unsaved import Offer, byline_data, typed_values

logger = logging.getLogger(__name__)

# Names in the browser's form that aren't what someone typed.
TECHNICAL = ("csrfmiddlewaretoken", "autosave", "uuid")
# Long enough for a save by someone else to pass, too short to be noticed.
WAIT_MILLISECONDS = 100
RESUME = "reprendre"
WORDS = {
    "offline": gettext_lazy("Hors ligne : texte gardé dans ce navigateur."),
    "busy": gettext_lazy("Serveur occupé : texte gardé dans ce navigateur."),
    "expired": gettext_lazy(
        "Votre session a expiré : texte gardé dans ce navigateur."
        " Reconnectez-vous, puis enregistrez."
    ),
    "login": gettext_lazy("Se reconnecter dans un autre onglet"),
    "refused": gettext_lazy(
        "Vous n’avez plus le droit de modifier cet article : texte gardé dans ce navigateur."
    ),
    "long": gettext_lazy(
        "Texte trop long pour l’enregistrement automatique : enregistrez-le vous-même."
    ),
    "nowhere": gettext_lazy(
        "Ni le serveur ni ce navigateur ne gardent votre texte : copiez-le avant de fermer la page."
    ),
    "unsent": gettext_lazy(
        "Le serveur ne répond pas : rien n’a été enregistré. Votre texte est gardé dans ce"
        " navigateur ; réessayez."
    ),
}


class Typed(Message):
    # In milliseconds: the browser's clock may be wrong, but not about that.
    ago = forms.IntegerField(min_value=0, max_value=KEPT_FOR // timedelta(milliseconds=1))
    typed = forms.JSONField()

    def clean_typed(self):
        """Return {name: list of text}, HTML cleaned, without what a database can't store."""
        typed = self.cleaned_data["typed"]
        if not isinstance(typed, dict) or not all(map(is_texts, typed.values())):
            raise ValidationError("not a form's content")
        kept = {}
        for name, values in typed.items():
            if name not in TECHNICAL and "__prefix__" not in name:
                is_html = isinstance(ArticleForm.base_fields.get(name), ProseField)
                texts = [storable(value) for value in values]
                kept[storable(name)] = [body.clean(text) if is_html else text for text in texts]
        return kept


def is_texts(values):
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def storable(text):
    return text.replace("\0", "").encode("utf-8", "replace").decode()


@background(Typed)
def keep(request, article, sent):
    now = timezone.now()
    try:
        with short_wait(WAIT_MILLISECONDS):
            is_open = Autosave.objects.keep(
                by=request.user,
                article=sent["article"],
                form=sent["form"],
                typed=sent["typed"],
                typed_at=now - timedelta(milliseconds=sent["ago"]),
            )
    except OperationalError:
        return busy()
    if not is_open:
        return JsonResponse({"is_closed": True})
    said = _("Enregistré automatiquement à %(time)s.") % {"time": clock(now)}
    return JsonResponse({"said": said})


@background(Message)
def abandon(request, article, sent):
    try:
        with short_wait(WAIT_MILLISECONDS):
            Autosave.objects.unsaved(request.user).filter(form=sent["form"]).delete()
    except OperationalError:
        return busy()
    return JsonResponse({})


def busy():
    response = JsonResponse({}, status=503)
    # Django would log an error, but nobody needs to act: the browser asks again.
    response._has_been_logged = True
    logger.warning("database busy, text left to the browser")
    return response


class AutosaveMixin:
    """What ArticleAdmin needs so that nothing typed into its form is lost."""

    def get_urls(self):
        def page(address, view, name):
            return path(f"saisie/{address}/", view, name=f"articles_article_{name}")

        return [
            page("garder", keep, "keep"),
            page("presence", presence, "presence"),
            page("session", session, "session"),
            page("abandonner", abandon, "abandon"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        """Load open_by: the name of one person who has the article open and isn't this one."""
        others = Presence.objects.current().exclude(user=request.user)
        name = others.filter(article=OuterRef("pk")).names()[:1]
        return super().get_queryset(request).annotate(open_by=Subquery(name))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        request.resumed = None
        if request.method == "GET" and (form := as_uuid(request.GET.get(RESUME))):
            request.resumed = Autosave.objects.unsaved(request.user).filter(form=form).first()
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if resumed := resumed_for(request, obj):
            form.resumed = typed_values(form.base_fields, resumed, obj)
        return form

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if resumed := resumed_for(request, obj):
            kwargs["data"] = byline_data(resumed.typed, obj)
        return kwargs

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form, resumed = context["adminform"].form, resumed_for(request, obj)
        if self.has_change_permission(request, obj) if obj else True:
            token = resumed.form if resumed else as_uuid(request.POST.get("autosave")) or uuid4()
            context["unsaved"] = {
                "form": token,
                "resumed": resumed,
                "offers": self.offers(request, obj, form, token),
                "words": json.dumps({name: str(word) for name, word in WORDS.items()}),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def offers(self, request, article, form, token):
        """Return an Offer for each text of this person's that differs from what is saved.

        For a new article (None), those of articles that were never saved.
        """
        rows = Autosave.objects.unsaved(request.user).exclude(form=token)
        if article:
            rows = rows.filter(article_key=article.uuid)
        else:
            rows = rows.of_new_articles()
        initial = {} if article else self.get_changeform_initial_data(request)
        # What is saved is compared, not what this form takes up.
        plain = type("PlainForm", (type(form),), {"resumed": {}, "carried": {}})
        offers = [Offer(row, article, plain, initial) for row in rows[:5]]
        return [offer for offer in offers if offer.changes]


def close_autosave(request, article):
    """Forget what was kept of the form in *request*, which holds it all and is being saved."""
    token = as_uuid(request.POST.get("autosave"))
    Autosave.objects.close(by=request.user, article=article.uuid, form=token)


def resumed_for(request, article):
    """Return the text that this page takes up, if it is one of *article* (None: a new one)."""
    resumed = getattr(request, "resumed", None)
    if resumed and article and article.pk and article.uuid != resumed.article_key:
        return None
    return resumed


def as_uuid(text):
    try:
        return UUID(text or "")
    except ValueError:
        return None
