"""What is asked from a day on is what the spans of all dates say, however it came about."""

from datetime import date, timedelta

from hypothesis import given, settings

from compliance.judging import judge
from compliance.outlook import Outlook, outlook, seen_from
from compliance.standing import Facts, ReasonCode, Requirement, Span, State, spans, standing
from tests.compliance.test_standing import days, some_facts

ON = date(2026, 3, 2)


def told_by_all_dates(facts, on):
    asked = [
        span.standing
        for span in spans(facts)
        if (span.until is None or span.until > on)
        and any(reason.code is ReasonCode.REQUIREMENT for reason in span.standing.reasons)
    ]
    if not asked:
        return Outlook(False, None, False)
    due_on = next((it.due_on for it in asked if it.due_on is not None), None)
    return Outlook(True, due_on, asked[0].state is State.NEEDS_DATE)


@settings(deadline=None)
@given(some_facts, days)
def test_outlook_is_what_the_spans_of_all_dates_say(facts, on):
    assert outlook(facts, on) == told_by_all_dates(facts, on)


@settings(deadline=None)
@given(some_facts, days)
def test_facts_seen_from_a_day_say_the_same_of_every_later_day(facts, on):
    seen = seen_from(facts, on)
    for day in (on + timedelta(days=n) for n in (0, 1, 7, 40, 120, 300, 700)):
        one, other = standing(facts, day), standing(seen, day)
        assert (one.overlays, one.counts_as, one.due_on) == (other.overlays, other.counts_as, other.due_on)
        assert one.state == other.state


def test_facts_of_which_only_the_past_differs_are_the_same_seen_from_today():
    def since(day):
        return Facts(employments=(Span(day),), requirements=(Requirement(day, id="r", due_on=date(2026, 4, 1)),))

    assert seen_from(since(date(2020, 1, 1)), ON) == seen_from(since(date(2024, 5, 5)), ON)
    assert seen_from(since(date(2026, 3, 3)), ON) != seen_from(since(date(2024, 5, 5)), ON)


@settings(deadline=None)
@given(some_facts)
def test_time_at_work_before_anything_was_asked_changes_no_span(facts):
    kept = [(it.from_on, it.until, it.state, it.counts_as, it.due_on) for it in judge(facts, {}).spans]
    own = [(it.from_on, it.until, it.standing) for it in spans(facts)]
    assert kept == [(from_on, until, str(it.state), str(it.counts_as), it.due_on) for from_on, until, it in own]
    assert [list(it.reasons) for it in judge(facts, {}).spans] == [
        [reason.to_json() for reason in it.reasons] for _, _, it in own
    ]


def test_people_who_began_before_the_requirement_share_one_judgement():
    def began(day):
        return Facts(employments=(Span(day),), requirements=(Requirement(ON, id="r", due_on=date(2026, 4, 1)),))

    assert judge(began(date(2020, 1, 1)), {}) is judge(began(date(2024, 5, 5)), {})
