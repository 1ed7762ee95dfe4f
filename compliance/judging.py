"""Judging facts into what the read model keeps of them: spans, and the messages that these cause.

People of whom the same is known are judged once: everybody of a role who began on one day has equal facts, and a change
for many people costs what is different among them. What is remembered is the answer of a pure rule, so it cannot be stale.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from compliance import reminders
from compliance.ladder import DEFAULT_LADDER, Ladder, ladder_from_json, ladder_to_json, merged
from compliance.models import ObligationSpan
from compliance.outlook import shortened
from compliance.standing import Facts, Overlay, ReasonCode, StandingSpan, spans

REMEMBERED: Final = 4_096
"""Different facts whose judgement is remembered: some 20 MB."""

_SILENT: Final = frozenset({Overlay.ON_LEAVE, Overlay.ANOTHER_WAY})


class SpanValues(NamedTuple):
    """One span as the read model keeps it, under the names of its columns; read only, since many people share it."""

    from_on: date
    until: date | None
    state: str
    counts_as: str
    due_on: date | None
    required: bool
    ladder: list[dict[str, Any]] | None
    overlays: list[str]
    reasons: list[dict[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What follows from the facts of one person and one certification: spans of all dates, and messages by day.

    Equal to itself alone: equal facts share one.
    """

    spans: tuple[SpanValues, ...]
    steps: tuple[reminders.Step, ...]


def judge(facts: Facts, ladders: Mapping[str, Ladder]) -> Judged:
    """Return what follows from ``facts``; ``ladders`` are those of requirements, by reference, that have their own.

    Raises:
        UnknownZone: the facts name no time zone.
    """
    facts = _as_far_as_asked(facts)
    if not ladders:
        return _judged(facts, frozenset())
    references = {_reference(it.id) for it in facts.requirements}
    return _judged(facts, frozenset(item for item in ladders.items() if item[0] in references))


def _as_far_as_asked(facts: Facts) -> Facts:
    """Return facts that say the same of every day, without the time at work in which nothing was asked yet.

    So whoever began on different days before a requirement did has equal facts.
    """
    first = min((it.from_on for it in facts.requirements), default=date.max)
    if all(it.from_on >= first for it in facts.employments):
        return facts
    return replace(facts, employments=shortened(facts.employments, first))


@lru_cache(maxsize=REMEMBERED)
def _judged(facts: Facts, ladders: frozenset[tuple[str, Ladder]]) -> Judged:
    own = dict(ladders)
    rows = tuple(_values(it, own) for it in spans(facts))
    return Judged(rows, tuple(reminders.steps(days_of(rows))))


def _values(it: StandingSpan, ladders: Mapping[str, Ladder]) -> SpanValues:
    return SpanValues(
        from_on=it.from_on,
        until=it.until,
        state=str(it.standing.state),
        counts_as=str(it.standing.counts_as),
        due_on=it.standing.due_on,
        required=any(reason.code is ReasonCode.REQUIREMENT for reason in it.standing.reasons),
        ladder=_ladder(it, ladders),
        overlays=[str(overlay) for overlay in it.standing.overlays],
        reasons=[reason.to_json() for reason in it.standing.reasons],
    )


def _ladder(it: StandingSpan, ladders: Mapping[str, Ladder]) -> list[dict[str, Any]] | None:
    """Return the ladder of the requirements that are live in a span, None where none of them has its own."""
    ids = [reason.requirement_id for reason in it.standing.reasons if reason.code is ReasonCode.REQUIREMENT]
    live = dict.fromkeys(_reference(id) for id in ids if id is not None)
    if not live.keys() & ladders.keys():
        return None
    return ladder_to_json(merged([ladders.get(reference, DEFAULT_LADDER) for reference in live]))


def _reference(requirement_id: str) -> str:
    """Return the reference of a requirement from the name of one of its stretches."""
    return requirement_id.rsplit(":", 1)[0]


def days_of(rows: Iterable[SpanValues | ObligationSpan]) -> list[reminders.SpanOfDays]:
    """Return spans as the rule of messages takes them."""
    return [
        reminders.SpanOfDays(
            from_on=span.from_on,
            until=span.until,
            state=span.state,
            due_on=span.due_on,
            ladder=DEFAULT_LADDER if span.ladder is None else ladder_from_json(span.ladder),
            required=span.required,
            silent=not _SILENT.isdisjoint(span.overlays),
        )
        for span in rows
    ]
