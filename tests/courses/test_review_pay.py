"""What a review costs, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from courses.review_pay import Account, Line, account_of, fee_cents, in_dollars

AGREED = Line("agreed", 12000, date(2026, 3, 31))
PAID = Line("paid", 12000)


@pytest.mark.parametrize(
    ("lines", "account", "is_paid"),
    [
        ([], Account(), False),
        ([AGREED], Account(12000, 0, due_on=date(2026, 3, 31)), False),
        ([AGREED, Line("paid", 11999)], Account(12000, 11999, due_on=date(2026, 3, 31)), False),
        ([AGREED, PAID], Account(12000, 12000, due_on=date(2026, 3, 31)), True),
        (
            [AGREED, PAID, Line("received")],
            Account(12000, 12000, confirmed=True, due_on=date(2026, 3, 31)),
            True,
        ),
        ([AGREED, PAID, Line("missing")], Account(12000, 12000, missing=True, due_on=date(2026, 3, 31)), False),
        (
            [AGREED, PAID, Line("missing"), Line("received")],
            Account(12000, 12000, confirmed=True, due_on=date(2026, 3, 31)),
            True,
        ),
        # More was agreed since: the whole is open again, and a complaint outlives another payment.
        (
            [AGREED, PAID, Line("received"), Line("agreed", 6000, date(2026, 4, 30))],
            Account(18000, 12000, confirmed=True, due_on=date(2026, 4, 30)),
            False,
        ),
        (
            [AGREED, Line("paid", 6000), Line("missing"), Line("paid", 6000)],
            Account(12000, 12000, missing=True, due_on=date(2026, 3, 31)),
            False,
        ),
    ],
)
def test_account(lines, account, is_paid):
    assert account_of(lines) == account
    assert account.is_paid is is_paid


@pytest.mark.parametrize(("on", "is_late"), [(date(2026, 3, 31), False), (date(2026, 4, 1), True)])
def test_money_is_late_after_its_last_good_day(on, is_late):
    assert account_of([AGREED]).is_late(on) is is_late
    assert not account_of([AGREED, PAID]).is_late(on)


def test_fees_are_whole_cents():
    assert fee_cents(Decimal("1.25"), 6000) == 7500
    assert fee_cents(Decimal("0.01"), 50) == 1  # half a cent and more is one
    assert in_dollars(12050) == "120.50"
