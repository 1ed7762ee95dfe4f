"""Merging: a new text comes in, and what people wrote meanwhile stays. Pure rules.

Two questions are kept apart. ``merge``: the same segment has a base, ours and theirs: whose words stand?
``carry_over``: the source changed: which translation goes with which segment now?
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one segment in a merge."""

    SAME = "same"
    TAKEN = "taken"
    KEPT = "kept"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Merged:
    """The words that stand; in a conflict ours do, and ``proposal`` holds theirs for a person to decide."""

    text: str
    outcome: Outcome
    proposal: str = ""


def merge(*, base: str | None, ours: str, theirs: str) -> Merged:
    """Return the three-way merge of one segment; "" is a segment without a translation.

    ``base`` is what both sides began with, None where that is not known. Nothing that stands here is ever emptied
    by what comes in, and nothing that a person changed here is overwritten: both become visible as kept or as a
    conflict.
    """
    if theirs == ours:
        return Merged(ours, Outcome.SAME)
    if not ours:
        return Merged(theirs, Outcome.TAKEN)
    if not theirs or theirs == base:
        return Merged(ours, Outcome.KEPT)
    if ours == base:
        return Merged(theirs, Outcome.TAKEN)
    return Merged(ours, Outcome.CONFLICT, proposal=theirs)


class Carried(StrEnum):
    """How a segment of the new source got its translation."""

    SAME = "same"
    MOVED = "moved"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Known:
    """A translation and the source that it was made from."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class CarriedSegment:
    """What a segment of the new source begins with. ``source`` is what ``target`` was made from."""

    target: str
    source: str
    how: Carried


def carry_over(*, known: Mapping[str, Known], now: Mapping[str, str]) -> dict[str, CarriedSegment]:
    """Return for each segment of the source ``now`` (texts by key) the translation that goes with it.

    The same words under the same key keep their translation. Words that moved to another key take theirs along,
    where only one translation of them is known. Words that changed under their key keep the old translation, stale.
    """
    by_source: dict[str, set[str]] = defaultdict(set)
    for each in known.values():
        if each.target:
            by_source[each.source].add(each.target)
    return {key: _carry(known.get(key), source, by_source[source]) for key, source in now.items()}


def _carry(before: Known | None, source: str, elsewhere: set[str]) -> CarriedSegment:
    if before and before.target and before.source == source:
        return CarriedSegment(before.target, source, Carried.SAME)
    if len(elsewhere) == 1:
        return CarriedSegment(next(iter(elsewhere)), source, Carried.MOVED)
    if before and before.target:
        return CarriedSegment(before.target, before.source, Carried.STALE)
    return CarriedSegment("", source, Carried.MISSING)
