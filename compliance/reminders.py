"""Which messages an obligation causes, and when. Plain Python over spans."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

DUE_SOON_DAYS = (14, 3)
"""Days before the last good day of a first completion."""
EXPIRING_DAYS = (60, 14)
"""Days before the last valid day of a certificate that must be renewed."""
AGAIN_DAYS = 14
"""Days after the first message about something past due or ended until the one repetition."""


class Kind(StrEnum):
    """What a message is about."""

    INVITATION = "invitation"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    EXPIRING = "expiring"
    EXPIRED = "expired"


class _Phase(StrEnum):
    """States that cause the same messages; other states cause none."""

    ASKED = "asked"
    OVERDUE = "overdue"
    HELD = "held"
    ENDED = "ended"


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
    """The part of a standing span that messages depend on; ``until`` is exclusive, None is open."""

    from_on: date
    until: date | None
    state: str
    due_on: date | None
    required: bool
    silent: bool = False
    """Leave, or another way that was asked for: nobody is reminded."""


@dataclass(frozen=True, slots=True)
class Step:
    """One message that an obligation causes, from ``on`` (local date) until its phase ends (exclusive, None: never).

    ``key`` names it for ever: a step told is never told again, whatever is rebuilt. The due date is in it and the
    start is not, so that another due date is told, and another breakpoint is not.
    """

    kind: Kind
    on: date
    until: date | None
    due_on: date | None
    key: str


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
        if last and (last.state, last.due_on, last.until) == (phase, span.due_on, span.from_on):
            joined[-1] = replace(last, until=span.until)
        else:
            joined.append(replace(span, state=phase))
    return joined


def _steps_of(span: SpanOfDays) -> list[Step]:
    again_on = span.from_on + timedelta(days=AGAIN_DAYS)
    planned: list[tuple[Kind, date, str]] = []
    if span.state == _Phase.ASKED and span.due_on is not None:
        planned = [(Kind.DUE_SOON, span.due_on - timedelta(days=days), str(days)) for days in DUE_SOON_DAYS]
        # Last: who is asked only now is invited, however soon it is due.
        planned.append((Kind.INVITATION, span.from_on, "first"))
    elif span.state == _Phase.OVERDUE:
        planned = [(Kind.OVERDUE, span.from_on, "first"), (Kind.OVERDUE, again_on, "again")]
    elif span.state == _Phase.HELD and span.due_on is not None:
        planned = [(Kind.EXPIRING, span.due_on - timedelta(days=days), str(days)) for days in EXPIRING_DAYS]
    elif span.state == _Phase.ENDED:
        planned = [(Kind.EXPIRED, span.from_on, "first"), (Kind.EXPIRED, again_on, "again")]
    dated = [(kind, max(on, span.from_on), note) for kind, on, note in planned]
    return [
        Step(kind, on, span.until, span.due_on, f"{kind}:{span.due_on}:{note}")
        for kind, on, note in dated
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
