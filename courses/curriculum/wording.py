"""The words of the curriculum: every text to translate with a key that stays, and the same things in other words.

Keys are paths of codes. What has no code is counted among its like, from 1: the second text block of a lesson is
``lessons/<code>/body/text-2``; an option is its place, as its id is made of it.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeVar

from courses.curriculum import schema
from translations.given import GivenText, Kind
from translations.segments import Markup, Segment

Say = Callable[[str, str, Markup], str]
"""Returns the words for a key, given those of the source and their markup."""

SITE_GROUP: Final = "site"
HOME_TITLE_KEY: Final = "home/title"
HOME_INTRO_KEY: Final = "home/intro"
HOME_TITLE: Final = "Safe and fair, at work and at home"
HOME_INTRO: Final = "Short courses for people at work, for schools and for families: what to notice, what to leave alone, and what to do."

_P, _M = Markup.PLAIN, Markup.MARKDOWN
_WORDS: Final[dict[type, dict[str, Markup]]] = {
    schema.Sector: {"title": _P, "summary": _P},
    schema.Course: {"title": _P, "full_title": _P, "summary": _P, "content_note": _P, "outcomes": _P},
    schema.Objective: {"text": _P},
    schema.CriticalRule: {"text": _P},
    schema.Quiz: {"title": _P},
    schema.Certification: {"title": _P},
    schema.Lesson: {"title": _P, "content_note": _P},
    schema.TextBlock: {"heading": _P, "text": _M},
    schema.CalloutBlock: {"title": _P, "text": _M},
    schema.FigureBlock: {"text": _M, "caveat": _P},
    schema.SignBlock: {"sign": _P, "also": _P, "do": _P},
    schema.DoNeverBlock: {"do": _P, "never": _P},
    schema.Way: {"title": _P, "text": _M},
    schema.ScenarioBlock: {"title": _P},
    schema.AttestationBlock: {"text": _P},
    schema.ReflectionBlock: {"prompt": _P},
    schema.HelpNowBlock: {"title": _P},
    schema.ImageBlock: {"alt": _P, "caption": _P},
    schema.Node: {"text": _M},
    schema.Choice: {"text": _P, "feedback": _M},
    schema.Question: {"stem": _M, "feedback": _M, "items": _M},
    schema.Option: {"text": _M, "feedback": _M},
    schema.Pair: {"left": _M, "right": _M},
}
_WITHIN: Final[dict[type, tuple[str, ...]]] = {
    schema.Course: ("objectives", "critical_rules", "quiz", "certification"),
    schema.Lesson: ("body",),
    schema.TwoWaysBlock: ("work", "boss"),
    schema.ScenarioBlock: ("nodes",),
    schema.Node: ("choices",),
    schema.Question: ("options", "pairs", "nodes"),
}
_PART_NAMES: Final = {"work": "at-work"}
"""What a part is called in keys where its own name says too little: a key with "work" in it reads like a path."""
_BLOCK_NAMES: Final[dict[type, str]] = {
    schema.TextBlock: "text",
    schema.CalloutBlock: "callout",
    schema.FigureBlock: "figure",
    schema.SignBlock: "sign",
    schema.DoNeverBlock: "do-never",
    schema.TwoWaysBlock: "two-ways",
    schema.ScenarioBlock: "scenario",
    schema.CheckBlock: "check",
    schema.AttestationBlock: "attestation",
    schema.ReflectionBlock: "reflection",
    schema.HelpNowBlock: "help-now",
    schema.ImageBlock: "image",
}

_T = TypeVar("_T")


def reworded(thing: _T, place: str, say: Say) -> _T:
    """Return ``thing`` with every text of it, and of what is within it, as ``say`` has it; "" stays ""."""
    changes: dict[str, Any] = {}
    for name, markup in _WORDS.get(type(thing), {}).items():
        value = getattr(thing, name)
        if isinstance(value, tuple):
            changes[name] = tuple(say(f"{place}/{name}/{index}", each, markup) for index, each in enumerate(value))
        elif value:
            changes[name] = say(f"{place}/{name}", value, markup)
    for name in _WITHIN.get(type(thing), ()):
        value, at = getattr(thing, name), f"{place}/{_PART_NAMES.get(name, name)}"
        if isinstance(value, tuple):
            keys = _keys(value)
            changes[name] = tuple(reworded(each, f"{at}/{key}", say) for key, each in zip(keys, value, strict=True))
        elif value is not None:
            changes[name] = reworded(value, at, say)
    return dataclasses.replace(thing, **changes) if changes else thing  # type: ignore[type-var]  # all are dataclasses


def _keys(parts: Collection[Any]) -> list[str]:
    seen: Counter[str] = Counter()
    keys = []
    for index, part in enumerate(parts):
        kind = _BLOCK_NAMES.get(type(part))
        if kind is not None:
            seen[kind] += 1
            keys.append(f"{kind}-{seen[kind]}")
        else:
            keys.append(str(getattr(part, "code", "") or getattr(part, "id", "") or index))
    return keys


def segments_of(thing: Any, place: str) -> tuple[Segment, ...]:
    """Return the segments of ``thing`` and of what is within it, in reading order."""
    found: list[Segment] = []

    def note(key: str, text: str, markup: Markup) -> str:
        found.append(Segment(key, text, markup))
        return text

    reworded(thing, place, note)
    return tuple(found)


def group_of(course: str) -> str:
    """Return the group of texts that are translated and released with a course."""
    return f"course:{course}"


def course_texts(course: schema.Course) -> list[GivenText]:
    """Return the texts of a course: its own page, its lessons, its questions."""
    group = group_of(course.code)

    def text(code: str, kind: Kind, title: str, thing: Any, place: str) -> GivenText:
        return GivenText(code, kind, title[:255], group, course.sector, segments_of(thing, place))

    return [
        text(group, Kind.PAGE, course.title, course, "course"),
        *(
            text(f"lesson:{course.code}/{each.code}", Kind.PAGE, each.title, each, f"lessons/{each.code}")
            for each in course.lessons
        ),
        *(
            text(f"question:{course.code}/{each.code}", Kind.QUESTION, each.code, each, f"bank/{each.code}")
            for each in course.questions
        ),
    ]


def site_texts(curriculum: schema.Curriculum) -> list[GivenText]:
    """Return the texts that stand outside courses: the front page and the sectors."""
    front = (Segment(HOME_TITLE_KEY, HOME_TITLE), Segment(HOME_INTRO_KEY, HOME_INTRO))
    return [
        GivenText("home", Kind.PAGE, HOME_TITLE, SITE_GROUP, "", front),
        *(
            GivenText(
                f"sector:{each.code}",
                Kind.PAGE,
                each.title,
                SITE_GROUP,
                each.code,
                segments_of(each, f"sectors/{each.code}"),
            )
            for each in curriculum.sectors
        ),
    ]


def sector_in(sector: schema.Sector, words: Mapping[str, str]) -> schema.Sector:
    """Return the sector in other words; what is not in ``words`` stays as it is."""
    return reworded(sector, f"sectors/{sector.code}", lambda key, text, _: words.get(key, text))


def course_in(course: schema.Course, language: str, words: Mapping[str, str]) -> schema.Course | None:
    """Return the course in ``language``: what of it is whole there, lesson by lesson and question by question.

    None where its own page is not whole. ``complete`` tells whether nothing is missing.
    """

    def say(key: str, text: str, markup: Markup) -> str:
        return words[key]

    def whole(things: Collection[_T], place: str) -> tuple[_T, ...]:
        found = []
        for thing in things:
            at = f"{place}/{thing.code}"  # type: ignore[attr-defined]  # lessons and questions have codes
            if all(segment.key in words for segment in segments_of(thing, at)):
                found.append(reworded(thing, at, say))
        return tuple(found)

    if not all(segment.key in words for segment in segments_of(course, "course")):
        return None
    lessons, questions = whole(course.lessons, "lessons"), whole(course.questions, "bank")
    return dataclasses.replace(
        reworded(course, "course", say),
        language=language,
        lessons=lessons,
        questions=questions,
        complete=(len(lessons), len(questions)) == (len(course.lessons), len(course.questions)),
    )
