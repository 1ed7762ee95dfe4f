"""What a reader may still see of a frozen text after parts of it were withdrawn. Plain Python over snapshots."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from assessments.frozen import Json
from assessments.papers import fit_blueprint

WITHDRAWN_BLOCK: Final = "withdrawn"
BY_OWNER: Final = frozenset({"nation", "owner"})
"""The reasons of those whose story or knowledge a part is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a course by ``kind`` (``course``, ``lesson``, ``block``, ``question``) and its code, id or key."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands in the place of a part: why it is gone, since when, and ``instead``, plain text that may be empty.

    ``title`` is shown in the place of a lesson's own, where that is gone too; empty: the lesson keeps its title.
    """

    part: Part
    reason: str
    instead: str
    on: date
    title: str = ""


def without_withdrawn(snapshot: Json, notices: Iterable[Notice]) -> Json:
    """Return ``snapshot`` with a notice in the place of each part that was withdrawn; the given one stays whole.

    A lesson keeps its place and can still be finished. A question is gone from practice and from the quiz, whose
    blueprint draws fewer where too few are left. Of a whole course name, title and lessons' places are left, and a
    quiz without questions, which nobody can pass.
    """
    by_part = {notice.part: notice for notice in notices}
    if not by_part:
        return snapshot
    if whole := by_part.get(Part("course", snapshot["course"]["code"])):
        return _without_course(snapshot, whole)
    practice = {key: each for key, each in snapshot["practice"].items() if Part("question", key) not in by_part}
    return {
        **snapshot,
        "lessons": [_lesson(lesson, by_part) for lesson in snapshot["lessons"]],
        "practice": practice,
        "quiz": _quiz(snapshot["quiz"], by_part),
    }


def _without_course(snapshot: Json, notice: Notice) -> Json:
    about, quiz = snapshot["course"], snapshot["quiz"]
    bare = {"full_title": about["title"], "summary": "", "content_note": "", "outcomes": [], "objectives": []}
    nothing_asked: Json = {"questions": [], "blueprint": [], "objectives": [], "critical_rules": []}
    return {
        **snapshot,
        "course": {**about, **bare},
        "lessons": [_replaced(lesson, notice) for lesson in snapshot["lessons"]],
        "practice": {},
        "quiz": None if quiz is None else {**quiz, **nothing_asked},
    }


def _lesson(lesson: Json, by_part: Mapping[Part, Notice]) -> Json:
    whole = by_part.get(Part("lesson", lesson["code"]))
    if whole is not None:
        return _replaced(lesson, whole)
    return {**lesson, "body": [_block(block, by_part) for block in lesson["body"]]}


def _replaced(lesson: Json, whole: Notice) -> Json:
    title = whole.title or lesson["title"]
    body = [_shown(lesson["code"], whole)]
    return {**lesson, "title": title, "content_note": "", "body": body, "sources": []}


def _block(block: Json, by_part: Mapping[Part, Notice]) -> Json:
    notice = by_part.get(Part("block", block["id"]))
    if notice is None and block["type"] == "check":
        notice = by_part.get(Part("question", block["value"]["question"]))
    return block if notice is None else _shown(block["id"], notice)


def _shown(name: str, notice: Notice) -> Json:
    value = {"reason": notice.reason, "text": notice.instead, "on": notice.on.isoformat()}
    return {"type": WITHDRAWN_BLOCK, "id": name, "value": value}


def _quiz(quiz: Json | None, by_part: Mapping[Part, Notice]) -> Json | None:
    if quiz is None:
        return None
    left = [each for each in quiz["questions"] if Part("question", each["key"]) not in by_part]
    return quiz if len(left) == len(quiz["questions"]) else fit_blueprint({**quiz, "questions": left})


def part_in(snapshot: Json, part: Part) -> Json | None:
    """Return the course, lesson, block or question as it stands in ``snapshot``, None if it is not there."""
    if part.kind == "course":
        return snapshot if part.target == snapshot["course"]["code"] else None
    return next((each for found, each in _parts(snapshot) if found == part), None)


def says_the_same(before: Json, after: Json, part: Part) -> bool:
    """Whether ``part`` is in both snapshots with the same text; of a lesson its blocks count."""
    was, now = part_in(before, part), part_in(after, part)
    if was is None or now is None:
        return False
    if part.kind == "course":
        return bool(was["lessons"] == now["lessons"])
    return bool(was["body"] == now["body"] if part.kind == "lesson" else was == now)


def files_in(snapshot: Json, part: Part) -> set[str]:
    """Return the SHA-256 of every file that ``part`` names in ``snapshot``."""
    return set(_hashes(part_in(snapshot, part)))


def around(snapshot: Json, part: Part) -> list[Part]:
    """Return what a part stands in: the course, and of a block the lesson."""
    lessons = [
        Part("lesson", lesson["code"])
        for lesson in snapshot["lessons"]
        if part.kind == "block" and any(block["id"] == part.target for block in lesson["body"])
    ]
    return [Part("course", snapshot["course"]["code"]), *lessons]


def place_of(snapshot: Json, part: Part) -> str:
    """Return where a part stands, without any of its words: this name outlives them."""
    for lesson in snapshot["lessons"]:
        for number, block in enumerate(lesson["body"], start=1):
            if part.kind == "block" and block["id"] == part.target:
                return f"{lesson['code']} / {number}. {block['type']}"
    return part.target


def parts_of(snapshot: Json) -> list[tuple[Part, Json]]:
    """Return everything in ``snapshot`` that can be withdrawn: each lesson with its blocks, then the questions."""
    return list(_parts(snapshot))


def _parts(snapshot: Json) -> Iterator[tuple[Part, Json]]:
    for lesson in snapshot["lessons"]:
        yield Part("lesson", lesson["code"]), lesson
        for block in lesson["body"]:
            yield Part("block", block["id"]), block
    questions = dict(snapshot["practice"])
    questions.update((each["key"], each) for each in (snapshot["quiz"] or {}).get("questions", ()))
    for key, question in sorted(questions.items()):
        yield Part("question", key), question


def _hashes(value: Any) -> Iterator[str]:
    match value:
        case {"sha256": str(sha256)}:
            yield sha256
        case Mapping():
            for each in value.values():
                yield from _hashes(each)
        case Sequence() if not isinstance(value, str):
            for each in value:
                yield from _hashes(each)
