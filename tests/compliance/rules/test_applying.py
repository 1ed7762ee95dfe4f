"""Which rules are about a site, which is the strictest, and which day they set."""

from dataclasses import replace
from datetime import date

import pytest

from certificates.validity import Duration
from compliance.rules.applying import (
    Answer,
    Dimension,
    Earlier,
    SiteFacts,
    again_due,
    applicable,
    applies,
    earlier_due,
    first_due,
    strictest,
)
from compliance.rules.reader import SHIPPED, read_packs
from compliance.rules.schema import Recurrence, Retention, Scope

RULES = {rule.code: rule for pack in read_packs(SHIPPED).packs for rule in pack.rules}
TODAY = date(2026, 11, 28)


def about(code, place, kind="", rooms=None, size=None, on=TODAY):
    match = applies(RULES[code], SiteFacts(place, kind, rooms, size), on)
    return match.answer.value, match.missing


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (("us-ca-hotel", "us-ca", "hotel"), ("yes", ())),
        (("us-ca-hotel", "us-ca"), ("unknown", ("kind",))),
        (("us-ca-hotel", "us-ca", "bed-and-breakfast"), ("no", ())),
        (("us-ca-hotel", "us-fl", "hotel"), ("no", ())),
        (("us-ca-hotel", "us", "hotel"), ("unknown", ("jurisdiction",))),
        (("us-ca-hotel", "", "hotel"), ("unknown", ("jurisdiction",))),
        (("us-ca-hotel", "ca-bc", "hotel"), ("no", ())),
        (("us-fl-lodging", "us-fl", "short-term-rental"), ("unknown", ("kind_to_check",))),
        (("us-fed-cabin", "us-tx", "airline"), ("yes", ())),
        (("us-md-lodging", "us-md", "hotel", 3), ("no", ())),
        (("us-md-lodging", "us-md", "hotel", 4), ("yes", ())),
        (("us-md-lodging", "us-md", "hotel"), ("unknown", ("rooms",))),
        (("us-ny-lodging", "us-ny", "hotel", 6), ("yes", ())),
        (("us-ny-lodging", "us-ny", "hotel", 5), ("unknown", ("exception",))),
        (("us-ny-lodging", "us-ny", "hotel"), ("unknown", ("rooms",))),
        (("us-il-lodging", "us-il", "truck-stop"), ("yes", ())),
        (("ca-bc-network-corporate", "ca-bc", "office"), ("yes", ())),
        (("ca-s211", "ca-bc", "office"), ("unknown", ("organisation",))),
    ],
)
def test_a_rule_is_about_a_site(asked, answer):
    assert about(*asked) == answer


@pytest.mark.parametrize(("on", "answer"), [(date(2021, 12, 31), "no"), (date(2022, 1, 1), "yes")])
def test_a_rule_is_about_nothing_before_it_is_in_force(on, answer):
    assert about("us-tx-lodging", "us-tx", "hotel", on=on)[0] == answer


@pytest.mark.parametrize(("on", "answer"), [(date(2027, 3, 31), Answer.YES), (date(2027, 4, 1), Answer.NO)])
def test_a_rule_ends_on_the_day_that_is_given(on, answer):
    rule = replace(RULES["us-ca-hotel"], in_force_until=date(2027, 4, 1))
    assert applies(rule, SiteFacts("us-ca", "hotel"), on).answer is answer


@pytest.mark.parametrize(("size", "answer"), [(24, Answer.NO), (25, Answer.YES), (None, Answer.UNKNOWN)])
def test_the_number_of_people_counts_where_a_rule_asks(size, answer):
    rule = replace(RULES["us-ca-hotel"], scope=Scope(kinds=("hotel",), size_at_least=25))
    assert applies(rule, SiteFacts("us-ca", "hotel", size=size), TODAY).answer is answer


def test_several_rules_may_be_about_a_site():
    found = applicable(RULES.values(), SiteFacts("us-ca", "hotel", 40), TODAY)
    assert [match.rule.code for match in found] == ["us-ca-hotel"]
    found = applicable(RULES.values(), SiteFacts("us-ca"), TODAY)
    assert {match.rule.code for match in found} == {
        "us-ca-school",
        "us-ca-hotel",
        "us-fed-cabin",
        "us-fed-ground",
        "us-ca-transit",
    }


# --- days ---


@pytest.mark.parametrize(
    ("code", "started_on", "due_on"),
    [
        ("us-fl-lodging", date(2026, 1, 1), date(2026, 3, 2)),
        ("us-tx-lodging", date(2028, 2, 1), date(2028, 5, 1)),
        ("us-ca-hotel", date(2026, 1, 15), date(2026, 7, 15)),
        ("us-ca-hotel", date(2026, 8, 31), date(2027, 2, 28)),
        ("us-ca-hotel", date(2027, 8, 31), date(2028, 2, 29)),
        ("us-fl-police", date(2024, 2, 29), date(2025, 2, 28)),
        ("us-fed-cabin", date(2026, 3, 2), date(2026, 3, 2)),
        ("us-ca-transit", date(2020, 3, 2), date(2021, 1, 1)),
        ("us-ca-transit", date(2026, 3, 2), date(2026, 3, 2)),
        ("us-fed-ground", date(2026, 3, 2), None),
    ],
)
def test_the_first_time_is_due(code, started_on, due_on):
    assert first_due(RULES[code], started_on) == due_on


@pytest.mark.parametrize(
    ("code", "completed_on", "due_on"),
    [
        ("us-tx-lodging", date(2026, 3, 2), date(2027, 3, 1)),
        ("us-tx-lodging", date(2024, 2, 29), date(2025, 2, 28)),
        ("us-ca-hotel", date(2026, 3, 2), date(2028, 3, 1)),
        ("us-va-hotel", date(2026, 1, 1), date(2028, 12, 31)),
        ("us-va-hotel", date(2026, 12, 31), date(2028, 12, 31)),
        ("us-ny-lodging", date(2026, 3, 2), None),
        ("us-tx-health", date(2026, 3, 2), None),
    ],
)
def test_the_next_time_is_due(code, completed_on, due_on):
    assert again_due(RULES[code], completed_on) == due_on


def test_the_day_of_a_rule_comes_before_the_printed_one():
    both = [RULES["us-ca-hotel"], RULES["us-tx-lodging"]]
    earlier = earlier_due(both, date(2026, 3, 2), date(2029, 3, 1))
    assert earlier == Earlier(date(2027, 3, 1), RULES["us-tx-lodging"])


@pytest.mark.parametrize("last_valid_on", [date(2027, 3, 1), date(2027, 2, 1)])
def test_no_earlier_day_where_the_certificate_ends_first(last_valid_on):
    assert earlier_due([RULES["us-tx-lodging"]], date(2026, 3, 2), last_valid_on) is None


def test_a_proposal_makes_nobody_due_earlier():
    assert earlier_due([RULES["us-wi-school"]], date(2026, 3, 2), date(2036, 3, 1)) is None


# --- stacking ---


def held(*codes):
    return strictest([RULES[code] for code in codes], started_on=date(2026, 3, 2), completed_on=date(2026, 3, 2))


@pytest.mark.parametrize(
    ("codes", "dimension", "value", "by"),
    [
        (("us-ca-hotel", "us-fl-lodging"), "first_due", date(2026, 5, 1), ("us-fl-lodging",)),
        (("us-tx-lodging", "us-mn-hotel"), "first_due", date(2026, 5, 31), ("us-tx-lodging", "us-mn-hotel")),
        (("us-ca-hotel", "ca-airport-staff"), "minimum_minutes", 30, ("ca-airport-staff",)),
        (("us-ca-hotel", "us-tx-police"), "minimum_minutes", 240, ("us-tx-police",)),
        (("us-ca-hotel", "us-va-hotel"), "again_due", date(2028, 3, 1), ("us-ca-hotel",)),
        (("ca-bc-network-corporate", "us-tx-lodging"), "again_due", date(2027, 3, 1), ("us-tx-lodging",)),
        (("us-ny-lodging", "us-tx-lodging"), "retention", Retention("current-and-former"), ("us-tx-lodging",)),
        (("us-ny-lodging", "us-ca-hotel"), "retention", Retention("employment", Duration(12, "m")), ("us-ny-lodging",)),
        (("us-ca-hotel", "us-tx-lodging"), "produce_within_hours", 72, ("us-tx-lodging",)),
    ],
)
def test_the_strictest_wins_in_each_respect_and_is_named(codes, dimension, value, by):
    assert getattr(held(*codes), dimension) == Dimension(value, by)


def test_conditions_topics_and_evidence_add_up():
    both = held("us-ny-lodging", "us-va-hotel")
    assert both.conditions == (
        Dimension("approved-course", ("us-ny-lodging", "us-va-hotel")),
        Dimension("on-premises", ("us-ny-lodging",)),
        Dimension("paid-time", ("us-ny-lodging",)),
        Dimension("individual-only", ("us-va-hotel",)),
    )
    assert both.topics[-1] == Dimension("reporting", ("us-va-hotel",))
    assert both.evidence == (Dimension("transcript", ("us-va-hotel",)),)


def test_proposals_and_reports_ask_nothing_of_people():
    assert held("us-wi-school", "ca-bc-truck-licence", "ca-s211") == strictest([], started_on=TODAY, completed_on=TODAY)


def test_a_rule_of_two_calendar_years_may_be_stricter_than_three_years():
    years = replace(RULES["us-ca-hotel"], code="three", recurrence=Recurrence("every", Duration(36, "m")))
    found = strictest([years, RULES["us-va-hotel"]], started_on=TODAY, completed_on=date(2026, 12, 31))
    assert found.again_due == Dimension(date(2028, 12, 31), ("us-va-hotel",))
