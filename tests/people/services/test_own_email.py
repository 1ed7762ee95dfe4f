import pytest
from allauth.account.models import EmailAddress

from people import services
from people.exceptions import OwnSignInNeeded
from people.models import AccountChange
from tests.factories.people import AT, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_address_waits_for_its_verification() -> None:
    member = MembershipFactory()
    address = services.add_own_email(user=member.user, email=" Jo@Example.org ", membership=member)
    assert address is not None
    assert (address.email, address.verified, address.user) == ("jo@example.org", False, member.user)
    member.user.refresh_from_db()
    assert member.user.email is None


@pytest.mark.parametrize("taken", ["verified elsewhere", "staff without a row"])
def test_address_of_somebody_else_is_not_used(taken: str) -> None:
    other = UserFactory(with_email=True)
    if taken == "staff without a row":
        EmailAddress.objects.all().delete()
    assert services.add_own_email(user=UserFactory(), email=other.email.upper()) is None


def test_pin_session_of_whoever_has_her_own_sign_in_adds_nothing() -> None:
    member = MembershipFactory()
    services.make_recovery_code(user=member.user, at=AT)
    member.user.refresh_from_db()
    with pytest.raises(OwnSignInNeeded):
        services.add_own_email(user=member.user, email="boss@larch.example", membership=member)
    assert services.add_own_email(user=member.user, email="jo@example.org") is not None


def test_only_the_last_address_of_a_pin_session_waits() -> None:
    member = MembershipFactory()
    services.add_own_email(user=member.user, email="jo@exampel.org", membership=member)
    services.add_own_email(user=member.user, email="jo@example.org", membership=member)
    assert [address.email for address in EmailAddress.objects.all()] == ["jo@example.org"]


def test_verified_address_is_listed_where_a_pin_session_sees_it() -> None:
    member = MembershipFactory()
    services.note_own_email(user=member.user, at=AT)
    assert [(it.kind, it.membership) for it in AccountChange.objects.all()] == [("email_added", member)]


def test_verified_address_of_several_workplaces_is_listed_for_the_private_login() -> None:
    member = MembershipFactory()
    MembershipFactory(user=member.user)
    services.note_own_email(user=member.user, at=AT)
    assert AccountChange.objects.get().membership is None


def test_removed_addresses_leave_users_without_one() -> None:
    for _ in range(2):
        user = UserFactory(with_email=True)
        services.remove_own_email(user=user, email=user.email)
        user.refresh_from_db()
        assert user.email is None


def test_address_of_somebody_else_is_not_removed() -> None:
    other = UserFactory(with_email=True)
    services.remove_own_email(user=UserFactory(), email=other.email)
    assert EmailAddress.objects.filter(user=other).exists()
