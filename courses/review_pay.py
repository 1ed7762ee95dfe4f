"""What a review costs, and whether its reviewer has the money. Plain Python: amounts are whole cents.

An account is made of entries: ``agreed`` (hours at a rate), ``paid``, and what the reviewer says of the money that was
paid: ``received`` or ``missing``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Entry(StrEnum):
    """Kinds of entries."""

    AGREED = "agreed"
    PAID = "paid"
    RECEIVED = "received"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, in the order in which they were written; ``due_on`` of what was agreed alone."""

    kind: str
    cents: int = 0
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Where one review stands."""

    due_cents: int = 0
    paid_cents: int = 0
    confirmed: bool = False
    missing: bool = False
    """The reviewer says that money that was noted as paid has not come."""
    due_on: date | None = None

    @property
    def open_cents(self) -> int:
        """Return what is still owed."""
        return self.due_cents - self.paid_cents

    @property
    def is_paid(self) -> bool:
        """Whether a release may rely on the review: something was agreed, all of it was paid and none is missing."""
        return self.due_cents > 0 and self.open_cents <= 0 and not self.missing

    def is_late(self, on: date) -> bool:
        """Whether money is owed past its day."""
        return self.due_on is not None and self.due_on < on and self.open_cents > 0


def account_of(lines: Iterable[Line]) -> Account:
    """Return what ``lines``, the oldest first, come to. A later payment ends neither confirmation nor complaint."""
    due = paid = 0
    last_word = ""
    days: list[date] = []
    for line in lines:
        if line.kind == Entry.AGREED:
            due += line.cents
            days += [line.due_on] if line.due_on else []
        elif line.kind == Entry.PAID:
            paid += line.cents
            # A confirmation covers what was paid until then; a complaint holds until the reviewer ends it.
            last_word = "" if last_word == Entry.RECEIVED else last_word
        else:
            last_word = line.kind
    return Account(
        due_cents=due,
        paid_cents=paid,
        confirmed=last_word == Entry.RECEIVED,
        missing=last_word == Entry.MISSING,
        due_on=max(days, default=None),
    )


def fee_cents(hours: Decimal, rate_cents: int) -> int:
    """Return the fee for ``hours`` at ``rate_cents`` an hour, rounded half up to a cent."""
    return int((hours * rate_cents).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def in_dollars(cents: int) -> str:
    """Return an amount as it is written in exports: 12050 is ``120.50``."""
    return f"{Decimal(cents) / 100:.2f}"
