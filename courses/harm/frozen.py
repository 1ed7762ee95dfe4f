"""Reading a frozen text (shape: courses.snapshot) as a document of the harm check."""

from collections.abc import Iterator
from typing import Any, Final

from courses.harm.document import Document, LessonOutline, Passage, Place, Use
from courses.snapshot import Json, plain_text

_COURSE_TEXTS: Final = ("title", "full_title", "summary", "content_note")
# Names of documents, lines and files are quoted as they are.
_NOT_TEXT: Final = frozenset(
    {
        "source",
        "services",
        "claims",
        "verdict",
        "tone",
        "code",
        "start",
        "id",
        "next",
        "sha256",
        "url",
        "content_type",
        "question",
    }
)
_USES: Final[dict[tuple[str, str], Use]] = {
    ("sign", "sign"): Use.SIGN,
    ("sign", "also"): Use.ALSO,
    ("do_never", "never"): Use.NEVER,
    ("figure", "text"): Use.FIGURE,
    ("figure", "caveat"): Use.FIGURE,
    ("image", "alt"): Use.IMAGE,
    ("image", "caption"): Use.IMAGE,
}


def document_of(snapshot: Json) -> Document:
    """Return what is to be checked in ``snapshot``."""
    course, lessons = snapshot["course"], snapshot["lessons"]
    blocks = [block for lesson in lessons for block in lesson["body"]]
    return Document(
        language=snapshot["language"],
        passages=tuple(_passages(snapshot)),
        lessons=tuple(
            LessonOutline(
                each["code"],
                bool(plain_text(each["content_note"]))
                or any(block["type"] == "content_note" for block in each["body"]),
                bool(each["sources"]),
            )
            for each in lessons
        ),
        verdicts=tuple(block["value"]["verdict"] for block in blocks if block["type"] == "scenario"),
        exploitation=tuple(course["exploitation"]),
        has_help_now=any(_names_help(block) for block in blocks),
        has_content_note=bool(course["content_note"].strip()),
    )


def _names_help(block: Json) -> bool:
    value = block["value"]
    return bool(
        (block["type"] == "help_now" and value["services"])
        or (block["type"] == "two_ways" and value["boss"]["services"])
    )


def _passages(snapshot: Json) -> Iterator[Passage]:
    course = snapshot["course"]
    for name in _COURSE_TEXTS:
        yield from _said(Place("", f"course, {name}"), Use.PROSE, course[name])
    for text in (*course["outcomes"], *(each["text"] for each in course["objectives"])):
        yield from _said(Place("", "course, outcomes"), Use.PROSE, text)
    for lesson in snapshot["lessons"]:
        yield from _said(Place(lesson["code"], "title"), Use.PROSE, lesson["title"])
        yield from _said(Place(lesson["code"], "content note"), Use.PROSE, lesson["content_note"])
        for number, block in enumerate(lesson["body"], 1):
            yield from _block(Place(lesson["code"], f"block {number}, {block['type']}"), block, lesson["sources"])
    for key, question in sorted(snapshot["practice"].items()):
        yield from _question(Place("", f"question {key}"), question)
    for question in (snapshot["quiz"] or {}).get("questions", ()):
        yield from _question(Place("", f"question {question['key']}"), question)


def _said(place: Place, use: Use, html: str, heading: str = "", *, dated: bool = False) -> Iterator[Passage]:
    text = plain_text(html or "")
    if text:
        yield Passage(place, use, text, heading, dated)


def _block(place: Place, block: Json, sources: list[Json]) -> Iterator[Passage]:
    kind, value = block["type"], block["value"]
    if kind == "scenario":
        yield from _said(place, Use.STORY, value["title"])
        yield from _nodes(place, value["nodes"])
        return
    if kind == "image" and not (value.get("alt") or "").strip():
        yield Passage(place, Use.IMAGE, "")
    dated = kind == "figure" and any(
        source["code"] == value["source"] and (source["published"] or source["verified_on"]) for source in sources
    )
    yield from _within(place, kind, value, dated=dated or (kind == "figure" and bool(value["source"])))


def _within(
    place: Place, kind: str, value: Any, name: str = "", heading: str = "", *, dated: bool
) -> Iterator[Passage]:
    if isinstance(value, dict):
        above = str(value.get("heading") or value.get("title") or "")
        for part, each in value.items():
            if part not in _NOT_TEXT:
                over = "" if part in ("heading", "title") else above
                yield from _within(place, kind, each, part, over, dated=dated)
    elif isinstance(value, list):
        for each in value:
            yield from _within(place, kind, each, name, heading, dated=dated)
    elif isinstance(value, str):
        use = Use.IMAGE if name == "filename" else _USES.get((kind, name), Use.PROSE)
        yield from _said(place, use, value, heading, dated=dated)


def _nodes(place: Place, nodes: list[Json]) -> Iterator[Passage]:
    for node in nodes:
        yield from _said(place, Use.STORY, node["text"])
        for choice in node.get("choices") or ():
            # Which choice is right, the feedback says.
            yield from _said(place, Use.WRONG, choice["text"])
            yield from _said(place, Use.STORY, choice["feedback"])


def _question(place: Place, question: Json) -> Iterator[Passage]:
    false = question["type"] == "true_false" and question.get("answer") is False
    yield from _said(place, Use.WRONG if false else Use.STORY, question["stem"])
    yield from _said(place, Use.PROSE, question["feedback"])
    for option in question.get("options") or ():
        yield from _said(place, Use.PROSE if option["correct"] else Use.WRONG, option["text"])
        yield from _said(place, Use.PROSE, option["feedback"])
    for item in question.get("items") or ():
        yield from _said(place, Use.PROSE, item["text"])
    for pair in question.get("pairs") or ():
        yield from _said(place, Use.STORY, pair["left"])
        yield from _said(place, Use.STORY, pair["right"])
    yield from _nodes(place, question.get("nodes") or [])
