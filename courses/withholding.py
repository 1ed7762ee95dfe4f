"""What of the courses is withheld today, for every room that hands out their words (``cms.withheld``)."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from unicodedata import east_asian_width

from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext

from cms.withheld import Withheld, letters_of, marker
from courses import selectors
from courses.models import Course, EditionText, Withdrawal
from courses.snapshot import Json, plain_text
from courses.withdrawn import BY_OWNER, WITHDRAWN_BLOCK, Part, around, part_in, parts_of, place_of

_NO_WORDS: Final = frozenset(
    {"type", "id", "key", "code", "next", "start", "sha256", "url", "content_type", "services", "question", "tone"}
    | {"verdict", "source", "sources", "objective", "objectives", "passage", "claims", "critical", "media", "version"}
)
"""What of a frozen part is a name or a number, or is shared with others: it says nothing of the part."""

_SENTENCE_LETTERS: Final = 40
"""From so many letters on the same words are no accident, and nobody is to say them anew."""

_COPY_LETTERS: Final = 80
"""From so many on, in one sentence or several of one text, what was released before is a copy: a call to 911 is none."""

_SENTENCE_END: Final = re.compile(r"[.!?…:;。！？：；؟؛।]+|\n")

_WIDE: Final = 2
"""A sign of Chinese says as much as so many letters, or more."""

_NOBODYS: Final = frozenset({"help_now", "figure"})
"""Blocks of help lines and of facts with their source: others say the same, and copied it from nobody."""

WithdrawnWords: TypeAlias = tuple[Withdrawal, frozenset[str]]


def withheld_parts() -> list[Withheld]:
    """Return every part that is withdrawn today; one query where nothing is, else two for each course with something."""
    courses = Course.objects.filter(Exists(Withdrawal.objects.in_force().filter(course=OuterRef("pk"))))
    return [each for course in courses for each in _of_course(course)]


def withdrawn_words(course: Course) -> list[WithdrawnWords]:
    """Return what is withdrawn of ``course``, each with what ``letters_of`` makes of its words in every language."""
    return _withdrawn(course, letters_in)


def _withdrawn(course: Course, pieces_in: Callable[[Any], Iterable[str]]) -> list[WithdrawnWords]:
    rows = list(selectors.withdrawals_in_force(course).select_related("course"))
    said: dict[int, set[str]] = {row.pk: set() for row in rows}
    texts = EditionText.objects.filter(edition__course=course) if rows else EditionText.objects.none()
    for snapshot in texts.values_list("snapshot", flat=True).iterator(chunk_size=10):
        for row in rows:
            found = part_in(snapshot, Part(row.kind, row.target))
            said[row.pk].update(pieces_in(found))
    return [(row, frozenset(said[row.pk])) for row in rows]


def taken_back_words() -> list[WithdrawnWords]:
    """Return what owners took back, of any course, each with its sentences; one query where nothing is."""
    taken_back = Withdrawal.objects.in_force().filter(reason__in=BY_OWNER)
    return [
        (row, said)
        for course in Course.objects.filter(Exists(taken_back.filter(course=OuterRef("pk"))))
        for row, said in _withdrawn(course, _sentences_in)
        if row.is_by_owner
    ]


def copied_in(snapshot: Json, gone: Collection[WithdrawnWords]) -> list[Withdrawal]:
    """Return what of ``gone`` (of ``taken_back_words``) stands in ``snapshot`` under whatever name.

    Help lines are left out of account: several parts may say the same beside them. So are content notes.
    """
    if not gone:
        return []
    about, lessons = snapshot.get("course", {}), snapshot["lessons"]
    said_here = [
        [block["value"] for lesson in lessons for block in lesson["body"] if block["type"] != "help_now"],
        [lesson.get("title") for lesson in lessons],
        [about.get("full_title"), about.get("summary")],
        snapshot.get("practice"),
        (snapshot.get("quiz") or {}).get("questions"),
    ]
    paragraphs, sentences = set(letters_in(said_here)), set(_sentences_in(said_here))
    return [row for row, said in gone if said & paragraphs or _is_copy(said & sentences)]


@dataclass(frozen=True, slots=True)
class Copy:
    """A block or question that says in other places what an owner took back; ``label`` has none of its words."""

    course: Course
    part: Part
    label: str
    whole: tuple[Part, ...]
    """Itself, and what it stands in."""


def sentences_of(part: Part, snapshots: Iterable[Json]) -> frozenset[str]:
    """Return what ``letters_of`` makes of the sentences of ``part``, as it stands in any of ``snapshots``."""
    return frozenset(piece for snapshot in snapshots for piece in _sentences_in(part_in(snapshot, part)))


def _is_copy(pieces: Collection[str]) -> bool:
    """Whether so much of one text is the same; a sentence does not count beside the paragraph that it stands in."""
    longest = (it for it in pieces if not any(it in other for other in pieces if other != it))
    return sum(map(_letters, longest)) >= _COPY_LETTERS


def _letters(piece: str) -> int:
    if piece.isascii():
        return len(piece)
    return sum(_WIDE if east_asian_width(sign) == "W" else 1 for sign in piece)


def copies_of(part: Part, *, course: Course, said: frozenset[str]) -> list[Copy]:
    """Return the blocks and questions of every edition of any course in which enough of ``said`` stands; reads all texts.

    ``said``: of ``sentences_of``; ``part`` of ``course`` itself is not among them. Of a whole lesson or course the
    sentences are left out that others had released by the day on which it was: it shares them, they are not its own.
    """
    shared: set[str] = set()
    found: dict[tuple[int, Part], tuple[Copy, list[frozenset[str]]]] = {}
    since: datetime | None = None
    is_whole = part.kind in ("course", "lesson")
    texts = EditionText.objects.select_related("edition__course").order_by("frozen_at", "pk")
    for text in texts.iterator(chunk_size=10):
        snapshot, its_course = text.snapshot, text.edition.course
        is_own = its_course == course and part_in(snapshot, part) is not None
        since = since or (text.frozen_at if is_own else None)
        for each, frozen in parts_of(snapshot):
            if each.kind == "lesson" or frozen.get("type") in _NOBODYS:
                continue
            here = said.intersection(_sentences_in(frozen["value"] if each.kind == "block" else frozen))
            whole = (each, *around(snapshot, each))
            if not here or (its_course == course and part in whole):
                continue
            if is_whole and its_course != course and (since is None or text.frozen_at <= since):
                shared |= here
            copy = Copy(its_course, each, place_of(snapshot, each), whole)
            found.setdefault((its_course.pk, each), (copy, []))[1].append(here)
    return [copy for copy, by_text in found.values() if any(_is_copy(here - shared) for here in by_text)]


def _of_course(course: Course) -> Iterator[Withheld]:
    group = f"course:{course.code}"
    prefixes = {"course": f"{group}/", "lesson": f"{group}/lessons/{{}}/", "question": f"{group}/bank/{{}}/"}
    for row, said in withdrawn_words(course):
        if row.kind == Withdrawal.Kind.COURSE:
            for key in sorted(selectors.questions_of(course)):
                yield Withheld(on=row.withdrawn_on, by_owner=row.is_by_owner, group=group, question=key)
        yield Withheld(
            on=row.withdrawn_on,
            by_owner=row.is_by_owner,
            group=group,
            question=row.target if row.kind == Withdrawal.Kind.QUESTION else "",
            prefix=prefixes.get(row.kind, "").format(row.target),
            said=said,
        )


def letters_in(value: Any, *, without: Collection[str] = _NO_WORDS) -> Iterator[str]:
    """Yield what ``letters_of`` makes of each text of a part as it is read, and of each of its paragraphs.

    ``without``: names under which nothing is looked for.
    """
    for text in _texts_in(value, without):
        yield from filter(None, map(letters_of, [text, *text.split("\n")]))


def _sentences_in(value: Any) -> Iterator[str]:
    """Yield what ``letters_in`` does, and each sentence by itself, where it is no accident that it stands twice."""
    for text in _texts_in(value, _NO_WORDS):
        for piece in {text, *text.split("\n"), *_SENTENCE_END.split(text)}:
            letters = letters_of(piece)
            if _letters(letters) >= _SENTENCE_LETTERS:
                yield letters


def _texts_in(value: Any, without: Collection[str]) -> Iterator[str]:
    match value:
        case str():
            yield plain_text(value)
        case Mapping():
            for name, each in value.items():
                if name not in without:
                    yield from _texts_in(each, without)
        case Iterable():
            for each in value:
                yield from _texts_in(each, without)


def with_markers(text: EditionText) -> Json:
    """Return what readers of ``text`` may see today, for files without templates: markers and owners are plain texts.

    ``text`` comes with edition and course.
    """
    shown = selectors.shown_now(text)
    if shown is text.snapshot:
        return shown
    return {**shown, "lessons": [_marked(lesson, text.language) for lesson in shown["lessons"]]}


def _marked(lesson: Json, language: str) -> Json:
    body = [_as_text(block, language) for block in lesson["body"]]
    if owner := lesson.get("owner"):
        body.append({"type": "owner", "id": "", "value": {"text": of_owner(owner, language)}})
    return {**lesson, "body": body}


def of_owner(owner: Json, language: str) -> str:
    """Return to whom something belongs and how it may be used, as a sentence in ``language``."""
    with translation.override(language):
        if not owner["name"]:
            return gettext("This is a true story, told with consent. %(licence)s") % owner
        return gettext("This part belongs to %(name)s. %(licence)s") % owner


def _as_text(block: Json, language: str) -> Json:
    if owner := block.get("owner"):
        return {**block, "value": {**block["value"], "owner": of_owner(owner, language)}}
    if block["type"] != WITHDRAWN_BLOCK:
        return block
    gone = block["value"]
    said = marker(on=date.fromisoformat(gone["on"]), by_owner=gone["reason"] in BY_OWNER, language=language)
    return {**block, "value": {"title": said, "text": gone["text"]}}
