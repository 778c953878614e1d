"""How French newsrooms write dates and hours; the rest is Django's."""

TIME_FORMAT = r"H\hi"
DATETIME_FORMAT = r"j F Y, H\hi"
# For columns, where the year goes without saying.
SHORT_DATETIME_FORMAT = r"j N, H\hi"
