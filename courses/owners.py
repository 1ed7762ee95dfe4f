"""Who owns parts of a frozen text, and under which licence: always as it is today. Plain Python over snapshots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessments.frozen import Json
from courses.withdrawn import WITHDRAWN_BLOCK, Part


@dataclass(frozen=True, slots=True)
class Owner:
    """To whom ``part`` belongs by ``name``, and their ``licence`` in their own words.

    Without a name it is a true story, told in these ``forms`` (``courses.consents.Form``); None: in all.
    """

    part: Part
    name: str
    licence: str
    forms: frozenset[str] | None = None

    def to_json(self) -> Json:
        """Return what a page says of it."""
        return {"name": self.name, "licence": self.licence}


def with_owners(snapshot: Json, owners: Iterable[Owner]) -> Json:
    """Return ``snapshot`` with ``owner`` (``name``, ``licence``) beside each lesson and block that belongs to somebody.

    Of an owned question it stands beside the block that asks it. The given snapshot stays whole.
    """
    by_part = {owner.part: owner for owner in owners}
    if not by_part:
        return snapshot
    course = by_part.get(Part("course", snapshot["course"]["code"]))
    return {**snapshot, "lessons": [_lesson(lesson, by_part, course) for lesson in snapshot["lessons"]]}


def _lesson(lesson: Json, by_part: Mapping[Part, Owner], course: Owner | None) -> Json:
    owner = by_part.get(Part("lesson", lesson["code"]), course)
    owned = {} if owner is None or _is_gone(lesson) else {"owner": owner.to_json()}
    return {**lesson, **owned, "body": [_block(block, by_part) for block in lesson["body"]]}


def _is_gone(lesson: Json) -> bool:
    return [(block["type"], block["id"]) for block in lesson["body"]] == [(WITHDRAWN_BLOCK, lesson["code"])]


def _block(block: Json, by_part: Mapping[Part, Owner]) -> Json:
    owner = by_part.get(Part("block", block["id"]))
    if owner is None and block["type"] == "check":
        owner = by_part.get(Part("question", block["value"]["question"]))
    return block if owner is None or block["type"] == WITHDRAWN_BLOCK else {**block, "owner": owner.to_json()}
