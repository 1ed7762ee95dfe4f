"""What proof says of people, as of a date."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certificates import services as certificate_services
from certificates.models import Certificate
from compliance import services
from compliance.evidence.rows import asked_for, evidence_rows
from compliance.models import CourseApproval
from compliance.visibility import Status
from tests.factories import compliance as factories
from tests.factories.compliance import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


def rows(larch, site=None, on=TODAY):
    return list(evidence_rows(organisation=larch.organisation, site=site, on=on))


def test_says_who_did_what_and_until_when_it_is_good(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    jo = larch.employ("Jo Castellan", number="0042")
    factories.learn(jo, hospitality)
    [row] = rows(larch)
    certificate = Certificate.objects.get()
    assert (row.employee_number, row.name, row.site, row.role) == (
        "0042",
        "Jo Castellan",
        "Larch Hotels Fort St. John",
        "Housekeeping",
    )
    assert (row.starts_on, row.completed_on) == (date(2025, 6, 2), TODAY)
    assert (row.status, row.edition, row.number) == (Status.DONE, "1", certificate.number)
    assert (row.valid_through, row.last_good_on) == (date(2029, 3, 1), date(2029, 3, 1))
    assert (row.minutes_met, row.acknowledged) == (None, None)


def test_says_what_was_learnt_elsewhere_where_that_counts(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    jo = larch.employ("Jo Castellan", number="0042")
    accepted = services.accept_prior_learning(
        membership=jo, certification=hospitality, issuer="Pine College", title="Guest safety",
        completed_on=date(2025, 9, 1), ends_on=date(2026, 12, 31), by=None, at=factories.AT,
    )  # fmt: skip
    [row] = rows(larch)
    assert (row.status, row.completed_on, row.number, row.certificate) == (Status.DONE, date(2025, 9, 1), "", None)
    assert (row.elsewhere, row.valid_through, row.last_good_on) == (
        "Guest safety, Pine College",
        date(2026, 12, 31),
        date(2026, 12, 31),
    )
    factories.learn(jo, hospitality)
    [row] = rows(larch)
    assert (row.elsewhere, row.completed_on, row.number) == ("", TODAY, Certificate.objects.get().number)
    services.take_back_prior_learning(evidence=accepted, by=None, at=factories.AT)
    assert [it.elsewhere for it in rows(larch)] == [""]


def test_says_who_has_not_done_it_yet(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    larch.employ("Jo Castellan", number="0042")
    [row] = rows(larch)
    assert (row.status, row.due_on, row.completed_on, row.certificate) == (Status.DUE, date(2026, 4, 1), None, None)


def test_what_nobody_asked_for_stays_the_persons_own(larch, hospitality):
    jo = larch.employ("Jo Castellan")
    factories.learn(jo, hospitality)
    assert rows(larch) == []


def test_a_site_has_the_people_at_it_and_below_it(larch, hospitality):
    larch.ask(hospitality, site=larch.region)
    larch.employ("At Fort", site=larch.fort)
    larch.employ("At Prince", site=larch.prince)
    assert [row.name for row in rows(larch, larch.fort)] == ["At Fort"]
    assert [row.name for row in rows(larch, larch.region)] == ["At Fort", "At Prince"]


def test_people_of_another_organisation_are_not_in_it(larch, hospitality):
    other = factories.workplace("other", "Other")
    other.ask(hospitality, site=other.fort)
    other.employ("Somebody Else")
    assert rows(larch) == []


def test_a_past_day_knows_nothing_of_what_came_later(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    jo = larch.employ("Jo Castellan")
    factories.learn(jo, hospitality, at=datetime(2026, 3, 20, 17, 0, tzinfo=UTC))
    [before] = rows(larch, on=date(2026, 3, 19))
    assert (before.status, before.number) == (Status.DUE, "")
    [on_the_day] = rows(larch, on=date(2026, 3, 20))
    assert on_the_day.status is Status.DONE


def test_a_revoked_certificate_counts_to_the_day_before(larch, hospitality, the_clock):
    larch.ask(hospitality, site=larch.fort)
    jo = larch.employ("Jo Castellan")
    factories.learn(jo, hospitality)
    the_clock.forward(days=3)
    certificate_services.revoke_certificate(
        certificate=Certificate.objects.get(), reason="error", by=larch.hr, at=the_clock.now
    )
    assert [row.number != "" for row in rows(larch, on=date(2026, 3, 4))] == [True]
    assert [row.number != "" for row in rows(larch, on=date(2026, 3, 5))] == [False]


def test_who_left_before_the_day_is_not_in_it(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    larch.employ("Gone", ends_on=date(2026, 3, 1))
    larch.employ("Last day", ends_on=TODAY)
    assert [row.name for row in rows(larch)] == ["Last day"]


def test_costs_the_same_for_one_and_for_three(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    factories.learn(larch.employ("One"), hospitality)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert len(rows(larch)) == 1
    factories.learn(larch.employ("Two"), hospitality)
    larch.employ("Three")
    with CaptureQueriesContext(connection) as three:
        assert len(rows(larch)) == 3
    assert len(three) == len(one) == 7


@pytest.mark.parametrize(
    ("minutes", "blocks", "expected"),
    [(0, [], (0, False)), (20, ["rich_text", "attestation"], (20, True)), (20, ["rich_text"], (20, False))],
)
def test_an_edition_asks_for_minutes_and_an_acknowledgement(minutes, blocks, expected):
    snapshot = {"course": {"minimum_minutes": minutes}, "lessons": [{"body": [{"type": it} for it in blocks]}]}
    asked = asked_for(snapshot)
    assert (asked.minimum_minutes, asked.has_acknowledgement) == expected


def test_names_who_approved_the_edition_that_was_learnt_and_no_other(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    factories.learn(larch.employ("Jo Castellan", number="0042"), hospitality)
    course = hospitality.courses.get()
    later = factories.newer_edition(course, "none", at=factories.AT)
    values = {"organisation": larch.organisation, "rule_code": "us-tx-lodging", "recorded_at": factories.AT}
    CourseApproval.objects.create(edition=later, body="Bureau", approval_reference="B-2", approved_on=TODAY, **values)
    assert [row.approval for row in rows(larch)] == [""]
    CourseApproval.objects.create(
        edition=course.editions.get(number=1),
        body="Attorney General",
        approval_reference="A-1",
        approved_on=TODAY,
        **values,
    )
    assert [row.approval for row in rows(larch)] == ["Attorney General, A-1"]
