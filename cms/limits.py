"""Within what an editor acts: rights are a role (groups of permissions) times limits. Plain Python.

A limit names sectors or languages; without one of a kind an editor acts in all of them. What belongs to no sector,
such as the front page, lies outside every limit to sectors.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

WRITES_SOURCE: Final = "courses.change_course"
"""Whoever has this permission writes in the language of the source; who lacks it puts into other languages."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The sectors and languages of an editor; None: all of them."""

    sectors: frozenset[str] | None = None
    languages: frozenset[str] | None = None

    def allow(self, *, sectors: Collection[str], languages: Collection[str]) -> bool:
        """Return whether something of all these sectors, in all these languages, lies within; "" is none of them."""
        return (self.sectors is None or self.sectors.issuperset(sectors)) and (
            self.languages is None or self.languages.issuperset(languages)
        )


class OutsideLimits(Exception):
    """An editor would act outside of their limits, or on what their role does not write; carries ``act``."""

    def __init__(self, *, act: str) -> None:
        super().__init__(act)
        self.act = act
