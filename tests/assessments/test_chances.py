from datetime import UTC, datetime

import pytest

from assessments.chances import PastAttempt, check_chance
from assessments.refusals import AttemptsExhausted, MustWait

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAILED = PastAttempt(NOON, passed=False)
PASSED = PastAttempt(NOON, passed=True)


@pytest.mark.parametrize(
    ("policy", "past", "at"),
    [
        ({"max_attempts": None, "wait_hours": 0}, [], NOON),
        ({"max_attempts": None, "wait_hours": 0}, [FAILED] * 40, NOON),
        ({"max_attempts": 3, "wait_hours": 0}, [FAILED] * 2, NOON),
        ({"max_attempts": None, "wait_hours": 24}, [FAILED], datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ({"max_attempts": None, "wait_hours": 24}, [FAILED, PASSED], NOON),
        ({"max_attempts": None, "wait_hours": 0}, [FAILED], datetime(2026, 3, 1, 11, 59, 59, tzinfo=UTC)),
    ],
)
def test_another_attempt_may_start(policy, past, at):
    check_chance(policy, past, at=at)


def test_no_attempt_beyond_the_limit():
    with pytest.raises(AttemptsExhausted) as caught:
        check_chance({"max_attempts": 3, "wait_hours": 24}, [FAILED] * 3, at=NOON)

    assert caught.value.max_attempts == 3


def test_attempt_before_the_waiting_time_is_over():
    with pytest.raises(MustWait) as caught:
        check_chance(
            {"max_attempts": None, "wait_hours": 24}, [PASSED, FAILED], at=datetime(2026, 3, 2, 11, 59, tzinfo=UTC)
        )

    assert caught.value.until == datetime(2026, 3, 2, 12, tzinfo=UTC)
