"""What was taken back from readers, for the rooms that hand out words of courses and know no course.

The app that knows it registers what to ask; whoever writes a file asks, and writes the marker in its place.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

_NOT_LETTERS: Final = re.compile(r"\]\([^)]*\)|[\W_]+")
_FEWEST_LETTERS: Final = 12
"""Shorter pieces ("Yes", "Call 911") stand in other parts too, and tell nothing of this one."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """One part that was taken back.

    ``group`` is that of its course. ``question`` is its code if it is a question, ``prefix`` begins the names of its
    segments if they are known by name, and ``said`` holds what ``letters_of`` makes of each piece of its text, in
    every language.
    """

    on: date
    by_owner: bool
    group: str
    question: str = ""
    prefix: str = ""
    said: frozenset[str] = frozenset()

    def covers(self, name: str, *texts: str) -> bool:
        """Whether the segment called ``name``, or any of its ``texts``, is of this part."""
        if not name.startswith(f"{self.group}/"):
            return False
        if self.prefix and name.startswith(self.prefix):
            return True
        return any(letters_of(text) in self.said for text in texts)

    def marker(self, language: str) -> str:
        """Return what stands in its place, in ``language``."""
        return marker(on=self.on, by_owner=self.by_owner, language=language)


_providers: list[Callable[[], Iterable[Withheld]]] = []


def register_withheld(provider: Callable[[], Iterable[Withheld]]) -> None:
    """Let ``provider()`` say what is withheld today. Registering twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def withheld() -> list[Withheld]:
    """Return everything that is withheld today."""
    return [each for provider in _providers for each in provider()]


def withheld_questions() -> Mapping[str, Withheld]:
    """Return the questions that are withheld today, by code."""
    return {each.question: each for each in withheld() if each.question}


def marker(*, on: date, by_owner: bool, language: str) -> str:
    """Return what stands in the place of a part that was taken back on a day, in ``language``."""
    with translation.override(language):
        day = date_format(on, "j F Y" if language.startswith("en") else "DATE_FORMAT")
        if by_owner:
            return _("A part was here that its owner withdrew on %(date)s.") % {"date": day}
        return f"{_('This part was taken away')} ({day})."


def letters_of(text: str) -> str:
    """Return the letters and digits of ``text`` alone, so that it is known again whatever its markup; "" if few."""
    letters = _NOT_LETTERS.sub("", text).casefold()
    return letters if len(letters) >= _FEWEST_LETTERS else ""
