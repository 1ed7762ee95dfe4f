"""Items, pairs and stories of questions as plain values, and as the lines of a cell.

What a line says as it said before keeps its key, its place in the translations and its markup; else the place decides.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

from wagtail.blocks import StreamValue

from assessments.models import MatchingPair, OrderingItem
from assessments.part_lines import (
    ChoiceText,
    PartText,
    items_of,
    lines_of_pairs,
    lines_of_story,
    one_line,
    pairs_of,
    story_of,
)
from assessments.texts import html_of, text_of

State: TypeAlias = dict[str, Any]

NO_PARTS: Final[Mapping[str, State]] = {
    "ordering": {"items": []},
    "matching": {"pairs": []},
    "scenario": {"start": "", "nodes": []},
}


def parts_of(question: Any) -> State:
    """Return the parts of a question as they are stored."""
    match question.kind:
        case "ordering":
            return {"items": [{"key": str(it.key), "text": it.text} for it in question.items.all()]}
        case "matching":
            return {
                "pairs": [
                    {"key": str(it.key), "right_key": str(it.right_key), "left": it.left, "right": it.right}
                    for it in question.pairs.all()
                ]
            }
    return {"start": question.start, "nodes": [_node(child) for child in question.graph.raw_data]}


def _node(child: Mapping[str, Any]) -> State:
    value = child["value"]
    # Before Wagtail 2.16 the entries of a list had no ids, and such lists are still read.
    choices = [(it["value"], it.get("id")) if "value" in it else (it, None) for it in value["choices"]]
    return {
        "block": child.get("id"),
        "id": value["id"],
        "text": value["text"],
        "choices": [
            {
                "item": item,
                "id": it.get("id") or "",
                "text": it["text"],
                "next": it["next"],
                "credit": it["credit"],
                "feedback": it.get("feedback") or "",
            }
            for it, item in choices
        ],
    }


def parts_shown(state: State) -> str:
    """Return the parts as lines."""
    match state["type"]:
        case "ordering":
            return "\n".join(one_line(text_of(it["text"])) for it in state["items"])
        case "matching":
            return lines_of_pairs([(text_of(it["left"]), text_of(it["right"])) for it in state["pairs"]])
    # The story begins with the part that stands first.
    nodes = sorted(state["nodes"], key=lambda it: it["id"] != state["start"])
    return lines_of_story(
        [
            PartText(
                it["id"],
                text_of(it["text"]),
                tuple(
                    ChoiceText(each["text"], each["next"], each["credit"], text_of(each["feedback"]))
                    for each in it["choices"]
                ),
            )
            for it in nodes
        ]
    )


def parts_said(known: State, cell: str) -> State:
    """Return the parts that the lines of ``cell`` hold.

    Raises:
        LineFault: a line cannot be read.
    """
    match known["type"]:
        case "ordering":
            said = items_of(cell)
            found = _matched(said, known["items"], lambda it: one_line(text_of(it["text"])))
            return {
                "items": [
                    {"key": it["key"] if it else str(uuid4()), "text": _kept(it, "text", text, flat=True)}
                    for text, it in zip(said, found, strict=True)
                ]
            }
        case "matching":
            pairs = pairs_of(cell)
            found = _matched(
                pairs,
                known["pairs"],
                lambda it: (one_line(text_of(it["left"])), one_line(text_of(it["right"]))),
            )
            return {
                "pairs": [
                    {
                        "key": it["key"] if it else str(uuid4()),
                        "right_key": it["right_key"] if it else str(uuid4()),
                        "left": _kept(it, "left", left, flat=True),
                        "right": _kept(it, "right", right, flat=True),
                    }
                    for (left, right), it in zip(pairs, found, strict=True)
                ]
            }
    parts = story_of(cell)
    nodes = {it["id"]: it for it in known["nodes"]}
    made = [_node_said(part, nodes.get(part.name)) for part in parts]
    start = parts[0].name if parts else ""
    # Where only the start came first in the cell, the parts stay in the order in which they are stored.
    order = [it["id"] for it in known["nodes"]]
    if sorted(order) == sorted(part.name for part in parts) and start == known["start"]:
        shown = sorted(order, key=lambda name: name != start)
        if shown == [part.name for part in parts]:
            made.sort(key=lambda it: order.index(it["id"]))
    return {"start": start, "nodes": made}


def _node_said(part: PartText, known: State | None) -> State:
    before = known["choices"] if known else []
    found = _matched([it.text for it in part.choices], before, lambda it: one_line(it["text"]))
    return {
        "block": known["block"] if known else str(uuid4()),
        "id": part.name,
        "text": _kept(known, "text", part.text),
        "choices": [
            {
                "item": it["item"] if it else str(uuid4()),
                "id": it["id"] if it and it["id"] else uuid4().hex[:12],
                "text": it["text"] if it and one_line(it["text"]) == choice.text else choice.text,
                "next": choice.leads_to,
                "credit": choice.credit,
                "feedback": _kept(it, "feedback", choice.why),
            }
            for choice, it in zip(part.choices, found, strict=True)
        ],
    }


def _kept(known: State | None, name: str, said: str, *, flat: bool = False) -> str:
    """Return a text as it is stored where it says the same, else what was said as rich text."""
    if known:
        text = text_of(known[name])
        if (one_line(text) if flat else text) == said:
            stored: str = known[name]
            return stored
    return html_of(said) if said else ""


def _matched(said: Sequence[Any], known: Sequence[State], says: Callable[[State], Any]) -> list[State | None]:
    """Return for each thing said the known one that it means: the one that says the same, else the one in its place."""
    free = list(known)
    found: list[State | None] = []
    for each in said:
        same = next((it for it in free if says(it) == each), None)
        if same is not None:
            free.remove(same)
        found.append(same)
    for place, it in enumerate(found):
        if it is None and place < len(known) and known[place] in free:
            found[place] = known[place]
            free.remove(known[place])
    return found


def put_parts(question: Any, state: State) -> None:
    """Set what the row of the question itself holds of its parts."""
    if state["type"] != "scenario":
        return
    question.start = state["start"]
    raw = [
        {
            "type": "node",
            "id": it["block"] or str(uuid4()),
            "value": {
                "id": it["id"],
                "text": it["text"],
                "choices": [
                    {
                        "type": "item",
                        "id": each["item"] or str(uuid4()),
                        "value": {name: each[name] for name in ("id", "text", "next", "credit", "feedback")},
                    }
                    for each in it["choices"]
                ],
            },
        }
        for it in state["nodes"]
    ]
    question.graph = StreamValue(question.graph.stream_block, raw, is_lazy=True)


def save_rows(question: Any, state: State) -> None:
    """Write the items or pairs of a question that is saved."""
    match state["type"]:
        case "ordering":
            _save(OrderingItem, question, state["items"], ("text",))
        case "matching":
            _save(MatchingPair, question, state["pairs"], ("left", "right"))


def _save(model: Any, question: Any, parts: Iterable[State], texts: Sequence[str]) -> None:
    kept = {str(it.key): it for it in model.objects.filter(question=question.pk)}
    for place, part in enumerate(parts):
        row = kept.pop(part["key"], None) or model(
            question_id=question.pk, key=UUID(part["key"]), locale=question.locale
        )
        if "right_key" in part:
            row.right_key = UUID(part["right_key"])
        for name in texts:
            setattr(row, name, part[name])
        row.sort_order = place
        row.save()
    for gone in kept.values():
        gone.delete()
