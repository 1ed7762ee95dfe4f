"""Who wrote and who signed for each segment of a course, as a bundle carries it: plain text that a difference can be told by.

``words.json`` holds the texts of the course with their segments; ``words@fr.json`` what is known of each segment in
French, by its key. A draft stays a draft on the other site, and a signature goes with the very words it was given for.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from courses.curriculum.wording import group_of
from translations.freshness import Provenance
from translations.given import CarriedTranslation, GivenText, Kind
from translations.segments import Markup, Segment

TEXTS_FILE: Final = "words.json"
MOST_WORDS_BYTES: Final = 30_000_000

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOST_NAME: Final = 120
_KEY: Final = re.compile(r"[a-z0-9/@._-]{1,200}")


def file_of_language(language: str) -> str:
    """Return the name of the file that holds what is known of the words in a language."""
    return f"words@{language}.json"


def texts_file(texts: Iterable[GivenText]) -> bytes:
    """Return ``words.json``."""
    return _file(
        [
            {
                "code": text.code,
                "kind": text.kind,
                "title": text.title,
                "sector": text.sector,
                "segments": [
                    {"key": each.key, "source": each.text, "markup": each.markup.value} for each in text.segments
                ],
            }
            for text in texts
        ]
    )


def language_file(known: Mapping[str, CarriedTranslation]) -> bytes:
    """Return ``words@….json``."""
    return _file({key: entry_of(each) for key, each in sorted(known.items())})


def entry_of(known: CarriedTranslation) -> dict[str, Any]:
    """Return what is known of a segment as a bundle, and the memory of what one brought, has it."""
    return {
        "source": known.source_digest,
        "target": known.target,
        "from": known.provenance.value,
        "by": known.by_name,
        "review_by": known.review_by.isoformat() if known.review_by else None,
    }


def _file(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def read_texts(value: Any, *, course: str, problems: list[str]) -> tuple[GivenText, ...]:
    """Return the texts that ``words.json`` holds; what is wrong with it goes to ``problems``."""
    found: list[GivenText] = []
    seen: set[str] = set()
    for entry in value if isinstance(value, list) else [{}]:
        code = entry.get("code") if isinstance(entry, dict) else entry
        try:
            if not isinstance(code, str) or not _is_of(code, course):
                problems.append(f"{TEXTS_FILE}: {code} is no text of the course {course}")
                continue
            segments = tuple(_segment(each) for each in entry["segments"])
            found.append(
                GivenText(
                    code, Kind(entry["kind"]), _text(entry["title"]), group_of(course), _text(entry["sector"]), segments
                )
            )
        except (KeyError, TypeError, ValueError):
            problems.append(
                f"{TEXTS_FILE}: {code} needs a kind, a title, a sector and segments with key, source and markup"
            )
            continue
        twice = [code, *(each.key for each in segments)]
        problems += [f"{TEXTS_FILE}: {name} is there twice" for name in twice if name in seen or twice.count(name) > 1]
        seen |= set(twice)
    return tuple(found)


def read_language(value: Any, *, name: str, keys: set[str], problems: list[str]) -> dict[str, CarriedTranslation]:
    """Return what a file of a language holds, by key; what is wrong with it goes to ``problems``."""
    found: dict[str, CarriedTranslation] = {}
    if not isinstance(value, dict):
        problems.append(f"{name}: it has to be an object of keys")
        return found
    for key, entry in value.items():
        if key not in keys:
            problems.append(f"{name}: {key[:200]} is no segment in {TEXTS_FILE}")
            continue
        try:
            found[key] = carried_of(entry)
        except (KeyError, TypeError, ValueError) as fault:
            problems.append(f"{name}: {key}: {fault}")
    return found


def carried_of(entry: Any) -> CarriedTranslation:
    """Return what is known of a segment from its entry.

    Raises:
        ValueError, KeyError, TypeError: the entry is not as ``entry_of`` makes it.
    """
    provenance = Provenance(entry["from"])
    by = _text(entry["by"])
    if not _DIGEST.fullmatch(_text(entry["source"])):
        raise ValueError("the digest of its source is no SHA-256")
    if not _text(entry["target"]).strip():
        raise ValueError("it has no words")
    if provenance is Provenance.REVIEWED and not by.strip():
        raise ValueError("it is reviewed by nobody")
    if len(by) > _MOST_NAME:
        raise ValueError(f"a name of more than {_MOST_NAME} letters")
    until = entry["review_by"]
    return CarriedTranslation(
        entry["source"], entry["target"], provenance, by, None if until is None else date.fromisoformat(_text(until))
    )


def _is_of(code: str, course: str) -> bool:
    return code == group_of(course) or code.startswith((f"lesson:{course}/", f"question:{course}/"))


def _segment(entry: Any) -> Segment:
    if not _KEY.fullmatch(_text(entry["key"])):
        raise ValueError("no key")
    return Segment(entry["key"], _text(entry["source"]), Markup(entry["markup"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is needed")
    return value
