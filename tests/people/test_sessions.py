from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from people import services, sessions
from people.models import Membership
from people.scope import Scope
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
    membership = MembershipFactory(organisation=OrganisationFactory(code="larch"), employee_number="E-042", pin=PIN)
    EmploymentFactory(membership=membership)
    return membership


def scope(client: Client) -> Scope:
    """Return the scope that the next request has."""
    response = client.get(reverse("people:sign_in") + "?o=x")
    found = response.wsgi_request.scope
    assert isinstance(found, Scope)
    return found


def sign_in(client: Client) -> Any:
    return client.post(reverse("people:sign_in"), {"organisation": "larch", "number": "E-042", "pin": PIN})


def change(client: Client, **values: Any) -> None:
    session = client.session
    for key, value in values.items():
        session[f"people.{key}"] = value
    session.save()


def test_nobody_is_signed_in_at_first(client: Client) -> None:
    assert scope(client) == Scope()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_pin_opens_one_membership_and_no_login(client: Client, member: Membership) -> None:
    MembershipFactory(user=member.user)
    sign_in(client)
    found = scope(client)
    assert (found.user, found.membership, found.memberships, found.personal) == (member.user, member, (member,), False)
    assert (found.signed_in, found.staff, found.learner_key) == (True, None, (member.user, member))
    assert not client.get(reverse("people:sign_in") + "?o=x").wsgi_request.user.is_authenticated


def test_personal_sign_in_opens_all_memberships(client: Client, member: Membership) -> None:
    second = MembershipFactory(user=member.user)
    sign_in_personally(client, member.user)
    found = scope(client)
    assert (found.user, found.membership, found.personal) == (member.user, None, True)
    assert set(found.memberships) == {member, second}
    assert found.opens(second)
    assert (found.staff, found.learner_key) == (member.user, (member.user, None))


def test_sign_in_changes_the_key_and_keeps_nothing_of_before(client: Client, member: Membership) -> None:
    session = client.session
    session["left by somebody"] = "x"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key
    assert "left by somebody" not in client.session
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_reset_ends_all_sessions_of_the_pin(member: Membership) -> None:
    phone, computer = Client(), Client()
    sign_in(phone)
    sign_in(computer)
    services.issue_code(membership=member, by=None, at=AT)
    assert scope(phone) == scope(computer) == Scope()
    assert list(phone.session.keys()) == []


def test_reset_ends_no_session_of_the_persons_own(client: Client, member: Membership) -> None:
    sign_in_personally(client, member.user)
    services.issue_code(membership=member, by=None, at=AT)
    assert scope(client).user == member.user


@pytest.mark.parametrize(
    "forged",
    [
        {"version": 2},
        {"version": "1"},
        {"version": None},
        {"version": True},
        {"membership": 999_999},
        {"membership": "1 OR 1=1"},
        {"membership": None},
        {"membership": [1]},
    ],
)
def test_forged_session_opens_nothing_and_ends(client: Client, member: Membership, forged: dict[str, Any]) -> None:
    sign_in(client)
    change(client, **forged)
    assert scope(client) == Scope()
    assert list(client.session.keys()) == []


def test_other_membership_with_the_wrong_version_opens_nothing(client: Client, member: Membership) -> None:
    other = MembershipFactory(pin=PIN)
    other.credential.version = 7
    other.credential.save()
    sign_in(client)
    change(client, membership=other.pk)
    assert scope(client) == Scope()


def test_login_and_pin_in_one_session_open_nothing(client: Client, member: Membership) -> None:
    sign_in_personally(client, StaffRoleFactory().user)
    change(client, membership=member.pk, version=1)
    assert scope(client) == Scope()
    assert not client.get("/sign-in/?o=x").wsgi_request.user.is_authenticated


def test_personal_sign_in_in_a_pin_session_replaces_it(client: Client, member: Membership) -> None:
    sign_in(client)
    sign_in_personally(client, member.user)
    found = scope(client)
    assert (found.personal, found.membership) == (True, None)


def test_pin_sign_in_in_a_personal_session_replaces_it(client: Client, member: Membership) -> None:
    sign_in_personally(client, UserFactory())
    sign_in(client)
    found = scope(client)
    assert (found.personal, found.membership) == (False, member)


def test_inactive_user_is_out(client: Client, member: Membership) -> None:
    sign_in(client)
    member.user.is_active = False
    member.user.save()
    assert scope(client) == Scope()


def test_session_without_a_pin_is_out(client: Client, member: Membership) -> None:
    sign_in(client)
    member.credential.pin_hash = ""
    member.credential.save()
    assert scope(client) == Scope()


def test_pin_session_locks_when_idle_and_goes_on_after_the_pin(
    client: Client, member: Membership, the_clock: Clock
) -> None:
    sign_in(client)
    the_clock.forward(minutes=19)
    assert scope(client).signed_in
    the_clock.forward(minutes=20)
    assert scope(client) == Scope(locked=True)
    # Time does not unlock it, nor does a further request.
    assert scope(client) == Scope(locked=True)
    key = client.session.session_key
    response = client.post(reverse("people:unlock"), {"pin": PIN, "next": "/account/"})
    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert scope(client).membership == member
    assert client.session.session_key != key


def test_activity_keeps_a_session_open(client: Client, member: Membership, the_clock: Clock) -> None:
    sign_in(client)
    for _ in range(5):
        the_clock.forward(minutes=15)
        assert scope(client).signed_in


def test_locked_session_ends_with_a_reset(client: Client, member: Membership, the_clock: Clock) -> None:
    sign_in(client)
    the_clock.forward(minutes=30)
    scope(client)
    services.issue_code(membership=member, by=None, at=AT)
    assert scope(client) == Scope()


def test_personal_session_ends_when_idle(client: Client, member: Membership, the_clock: Clock) -> None:
    sign_in_personally(client, member.user)
    scope(client)
    the_clock.forward(minutes=20)
    assert scope(client) == Scope()
    assert list(client.session.keys()) == []


def test_time_of_last_request_is_written_once_a_minute_at_most(
    client: Client, member: Membership, the_clock: Clock
) -> None:
    sign_in(client)
    the_clock.forward(seconds=59)
    scope(client)
    assert client.session[sessions.SEEN_AT] == AT.timestamp()
    the_clock.forward(seconds=1)
    scope(client)
    assert client.session[sessions.SEEN_AT] == (AT + timedelta(minutes=1)).timestamp()


@pytest.mark.parametrize("memberships", [1, 3])
def test_scope_costs_few_queries(
    client: Client, member: Membership, memberships: int, django_assert_num_queries: Any, rf: Any
) -> None:
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.http import HttpResponse

    from people.middleware import SignInScopeMiddleware

    for _ in range(memberships - 1):
        MembershipFactory(user=member.user)

    def ask(one: Client) -> None:
        request = rf.get("/")
        request.COOKIES[settings.SESSION_COOKIE_NAME] = one.session.session_key
        inner = SignInScopeMiddleware(lambda request: HttpResponse())
        SessionMiddleware(AuthenticationMiddleware(inner))(request)  # type: ignore[arg-type]
        assert request.scope.signed_in

    with_pin, personal = Client(), Client()
    sign_in_with_pin(with_pin, member)
    change(with_pin, seen_at=AT.timestamp())
    with django_assert_num_queries(2):
        ask(with_pin)
    sign_in_personally(personal, member.user)
    change(personal, seen_at=AT.timestamp())
    with django_assert_num_queries(3):
        ask(personal)
