"""How often a requirement asks again, as text and as days."""

from datetime import date

import pytest

from certificates.validity import Duration, PolicyError
from compliance.condition_words import again_in_words
from compliance.recurrence import EachRenewal, Next, again, parse_recurs

pytestmark = pytest.mark.one_profile


@pytest.mark.parametrize(
    ("text", "completions", "due_on", "opens_on"),
    [
        ("12m", [date(2024, 2, 29)], date(2025, 2, 28), None),
        ("12m", [date(2024, 2, 29), date(2025, 1, 10)], date(2026, 1, 9), None),
        # The anniversary keeps its day through leap years, early and late completions.
        ("12m@60d", [date(2024, 2, 29)], date(2025, 2, 28), date(2024, 12, 31)),
        ("12m@60d", [date(2024, 2, 29), date(2025, 1, 10)], date(2026, 2, 28), date(2025, 12, 31)),
        ("12m@60d", [date(2024, 2, 29), date(2024, 9, 1)], date(2025, 2, 28), date(2024, 12, 31)),
        ("12m@60d", [date(2024, 2, 29), date(2025, 4, 15)], date(2026, 2, 28), date(2025, 12, 31)),
        ("12m@60d", [date(2024, 2, 29), *(date(year, 2, 10) for year in (2025, 2026, 2027))], date(2028, 2, 28), date(2027, 12, 31)),
        ("1m@1w", [date(2025, 1, 31), date(2025, 2, 28)], date(2025, 3, 30), date(2025, 3, 24)),
        ("2y@year", [date(2026, 1, 1)], date(2028, 12, 31), None),
        ("2y@year", [date(2026, 1, 1), date(2026, 12, 31)], date(2028, 12, 31), None),
        ("2y@year", [date(2026, 12, 31), date(2027, 1, 1)], date(2029, 12, 31), None),
    ],
)  # fmt: skip
def test_when_it_is_asked_again(text, completions, due_on, opens_on):
    # The order in which completions are told does not matter, nor does telling one twice.
    assert again(parse_recurs(text), [*reversed(completions), completions[0]]) == Next(due_on, opens_on)


@pytest.mark.parametrize(
    ("completed_on", "due_on"),
    [
        (date(2025, 1, 1), date(2031, 5, 4)),
        (date(2026, 5, 4), date(2031, 5, 4)),
        (date(2026, 5, 5), None),
    ],
)
def test_what_is_done_up_to_a_renewal_is_done_for_that_one(completed_on, due_on):
    found = again(EachRenewal((date(2021, 5, 4), date(2026, 5, 4), date(2031, 5, 4))), [completed_on])
    assert found == (Next(due_on, None) if due_on else None)


def test_what_cannot_be_is_refused():
    for text in ("0m", "0y@year", "18m@year", "12m@2y", "12m@", "often", "12m@year@", "1000m@1000d"):
        with pytest.raises(PolicyError):
            parse_recurs(text)


def test_it_is_said_in_words():
    words = {text: again_in_words(parse_recurs(text)) for text in ("12m", "12m@60d", "2y@year", "licence")}
    assert words == {
        "12m": "Every 12 months, counted from the last time.",
        "12m@60d": "Every 12 months on the same day, if done in the last 60 days before it.",
        "2y@year": "Once in every period of 2 years of the calendar, counted from the last time.",
        "licence": "With each renewal of the licence.",
    }
    assert parse_recurs("2y") == Duration(2, "y")
