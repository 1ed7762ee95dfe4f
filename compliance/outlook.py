"""What is asked of somebody from a day on, without how it came about. Plain Python over facts.

Previews compare this for everybody whom a change touches. Facts of which only the past differs give one outlook, so it
is worked out once for all who share it.
"""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from compliance.standing import Facts, ReasonCode, Span, Standing, State, spans, standing_alone

REMEMBERED: Final = 4_096
"""Different facts whose outlook is remembered: some 10 MB."""

SomeSpan = TypeVar("SomeSpan", bound=Span)


class Outlook(NamedTuple):
    """Whether anything is asked from a day on, and the soonest last good day that is known of it.

    ``undated``: what is asked first has no date yet.
    """

    required: bool
    due_on: date | None
    undated: bool


NOTHING: Final = Outlook(False, None, False)


def outlook(facts: Facts, on: date) -> Outlook:
    """Return what ``facts`` ask from the local date ``on`` on.

    Raises:
        UnknownZone: the facts name no time zone.
    """
    return _outlook(seen_from(facts, on), on)


@lru_cache(maxsize=REMEMBERED)
def _outlook(facts: Facts, on: date) -> Outlook:
    # Most have a date at once, and nobody has to look further for it.
    now = standing_alone(facts, on)
    if now.due_on is not None and _is_asked(now):
        return Outlook(True, now.due_on, now.state is State.NEEDS_DATE)
    required = undated = False
    for span in spans(facts, since=on):
        if not _is_asked(span.standing):
            continue
        if not required:
            required, undated = True, span.standing.state is State.NEEDS_DATE
        if span.standing.due_on is not None:
            return Outlook(True, span.standing.due_on, undated)
    return Outlook(True, None, undated) if required else NOTHING


def _is_asked(standing: Standing) -> bool:
    return any(reason.code is ReasonCode.REQUIREMENT for reason in standing.reasons)


def seen_from(facts: Facts, on: date) -> Facts:
    """Return facts that say the same of every day from ``on`` on: what began before begins then, what ended is left out.

    Only what is live day by day is shortened. The dates of periods, of leave and of what moves a due date matter long
    after they have passed, so these stay as they are.
    """
    return Facts(
        shortened(facts.employments, on),
        shortened(facts.requirements, on),
        facts.periods,
        shortened(facts.cycles, on) if facts.cycles else (),
        facts.leaves,
        facts.waivers,
        facts.extensions,
        facts.other_ways,
        facts.policy,
        facts.policy_changes,
        facts.zone,
    )


@lru_cache(maxsize=REMEMBERED)
def shortened(some: tuple[SomeSpan, ...], on: date) -> tuple[SomeSpan, ...]:
    """Return what ``some`` cover from ``on`` on."""
    return tuple(
        it if it.from_on >= on else replace(it, from_on=on) for it in some if it.until is None or it.until > on
    )
