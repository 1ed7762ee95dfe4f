"""Writing the ledger of paid reviews. Legal names are kept apart, and no log names one."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from wagtail.log_actions import log

from courses import selectors
from courses.exceptions import DoesNotAddUp, NobodyPays, NothingPaid, WrongReviewer
from courses.models import ReviewEntry, Reviewer, ReviewerIdentity, ReviewRequest
from courses.review_pay import fee_cents
from courses.services.legal_names import opened, sealed
from courses.sign_offs import Kind
from people.models import User

PAY_LOG_ACTION: Final = "courses.review_pay"
NAME_LOG_ACTION: Final = "courses.reviewer_name"
MOST_HOURS: Final = 200
MOST_RATE_CENTS: Final = 1_000_000
_HUNDREDTH: Final = Decimal("0.01")


@transaction.atomic
def agree_fee(
    *,
    request: ReviewRequest,
    hours: Decimal,
    rate_cents: int,
    due_on: date,
    amount_cents: int | None = None,
    by: User | None,
    on: date,
    at: datetime,
) -> ReviewEntry:
    """Note what a review is worth, whatever its reviewer will say: who declines is paid too. More may follow later.

    ``amount_cents``, where given, has to be hours times rate. ``on`` is today.

    Raises:
        DoesNotAddUp: hours (in hundredths) or rate are not above 0 or are more than ``MOST_HOURS`` and
            ``MOST_RATE_CENTS``, the amount is another, or the last good day to pay is past.
    """
    if not (hours.is_finite() and 0 < hours <= MOST_HOURS and hours == hours.quantize(_HUNDREDTH)):
        raise DoesNotAddUp(field="hours")
    if rate_cents <= 0:
        raise DoesNotAddUp(field="rate_cents")
    if rate_cents > MOST_RATE_CENTS:
        raise DoesNotAddUp(field="amount_cents")
    fee = fee_cents(hours, rate_cents)
    if fee <= 0 or (amount_cents is not None and amount_cents != fee):
        raise DoesNotAddUp(field="amount_cents")
    if due_on < on:
        raise DoesNotAddUp(field="due_on")
    return _write(
        request, ReviewEntry.Kind.AGREED, by, at, hours=hours, rate_cents=rate_cents, amount_cents=fee, on=due_on
    )


@transaction.atomic
def record_payment(
    *, request: ReviewRequest, amount_cents: int, paid_on: date, by: User | None, on: date, at: datetime
) -> ReviewEntry:
    """Note that a reviewer was paid. ``on`` is today.

    Raises:
        DoesNotAddUp: the amount is not above 0, or more than is owed; or it was paid on a day that lies ahead.
    """
    _lock(request)
    if amount_cents <= 0 or amount_cents > selectors.accounts([request.pk])[request.pk].open_cents:
        raise DoesNotAddUp(field="amount_cents")
    if paid_on > on:
        raise DoesNotAddUp(field="paid_on")
    return _write(request, ReviewEntry.Kind.PAID, by, at, amount_cents=amount_cents, on=paid_on)


@transaction.atomic
def confirm_receipt(*, request: ReviewRequest, by: Reviewer, received: bool, at: datetime) -> ReviewEntry:
    """Note whether the money that was paid has come; nobody but the reviewer says so. Said twice, it stands once.

    Raises:
        WrongReviewer: somebody else was asked.
        NothingPaid: no payment is noted.
    """
    _lock(request)
    if by.pk != request.reviewer_id:
        raise WrongReviewer(kind=request.kind, language=request.language)
    account = selectors.accounts([request.pk])[request.pk]
    if not account.paid_cents:
        raise NothingPaid
    if account.confirmed if received else account.missing:
        return request.entries.order_by("-pk")[0]
    kind = ReviewEntry.Kind.RECEIVED if received else ReviewEntry.Kind.MISSING
    return _write(request, kind, None, at)


@transaction.atomic
def pay_elsewhere(*, reviewer: Reviewer, elsewhere: bool, by: User | None) -> None:
    """Say whether somebody else pays ``reviewer`` for reviewing, such as a lawyer's own firm.

    Raises:
        NobodyPays: survivors are paid here, always.
    """
    if elsewhere and Kind.SURVIVOR in reviewer.kinds:
        raise NobodyPays
    reviewer.paid_elsewhere = elsewhere
    reviewer.save(update_fields=["paid_elsewhere"])
    log(reviewer, PAY_LOG_ACTION, user=by, data={"elsewhere": elsewhere})


@transaction.atomic
def keep_legal_name(*, reviewer: Reviewer, legal_name: str, by: User | None, at: datetime) -> None:
    """Keep the name under which ``reviewer`` is paid, encrypted; the log says that it was kept, not what.

    Raises:
        NoName: it is empty.
    """
    ReviewerIdentity.objects.update_or_create(
        reviewer=reviewer, defaults={"sealed_name": sealed(legal_name), "recorded_at": at}
    )
    log(reviewer, NAME_LOG_ACTION, user=by, data={"kept": True})


@transaction.atomic
def read_legal_names(*, by: User | None) -> dict[int, str]:
    """Return the legal names that are kept, by key of the reviewer; the log says who read them."""
    names = {}
    for identity in ReviewerIdentity.objects.select_related("reviewer"):
        names[identity.reviewer_id] = opened(identity)
        log(identity.reviewer, NAME_LOG_ACTION, user=by, data={"read": True})
    return names


def _lock(request: ReviewRequest) -> None:
    ReviewRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def _write(request: ReviewRequest, kind: str, by: User | None, at: datetime, **values: object) -> ReviewEntry:
    entry = ReviewEntry.objects.create(request=request, kind=kind, recorded_at=at, recorded_by=by, **values)
    log(request.reviewer, PAY_LOG_ACTION, user=by, data={"entry": kind})
    return entry
