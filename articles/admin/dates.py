"""Times as the desk's lists and columns tell them, in the newsroom's zone."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format


def end_of_day(instant):
    """Return the midnight, in the newsroom's zone, that ends the day of *instant*."""
    tomorrow = timezone.localtime(instant).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time()))


def short_time(instant):
    """Return *instant* for a column: in the newsroom's zone, with the year if it isn't this one."""
    if instant is None:
        return None
    local = timezone.localtime(instant)
    is_this_year = local.year == timezone.localtime().year
    return date_format(local, "SHORT_DATETIME_FORMAT" if is_this_year else "DATETIME_FORMAT")
