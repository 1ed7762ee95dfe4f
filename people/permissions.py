"""What staff may open. Foreign and unknown look the same: not found."""

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from people import selectors
from people.models import Membership, Organisation, StaffRole, User

READERS = frozenset({StaffRole.Kind.HR, StaffRole.Kind.SITE_LEAD, StaffRole.Kind.AUDITOR})
SEE_PEOPLE = READERS | {StaffRole.Kind.FACILITATOR}
"""Roles that show people: whoever has one never enters the CMS."""
WRITERS = frozenset({StaffRole.Kind.HR})
MANAGERS = frozenset({StaffRole.Kind.HR, StaffRole.Kind.SITE_LEAD})


def is_trainer(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` is a trainer of the organisation and manages nobody in it."""
    kinds = set(StaffRole.objects.filter(user=user, organisation=organisation).values_list("kind", flat=True))
    return StaffRole.Kind.TRAINER in kinds and MANAGERS.isdisjoint(kinds)


def organisation_for(user: User | AnonymousUser, code: str, *, kinds: Iterable[str]) -> Organisation:
    """Return the organisation ``code`` in which ``user`` (``request.user``) has a role of ``kinds``.

    Raises:
        Http404: there is no such organisation, or it is none of this user's business.
    """
    role = selectors.staff_roles(user=user).filter(organisation__code=code, kind__in=list(kinds)).first()
    if role is None:
        raise Http404
    return role.organisation


def membership_for(
    user: User | AnonymousUser, organisation: Organisation, public_id: uuid.UUID, *, kinds: Iterable[str]
) -> Membership:
    """Return the membership ``public_id`` if a role of ``kinds`` lets ``user`` see it.

    Raises:
        Http404: there is no such person, or not for this user.
    """
    visible = selectors.visible_memberships(user=user, organisation=organisation, kinds=kinds)
    membership = visible.filter(public_id=public_id).select_related("organisation", "user", "credential").first()
    if membership is None:
        raise Http404
    return membership
