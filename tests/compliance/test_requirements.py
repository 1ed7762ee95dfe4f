"""Assigning, withdrawing and moving: append-only facts."""

from datetime import date

import pytest
from django.db import transaction

from compliance import selectors, services
from compliance.exceptions import AlreadyWithdrawn, DueBeforeStart, NotOfThisOrganisation
from compliance.models import Obligation, Requirement
from people.models import AuditEntry, Membership, Site
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY

pytestmark = pytest.mark.django_db


def test_require_records_who_asked_and_rebuilds_whom_it_concerns(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, site=larch.region)
    assert (requirement.recorded_by, requirement.recorded_at) == (larch.hr, AT)
    assert Obligation.objects.get().membership == jo
    entry = AuditEntry.objects.get(verb="requirement.added")
    assert (entry.actor, entry.data, entry.happened_at) == (larch.hr, {"certification": hospitality.code}, AT)


def test_the_same_assignment_again_is_the_one_there_is(larch, hospitality):
    jo = larch.employ()
    assert larch.ask(hospitality, membership=jo) == larch.ask(hospitality, membership=jo)
    assert Requirement.objects.count() == 1
    larch.ask(hospitality, membership=jo, due_on=date(2026, 5, 1))
    assert Requirement.objects.count() == 2


def test_due_before_start_is_refused(larch, hospitality):
    with pytest.raises(DueBeforeStart) as caught:
        larch.ask(hospitality, site=larch.region, due_on=date(2026, 3, 1))
    assert (caught.value.starts_on, caught.value.due_on) == (TODAY, date(2026, 3, 1))


@pytest.mark.parametrize("what", ["person", "site", "role"])
def test_what_belongs_to_another_organisation_is_refused(larch, hospitality, what):
    other = factories.workplace("other", "Other")
    whom = {
        "person": lambda: {"membership": other.employ()},
        "site": lambda: {"site": other.fort},
        "role": lambda: {"role": other.kitchen},
    }[what]()
    with pytest.raises(NotOfThisOrganisation) as caught:
        larch.ask(hospitality, **whom)
    assert caught.value.what == what
    assert not Requirement.objects.exists()


def test_nobody_and_a_person_with_a_group_are_mistakes_of_the_caller(larch, hospitality):
    with pytest.raises(ValueError, match="name a membership"):
        larch.ask(hospitality)
    with pytest.raises(ValueError, match="name a membership"):
        larch.ask(hospitality, membership=larch.employ(), site=larch.fort)


def test_a_withdrawal_is_a_new_fact_that_keeps_the_reference(larch, hospitality):
    requirement = larch.ask(hospitality, site=larch.region)
    after = services.withdraw(requirement=requirement, on=date(2026, 3, 10), by=larch.hr, at=AT)
    assert (after.reference, after.supersedes, after.ends_on) == (requirement.reference, requirement, date(2026, 3, 10))
    requirement.refresh_from_db()
    assert requirement.ends_on is None
    assert AuditEntry.objects.filter(verb="requirement.withdrawn").count() == 1


def test_a_withdrawal_before_the_start_is_one_on_the_first_day(larch, hospitality):
    requirement = larch.ask(hospitality, site=larch.region)
    assert services.withdraw(requirement=requirement, on=date(2026, 1, 1), by=None, at=AT).ends_on == TODAY


def test_what_was_withdrawn_or_changed_cannot_be_changed_again(larch, hospitality):
    requirement = larch.ask(hospitality, site=larch.region)
    moved = services.change_due_date(requirement=requirement, due_on=date(2026, 5, 1), by=None, at=AT)
    with pytest.raises(AlreadyWithdrawn):
        services.withdraw(requirement=requirement, on=TODAY, by=None, at=AT)
    services.withdraw(requirement=moved, on=TODAY, by=None, at=AT)
    withdrawn = Requirement.objects.current_knowledge().get()
    with pytest.raises(AlreadyWithdrawn):
        services.withdraw(requirement=withdrawn, on=TODAY, by=None, at=AT)


def test_a_due_date_before_the_start_is_refused(larch, hospitality):
    requirement = larch.ask(hospitality, site=larch.region)
    with pytest.raises(DueBeforeStart):
        services.change_due_date(requirement=requirement, due_on=date(2026, 3, 1), by=None, at=AT)


def test_a_service_is_whole_or_not_at_all(larch, hospitality, monkeypatch):
    larch.employ()
    monkeypatch.setattr("compliance.services.requirements.rebuild_many", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        larch.ask(hospitality, site=larch.region)
    assert not Requirement.objects.exists()
    assert not AuditEntry.objects.filter(verb="requirement.added").exists()


def test_concerned_is_everybody_whom_it_reaches_at_any_time(larch, hospitality):
    gone = larch.employ(ends_on=date(2025, 9, 1))
    coming = larch.employ(starts_on=date(2026, 9, 1))
    cook = larch.employ(role=larch.kitchen)
    requirement = larch.ask(hospitality, role=larch.housekeeping)
    assert selectors.concerned(requirement) == [gone.pk, coming.pk]
    assert selectors.reached(requirement, on=TODAY) == 1
    personal = larch.ask(hospitality, membership=cook)
    assert selectors.concerned(personal) == [cook.pk]
    assert selectors.reached(personal, on=TODAY) == 1


def test_reached_counts_a_person_with_two_jobs_once(larch, hospitality):
    jo = larch.employ()
    larch.place(jo, site=larch.prince, starts_on=date(2026, 1, 5))
    requirement = larch.ask(hospitality, site=larch.region)
    assert selectors.reached(requirement, on=TODAY) == 1


def test_live_requirements_are_those_of_the_organisation_within_what_is_visible(larch, hospitality):
    other = factories.workplace("other", "Other")
    other.ask(hospitality, site=other.region)
    jo, ama = larch.employ(), larch.employ(site=larch.prince)
    everywhere = larch.ask(hospitality, role=larch.housekeeping)
    fort = larch.ask(hospitality, site=larch.fort, due_on=date(2026, 4, 2))
    prince = larch.ask(hospitality, site=larch.prince, due_on=date(2026, 4, 3))
    for_jo = larch.ask(hospitality, membership=jo, due_on=date(2026, 4, 4))
    for_ama = larch.ask(hospitality, membership=ama, due_on=date(2026, 4, 5))
    gone = larch.ask(hospitality, site=larch.region, due_on=date(2026, 4, 6))
    services.withdraw(requirement=gone, on=TODAY, by=None, at=AT)

    def live(memberships, sites):
        return list(selectors.live_requirements(organisation=larch.organisation, memberships=memberships, sites=sites))

    everybody = Membership.objects.filter(organisation=larch.organisation)
    assert live(everybody, Site.objects.filter(organisation=larch.organisation)) == [
        everywhere,
        fort,
        prince,
        for_jo,
        for_ama,
    ]
    assert live(everybody.filter(pk=jo.pk), Site.objects.filter(pk=larch.fort.pk)) == [everywhere, fort, for_jo]


def test_the_same_change_again_is_no_new_fact(larch, hospitality):
    larch.employ()
    requirement = larch.ask(hospitality, site=larch.region)
    for _ in range(2):
        asked = Requirement.objects.current_knowledge().get()
        changed = services.planned_change(requirement=asked, due_on=date(2026, 6, 1), recurs="6m")
        services.change_requirement(requirement=asked, changed=changed, by=None, at=AT)
    assert [it.supersedes for it in Requirement.objects.order_by("pk")] == [None, requirement]
    assert AuditEntry.objects.filter(verb="requirement.changed").count() == 1
