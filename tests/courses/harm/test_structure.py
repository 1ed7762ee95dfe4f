"""The rules about the whole, in a language that has no rules of words."""

import dataclasses

import pytest

from courses.harm import Document, lint
from courses.harm.document import LessonOutline

SOUND = Document(
    language="pa",
    passages=(),
    lessons=(LessonOutline("facts", True, True),),
    verdicts=("concern", "rights", "concern", "innocent"),
    exploitation=("labour", "sexual"),
    has_help_now=True,
    has_content_note=True,
)


def test_a_sound_course_has_no_finding() -> None:
    assert lint(SOUND) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"has_help_now": False}, "help-now-missing"),
        ({"has_content_note": False}, "content-note-missing"),
        ({"lessons": (LessonOutline("facts", False, True),)}, "content-note-missing"),
        ({"lessons": (LessonOutline("facts", True, False),)}, "sources-missing"),
        ({"verdicts": ("concern", "concern", "concern", "concern", "innocent")}, "too-few-innocent"),
        ({"verdicts": ("rights",)}, "too-few-innocent"),
        ({"exploitation": ("sexual",)}, "labour-missing"),
    ],
)
def test_what_is_missing_is_found(change: dict[str, object], rule: str) -> None:
    assert [each.rule for each in lint(dataclasses.replace(SOUND, **change))] == [rule]
