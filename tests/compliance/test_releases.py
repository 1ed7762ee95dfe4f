"""What the release of a course asks of people in progress and of whoever holds a certificate (rule R15)."""

from datetime import date, timedelta

import pytest

from certificates.models import Certificate
from certificates.validity import ValidityPolicy
from compliance import services
from compliance.models import Message, ObligationSpan
from compliance.preview_release import preview_release
from courses.models import Edition, Enrolment
from courses.registry import ReleaseReach
from people.models import Membership
from tests.factories import compliance as factories
from tests.factories.compliance import AT

pytestmark = pytest.mark.django_db

ALWAYS = date(1, 1, 1)
RELEASED = AT + timedelta(days=30)
"""1 April 2026."""


def spans(member: Membership) -> list[tuple[object, ...]]:
    rows = ObligationSpan.objects.filter(obligation__membership=member, from_on__gt=ALWAYS).order_by("from_on")
    return list(rows.values_list("from_on", "state", "due_on"))


def codes(member: Membership, on: date) -> list[str]:
    span = ObligationSpan.objects.covering(on).get(obligation__membership=member)
    return [it["code"] for it in span.reasons]


def nothing_to_mend() -> bool:
    everybody = Membership.objects.values_list("pk", flat=True)
    return services.check_obligations(memberships=everybody, at=AT + timedelta(days=60)) == []


@pytest.fixture
def course(hospitality):
    return hospitality.courses.get()


@pytest.fixture
def jo(larch, hospitality):
    member = larch.employ()
    larch.ask(hospitality, membership=member)
    factories.learn(member, hospitality)
    return member


HELD = [
    (date(2026, 3, 2), "valid", date(2029, 3, 1)),
    (date(2028, 12, 2), "renewable", date(2029, 3, 1)),
    (date(2029, 3, 2), "expired", date(2029, 3, 1)),
]


@pytest.mark.parametrize("severity", [Edition.Severity.NONE, Edition.Severity.FINISH_ON_OLD])
def test_two_severities_touch_no_certificate(jo, course, severity):
    factories.newer_edition(course, severity, at=RELEASED)
    assert spans(jo) == HELD
    assert nothing_to_mend()


def test_who_has_started_finishes_on_the_old_edition_and_holds_what_it_gives(larch, hospitality, course):
    ama = larch.employ()
    larch.ask(hospitality, membership=ama)
    factories.begin(ama, hospitality)
    factories.newer_edition(course, Edition.Severity.FINISH_ON_OLD, at=RELEASED)
    factories.learn(ama, hospitality, at=RELEASED + timedelta(days=1))
    assert Enrolment.objects.get(membership=ama).edition.number == 1
    assert Certificate.objects.get(membership=ama).edition_number == 1


def test_retraining_makes_it_renewable_until_its_date_and_overdue_after(jo, course):
    factories.newer_edition(course, Edition.Severity.RETRAIN_BY, at=RELEASED, retrain_by=date(2026, 9, 1))
    assert spans(jo)[:3] == [
        (date(2026, 3, 2), "valid", date(2029, 3, 1)),
        (date(2026, 4, 1), "renewable", date(2026, 9, 1)),
        (date(2026, 9, 2), "overdue", date(2026, 9, 1)),
    ]
    assert codes(jo, date(2026, 4, 1)) == ["new_content", "period", "requirement"]
    assert Certificate.objects.get(membership=jo).valid_until == date(2029, 3, 2)
    assert nothing_to_mend()


def test_who_has_learnt_the_newer_content_is_asked_no_more(jo, course, hospitality):
    factories.newer_edition(course, Edition.Severity.RETRAIN_BY, at=RELEASED, retrain_by=date(2026, 9, 1))
    factories.learn(jo, hospitality, at=RELEASED + timedelta(days=9))
    assert [(it[0], it[1]) for it in spans(jo)][:4] == [
        (date(2026, 3, 2), "valid"),
        (date(2026, 4, 1), "renewable"),
        (date(2026, 4, 10), "valid"),
        (date(2029, 1, 10), "renewable"),
    ]
    assert nothing_to_mend()


def test_that_is_so_too_where_the_policy_only_records_an_early_completion(larch, course, hospitality):
    hospitality.policy = ValidityPolicy(early="record_only").to_json()
    hospitality.save()
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    factories.newer_edition(course, Edition.Severity.RETRAIN_BY, at=RELEASED, retrain_by=date(2026, 9, 1))
    factories.learn(jo, hospitality, at=RELEASED + timedelta(days=9))
    assert Certificate.objects.filter(membership=jo).count() == 1
    assert [(it[0], it[1]) for it in spans(jo)][:3] == [
        (date(2026, 3, 2), "valid"),
        (date(2026, 4, 1), "renewable"),
        (date(2026, 4, 10), "valid"),
    ]
    assert nothing_to_mend()


def test_an_addition_is_a_task_beside_the_certificate_and_moves_nothing(jo, course, hospitality):
    factories.newer_edition(course, Edition.Severity.DELTA, at=RELEASED)
    assert {(it[1], it[2]) for it in spans(jo)} == {it[1:] for it in HELD}
    span = ObligationSpan.objects.covering(date(2026, 4, 1)).get(obligation__membership=jo)
    assert span.reasons[0] == {"code": "addition", "from_on": "2026-04-01", "due_on": "2026-05-01"}
    factories.learn(jo, hospitality, at=RELEASED + timedelta(days=9))
    assert "addition" in codes(jo, date(2026, 4, 9))
    assert "addition" not in codes(jo, date(2026, 4, 10))
    assert nothing_to_mend()


def test_a_first_completion_of_the_newer_edition_owes_nothing(larch, hospitality, course):
    factories.newer_edition(course, Edition.Severity.RETRAIN_BY, at=RELEASED, retrain_by=date(2026, 9, 1))
    ama = larch.employ()
    larch.ask(hospitality, membership=ama)
    factories.learn(ama, hospitality, at=RELEASED + timedelta(days=1))
    assert "renewable" not in [it[1] for it in spans(ama) if it[0] < date(2028, 1, 1)]


def test_what_is_shown_of_a_release_is_what_comes_of_it(larch, hospitality, course, monkeypatch):
    """Nobody by two choices; by the others who holds a certificate, is asked for it and has not learnt the newer content."""
    people = {
        name: larch.employ(name, email=f"{name.lower()}@larch.example") for name in ("Jo", "Ama", "Li", "Kit", "Sam")
    }
    larch.ask(hospitality, site=larch.fort)
    for name in ("Jo", "Ama", "Kit"):
        factories.learn(people[name], hospitality)
    factories.begin(people["Li"], hospitality)
    larch.end(people["Kit"], date(2026, 3, 20))
    other = factories.workplace("other", "Other")
    free = other.employ("Not asked")
    factories.learn(free, hospitality)
    assert preview_release(course, "none", None, RELEASED) == ReleaseReach()
    assert preview_release(course, "finish_on_old", None, RELEASED) == ReleaseReach()
    shown = preview_release(course, "delta", None, RELEASED)
    assert shown == ReleaseReach(2, date(2026, 5, 1), 0, 0)

    def waiting(code):
        spans = ObligationSpan.objects.covering(date(2026, 4, 1)).filter(required=True)
        found = [it for it in spans if any(each["code"] == code for each in it.reasons)]
        return sorted(it.obligation.membership.name for it in found)

    factories.newer_edition(course, "delta", at=RELEASED)
    assert waiting("addition") == ["Ama", "Jo"]
    assert nothing_to_mend()
    factories.learn(people["Ama"], hospitality, at=RELEASED + timedelta(hours=1))
    # Long ahead nobody is told yet; soon, all whom it is about are told at once.
    later = RELEASED + timedelta(hours=2)
    assert preview_release(course, "retrain_by", date(2026, 9, 1), later) == ReleaseReach(2, date(2026, 9, 1), 0, 0)
    shown = preview_release(course, "retrain_by", date(2026, 5, 20), later)
    assert shown == ReleaseReach(2, date(2026, 5, 20), 2, 2)
    monkeypatch.setattr("compliance.preview_release.AT_ONCE", 1)
    assert preview_release(course, "retrain_by", date(2026, 5, 20), later) == ReleaseReach(
        2, date(2026, 5, 20), None, None
    )
    services.claim_messages(at=later)
    told = set(Message.objects.values_list("pk", flat=True))
    factories.newer_edition(course, "retrain_by", at=later, retrain_by=date(2026, 5, 20))
    assert waiting("new_content") == ["Ama", "Jo"]
    services.claim_messages(at=later)
    assert {it.membership.name for it in Message.objects.exclude(pk__in=told)} == {"Ama", "Jo"}
    assert nothing_to_mend()


def test_who_finishes_on_the_old_edition_has_as_long_for_the_addition_as_everybody(larch, hospitality, course):
    li = larch.employ("Li")
    larch.ask(hospitality, membership=li)
    factories.begin(li, hospitality)
    factories.newer_edition(course, Edition.Severity.DELTA, at=RELEASED)
    factories.learn(li, hospitality, at=RELEASED + timedelta(days=40))
    span = ObligationSpan.objects.covering(date(2026, 5, 11)).get(obligation__membership=li)
    assert span.reasons[0] == {"code": "addition", "from_on": "2026-04-01", "due_on": "2026-06-10"}
    assert services.check_obligations(memberships=[li.pk], at=AT + timedelta(days=75)) == []


def test_each_release_is_remembered_on_its_own_dates(jo, course, hospitality):
    factories.newer_edition(course, Edition.Severity.RETRAIN_BY, at=RELEASED, retrain_by=date(2026, 9, 1))
    factories.newer_edition(
        course, Edition.Severity.RETRAIN_BY, at=RELEASED + timedelta(days=61), retrain_by=date(2026, 8, 1)
    )
    assert [(it[0], it[2]) for it in spans(jo)][:4] == [
        (date(2026, 3, 2), date(2029, 3, 1)),
        (date(2026, 4, 1), date(2026, 9, 1)),
        (date(2026, 6, 1), date(2026, 8, 1)),
        (date(2026, 8, 2), date(2026, 8, 1)),
    ]
