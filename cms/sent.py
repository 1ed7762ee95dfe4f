"""What a browser sent, as it can be kept."""

from django.http import QueryDict


def word(sent: QueryDict, name: str, before: str = "") -> str:
    """Return what was sent under a name, without the sign that PostgreSQL keeps in no text; ``before`` where nothing was."""
    return sent.get(name, before).replace("\x00", "")


def number(sent: QueryDict, name: str) -> int:
    """Return the whole number that was sent under a name, small enough for a key; 0 for anything else."""
    return whole_number(sent.get(name, ""))


def whole_number(text: str) -> int:
    """Return the whole number that ``text`` is, small enough for a key; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
