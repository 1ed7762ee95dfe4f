"""The frozen text of an edition in one language: plain JSON that outlives pages, images and block types.

Plain Python: no clock, no database, no settings. Shape, schema 1:

- ``schema`` 1, ``edition`` and ``revision`` (numbers), ``language``; ``draft``: true where nobody has reviewed
  the translation yet, else left out;
- ``course``: ``code``, ``slug``, ``title``, ``full_title``, ``summary``, ``content_note``, ``outcomes`` (texts),
  ``tier``, ``minutes``, ``minimum_minutes``, ``exploitation``, ``reviews_missing``, ``sector`` (``code``,
  ``title``), ``objectives`` (``code``, ``text``);
- ``lessons``, in their order: ``code``, ``title``, ``minutes``, ``content_note`` (HTML), ``objectives`` (codes),
  ``body`` (blocks: ``type``, ``id``, ``value``), ``sources`` (``code``, ``title``, ``publisher``, ``published``,
  ``url``, ``caveat``, ``verified_on``);
- ``quiz``: a frozen quiz (``assessments.frozen``) or null; ``practice``: frozen questions by key;
- ``services``: the records of the help lines named in the lessons, as they were: a proof, never served;
- ``overlays``: digests of the local parts (``courses.overlays``) that are frozen with it, sorted; left out without any;
- ``media``: by SHA-256 ``content_type`` and ``size_bytes`` of every file named.

In a block's value rich text is cleaned HTML, help lines are codes, a file is ``sha256``, ``url``,
``content_type``, ``size_bytes`` and for pictures ``width`` and ``height``, a check is ``{"question": key}``.
"""

import difflib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any, Final, Literal, TypeAlias

from assessments.frozen import canonical_json
from courses.fold import Requirements

Json: TypeAlias = dict[str, Any]

SNAPSHOT_SCHEMA: Final = 1
FROZEN_MEDIA_URL: Final = "/media/frozen/{sha256}/"

# Lines of text around a difference, so that it can be found on the page.
_DIFF_CONTEXT_LINES: Final = 1


def digest(snapshot: Json) -> str:
    """Return the SHA-256, in hex, of the canonical JSON: course, edition, language and revision are in it."""
    return hashlib.sha256(canonical_json(snapshot).encode()).hexdigest()


def requirements_of(snapshot: Json) -> Requirements:
    """Return what completes the course in this edition."""
    return Requirements(
        lessons=tuple(lesson["code"] for lesson in snapshot["lessons"]),
        minimum_minutes=snapshot["course"]["minimum_minutes"],
        has_quiz=snapshot["quiz"] is not None,
    )


def lesson_of(snapshot: Json, code: str) -> Json | None:
    """Return the frozen lesson with this code, None where the edition has none."""
    return next((lesson for lesson in snapshot["lessons"] if lesson["code"] == code), None)


def same_content(one: Json, other: Json) -> bool:
    """Whether two snapshots say the same, their local parts too.

    Edition and revision do not count, nor do ids of blocks, nor the help lines, which are always shown as they
    are today.
    """
    same_parts = one.get("overlays") == other.get("overlays")
    return same_parts and canonical_json(_content(one)) == canonical_json(_content(other))


def _content(snapshot: Json) -> Json:
    left_out = ("edition", "revision", "services", "overlays")
    content = {name: value for name, value in snapshot.items() if name not in left_out}
    content["lessons"] = [
        {
            **lesson,
            "body": [{"type": block["type"], "value": block["value"]} for block in lesson["body"]],
        }
        for lesson in snapshot["lessons"]
    ]
    return content


def reviewed_digest(snapshot: Json) -> str:
    """Return the SHA-256, in hex, of what a reviewer reads: what ``same_content`` compares, without the review's own marks."""
    content = _content(snapshot)
    content["course"] = {name: value for name, value in content["course"].items() if name != "reviews_missing"}
    content.pop("draft", None)
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def same_structure(one: Json, other: Json) -> bool:
    """Whether two texts ask the same of a learner: lessons, minutes, questions, right answers, pass mark, ways of stories.

    A text that is added to an edition, be it in another language or with a typo mended, keeps the structure.
    """
    return canonical_json(_structure(one)) == canonical_json(_structure(other))


def _structure(snapshot: Json) -> Json:
    return {
        "minimum_minutes": snapshot["course"]["minimum_minutes"],
        "lessons": [lesson["code"] for lesson in snapshot["lessons"]],
        "quiz": _keys(snapshot["quiz"]),
        "practice": sorted(snapshot["practice"]),
        "stories": _stories(snapshot),
    }


def differing_stories(one: Json, other: Json) -> list[tuple[str, str]]:
    """Return the stories, by the codes of lesson and story, that do not go the same ways in both texts."""
    here, there = _stories(one), _stories(other)
    return [
        (lesson, story)
        for lesson in here
        for story in sorted(here[lesson].keys() | there.get(lesson, {}).keys())
        if lesson in there and here[lesson].get(story) != there[lesson].get(story)
    ]


def _stories(snapshot: Json) -> dict[str, Json]:
    """Return the ways of each story, by the codes of its lesson and its own: which part leads to which."""
    return {
        lesson["code"]: {
            block["value"]["code"]: {
                "start": block["value"]["start"],
                "ways": {
                    node["id"]: [choice["next"] for choice in node["choices"]] for node in block["value"]["nodes"]
                },
            }
            for block in lesson["body"]
            if block["type"] == "scenario"
        }
        for lesson in snapshot["lessons"]
    }


_TEXTS: Final = frozenset({"title", "stem", "feedback", "text", "left", "right", "version", "passage"})


def _keys(value: Any) -> Any:
    """Return ``value`` without its texts."""
    if isinstance(value, Mapping):
        return {name: _keys(part) for name, part in value.items() if name not in _TEXTS}
    return [_keys(part) for part in value] if isinstance(value, list) else value


class _TextOfHtml(HTMLParser):
    """Collects the text of HTML, a line for each paragraph, heading, item and break."""

    _LINES: Final = frozenset({"p", "li", "br", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "div"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where a block begins."""
        if tag in self._LINES:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End the line where a block ends."""
        if tag in self._LINES:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep what is read."""
        self.parts.append(data)


def plain_text(html: str) -> str:
    """Return what a reader reads in ``html``, a line for each paragraph."""
    return _read(html) if "<" in html or "&" in html else html.strip()


@lru_cache(maxsize=8_192)
def _read(html: str) -> str:
    """Return what is read in ``html``; one text is looked at by many rules, one after the other."""
    parser = _TextOfHtml()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


# A database may give the keys of JSON back in another order, and a difference must not come of that.
_FIRST: Final = ("title", "heading", "sign", "text", "also", "do", "never", "work", "boss")


def _reading_order(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def text_of(block: Json) -> str:
    """Return every fact of a frozen block as plain text, a line each, whatever the type of the block."""
    return "\n".join(_texts(block["value"]))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case {"sha256": str(sha256), **about}:
            yield f"[{about.get('filename') or about.get('content_type', '')} {sha256[:12]}]"
        case Mapping():
            for name in sorted(value, key=_reading_order):
                yield from _texts(value[name])
        case str():
            yield from filter(None, plain_text(value).split("\n"))
        case bool() | int() | float():
            yield str(value)
        case Sequence():
            for part in value:
                yield from _texts(part)


def changed_words(before: Json, after: Json) -> dict[str, str]:
    """Return what stands where other words stood, as a reader sees both: new words by old ones.

    Lessons are matched by code, questions and their parts by key, blocks by place among their lesson's.
    """
    return dict(_changed(_content(before), _content(after)))


def _changed(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    match before, after:
        case str(), str():
            old, new = plain_text(before), plain_text(after)
            if old and old != new:
                yield old, new
        case Mapping(), Mapping():
            for name in before.keys() & after.keys():
                yield from _changed(before[name], after[name])
        case list(), list():
            yield from _changed_parts(before, after)


def _changed_parts(before: list[Any], after: list[Any]) -> Iterator[tuple[str, str]]:
    for name in ("code", "key", "id"):
        if all(isinstance(part, Mapping) and name in part for part in (*before, *after)):
            now = {part[name]: part for part in after}
            for part in before:
                if part[name] in now:
                    yield from _changed(part, now[part[name]])
            return
    # What stayed is taken out first: a paragraph that was put in before others does not change them.
    was, now_in = [part for part in before if part not in after], [part for part in after if part not in before]
    for old, new in zip(was, now_in, strict=False):
        yield from _changed(old, new)


def lesson_text(lesson: Json, practice: Mapping[str, Json]) -> str:
    """Return a lesson as plain text, with its practice questions and sources."""
    lines = [lesson["title"], f"{lesson['minutes']} min", *_texts(lesson["content_note"])]
    for block in lesson["body"]:
        lines.append(f"— {block['type']}")
        if block["type"] == "check" and (question := practice.get(block["value"]["question"])):
            lines += question_lines(question)
        else:
            lines += text_of(block).split("\n")
    lines += [
        " · ".join(filter(None, (source["title"], source["publisher"], source["published"], source["caveat"])))
        for source in lesson["sources"]
    ]
    return "\n".join(lines)


def question_lines(question: Json) -> list[str]:
    """Return a frozen question as lines of plain text, with what is right."""
    lines = [f"? {question['key']}", *_texts(question["stem"])]
    for option in question.get("options") or ():
        sign = "+" if option["correct"] else "!" if option["alarm"] else "-"
        lines += [f"{sign} {' '.join(_texts(option['text']))}", *_texts(option["feedback"])]
    if "answer" in question:
        lines.append(f"= {question['answer']}")
    for name in ("items", "pairs", "nodes"):
        for part in question.get(name) or ():
            lines += _texts({key: value for key, value in part.items() if key not in ("id", "right_id")})
    return [*lines, *_texts(question["feedback"])]


_LABEL_CHARS: Final = 90


def label_of(kind: str, frozen: Json) -> str:
    """Return the words by which editors know a frozen lesson, block or question (``kind``) again; one short line."""
    if kind == "lesson":
        return str(frozen["title"])
    if kind == "block":
        return _shortened(text_of(frozen))
    stem = frozen["stem"] or next((node["text"] for node in frozen.get("nodes") or ()), "")
    return _shortened(f"{frozen['key']} – {plain_text(stem)}")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LABEL_CHARS else f"{line[:_LABEL_CHARS]}…"


def _course_text(snapshot: Json) -> str:
    return "\n".join(f"{name}: {' / '.join(_texts(value))}" for name, value in sorted(snapshot["course"].items()))


def _quiz_text(quiz: Json | None) -> str:
    if quiz is None:
        return ""
    policy = [f"{name}: {quiz[name]}" for name in ("pass_percent", "max_false_alarms", "max_attempts")]
    rows = [f"draw {canonical_json(row)}" for row in quiz["blueprint"]]
    questions = [line for question in quiz["questions"] for line in question_lines(question)]
    return "\n".join([quiz["title"], *policy, *rows, *questions])


@dataclass(frozen=True, slots=True)
class Change:
    """What one part of a text says anew. ``lines`` is a unified diff of its plain text, without the header."""

    part: Literal["course", "lesson", "quiz"]
    kind: Literal["added", "removed", "changed", "moved"]
    code: str
    title: str
    lines: tuple[str, ...]


def changes(before: Json | None, after: Json) -> list[Change]:
    """Return what ``after`` changes, part by part: the course, its lessons in their order, the quiz."""
    found = [
        _change(
            "course",
            after["course"]["code"],
            after["course"]["title"],
            _course_text(before) if before else None,
            _course_text(after),
        )
    ]
    old = {lesson["code"]: lesson for lesson in before["lessons"]} if before else {}
    new = {lesson["code"]: lesson for lesson in after["lessons"]}
    stayed_before = [code for code in old if code in new]
    stayed_after = [code for code in new if code in old]
    for code, lesson in new.items():
        was = lesson_text(old[code], before["practice"]) if before and code in old else None
        change = _change("lesson", code, lesson["title"], was, lesson_text(lesson, after["practice"]))
        if change is None and code in old and stayed_before.index(code) != stayed_after.index(code):
            change = Change("lesson", "moved", code, lesson["title"], ())
        found.append(change)
    for code, lesson in old.items():
        if code not in new and before:
            found.append(_change("lesson", code, lesson["title"], lesson_text(lesson, before["practice"]), None))
    quiz_before = _quiz_text(before["quiz"]) if before and before["quiz"] else None
    quiz_after = _quiz_text(after["quiz"]) if after["quiz"] else None
    title = (after["quiz"] or (before or {}).get("quiz") or {}).get("title", "")
    found.append(_change("quiz", "", title, quiz_before, quiz_after))
    return [change for change in found if change is not None]


def _change(
    part: Literal["course", "lesson", "quiz"], code: str, title: str, before: str | None, after: str | None
) -> Change | None:
    if before == after:
        return None
    lines = difflib.unified_diff(
        (before or "").splitlines(), (after or "").splitlines(), n=_DIFF_CONTEXT_LINES, lineterm=""
    )
    kind: Literal["added", "removed", "changed"] = "changed"
    if before is None or after is None:
        kind = "added" if before is None else "removed"
    return Change(part, kind, code, title, tuple(lines)[2:])
