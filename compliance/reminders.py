"""Which messages an obligation causes, and when. Plain Python over spans."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DUE_SOON_DAYS = (14, 3)
"""Days before the last good day of a first completion."""
EXPIRING_DAYS = (60, 14)
"""Days before the last valid day of a certificate that must be renewed."""
OVERDUE_AGAIN_DAYS = 14
"""Days after the first message about something past due or expired until the one repetition."""

_OPEN = frozenset({"assigned", "in_progress"})
_HELD = frozenset({"valid", "renewable"})
_ENDED = frozenset({"grace", "expired"})


class Kind(StrEnum):
    """What a message is about."""

    INVITATION = "invitation"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    EXPIRING = "expiring"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SpanOfDays:
    """The part of a standing span that messages depend on; ``until`` is exclusive, None is open."""

    from_on: date
    until: date | None
    state: str
    due_on: date | None
    required: bool
    on_leave: bool = False

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies in the span."""
        return self.from_on <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Step:
    """One message that an obligation causes, from ``on`` (local date) while its span lasts.

    ``key`` names it for ever: a step told is never told again, whatever is rebuilt.
    """

    kind: Kind
    on: date
    until: date | None
    due_on: date | None
    key: str


def steps(spans: Sequence[SpanOfDays]) -> list[Step]:
    """Return all steps of these spans in the order of their days.

    Only spans in which something is required cause any; a span on leave causes none, and what it swallowed is not
    made good afterwards, except by the step that is current then.
    """
    found: list[Step] = []
    for span in spans:
        if not span.required or span.on_leave:
            continue
        found += _steps_of(span)
    return sorted(found, key=lambda step: (step.on, step.key))


def _steps_of(span: SpanOfDays) -> list[Step]:
    def step(kind: Kind, on: date, note: str) -> Step | None:
        # The due date is in the key and the span's start is not: rebuilding with other breakpoints tells nobody twice.
        at = max(on, span.from_on)
        if span.until is not None and at >= span.until:
            return None
        return Step(kind, at, span.until, span.due_on, f"{kind}:{span.due_on}:{note}")

    made: list[Step | None] = []
    if span.state in _OPEN and span.due_on is not None:
        made.append(step(Kind.INVITATION, span.from_on, "first"))
        made += [step(Kind.DUE_SOON, span.due_on - timedelta(days=days), str(days)) for days in DUE_SOON_DAYS]
    elif span.state == "overdue":
        made += [step(Kind.OVERDUE, span.from_on, "first"), step(Kind.OVERDUE, span.from_on + timedelta(days=OVERDUE_AGAIN_DAYS), "again")]
    elif span.state in _HELD and span.due_on is not None:
        made += [step(Kind.EXPIRING, span.due_on - timedelta(days=days), str(days)) for days in EXPIRING_DAYS]
    elif span.state in _ENDED or span.state == "revoked":
        made += [step(Kind.EXPIRED, span.from_on, "first"), step(Kind.EXPIRED, span.from_on + timedelta(days=OVERDUE_AGAIN_DAYS), "again")]
    return [it for it in made if it is not None]


def due_step(all_steps: Sequence[Step], told: Collection[str], on: date) -> Step | None:
    """Return the step to tell on ``on``: the latest that has come, is still current and was not told (R19).

    After an outage only that one is told; the earlier ones count as told with it (see ``passed_keys``).
    """
    current = [step for step in all_steps if step.on <= on and (step.until is None or on < step.until)]
    if not current:
        return None
    latest = current[-1]
    return None if latest.key in told else latest


def passed_keys(all_steps: Sequence[Step], on: date) -> list[str]:
    """Return the keys of all steps whose day has come; they are told or will never be."""
    return [step.key for step in all_steps if step.on <= on]


def next_day(all_steps: Sequence[Step], told: Collection[str], on: date) -> date | None:
    """Return the next day on which something may have to be told: ``on`` itself or later; None for never."""
    if due_step(all_steps, told, on) is not None:
        return on
    return min((step.on for step in all_steps if step.on > on and step.key not in told), default=None)
