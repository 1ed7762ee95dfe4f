"""Dating certificates that run anew under a changed policy (renewal, rule R16)."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import rebasing_batches, services
from certificates.exceptions import RebasingTakenBack
from certificates.models import Certificate, Rebasing
from certificates.rebasing import Held, rebased
from certificates.rebasing_batches import look_at_rebasing, rebase, take_back_rebasing
from certificates.validity import Duration, ValidityPolicy, next_period
from tests.factories.certificates import CertificationFactory, completion_of, course
from tests.factories.people import MembershipFactory

ON = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 17, 0, tzinfo=UTC)


def policy(years, **more):
    return ValidityPolicy(validity=Duration(years, "y"), window=Duration(2, "m"), **more)


def held(was, *days):
    """Return what completions on ``days`` gave under the policy ``was``."""
    found, current = [], None
    for key, day in enumerate(sorted(days), start=1):
        period = next_period(was, day, current)
        if period != current:
            found.append(Held(key, day, period))
            current = period
    return found


def ends(anew):
    return {key: period.last_valid_on for key, period in anew.items()}


@pytest.mark.parametrize(
    ("was", "now", "days", "notice_days", "expected"),
    [
        (policy(3), policy(3), [date(2025, 3, 10)], 60, {}),
        # Longer: dated from the completion.
        (policy(3), policy(5), [date(2025, 3, 10)], 60, {1: date(2030, 3, 9)}),
        # Shorter, and still long enough.
        (policy(3), policy(2), [date(2025, 3, 10)], 60, {1: date(2027, 3, 9)}),
        # Shorter, and over already by the new policy: it ends after the notice.
        (policy(3), policy(1), [date(2025, 3, 10)], 60, {1: date(2026, 7, 30)}),
        # The notice never makes it longer than it was.
        (policy(3), policy(1), [date(2023, 6, 20)], 60, {1: date(2026, 6, 19)}),
        # What has ended stays what it was; what renewed it counts from its end as it is.
        (policy(1), policy(3), [date(2024, 1, 10), date(2025, 12, 20)], 60, {2: date(2028, 12, 19)}),
        (policy(3), policy(2), [date(2022, 3, 10), date(2025, 2, 20)], 60, {2: date(2027, 3, 9)}),
    ],
)
def test_what_is_dated_anew(was, now, days, notice_days, expected):
    anew = rebased(now, held(was, *days), on=ON, notice_days=notice_days)
    kept = {it.key: it.period for it in held(was, *days)}
    shown = {key: day for key, day in ends(anew).items() if kept[key].last_valid_on != day}
    assert shown == {key: day for key, day in expected.items() if kept[key].last_valid_on != day}


def test_what_was_accepted_from_elsewhere_is_never_dated_anew():
    [prior] = held(policy(3), date(2025, 3, 10))
    assert (
        rebased(policy(5), [Held(prior.key, prior.completed_on, prior.period, is_fixed=True)], on=ON, notice_days=0)
        == {}
    )


days = st.integers(0, 1_500).map(lambda n: date(2022, 1, 1) + timedelta(days=n))
policies = st.builds(
    ValidityPolicy,
    anchor=st.sampled_from(["completion", "renewal"]),
    validity=st.integers(1, 5).map(lambda n: Duration(n, "y")),
    window=st.integers(1, 6).map(lambda n: Duration(n, "m")),
    grace=st.none() | st.integers(1, 30).map(lambda n: Duration(n, "d")),
    late=st.sampled_from(["completion", "schedule"]),
    early=st.sampled_from(["restart", "record_only"]),
)


@settings(deadline=None)
@given(policies, policies, st.lists(days, min_size=1, max_size=4, unique=True), days, st.integers(0, 90))
def test_what_holds_of_every_batch(was, now, done, on, notice_days):
    before = held(was, *done)
    anew = rebased(now, before, on=on, notice_days=notice_days)
    after = [Held(it.key, it.completed_on, anew.get(it.key, it.period)) for it in before]
    for old, new in zip(before, after, strict=True):
        if old.period.grace_until <= on:
            assert new == old
        assert new.period.valid_until >= min(old.period.valid_until, on + timedelta(days=notice_days))
    # Once more on the same day or later, nothing ends sooner than it does now, and nothing changes on the same day.
    assert rebased(now, after, on=on, notice_days=notice_days) == {}


# --- with certificates ---


@pytest.fixture
def hotel():
    return course("hotel")


@pytest.fixture
def certification(db, hotel):
    return CertificationFactory(courses=[hotel], policy=policy(3).to_json())


def earned(hotel, membership, day):
    (certificate,) = services.issue_for_completion(
        completion=completion_of(hotel, completed_on=day, membership=membership), at=AT
    )
    return certificate


def standing(certification):
    found = Certificate.objects.filter(certification=certification, replaced_by=None).order_by("completed_on", "pk")
    return [(it.completed_on, it.last_valid_on) for it in found]


def change(certification, to):
    certification.policy = to.to_json()
    certification.save()


def run(certification, **more):
    about = {"reason": "The rule changed", "on": ON, "notice_days": 60, "at": AT}
    return rebase(certification=certification, **about | more)


@pytest.fixture
def three(certification, hotel):
    people = [MembershipFactory() for _ in range(3)]
    made = [
        earned(hotel, it, day)
        for it, day in zip(people, (date(2025, 3, 10), date(2025, 9, 1), date(2020, 1, 5)), strict=True)
    ]
    change(certification, policy(2))
    return made


def test_looking_counts_and_writes_nothing(certification, three):
    found = look_at_rebasing(certification=certification, on=ON, notice_days=60)
    assert (found.later, found.sooner, found.other, found.same) == (0, 2, 0, 0)
    assert (found.changed, found.soonest_end) == (2, date(2027, 3, 9))
    assert Certificate.objects.count() == 3


def test_a_batch_replaces_what_runs_and_can_be_taken_back(certification, three):
    before = standing(certification)
    batch = run(certification)
    assert standing(certification) == [
        (date(2020, 1, 5), date(2023, 1, 4)),
        (date(2025, 3, 10), date(2027, 3, 9)),
        (date(2025, 9, 1), date(2027, 8, 31)),
    ]
    three[0].refresh_from_db()
    new = three[0].replaced_by
    assert (new.policy["validity"], new.completion_ids, batch.finished_at) == ("2y", three[0].completion_ids, AT)
    assert run(certification).certificates.count() == 0
    assert take_back_rebasing(batch=batch, at=AT) == 2
    assert standing(certification) == before
    with pytest.raises(RebasingTakenBack):
        take_back_rebasing(batch=batch, at=AT)


def test_a_chain_is_dated_anew_link_by_link_and_back(certification, hotel):
    holder = MembershipFactory()
    earned(hotel, holder, date(2023, 7, 1))
    earned(hotel, holder, date(2026, 5, 20))
    before = standing(certification)
    change(certification, policy(2))
    batch = run(certification, on=date(2026, 6, 1), notice_days=0)
    last = Certificate.objects.filter(replaced_by=None).latest("completed_on")
    assert last.renews.replaced_by is None
    take_back_rebasing(batch=batch, at=AT)
    assert standing(certification) == before
    last = Certificate.objects.filter(replaced_by=None).latest("completed_on")
    assert last.renews.replaced_by is None


def test_what_was_renewed_from_or_revoked_since_stays(certification, hotel, three):
    batch = run(certification)
    first, second = Certificate.objects.filter(replaced_by=None, completed_on__gte=date(2025, 1, 1)).order_by(
        "completed_on"
    )
    earned(hotel, first.membership, date(2027, 2, 1))
    services.revoke_certificate(certificate=second, reason="error", by=None, at=AT)
    assert take_back_rebasing(batch=batch, at=AT) == 0
    with pytest.raises(RebasingTakenBack):
        take_back_rebasing(batch=batch, at=AT)


def test_a_batch_that_was_stopped_goes_on_where_it_stood(certification, three, monkeypatch):
    class Killed(Exception):
        pass

    made = []

    def kill_the_second(name):
        made.append(name)
        if len(made) == 2:
            raise Killed

    monkeypatch.setattr(rebasing_batches, "fault_point", kill_the_second)
    with pytest.raises(Killed):
        run(certification)
    monkeypatch.undo()
    [stopped] = Rebasing.objects.all()
    assert (stopped.finished_at, stopped.certificates.count()) == (None, 1)
    assert run(certification) == stopped
    assert stopped.certificates.count() == 2


def test_the_command_shows_asks_for_the_number_and_takes_back(certification, three, monkeypatch):
    monkeypatch.setattr("certificates.management.commands.rebase_certificates.clock.now", lambda: AT)
    monkeypatch.setattr("certificates.management.commands.rebase_certificates.clock.today", lambda zone: ON)

    def told(*words):
        out = io.StringIO()
        call_command("rebase_certificates", *words, stdout=out)
        return out.getvalue()

    code = certification.code
    assert "0 would end later, 2 sooner" in told(code)
    assert not Rebasing.objects.exists()
    for words, message in (
        (["nowhere"], "no such certification"),
        ([code, "--confirm", "2"], "Say why"),
        ([code, "--confirm", "3", "--reason", "x"], "It is 2 certificates now"),
        (["--take-back", "nothing"], "no such batch"),
    ):
        with pytest.raises(CommandError, match=message):
            told(*words)
    assert "Dated 2 certificates anew" in told(code, "--confirm", "2", "--reason", "The rule changed")
    reference = str(Rebasing.objects.get().reference)
    assert "2 certificates have their former dates" in told("--take-back", reference)
