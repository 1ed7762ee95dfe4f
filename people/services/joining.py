"""Joining workplaces to one private account: the learner's own act, from a sign-in that no employer issued."""

from datetime import datetime

from django.db import transaction

from people import selectors, signals
from people.exceptions import BelongsToAnotherAccount
from people.models import AccountChange, Membership, User
from people.services.credentials import sign_in
from people.services.same_person import join_waiting


def join_membership(
    *, user: User, organisation_code: str, employee_number: str, pin: str, at: datetime, origin: str
) -> Membership:
    """Move the membership that a PIN opens to ``user``, who is signed in personally; return it.

    The login that it hung on until now becomes inactive, and all it had is the user's (signal ``users_merged``).
    Entries of which their employer has said that they are one person become one (``say_same_person``).
    Neither employer learns of it. Call it outside a transaction.

    Raises:
        SignInRefused: organisation, number and PIN open nothing.
        TooManyTries: this origin has to wait; carries ``retry_at``.
        BelongsToAnotherAccount: the membership's account has a sign-in of its own, or further memberships.
    """
    membership = sign_in(
        organisation_code=organisation_code, employee_number=employee_number, pin=pin, at=at, origin=origin
    )
    with transaction.atomic():
        membership = (
            Membership.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=membership.pk)
        )
        merged = User.objects.select_for_update().get(pk=membership.user_id)
        if merged == user:
            return membership
        others = Membership.objects.filter(user=merged).exclude(pk=membership.pk)
        if selectors.has_own_sign_in(merged) or selectors.is_staff(merged) or others.exists():
            raise BelongsToAnotherAccount
        membership.user = user
        membership.save(update_fields=["user"])
        AccountChange.objects.filter(user=merged).update(user=user)
        AccountChange.objects.create(
            user=user, membership=membership, kind=AccountChange.Kind.WORKPLACE_JOINED, happened_at=at
        )
        merged.is_active = False
        merged.save(update_fields=["is_active"])
        signals.users_merged.send(sender=User, kept=user, merged=merged, membership=membership, at=at)
        join_waiting(user=user, at=at)
    return membership
