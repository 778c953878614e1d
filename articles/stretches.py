"""The stretches of time in which a search looks for its newest matches, one after another.

An index of words has no order in time: it gives all the stories that hold a word, perhaps half of
them. But it also holds the month and the year of each (migration 0014; sqlite_schema.py), and so it
answers the newest months alone, then those before, then years. A frequent word ends in the first
stretch, a rare one costs little in each, and two frequent words that never meet are told apart in
the index.
"""

from datetime import UTC, datetime

# More years than this aren't named one by one.
MOST_YEARS = 60


def stretches(newest, latest):
    """Return the stretches of the list back from *newest*, as lists of signs, as for a Query.

    The first goes to the month of *latest*, for what came in since *newest* was read. Every story
    is in one of them: those of later months, moved up long after publication, in the last.
    """
    month, last = month_of(newest), month_of(latest)
    first = [sign_of(number) for number in range(month, max(month, last) + 2)]
    second = [sign_of(month - 1)]
    third = [sign_of(month - back) for back in range(2, 7)]
    year = (month - 6) // 12
    years = [f"@{year}", f"@{year - 1}"]
    months = [*first, *second, *third]
    within = [sign for sign in months if sign[:5] in years]
    beyond = [sign for sign in months if sign[:5] not in years]
    return [[first], [second], [third], [years, ["!", *within]], [["!", *beyond, *years]]]


def newest_start(newest):
    """Return from when on the newest two stretches look: the month before that of *newest*."""
    month = month_of(newest) - 1
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


def month_of(instant):
    """Return the month of an aware datetime in UTC, counted from the year 0."""
    instant = instant.astimezone(UTC)
    return instant.year * 12 + instant.month - 1


def sign_of(month):
    return f"@{month // 12}{month % 12 + 1:02}"


def section_signs(section):
    return [f"#{section.pk}"] if section else []


def year_signs(since, until, at):
    """Return the signs of stories first published from *since* to *until*, aware or None, by *at*.

    Years are UTC's: they are a little more than what was asked.
    """
    last = until.astimezone(UTC).year if until else at.astimezone(UTC).year + 1
    if since:
        years, signs = range(since.astimezone(UTC).year, last + 1), []
    else:
        years, signs = range(last + 1, at.astimezone(UTC).year + 1), ["!"]
    if not years or len(years) > MOST_YEARS:
        return []
    return signs + [f"+{year}" for year in years]
