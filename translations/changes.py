"""What a change of the source means for the translations made from it. Pure rules.

The author says which kind it is; where nobody said, it changed the meaning.
"""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from translations.freshness import Provenance

_NUMBERED: Final = re.compile(r"^[ \t]*\d+[.)][ \t]+", re.MULTILINE)


class ChangeKind(StrEnum):
    """Which kind of change an author made."""

    MINOR = "minor"
    """A typo, a comma, a clearer word: whoever signed would sign again."""
    MEANING = "meaning"
    """It says something else: nobody has reviewed the translations of that."""
    LEGAL = "legal"
    """What a law or a protocol asks changed: as meaning, and people may have to learn it anew."""


class Standing(NamedTuple):
    """Where a translation stands: whose words they are, and whether they were made from the source of today."""

    provenance: Provenance
    is_fresh: bool


def after_change(kind: ChangeKind, before: Standing, *, is_local: bool) -> Standing:
    """Return where a translation stands once its source changed.

    A minor change leaves what was fresh fresh, signature and all. Otherwise the words are those of an older source,
    and a signature is gone: they are a person's where they were written or signed for here (``is_local``), else a
    draft. What was stale before stays stale, whatever the next change is.
    """
    if kind is ChangeKind.MINOR:
        return before
    return Standing(unsigned(before.provenance, is_local=is_local), is_fresh=False)


def unsigned(provenance: Provenance, *, is_local: bool) -> Provenance:
    """Return whose the words are once nobody's signature holds."""
    if provenance is not Provenance.REVIEWED:
        return provenance
    return Provenance.PERSON if is_local else Provenance.MACHINE


def letters_of(text: str) -> str:
    """Return the letters and digits alone: the same for a text in Markdown and for what a reader sees of it."""
    return "".join(each for each in _NUMBERED.sub("", text) if each.isalnum())
