"""Codes and PINs: what an employer hands out and what opens one membership."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from people import audit, codes, pins, selectors
from people.exceptions import EmploymentEnded, PinRefused, SignInRefused
from people.models import AccountChange, Credential, Membership, User
from people.services.matching import matches, matches_slip, slip_hash
from people.services.tries import begin_try, subject_of
from people.workbooks.cells import clean_key


@transaction.atomic
def issue_code(*, membership: Membership, by: User | None, at: datetime) -> str:
    """Make a new one-time code for a slip and return it as it is printed; only its hash is kept.

    The PIN and an older code are good no longer, and every session that the PIN had opened ends. The person finds it
    under "Changes to my account". The code is good through the 21st day after ``at`` in the organisation's time zone.

    Raises:
        EmploymentEnded: no employment is current or to come, and the person has a PIN or a sign-in of her own.
    """
    credential = Credential.objects.select_for_update().get(membership=membership)
    ended = not selectors.still_employed(membership=membership, at=at)
    # Read anew: the person may have made a way in since the caller looked.
    owner = User.objects.get(pk=membership.user_id)
    if ended and (credential.pin_hash or selectors.has_own_sign_in(owner)):
        raise EmploymentEnded(ended_on=selectors.last_employed_on(membership=membership))
    code = codes.draw(codes.SLIP_LENGTH)
    credential.code_hash = slip_hash(code)
    credential.code_expires_at = codes.slip_expires_at(at, membership.organisation.time_zone)
    credential.pin_hash = ""
    credential.pin_set_at = None
    credential.version += 1
    credential.save()
    membership.credential = credential
    AccountChange.objects.create(
        user_id=membership.user_id, membership=membership, kind=AccountChange.Kind.CODE_PRINTED, happened_at=at
    )
    audit.record(organisation=membership.organisation, actor=by, verb="code.printed", target=membership, at=at)
    return codes.show_slip_code(code)


def set_pin(
    *, organisation_code: str, employee_number: str, code: str, pin: str, at: datetime, origin: str
) -> Membership:
    """Set the PIN of a membership with its one-time code, which is used up by it. Call it outside a transaction.

    ``code`` may be typed in any case and spacing. Whoever has left and has a sign-in of her own keeps the membership
    to herself: a code printed before is good no longer.

    Raises:
        PinRefused: the PIN is not good enough; carries ``problem``. Nothing was counted, the code is still good.
        SignInRefused: organisation, number and code do not belong together, or the code is good no longer.
        TooManyTries: this origin has to wait; carries ``retry_at``.
    """
    pin = pins.normalise_pin(pin)
    problem = pins.judge_pin(pin, employee_number=employee_number)
    if problem is not None:
        raise PinRefused(problem=problem)
    employee_number = clean_key(employee_number)
    tried = begin_try(subject=subject_of("code", organisation_code, employee_number), origin=origin, at=at)
    membership = _find(organisation_code, employee_number)
    code_hash = membership.credential.code_hash if membership else ""
    if not matches_slip(codes.normalise(code), code_hash) or membership is None:
        raise SignInRefused
    with transaction.atomic():
        credential = Credential.objects.select_for_update().get(membership=membership)
        if credential.code_hash != code_hash or not _may_set_pin(membership, credential, at=at):
            raise SignInRefused
        credential.pin_hash = make_password(pin)
        credential.pin_set_at = at
        credential.code_hash = ""
        credential.code_expires_at = None
        credential.save()
        AccountChange.objects.create(
            user_id=membership.user_id, membership=membership, kind=AccountChange.Kind.PIN_SET, happened_at=at
        )
    tried.succeeded()
    membership.credential = credential
    return membership


def sign_in(*, organisation_code: str, employee_number: str, pin: str, at: datetime, origin: str) -> Membership:
    """Return the membership that organisation code, employee number and PIN open. Call it outside a transaction.

    The number may be typed in the digits of any script. Unknown organisation, unknown number, wrong PIN and no PIN yet
    are refused alike, after the same work.

    Raises:
        SignInRefused: they open nothing.
        TooManyTries: this origin has to wait; carries ``retry_at``.
    """
    employee_number = clean_key(employee_number)
    tried = begin_try(subject=subject_of("pin", organisation_code, employee_number), origin=origin, at=at)
    membership = _find(organisation_code, employee_number)
    pin_hash = membership.credential.pin_hash if membership else ""
    if not matches(pins.normalise_pin(pin), pin_hash) or membership is None:
        raise SignInRefused
    tried.succeeded()
    return membership


def unlock(*, membership: Membership, pin: str, at: datetime, origin: str) -> Membership:
    """Return ``membership`` if ``pin`` opens it: for a session that locked while idle.

    Raises:
        SignInRefused: the PIN is wrong.
        TooManyTries: this origin has to wait; carries ``retry_at``.
    """
    return sign_in(
        organisation_code=membership.organisation.code,
        employee_number=membership.employee_number,
        pin=pin,
        at=at,
        origin=origin,
    )


def _may_set_pin(membership: Membership, credential: Credential, *, at: datetime) -> bool:
    if credential.code_expires_at is None or at >= credential.code_expires_at:
        return False
    return selectors.still_employed(membership=membership, at=at) or not selectors.has_own_sign_in(membership.user)


def _find(organisation_code: str, employee_number: str) -> Membership | None:
    # The database folds the case of both sides, so that it agrees with its own unique index.
    found: QuerySet[Membership] = (
        Membership.objects.select_related("organisation", "user", "credential")
        .alias(number=Lower("employee_number"))
        .filter(
            organisation__code=organisation_code.strip().lower(),
            number=Lower(Value(employee_number)),
            user__is_active=True,
        )
    )
    return found.first()
