import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.factories.people import PASSWORD, MembershipFactory, StaffRoleFactory, sign_in_personally

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = PASSWORD, address: str = "203.0.113.7") -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=address)


def test_staff_sign_in_by_password(client: Client) -> None:
    user = StaffRoleFactory().user
    assert sign_in(client, user.email)["Location"] == reverse("people:after_sign_in")
    scope = client.get("/sign-in/?o=x").wsgi_request.scope
    assert (scope.personal, scope.staff) == (True, user)


def test_second_factor_is_asked_for_where_there_is_one(client: Client) -> None:
    user = StaffRoleFactory().user
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    assert Authenticator.objects.filter(user=user).exists()
    assert sign_in(client, user.email)["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("compliance:home")).status_code == 302
    page = client.get(reverse("mfa_authenticate"))
    assert page.status_code == 200
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post(reverse("mfa_authenticate"), {"code": code})["Location"] == reverse("people:after_sign_in")


def test_failed_passwords_of_others_lock_nobody_out(client: Client) -> None:
    user = StaffRoleFactory().user
    for _ in range(8):
        answer = sign_in(client, user.email, "wrong-wrong-wrong", address="198.51.100.66")
    assert "Too many failed login attempts" in answer.content.decode()
    assert sign_in(Client(), user.email, address="198.51.100.66").status_code == 200
    assert sign_in(Client(), user.email, address="203.0.113.7").status_code == 302


def test_an_office_behind_one_address_signs_in(client: Client) -> None:
    """Fifteen who mistype keep nobody out; a hundred wrong passwords in a quarter of an hour keep out that address alone."""
    user = StaffRoleFactory().user
    for n in range(15):
        sign_in(Client(), f"colleague-{n}@example.org", "wrong-wrong-wrong")
        assert sign_in(Client(), user.email).status_code == 302
    for n in range(15, 100):
        sign_in(Client(), f"colleague-{n}@example.org", "wrong-wrong-wrong")
    assert sign_in(Client(), user.email).status_code != 302
    assert sign_in(Client(), user.email, address="198.51.100.66").status_code == 302


def test_forged_forwarded_header_makes_no_new_origin(client: Client) -> None:
    user = StaffRoleFactory().user
    for n in range(8):
        client.post(
            reverse("account_login"),
            {"login": user.email, "password": "wrong-wrong-wrong"},
            REMOTE_ADDR="198.51.100.66",
            HTTP_X_FORWARDED_FOR=f"10.0.0.{n}",
        )
    assert sign_in(client, user.email, address="198.51.100.66").status_code == 200


def test_unknown_address_looks_like_a_known_one(client: Client) -> None:
    user = StaffRoleFactory().user
    answers = [
        Client().post(reverse("account_request_login_code"), {"email": email})
        for email in (user.email, "no@example.org")
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert [message.subject for message in mail.outbox] == ["Your code", "Your code"]


def test_address_that_an_employer_typed_opens_no_account(client: Client) -> None:
    MembershipFactory(email="jo@larch.example")
    client.post(reverse("account_request_login_code"), {"email": "jo@larch.example"})
    (message,) = mail.outbox
    assert "It opens nothing there, so there is no code." in message.body


def test_nobody_signs_up(client: Client) -> None:
    page = client.get(reverse("account_signup")).content.decode()
    assert "Nobody signs up here" in page


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_request_login_code", "account_reset_password", "account_signup", "account_inactive"],
)
def test_pages_at_the_door_have_our_frame_and_no_inline_script(client: Client, name: str) -> None:
    assert_ours(client.get(reverse(name)))


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
    ],
)
def test_pages_of_staff_have_our_frame_and_no_inline_script(client: Client, name: str) -> None:
    user = StaffRoleFactory().user
    sign_in(client, user.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert_ours(client.get(reverse(name)))


def assert_ours(response: Any) -> None:
    assert response.status_code == 200
    html = response.content.decode()
    assert 'class="skip"' in html
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", html)
    assert not re.search(r"traffick|exploit", re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1], re.IGNORECASE)  # type: ignore[index]


def test_password_reset_mail_is_neutral(client: Client) -> None:
    user = StaffRoleFactory().user
    client.post(reverse("account_reset_password"), {"email": user.email})
    (message,) = mail.outbox
    assert (message.subject, message.extra_headers["Content-Language"]) == ("Your password", "en")
    assert "/accounts/password/reset/key/" in message.body
    link = re.search(r"http://testserver(\S+)", message.body)
    assert link
    page = client.get(link[1], follow=True)
    assert page.status_code == 200


def test_messages_do_not_show_the_address(client: Client) -> None:
    user = StaffRoleFactory().user
    sign_in(client, user.email)
    assert user.email not in client.get("/sign-in/?o=x").content.decode()


def test_personal_session_of_a_learner_reaches_no_staff_page(client: Client) -> None:
    sign_in_personally(client, MembershipFactory().user)
    assert client.get("/workplace/organisation-1/").status_code == 404
    assert client.get("/cms/").status_code in (302, 403)
