"""Undoing field by field: what a workbook changed goes back, and what somebody edited since stays. Plain Python."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Undone(NamedTuple):
    """What a record holds after an undo, and the fields whose later edits stay."""

    values: dict[str, Any]
    kept: list[str]


def undone(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> Undone:
    """Return ``now`` with the fields given back that an upload changed from ``before`` to ``after``.

    A field that is neither as it was nor as it was written was edited since: it stays, and is named. What the upload
    did not change is as it is now.
    """
    values, kept = dict(now), []
    for name in changed(before, after):
        if now.get(name) == after.get(name):
            values[name] = before.get(name)
        elif now.get(name) != before.get(name):
            kept.append(name)
    return Undone(values, kept)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the fields in which two records differ; a field that is not there is None."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]
