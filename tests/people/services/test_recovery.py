from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission

from people import services
from people.exceptions import NotForStaff, OwnSignInNeeded, SignInRefused, TooManyTries
from people.models import AccountChange
from tests.factories.people import AT, EmploymentFactory, MembershipFactory, StaffRoleFactory, UserFactory

pytestmark = pytest.mark.django_db

HERE = "origin-of-the-learner"


def test_recovery_code_opens_the_user_and_stays_good() -> None:
    user = MembershipFactory().user
    code = services.make_recovery_code(user=user, at=AT)
    assert len(code) == 22
    assert code.startswith("FF-")
    for typed in (code, code.lower().replace("-", " "), code):
        assert services.sign_in_with_recovery_code(code=typed, at=AT, origin=HERE) == user
    kinds = AccountChange.objects.filter(user=user).values_list("kind", flat=True)
    assert sorted(kinds) == ["recovery_made", "recovery_used", "recovery_used", "recovery_used"]


def test_only_a_hash_of_the_proving_half_is_kept() -> None:
    user = UserFactory()
    code = services.make_recovery_code(user=user, at=AT).replace("-", "")
    user.refresh_from_db()
    assert user.recovery_lookup == code[2:10]
    assert code[10:] not in user.recovery_hash


def test_new_code_makes_the_old_one_worthless() -> None:
    user = UserFactory()
    old = services.make_recovery_code(user=user, at=AT)
    new = services.make_recovery_code(user=user, at=AT)
    with pytest.raises(SignInRefused):
        services.sign_in_with_recovery_code(code=old, at=AT, origin=HERE)
    assert services.sign_in_with_recovery_code(code=new, at=AT, origin=HERE) == user


@pytest.mark.parametrize("typed", ["", "FF", "FF-0000-0000-0000-0000", "nonsense " * 20])
def test_what_is_no_code_is_refused(typed: str) -> None:
    UserFactory()
    with pytest.raises(SignInRefused):
        services.sign_in_with_recovery_code(code=typed, at=AT, origin=HERE)


def test_right_first_half_with_a_wrong_second_is_refused_and_counted() -> None:
    user = UserFactory()
    code = services.make_recovery_code(user=user, at=AT)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            services.sign_in_with_recovery_code(code=code[:12] + "-0000-0000", at=AT, origin=HERE)
    with pytest.raises(TooManyTries):
        services.sign_in_with_recovery_code(code=code, at=AT, origin=HERE)
    assert services.sign_in_with_recovery_code(code=code, at=AT + timedelta(minutes=15), origin=HERE) == user


def test_pin_session_may_make_the_first_code_but_never_replace_a_sign_in_of_ones_own() -> None:
    membership = MembershipFactory()
    code = services.make_recovery_code(user=membership.user, at=AT, membership=membership)
    membership.user.refresh_from_db()
    with pytest.raises(OwnSignInNeeded):
        services.make_recovery_code(user=membership.user, at=AT, membership=membership)
    assert services.sign_in_with_recovery_code(code=code, at=AT, origin=HERE) == membership.user
    # Made in a PIN session, it is listed where PIN sessions see it.
    assert AccountChange.objects.get(kind=AccountChange.Kind.RECOVERY_MADE).membership == membership


def test_pin_session_of_whoever_has_a_verified_email_makes_no_code() -> None:
    membership = MembershipFactory(user=UserFactory(with_email=True))
    with pytest.raises(OwnSignInNeeded):
        services.make_recovery_code(user=membership.user, at=AT, membership=membership)


def test_staff_have_no_recovery_code_and_an_old_one_dies_with_the_role() -> None:
    role = StaffRoleFactory()
    with pytest.raises(NotForStaff):
        services.make_recovery_code(user=role.user, at=AT)
    later = UserFactory()
    code = services.make_recovery_code(user=later, at=AT)
    StaffRoleFactory(user=later)
    with pytest.raises(SignInRefused):
        services.sign_in_with_recovery_code(code=code, at=AT, origin=HERE)


def test_editors_have_no_recovery_code() -> None:
    editor = UserFactory(with_email=True)
    editor.user_permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    with pytest.raises(NotForStaff):
        services.make_recovery_code(user=editor, at=AT)


def test_after_leaving_the_recovery_code_still_opens() -> None:
    membership = MembershipFactory()
    EmploymentFactory(membership=membership, ends_on=date(2026, 1, 31))
    code = services.make_recovery_code(user=membership.user, at=AT)
    assert services.sign_in_with_recovery_code(code=code, at=AT + timedelta(days=900), origin=HERE) == membership.user


def test_code_of_an_inactive_user_is_refused() -> None:
    user = UserFactory()
    code = services.make_recovery_code(user=user, at=AT)
    user.refresh_from_db()
    user.is_active = False
    user.save()
    with pytest.raises(SignInRefused):
        services.sign_in_with_recovery_code(code=code, at=AT, origin=HERE)
