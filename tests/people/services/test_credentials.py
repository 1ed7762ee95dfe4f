import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people import codes, services
from people.exceptions import EmploymentEnded, PinRefused, SignInRefused, TooManyTries
from people.models import AccountChange, AuditEntry, Membership, SignInFailure
from people.pins import PinProblem
from people.services import matching
from people.services.tries import begin_try, subject_of
from tests.factories.people import AT, PIN, EmploymentFactory, MembershipFactory, OrganisationFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db

HERE = "origin-of-the-learner"


@pytest.fixture
def member() -> Membership:
    membership = MembershipFactory(organisation=OrganisationFactory(code="larch"), employee_number="E-042", pin=PIN)
    EmploymentFactory(membership=membership)
    return membership


def signing_in(**changed: Any) -> Membership:
    given: dict[str, Any] = {
        "organisation_code": "larch",
        "employee_number": "E-042",
        "pin": PIN,
        "at": AT,
        "origin": HERE,
    }
    return services.sign_in(**given | changed)


def setting_pin(code: str, **changed: Any) -> Membership:
    given: dict[str, Any] = {
        "organisation_code": "larch",
        "employee_number": "E-042",
        "code": code,
        "pin": "975310",
        "at": AT,
        "origin": HERE,
    }
    return services.set_pin(**given | changed)


# --- codes -----------------------------------------------------------------------------------------------------


def test_code_is_returned_as_printed_and_only_its_hash_is_kept(member: Membership) -> None:
    code = services.issue_code(membership=member, by=None, at=AT)
    assert len(code) == 11
    assert code[5] == "-"
    member.credential.refresh_from_db()
    assert codes.normalise(code) not in member.credential.code_hash
    # Through 23 March in Vancouver.
    assert member.credential.code_expires_at == datetime(2026, 3, 24, 7, 0, tzinfo=UTC)


def test_issuing_a_code_ends_the_pin_and_is_listed(member: Membership) -> None:
    hr = StaffRoleFactory(organisation=member.organisation).user
    services.issue_code(membership=member, by=hr, at=AT)
    member.credential.refresh_from_db()
    assert (member.credential.pin_hash, member.credential.pin_set_at, member.credential.version) == ("", None, 2)
    with pytest.raises(SignInRefused):
        signing_in()
    changes = AccountChange.objects.filter(kind=AccountChange.Kind.CODE_PRINTED)
    assert [(change.user, change.membership, change.happened_at) for change in changes] == [(member.user, member, AT)]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb, entry.target_id, entry.data) == (hr, "code.printed", str(member.public_id), {})


def test_a_second_code_makes_the_first_worthless(member: Membership) -> None:
    first = services.issue_code(membership=member, by=None, at=AT)
    second = services.issue_code(membership=member, by=None, at=AT)
    with pytest.raises(SignInRefused):
        setting_pin(first)
    assert setting_pin(second) == member


def test_code_is_refused_after_the_last_employment_while_the_pin_still_opens() -> None:
    member = MembershipFactory(organisation=OrganisationFactory(code="larch"), employee_number="E-042", pin=PIN)
    EmploymentFactory(membership=member, ends_on=date(2026, 3, 1))
    with pytest.raises(EmploymentEnded) as refused:
        services.issue_code(membership=member, by=None, at=AT)
    assert refused.value.ended_on == date(2026, 3, 1)
    assert signing_in() == member
    assert not AccountChange.objects.filter(kind=AccountChange.Kind.CODE_PRINTED).exists()


def test_code_is_issued_on_the_last_day_and_before_the_first() -> None:
    last_day = MembershipFactory(pin=PIN)
    EmploymentFactory(membership=last_day, ends_on=date(2026, 3, 2))
    services.issue_code(membership=last_day, by=None, at=AT)
    to_come = MembershipFactory(pin=PIN)
    EmploymentFactory(membership=to_come, starts_on=date(2026, 4, 1))
    services.issue_code(membership=to_come, by=None, at=AT)


def test_day_of_the_workplace_decides_whether_the_employment_has_ended() -> None:
    member = MembershipFactory(pin=PIN)
    EmploymentFactory(membership=member, ends_on=date(2026, 3, 1))
    # 1 March, 23:30 in Vancouver.
    services.issue_code(membership=member, by=None, at=datetime(2026, 3, 2, 7, 30, tzinfo=UTC))


def test_code_is_refused_to_whoever_left_with_a_recovery_code_only() -> None:
    member = MembershipFactory()
    EmploymentFactory(membership=member, ends_on=date(2026, 3, 1))
    services.make_recovery_code(user=member.user, at=AT)
    with pytest.raises(EmploymentEnded):
        services.issue_code(membership=member, by=None, at=AT)


def test_somebody_without_any_way_in_still_gets_a_code_after_leaving() -> None:
    member = MembershipFactory()
    EmploymentFactory(membership=member, ends_on=date(2026, 3, 1))
    assert services.issue_code(membership=member, by=None, at=AT)


def test_code_printed_before_leaving_is_good_no_longer_for_whoever_has_her_own_way_in(member: Membership) -> None:
    services.make_recovery_code(user=member.user, at=AT)
    code = services.issue_code(membership=member, by=None, at=AT)
    services.end_employment(employment=member.employments.get(), ends_on=date(2026, 3, 3), by=None, at=AT)
    with pytest.raises(SignInRefused):
        setting_pin(code, at=AT + timedelta(days=2))


# --- setting a PIN -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code.replace('0', 'o')} "]
)
def test_pin_is_set_with_the_code_however_it_is_typed(member: Membership, spoil: Any) -> None:
    code = services.issue_code(membership=member, by=None, at=AT)
    assert setting_pin(spoil(code), organisation_code=" LARCH ", employee_number="e-042 ") == member
    assert signing_in(pin="975310") == member
    assert signing_in(pin=" 975 310 ") == member
    changes = AccountChange.objects.filter(membership=member).values_list("kind", flat=True)
    assert sorted(changes) == ["code_printed", "pin_set", "pin_set"]


def test_code_works_once(member: Membership) -> None:
    code = services.issue_code(membership=member, by=None, at=AT)
    setting_pin(code)
    with pytest.raises(SignInRefused):
        setting_pin(code)


@pytest.mark.parametrize(("late", "good"), [(timedelta(seconds=-1), True), (timedelta(0), False)])
def test_code_expires_at_midnight_after_its_last_day(member: Membership, late: timedelta, good: bool) -> None:
    code = services.issue_code(membership=member, by=None, at=AT)
    at = datetime(2026, 3, 24, 7, 0, tzinfo=UTC) + late
    if good:
        assert setting_pin(code, at=at) == member
    else:
        with pytest.raises(SignInRefused):
            setting_pin(code, at=at)


def test_code_of_somebody_else_is_refused(member: Membership) -> None:
    other = MembershipFactory(organisation=member.organisation)
    code = services.issue_code(membership=other, by=None, at=AT)
    services.issue_code(membership=member, by=None, at=AT)
    with pytest.raises(SignInRefused):
        setting_pin(code)


def test_bad_pin_is_refused_kindly_without_using_up_the_code_or_a_try(member: Membership) -> None:
    code = services.issue_code(membership=member, by=None, at=AT)
    with pytest.raises(PinRefused) as refused:
        setting_pin(code, pin="123456")
    assert refused.value.problem is PinProblem.TOO_SIMPLE
    assert SignInFailure.objects.count() == 0
    assert setting_pin(code) == member


# --- refusals are alike --------------------------------------------------------------------------------------------


REFUSED = {
    "unknown organisation": {"organisation_code": "birch"},
    "unknown number": {"employee_number": "E-043"},
    "wrong pin": {"pin": "975310"},
    "no pin yet": {"employee_number": "E-044"},
    "inactive": {"employee_number": "E-045"},
    "nothing": {"organisation_code": "", "employee_number": "", "pin": ""},
}


@pytest.fixture
def colleagues(member: Membership) -> None:
    MembershipFactory(organisation=member.organisation, employee_number="E-044")
    MembershipFactory(organisation=member.organisation, employee_number="E-045", user__is_active=False, pin=PIN)


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_refusals_do_the_same_work_and_say_the_same(colleagues: None, case: dict[str, str], monkeypatch: Any) -> None:
    matching.matches("warm", "")
    checked: list[str] = []
    hasher = hashers.get_hasher()
    verify = type(hasher).verify
    monkeypatch.setattr(type(hasher), "verify", lambda self, *args: checked.append("once") or verify(self, *args))
    with CaptureQueriesContext(connection) as queries, pytest.raises(SignInRefused) as refused:
        signing_in(**case)
    assert checked == ["once"]
    assert len(queries) == 4
    assert refused.value.args == ()


@pytest.mark.parametrize(
    "case", [{"organisation_code": "birch"}, {"employee_number": "E-043"}, {}, {"employee_number": "E-044"}]
)
def test_refused_codes_do_the_same_work(colleagues: None, member: Membership, case: dict[str, str]) -> None:
    services.issue_code(membership=member, by=None, at=AT)
    with CaptureQueriesContext(connection) as queries, pytest.raises(SignInRefused) as refused:
        setting_pin("00000-00000", **case)
    assert len(queries) == 4
    assert refused.value.args == ()


# --- two organisations -----------------------------------------------------------------------------------------


def test_same_number_in_two_organisations_is_two_people(member: Membership) -> None:
    other = MembershipFactory(organisation=OrganisationFactory(code="birch"), employee_number="E-042", pin="864209")
    assert signing_in(organisation_code="birch", pin="864209") == other
    with pytest.raises(SignInRefused):
        signing_in(organisation_code="birch", pin=PIN)
    assert signing_in() == member


@pytest.mark.parametrize("number", ["E-٠٤٢", "ｅ‑042", "E-042\u200f"])
def test_number_opens_and_locks_however_its_digits_and_dashes_are_typed(member: Membership, number: str) -> None:
    assert signing_in(employee_number=number) == member
    fail(5, number=number)
    with pytest.raises(TooManyTries):
        signing_in()


# --- lockout -----------------------------------------------------------------------------------------------------


def fail(times: int, *, origin: str = HERE, at: datetime = AT, number: str = "E-042") -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            signing_in(pin="000001", origin=origin, at=at, employee_number=number)


def test_fifth_failure_makes_the_origin_wait_and_nobody_else(member: Membership) -> None:
    fail(4)
    assert signing_in() == member
    fail(5)
    with pytest.raises(TooManyTries) as waiting:
        signing_in()
    assert waiting.value.retry_at == AT + timedelta(minutes=15)
    assert signing_in(origin="elsewhere") == member
    assert signing_in(at=AT + timedelta(minutes=15)) == member


def test_tries_while_waiting_do_not_prolong_the_wait(member: Membership) -> None:
    fail(5)
    for minute in (1, 7, 14):
        with pytest.raises(TooManyTries):
            signing_in(at=AT + timedelta(minutes=minute))
    assert SignInFailure.objects.count() == 5
    assert signing_in(at=AT + timedelta(minutes=15)) == member


def test_unknown_people_lock_like_known_ones(member: Membership) -> None:
    fail(5, number="nobody")
    with pytest.raises(TooManyTries):
        signing_in(employee_number="NOBODY ")


def test_two_hundred_failures_at_many_numbers_make_the_origin_wait_everywhere(member: Membership) -> None:
    failed = [SignInFailure(subject=f"N-{n % 100}", origin=HERE, failed_at=AT) for n in range(199)]
    SignInFailure.objects.bulk_create(failed)
    fail(1, number="nobody")
    with pytest.raises(TooManyTries):
        signing_in()
    with pytest.raises(TooManyTries):
        setting_pin("00000-00000", pin="975310")
    assert signing_in(origin="elsewhere") == member


def test_forty_who_sign_in_within_two_minutes_behind_one_address_all_get_in(member: Membership) -> None:
    """Every third mistypes twice, some at first sight, some after the others; and one of them guesses at everybody."""
    SignInFailure.objects.bulk_create(
        [SignInFailure(subject=f"guessed at {n}", origin=HERE, failed_at=AT) for n in range(100)]
    )
    tries = [number for number in range(40) for _ in range(3 if number % 3 == 0 else 1)]
    waiting = {number: tries.count(number) for number in range(40)}
    for second, number in enumerate(sorted(tries, key=lambda number: number % 7)):
        tried = begin_try(subject=f"worker {number}", origin=HERE, at=AT + timedelta(seconds=second))
        waiting[number] -= 1
        if not waiting[number]:
            tried.succeeded()
    assert second == 67
    assert SignInFailure.objects.count() == 100
    # Nor does it matter how many of them have just failed at once.
    for number in range(99):
        begin_try(subject=f"colleague {number}", origin=HERE, at=AT + timedelta(minutes=2))
    assert signing_in(at=AT + timedelta(minutes=2)) == member


def test_an_address_that_failed_all_day_long_is_held_to_thirty(member: Membership) -> None:
    SignInFailure.objects.bulk_create(
        [SignInFailure(subject=f"N-{n}", origin=HERE, failed_at=AT - timedelta(hours=2)) for n in range(570)]
        + [SignInFailure(subject=f"N-{n}", origin=HERE, failed_at=AT) for n in range(30)]
    )
    with pytest.raises(TooManyTries):
        signing_in()
    assert signing_in(origin="elsewhere") == member
    assert signing_in(at=AT + timedelta(minutes=15)) == member


def test_success_forgets_the_failures_of_this_origin_at_this_number_only(member: Membership) -> None:
    fail(4)
    fail(3, origin="elsewhere")
    signing_in()
    assert SignInFailure.objects.count() == 3


def test_attack_from_many_places_never_locks_the_owner_out(member: Membership) -> None:
    for place in range(7):
        fail(3, origin=f"attacker-{place}")
    # Fresh places get one look, and a right PIN is seen in it.
    fail(1, origin="attacker-8")
    with pytest.raises(TooManyTries):
        signing_in(origin="attacker-8")
    assert signing_in(origin="the owner's home") == member
    # The owner who mistypes waits a quarter of an hour, not a day.
    fail(1, origin="the owner's phone")
    with pytest.raises(TooManyTries):
        signing_in(origin="the owner's phone", at=AT + timedelta(minutes=14))
    assert signing_in(origin="the owner's phone", at=AT + timedelta(minutes=15)) == member


def test_failures_hold_no_address_no_number_and_go_after_a_day(member: Membership) -> None:
    fail(1)
    failure = SignInFailure.objects.get()
    assert re.fullmatch(r"[0-9a-f]{64}", failure.subject)
    assert services.forget_failures(at=AT + timedelta(hours=23)) == 0
    assert services.forget_failures(at=AT + timedelta(hours=24)) == 1


def test_wrong_pins_do_not_stop_the_new_slip_from_working(member: Membership) -> None:
    fail(5)
    code = services.issue_code(membership=member, by=None, at=AT)
    assert setting_pin(code) == member


def test_many_tries_at_once_count_as_many(member: Membership) -> None:
    # Each try is written before it is looked at, so those under way count for one another.
    subject = subject_of("pin", "larch", "E-042")
    for _ in range(5):
        begin_try(subject=subject, origin=HERE, at=AT)
    with pytest.raises(TooManyTries):
        begin_try(subject=subject, origin=HERE, at=AT)


def test_unlock_asks_for_the_same_pin_under_the_same_limits(member: Membership) -> None:
    assert services.unlock(membership=member, pin=PIN, at=AT, origin=HERE) == member
    for _ in range(5):
        with pytest.raises(SignInRefused):
            services.unlock(membership=member, pin="000001", at=AT, origin=HERE)
    with pytest.raises(TooManyTries):
        signing_in()
