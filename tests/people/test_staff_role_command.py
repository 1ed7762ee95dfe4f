from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from people.models import StaffRole, User
from tests.factories.people import OrganisationFactory, SiteFactory

pytestmark = pytest.mark.django_db


def run(*said: str) -> str:
    out = StringIO()
    call_command("staff_role", *said, stdout=out)
    return out.getvalue()


def test_a_role_is_given_and_taken_away() -> None:
    organisation = OrganisationFactory(code="larch")
    site = SiteFactory(organisation=organisation, code="fsj")
    told = run("Rowan@larch.example", "facilitator", "--organisation=larch", "--site=fsj", "--name=Rowan Ash")
    assert told == "rowan@larch.example is facilitator of larch, fsj.\n"
    role = StaffRole.objects.get()
    assert (role.user.name, role.kind, role.site) == ("Rowan Ash", "facilitator", site)
    run("rowan@larch.example", "facilitator", "--organisation=larch", "--site=fsj", "--withdraw")
    assert StaffRole.objects.count() == 0


def test_what_is_refused_changes_nothing() -> None:
    OrganisationFactory(code="larch")
    SiteFactory(code="elsewhere")
    for said in (
        ("a@larch.example", "hr", "--organisation=other"),
        ("a@larch.example", "hr", "--organisation=larch", "--site=elsewhere"),
        ("a@larch.example", "hr", "--organisation=larch", "--withdraw"),
    ):
        with pytest.raises(CommandError):
            run(*said)
    assert User.objects.filter(email="a@larch.example").count() == 0


def test_editors_of_the_cms_get_no_role_that_shows_people() -> None:
    OrganisationFactory(code="larch")
    editor = User.objects.create_user("ed@larch.example", "lantern-harbour-42")
    editor.groups.add(Group.objects.get(name="author"))
    with pytest.raises(CommandError, match="may enter the CMS"):
        run("ed@larch.example", "facilitator", "--organisation=larch")
    assert StaffRole.objects.count() == 0
