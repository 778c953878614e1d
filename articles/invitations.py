"""Mails that let a person into the desk by a link to choose a password."""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

DAY = 24 * 3600


def password_link(user):
    """Return the address where *user* chooses a password, once, within PASSWORD_RESET_TIMEOUT.

    It comes from the configured origin, never from a Host header.
    """
    key = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return settings.SITE_URL + reverse("password_reset_confirm", args=[key, token])


def invite(user, *, by):
    """Send *user* the mail of welcome; return whether it left."""
    context = {
        "user": user,
        "by": by,
        "link": password_link(user),
        "site_name": settings.SITE_NAME,
        "days": settings.PASSWORD_RESET_TIMEOUT // DAY,
    }
    subject = _("Votre accès à la rédaction de %(site)s") % {"site": settings.SITE_NAME}
    text = render_to_string("registration/invitation_email.txt", context)
    try:
        send_mail(subject, text, None, [user.email])
    except OSError:
        # smtplib's errors are OSErrors too.
        logger.exception("invitation not sent user=%s by=%s", user.pk, by.pk)
        return False
    logger.info("invited user=%s by=%s", user.pk, by.pk)
    return True


class ForgottenPasswordForm(PasswordResetForm):
    """Django's, with links that come from the configured origin."""

    def save(self, **kwargs):
        site = urlsplit(settings.SITE_URL)
        kwargs.update(
            domain_override=site.netloc,
            use_https=site.scheme == "https",
            extra_email_context={
                "site_name": settings.SITE_NAME,
                "days": settings.PASSWORD_RESET_TIMEOUT // DAY,
            },
        )
        super().save(**kwargs)
