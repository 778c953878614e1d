"""Internal notes on a story: anyone at the desk writes and resolves them."""

from django.contrib import messages
from django.utils.translation import gettext as _

from ..models import Note


def add_note(request, article, text):
    text = text.replace("\r\n", "\n").strip()
    if not text:
        messages.error(request, _("Écrivez la note avant de l’ajouter."))
        return
    Note.objects.add(article, text=text, by=request.user)
    messages.success(request, _("La note est ajoutée."))


def resolve_note(request, article, key):
    """Resolve the note of *article* whose id was sent as the text *key*."""
    found = article.notes.filter(pk=key if key.isdecimal() else None)
    if found.resolve(by=request.user):
        messages.success(request, _("La note est résolue."))
    else:
        messages.info(request, _("Cette note était déjà résolue."))
