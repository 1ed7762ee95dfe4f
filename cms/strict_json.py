"""Reading JSON that somebody else wrote: what it says is one thing, and everything in it can be kept."""

import json
import re
from typing import Any, Final

MOST_DEPTH: Final = 64
# Half a sign, which nothing can encode, and the sign that no database keeps; JSON can spell both.
_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")


def can_be_kept(text: str) -> bool:
    """Return whether a database can be given ``text``, or asked for it."""
    return not _NO_TEXT.search(text)


def load_strictly(raw: bytes | str) -> Any:
    """Return what ``raw`` says.

    Raises:
        ValueError: it is no JSON, a key stands twice in an object, a number is none, a text cannot be kept, or it is
            nested more than ``MOST_DEPTH`` deep.
    """
    try:
        value = json.loads(raw, object_pairs_hook=_each_once, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None
    waiting = [(value, 0)]
    while waiting:
        each, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise ValueError("nested too deep")
        if isinstance(each, dict):
            waiting += [(part, depth + 1) for pair in each.items() for part in pair]
        elif isinstance(each, list):
            waiting += [(part, depth + 1) for part in each]
        elif isinstance(each, str) and not can_be_kept(each):
            raise ValueError("a text that cannot be kept")
        elif isinstance(each, float) and each in (float("inf"), float("-inf")):
            raise ValueError("a number too large")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number")
