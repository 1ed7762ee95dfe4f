"""Rebuilding the read model for many: few people with the change itself, more of them part by part after it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from cms import clock
from compliance.services.obligations import rebuild_obligations
from people import outbox
from people.faults import fault_point

KIND: Final = "compliance.rebuild_obligations"
AT_ONCE: Final = 2_000
"""So many people are rebuilt in the transaction of the change: some two seconds in which nobody else can write."""
PART: Final = 2_000
"""People in one entry of the outbox."""


def rebuild_many(*, memberships: Iterable[int], cause: str, at: datetime) -> bool:
    """Rebuild these memberships (keys) because of ``cause``; return whether that comes after the caller's transaction.

    Up to ``AT_ONCE`` are rebuilt as part of it. For more it writes entries of the outbox, ``PART`` people each, so
    that no transaction is larger than one batch and whatever is killed goes on where it stood. ``cause`` names the
    change for ever, such as ``edition:12``: the same cause asks once.
    """
    keys = sorted(set(memberships))
    if len(keys) <= AT_ONCE:
        rebuild_obligations(memberships=keys, at=at)
        return False
    for start in range(0, len(keys), PART):
        part = keys[start : start + PART]
        outbox.enqueue(kind=KIND, key=f"rebuild:{cause}:{start}", payload={"memberships": part})
    return True


def deliver_rebuild(payload: Mapping[str, Any]) -> None:
    """Rebuild the part that an outbox entry names, batch by batch, each its own transaction. Twice changes nothing."""
    rebuild_obligations(memberships=payload["memberships"], at=clock.now())
    fault_point("rebuilding.part_done")


def people_waiting() -> int:
    """Return how many people's standing is still to be rebuilt, rounded up to whole parts."""
    return PART * outbox.waiting(kind=KIND)
