"""Whether the words of a bundle are in the languages that it says, form by form beside that of the source."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from courses.bundle.parts import part_and_language
from courses.bundle.reading import file_of
from courses.curriculum.registry import Form
from translations.recognition import recognise


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found, each by its place: what keeps the bundle out, and what somebody should look at."""

    problems: tuple[str, ...]
    doubts: tuple[str, ...]


def heard(forms: Mapping[str, Mapping[str, Form]], languages: Iterable[str]) -> Heard:
    """Return where the words of ``languages`` look like another one.

    A language whose words mostly look like another one is a problem; single pieces are doubts. What still stands in
    the words of the source is not translated yet, and neither.
    """
    problems: list[str] = []
    doubts: list[str] = []
    for language in languages:
        pieces = [each for each in _pieces(forms, language) if each[1] != each[2]]
        found = recognise(pieces, language)
        said = [f"{place}: this looks like {other}, not {language}" for place, other in found.others.items()]
        if found.mostly:
            problems += [f"{language}: most of it looks like {found.mostly}", *said]
        else:
            doubts += said
    return Heard(tuple(problems), tuple(doubts))


def _pieces(forms: Mapping[str, Mapping[str, Form]], language: str) -> Iterator[tuple[str, str, str]]:
    for name, by_code in forms.items():
        part, spoken = part_and_language(name)
        if spoken == language:
            for code, form in by_code.items():
                yield from _texts(f"{file_of(name, code)}: ", forms[part].get(code), form)


def _texts(place: str, source: Any, target: Any) -> Iterator[tuple[str, str, str]]:
    """Yield every text of a form by its place, with what stands in the same place of the other."""
    if isinstance(target, str):
        yield place, source if isinstance(source, str) else "", target
    elif isinstance(target, dict):
        for key, value in target.items():
            yield from _texts(f"{place}/{key}", source.get(key) if isinstance(source, dict) else None, value)
    elif isinstance(target, list):
        for at, value in enumerate(target):
            there = isinstance(source, list) and at < len(source)
            yield from _texts(f"{place}/{at + 1}", source[at] if there else None, value)
