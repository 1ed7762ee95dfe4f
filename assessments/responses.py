"""Responses as an HTML form sends them: names of fields, and what they say.

Works without JavaScript. Of question ``key`` the fields are: ``q-key`` (the id of an option; several for
multiple choice and for the path of a scenario, oldest first; ``true`` or ``false``), ``q-key-item`` (a place
from 1 for each item to order), ``q-key-left`` (the id of the right side chosen for each left side).
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from assessments.frozen import Json

_MAX_PLACE_DIGITS: Final = 3


class FormData(Protocol):
    """What Django's ``QueryDict`` offers: every value sent under a name, in order."""

    def getlist(self, key: str) -> Sequence[Any]:
        """Return the values under ``key``; none where it was not sent."""
        ...


def field_name(key: str) -> str:
    """Return the name of the field (or the beginning of the names) of a question."""
    return f"q-{key}"


def read_response(question: Json, data: FormData) -> Any:
    """Return the response to ``question`` that ``data`` holds, None where nothing was sent.

    Only the form of it is read here: whether it is one of this question is for ``grading.check_response``.
    A value that was not offered stays as it was sent, so that it is refused there.
    """
    name = field_name(question["key"])
    values = [str(value) for value in data.getlist(name)]
    match question["type"]:
        case "single":
            return values[0] if values else None
        case "true_false":
            return {"true": True, "false": False}.get(values[0], values[0]) if values else None
        case "multiple" | "scenario":
            return values or None
        case "ordering":
            return _read_order(question, name, data)
        case "matching":
            return _read_matches(question, name, data)
    return None


def _read_order(question: Json, name: str, data: FormData) -> list[str] | None:
    places: dict[int, str] = {}
    for item in question["items"]:
        for value in data.getlist(f"{name}-{item['id']}"):
            if str(value).isdecimal() and len(str(value)) <= _MAX_PLACE_DIGITS:
                # Two items at one place leave one out: the order is then incomplete, which is refused.
                places[int(value)] = item["id"]
    return [places[place] for place in sorted(places)] or None


def _read_matches(question: Json, name: str, data: FormData) -> dict[str, str] | None:
    matches = {
        pair["id"]: str(value) for pair in question["pairs"] for value in data.getlist(f"{name}-{pair['id']}") if value
    }
    return matches or None
