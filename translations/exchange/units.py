"""What a file for translators holds, whichever format it has."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

_PRIMARY: Final = {"fil": "tl"}
_HAN: Final = {"cn": "hans", "sg": "hans", "tw": "hant", "hk": "hant", "mo": "hant"}
_SCRIPTS: Final = {"pa": "guru", "ar": "arab"}
LARGEST_BYTES: Final = 30_000_000
NO_BASE: Final = "-"
"""What a file says of the words of a segment that had none when the file was made."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One segment in a file.

    ``segment`` names it: the group, a slash, its key. ``base`` is the digest of the words that stood here when the
    file was made, ``NO_BASE`` for none, "" where the file does not say. ``needs_work``: the words are old or nobody's,
    and count as none until a translator says otherwise. ``reviewer`` has signed for the words. ``note`` is for
    translators.
    """

    segment: str
    source: str
    target: str = ""
    base: str = ""
    needs_work: bool = False
    reviewer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeFile:
    """All of a file: the language of its targets, and its units in their order."""

    language: str
    units: tuple[Unit, ...]


def is_for(said: str, language: str, *, known: Collection[str]) -> bool:
    """Whether a file that says it is in ``said`` is for ``language``, one of the ``known`` codes.

    Tools write a region or a script that nobody asked for (``fr-CA``, ``pa_Guru_IN``) and have names of their own for
    some (``fil``, ``zh-TW``); a code that is itself known means that one alone.
    """
    tag = said.replace("_", "-").lower()
    if tag == language or tag in known:
        return tag == language
    primary, *more = tag.split("-")
    primary = _PRIMARY.get(primary, primary)
    own, *_ = language.split("-")
    script = next((each for each in more if len(each) == 4 and each.isalpha()), "")
    if primary == "zh":
        return f"zh-{script or next((_HAN[each] for each in more if each in _HAN), '')}" == language
    return primary == own == language and script in ("", _SCRIPTS.get(own, "latn"))


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its writer, its reader, and its media type."""

    write: Callable[[ExchangeFile], bytes]
    read: Callable[[bytes], ExchangeFile]
    media_type: str


def base_of(target: str) -> str:
    """Return by what a file knows the words that stood here when it was made."""
    return hashlib.sha256(target.encode()).hexdigest()[:32] if target else NO_BASE
