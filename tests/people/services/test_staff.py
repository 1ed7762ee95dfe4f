import pytest
from allauth.account.models import EmailAddress

from people import services
from people.models import AuditEntry, StaffRole
from tests.factories.people import AT, OrganisationFactory, SiteFactory

pytestmark = pytest.mark.django_db


def test_staff_have_a_verified_address_and_maybe_a_password() -> None:
    user = services.create_staff(email="HR@Larch.example", name=" Mo Rowan ", password="lantern-harbour-42")
    assert (user.email, user.name, user.check_password("lantern-harbour-42")) == ("hr@larch.example", "Mo Rowan", True)
    assert EmailAddress.objects.get(user=user).verified
    assert not services.create_staff(email="lead@larch.example", name="Pat").has_usable_password()


def test_role_is_given_once_and_taken_away() -> None:
    organisation = OrganisationFactory()
    user = services.create_staff(email="hr@larch.example", name="Mo")
    for _ in range(2):
        role = services.grant_staff_role(user=user, organisation=organisation, kind=StaffRole.Kind.HR, by=None, at=AT)
    assert StaffRole.objects.count() == 1
    services.withdraw_staff_role(role=role, by=user, at=AT)
    assert StaffRole.objects.count() == 0
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")] == ["staff.granted", "staff.withdrawn"]


def test_site_of_another_organisation_is_refused() -> None:
    user = services.create_staff(email="hr@larch.example", name="Mo")
    with pytest.raises(ValueError, match="another organisation"):
        services.grant_staff_role(
            user=user,
            organisation=OrganisationFactory(),
            kind=StaffRole.Kind.SITE_LEAD,
            site=SiteFactory(),
            by=None,
            at=AT,
        )
