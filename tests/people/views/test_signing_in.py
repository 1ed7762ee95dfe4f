from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from people import services
from people.models import Membership
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


def typed(**changed: str) -> dict[str, str]:
    return {"organisation": "larch", "number": "E-042", "pin": PIN} | changed


def signed_in(client: Client) -> Membership | None:
    membership: Membership | None = client.get("/sign-in/?o=x").wsgi_request.scope.membership
    return membership


# --- sign-in ---------------------------------------------------------------------------------------------------


def test_sign_in_page_is_neutral_and_offers_help(client: Client) -> None:
    response = client.get(reverse("people:sign_in"))
    html = response.content.decode()
    assert response.status_code == 200
    assert "<title>Sign in – Fieldfare</title>" in html
    for link in ("people:set_pin", "people:sign_in_recovery", "account_request_login_code", "account_login"):
        assert reverse(link) in html
    assert "Ask the person named on your slip for a new slip" in html
    assert response["Cache-Control"] == "no-store"


def test_sign_in_page_is_filled_by_the_square_and_hands_it_on(client: Client) -> None:
    html = client.get(reverse("people:sign_in"), {"o": "larch", "n": 'E-"42'}).content.decode()
    assert 'value="larch"' in html
    assert 'value="E-&quot;42"' in html
    assert "/sign-in/code/?o=larch&amp;n=E-%2242" in html


def test_pin_is_never_written_back(client: Client, member: Membership) -> None:
    html = client.post(reverse("people:sign_in"), typed(pin="975310")).content.decode()
    assert "975310" not in html


def test_sign_in_leads_on(client: Client, member: Membership) -> None:
    response = client.post(reverse("people:sign_in"), typed())
    assert (response.status_code, response["Location"]) == (302, reverse("people:after_sign_in"))
    assert signed_in(client) == member
    response = client.get(reverse("people:after_sign_in"))
    assert response["Location"] == reverse("courses:my_training")


@pytest.mark.parametrize(
    ("asked", "to"),
    [
        ("/account/", "/account/"),
        ("/learn/x/?a=b", "/learn/x/?a=b"),
        ("https://evil.example/", "/after-sign-in/"),
        ("//evil.example/", "/after-sign-in/"),
        ("javascript:alert(1)", "/after-sign-in/"),
        ("/\\evil.example", "/after-sign-in/"),
        ("account", "/after-sign-in/"),
        ("people:account", "/after-sign-in/"),
    ],
)
def test_sign_in_leads_to_this_site_only(client: Client, member: Membership, asked: str, to: str) -> None:
    page = client.get(reverse("people:sign_in"), {"next": asked})
    assert "evil" not in page.context["next"]
    assert client.post(reverse("people:sign_in"), typed(next=asked))["Location"] == to


@pytest.mark.parametrize(
    "changed", [{"organisation": "birch"}, {"number": "E-043"}, {"pin": "975310"}, {"number": "E-044"}]
)
def test_refusals_say_the_same(client: Client, member: Membership, changed: dict[str, str]) -> None:
    MembershipFactory(organisation=member.organisation, employee_number="E-044")
    response = client.post(reverse("people:sign_in"), typed(**changed))
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "__all__": ["This does not fit together. Check every field and try again."]
    }
    assert signed_in(client) is None


def test_too_many_tries_say_how_long_to_wait(client: Client, member: Membership, the_clock: Clock) -> None:
    for _ in range(5):
        client.post(reverse("people:sign_in"), typed(pin="975310"))
    the_clock.forward(minutes=4, seconds=1)
    response = client.post(reverse("people:sign_in"), typed())
    assert "Wait 11 minutes, then try again." in response.content.decode()
    elsewhere = client.post(reverse("people:sign_in"), typed(), REMOTE_ADDR="198.51.100.9")
    assert elsewhere.status_code == 302


def test_missing_fields_are_named(client: Client) -> None:
    response = client.post(reverse("people:sign_in"), {})
    assert set(response.context["form"].errors) == {"organisation", "number", "pin"}
    assert "There are 3 things to mend" in response.content.decode()


def test_very_long_input_is_refused(client: Client) -> None:
    response = client.post(reverse("people:sign_in"), typed(organisation="x" * 10_000, pin="1" * 10_000))
    assert set(response.context["form"].errors) == {"organisation", "pin"}


def test_signed_in_person_is_led_on_unless_a_slip_was_scanned(client: Client, member: Membership) -> None:
    sign_in_with_pin(client, member)
    assert client.get(reverse("people:sign_in"))["Location"] == reverse("people:after_sign_in")
    assert client.get(reverse("people:sign_in"), {"o": "larch", "n": "7"}).status_code == 200


def test_forms_need_their_token(member: Membership) -> None:
    client = Client(enforce_csrf_checks=True)
    for name in ("people:sign_in", "people:set_pin", "people:sign_in_recovery", "people:sign_out", "people:language"):
        assert client.post(reverse(name), typed()).status_code == 403


# --- setting a PIN -----------------------------------------------------------------------------------------------


def test_pin_is_chosen_with_the_slip_and_signs_in(client: Client, member: Membership) -> None:
    code = services.issue_code(membership=member, by=None, at=AT)
    page = client.get(reverse("people:set_pin"), {"o": "larch", "n": "E-042"}).content.decode()
    assert 'value="E-042"' in page
    given = typed(code=code.lower(), pin="864209", pin_again="864209")
    assert client.post(reverse("people:set_pin"), given).status_code == 302
    assert signed_in(client) == member
    assert client.post(reverse("people:sign_in"), typed(pin="864209")).status_code == 302


@pytest.mark.parametrize(
    ("pin", "again", "field", "said"),
    [
        ("123456", "123456", "pin", "easy to guess"),
        ("86420", "86420", "pin", "at least 6 digits"),
        ("864209", "864208", "pin_again", "differ"),
        ("86420a", "86420a", "pin", "digits only"),
        ("000042", "000042", "pin", "employee number"),
    ],
)
def test_bad_pin_is_refused_beside_its_field(
    client: Client, member: Membership, pin: str, again: str, field: str, said: str
) -> None:
    code = services.issue_code(membership=member, by=None, at=AT)
    response = client.post(reverse("people:set_pin"), typed(code=code, pin=pin, pin_again=again))
    assert said in " ".join(response.context["form"].errors[field])
    good = typed(code=code, pin="864209", pin_again="864 209")
    assert client.post(reverse("people:set_pin"), good).status_code == 302


def test_wrong_code_is_refused(client: Client, member: Membership) -> None:
    services.issue_code(membership=member, by=None, at=AT)
    given = typed(code="00000-00000", pin="864209", pin_again="864209")
    response = client.post(reverse("people:set_pin"), given)
    assert response.status_code == 422
    assert "This does not fit together." in response.content.decode()


# --- recovery code -------------------------------------------------------------------------------------------------


def test_recovery_code_opens_everything_of_the_person(client: Client, member: Membership) -> None:
    second = MembershipFactory(user=member.user)
    code = services.make_recovery_code(user=member.user, at=AT)
    response = client.post(reverse("people:sign_in_recovery"), {"code": code})
    assert response["Location"] == reverse("people:account")
    scope = client.get("/sign-in/?o=x").wsgi_request.scope
    assert (scope.personal, set(scope.memberships)) == (True, {member, second})


def test_wrong_recovery_code_is_refused(client: Client, the_clock: Clock) -> None:
    response = client.post(reverse("people:sign_in_recovery"), {"code": "FF-0000-0000-0000-0000"})
    assert response.status_code == 422


# --- locked, out --------------------------------------------------------------------------------------------------


def test_locked_session_asks_for_the_pin_alone_and_goes_back(
    client: Client, member: Membership, the_clock: Clock
) -> None:
    client.post(reverse("people:sign_in"), typed())
    the_clock.forward(minutes=20)
    response = client.get("/account/")
    assert response["Location"] == "/locked/?next=%2Faccount%2F"
    page = client.get(response["Location"])
    assert set(page.context["form"].fields) == {"pin"}
    # Whoever finds the phone does not learn whose it is.
    html = page.content.decode()
    assert not [said for said in (member.name, "E-042", "larch", "Castellan") if said in html]
    assert client.post("/locked/", {"pin": "975310", "next": "/account/"}).status_code == 422
    assert client.post("/locked/", {"pin": PIN, "next": "/account/"})["Location"] == "/account/"
    assert client.get("/account/").status_code == 200


def test_sign_in_page_of_a_locked_session_leads_to_the_lock(
    client: Client, member: Membership, the_clock: Clock
) -> None:
    client.post(reverse("people:sign_in"), typed())
    the_clock.forward(minutes=20)
    assert client.get("/sign-in/?next=/training/")["Location"] == "/locked/?next=%2Ftraining%2F"


def test_lock_page_without_a_locked_session_leads_to_the_door(client: Client, member: Membership) -> None:
    assert client.get("/locked/?next=/account/")["Location"] == "/sign-in/?next=%2Faccount%2F"
    client.post(reverse("people:sign_in"), typed())
    assert client.get("/locked/?next=/account/")["Location"] == "/account/"


def test_locked_post_is_led_to_a_page_that_can_be_opened(client: Client, member: Membership, the_clock: Clock) -> None:
    client.post(reverse("people:sign_in"), typed())
    the_clock.forward(minutes=20)
    assert client.post("/account/email/remove/")["Location"] == "/locked/?next=%2Faccount%2F"


def test_sign_out_ends_the_session(client: Client, member: Membership) -> None:
    client.post(reverse("people:sign_in"), typed())
    assert client.get(reverse("people:sign_out")).status_code == 405
    assert client.post(reverse("people:sign_out"))["Location"] == "/"
    assert signed_in(client) is None
    assert list(client.session.keys()) == []


def test_sign_out_works_while_locked(client: Client, member: Membership, the_clock: Clock) -> None:
    client.post(reverse("people:sign_in"), typed())
    the_clock.forward(minutes=20)
    client.post(reverse("people:sign_out"))
    assert client.get("/locked/")["Location"] == "/sign-in/"


# --- where people belong --------------------------------------------------------------------------------------------


def test_after_sign_in_needs_a_sign_in(client: Client) -> None:
    assert client.get(reverse("people:after_sign_in"))["Location"].startswith("/sign-in/")


def test_staff_go_to_their_organisation_and_editors_to_the_cms(client: Client) -> None:
    sign_in_personally(client, StaffRoleFactory().user)
    assert client.get(reverse("people:after_sign_in"))["Location"] == reverse("compliance:home")
    editor = UserFactory(with_email=True)
    editor.user_permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    sign_in_personally(client, editor)
    assert client.get(reverse("people:after_sign_in"))["Location"] == "/cms/"
    sign_in_personally(client, UserFactory())
    assert client.get(reverse("people:after_sign_in"))["Location"] == reverse("courses:my_training")


def test_staff_signed_in_by_a_pin_are_learners_and_nothing_else(client: Client, member: Membership) -> None:
    StaffRoleFactory(user=member.user, organisation=member.organisation)
    member.user.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    sign_in_with_pin(client, member)
    assert client.get(reverse("people:after_sign_in"))["Location"] == reverse("courses:my_training")
    for closed in ("/cms/", "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/workplace/larch/"):
        assert client.get(closed).status_code in (302, 404), closed


# --- language ---------------------------------------------------------------------------------------------------


def test_language_is_kept_on_the_device_and_for_the_person(client: Client, member: Membership) -> None:
    sign_in_with_pin(client, member)
    response = client.post(reverse("people:language"), {"language": "fr", "next": "/account/"})
    assert response["Location"] == "/account/"
    assert client.cookies["language"].value == "fr"
    member.user.refresh_from_db()
    assert member.user.language == "fr"
    assert 'lang="fr"' in client.get("/account/").content.decode()


def test_language_of_somebody_not_signed_in_is_kept_on_the_device_alone(client: Client) -> None:
    client.post(reverse("people:language"), {"language": "pa"})
    assert client.cookies["language"].value == "pa"
    assert "session" not in client.cookies


@pytest.mark.parametrize("asked", ["", "xx", "<script>"])
def test_unknown_language_changes_nothing(client: Client, asked: str) -> None:
    response = client.post(reverse("people:language"), {"language": asked, "next": "https://evil.example/"})
    assert response["Location"] == "/"
    assert "language" not in client.cookies


def test_pin_sign_in_does_not_tell_the_persons_language(client: Client, member: Membership) -> None:
    member.user.language = "pa"
    member.user.save()
    client.post(reverse("people:sign_in"), typed())
    client.get(reverse("people:after_sign_in"))
    assert "language" not in client.cookies


def test_personal_sign_in_brings_the_persons_language(client: Client, member: Membership) -> None:
    member.user.language = "pa"
    member.user.save()
    sign_in_personally(client, member.user)
    client.get(reverse("people:after_sign_in"))
    assert client.cookies["language"].value == "pa"


def test_chosen_language_of_the_device_stays(client: Client, member: Membership) -> None:
    member.user.language = "pa"
    member.user.save()
    client.cookies["language"] = "fr"
    sign_in_personally(client, member.user)
    response: Any = client.get(reverse("people:after_sign_in"))
    assert "language" not in response.cookies
