"""Translations that are shipped beside the curriculum: ``locale/<language>.po`` in a course's folder and at the root.

``msgctxt`` is the key of a segment (``wording``), ``msgid`` its source, ``msgstr`` its translation. A comment
"Reviewed by NAME on YYYY-MM-DD" above an entry is a native speaker's signature; without it the entry is a draft.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polib

from courses.curriculum.problems import Problem
from translations.given import GivenTranslation
from translations.merging import Carried, Known, carry_over
from translations.recognition import is_in_script, recognise
from translations.segments import Fault, Segment, faults, normalise

MAX_FILE_BYTES: Final = 4_000_000

_REVIEWED: Final = re.compile(r"^Reviewed by (?P<name>\S.{0,100}?) on (?P<day>\d{4}-\d{2}-\d{2})\.?$", re.MULTILINE)
_SAID: Final[dict[Fault, str]] = {
    Fault.EMPTY: "the translation is empty",
    Fault.PLACEHOLDERS: "the parts that are filled in differ from the source",
    Fault.MARKUP: "the markup differs from the source",
    Fault.NUMBERS: "the numbers differ from the source",
    Fault.CHARACTERS: "it holds characters that are not used here",
    Fault.EDGES: "it has to begin and end with a line end where the source does",
    Fault.LENGTH: "it is too long for its place",
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What one file says: translations by key, with the source each was made from."""

    language: str
    entries: Mapping[str, GivenTranslation] = field(default_factory=dict)

    def current(self, segments: Collection[Segment]) -> dict[str, str]:
        """Return the words for ``segments`` by key: those made from the very source, moved ones included."""
        now = _text(segments)
        return {key: given.target for key, given in self.carried(segments).items() if given.source == now[key]}

    def carried(self, segments: Collection[Segment]) -> dict[str, GivenTranslation]:
        """Return what goes with ``segments`` now: the same, moved along with its words, or stale."""
        known = {key: Known(each.source, each.target) for key, each in self.entries.items()}
        signed = {(each.source, each.target): each.reviewer for each in self.entries.values()}
        found = carry_over(known=known, now=_text(segments))
        return {
            key: GivenTranslation(each.source, each.target, signed[each.source, each.target])
            for key, each in found.items()
            if each.how is not Carried.MISSING
        }


def with_local_words(
    catalogues: Collection[Catalogue], local: Mapping[str, Mapping[str, GivenTranslation]]
) -> tuple[Catalogue, ...]:
    """Return the catalogues with what people wrote here, by language and key, in the place of what the files say."""
    by_language = {each.language: each.entries for each in catalogues}
    return tuple(
        Catalogue(language, {**by_language.get(language, {}), **local.get(language, {})})
        for language in sorted(by_language.keys() | local.keys())
    )


def _text(segments: Collection[Segment]) -> dict[str, str]:
    return {segment.key: segment.text for segment in segments}


def read_catalogue(
    path: Path, *, place: str, segments: Collection[Segment], problems: list[Problem]
) -> Catalogue | None:
    """Return what the file at ``path`` says about ``segments``, or None; ``problems`` is told what is wrong.

    An entry that is fuzzy or has no translation counts as none. One made from an older source is kept: it is
    stale, which is no fault of the file. One that breaks the rules of ``segments.faults`` is a problem, and so is one
    that looks like another language, unless somebody has signed for it.
    """
    language = path.stem
    opened = _open(path, place, problems)
    if opened is None:
        return None
    if opened.metadata.get("Language", "") != language:
        problems.append(Problem(place, 1, f'the header says "Language: {opened.metadata.get("Language", "")}"'))
        return None
    by_key = {segment.key: segment for segment in segments}
    entries: dict[str, GivenTranslation] = {}
    lines: dict[str, int] = {}
    scripts: Counter[bool | None] = Counter()
    for entry in opened:
        key, target = entry.msgctxt or "", normalise(entry.msgstr)
        if entry.obsolete or entry.fuzzy or not target:
            continue
        if not key or key in entries:
            about = f'"{key}" stands here twice' if key else "the entry has no msgctxt"
            problems.append(Problem(place, entry.linenum, about))
            continue
        markup = by_key[key].markup if key in by_key else Segment(key, "").markup
        found = faults(Segment(key, normalise(entry.msgid), markup), target)
        problems += [
            Problem(place, entry.linenum, f"{key}: {_SAID[each.fault]}" + (f" ({each.detail})" if each.detail else ""))
            for each in found
        ]
        scripts[is_in_script(target, language)] += 1
        signed = _REVIEWED.search(entry.tcomment)
        lines[key] = entry.linenum
        entries[key] = GivenTranslation(normalise(entry.msgid), target, signed["name"] if signed else "")
    if scripts[False] > scripts[True]:
        problems.append(Problem(place, 1, f"most of it is not written in the script of {language}"))
        return None
    alike = recognise(((key, each.source, each.target) for key, each in entries.items()), language)
    if alike.mostly:
        problems.append(Problem(place, 1, f"most of it looks like {alike.mostly}, not {language}"))
        return None
    problems += [
        Problem(place, lines[key], f"{key}: this looks like {other}, not {language}; somebody who knows signs for it")
        for key, other in alike.others.items()
        if not entries[key].reviewer
    ]
    return Catalogue(language, entries)


def _open(path: Path, place: str, problems: list[Problem]) -> polib.POFile | None:
    if path.is_symlink() or path.stat().st_size > MAX_FILE_BYTES:
        problems.append(Problem(place, 1, f"the file is a link, or has more than {MAX_FILE_BYTES} bytes"))
        return None
    try:
        return polib.pofile(str(path), encoding="utf-8", wrapwidth=0)
    except (OSError, UnicodeError, ValueError) as error:
        line = re.search(r"\(line (\d+)\)", str(error))
        problems.append(Problem(place, int(line[1]) if line else 1, "this is not a PO file in UTF-8"))
        return None
