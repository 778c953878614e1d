"""How an English-speaking newsroom in Europe writes dates and hours; the rest is Django's."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_DAY_FORMAT = "j F"
# For columns, where the year goes without saying.
SHORT_DATETIME_FORMAT = "j M, H:i"
