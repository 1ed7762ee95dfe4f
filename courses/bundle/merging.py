"""Bringing together two changed copies of one thing, by what both were made from. Plain Python over JSON."""

import json
from dataclasses import dataclass
from typing import Any, Final

_ABSENT: Final = object()
# What tells that two things in a list are the same one.
_IDENTITY: Final = ("type", "key", "code", "id")


@dataclass(frozen=True, slots=True)
class Merged:
    """``form`` holds both sides' changes; ``conflicts`` names where both changed the same thing, and ours was kept."""

    form: Any
    conflicts: tuple[str, ...]


def merge(base: Any, ours: Any, theirs: Any) -> Merged:
    """Return ``ours`` with the changes that lead from ``base`` to ``theirs``.

    Objects are merged key by key, and lists place by place where all three have the same things in the same
    places; anything else is taken as a whole.
    """
    conflicts: list[str] = []
    return Merged(_merged(base, ours, theirs, "", conflicts), tuple(conflicts))


def _merged(base: Any, ours: Any, theirs: Any, place: str, conflicts: list[str]) -> Any:
    if _same(ours, theirs) or _same(base, theirs):
        return ours
    if _same(base, ours):
        return theirs
    if all(isinstance(each, dict) for each in (base, ours, theirs)):
        result = {}
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            at = f"{place}/{key}" if place else str(key)
            value = _merged(base.get(key, _ABSENT), ours.get(key, _ABSENT), theirs.get(key, _ABSENT), at, conflicts)
            if value is not _ABSENT:
                result[key] = value
        return result
    if all(isinstance(each, list) for each in (base, ours, theirs)) and _in_step(base, ours, theirs):
        return [
            _merged(*three, f"{place}/{index}", conflicts)
            for index, three in enumerate(zip(base, ours, theirs, strict=True), start=1)
        ]
    conflicts.append(place)
    return ours


def _same(one: Any, other: Any) -> bool:
    if one is _ABSENT or other is _ABSENT:
        return one is other
    # As text: for Python, True is 1.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _in_step(base: list[Any], ours: list[Any], theirs: list[Any]) -> bool:
    if not len(base) == len(ours) == len(theirs):
        return False
    return all(
        _identity(one) == _identity(two) == _identity(three) for one, two, three in zip(base, ours, theirs, strict=True)
    )


def _identity(value: Any) -> Any:
    return tuple(value.get(key) for key in _IDENTITY) if isinstance(value, dict) else type(value).__name__
