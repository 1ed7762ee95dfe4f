"""Staff of an organisation: who may use its HR pages."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from people import audit
from people.backends import ENTRY
from people.exceptions import AddressNotFree, EditorOfTheCms, ManagesPeople
from people.models import Employment, Organisation, Site, StaffRole, User
from people.permissions import MANAGERS, SEE_PEOPLE
from people.selectors import local_day


@transaction.atomic
def create_staff(*, email: str, name: str, password: str | None = None) -> User:
    """Return a user who signs in by e-mail; the address counts as verified, since who invites has checked it.

    Without ``password`` the person signs in by a code sent there, or sets a password by "Forgot password".
    """
    user = User.objects.create_user(email, password, name=name.strip())
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def grant_staff_role(
    *,
    user: User,
    organisation: Organisation,
    kind: StaffRole.Kind,
    site: Site | None = None,
    by: User | None,
    at: datetime,
) -> StaffRole:
    """Give ``user`` a role in an organisation, for all of it or for ``site`` and what lies below; once is enough.

    Raises:
        EditorOfTheCms: the role shows people and the user is an editor or administrator of the CMS.
        ValueError: ``site`` is of another organisation.
    """
    if kind in SEE_PEOPLE and user.has_perm(ENTRY):
        raise EditorOfTheCms
    if site is not None and site.organisation_id != organisation.pk:
        raise ValueError("the site is of another organisation")
    role, added = StaffRole.objects.get_or_create(user=user, organisation=organisation, site=site, kind=kind)
    if added:
        audit.record(organisation=organisation, actor=by, verb="staff.granted", target=role, at=at, kind=str(kind))
    return role


@transaction.atomic
def name_trainer(*, organisation: Organisation, email: str, name: str, by: User | None, at: datetime) -> StaffRole:
    """Let whoever reads ``email`` agree other ways to learn with people of ``organisation``; naming again changes nothing.

    The person signs in with a code sent there. An account that has confirmed the address is used; there is no telling
    from the outcome whether there was one.

    Raises:
        ManagesPeople: the person is HR or lead of a site here, or somebody at work has them for a manager.
        AddressNotFree: an account has the address without having confirmed it.
    """
    address = email.strip().lower()
    at_work = Employment.objects.covering(local_day(organisation, at)).filter(membership__organisation=organisation)
    # By what the employer wrote down alone, so that nobody learns whose an account is.
    if at_work.filter(membership__manager__email__iexact=address).exists():
        raise ManagesPeople
    confirmed = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
    if confirmed is not None:
        user = confirmed.user
        if StaffRole.objects.filter(user=user, organisation=organisation, kind__in=MANAGERS).exists():
            raise ManagesPeople
    elif User.objects.filter(email__iexact=address).exists():
        raise AddressNotFree
    else:
        user = create_staff(email=address, name=name)
    return grant_staff_role(user=user, organisation=organisation, kind=StaffRole.Kind.TRAINER, by=by, at=at)


@transaction.atomic
def withdraw_staff_role(*, role: StaffRole, by: User | None, at: datetime) -> None:
    """Take a role away."""
    audit.record(organisation=role.organisation, actor=by, verb="staff.withdrawn", target=role, at=at, kind=role.kind)
    role.delete()
