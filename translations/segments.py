"""Segments: the pieces in which a text is translated, and what a translation must have in common with its source.

Plain Python. A segment is known by its key, a path that stays when other segments come and go.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SOURCE_LANGUAGE: Final = "en"
"""In which all that is translated is written."""

_PLACEHOLDER: Final = re.compile(
    r"%\([A-Za-z_][A-Za-z0-9_]*\)[#0\- +]*[0-9.]*[a-zA-Z]"  # %(name)s
    r"|%[#0\-+]*[0-9.]*[sdifr](?![A-Za-z])"  # %s
    r"|\{[A-Za-z_][A-Za-z0-9_.]*\}"  # {name}
)
# A tag that is never closed counts as well: what stands after it on the page may close it.
_TAG: Final = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*(?:>|$)", re.DOTALL)
# An example of an address reads otherwise in each language.
_ADDRESS: Final = re.compile(
    r"\b(?:https?://|www\.|(?:javascript|data|vbscript):)[^\s<>\"']+|[\w.+-]{1,64}@(?!example\.)[\w-]+\.\w+",
    re.IGNORECASE,
)
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
    LENGTH = "length"


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
    if "%" not in text and "{" not in text:
        return Counter()
    return Counter(_PLACEHOLDER.findall(text.replace("%%", "")))


def tags(text: str) -> Counter[str]:
    """Return the HTML tags, attributes and all, with how often each stands there."""
    if "<" not in text:
        return Counter()
    return Counter(re.sub(r"\s+", " ", tag) for tag in _TAG.findall(text))


def addresses(text: str) -> Counter[str]:
    """Return what a browser may follow: addresses of pages and mail, and schemes that run something."""
    if "@" not in text and ":" not in text and "www." not in text.lower():
        return Counter()
    return Counter(_ADDRESS.findall(text))


def numbers(text: str) -> Counter[str]:
    """Return the numbers of three digits and more, as Latin digits without grouping: telephone lines, years, counts."""
    if not any(map(str.isdigit, text)):
        return Counter()
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


def longest(segment: Segment) -> int:
    """Return how many characters a translation may have: what the places of titles and names hold, else ample room.

    The source of a title has 60 characters at most, and its place holds 120; that of a full title holds 250.
    """
    length = len(segment.text)
    if segment.markup is not Markup.PLAIN:
        return max(500, 4 * length)
    if length <= 60:
        return 120
    return 250 if length <= 130 else max(300, 3 * length // 2)


def faults(segment: Segment, target: str) -> list[SegmentProblem]:
    """Return everything that keeps ``target`` from standing for ``segment``; one that is empty or too long has that fault alone."""
    if not target.strip():
        return [SegmentProblem(segment.key, Fault.EMPTY)]
    if len(target) > longest(segment):
        # Nothing else is looked at: what is far too long costs time to search.
        return [SegmentProblem(segment.key, Fault.LENGTH, f"{len(target)} > {longest(segment)}")]
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
    different = _difference(
        tags(segment.text) + addresses(segment.text),
        tags(target) + addresses(target),
    )
    if different or segment.markup is not Markup.MARKDOWN:
        return different
    before, after = markdown_shape(segment.text), markdown_shape(target)
    return " ".join(f"{kind} {before[kind]}→{after[kind]}" for kind in before if before[kind] != after[kind])


def _bad_characters(text: str) -> str:
    # All that is bad, and isolates, is nothing that Python prints as it is.
    if text.replace("\n", "").replace("\t", "").isprintable():
        return ""
    bad = {each for each in text if _is_bad(each)}
    if sum(each in _ISOLATES for each in text) != text.count(_END_OF_ISOLATE):
        bad.add(_END_OF_ISOLATE)
    return " ".join(f"U+{ord(each):04X}" for each in sorted(bad))


def _is_bad(character: str) -> bool:
    if character in _ALLOWED_CONTROLS:
        return False
    # Cs, Co and Cn: halves of pairs, private and unassigned characters, which no reader's font shows.
    return character in _FORBIDDEN_BIDI or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn")


def without_marks(text: str) -> str:
    """Return ``text`` without tags and without what a program fills in."""
    if "%" in text or "{" in text:
        text = _PLACEHOLDER.sub(" ", text)
    return _TAG.sub(" ", text) if "<" in text else text


def _edges(text: str) -> tuple[bool, bool]:
    """Return whether it begins and ends with a line end: gettext refuses a catalogue where they differ."""
    return text.startswith("\n"), text.endswith("\n")
