"""The slides of a course, as plain JSON: one idea on each, what to say in its notes.

A slide is ``look``, ``label``, ``title``, ``parts`` (``label``, ``lines``) and ``notes`` (texts). A line is ``text``,
``mark`` ("A", "1", "•" or nothing), ``look`` (``plain``, ``phone``, ``small``) and ``bold``. A slide of a story has an
``anchor``; a line may have ``onward``, words that lead to the slide with the anchor ``goto``. Looks: ``cover``,
``lesson``, ``text``, ``columns``, ``panel``, ``vote``, ``help``. The notes of a lesson's slides, read in order, say
everything that the lesson says.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from courses.renditions.markup import text_of_runs
from courses.renditions.material import Material
from courses.renditions.outline import Words, facts
from courses.snapshot import Json

# What a person in the last row can read: more characters than these go to the next slide.
_ROOM: Final = 470
_SHORT: Final = 90
_COLUMNS: Final = frozenset({"sign", "do_never", "two_ways"})


def deck_data(material: Material) -> Json:
    """Return everything that the slides say."""
    words = material.words
    about = material.about
    slides = [
        _slide(
            "cover",
            about["title"],
            label=material.edition,
            parts=[_part([_line(about["summary"])])],
            notes=filter(None, [about["title"], about["summary"], material.draft, about["content_note"]]),
        ),
        _slide(
            "help",
            words["help"],
            parts=[_part(_service_lines(line)) for line in material.short_lines[:4]],
            notes=[words["cue_leave"], material.confirmed, material.url],
        ),
    ]
    for lesson in material.lessons:
        label = words["lesson"] % {"number": lesson["number"]}
        about_minutes = words["minutes"] % {"number": lesson["minutes"]}
        slides.append(
            _slide(
                "lesson", lesson["title"], label=label, parts=[_part([_line(about_minutes)])], notes=[lesson["title"]]
            )
        )
        answers = {
            part["label"]: [*facts(part["body"])]
            for node in lesson["body"]
            if node.get("look") == "answers"
            for part in node["parts"]
        }
        for node in lesson["body"]:
            slides += _slides(node, words, answers, lesson["title"])
        if lesson["sources"]:
            slides[-1]["notes"] += [words["sources"], *lesson["sources"]]
    return {
        "title": about["title"],
        "language": material.language,
        "dir": material.direction,
        "draft": material.draft and words["draft_mark"],
        "footer": f"{about['title']} · {material.edition}",
        "slides": slides,
    }


def _slide(look: str, title: str, *, label: str = "", parts: Iterable[Json] = (), notes: Iterable[str] = ()) -> Json:
    return {"look": look, "title": title, "label": label, "parts": list(parts), "notes": list(notes)}


def _part(lines: Iterable[Json], label: str = "") -> Json:
    return {"label": label, "lines": list(lines)}


def _line(text: str, *, mark: str = "", look: str = "plain", bold: bool = False) -> Json:
    return {"text": text, "mark": mark, "look": look, "bold": bold}


def _service_lines(node: Json) -> list[Json]:
    # A name in letters of the other direction keeps its own order ("911 emergency").
    lines = [_line(f"\u2068{node['name']}\u2069", bold=True)]
    if node["phone"]:
        lines.append(_line(node["phone"], look="phone"))
    # Hours and the like; what happens when one calls is too long for a wall, and stands in the notes.
    short = next((text for text in node["lines"] if len(text) <= _SHORT), "")
    return [*lines, *([_line(short, look="small")] if short else [])]


def _lines(nodes: Iterable[Json]) -> Iterator[Json]:
    for node in nodes:
        match node["kind"]:
            case "heading":
                yield _line(text_of_runs(node["runs"]), bold=True)
            case "paragraph":
                yield _line(text_of_runs(node["runs"]), bold=all(each["bold"] for each in node["runs"]))
            case "list":
                for number, item in enumerate(node["items"], start=1):
                    yield _line(text_of_runs(item), mark=f"{number}." if node["ordered"] else "•")
            case "choices":
                for item in node["items"]:
                    yield _line(text_of_runs(item["runs"]), mark=item["mark"])
            case "service":
                yield from _service_lines(node)


def _slides(node: Json, words: Words, answers: dict[str, list[str]], lesson: str) -> list[Json]:
    said = list(facts([node]))
    if node["kind"] == "section":
        return _paged("text", node["title"] or lesson, "", list(_lines(node["body"])), said)
    if node["kind"] != "box":
        return _paged("text", lesson, "", list(_lines([node])), said)
    look, title = node["look"], node["title"]
    if look in _COLUMNS:
        parts = [_part(_lines(part["body"]), part["label"]) for part in node["parts"]]
        return [_slide("columns", title or lesson, parts=parts, notes=said)]
    if look == "help":
        lines = [_part(_service_lines(line)) for part in node["parts"] for line in part["body"][:4]]
        return [_slide("help", title, parts=lines, notes=said)]
    if look == "scenario":
        return _story(node, words, lesson)
    if look == "check":
        [asked] = node["parts"]
        notes = [*said, *answers.get(title, ())]
        return [_slide("vote", title, label=words["talk"], parts=[_part(_lines(asked["body"]))], notes=notes)]
    if look == "answers":
        return [
            _slide(
                "panel",
                part["label"],
                label=title if number == 0 else "",
                parts=[_part(_first(_lines(part["body"])))],
                notes=[*([title] if number == 0 else []), part["label"], *facts(part["body"])],
            )
            for number, part in enumerate(node["parts"])
        ]
    lines = [line for part in node["parts"] for line in (*_label_line(part["label"]), *_lines(part["body"]))]
    return _paged("panel", title or node["label"] or lesson, node["label"] if title else "", lines, said)


def _label_line(label: str) -> list[Json]:
    return [_line(label, look="small")] if label else []


def _first(lines: Iterable[Json]) -> list[Json]:
    """Return as many lines as stand on a slide; the notes say the rest."""
    pages = list(_pages(list(lines)))
    return pages[0] if pages else []


def _story(node: Json, words: Words, lesson: str) -> list[Json]:
    """Return a slide for each passage: a poll of the room, whose choices lead to the slide where each goes on."""
    slides = []
    named = f"{lesson}/{node['title']}"
    onward = {words["turn_to"] % {"number": part["label"]}: part["label"] for part in node["parts"] if part["label"]}
    straight = {words["go_on_at"] % {"number": part["label"]}: part["label"] for part in node["parts"]}
    for place, part in enumerate(node["parts"]):
        lines: list[Json] = []
        for line in _lines(part["body"]):
            at = straight.get(line["text"])
            lines.append({**line, "text": "", "onward": line["text"], "goto": f"{named}/{at}"} if at else line)
        has_choices = any(is_poll(each) for each in part["body"])
        for each in part["body"]:
            if each["kind"] == "choices":
                marks = {item["mark"]: item["to"] for item in each["items"] if item["to"] in onward}
                lines = [
                    {**line, "onward": f"{words['onward']} {to}", "goto": f"{named}/{onward[to]}"}
                    if (to := marks.get(line["mark"]))
                    else line
                    for line in lines
                ]
        notes = [*([node["label"], node["title"]] if place == 0 else []), part["label"], *facts(part["body"])]
        notes += [tally(each, words) for each in part["body"] if is_poll(each)]
        title = f"{node['title']} · {part['label']}" if part["label"] else node["title"]
        label = words["vote"] if has_choices else (node["label"] if place == 0 else "")
        slide = _slide("vote", title, label=label, parts=[_part(lines)], notes=filter(None, notes))
        slides.append({**slide, "anchor": f"{named}/{part['label']}"})
    return slides


def is_poll(node: Json) -> bool:
    """Return whether a room has something to choose from here: a single way on needs no vote."""
    return node["kind"] == "choices" and len(node["items"]) > 1


def tally(choices: Json, words: Words) -> str:
    """Return a line on which the hands for each choice are counted."""
    return words["tally"] % {"letters": "   ".join(f"{item['mark']} ____" for item in choices["items"])}


def _paged(look: str, title: str, label: str, lines: list[Json], said: list[str]) -> list[Json]:
    pages = list(_pages(lines)) or [[]]
    slides = [_slide(look, title, label=label, parts=[_part(page)]) for page in pages]
    slides[0]["notes"] = said
    return slides


def _pages(lines: list[Json]) -> Iterator[list[Any]]:
    """Yield lines, as many as a slide has room for, the slides about equally full; a long line stands alone."""
    costs = [len(line["text"]) + 25 for line in lines]
    page: list[Json] = []
    left, used = sum(costs), 0
    slides = -(-left // _ROOM)
    for line, cost in zip(lines, costs, strict=True):
        if page and (used + cost > _ROOM or (slides > 1 and used + cost // 2 > left / slides)):
            yield page
            left -= used
            slides = max(1, -(-left // _ROOM))
            page, used = [], 0
        page.append(line)
        used += cost
    if page:
        yield page
