"""What of the courses is withheld today, for every room that hands out their words (``cms.withheld``)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext

from cms.withheld import Withheld, letters_of, marker
from courses import selectors
from courses.models import Course, EditionText, Withdrawal
from courses.snapshot import Json, plain_text
from courses.withdrawn import BY_OWNER, WITHDRAWN_BLOCK, Part, part_in

_NO_WORDS: Final = frozenset(
    {"type", "id", "key", "code", "next", "start", "sha256", "url", "content_type", "services", "question", "tone"}
    | {"verdict", "source", "sources", "objective", "objectives", "passage", "claims", "critical", "media", "version"}
)
"""What of a frozen part is a name or a number, or is shared with others: it says nothing of the part."""

_SENTENCE_LETTERS: Final = 40
"""From so many letters on the same words are no accident."""

WithdrawnWords: TypeAlias = tuple[Withdrawal, frozenset[str]]


def withheld_parts() -> list[Withheld]:
    """Return every part that is withdrawn today; one query where nothing is, else two for each course with something."""
    courses = Course.objects.filter(Exists(Withdrawal.objects.in_force().filter(course=OuterRef("pk"))))
    return [each for course in courses for each in _of_course(course)]


def withdrawn_words(course: Course) -> list[WithdrawnWords]:
    """Return what is withdrawn of ``course``, each with what ``letters_of`` makes of its words in every language."""
    rows = list(selectors.withdrawals_in_force(course).select_related("course"))
    said: dict[int, set[str]] = {row.pk: set() for row in rows}
    texts = EditionText.objects.filter(edition__course=course) if rows else EditionText.objects.none()
    for snapshot in texts.values_list("snapshot", flat=True).iterator(chunk_size=10):
        for row in rows:
            found = part_in(snapshot, Part(row.kind, row.target))
            said[row.pk].update(letters_in(found))
    return [(row, frozenset(said[row.pk])) for row in rows]


def taken_back_words() -> list[WithdrawnWords]:
    """Return what owners took back, of any course, each with its sentences; one query where nothing is."""
    taken_back = Withdrawal.objects.in_force().filter(reason__in=BY_OWNER)
    return [
        (row, frozenset(piece for piece in said if len(piece) >= _SENTENCE_LETTERS))
        for course in Course.objects.filter(Exists(taken_back.filter(course=OuterRef("pk"))))
        for row, said in withdrawn_words(course)
        if row.is_by_owner
    ]


def copied_in(snapshot: Json, gone: Iterable[WithdrawnWords]) -> list[Withdrawal]:
    """Return what of ``gone`` (of ``taken_back_words``) stands in ``snapshot`` under whatever name.

    Help lines are left out of account: several parts may say the same beside them. So are content notes.
    """
    about, lessons = snapshot.get("course", {}), snapshot["lessons"]
    said_here = [
        [block["value"] for lesson in lessons for block in lesson["body"] if block["type"] != "help_now"],
        [lesson.get("title") for lesson in lessons],
        [about.get("full_title"), about.get("summary")],
        snapshot.get("practice"),
        (snapshot.get("quiz") or {}).get("questions"),
    ]
    here = set(letters_in(said_here))
    return [row for row, said in gone if said & here]


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
    match value:
        case str():
            whole = plain_text(value)
            yield from filter(None, map(letters_of, [whole, *whole.split("\n")]))
        case Mapping():
            for name, each in value.items():
                if name not in without:
                    yield from letters_in(each, without=without)
        case Iterable():
            for each in value:
                yield from letters_in(each, without=without)


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
