"""What the harm check reads: the passages of a text with what each is for, and the outline of the whole."""

from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    """What a passage is for, as far as rules differ."""

    PROSE = "prose"
    SIGN = "sign"  # something to notice
    ALSO = "also"  # what else a sign may be
    NEVER = "never"  # what nobody should do
    STORY = "story"  # a situation to think about; people in it may be wrong
    WRONG = "wrong"  # an answer or a choice that is not right, or a statement that is false
    FIGURE = "figure"  # a number in its block, with source and caveat
    IMAGE = "image"  # the words that stand for a picture, its caption, its file's name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: a lesson's code ("" outside lessons) and words that lead to it (``block 3, sign``)."""

    lesson: str
    part: str

    def __str__(self) -> str:
        return " / ".join(filter(None, (self.lesson, self.part)))


@dataclass(frozen=True, slots=True)
class Passage:
    """Plain text, a line for each paragraph or item of a list. ``heading`` stands above it."""

    place: Place
    use: Use
    text: str
    heading: str = ""
    dated: bool = False
    """Whether the block names its source and year: then a number in it has both."""


@dataclass(frozen=True, slots=True)
class LessonOutline:
    """A lesson as far as rules of structure ask."""

    code: str
    has_content_note: bool
    has_sources: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A text in one language. ``lessons`` None: a draft without structure, judged by its words alone.

    ``verdicts`` are those of its scenarios (``concern``, ``innocent``, ``rights``); ``exploitation`` the kinds that
    the course covers.
    """

    language: str
    passages: tuple[Passage, ...]
    lessons: tuple[LessonOutline, ...] | None = None
    verdicts: tuple[str, ...] = ()
    exploitation: tuple[str, ...] = ()
    has_help_now: bool = False
    has_content_note: bool = False
