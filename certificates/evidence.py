"""What a certificate rests on, where a certification asks for several things. Plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from certificates.expressions import Expression, Leaf, chosen
from certificates.validity import Duration


@dataclass(frozen=True, slots=True)
class Done:
    """Something done that a certification can ask for: its id, what it was, the local date it counts on (renewal, rule R4)."""

    id: str
    part: Leaf
    done_on: date


@dataclass(frozen=True, slots=True)
class Earning:
    """What asks for a certificate: something that was ``done`` just now or arrived late, and whose it is."""

    done: Done
    learner_id: int
    membership_id: int | None
    time_zone: str


def sufficient_evidence(
    *,
    expression: Expression,
    newest: Done,
    others: Iterable[Done],
    spent: frozenset[str],
    validity: Duration,
) -> tuple[Done, ...] | None:
    """Return what was done for each part that fulfils ``expression``, oldest first; None while it is not fulfilled.

    ``newest`` is what asks: it stands for its own part and is always among them. For each other part the latest of
    ``others`` counts that no earlier certificate rests on (``spent``) and that is not older, on the last of the dates,
    than the ``validity``: a renewal asks for everything again.
    """
    latest = {newest.part: newest}
    for item in sorted(others, key=lambda it: (it.done_on, it.id)):
        if item.part != newest.part and item.id not in spent:
            latest[item.part] = item
    # What is too old beside the last of the others is left out; where a choice remains, the rest may still do.
    while latest:
        parts = chosen(expression, frozenset(latest), newest.part)
        if parts is None or newest.part not in parts:
            return None
        ordered = sorted((latest[it] for it in parts), key=lambda it: (it.done_on, it.id))
        last_on = ordered[-1].done_on
        stale = [it for it in ordered if validity.after(it.done_on) <= last_on]
        if not stale:
            return tuple(ordered)
        for it in stale:
            del latest[it.part]
    return None
