"""The one way to change a text of the site's own: each change is kept, and seen at once."""

import logging
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .body import clean
from .models import SiteState, SiteText

logger = logging.getLogger(__name__)


class SiteTextError(Exception):
    """A change was refused; the text says why to a person."""


@transaction.atomic
def rewrite(text, *, title, body_html, by):
    """Give *text* a title and a body, which is cleaned; an empty body hides the page.

    Return the SiteText. Raise SiteTextError.
    """
    if not by.has_perm("articles.change_sitetext"):
        raise SiteTextError(_("Vous n’avez pas le droit de faire cela."))
    text = SiteText.objects.select_for_update().get(pk=text.pk)
    before = (text.title, text.body_html)
    text.title, text.body_html = title, clean(body_html)
    if (text.title, text.body_html) == before:
        return text
    now = timezone.now()
    text.changed_at = now
    text.save()
    text.versions.create(title=text.title, body_html=text.body_html, at=now, by=by, by_name=str(by))
    shown = SiteText.objects.exclude(body_html="").order_by("pk")
    state = SiteState.objects.lock()
    state.texts = [[shown_text.key, shown_text.title] for shown_text in shown]
    state.save(update_fields=["texts"])
    SiteState.objects.bump(now)
    transaction.on_commit(partial(logger.info, "rewrote text=%s by=%s", text.key, by.pk))
    return text
