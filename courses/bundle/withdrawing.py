"""Leaving out of a bundle what was withdrawn: the newest drafts may still hold it."""

from typing import Any, Final

from django.conf import settings
from django.utils.html import escape

from cms.withheld import marker
from courses.bundle.parts import part_and_language
from courses.curriculum.parts.html import as_edited
from courses.curriculum.registry import Form
from courses.models import Claim, Course, LessonPage, Withdrawal
from courses.withholding import WithdrawnWords, copied_in, letters_in, taken_back_words, withdrawn_words

_NEVER_BY_WORDS: Final = frozenset({"help_now", "check"})
"""Help stays, whatever else had the same heading; a check names its question."""
_NO_WORDS: Final = frozenset({"services", "source"})
_TEXTS: Final = frozenset({"stem", "feedback", "text", "left", "right", "situation"})


def take_out_withdrawn(course: Course, forms: dict[str, dict[str, Form]]) -> None:
    """Put a marker into ``forms`` in the place of each part of ``course`` that is withdrawn, or names a withdrawn fact.

    What its owner took back goes whatever an editor made of it since; other parts go as long as they say the same.
    Blocks with words that owners took back in other courses go too: a draft may have copied them. A question is retired too, so that nobody is asked a marker.
    """
    gone = withdrawn_words(course)
    elsewhere = [each for each in taken_back_words() if each[0].course_id != course.pk]
    facts = {each.code: each for each in Claim.objects.filter(state=Claim.State.WITHDRAWN)}
    if not gone and not elsewhere and not facts:
        return
    for name, by_code in forms.items():
        part, language = part_and_language(name)
        language = language or settings.LANGUAGE_CODE
        for code, form in by_code.items():
            if part == "lesson-page":
                by_code[code] = _lesson(code, form, language, gone, elsewhere, facts)
            elif part == "course-page" and (whole := _find(gone, Withdrawal.Kind.COURSE, course.code)):
                by_code[code] = {**form, "summary": _marker(whole, language), "content_note": "", "outcomes": []}
            elif part == "question":
                by_code[code] = _question(course.code, code.partition("/")[2], form, language, gone)


def _find(gone: list[WithdrawnWords], kind: str, target: str) -> Withdrawal | None:
    return next((row for row, _said in gone if (row.kind, row.target) == (kind, target)), None)


def _marker(row: Withdrawal, language: str) -> str:
    return marker(on=row.withdrawn_on, by_owner=row.is_by_owner, language=language)


def _as_block(row: Withdrawal, language: str) -> Form:
    return {"type": "text", "value": {"heading": "", "text": as_edited(f"<p>{escape(_marker(row, language))}</p>")}}


def _lesson(
    code: str,
    form: Form,
    language: str,
    gone: list[WithdrawnWords],
    elsewhere: list[WithdrawnWords],
    facts: dict[str, Claim],
) -> Form:
    course, _, lesson = code.partition("/")
    whole = _find(gone, Withdrawal.Kind.COURSE, course) or _find(gone, Withdrawal.Kind.LESSON, lesson)
    if whole is not None and whole.is_by_owner:
        title = _marker(whole, language)
        return {**form, "title": title, "content_note": "", "body": [_as_block(whole, language)], "sources": []}
    ids = block_ids(course, lesson, language)
    body = []
    for place, block in enumerate(form["body"]):
        row = _gone(block, ids[place] if place < len(ids) else "", gone, elsewhere)
        if row is None and (named := facts.keys() & set(block["value"].get("claims") or ())):
            # It was never released, so there is no withdrawal of this block.
            row = Withdrawal(reason=Withdrawal.Reason.WRONG, withdrawn_at=facts[min(named)].stated_at)  # type: ignore[misc]  # set with the state
        body.append(block if row is None else _as_block(row, language))
    return {**form, "body": body}


def block_ids(course: str, lesson: str, language: str) -> list[str]:
    """Return the ids of the blocks of the newest draft, in their order: forms have none."""
    pages = LessonPage.objects.filter(
        lesson__course__code=course, lesson__code=lesson, locale__language_code=language, alias_of__isnull=True
    )
    page = pages.first()
    return [str(block.id) for block in page.get_latest_revision_as_object().body] if page else []


def _gone(block: Form, block_id: str, gone: list[WithdrawnWords], elsewhere: list[WithdrawnWords]) -> Withdrawal | None:
    if block["type"] == "check":
        return _find(gone, Withdrawal.Kind.QUESTION, block["value"]["question"])
    by_words = block["type"] not in _NEVER_BY_WORDS
    pieces = set(letters_in(block["value"], without=_NO_WORDS)) if by_words else set()
    for row, said in gone:
        is_it = row.is_by_owner and row.kind == Withdrawal.Kind.BLOCK and row.target == block_id
        if is_it or pieces & said:
            return row
    return next(iter(copied_in({"lessons": [{"body": [block]}]}, elsewhere)), None)


def _question(course: str, key: str, form: Form, language: str, gone: list[WithdrawnWords]) -> Form:
    row = _find(gone, Withdrawal.Kind.COURSE, course) or _find(gone, Withdrawal.Kind.QUESTION, key)
    if row is None:
        return form
    said = _marker(row, language)
    blanked: Form = _blanked(form, said)
    return {**blanked, "stem": as_edited(f"<p>{escape(said)}</p>"), "situation": "", "retired": True}


def _blanked(value: Any, said: str) -> Any:
    match value:
        case dict():
            return {
                name: (said if name in _TEXTS and isinstance(part, str) and part else _blanked(part, said))
                for name, part in value.items()
            }
        case list():
            return [_blanked(each, said) for each in value]
        case _:
            return value
