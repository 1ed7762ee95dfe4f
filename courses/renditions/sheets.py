"""What stands on the printed renditions, as plain JSON for courses/typst; everything they say comes from a Material."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from assessments.exceptions import BlueprintNotDrawable
from assessments.papers import draw_paper, fit_blueprint
from courses.renditions.markup import flow, paragraph, run, runs_of
from courses.renditions.material import Material
from courses.renditions.outline import LETTERS, Words, marked
from courses.renditions.slides import is_poll, tally
from courses.renditions.words import guide_sections
from courses.snapshot import Json

# Stories, orders and pairs have no circle to fill.
_ON_PAPER: Final = ("single", "multiple", "true_false")
_CUES: Final = {
    "sign": "cue_show",
    "scenario": "cue_vote",
    "check": "cue_ask",
    "reflection": "cue_think",
    "help": "cue_leave",
}
_WORDS_ON_A_CARD: Final = 260


def handout(material: Material, lesson: Json) -> Json:
    """Return one lesson on letter paper."""
    return {
        **material.sheet,
        "title": lesson["title"],
        "cover": None,
        "chapters": [_chapter(material, lesson)],
    }


def booklet(material: Material) -> Json:
    """Return the whole course on half sheets, with cover and contents."""
    return {
        **material.sheet,
        "paper": "half",
        "cover": _cover(material),
        "chapters": [_chapter(material, lesson) for lesson in material.lessons],
    }


def local(material: Material) -> Json:
    """Return the lessons of a material on letter paper, one after the other, without a cover."""
    return {**material.sheet, "cover": None, "chapters": [_chapter(material, lesson) for lesson in material.lessons]}


def guide(material: Material) -> Json:
    """Return the whole course for whoever leads a session: plan, cautions, a cue before each part."""
    words = material.words
    sections = [{"title": title, "lines": lines} for title, lines in guide_sections(material.language)]
    chapters = [_chapter(material, lesson) for lesson in material.lessons]
    for chapter in chapters:
        chapter["body"] = list(_cued(chapter["body"], words))
    title = f"{words['guide']}: {material.about['title']}"
    return {
        **material.sheet,
        "title": title,
        "running": title,
        "cover": _cover(material) | {"kind": words["guide"], "sections": sections},
        "chapters": chapters,
    }


def _cued(nodes: Iterable[Json], words: Words) -> Iterator[Json]:
    """Yield the nodes with a cue wherever the way to go about them changes."""
    before = ""
    for node in nodes:
        if node.get("look") == "answers":
            yield node
            continue
        cue = words[_CUES.get(node.get("look", ""), "cue_say")]
        said = _polled(node, words) if node.get("look") == "scenario" else node
        yield {**said, "cue": cue} if cue != before else said
        before = cue


def _polled(story: Json, words: Words) -> Json:
    """Return a story with a line below its choices on which hands are counted."""
    parts = []
    for part in story["parts"]:
        body: list[Json] = []
        for node in part["body"]:
            body.append(node)
            if is_poll(node):
                body.append(paragraph(tally(node, words), italic=True))
        parts.append({**part, "body": body})
    return {**story, "parts": parts}


def _cover(material: Material) -> Json:
    return {
        "kind": "",
        "summary": material.about["summary"],
        "note": material.about["content_note"],
        "edition": material.edition,
        "confirmed": material.confirmed,
        "outcomes": material.about["outcomes"],
        "sections": [],
    }


def _chapter(material: Material, lesson: Json) -> Json:
    return {
        "number": lesson["number"],
        "label": material.words["lesson"] % {"number": lesson["number"]},
        "minutes": material.words["minutes"] % {"number": lesson["minutes"]},
        "title": lesson["title"],
        "body": lesson["body"],
        "sources": lesson["sources"],
    }


def poster(material: Material) -> Json:
    """Return a sheet for a wall: what it is, a code to scan, help lines."""
    is_open = material.course.tier == material.course.Tier.OPEN
    return {
        **material.sheet,
        "summary": material.about["summary"],
        "minutes": material.words["minutes"] % {"number": material.about["minutes"]},
        "scan": material.words["scan_open" if is_open else "scan"],
        "lines": material.short_lines,
    }


def card(material: Material) -> Json:
    """Return cards to fold: numbers on one half; on the other the first short "do" and "never" of the course."""
    parts: list[Json] = []
    for lesson in material.lessons:
        for node in lesson["body"]:
            if node.get("look") == "do_never" and not parts:
                parts = [{"label": part["label"], "body": _first_lines(part["body"])} for part in node["parts"]]
    return {**material.sheet, "lines": material.short_lines, "parts": parts}


def _first_lines(nodes: list[Json]) -> list[Json]:
    """Return as many whole items as a small card has room for."""
    room = _WORDS_ON_A_CARD // 2
    kept: list[Json] = []
    for item in nodes[0]["items"]:
        room -= sum(_width(each["text"]) for each in item) + 10
        if room < 0 and kept:
            break
        kept.append(item)
    return [{**nodes[0], "items": kept}]


def _width(text: str) -> int:
    """Return how much room ``text`` takes: a letter of Chinese or Japanese that of two others."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def paper(material: Material) -> list[Json] | None:
    """Return the final questions on paper: questions, sheet to answer on, key; None where there is no quiz.

    The draw is the same in every language of an edition. Questions that need a screen are left out.
    """
    quiz = material.snapshot["quiz"]
    if quiz is None:
        return None
    words = material.words
    printable = fit_blueprint({**quiz, "questions": [each for each in quiz["questions"] if each["type"] in _ON_PAPER]})
    try:
        drawn = draw_paper(
            printable, seed=f"print|{material.about['code']}|{material.text.edition.number}", form=1, exclude=()
        )
    except BlueprintNotDrawable:
        return None
    if not drawn["questions"]:
        return None
    asked = [_asked(number, question, material) for number, question in enumerate(drawn["questions"], start=1)]
    code = f"{material.about['code']}-{material.text.edition.number}-{material.language}".upper()
    base = {
        **material.sheet,
        "code": words["paper"] % {"code": code},
        "questions": asked,
        "head": [words["head_question"], words["head_right"], words["head_why"]],
        "bar": words["pass"] % {"percent": quiz["pass_percent"]},
    }
    return [
        base | {"kind": kind, "heading": words[heading], "title": words[heading], "note": words[note]}
        for kind, heading, note in (
            ("questions", "quiz", "quiz_note"),
            ("sheet", "sheet", "sheet_note"),
            ("key", "key", "key_note"),
        )
    ]


def _asked(number: int, question: Json, material: Material) -> Json:
    words = material.words
    notes = [words["critical"]] if question["critical"] else []
    if question["type"] == "true_false":
        options = [("A", [run(words["true"])]), ("B", [run(words["false"])])]
        right = "A" if question["answer"] else "B"
    else:
        ordered = sorted(question["options"], key=lambda option: question["order"].index(option["id"]))
        options = [(LETTERS[place], runs_of(option["text"])) for place, option in enumerate(ordered)]
        right = " ".join(LETTERS[place] for place, option in enumerate(ordered) if option["correct"])
        alarms = " ".join(LETTERS[place] for place, option in enumerate(ordered) if option["alarm"])
        if alarms:
            notes.append(words["alarm"] % {"letters": alarms})
    stem = flow(question["stem"])
    if question["type"] == "multiple":
        stem.append({"kind": "paragraph", "runs": [run(words["several"], italic=True)]})
    return {
        "number": number,
        "stem": stem,
        "options": marked(options),
        "letters": [mark for mark, _ in options],
        "right": right,
        "notes": notes,
        "why": flow(question["feedback"]),
    }
