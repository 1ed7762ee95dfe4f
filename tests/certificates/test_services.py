"""Issuing, replacing, revoking, erasing; and that no completion is ever left without its certificate."""

import random
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.dispatch import Signal

from certificates import selectors, services
from certificates.exceptions import AlreadyReplaced, AlreadyRevoked, HolderErased
from certificates.models import Certificate, UnissuedCompletion
from certificates.numbers import normalise
from certificates.signals import certificate_changed
from certificates.state import CertificateState
from certificates.validity import Duration, ValidityPolicy
from courses.models import Completion
from courses.signals import course_completed
from people.models import AuditEntry
from tests.factories.certificates import (
    CertificateFactory,
    CertificationFactory,
    completion_of,
    course,
    edition_text,
)
from tests.factories.compliance import learn, training
from tests.factories.people import EmploymentFactory, MembershipFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 20, 0, tzinfo=UTC)


@pytest.fixture
def told():
    """The certificates that ``certificate_changed`` was sent for."""
    heard = []

    def hear(sender, certificate, **kwargs):
        assert transaction.get_connection().in_atomic_block
        heard.append(certificate)

    certificate_changed.connect(hear)
    yield heard
    certificate_changed.disconnect(hear)


@pytest.fixture
def membership():
    return MembershipFactory(name="Mary-Ann O’Brien", organisation__name="Northern Lights Inn")


@pytest.fixture
def certification():
    return CertificationFactory()


@pytest.fixture
def hotel(certification):
    return certification.courses.get()


def issue(completion, at=AT):
    return services.issue_for_completion(completion=completion, at=at)


# --- issuing --------------------------------------------------------------------------------------------------


def test_issue_freezes_what_must_still_be_said_when_all_else_is_gone(certification, hotel, membership, told):
    site = SiteFactory(organisation=membership.organisation, languages=["fr", "en"])
    EmploymentFactory(membership=membership, site=site)
    done = completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership, language="pa", title="ਸੁਰੱਖਿਅਤ ਕੰਮ")

    (certificate,) = issue(done)

    assert told == [certificate]
    frozen = Certificate.objects.get(pk=certificate.pk)
    assert normalise(frozen.number) == frozen.number
    assert (frozen.holder_name, frozen.organisation_name) == ("Mary-Ann O’Brien", "Northern Lights Inn")
    assert (frozen.title, frozen.full_title) == (certification.title, certification.full_title)
    assert frozen.learner_title == "ਸੁਰੱਖਿਅਤ ਕੰਮ"
    assert frozen.issuer_name == "Fieldfare"
    assert (frozen.language, frozen.workplace_language) == ("pa", "fr")
    assert (frozen.edition_number, frozen.edition_digest) == (3, edition_text(hotel, language="pa").digest)
    assert (frozen.time_zone, frozen.issued_at) == ("America/Vancouver", AT)
    assert (frozen.learner, frozen.membership) == (membership.user, membership)
    assert frozen.completion_ids == [str(done.public_id)]
    assert frozen.policy == certification.policy
    assert (frozen.completed_on, frozen.valid_from) == (date(2026, 3, 10), date(2026, 3, 10))
    assert (frozen.valid_until, frozen.window_opens_on) == (date(2029, 3, 10), date(2028, 12, 10))
    assert (frozen.grace_until, frozen.anchor_day) == (date(2029, 3, 10), 10)
    assert (frozen.renews, frozen.replaced_by, frozen.revoked_on) == (None, None, None)


def test_issue_twice_returns_the_same_certificate(hotel, membership, told):
    done = completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership)
    assert issue(done) == issue(done, LATER)
    assert len(told) == 1
    assert Certificate.objects.count() == 1


def test_issue_for_the_title_in_the_sites_own_language_prints_it_once(hotel, membership):
    (certificate,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    assert certificate.learner_title == ""


def test_issue_without_certification_gives_nothing_and_owes_nothing(membership):
    done = completion_of(course(), completed_on=date(2026, 3, 10), membership=membership)
    assert issue(done) == []
    assert UnissuedCompletion.objects.count() == 0


def test_issue_gives_a_certificate_for_each_certification_that_asks_for_the_course(hotel, membership):
    CertificationFactory(courses=[hotel], policy=ValidityPolicy(validity=Duration(1, "y")).to_json())
    issued = issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    assert [each.valid_until for each in issued] == [date(2029, 3, 10), date(2027, 3, 10)]


def test_issue_waits_for_all_courses_and_is_dated_by_the_last(membership):
    one, two = course(), course()
    CertificationFactory(courses=[one, two])
    first = completion_of(one, completed_on=date(2026, 3, 1), membership=membership)
    assert issue(first) == []
    second = completion_of(two, completed_on=date(2026, 3, 10), membership=membership)
    (certificate,) = issue(second)
    assert certificate.completed_on == date(2026, 3, 10)
    assert certificate.completion_ids == [str(first.public_id), str(second.public_id)]
    assert issue(first) == [certificate]


def test_issue_counts_nothing_that_was_done_for_another_workplace(membership):
    one, two = course(), course()
    CertificationFactory(courses=[one, two])
    elsewhere = MembershipFactory(user=membership.user)
    completion_of(one, completed_on=date(2026, 3, 1), membership=elsewhere)
    assert issue(completion_of(two, completed_on=date(2026, 3, 10), membership=membership)) == []


def test_issue_for_the_learners_own_has_no_workplace(hotel):
    learner = UserFactory(name="Sam Okafor")
    (certificate,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), learner=learner))
    assert (certificate.membership, certificate.organisation_name) == (None, "")
    assert (certificate.holder_name, certificate.workplace_language) == ("Sam Okafor", "en")


@pytest.mark.parametrize(
    ("completed_on", "valid_from", "last_valid_on"),
    [
        (date(2028, 12, 9), date(2028, 12, 9), date(2031, 12, 8)),  # before the window: restart
        (date(2028, 12, 10), date(2029, 3, 10), date(2032, 3, 9)),  # in the window: no day is lost
        (date(2029, 3, 9), date(2029, 3, 10), date(2032, 3, 9)),
        (date(2029, 3, 10), date(2029, 3, 10), date(2032, 3, 9)),  # late: from the completion
        (date(2029, 5, 1), date(2029, 5, 1), date(2032, 4, 30)),
    ],
)
def test_renewal_is_a_new_certificate_that_says_what_it_renews(
    hotel, membership, completed_on, valid_from, last_valid_on
):
    (old,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    (new,) = issue(completion_of(hotel, completed_on=completed_on, membership=membership))
    assert new.renews == old
    assert (new.valid_from, new.last_valid_on) == (valid_from, last_valid_on)
    old.refresh_from_db()
    assert old.valid_until == date(2029, 3, 10)


def test_renewal_of_several_courses_asks_for_every_course_again(membership):
    one, two = course(), course()
    CertificationFactory(courses=[one, two])
    for each in (one, two):
        issue(completion_of(each, completed_on=date(2026, 3, 10), membership=membership))
    assert issue(completion_of(one, completed_on=date(2029, 1, 10), membership=membership)) == []
    (new,) = issue(completion_of(two, completed_on=date(2029, 1, 12), membership=membership))
    assert new.valid_from == date(2029, 3, 10)
    assert Certificate.objects.count() == 2


def test_renewal_passes_over_a_revoked_certificate(hotel, membership):
    (old,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    services.revoke_certificate(certificate=old, reason=Certificate.RevocationReason.ERROR, by=None, at=LATER)
    (new,) = issue(completion_of(hotel, completed_on=date(2026, 9, 2), membership=membership))
    assert (new.renews, new.valid_from, new.valid_until) == (None, date(2026, 9, 2), date(2029, 9, 2))


def test_renewal_of_a_replaced_certificate_renews_its_replacement(hotel, membership):
    (old,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    replacement = services.replace_certificate(certificate=old, holder_name="Mary-Ann Brien", at=LATER)
    (new,) = issue(completion_of(hotel, completed_on=date(2029, 1, 10), membership=membership))
    assert new.renews == replacement


def test_early_completion_that_is_only_recorded_gives_nothing_and_owes_nothing(membership):
    certification = CertificationFactory(policy=ValidityPolicy(early="record_only").to_json())
    hotel = certification.courses.get()
    issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    assert issue(completion_of(hotel, completed_on=date(2027, 3, 10), membership=membership)) == []
    assert UnissuedCompletion.objects.count() == 0


def test_completion_that_arrives_late_is_dated_truly_and_leaves_what_would_be_the_same(hotel, membership):  # R4
    (newer,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    (older,) = issue(completion_of(hotel, completed_on=date(2026, 2, 1), membership=membership))
    assert (older.valid_from, older.valid_until, older.renews) == (date(2026, 2, 1), date(2029, 2, 1), None)
    newer.refresh_from_db()
    assert (newer.valid_until, newer.renews) == (date(2029, 3, 10), None)


def test_a_completion_that_arrives_late_dates_anew_what_it_would_have_renewed_in_time(hotel, membership):
    (renewal,) = issue(completion_of(hotel, completed_on=date(2029, 1, 10), membership=membership))
    assert renewal.valid_until == date(2032, 1, 10)
    (first,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    renewal.refresh_from_db()
    longer = renewal.replaced_by
    assert (longer.valid_from, longer.valid_until, longer.renews) == (date(2029, 3, 10), date(2032, 3, 10), first)
    assert (longer.completed_on, longer.completion_ids) == (renewal.completed_on, renewal.completion_ids)


def test_a_revoked_certificate_is_not_dated_anew(hotel, membership):
    (renewal,) = issue(completion_of(hotel, completed_on=date(2029, 1, 10), membership=membership))
    services.revoke_certificate(certificate=renewal, reason="error", by=None, at=datetime(2029, 2, 1, tzinfo=UTC))
    issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    assert Certificate.objects.count() == 2


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_order_of_arrival_the_dates_are_the_same(certification, hotel, seed):
    chance = random.Random(seed)
    certification.policy = ValidityPolicy(
        anchor=chance.choice(["completion", "renewal"]), validity=Duration(12, "m"), window=Duration(2, "m")
    ).to_json()
    certification.save()
    days = [date(2026, 1, 1) + timedelta(days=chance.randrange(1500)) for _ in range(5)]
    found = []
    for _ in range(3):
        holder = MembershipFactory()
        completions = [completion_of(hotel, completed_on=day, membership=holder) for day in days] * 2
        chance.shuffle(completions)
        for completion in completions:
            issue(completion)
        standing = Certificate.objects.filter(membership=holder, replaced_by=None)
        found.append(sorted(standing.values_list("completed_on", "valid_from", "valid_until", "anchor_day")))
    assert found[0] == found[1] == found[2]


# --- combined courses ---


@pytest.fixture
def four():
    return [course(f"part-{letter}") for letter in "abcd"]


def asks(four, expression=None, refreshers=(), **more):
    return CertificationFactory(
        courses=four,
        expression=expression,
        refreshers=list(refreshers),
        policy=ValidityPolicy(validity=Duration(1, "y"), window=Duration(2, "m")).to_json(),
        **more,
    )


def does(one, day, membership):
    return issue(completion_of(one, completed_on=day, membership=membership))


def test_any_of_several_courses_is_enough_and_another_one_renews(four, membership):
    a, b, _c, _d = four
    asks([a, b], {"any": [{"course": "part-a"}, {"course": "part-b"}]})
    (first,) = does(b, date(2026, 3, 10), membership)
    (second,) = does(a, date(2027, 2, 10), membership)
    assert (first.valid_until, second.valid_until, second.renews) == (date(2027, 3, 10), date(2028, 3, 10), first)


def test_two_of_three_courses_are_enough(four, membership):
    a, b, c, _d = four
    asks([a, b, c], {"n": 2, "of": [{"course": f"part-{letter}"} for letter in "abc"]})
    assert does(c, date(2026, 3, 1), membership) == []
    (certificate,) = does(a, date(2026, 3, 10), membership)
    assert (certificate.completed_on, len(certificate.completion_ids)) == (date(2026, 3, 10), 2)


def test_a_part_that_arrives_late_dates_the_certificate_when_all_was_done(four, membership):
    a, b, _c, _d = four
    asks([a, b], {"all": [{"course": "part-a"}, {"course": "part-b"}]})
    assert does(a, date(2026, 12, 1), membership) == []
    (printed,) = does(b, date(2026, 4, 16), membership)
    assert printed.completed_on == date(2026, 12, 1)
    (sooner,) = does(a, date(2026, 10, 23), membership)
    printed.refresh_from_db()
    assert (printed.replaced_by, sooner.completed_on) == (sooner, date(2026, 10, 23))
    assert (sooner.valid_from, sooner.valid_until) == (date(2026, 10, 23), date(2027, 10, 23))
    # What the old one rested on is free for the next one again.
    (renewal,) = does(b, date(2027, 9, 1), membership)
    assert (renewal.completed_on, renewal.valid_until) == (date(2027, 9, 1), date(2028, 10, 23))


def test_a_part_that_arrives_late_counts_beside_what_was_done_then_and_not_beside_the_newest(four, membership):
    a, b, _c, _d = four
    asks([a, b], {"all": [{"course": "part-a"}, {"course": "part-b"}]})
    assert does(a, date(2027, 4, 7), membership) == []
    assert does(a, date(2026, 8, 29), membership) == []
    (certificate,) = does(b, date(2026, 2, 27), membership)
    assert (certificate.completed_on, certificate.valid_until) == (date(2026, 8, 29), date(2027, 8, 29))


def test_a_part_that_arrives_late_leaves_what_was_earned_when_something_else_was_asked(four, membership):
    a, b, _c, _d = four
    certification = asks([a, b], {"all": [{"course": "part-a"}, {"course": "part-b"}]})
    does(a, date(2026, 3, 1), membership)
    (printed,) = does(b, date(2026, 4, 1), membership)
    certification.expression = {"any": [{"course": "part-a"}, {"course": "part-b"}]}
    certification.save()
    (older,) = does(a, date(2026, 2, 1), membership)
    printed.refresh_from_db()
    assert (older.valid_until, printed.valid_until, printed.replaced_by) == (date(2027, 2, 1), date(2027, 4, 1), None)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_order_in_which_parts_arrive_the_certificates_are_the_same(four, seed):
    chance = random.Random(seed)
    a, b, c, _d = four
    codes = [{"course": f"part-{letter}"} for letter in "abc"]
    asks([a, b, c], chance.choice([{"all": codes[:2]}, {"n": 2, "of": codes}, {"all": [{"any": codes[:2]}, codes[2]]}]))
    plan = sorted((date(2026, 1, 1) + timedelta(days=chance.randrange(500)), chance.randrange(3)) for _ in range(6))
    found = []
    for _ in range(3):
        holder = MembershipFactory()
        for day, number in plan:
            done = completion_of(four[number], completed_on=day, membership=holder)
            issue(done)
            issue(done)
        standing = Certificate.objects.filter(membership=holder, replaced_by=None)
        found.append(sorted(standing.values_list("completed_on", "valid_from", "valid_until")))
        chance.shuffle(plan)
    assert found[0] == found[1] == found[2]


def test_a_renewal_in_time_asks_a_shorter_refresher_year_by_year_another_and_after_a_gap_the_whole(four, membership):
    a, b, c, d = four
    asks(four, {"all": [{"course": "part-a"}, {"course": "part-b"}]}, [{"course": "part-c"}, {"course": "part-d"}])
    assert does(c, date(2026, 1, 10), membership) == []
    does(a, date(2026, 1, 10), membership)
    assert does(b, date(2026, 1, 10), membership)[0].valid_until == date(2027, 1, 10)
    assert does(d, date(2026, 12, 20), membership) == []
    assert does(c, date(2026, 12, 21), membership)[0].valid_until == date(2028, 1, 10)
    assert does(c, date(2027, 12, 20), membership) == []
    assert does(d, date(2027, 12, 21), membership)[0].valid_until == date(2029, 1, 10)
    assert does(c, date(2029, 1, 10), membership) == []
    does(a, date(2029, 1, 10), membership)
    assert does(b, date(2029, 1, 11), membership)[0].valid_until == date(2030, 1, 11)


def test_whoever_does_the_whole_in_time_has_renewed_too(four, membership):
    a, b, c, _d = four
    asks([a, b, c], {"all": [{"course": "part-a"}, {"course": "part-b"}]}, [{"course": "part-c"}])
    does(a, date(2026, 1, 10), membership)
    does(b, date(2026, 1, 10), membership)
    assert does(a, date(2026, 12, 20), membership) == []
    assert does(b, date(2026, 12, 20), membership)[0].valid_until == date(2028, 1, 10)


def test_another_certification_may_stand_for_its_courses(four, membership):
    a, b, c, _d = four
    core = asks([a, b], code="core")
    more = asks([a, b, c], {"all": [{"certification": "core"}, {"course": "part-c"}]}, code="more")
    does(a, date(2026, 1, 10), membership)
    does(c, date(2026, 1, 10), membership)
    assert {it.certification for it in does(b, date(2026, 1, 10), membership)} == {core, more}


def test_new_policy_holds_from_the_next_certificate(certification, hotel, membership):
    (old,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    certification.policy = ValidityPolicy(validity=Duration(1, "y")).to_json()
    certification.save()
    (new,) = issue(completion_of(hotel, completed_on=date(2029, 1, 10), membership=membership))
    old.refresh_from_db()
    assert old.valid_until == date(2029, 3, 10)
    assert (new.valid_until, new.policy["validity"]) == (date(2030, 3, 10), "1y")


def test_issue_takes_few_queries(hotel, membership, monkeypatch, django_assert_num_queries):
    EmploymentFactory(membership=membership)
    issue(completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership))
    renewal = completion_of(hotel, completed_on=date(2029, 1, 10), membership=membership)
    monkeypatch.setattr(services.issuing, "certificate_changed", Signal())  # what rooms above do with it is theirs
    with django_assert_num_queries(4 + 2):  # two for the savepoint
        issue(renewal)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_two_completions_at_once_follow_one_another_in_the_chain():
    hotel, membership = CertificationFactory().courses.get(), MembershipFactory()
    both = [completion_of(hotel, completed_on=date(2026, 3, day), membership=membership) for day in (10, 12)]

    def work(completion):
        try:
            issue(completion)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(completion,)) for completion in (*both, *both)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Certificate.objects.count() == 2
    assert UnissuedCompletion.objects.count() == 0


# --- nothing is lost ------------------------------------------------------------------------------------------


def break_issuing(monkeypatch, error=RuntimeError):
    def fail(*args, **kwargs):
        raise error("for the test")

    monkeypatch.setattr(services.issuing, "_issue", fail)


def test_certificate_is_owed_once(hotel, membership):
    done = completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership)
    services.owe_certificate(completion=done)
    services.owe_certificate(completion=done)
    debt = UnissuedCompletion.objects.get()
    assert (debt.completion, debt.attempts, debt.failure) == (done, 0, "")
    assert services.issue_unissued(at=LATER) == 1
    assert UnissuedCompletion.objects.count() == 0


def test_failing_issue_keeps_the_completion_and_is_swept_up_later(hotel, membership, monkeypatch):
    with monkeypatch.context() as broken:
        break_issuing(broken)
        with transaction.atomic():
            done = completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership)
            course_completed.send(sender=type(done), completion=done, at=AT)
        assert services.issue_unissued(at=AT) == 0
    done.refresh_from_db()
    debt = UnissuedCompletion.objects.get()
    assert (debt.completion, debt.attempts, debt.tried_at, debt.failure) == (done, 2, AT, "RuntimeError")

    assert services.issue_unissued(at=LATER) == 1

    certificate = Certificate.objects.get()
    assert (certificate.completed_on, certificate.issued_at) == (date(2026, 3, 10), LATER)
    assert certificate.valid_until == date(2029, 3, 10)
    assert UnissuedCompletion.objects.count() == 0
    assert services.issue_unissued(at=LATER) == 0


def test_failing_issue_in_the_database_spoils_nothing_around_it(hotel, membership, monkeypatch):
    break_issuing(monkeypatch, IntegrityError)
    done = completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership)
    assert services.issue_or_owe(completion=done, at=AT) == []
    assert UnissuedCompletion.objects.get().failure == "IntegrityError"


def test_completion_whose_news_was_rolled_back_is_still_owed(membership):
    """Another receiver of ``course_completed`` may fail and take our work with it."""
    issued = []

    def fail(sender, **kwargs):
        issued.append(Certificate.objects.count())
        raise RuntimeError("for the test")

    course_completed.connect(fail)
    try:
        learn(membership, training(), at=AT)
    finally:
        course_completed.disconnect(fail)
    assert issued == [1]
    assert Certificate.objects.count() == 0
    assert services.issue_unissued(at=LATER) == 1
    assert Certificate.objects.count() == 1


def test_room_above_that_fails_on_the_news_is_told_again_by_the_sweep(hotel, membership):
    def fail(sender, **kwargs):
        raise RuntimeError("for the test")

    done = completion_of(hotel, completed_on=date(2026, 3, 10), membership=membership)
    certificate_changed.connect(fail)
    try:
        assert services.issue_or_owe(completion=done, at=AT) == []
    finally:
        certificate_changed.disconnect(fail)
    assert Certificate.objects.count() == 0
    assert services.issue_unissued(at=LATER) == 1


def test_sweep_is_not_held_up_by_one_that_keeps_failing(hotel, membership, monkeypatch):
    bad = completion_of(hotel, completed_on=date(2026, 3, 9), membership=membership)
    good = completion_of(hotel, completed_on=date(2026, 3, 10), membership=MembershipFactory())
    for done in (bad, good):
        services.owe_certificate(completion=done)
    real = services.issuing._issue

    def fail_for_one(case, earlier):
        if case.completion == bad:
            raise RuntimeError("for the test")
        return real(case, earlier)

    monkeypatch.setattr(services.issuing, "_issue", fail_for_one)
    assert services.issue_unissued(at=AT) == 1
    assert [debt.completion for debt in UnissuedCompletion.objects.all()] == [bad]
    # What failed goes to the end of the queue.
    late = completion_of(hotel, completed_on=date(2026, 3, 8), membership=MembershipFactory())
    services.owe_certificate(completion=late)
    assert services.issue_unissued(at=LATER, limit=1) == 1
    assert Certificate.objects.filter(membership=good.membership).count() == 1


def test_sweep_costs_nothing_where_nothing_is_open(hotel, membership, django_assert_num_queries):
    for day in (1, 2, 3):
        issue(completion_of(hotel, completed_on=date(2026, 3, day), membership=MembershipFactory()))
    with django_assert_num_queries(1):
        services.issue_unissued(at=LATER)


# --- replacing ------------------------------------------------------------------------------------------------


def test_replacement_has_a_new_number_and_the_same_dates(told):
    old = CertificateFactory(completion_key="a:1", completion_ids=["1"])
    new = services.replace_certificate(certificate=old, holder_name="Mary-Ann Brien", at=LATER)

    assert told == [new]
    assert (new.holder_name, new.issued_at) == ("Mary-Ann Brien", LATER)
    assert new.number != old.number
    assert new.public_id != old.public_id
    changed = {"id", "public_id", "number", "completion_key", "holder_name", "issued_at", "replaced_by_id"}
    for field in Certificate._meta.concrete_fields:
        if field.attname not in changed:
            assert getattr(new, field.attname) == getattr(old, field.attname), field.attname
    assert old.replaced_by == new
    assert old.holder_name == "Mary-Ann O’Brien"
    assert old.state(on=date(2026, 9, 1)) is CertificateState.REPLACED
    assert list(Certificate.objects.valid(on=date(2026, 9, 1))) == [new]


def test_replacement_by_the_same_name_changes_nothing(told):
    certificate = CertificateFactory()
    same = services.replace_certificate(certificate=certificate, holder_name="Mary-Ann O’Brien", at=LATER)
    assert (same, told) == (certificate, [])


def test_replacement_of_what_no_longer_stands_is_refused():
    old = CertificateFactory()
    new = services.replace_certificate(certificate=old, holder_name="Mary-Ann Brien", at=LATER)
    with pytest.raises(AlreadyReplaced) as replaced:
        services.replace_certificate(certificate=old, holder_name="Mary", at=LATER)
    assert replaced.value.successor == new.number
    with pytest.raises(AlreadyRevoked):
        services.replace_certificate(certificate=CertificateFactory(revoked=True), holder_name="M", at=LATER)
    with pytest.raises(HolderErased):
        services.replace_certificate(certificate=CertificateFactory(holder_name=""), holder_name="M", at=LATER)


def test_correct_names_replaces_what_still_runs_and_no_more(membership):
    certification = CertificationFactory(policy=ValidityPolicy(grace=Duration(14, "d")).to_json())
    runs = CertificateFactory(membership=membership, certification=certification)
    in_grace = CertificateFactory(membership=membership, certification=certification, completed_on=date(2023, 8, 25))
    ended = CertificateFactory(membership=membership, certification=certification, completed_on=date(2023, 8, 1))
    revoked = CertificateFactory(membership=membership, certification=certification, revoked=True)
    others = CertificateFactory()
    membership.name = "Mary-Ann Brien"
    membership.save()

    replacements = services.correct_names(membership=membership, at=LATER)

    assert {each.replaces for each in replacements} == {runs, in_grace}
    assert {each.holder_name for each in replacements} == {"Mary-Ann Brien"}
    for untouched in (ended, revoked, others):
        untouched.refresh_from_db()
        assert untouched.replaced_by is None
    assert services.correct_names(membership=membership, at=LATER) == []


# --- revoking -------------------------------------------------------------------------------------------------


def test_revocation_is_dated_where_the_certificate_is_from(told):
    certificate = CertificateFactory()
    by = UserFactory(with_email=True)
    at = datetime(2026, 9, 2, 5, 0, tzinfo=UTC)  # still 1 September in Vancouver
    services.revoke_certificate(certificate=certificate, reason=Certificate.RevocationReason.IDENTITY, by=by, at=at)
    certificate.refresh_from_db()
    assert told == [certificate]
    assert (certificate.revoked_on, certificate.revoked_at) == (date(2026, 9, 1), at)
    assert (certificate.revocation_reason, certificate.revoked_by) == ("identity", by)
    assert certificate.state(on=date(2026, 9, 1)) is CertificateState.REVOKED
    entry = AuditEntry.objects.get(verb="certificate_revoked")
    assert (entry.actor, entry.organisation) == (by, certificate.membership.organisation)
    assert (entry.target_id, entry.data) == (str(certificate.public_id), {"reason": "identity"})


def test_revocation_of_what_no_longer_stands_is_refused():
    revoked = CertificateFactory(revoked=True)
    with pytest.raises(AlreadyRevoked) as error:
        services.revoke_certificate(certificate=revoked, reason=Certificate.RevocationReason.ERROR, by=None, at=LATER)
    assert error.value.revoked_on == date(2026, 5, 4)
    old = CertificateFactory()
    new = services.replace_certificate(certificate=old, holder_name="Mary-Ann Brien", at=LATER)
    with pytest.raises(AlreadyReplaced) as replaced:
        services.revoke_certificate(certificate=old, reason=Certificate.RevocationReason.ERROR, by=None, at=LATER)
    assert replaced.value.successor == new.number


def test_revocation_lists_what_rests_on_it():  # R17
    old = CertificateFactory()
    renewal = CertificateFactory(renews=old)
    CertificateFactory(renews=old, revoked=True)
    assert list(selectors.dependants(old)) == [renewal]


def test_revocation_without_a_reason_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(revoked_on=date(2026, 5, 4))


# --- erasing and moving ---------------------------------------------------------------------------------------


def test_erased_holder_leaves_certificates_that_verify_without_a_name(membership):
    certificate = CertificateFactory(membership=membership, language="pa", learner_title="ਕੰਮ")
    other = CertificateFactory()
    assert services.erase_holder(learner=membership.user) == 1
    found = selectors.certificate_by_number(certificate.number)
    assert found is not None
    assert (found.holder_name, found.learner, found.membership) == ("", None, None)
    assert (found.language, found.learner_title) == ("en", "")
    assert found.state(on=date(2026, 9, 1)) is CertificateState.VALID
    other.refresh_from_db()
    assert other.holder_name == "Mary-Ann O’Brien"


def test_moved_certificates_belong_to_the_kept_login():
    kept, certificate = UserFactory(), CertificateFactory()
    assert services.move_certificates(kept=kept, merged=certificate.learner) == 1
    certificate.refresh_from_db()
    assert certificate.learner == kept


# --- finding --------------------------------------------------------------------------------------------------


def test_what_two_logins_learnt_counts_together_once_they_are_one(four):
    a, b, _c, _d = four
    asks([a, b], {"all": [{"course": "part-a"}, {"course": "part-b"}]})
    kept = UserFactory()
    assert issue(completion_of(a, completed_on=date(2026, 3, 10), learner=kept)) == []
    # As merging leaves it: the other login's completion is the kept one's, and nobody has said what it earns.
    completion_of(b, completed_on=date(2026, 2, 1), learner=kept)
    [certificate] = services.issue_what_belongs_together(learner=kept, at=LATER)
    assert (certificate.completed_on, certificate.membership) == (date(2026, 3, 10), None)
    assert services.issue_what_belongs_together(learner=kept, at=LATER) == [certificate]
    assert Certificate.objects.count() == 1


def test_certificates_of_two_logins_are_one_chain_once_they_are_one(hotel):
    kept, merged = UserFactory(), UserFactory()
    (renewal,) = issue(completion_of(hotel, completed_on=date(2029, 1, 10), learner=kept))
    (first,) = issue(completion_of(hotel, completed_on=date(2026, 3, 10), learner=merged))
    Completion.objects.filter(learner=merged).update(learner=kept)
    services.move_certificates(kept=kept, merged=merged)
    services.issue_what_belongs_together(learner=kept, at=LATER)
    renewal.refresh_from_db()
    longer = renewal.replaced_by
    assert (longer.valid_from, longer.valid_until, longer.renews) == (date(2029, 3, 10), date(2032, 3, 10), first)


@pytest.mark.parametrize("typed", ["", "nonsense", "0000-0000-0000-0000-0000", "x" * 5000])
def test_look_up_of_what_is_no_number_is_the_same_look_up(typed, django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        assert selectors.certificate_by_number(typed) is None
    unknown = queries[0]["sql"]
    with django_assert_num_queries(1) as queries:
        selectors.certificate_by_number("7K3M-01AB-CDEF-GHJK-MNPQ")
    assert queries[0]["sql"].split("WHERE")[0] == unknown.split("WHERE")[0]
