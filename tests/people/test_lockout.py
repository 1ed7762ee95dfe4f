from datetime import UTC, datetime, timedelta

import pytest

from people.lockout import Tally, waits_until

AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def ago(*minutes: int) -> list[datetime]:
    return [AT - timedelta(minutes=m) for m in minutes]


def tally(
    at_subject: list[datetime], of_origin: list[datetime] | None = None, failures: int = 0, origins: int = 1
) -> Tally:
    return Tally(at_subject=at_subject, of_origin=of_origin or at_subject, day_failures=failures, day_origins=origins)


@pytest.mark.parametrize(
    ("case", "until"),
    [
        (tally([]), None),
        (tally(ago(14, 12, 9, 1)), None),
        (tally(ago(14, 12, 9, 3, 1)), AT + timedelta(minutes=1)),
        (tally(ago(1, 3, 9, 12, 14)), AT + timedelta(minutes=1)),
        (tally(ago(14, 13, 12, 9, 3, 1)), AT + timedelta(minutes=2)),
        # Thirty failures of the origin elsewhere: it waits, although it never tried this subject.
        (tally([], ago(*([10] * 29))), None),
        (tally([], ago(*([10] * 30))), AT + timedelta(minutes=5)),
        # Twenty failures are not yet an attack, nor are many failures of few origins.
        (tally(ago(5), failures=20, origins=20), None),
        (tally(ago(5), failures=500, origins=4), None),
        # Under attack an origin gets one try per quarter of an hour …
        (tally(ago(5), failures=21, origins=5), AT + timedelta(minutes=10)),
        # … and a fresh one always gets its first.
        (tally([], failures=100_000, origins=90_000), None),
    ],
)
def test_waiting_follows_the_table(case: Tally, until: datetime | None) -> None:
    assert waits_until(case) == until


def test_the_longer_wait_holds() -> None:
    case = tally(ago(14, 14, 14, 14, 14), ago(*([2] * 30)))
    assert waits_until(case) == AT + timedelta(minutes=13)
