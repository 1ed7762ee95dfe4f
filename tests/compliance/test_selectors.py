"""Reads: what employers see, counted in the database as the rule says it in Python."""

from dataclasses import fields
from datetime import date, datetime, timedelta

import pytest

from certificates import services as certificate_services
from certificates.models import Certificate
from compliance import selectors, services
from compliance.models import Obligation, ObligationSpan
from compliance.selectors import Days, Row
from compliance.standing import State
from compliance.visibility import LISTED_FIELDS, Status, employer_status
from people.models import AccountChange, Membership
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import MembershipFactory

pytestmark = pytest.mark.django_db


def everybody():
    return Membership.objects.all()


def rows(**limits):
    on = Days(limits.pop("on", TODAY))
    memberships = limits.pop("memberships", everybody())
    return selectors.rows(selectors.current_spans(memberships=memberships, on=on, **limits), on)


def test_a_row_has_exactly_the_listed_fields():
    assert [it.name for it in fields(Row)][1:] == [it.key for it in LISTED_FIELDS]


BOUNDARIES = [TODAY + timedelta(days=days) for days in (-61, -60, -59, -31, -30, -29, -1, 0, 1, 29, 30, 31, 59, 60, 61)]


def test_the_database_agrees_with_the_rule_on_every_boundary(larch, hospitality):
    expected = {}
    for state in State:
        for due_on in (*BOUNDARIES, None):
            for required in (True, False):
                obligation = Obligation.objects.create(
                    organisation=larch.organisation,
                    membership=MembershipFactory(organisation=larch.organisation),
                    certification=hospitality,
                    time_zone="UTC",
                    rebuilt_at=AT,
                )
                span = ObligationSpan.objects.create(
                    obligation=obligation,
                    from_on=date(2020, 1, 1),
                    state=state,
                    counts_as="yes",
                    due_on=due_on,
                    required=required,
                )
                expected[span.pk] = employer_status(state, due_on, TODAY, required=required)
    assert len(expected) == 12 * 16 * 2
    for status in Status:
        found = set(
            ObligationSpan.objects.filter(selectors.status_filter(status, Days(TODAY))).values_list("pk", flat=True)
        )
        assert found == {pk for pk, it in expected.items() if it is status}, status
    of_required = [it for pk, it in expected.items() if ObligationSpan.objects.get(pk=pk).required]
    counts = selectors.summary(memberships=everybody(), on=Days(TODAY)).counts
    assert counts == {status: of_required.count(status) for status in Status}


def test_rows_say_who_where_what_and_when(larch, hospitality):
    jo = larch.employ("Jo Castellan", number="0042")
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality, at=AT + timedelta(days=3))
    assert rows(on=date(2026, 3, 6)) == [
        Row(
            public_id=jo.public_id,
            employee_number="0042",
            name="Jo Castellan",
            site="Larch Hotels Fort St. John",
            role="Housekeeping",
            course="Working safely with guests",
            status=Status.DONE,
            due_on=date(2029, 3, 4),
            completed_on=date(2026, 3, 5),
            valid_through=date(2029, 3, 4),
        )
    ]


def test_the_most_urgent_stand_first(larch, hospitality):
    larch.ask(hospitality, role=larch.housekeeping, starts_on=date(2026, 1, 5), due_on=date(2026, 6, 1))
    done, overdue, due, assigned = (larch.employ(name) for name in ("Done", "Overdue", "Due", "Assigned"))
    factories.learn(done, hospitality)
    larch.ask(hospitality, membership=overdue, starts_on=date(2026, 1, 5), due_on=date(2026, 2, 1))
    larch.ask(hospitality, membership=due, due_on=date(2026, 3, 20))
    assert [(it.name, it.status) for it in rows()] == [
        ("Overdue", "overdue"),
        ("Due", "due"),
        ("Assigned", "assigned"),
        ("Done", "done"),
    ]
    assert assigned.name == "Assigned"


def test_what_nobody_asked_for_is_not_the_employers_to_see(larch, hospitality):
    jo = larch.employ()
    factories.learn(jo, hospitality)
    assert rows() == []
    assert rows(asked_before=True) == []
    assert selectors.summary(memberships=everybody(), on=Days(TODAY)).total == 0
    larch.ask(hospitality, membership=jo)
    assert [it.status for it in rows()] == ["done"]


def test_what_was_asked_once_stays_on_the_persons_own_page(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    services.withdraw(requirement=requirement, on=date(2026, 3, 10), by=None, at=AT)
    on = date(2026, 4, 1)
    assert rows(on=on) == []
    assert [(it.status, it.valid_through) for it in rows(on=on, asked_before=True)] == [("done", date(2029, 3, 1))]


def test_who_left_is_no_longer_listed(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, site=larch.region)
    factories.learn(jo, hospitality)
    larch.end(jo, date(2026, 3, 31))
    assert [len(rows(on=day)) for day in (date(2026, 3, 31), date(2026, 4, 1))] == [1, 0]


def test_a_revoked_certificate_is_neither_done_nor_dated(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    certificate_services.revoke_certificate(
        certificate=Certificate.objects.get(), reason=Certificate.RevocationReason.ERROR, by=None, at=AT
    )
    [row] = rows()
    assert (row.status, row.completed_on, row.valid_through) == ("expired", None, None)


def test_a_renewal_shows_the_new_dates(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    factories.learn(jo, hospitality, at=datetime(2029, 1, 10, 18, 0, tzinfo=AT.tzinfo))
    [row] = rows(on=date(2029, 1, 10))
    assert row.status == "done"
    assert row.completed_on == date(2029, 1, 10)
    assert row.valid_through > date(2031, 12, 31)


def test_filters_limit_the_list(larch, hospitality):
    second = factories.training("Second")
    jo = larch.employ("Jo Castellan", number="0042")
    ama = larch.employ("Ama Birch", number="0043", site=larch.prince)
    larch.ask(hospitality, site=larch.region)
    larch.ask(second, membership=jo, due_on=date(2026, 9, 1))

    def names(**limits):
        return [(it.name, it.course) for it in rows(**limits)]

    assert len(names()) == 3
    assert names(site=larch.prince) == [("Ama Birch", "Working safely with guests")]
    assert len(names(site=larch.region)) == 3
    assert names(certification_id=second.pk) == [("Jo Castellan", "Second")]
    assert names(status=Status.ASSIGNED) == [("Jo Castellan", "Second")]
    assert names(words=" birch ") == names(words="0043") == [("Ama Birch", "Working safely with guests")]
    assert names(memberships=everybody().filter(pk=ama.pk)) == [("Ama Birch", "Working safely with guests")]
    assert names(words="100%") == []


def test_only_people_within_what_is_given_are_ever_read(larch, hospitality):
    other = factories.workplace("other", "Other")
    stranger = other.employ("Stranger")
    other.ask(hospitality, membership=stranger)
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    ours = Membership.objects.filter(organisation=larch.organisation)
    assert [it.name for it in rows(memberships=ours)] == ["Jo Castellan"]
    assert selectors.summary(memberships=ours, on=Days(TODAY)).total == 1
    assert [it.code for it in selectors.counts_by_site(memberships=ours, on=Days(TODAY))] == ["fort-st-john"]


def test_the_summary_counts_people_and_lines(larch, hospitality):
    second = factories.training("Second")
    jo, ama = larch.employ(), larch.employ()
    for certification in (hospitality, second):
        larch.ask(certification, membership=jo, starts_on=date(2026, 1, 5), due_on=date(2026, 2, 1))
    larch.ask(hospitality, membership=ama)
    found = selectors.summary(memberships=everybody(), on=Days(TODAY))
    assert (found.counts[Status.OVERDUE], found.people_past, found.counts[Status.DUE], found.total) == (2, 1, 1, 3)
    factories.learn(ama, hospitality)
    later = selectors.summary(memberships=everybody(), on=Days(date(2029, 2, 1)))
    assert (later.people_ending, later.people_past) == (1, 1)


def test_sites_are_counted_where_people_work_today(larch, hospitality):
    jo = larch.employ()
    larch.employ(site=larch.prince)
    both = larch.employ()
    larch.place(both, site=larch.prince, starts_on=date(2026, 1, 5))
    gone = larch.employ()
    larch.ask(hospitality, site=larch.region, starts_on=date(2026, 1, 5), due_on=date(2026, 2, 1))
    larch.end(gone, date(2026, 2, 28))
    factories.learn(jo, hospitality)
    assert [
        (it.name, it.counts[Status.OVERDUE]) for it in selectors.counts_by_site(memberships=everybody(), on=Days(TODAY))
    ] == [("Larch Hotels Fort St. John", 1), ("Larch Hotels Prince George", 2)]


def test_all_rows_are_the_rows_of_the_pages_in_their_order(larch, hospitality):
    for number in range(7):
        larch.employ(f"Person {number}")
    larch.ask(hospitality, site=larch.region)
    spans = selectors.current_spans(memberships=everybody(), on=Days(TODAY))
    assert list(selectors.all_rows(spans, Days(TODAY), chunk=3)) == selectors.rows(spans, Days(TODAY))


def test_a_row_shows_the_days_of_what_was_learnt_elsewhere_where_that_is_why(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, site=larch.region)
    services.accept_prior_learning(
        membership=jo, certification=hospitality, issuer="P", title="G", completed_on=date(2025, 9, 1),
        ends_on=date(2026, 12, 31), by=None, at=AT,
    )  # fmt: skip
    for on, status in ((TODAY, Status.DONE), (date(2027, 1, 1), Status.EXPIRED)):
        [row] = rows(on=on)
        assert (row.status, row.completed_on, row.valid_through) == (status, date(2025, 9, 1), date(2026, 12, 31))
    factories.learn(jo, hospitality)
    [row] = rows()
    assert (row.completed_on, row.valid_through) == (TODAY, Certificate.objects.get().last_valid_on)


def test_rows_cost_the_same_for_one_and_for_many(larch, hospitality, django_assert_num_queries):
    for _ in range(6):
        larch.employ()
    larch.ask(hospitality, site=larch.region)
    spans = selectors.current_spans(memberships=everybody(), on=Days(TODAY))
    for some in (spans[:1], spans):
        with django_assert_num_queries(3):
            selectors.rows(some, Days(TODAY))


def test_a_slip_awaits_whom_none_was_ever_printed_for(larch):
    jo, ama = larch.employ(), larch.employ()
    AccountChange.objects.create(user=jo.user, membership=jo, kind=AccountChange.Kind.CODE_PRINTED, happened_at=AT)
    AccountChange.objects.create(user=ama.user, membership=ama, kind=AccountChange.Kind.PIN_SET, happened_at=AT)
    assert list(selectors.awaiting_slip(everybody())) == [ama]


def test_letters_cost_the_same_for_one_and_for_many(larch, hospitality, django_assert_num_queries):
    for _ in range(5):
        larch.employ()
    larch.ask(hospitality, site=larch.region)
    services.sweep(at=AT)
    waiting = list(selectors.letters(memberships=everybody()))
    assert len(waiting) == 5
    for some in (waiting[:1], waiting):
        with django_assert_num_queries(3):
            selectors.lines_of(some, at=AT)
