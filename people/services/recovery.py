"""The person's own recovery code: a way in that no employer gave and none can take."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from people import codes, selectors
from people.exceptions import NotForStaff, OwnSignInNeeded, SignInRefused
from people.models import AccountChange, Membership, User
from people.services.matching import matches
from people.services.tries import begin_try, subject_of


@transaction.atomic
def make_recovery_code(*, user: User, at: datetime, membership: Membership | None = None) -> str:
    """Make a new recovery code for ``user`` and return it as it is shown, once; an older one is good no longer.

    ``membership`` is the one that a PIN opened, if the session is no personal one: it may make the first code, but
    never replace a sign-in that the person already has, since an employer could have reset that PIN.

    Raises:
        OwnSignInNeeded: the session is a PIN's and the person has a sign-in of her own.
        NotForStaff: staff sign in with a password and a second factor.
    """
    User.objects.select_for_update().get(pk=user.pk)
    user.refresh_from_db()
    if selectors.is_staff(user):
        raise NotForStaff
    if membership is not None and selectors.has_own_sign_in(user):
        raise OwnSignInNeeded
    code = codes.draw(codes.RECOVERY_LENGTH)
    while User.objects.filter(recovery_lookup=codes.recovery_parts(code)[0]).exists():
        code = codes.draw(codes.RECOVERY_LENGTH)
    lookup, proof = codes.recovery_parts(code)
    user.recovery_lookup = lookup
    user.recovery_hash = make_password(proof)
    user.save(update_fields=["recovery_lookup", "recovery_hash"])
    AccountChange.objects.create(
        user=user, membership=membership, kind=AccountChange.Kind.RECOVERY_MADE, happened_at=at
    )
    return codes.show_recovery_code(code)


def sign_in_with_recovery_code(*, code: str, at: datetime, origin: str) -> User:
    """Return the user whose recovery code this is. The code stays good. Call it outside a transaction.

    Raises:
        SignInRefused: the code is nobody's.
        TooManyTries: this origin has to wait; carries ``retry_at``.
    """
    lookup, proof = codes.recovery_parts(codes.normalise_recovery(code))
    tried = begin_try(subject=subject_of("recovery", lookup), origin=origin, at=at)
    user = User.objects.filter(recovery_lookup=lookup, is_active=True).first()
    if not matches(proof, user.recovery_hash if user else "") or user is None or selectors.is_staff(user):
        raise SignInRefused
    tried.succeeded()
    AccountChange.objects.create(user=user, kind=AccountChange.Kind.RECOVERY_USED, happened_at=at)
    return user
