"""What answers say about a question, by language. Pure rules over counts; nobody's answers are looked at alone.

Facility is the share of answers that were wholly right. Discrimination is the facility among those who passed the rest
of their paper less that among the others, from -1 to 1: near 0 the question tells nothing, below 0 it misleads those
who know. Every number has a size below which it is not shown: small numbers say nothing, and may point at somebody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from assessments.frozen import Json
from assessments.items import plain_text

MIN_ANSWERS: Final = 30
"""Below so many answers in a language nothing is said about the question there."""
MIN_IN_A_HALF: Final = 10
"""Discrimination needs so many on either side of the pass mark."""
MIN_CELL: Final = 5
"""What fewer chose is not told."""
MIN_GAP_PERCENT: Final = 20
"""A language differs from the others from so many percentage points of facility on …"""
MIN_Z: Final = 3.0
"""… where chance alone would hardly do it (two proportions; strict, since every question in every language is tried)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of the answers to one question in one language.

    ``high`` and ``low`` are answers on papers whose rest was passed or not, known of newer answers alone. ``chosen``
    counts each choice, by its id, on any of them.
    """

    answers: int = 0
    right: int = 0
    high: int = 0
    high_right: int = 0
    low: int = 0
    low_right: int = 0
    chosen: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together; choices are left out, since only facility is compared across languages."""
        return Tally(
            self.answers + other.answers,
            self.right + other.right,
            self.high + other.high,
            self.high_right + other.high_right,
            self.low + other.low,
            self.low_right + other.low_right,
        )


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What may be told of a question in one language. None: too few answers to say it.

    Where fewer than ``MIN_CELL`` were right or wrong, there is no facility; ``almost`` is then ``all`` or ``none``.
    ``chosen_percent`` gives for each choice the share of answers with it; None where fewer than ``MIN_CELL`` chose
    it, or did not.
    """

    is_too_small: bool
    answers: int | None
    facility_percent: int | None
    discrimination: float | None
    chosen_percent: Mapping[str, int | None]
    almost: str = ""


def choices_of(question: Json) -> dict[str, tuple[str, bool | None]]:
    """Return what a reader reads for each choice of a frozen question, and whether it is right (None: not so simple).

    An option that was taken out since has no words here.
    """
    match question["type"]:
        case "single" | "multiple":
            return {each["id"]: (plain_text(each["text"]), bool(each["correct"])) for each in question["options"]}
        case "scenario":
            choices = [choice for node in question["nodes"] for choice in node["choices"]]
            return {each["id"]: (plain_text(each["text"]), None) for each in choices}
    return {}


def statistics(tally: Tally) -> ItemStatistics:
    """Return what ``tally`` says. Percentages are whole, discrimination has two decimals."""
    if tally.answers < MIN_ANSWERS:
        return ItemStatistics(True, None, None, None, {})
    small = range(1, MIN_CELL)
    wrong = tally.answers - tally.right
    hidden = tally.right in small or wrong in small
    return ItemStatistics(
        False,
        tally.answers,
        # All but four right: who the four are could be guessed by who knows them.
        None if hidden else _percent(tally.right, tally.answers),
        _discrimination(tally),
        {
            choice: None if count in small or tally.answers - count in small else _percent(count, tally.answers)
            for choice, count in sorted(tally.chosen.items())
        },
        ("none" if tally.right in small else "all") if hidden else "",
    )


def _discrimination(tally: Tally) -> float | None:
    if min(tally.high, tally.low) < MIN_IN_A_HALF:
        return None
    return round(tally.high_right / tally.high - tally.low_right / tally.low, 2)


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole)


def fails_far_more_often(tally: Tally, others: Tally) -> bool:
    """Whether the question is answered wrong far more often in one language than in all ``others`` together.

    Both are large enough, the gap is one that matters, and it is hardly chance.
    """
    if min(tally.answers, others.answers) < MIN_ANSWERS:
        return False
    gap = others.right / others.answers - tally.right / tally.answers
    if round(gap * 100, 6) < MIN_GAP_PERCENT:
        return False
    pooled = (tally.right + others.right) / (tally.answers + others.answers)
    spread = sqrt(pooled * (1 - pooled) * (1 / tally.answers + 1 / others.answers))
    return gap / spread >= MIN_Z


def suspects(tallies: Mapping[str, Tally]) -> list[str]:
    """Return the languages in which a question fails far more often than in the others together, sorted."""
    found = []
    for language, tally in tallies.items():
        others = sum((each for code, each in tallies.items() if code != language), Tally())
        if fails_far_more_often(tally, others):
            found.append(language)
    return sorted(found)
