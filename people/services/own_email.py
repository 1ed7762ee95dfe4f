"""The person's own e-mail address, to sign in by a code sent there. An employer's address never comes here."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from people import selectors
from people.exceptions import OwnSignInNeeded
from people.models import AccountChange, Membership, User


@transaction.atomic
def add_own_email(*, user: User, email: str, membership: Membership | None = None) -> EmailAddress | None:
    """Note an address that ``user`` says is hers; it opens nothing until it is verified by a mail sent there.

    ``membership`` is the one that a PIN opened, if the session is no personal one. Returns the address to verify, or
    None where it cannot be used (it is somebody's already); the door must answer the same either way.

    Raises:
        OwnSignInNeeded: the session is a PIN's and the person has a sign-in of her own.
    """
    # Read anew: the person may have made a way in since the caller looked.
    if membership is not None and selectors.has_own_sign_in(User.objects.get(pk=user.pk)):
        raise OwnSignInNeeded
    email = email.strip().lower()
    elsewhere = EmailAddress.objects.filter(email=email, verified=True)
    if elsewhere.exists() or User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        return None
    if membership is not None:
        # Of a PIN session only the last address typed counts, so that a slip of the pen leaves no way in.
        EmailAddress.objects.filter(user=user, verified=False).exclude(email=email).delete()
    address, _ = EmailAddress.objects.get_or_create(user=user, email=email)
    return None if address.verified else address


@transaction.atomic
def note_own_email(*, user: User, at: datetime) -> None:
    """List that an address of the person's own opens the account now.

    Where there is one membership only, a PIN session sees it too: it may have been an employer who did it.
    """
    only = list(Membership.objects.filter(user=user)[:2])
    AccountChange.objects.create(
        user=user,
        membership=only[0] if len(only) == 1 else None,
        kind=AccountChange.Kind.EMAIL_ADDED,
        happened_at=at,
    )


@transaction.atomic
def remove_own_email(*, user: User, email: str) -> None:
    """Forget an address of the person's own; nothing happens if it is not hers."""
    address = EmailAddress.objects.filter(user=user, email=email.strip().lower()).first()
    if address is not None:
        address.remove()
