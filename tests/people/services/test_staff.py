import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client

from people import services
from people.exceptions import EditorOfTheCms
from people.models import AuditEntry, StaffRole, User
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


def test_editors_get_no_role_that_shows_people() -> None:
    organisation = OrganisationFactory()
    editor = services.create_staff(email="editor@fieldfare.example", name="Ed")
    editor.groups.add(Group.objects.get(name="author"))
    editor = User.objects.get(pk=editor.pk)
    for kind in (StaffRole.Kind.HR, StaffRole.Kind.SITE_LEAD, StaffRole.Kind.AUDITOR, StaffRole.Kind.FACILITATOR):
        with pytest.raises(EditorOfTheCms):
            services.grant_staff_role(user=editor, organisation=organisation, kind=kind, by=None, at=AT)
    services.grant_staff_role(user=editor, organisation=organisation, kind=StaffRole.Kind.TRAINER, by=None, at=AT)
    assert editor.has_perm("wagtailadmin.access_admin")


def test_hr_put_into_a_group_of_editors_stays_out_of_the_cms(client: Client) -> None:
    hr = services.create_staff(email="hr@larch.example", name="Mo")
    services.grant_staff_role(user=hr, organisation=OrganisationFactory(), kind=StaffRole.Kind.HR, by=None, at=AT)
    hr.groups.add(Group.objects.get(name="author"))
    hr = User.objects.get(pk=hr.pk)
    assert not hr.has_perm("wagtailadmin.access_admin")
    client.force_login(hr, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/cms/").status_code == 302
    assert client.get("/cms/pages/").status_code == 302


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
