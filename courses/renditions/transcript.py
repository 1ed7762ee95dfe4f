"""A lesson as plain text: the transcript of its recording, and what a screen reader or a text message can carry."""

from collections.abc import Iterator

from courses.renditions.markup import text_of_runs
from courses.renditions.material import Material
from courses.snapshot import Json


def transcript(material: Material, lesson: Json) -> str:
    """Return the lesson in lines, a blank one between its parts."""
    words = material.words
    lines = [
        material.about["title"],
        f"{words['lesson'] % {'number': lesson['number']}}: {lesson['title']}",
        material.edition,
    ]
    if material.draft:
        lines.append(material.draft)
    lines += ["", *_lines(lesson["body"])]
    if lesson["sources"]:
        lines += ["", words["sources"], *lesson["sources"]]
    return "\n".join(lines).strip() + "\n"


def _lines(nodes: list[Json]) -> Iterator[str]:
    for node in nodes:
        match node["kind"]:
            case "heading" | "paragraph":
                yield text_of_runs(node["runs"])
            case "list":
                for number, item in enumerate(node["items"], start=1):
                    yield f"{number}. {text_of_runs(item)}" if node["ordered"] else f"– {text_of_runs(item)}"
            case "section":
                yield ""
                if node["title"]:
                    yield node["title"]
                yield from _lines(node["body"])
            case "box":
                yield ""
                yield from filter(None, [node["label"], node["title"]])
                for part in node["parts"]:
                    if part["label"]:
                        yield f"{part['label']}" if node["look"] != "scenario" else f"[{part['label']}]"
                    yield from _lines(part["body"])
            case "service":
                yield from filter(None, [node["name"], node["phone"], *node["lines"]])
            case "choices":
                for item in node["items"]:
                    yield f"{item['mark']}  {text_of_runs(item['runs'])}" + (
                        f" {item['arrow']} {item['to']}" if item["to"] else ""
                    )
