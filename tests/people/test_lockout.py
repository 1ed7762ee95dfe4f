from datetime import UTC, datetime, timedelta

import pytest

from people.lockout import WINDOW, Tally, waits_until

AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def ago(*minutes: int) -> list[datetime]:
    return [AT - timedelta(minutes=m) for m in minutes]


def tally(
    at_subject: list[datetime],
    of_origin: list[datetime] | None = None,
    failures: int = 0,
    origins: int = 1,
    here: int = 0,
    of_day: int = 0,
) -> Tally:
    return Tally(
        at_subject=at_subject,
        of_origin=of_origin or at_subject,
        day_failures=failures,
        day_origins=origins,
        day_at_subject=here,
        day_of_origin=of_day,
    )


@pytest.mark.parametrize(
    ("case", "until"),
    [
        (tally([]), None),
        (tally(ago(14, 12, 9, 1)), None),
        (tally(ago(14, 12, 9, 3, 1)), AT + timedelta(minutes=1)),
        (tally(ago(1, 3, 9, 12, 14)), AT + timedelta(minutes=1)),
        (tally(ago(14, 13, 12, 9, 3, 1)), AT + timedelta(minutes=2)),
        # Two hundred failures of the origin elsewhere: it waits, although it never tried this subject …
        (tally([], ago(*([10] * 199)), of_day=599), None),
        (tally([], ago(*([10] * 200)), of_day=200), AT + timedelta(minutes=5)),
        # … and after thirty, where it has failed all day long.
        (tally([], ago(*([10] * 30)), of_day=599), None),
        (tally([], ago(*([10] * 29)), of_day=600), None),
        (tally([], ago(*([10] * 30)), of_day=600), AT + timedelta(minutes=5)),
        # Twenty failures are not yet an attack, nor are many failures of few origins.
        (tally(ago(5), failures=20, origins=20), None),
        (tally(ago(5), failures=500, origins=4), None),
        # Under attack an origin gets one try per quarter of an hour …
        (tally(ago(5), failures=21, origins=5), AT + timedelta(minutes=10)),
        # … as does one that has tried it alone all day long …
        (tally(ago(5), failures=20, here=20), None),
        (tally(ago(5), failures=21, here=21), AT + timedelta(minutes=10)),
        # … and a fresh one always gets its first.
        (tally([], failures=100_000, origins=90_000), None),
    ],
)
def test_waiting_follows_the_table(case: Tally, until: datetime | None) -> None:
    assert waits_until(case) == until


def test_the_longer_wait_holds() -> None:
    case = tally(ago(14, 14, 14, 14, 14), ago(*([2] * 200)))
    assert waits_until(case) == AT + timedelta(minutes=13)


@pytest.mark.parametrize(("one_subject", "every_seconds", "looked_at"), [(True, 60, 112), (False, 10, 3270)])
def test_what_one_address_can_guess_in_a_day(one_subject: bool, every_seconds: int, looked_at: int) -> None:
    """About a hundred times at one PIN, as NIST SP 800-63B has it; a few thousand times where each is another one's."""
    failed: list[datetime] = []
    for second in range(0, 24 * 60 * 60, every_seconds):
        at = AT + timedelta(seconds=second)
        recent = [it for it in failed[-200:] if it > at - WINDOW]
        ours, in_all = (recent, len(failed)) if one_subject else ([], 0)
        if waits_until(tally(ours, recent, failures=in_all, here=in_all, of_day=len(failed))) is None:
            failed.append(at)
    assert len(failed) == looked_at
