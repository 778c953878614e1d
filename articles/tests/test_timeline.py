"""Random histories of acts, held against a naive model that lives them second by second."""

from datetime import UTC, datetime, timedelta
from unittest import mock

from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from .. import publishing
from ..models import Edition, EditionTopic, Meaning
from ..publishing import CANCEL, REBUILD, PublishingError
from ..timeline import INHERIT
from .factories import make_article, make_user, save

START = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)  # Paris changes its clock at second 30
HORIZON = 60
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]


def second(n):
    return START + timedelta(seconds=n)


class Refused(Exception):
    pass


class World:
    """What readers see of one article, lived one second after the other."""

    def __init__(self):
        self.second = 0
        self.shown = None  # (text, meaning)
        self.ends = None
        self.plan = None  # (start, text, meaning, until)
        self.first = self.modified = self.listed = None
        self.embargo = 0
        self.seen = {}

    def show(self, text, meaning, until):
        self.shown, self.ends = (text, meaning), until
        self.first = self.second if self.first is None else self.first
        self.listed = self.second if self.listed is None else self.listed
        if meaning in (Meaning.UPDATE, Meaning.CORRECTION):
            self.modified = self.second

    def live_until(self, last):
        """Live every second up to *last*, that one included."""
        while True:
            if self.plan and self.plan[0] == self.second:
                _start, text, meaning, until = self.plan
                self.plan = None
                self.show(text, meaning, until)
            elif self.ends == self.second:
                self.shown = self.ends = None
            self.seen[self.second] = self.look()
            if self.second >= last:
                return
            self.second += 1

    def look(self):
        if self.shown is None or self.shown[1] == Meaning.WITHDRAWAL:
            return self.shown and ("", Meaning.WITHDRAWAL)
        return (*self.shown, self.first, self.modified, self.listed)

    def at(self, start):
        """Return what is in force at *start* if no plan comes between, and its end."""
        if self.ends is not None and self.ends <= start:
            return None, None
        return self.shown, self.ends

    def publish(self, text, start, until, meaning, choice):
        plan = self.plan
        if start < self.embargo or (until not in (None, INHERIT) and until <= start):
            raise Refused
        if plan and (choice is None or (choice == REBUILD and start > self.second)):
            raise Refused
        shown, ends = self.at(start)
        meaning = meaning or (Meaning.FIRST if self.first is None else Meaning.UPDATE)
        withdrawn = shown is not None and shown[1] == Meaning.WITHDRAWAL
        if withdrawn != (meaning == Meaning.REINSTATEMENT):
            raise Refused
        if (meaning == Meaning.FIRST) != (self.first is None) and not withdrawn:
            raise Refused
        until = ends if until is INHERIT else until
        self.plan = None
        if start > self.second:
            self.plan = (start, text, meaning, until)
        else:
            self.show(text, meaning, until)
        if plan and choice == REBUILD:
            firsts = (Meaning.FIRST, Meaning.REINSTATEMENT)
            again = Meaning.SILENT if plan[2] in firsts else plan[2]
            self.plan = (plan[0], text, again, plan[3])

    def cancel(self):
        if not self.plan:
            raise Refused
        self.plan = None

    def withdraw(self):
        if self.shown is None or self.shown[1] == Meaning.WITHDRAWAL:
            raise Refused
        self.plan = None
        if self.first == self.second:
            # Withdrawn in the instant in which it starts: no reader ever saw it.
            self.first = self.modified = self.listed = None
        self.shown, self.ends = ("", Meaning.WITHDRAWAL), None

    def bump(self):
        if self.shown is None or self.shown[1] == Meaning.WITHDRAWAL:
            raise Refused
        self.shown = (self.shown[0], Meaning.SILENT)
        self.listed = self.second

    def set_embargo(self, until, move):
        live = self.shown is not None and self.shown[1] != Meaning.WITHDRAWAL
        if until <= self.second or live or (self.embargo > self.second and until < self.embargo):
            raise Refused
        if until < self.embargo:
            raise Refused
        if self.plan and self.plan[0] < until:
            if not move:
                raise Refused
            _start, text, meaning, end = self.plan
            self.plan = (until, text, meaning, end if end is None or end > until else None)
        self.embargo = until

    def lift(self):
        if self.embargo <= self.second:
            raise Refused
        self.embargo = 0


# Most acts need a story that is live or planned: so each history starts with a publication, and
# refusals are rare enough for the rest to matter.
gaps = st.integers(1, 5)
times = st.one_of(st.none(), st.integers(1, 20))
ends = st.one_of(st.just(INHERIT), st.just(INHERIT), st.none(), st.integers(6, 30))
meanings = st.sampled_from([None, None, Meaning.SILENT, Meaning.CORRECTION, Meaning.REINSTATEMENT])
firsts = st.tuples(st.just("publish"), times, ends, st.none(), st.none())
later = st.one_of(
    st.tuples(st.just("publish"), times, ends, meanings, st.sampled_from([None, CANCEL, REBUILD])),
    st.tuples(st.just("publish"), st.integers(4, 20), ends, st.none(), st.just(CANCEL)),
    st.tuples(st.sampled_from(["cancel", "bump", "replace", "cancel", "bump"])),
    st.tuples(st.sampled_from(["withdraw", "lift"])),
    st.tuples(st.just("embargo"), st.integers(-1, 20), st.booleans()),
)
histories = st.builds(
    lambda first, rest: [first, *rest],
    st.tuples(gaps, firsts),
    st.lists(st.tuples(gaps, later), min_size=2, max_size=7),
)


class RandomHistoryTests(TestCase):
    def setUp(self):
        self.editor = make_user(is_superuser=True)

    # A failure is shown as found: shrinking costs minutes.
    @settings(deadline=None, max_examples=75, phases=PHASES)
    @given(histories)
    def test_any_history_shows_what_the_naive_model_shows_at_every_second(self, history):
        world, article, texts = World(), make_article(headline="Texte 0"), 0
        for gap, (name, *options) in history:
            now = world.second + gap
            world.live_until(now)
            texts += 1
            with mock.patch("django.utils.timezone.now", return_value=second(now)):
                article.refresh_from_db()
                save(article, headline=f"Texte {texts}")
                expected = self.live_in(world, f"Texte {texts}", name, options)
                assert self.act_on(article, texts + 1, now, name, options) == expected
            world.seen[now] = world.look()
        world.live_until(HORIZON)
        for n in range(1, HORIZON + 1):
            assert self.see(article, second(n)) == world.seen[n], f"second {n}"

    def live_in(self, world, text, name, options):
        """Do the act in the naive world; return whether it was allowed."""
        now = world.second
        try:
            if name == "publish":
                after, until, meaning, choice = options
                start = now + after if after else now
                end = until if until in (None, INHERIT) else now + until
                world.publish(text, start, end, meaning, choice)
            elif name == "replace":
                if not world.plan:
                    raise Refused
                start, _text, meaning, until = world.plan
                world.publish(text, start, until, meaning, CANCEL)
            elif name == "embargo":
                world.set_embargo(now + options[0], options[1])
            else:
                getattr(world, name)()
        except Refused:
            return False
        return True

    def act_on(self, article, number, now, name, options):
        """Do the act in the product; return whether it was allowed."""
        by = {"by": self.editor}
        try:
            with transaction.atomic():
                if name == "publish":
                    after, until, meaning, choice = options
                    publishing.publish(
                        article,
                        revision=number,
                        at=second(now + after) if after else None,
                        until=until if until in (None, INHERIT) else second(now + until),
                        meaning=meaning,
                        note="Essai de note",
                        plan=choice,
                        **by,
                    )
                elif name == "replace":
                    publishing.replace_plan(article, revision=number, **by)
                elif name == "embargo":
                    until = second(now + options[0])
                    publishing.embargo(article, until=until, move_plan=options[1], **by)
                elif name == "lift":
                    publishing.lift_embargo(article, reason="Essai", **by)
                elif name == "withdraw":
                    publishing.withdraw(article, note="Essai", **by)
                else:
                    getattr(publishing, name)(article, **by)
        except PublishingError:
            return False
        return True

    def see(self, article, at):
        edition = Edition.objects.in_force(at).filter(article=article).first()
        listed = EditionTopic.objects.live(at).filter(article=article)
        assert {row.edition for row in listed} == set(
            Edition.objects.live(at).filter(article=article)
        )
        if edition is None:
            return None
        if edition.meaning == Meaning.WITHDRAWAL:
            return ("", Meaning.WITHDRAWAL)
        dates = (edition.published_at, edition.modified_at, edition.listed_at)
        seconds = tuple(date and round((date - START).total_seconds()) for date in dates)
        return (edition.headline, edition.meaning, *seconds)
