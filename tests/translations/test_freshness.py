from datetime import date

import pytest

from translations.freshness import Freshness, Provenance, SegmentFact, State, freshness

ON = date(2026, 11, 28)
CURRENT = SegmentFact("a", "a", Provenance.REVIEWED, date(2026, 11, 28))
OVERDUE = SegmentFact("a", "a", Provenance.REVIEWED, date(2026, 11, 27))
DRAFT = SegmentFact("a", "a", Provenance.MACHINE)
WRITTEN = SegmentFact("a", "a", Provenance.PERSON)
STALE = SegmentFact("b", "a", Provenance.REVIEWED)
MISSING = SegmentFact("a")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], Freshness(State.CURRENT, 0)),
        ([CURRENT], Freshness(State.CURRENT, 1)),
        ([CURRENT, OVERDUE], Freshness(State.REVIEW_OVERDUE, 2, review_overdue=1)),
        ([CURRENT, OVERDUE, WRITTEN], Freshness(State.IN_REVIEW, 3, in_review=1, review_overdue=1)),
        ([CURRENT, WRITTEN, DRAFT], Freshness(State.DRAFT, 3, draft=1, in_review=1)),
        ([WRITTEN], Freshness(State.IN_REVIEW, 1, in_review=1)),
        ([DRAFT, STALE, STALE], Freshness(State.STALE, 3, stale=2, draft=1)),
        ([CURRENT, MISSING], Freshness(State.STALE, 2, untranslated=1)),
        ([MISSING, MISSING], Freshness(State.UNTRANSLATED, 2, untranslated=2)),
    ],
)
def test_a_text_is_as_fresh_as_its_worst_segment(facts, expected):
    assert freshness(facts, on=ON) == expected


@pytest.mark.parametrize(
    ("fact", "draft"),
    [(CURRENT, False), (OVERDUE, False), (DRAFT, True), (WRITTEN, True), (STALE, True), (MISSING, False)],
)
def test_what_nobody_reviewed_in_its_present_form_is_a_draft(fact, draft):
    assert freshness([fact], on=ON).is_draft is draft
