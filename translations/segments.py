"""Segments: the pieces in which a text is translated, and what a translation must have in common with its source.

Plain Python. A segment is known by its key, a path that stays when other segments come and go.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_PLACEHOLDER: Final = re.compile(
    r"%\([A-Za-z_][A-Za-z0-9_]*\)[#0\- +]*[0-9.]*[a-zA-Z]"  # %(name)s
    r"|%[#0\-+]*[0-9.]*[sdifr](?![A-Za-z])"  # %s
    r"|\{[A-Za-z_][A-Za-z0-9_.]*\}"  # {name}
)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
_STRONG: Final = re.compile(r"\*\*(?=\S).+?(?<=\S)\*\*", re.DOTALL)
_HEADING: Final = re.compile(r"^###[ \t]", re.MULTILINE)
_BULLET: Final = re.compile(r"^[ \t]*[-*+][ \t]+(?=\S)", re.MULTILINE)
_NUMBERED: Final = re.compile(r"^[ \t]*[0-9]+[.)][ \t]+(?=\S)", re.MULTILINE)
_GROUPED: Final = re.compile(r"(?<=\d)[  .,\u202f\u066c-](?=\d{3}(?!\d)|\d{3}[  .,\u202f\u066c-]|\d{4}(?!\d))")
_NUMBER: Final = re.compile(r"\d{3,}")
# Overrides can show a reader other letters in another order than a reviewer saw; isolates and marks are needed.
_FORBIDDEN_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")
_ALLOWED_CONTROLS: Final = frozenset("\n\t")
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
_END_OF_ISOLATE: Final = "\u2069"

SCRIPTS: Final = {
    "ar": "ARABIC",
    "fa": "ARABIC",
    "prs": "ARABIC",
    "ps": "ARABIC",
    "ur": "ARABIC",
    "pa": "GURMUKHI",
    "zh": "CJK",
    "ko": "HANGUL",
    "ja": "CJK",
    "hi": "DEVANAGARI",
    "uk": "CYRILLIC",
    "ru": "CYRILLIC",
}
"""The script of languages that are not written in Latin letters, as Unicode's names of letters begin."""


class Markup(StrEnum):
    """How a segment is marked up."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"


class Fault(StrEnum):
    """What a translation got wrong, whatever it says."""

    EMPTY = "empty"
    PLACEHOLDERS = "placeholders"
    MARKUP = "markup"
    NUMBERS = "numbers"
    CHARACTERS = "characters"
    EDGES = "edges"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the source: where it stands, what it says, and what a translator should know about it."""

    key: str
    text: str
    markup: Markup = Markup.PLAIN
    note: str = ""


@dataclass(frozen=True, slots=True)
class SegmentProblem:
    """What is wrong with the translation of one segment; ``detail`` names the very piece."""

    key: str
    fault: Fault
    detail: str = ""


def normalise(text: str) -> str:
    """Return ``text`` in composed form (NFC), with plain line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def placeholders(text: str) -> Counter[str]:
    """Return what a program fills in: ``%(name)s``, ``%s``, ``{name}``, with how often each stands there."""
    return Counter(_PLACEHOLDER.findall(text.replace("%%", "")))


def tags(text: str) -> Counter[str]:
    """Return the HTML tags, attributes and all, with how often each stands there."""
    return Counter(re.sub(r"\s+", " ", tag) for tag in _TAG.findall(text))


def numbers(text: str) -> Counter[str]:
    """Return the numbers of three digits and more, as Latin digits without grouping: telephone lines, years, counts."""
    latin = "".join(str(unicodedata.digit(each)) if each.isdigit() else each for each in text)
    return Counter(_NUMBER.findall(_GROUPED.sub("", latin)))


def markdown_shape(text: str) -> dict[str, int]:
    """Return how many of each kind of Markdown there is."""
    return {
        "strong": len(_STRONG.findall(text)),
        "heading": len(_HEADING.findall(text)),
        "bullet": len(_BULLET.findall(text)),
        "numbered": len(_NUMBERED.findall(text)),
    }


def faults(segment: Segment, target: str) -> list[SegmentProblem]:
    """Return everything that keeps ``target`` from standing for ``segment``; an empty target is one fault."""
    if not target.strip():
        return [SegmentProblem(segment.key, Fault.EMPTY)]
    found = [
        SegmentProblem(segment.key, fault, detail)
        for fault, detail in (
            (Fault.PLACEHOLDERS, _difference(placeholders(segment.text), placeholders(target))),
            (Fault.MARKUP, _markup_difference(segment, target)),
            (Fault.NUMBERS, _difference(numbers(segment.text), numbers(target))),
            (Fault.CHARACTERS, _bad_characters(target)),
        )
        if detail
    ]
    if _edges(segment.text) != _edges(target):
        found.append(SegmentProblem(segment.key, Fault.EDGES))
    return found


def _difference(source: Counter[str], target: Counter[str]) -> str:
    missing, added = source - target, target - source
    return " ".join([f"-{each}" for each in sorted(missing)] + [f"+{each}" for each in sorted(added)])


def _markup_difference(segment: Segment, target: str) -> str:
    # A tag in what is plain is never put there by a translator's right.
    different = _difference(tags(segment.text), tags(target))
    if different or segment.markup is not Markup.MARKDOWN:
        return different
    before, after = markdown_shape(segment.text), markdown_shape(target)
    return " ".join(f"{kind} {before[kind]}→{after[kind]}" for kind in before if before[kind] != after[kind])


def _bad_characters(text: str) -> str:
    bad = {each for each in text if _is_bad(each)}
    if sum(each in _ISOLATES for each in text) != text.count(_END_OF_ISOLATE):
        bad.add(_END_OF_ISOLATE)
    return " ".join(f"U+{ord(each):04X}" for each in sorted(bad))


def _is_bad(character: str) -> bool:
    if character in _ALLOWED_CONTROLS:
        return False
    # Cs, Co and Cn: halves of pairs, private and unassigned characters, which no reader's font shows.
    return character in _FORBIDDEN_BIDI or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn")


def _edges(text: str) -> tuple[bool, bool]:
    """Return whether it begins and ends with a line end: gettext refuses a catalogue where they differ."""
    return text.startswith("\n"), text.endswith("\n")


def is_in_script(text: str, language: str) -> bool | None:
    """Whether ``text`` has a letter of the script of ``language``; None where nothing can be told."""
    script = SCRIPTS.get(language.split("-")[0].lower())
    bare = _TAG.sub("", _PLACEHOLDER.sub("", text))
    letters = [each for each in bare if each.isalpha()]
    if not letters or script is None:
        return None
    return any(unicodedata.name(letter, "").startswith(script) for letter in letters)
