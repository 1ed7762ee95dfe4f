"""The state of a question as fields, each of which somebody may edit without touching the others. Plain Python."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from people.workbooks.undoing import undone

State: TypeAlias = dict[str, Any]

_PARTS: Final = ("items", "pairs", "nodes", "start")
_OF_OPTIONS: Final = ("options", "answer", *_PARTS)
_LETTERS: Final = "abcdef"


def flat(state: State) -> dict[str, Any]:
    """Return a state by field: one for each text of each option, which ones are right, and all parts as one."""
    fields = {name: value for name, value in state.items() if name not in _OF_OPTIONS}
    options = state["options"]
    chosen = sorted(it["key"] for it in options if it["correct"])
    fields["right"] = chosen if state["answer"] is None else state["answer"]
    fields["alarm"] = sorted(it["key"] for it in options if it["alarm"])
    fields["order"] = [it["key"] for it in options]
    for it in options:
        fields[f"option {it['key']}"], fields[f"feedback {it['key']}"] = it["text"], it["feedback"]
    parts = {name: state[name] for name in _PARTS if name in state}
    return {**fields, "parts": parts} if parts else fields


def taken_back(before: State, after: State, now: State) -> tuple[State, list[str]]:
    """Return what a question holds after an undo, and the columns whose later edits stay."""
    values, kept = undone(flat(before), flat(after), flat(now))
    return _state(values, now), columns_of(kept, now)


def columns_of(fields: Iterable[str], now: State) -> list[str]:
    """Return the columns that say these fields, each once, by where the options stand now."""
    letters = {it["key"]: letter for it, letter in zip(now["options"], _LETTERS, strict=False)}
    return list(dict.fromkeys(_column(field, letters) for field in fields))


def _column(field: str, letters: Mapping[str, str]) -> str:
    if field == "order":
        return "option_a"
    name, _, key = field.partition(" ")
    return f"{name}_{letters.get(key, _LETTERS[0])}" if key else name


def _state(values: Mapping[str, Any], now: State) -> State:
    texts = {it["key"]: it["text"] for it in now["options"]}
    # An option of which anything was edited since stays as a whole, whatever the order knows that is given back.
    said = {field.partition(" ")[2] for field, value in values.items() if " " in field and value is not None}
    order = [key for key in dict.fromkeys([*values["order"], *texts, *sorted(said)]) if key in said]
    is_answer = isinstance(values["right"], bool)
    state = {name: values.get(name) for name in now if name not in _OF_OPTIONS}
    return {
        **state,
        "answer": values["right"] if is_answer else None,
        "options": [
            {
                "key": key,
                "text": values[f"option {key}"] if values[f"option {key}"] is not None else texts[key],
                "correct": not is_answer and key in values["right"],
                "alarm": key in values["alarm"],
                "feedback": values.get(f"feedback {key}") or "",
            }
            for key in order
        ],
        **values.get("parts", {}),
    }
