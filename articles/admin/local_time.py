"""Date and time fields of the desk: typed in the newsroom's zone, with its name beside them."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext as _


def _zone_name():
    city = settings.TIME_ZONE.rpartition("/")[2].replace("_", " ")
    return _("Heure de %(city)s") % {"city": city}


zone_name = lazy(_zone_name, str)


class LocalTimeInput(forms.DateTimeInput):
    # Django's pair of date and time inputs has no label of its own for the second.
    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M:%S")


class LocalTimeField(forms.DateTimeField):
    """A time in the newsroom's zone; an hour that a clock change drops or doubles is refused."""

    widget = LocalTimeInput

    def __init__(self, *, help_text="", **kwargs):
        super().__init__(help_text=help_text or zone_name(), **kwargs)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(
                _(
                    "Cette heure n’existe pas ou existe deux fois, car l’heure change cette"
                    " nuit-là : choisissez-en une avant ou après."
                )
            ) from error
