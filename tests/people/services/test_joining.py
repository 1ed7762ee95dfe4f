from typing import Any

import pytest

from people import services, signals
from people.exceptions import BelongsToAnotherAccount, SignInRefused
from people.models import AccountChange, AuditEntry, Membership, User
from tests.factories.people import AT, PIN, MembershipFactory, OrganisationFactory, StaffRoleFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> User:
    user = MembershipFactory(organisation__code="larch").user
    services.make_recovery_code(user=user, at=AT)
    user.refresh_from_db()
    return user


@pytest.fixture
def second() -> Membership:
    return MembershipFactory(organisation=OrganisationFactory(code="birch"), employee_number="7", pin=PIN)


def join(user: User, **changed: Any) -> Membership:
    given: dict[str, Any] = {
        "organisation_code": "birch",
        "employee_number": "7",
        "pin": PIN,
        "at": AT,
        "origin": "home",
    }
    return services.join_membership(user=user, **given | changed)


@pytest.fixture
def merges() -> Any:
    heard: list[tuple[User, User]] = []

    def hear(sender: object, kept: User, merged: User, **kwargs: Any) -> None:
        heard.append((kept, merged))

    signals.users_merged.connect(hear)
    yield heard
    signals.users_merged.disconnect(hear)


def test_joining_moves_the_membership_and_all_its_login_had(kept: User, second: Membership, merges: Any) -> None:
    merged = second.user
    assert join(kept) == second
    second.refresh_from_db()
    merged.refresh_from_db()
    assert (second.user, merged.is_active) == (kept, False)
    assert merges == [(kept, merged)]
    changes = AccountChange.objects.filter(user=kept, membership=second).values_list("kind", flat=True)
    assert sorted(changes) == ["pin_set", "workplace_joined"]


def test_neither_employer_learns_of_it(kept: User, second: Membership) -> None:
    join(kept)
    assert AuditEntry.objects.count() == 0


def test_pin_still_opens_the_joined_membership(kept: User, second: Membership) -> None:
    join(kept)
    opened = services.sign_in(organisation_code="birch", employee_number="7", pin=PIN, at=AT, origin="work")
    assert (opened, opened.user) == (second, kept)


def test_joining_twice_changes_nothing(kept: User, second: Membership, merges: Any) -> None:
    join(kept)
    join(kept)
    assert len(merges) == 1


def test_wrong_pin_joins_nothing(kept: User, second: Membership) -> None:
    with pytest.raises(SignInRefused):
        join(kept, pin="975310")
    second.refresh_from_db()
    assert second.user != kept


def test_membership_of_an_account_with_its_own_sign_in_cannot_be_taken(kept: User, second: Membership) -> None:
    # Whoever reset the PIN, be it the employer, cannot pull the workplace over to another account.
    services.make_recovery_code(user=second.user, at=AT)
    with pytest.raises(BelongsToAnotherAccount):
        join(kept)


def test_membership_of_an_account_with_further_ones_cannot_be_taken(kept: User, second: Membership) -> None:
    MembershipFactory(user=second.user)
    with pytest.raises(BelongsToAnotherAccount):
        join(kept)


def test_membership_of_staff_cannot_be_taken(kept: User, second: Membership) -> None:
    StaffRoleFactory(user=second.user)
    with pytest.raises(BelongsToAnotherAccount):
        join(kept)


def test_staff_may_join_their_own_workplace(second: Membership) -> None:
    staff = UserFactory(with_email=True)
    assert join(staff).user == staff


def test_what_fails_above_undoes_the_joining(kept: User, second: Membership) -> None:
    def fail(sender: object, **kwargs: Any) -> None:
        raise RuntimeError

    signals.users_merged.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            join(kept)
    finally:
        signals.users_merged.disconnect(fail)
    second.refresh_from_db()
    assert second.user != kept
