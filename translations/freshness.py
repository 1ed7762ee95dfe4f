"""How fresh a text is in a language. A pure function of what is known of its segments and of the day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """The state of a text in a language, from the one that asks for the most work to the one that asks for none."""

    UNTRANSLATED = "untranslated"
    STALE = "stale"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    REVIEW_OVERDUE = "review_overdue"
    CURRENT = "current"


class Provenance(StrEnum):
    """Who the words of a segment are from. What comes with the project counts as a machine's."""

    MACHINE = "machine"
    PERSON = "person"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class SegmentFact:
    """What is known of one segment in one language.

    ``translated_from`` is the digest of the source that the translation was made from, "" without a translation.
    ``review_by`` is the last good day of a review; None: the review does not lapse.
    """

    source_digest: str
    translated_from: str = ""
    provenance: Provenance = Provenance.MACHINE
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of a text and how many of its segments are in each."""

    state: State
    segments: int
    untranslated: int = 0
    stale: int = 0
    draft: int = 0
    """Segments in a machine's words, or in words that came with the project, which nobody has signed for."""
    in_review: int = 0
    """Segments that a person wrote and nobody has signed for."""
    review_overdue: int = 0

    @property
    def is_draft(self) -> bool:
        """Whether some of it stands there that no named person has reviewed in its present form."""
        return bool(self.draft or self.in_review or self.stale)


def segment_state(fact: SegmentFact, *, on: date) -> State:
    """Return the state of one segment on the day ``on``; a review is good through its ``review_by``."""
    if not fact.translated_from:
        return State.UNTRANSLATED
    if fact.translated_from != fact.source_digest:
        return State.STALE
    if fact.provenance is Provenance.MACHINE:
        return State.DRAFT
    if fact.provenance is Provenance.PERSON:
        return State.IN_REVIEW
    if fact.review_by is not None and on > fact.review_by:
        return State.REVIEW_OVERDUE
    return State.CURRENT


def freshness(facts: Iterable[SegmentFact], *, on: date) -> Freshness:
    """Return how fresh a text with these segments is (see ``summed``)."""
    return summed(Counter(segment_state(fact, on=on) for fact in facts))


def summed(counted: Mapping[State, int]) -> Freshness:
    """Return how fresh a text is of whose segments so many are in each state.

    A text is ``untranslated`` only where none of its segments has a translation; where some lack it, it is stale:
    the reader would see a mixture. A text without segments is current.
    """
    total = sum(counted.values())
    untranslated, stale, draft, in_review, overdue = (
        counted.get(state, 0)
        for state in (State.UNTRANSLATED, State.STALE, State.DRAFT, State.IN_REVIEW, State.REVIEW_OVERDUE)
    )
    if total and untranslated == total:
        state = State.UNTRANSLATED
    elif untranslated or stale:
        state = State.STALE
    elif draft:
        state = State.DRAFT
    elif in_review:
        state = State.IN_REVIEW
    elif overdue:
        state = State.REVIEW_OVERDUE
    else:
        state = State.CURRENT
    return Freshness(
        state=state,
        segments=total,
        untranslated=untranslated,
        stale=stale,
        draft=draft,
        in_review=in_review,
        review_overdue=overdue,
    )
