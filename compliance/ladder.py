"""The ladder of a requirement: on which days around the last good day somebody is told, and who else hears of it.

Plain Python: no clock, no database, no settings. Written as JSON: ``[{"days": -14, "to": ["learner"]}, …]``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

FARTHEST_DAYS: Final = 366
"""How far from the last good day a rung may lie, either way."""
MOST_RUNGS: Final = 20


class Recipient(StrEnum):
    """Who is told on a rung, from the person upwards.

    A manager is who the employer named as such for the person; a site lead leads the person's site or one above it.
    Where there is none, the next one up hears in their place.
    """

    LEARNER = "learner"
    MANAGER = "manager"
    SITE_LEAD = "site_lead"
    HR = "hr"


class LadderProblem(StrEnum):
    """What is wrong with a ladder; the page that took it turns this into words."""

    NOT_A_LIST = "not_a_list"
    TOO_MANY = "too_many"
    NOT_A_RUNG = "not_a_rung"
    NOT_A_DAY = "not_a_day"
    TOO_FAR = "too_far"
    SAME_DAY_TWICE = "same_day_twice"
    NOBODY = "nobody"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    BEHIND_THE_BACK = "behind_the_back"


class LadderError(ValueError):
    """A ladder that cannot be; carries ``problem`` and ``met``, what was found."""

    def __init__(self, problem: LadderProblem, met: object = None) -> None:
        self.problem = problem
        self.met = met
        super().__init__(f"{problem}: {met}")


@dataclass(frozen=True, slots=True)
class Rung:
    """``days`` after the last good day (negative: before it) the recipients ``to`` are told, the learner always."""

    days: int
    to: tuple[Recipient, ...] = (Recipient.LEARNER,)


Ladder = tuple[Rung, ...]

_UP_TO_LEAD: Final = (Recipient.LEARNER, Recipient.MANAGER, Recipient.SITE_LEAD)

DEFAULT_LADDER: Final[Ladder] = (
    Rung(-60),
    Rung(-30),
    Rung(-14),
    Rung(-7),
    Rung(-1),
    Rung(0, (Recipient.LEARNER, Recipient.MANAGER)),
    Rung(3, _UP_TO_LEAD),
    Rung(14, (*_UP_TO_LEAD, Recipient.HR)),
)
"""What holds where a requirement says nothing."""


def ladder_from_json(data: object) -> Ladder:
    """Return the ladder that ``ladder_to_json`` wrote or somebody typed, sorted by day.

    Raises:
        LadderError: it is no list of rungs, a day stands twice or too far off, or somebody is told what the learner is not.
    """
    if not isinstance(data, list):
        raise LadderError(LadderProblem.NOT_A_LIST, data)
    if len(data) > MOST_RUNGS:
        raise LadderError(LadderProblem.TOO_MANY, len(data))
    rungs = sorted((_rung(it) for it in data), key=lambda rung: rung.days)
    for one, other in pairwise(rungs):
        if one.days == other.days:
            raise LadderError(LadderProblem.SAME_DAY_TWICE, one.days)
    return tuple(rungs)


def _rung(data: object) -> Rung:
    if not isinstance(data, dict) or set(data) != {"days", "to"}:
        raise LadderError(LadderProblem.NOT_A_RUNG, data)
    days, to = data["days"], data["to"]
    if type(days) is not int:
        raise LadderError(LadderProblem.NOT_A_DAY, days)
    if abs(days) > FARTHEST_DAYS:
        raise LadderError(LadderProblem.TOO_FAR, days)
    if not isinstance(to, list) or not to:
        raise LadderError(LadderProblem.NOBODY, to)
    known = {str(it) for it in Recipient}
    unknown = [it for it in to if not isinstance(it, str) or it not in known]
    if unknown:
        raise LadderError(LadderProblem.UNKNOWN_RECIPIENT, unknown[0])
    if Recipient.LEARNER not in to:
        # Nobody is spoken about who has not been spoken to.
        raise LadderError(LadderProblem.BEHIND_THE_BACK, days)
    return Rung(days, tuple(it for it in Recipient if it in to))


def ladder_to_json(ladder: Iterable[Rung]) -> list[dict[str, Any]]:
    """Return the ladder as plain JSON values."""
    return [{"days": rung.days, "to": [str(it) for it in rung.to]} for rung in ladder]


def merged(ladders: Sequence[Ladder]) -> Ladder:
    """Return one ladder for several requirements that share a cycle: every day of each, with everybody named for it."""
    found: dict[int, set[Recipient]] = {}
    for ladder in ladders:
        for rung in ladder:
            found.setdefault(rung.days, set()).update(rung.to)
    return tuple(Rung(days, tuple(it for it in Recipient if it in found[days])) for days in sorted(found))
