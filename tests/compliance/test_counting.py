"""What an organisation decides about counting and about leave: from its day on, looked at first, agreed by two."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from certificates.models import Certification
from compliance import selectors, services
from compliance.facts import facts_of
from compliance.models import CountingPolicy, ObligationSpan, Proposal
from compliance.preview_counting import preview_counting
from compliance.selectors import Days
from compliance.standing import CountsAs, StandingPolicy, standing
from people.models import Membership, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

STRICT = StandingPolicy(assigned_counts=False)
LONGER = StandingPolicy(due_after_leave_days=40)


@pytest.fixture
def asked(larch, hospitality):
    """Jo has been asked to learn it by 1 April, and is on leave through 31 March."""
    member = larch.employ("Jo")
    larch.ask(hospitality, site=larch.fort)
    services.record_leave(membership=member, from_on=TODAY, last_on=date(2026, 3, 31), by=None, at=AT)
    return member


def facts_about(member, certification: Certification, known_before: datetime | None = None):
    loaded = Membership.objects.select_related("organisation").get(pk=member.pk)
    [found] = facts_of([loaded], known_before=known_before)
    return found.by_certification[certification.pk]


def url(name, *more):
    return reverse(f"compliance:{name}", args=["larch", *more])


def said(answer):
    return " ".join(answer.content.decode().split())


def body(**changes):
    return {"assigned_counts": "on", "due_after_leave_days": "14", "grace_after_leave_days": "0"} | changes


def test_it_holds_from_its_day_on_and_the_past_stays_as_it_was(larch, hospitality):
    member = larch.employ()
    larch.ask(hospitality, membership=member)
    later = AT + timedelta(days=10)
    services.count_by(organisation=larch.organisation, policy=STRICT, by=None, at=later)
    facts = facts_about(member, hospitality)
    assert standing(facts, date(2026, 3, 11)).counts_as == CountsAs.YES
    assert standing(facts, date(2026, 3, 12)).counts_as == CountsAs.NO
    known_then = facts_about(member, hospitality, known_before=later)
    assert standing(known_then, date(2026, 3, 12)).counts_as == CountsAs.YES
    spans = ObligationSpan.objects.filter(obligation__membership=member)
    assert spans.covering(date(2026, 3, 11)).get().counts_as == "yes"
    assert spans.covering(date(2026, 3, 12)).get().counts_as == "no"
    assert services.check_obligations(memberships=[member.pk], at=later) == []


def test_of_two_of_one_day_the_later_one_counts(larch, asked, hospitality):
    for policy in (LONGER, StandingPolicy(due_after_leave_days=20)):
        services.count_by(organisation=larch.organisation, policy=policy, by=None, at=AT)
    assert standing(facts_about(asked, hospitality), TODAY).due_on == date(2026, 4, 21)


def test_its_preview_says_whose_dates_move_and_who_is_counted_otherwise(larch, asked):
    larch.employ("Ama")
    found = preview_counting(LONGER, organisation=larch.organisation, at=AT)
    [move] = found.moves
    assert (move.membership, move.before, move.after) == (asked, date(2026, 4, 15), date(2026, 5, 11))
    assert (found.touched, found.counts["recounted"], found.at_work) == (1, 0, 2)
    found = preview_counting(STRICT, organisation=larch.organisation, at=AT)
    assert [it.membership.name for it in found.recounted] == ["Ama"]  # leave counts apart either way
    assert (found.touched, found.counts["moves"]) == (1, 0)
    assert preview_counting(StandingPolicy(), organisation=larch.organisation, at=AT).touched == 0


def test_its_preview_says_what_will_be(larch, asked, hospitality):
    [move] = preview_counting(LONGER, organisation=larch.organisation, at=AT).moves
    services.ask_to_count(organisation=larch.organisation, policy=LONGER, by=None, at=AT)
    assert ObligationSpan.objects.covering(TODAY).get(obligation__membership=asked).due_on == move.after


def test_looking_at_it_takes_the_same_queries_for_more_people(larch, hospitality, django_assert_num_queries):
    larch.ask(hospitality, site=larch.fort)
    larch.employ()
    with django_assert_num_queries(4):
        preview_counting(STRICT, organisation=larch.organisation, at=AT)
    larch.employ()
    larch.employ()
    with django_assert_num_queries(4):
        preview_counting(STRICT, organisation=larch.organisation, at=AT)


def test_how_many_count_leaves_out_who_is_away(larch, asked, hospitality):
    larch.employ("Ama")
    assert selectors.counted_today(organisation=larch.organisation, on=Days(TODAY)) == (1, 1)
    services.count_by(organisation=larch.organisation, policy=STRICT, by=None, at=AT)
    assert selectors.counted_today(organisation=larch.organisation, on=Days(TODAY)) == (1, 0)


def test_hr_looks_at_it_before_it_holds(client, larch, asked):
    sign_in_personally(client, larch.hr)
    assert "Today 0 of 0 trainings" in said(client.get(url("counting")))
    page = said(client.post(url("counting"), body(due_after_leave_days="40")))
    assert "Days until something is due after leave: 14 → 40" in page
    assert "The last good day of 1 person moves." in page
    assert not CountingPolicy.objects.exists()
    answer = client.post(url("counting"), body(due_after_leave_days="40", confirm="1"))
    assert (answer.status_code, answer.url) == (302, url("counting"))
    assert CountingPolicy.objects.get().due_after_leave_days == 40
    client.post(url("counting"), body(due_after_leave_days="40", confirm="1"))
    assert CountingPolicy.objects.count() == 1


def test_what_touches_many_waits_for_a_second_person(client, larch, asked, monkeypatch):
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 1)
    sign_in_personally(client, larch.hr)
    page = said(client.post(url("counting"), body(due_after_leave_days="40")))
    assert "Ask for agreement" in page
    client.post(url("counting"), body(due_after_leave_days="40", confirm="1"))
    waiting = Proposal.objects.get()
    assert (waiting.kind, waiting.certification) == ("counting", None)
    assert not CountingPolicy.objects.exists()
    assert "Counted another way" in said(client.get(url("assignments")))
    sign_in_personally(client, larch.staff(StaffRole.Kind.HR))
    page = said(client.get(url("proposal", waiting.public_id)))
    assert "Days until something is due after leave: 14 → 40" in page
    assert "The last good day of 1 person moves." in page
    client.post(url("proposal", waiting.public_id), {"agree": "1"})
    assert CountingPolicy.objects.get().due_after_leave_days == 40


@pytest.mark.parametrize("days", ["-1", "366", "", "soon"])
def test_days_that_cannot_be_are_said_beside_their_field(client, larch, days):
    sign_in_personally(client, larch.hr)
    answer = client.post(url("counting"), body(grace_after_leave_days=days, confirm="1"))
    assert answer.status_code == 422
    assert not CountingPolicy.objects.exists()


def test_only_hr_of_the_whole_organisation_decides(client, larch):
    for kind in (StaffRole.Kind.SITE_LEAD, StaffRole.Kind.AUDITOR):
        sign_in_personally(client, larch.staff(kind))
        assert client.get(url("counting")).status_code == 404
    sign_in_personally(client, factories.workplace("other", "Other").hr)
    assert client.get(url("counting")).status_code == 404
