"""Which messages an obligation causes, and when. Plain Python over spans."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from compliance.ladder import DEFAULT_LADDER, Ladder, Recipient

ONE_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a message is about."""

    INVITATION = "invitation"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    EXPIRING = "expiring"
    EXPIRED = "expired"


_FIRST = "first"
"""Ends the key of a step that comes when a phase begins, whatever the ladder says."""


class _Phase(StrEnum):
    """States that cause the same messages; other states cause none."""

    ASKED = "asked"
    OVERDUE = "overdue"
    HELD = "held"
    ENDED = "ended"


_KINDS = {
    _Phase.ASKED: Kind.DUE_SOON,
    _Phase.OVERDUE: Kind.OVERDUE,
    _Phase.HELD: Kind.EXPIRING,
    _Phase.ENDED: Kind.EXPIRED,
}

_PHASES = {
    "assigned": _Phase.ASKED,
    "in_progress": _Phase.ASKED,
    "overdue": _Phase.OVERDUE,
    "valid": _Phase.HELD,
    "renewable": _Phase.HELD,
    "grace": _Phase.ENDED,
    "expired": _Phase.ENDED,
    "revoked": _Phase.ENDED,
}


@dataclass(frozen=True, slots=True)
class SpanOfDays:
    """The part of a standing span that messages depend on; ``until`` is exclusive, None is open.

    ``ladder`` is that of what is required: on which days around ``due_on`` who is told.
    """

    from_on: date
    until: date | None
    state: str
    due_on: date | None
    required: bool
    ladder: Ladder = DEFAULT_LADDER
    silent: bool = False
    """Leave, or another way that was asked for: nobody is reminded."""


@dataclass(frozen=True, slots=True)
class Step:
    """One message that an obligation causes, from ``on`` (local date) until its phase ends (exclusive, None: never).

    ``to`` says who hears of it: the learner, and on some rungs those above.

    ``key`` names it for ever: a step told is never told again, whatever is rebuilt. The due date is in it and the
    start is not, so that another due date is told, and another breakpoint is not.
    """

    kind: Kind
    on: date
    until: date | None
    due_on: date | None
    key: str
    to: tuple[Recipient, ...] = (Recipient.LEARNER,)

    @property
    def rung(self) -> int | None:
        """Return how many days after the last good day (negative: before it) its rung lies; None: when a phase begins."""
        note = self.key.rsplit(":", 1)[1]
        return None if note == _FIRST else int(note)


def steps(spans: Iterable[SpanOfDays]) -> list[Step]:
    """Return all steps of an obligation's spans, which touch and are in order, by day; of one day the weightiest last.

    Only days on which something is required cause any; leave causes none, and what it swallowed is not made good
    afterwards, except by the step that is current then.
    """
    found = [step for span in _phases(spans) for step in _steps_of(span)]
    return sorted(found, key=lambda step: step.on)


def _phases(spans: Iterable[SpanOfDays]) -> list[SpanOfDays]:
    """Return the spans that cause messages, each phase in one piece; ``state`` is the phase."""
    joined: list[SpanOfDays] = []
    for span in spans:
        phase = _PHASES.get(span.state)
        if phase is None or not span.required or span.silent:
            continue
        last = joined[-1] if joined else None
        same = (phase, span.due_on, span.from_on, span.ladder)
        if last and (last.state, last.due_on, last.until, last.ladder) == same:
            joined[-1] = replace(last, until=span.until)
        else:
            joined.append(replace(span, state=phase))
    return joined


def _steps_of(span: SpanOfDays) -> list[Step]:
    kind = _KINDS[_Phase(span.state)]
    learner = (Recipient.LEARNER,)
    planned: list[tuple[Kind, date, str, tuple[Recipient, ...]]] = []
    if span.state in (_Phase.OVERDUE, _Phase.ENDED):
        before = span.from_on - ONE_DAY
        if span.due_on != before:
            # It did not come by the calendar: revoked, moved, asked anew of somebody whose certificate ended long ago.
            planned.append((kind, span.from_on, _FIRST, learner))
        last_good_on = max(span.due_on or before, before)
        for rung in span.ladder:
            on = last_good_on + timedelta(days=rung.days)
            if on >= span.from_on:
                planned.append((kind, on, f"{rung.days:+d}", rung.to))
    elif span.due_on is not None:
        for rung in span.ladder:
            if rung.days <= 0:
                # What was passed when the phase began is told at once, and only the latest of it (R19).
                on = max(span.due_on + timedelta(days=rung.days), span.from_on)
                planned.append((kind, on, f"{rung.days:+d}", rung.to))
        if span.state == _Phase.ASKED:
            # Last: who is asked only now is invited, however soon it is due.
            planned.append((Kind.INVITATION, span.from_on, _FIRST, learner))
    return [
        Step(kind, on, span.until, span.due_on, f"{kind}:{span.due_on}:{note}", to)
        for kind, on, note, to in planned
        if span.until is None or on < span.until
    ]


def _current(all_steps: Sequence[Step], on: date) -> list[Step]:
    return [step for step in all_steps if step.on <= on and (step.until is None or on < step.until)]


def due_step(all_steps: Sequence[Step], told: Collection[str], on: date) -> Step | None:
    """Return the step to tell on ``on``: the latest that has come and is current, unless it was told (R19).

    After an outage only that one is told; the earlier ones count as told with it (see ``passed_keys``).
    """
    current = _current(all_steps, on)
    return current[-1] if current and current[-1].key not in told else None


def still_so(all_steps: Sequence[Step], kind: str, due_on: date | None, on: date) -> bool:
    """Whether what a message of ``kind`` and ``due_on`` says still holds on ``on``."""
    return any((step.kind, step.due_on) == (kind, due_on) for step in _current(all_steps, on))


def passed_keys(all_steps: Sequence[Step], on: date) -> list[str]:
    """Return the keys of all steps whose day has come; they are told or will never be."""
    return [step.key for step in all_steps if step.on <= on]


def next_day(all_steps: Sequence[Step], told: Collection[str], on: date) -> date | None:
    """Return the next day on which something may have to be told: ``on`` itself or later; None for never."""
    if due_step(all_steps, told, on) is not None:
        return on
    return min((step.on for step in all_steps if step.on > on and step.key not in told), default=None)
