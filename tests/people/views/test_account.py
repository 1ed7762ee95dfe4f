import re
from datetime import date
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from people import services
from people.models import AccountChange, Membership, User
from tests.factories.people import (
    AT,
    PIN,
    EmploymentFactory,
    MembershipFactory,
    OrganisationFactory,
    StaffRoleFactory,
    UserFactory,
    sign_in_personally,
    sign_in_with_pin,
)
from tests.people.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(the_clock: Clock) -> Membership:
    membership: Membership = MembershipFactory(
        organisation=OrganisationFactory(code="larch", name="Larch Hotels"),
        employee_number="E-042",
        name="Jo Castelan",
        pin=PIN,
    )
    EmploymentFactory(membership=membership, site__name="Hotel Fort St. John", role__name="Housekeeping")
    return membership


@pytest.fixture
def second(member: Membership) -> Membership:
    membership: Membership = MembershipFactory(
        user=member.user, organisation=OrganisationFactory(code="birch", name="Birch Transport")
    )
    EmploymentFactory(membership=membership, site__name="Yard", ends_on=date(2026, 2, 28))
    return membership


@pytest.mark.parametrize("name", ["account", "email", "recovery_code", "join_workplace", "name"])
def test_account_pages_need_a_sign_in(client: Client, name: str) -> None:
    to = reverse(f"people:{name}")
    assert client.get(to)["Location"] == f"/sign-in/?next={to.replace('/', '%2F')}"
    if name != "account":
        assert client.post(to)["Location"] == "/sign-in/?next=%2Faccount%2F"


@pytest.mark.parametrize("name", ["account", "email", "recovery_code", "join_workplace", "name"])
def test_account_pages_answer_in_both_kinds_of_session(client: Client, member: Membership, name: str) -> None:
    sign_in_with_pin(client, member)
    assert client.get(reverse(f"people:{name}")).status_code == 200
    sign_in_personally(client, member.user)
    assert client.get(reverse(f"people:{name}")).status_code == 200


def test_account_says_who_you_are_where(client: Client, member: Membership) -> None:
    sign_in_with_pin(client, member)
    html = client.get(reverse("people:account")).content.decode()
    for said in ("Larch Hotels", "Jo Castelan", "E-042", "Hotel Fort St. John, Housekeeping"):
        assert said in html


def test_pin_session_shows_nothing_of_another_workplace(client: Client, member: Membership, second: Membership) -> None:
    AccountChange.objects.create(user=member.user, membership=second, kind="name_changed", happened_at=AT)
    sign_in_with_pin(client, member)
    for name in ("account", "email", "recovery_code", "join_workplace", "name"):
        html = client.get(reverse(f"people:{name}")).content.decode()
        assert "Birch" not in html
        assert "Your employer changed your name" not in html


def test_personal_session_shows_all_workplaces(client: Client, member: Membership, second: Membership) -> None:
    sign_in_personally(client, member.user)
    html = client.get(reverse("people:account")).content.decode()
    assert "Larch Hotels" in html
    assert "Birch Transport" in html
    assert "You do not work here any more." in html


def test_reset_is_listed_with_its_date(client: Client, member: Membership) -> None:
    code = services.issue_code(membership=member, by=None, at=AT)
    services.set_pin(organisation_code="larch", employee_number="E-042", code=code, pin="864209", at=AT, origin="desk")
    member.credential.refresh_from_db()
    sign_in_with_pin(client, member)
    html = client.get(reverse("people:account")).content.decode()
    assert "2 March 2026: Your employer printed a new sign-in code" in html


@pytest.mark.parametrize("workplaces", [1, 4])
def test_account_costs_the_same_however_many_workplaces(
    client: Client, member: Membership, workplaces: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(workplaces - 1):
        EmploymentFactory(membership=MembershipFactory(user=member.user))
    sign_in_personally(client, member.user)
    client.get(reverse("people:account"))
    with django_assert_max_num_queries(13):
        client.get(reverse("people:account"))


# --- own e-mail -----------------------------------------------------------------------------------


def link_in(body: str) -> str:
    found = re.search(r"http://testserver(/accounts/confirm-email/\S+)", body)
    assert found, body
    return found[1]


def test_own_email_is_verified_by_mail_and_then_signs_in_personally(client: Client, member: Membership) -> None:
    sign_in_with_pin(client, member)
    client.post(reverse("people:email"), {"email": "jo@example.org"})
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["jo@example.org"], "Is this your address?")
    assert not re.search("traffick|training|course|certificate", message.body + message.subject, re.IGNORECASE)
    reader = Client()
    assert reader.get(link_in(message.body)).status_code == 200
    assert not EmailAddress.objects.get().verified
    reader.post(link_in(message.body))
    assert EmailAddress.objects.get().verified
    assert AccountChange.objects.filter(kind="email_added", membership=member).exists()
    # The link verifies, it does not sign in.
    assert reader.get(reverse("people:account")).status_code == 302

    # Later, by a code sent there.
    mail.outbox.clear()
    reader.post(reverse("account_request_login_code"), {"email": "jo@example.org"})
    (message,) = mail.outbox
    assert message.subject == "Your code"
    code = re.search(r"^\s*([A-Z0-9]+(?:-[A-Z0-9]+)*)\s*$", message.body, re.MULTILINE)
    assert code, message.body
    answer = reader.post(reverse("account_confirm_login_code"), {"code": code[1]})
    assert answer["Location"] == reverse("people:after_sign_in")
    scope = reader.get("/sign-in/?o=x").wsgi_request.scope
    assert (scope.personal, scope.user) == (True, member.user)


def test_address_of_somebody_else_gets_the_same_answer_and_no_mail(client: Client, member: Membership) -> None:
    other = UserFactory(with_email=True)
    sign_in_with_pin(client, member)
    known = client.post(reverse("people:email"), {"email": other.email}, follow=True)
    assert mail.outbox == []
    unknown = client.post(reverse("people:email"), {"email": "free@example.org"}, follow=True)
    said = [[str(message) for message in answer.context["messages"]] for answer in (known, unknown)]
    assert said[0] == said[1] != []


def test_mails_to_an_address_are_limited(client: Client, member: Membership) -> None:
    sign_in_with_pin(client, member)
    for _ in range(3):
        client.post(reverse("people:email"), {"email": "jo@example.org"})
    assert len(mail.outbox) == 1


def test_pin_session_neither_sees_nor_adds_addresses_where_there_is_an_own_sign_in(
    client: Client, member: Membership
) -> None:
    EmailAddress.objects.create(user=member.user, email="jo@example.org", verified=True)
    sign_in_with_pin(client, member)
    response = client.get(reverse("people:email"))
    assert "jo@example.org" not in response.content.decode()
    assert response.context["may_add"] is False
    response = client.post(reverse("people:email"), {"email": "boss@larch.example"})
    assert response.status_code == 422
    assert EmailAddress.objects.count() == 1
    client.post(reverse("people:email_remove"), {"email": "jo@example.org"})
    assert EmailAddress.objects.count() == 1


def test_own_address_is_removed_from_a_personal_session(client: Client, member: Membership) -> None:
    EmailAddress.objects.create(user=member.user, email="jo@example.org", verified=True)
    sign_in_personally(client, member.user)
    assert "jo@example.org" in client.get(reverse("people:email")).content.decode()
    client.post(reverse("people:email_remove"), {"email": "jo@example.org"})
    assert EmailAddress.objects.count() == 0


def test_staff_keep_the_address_that_they_sign_in_with(client: Client) -> None:
    user = StaffRoleFactory().user
    sign_in_personally(client, user)
    client.post(reverse("people:email_remove"), {"email": user.email})
    assert EmailAddress.objects.filter(user=user).exists()


# --- recovery code --------------------------------------------------------------------------------


def test_recovery_code_is_shown_once(client: Client, member: Membership) -> None:
    sign_in_with_pin(client, member)
    assert not re.search(r"FF-\w{4}", client.get(reverse("people:recovery_code")).content.decode())
    html = client.post(reverse("people:recovery_code")).content.decode()
    code = re.search(r"FF(-[0-9A-Z]{4}){4}", html)
    assert code
    assert code[0] not in client.get(reverse("people:recovery_code")).content.decode()
    assert services.sign_in_with_recovery_code(code=code[0], at=AT, origin="home") == member.user


def test_second_recovery_code_needs_a_sign_in_of_ones_own(client: Client, member: Membership) -> None:
    sign_in_with_pin(client, member)
    client.post(reverse("people:recovery_code"))
    before = User.objects.get(pk=member.user_id).recovery_hash
    html = client.post(reverse("people:recovery_code")).content.decode()
    assert "You have a sign-in of your own." in html
    assert User.objects.get(pk=member.user_id).recovery_hash == before
    sign_in_personally(client, member.user)
    assert "FF-" in client.post(reverse("people:recovery_code")).content.decode()


def test_staff_are_told_that_they_need_no_recovery_code(client: Client) -> None:
    sign_in_personally(client, StaffRoleFactory().user)
    assert "you need no recovery code" in client.post(reverse("people:recovery_code")).content.decode()


# --- joining --------------------------------------------------------------------------------------


def test_joining_needs_a_sign_in_of_ones_own(client: Client, member: Membership) -> None:
    other = MembershipFactory(organisation=OrganisationFactory(code="birch"), employee_number="7", pin=PIN)
    given = {"organisation": "birch", "number": "7", "pin": PIN}
    sign_in_with_pin(client, member)
    response = client.post(reverse("people:join_workplace"), given)
    assert response.context["form"] is None
    other.refresh_from_db()
    assert other.user != member.user
    sign_in_personally(client, member.user)
    assert client.post(reverse("people:join_workplace"), given)["Location"] == reverse("people:account")
    other.refresh_from_db()
    assert other.user == member.user


def test_joining_with_a_wrong_pin_is_refused(client: Client, member: Membership) -> None:
    sign_in_personally(client, member.user)
    given = {"organisation": "birch", "number": "7", "pin": PIN}
    response = client.post(reverse("people:join_workplace"), given)
    assert response.status_code == 422


# --- my name is wrong -----------------------------------------------------------------------------


def test_name_is_corrected(client: Client, member: Membership) -> None:
    sign_in_with_pin(client, member)
    assert client.post(reverse("people:name"), {"name": "Jo  Castellan"}).status_code == 302
    member.refresh_from_db()
    assert member.name == "Jo Castellan"
    assert AccountChange.objects.filter(kind="name_corrected", membership=member).exists()


def test_name_is_corrected_at_the_chosen_workplace_only(client: Client, member: Membership, second: Membership) -> None:
    sign_in_personally(client, member.user)
    given = {"name": "Jo Castellan", "workplace": str(second.public_id)}
    client.post(reverse("people:name"), given)
    member.refresh_from_db()
    second.refresh_from_db()
    assert (member.name, second.name) == ("Jo Castelan", "Jo Castellan")


def test_name_at_a_workplace_that_is_not_open_is_refused(
    client: Client, member: Membership, second: Membership
) -> None:
    foreign = MembershipFactory(name="Ama Birch")
    sign_in_personally(client, member.user)
    given = {"name": "Jo Castellan", "workplace": str(foreign.public_id)}
    assert client.post(reverse("people:name"), given).status_code == 422
    # A PIN session has no choice of workplace: what it sends is not looked at.
    sign_in_with_pin(client, member)
    client.post(reverse("people:name"), {"name": "Jo Castellan", "workplace": str(second.public_id)})
    foreign.refresh_from_db()
    second.refresh_from_db()
    assert (foreign.name, second.name) != ("Jo Castellan", "Jo Castellan")
    assert second.name != "Jo Castellan"


@pytest.mark.parametrize("given", ["", "   ", "x" * 201])
def test_name_must_be_one(client: Client, member: Membership, given: str) -> None:
    sign_in_with_pin(client, member)
    assert client.post(reverse("people:name"), {"name": given}).status_code == 422


def test_whoever_has_no_workplace_has_no_name_to_correct(client: Client) -> None:
    sign_in_personally(client, UserFactory())
    assert client.get(reverse("people:name"))["Location"] == reverse("people:account")
