"""Texts that are written in each language by themselves, segment by segment unknown here: other rooms say what they have."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from people.models import User
    from translations.selectors import MatrixRow


class Asks(Protocol):
    """Returns the rows of the matrix for some languages on a day, as ``reader`` may see them; None: as the operator."""

    def __call__(self, *, languages: Sequence[str], on: date, reader: "User | None") -> "Iterable[MatrixRow]":
        """Return the rows."""


@dataclass(frozen=True, slots=True)
class OtherKind:
    """A kind of such texts: its code, its name in the reader's words, and who knows them."""

    code: str
    name: Callable[[], str]
    rows: Asks


_kinds: dict[str, OtherKind] = {}


def register_kind(kind: OtherKind) -> None:
    """Let the matrix show texts of ``kind``. Registering twice changes nothing."""
    _kinds[kind.code] = kind


def other_kinds() -> list[OtherKind]:
    """Return every kind that is registered, by code."""
    return [_kinds[code] for code in sorted(_kinds)]
