"""Gathering facts: whom a requirement reaches, from when, and by when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from certificates import services as certificate_services
from certificates.models import Certificate
from compliance import services
from compliance.facts import facts_of
from compliance.standing import Facts, Span
from people.models import Membership
from tests.factories import compliance as factories
from tests.factories.compliance import AT

pytestmark = pytest.mark.django_db


def facts(member: Membership) -> dict[str, Facts]:
    [gathered] = facts_of([Membership.objects.select_related("organisation").get(pk=member.pk)])
    return dict(gathered.by_certification)


def asked(member: Membership, certification) -> list[tuple[date, date | None, date | None]]:
    found = facts(member).get(certification.pk)
    return [(it.from_on, it.until, it.due_on) for it in found.requirements] if found else []


def test_a_person_is_reached_from_the_day_of_the_assignment(larch, hospitality):
    jo, ama = larch.employ(), larch.employ()
    larch.ask(hospitality, membership=jo)
    assert asked(jo, hospitality) == [(date(2026, 3, 2), None, date(2026, 4, 1))]
    assert facts(ama) == {}


def test_a_site_reaches_everybody_there_and_below(larch, hospitality):
    above, fort, prince = (
        larch.employ(site=larch.region),
        larch.employ(site=larch.fort),
        larch.employ(site=larch.prince),
    )
    larch.ask(hospitality, site=larch.region)
    assert [len(asked(it, hospitality)) for it in (above, fort, prince)] == [1, 1, 1]
    other = factories.training()
    larch.ask(other, site=larch.fort)
    assert [len(asked(it, other)) for it in (above, fort, prince)] == [0, 1, 0]


def test_a_role_reaches_everybody_in_it_at_whatever_site(larch, hospitality):
    keeper, cook = larch.employ(site=larch.prince), larch.employ(role=larch.kitchen)
    larch.ask(hospitality, role=larch.housekeeping)
    assert [len(asked(it, hospitality)) for it in (keeper, cook)] == [1, 0]


def test_a_role_at_a_site_reaches_only_who_has_both(larch, hospitality):
    both = larch.employ()
    elsewhere, otherwise = larch.employ(site=larch.prince), larch.employ(role=larch.kitchen)
    larch.ask(hospitality, site=larch.fort, role=larch.housekeeping)
    assert [len(asked(it, hospitality)) for it in (both, elsewhere, otherwise)] == [1, 0, 0]


def test_another_organisation_is_never_reached(larch, hospitality):
    other = factories.workplace("other", "Other")
    stranger = other.employ()
    larch.ask(hospitality, site=larch.region)
    larch.ask(factories.training(), role=larch.housekeeping)
    assert facts(stranger) == {}


@pytest.mark.parametrize(
    ("starts_on", "due_on"),
    [
        (date(2026, 3, 2), date(2026, 4, 1)),  # already there
        (date(2026, 3, 3), date(2026, 4, 2)),  # thirty days from the first one
        (date(2026, 6, 1), date(2026, 7, 1)),  # also where the general date has long passed
    ],
)
def test_a_newcomer_has_thirty_days_from_the_first_day(larch, hospitality, starts_on, due_on):
    larch.ask(hospitality, site=larch.region)
    newcomer = larch.employ(starts_on=starts_on)
    assert asked(newcomer, hospitality) == [(starts_on, None, due_on)]


def test_whoever_is_named_before_coming_keeps_the_date_that_was_set(larch, hospitality):
    jo = larch.employ(starts_on=date(2026, 3, 9))
    larch.ask(hospitality, membership=jo, due_on=date(2026, 5, 1))
    assert asked(jo, hospitality) == [(date(2026, 3, 9), None, date(2026, 5, 1))]


def test_whoever_is_named_and_comes_back_after_the_date_has_a_newcomers_time(larch, hospitality):
    jo = larch.employ(ends_on=date(2026, 3, 20))
    larch.ask(hospitality, membership=jo)
    larch.place(jo, starts_on=date(2026, 5, 4))
    assert asked(jo, hospitality) == [
        (date(2026, 3, 2), date(2026, 3, 21), date(2026, 4, 1)),
        (date(2026, 5, 4), None, date(2026, 6, 3)),
    ]


def test_moving_between_sites_that_a_requirement_covers_is_one_stretch(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, site=larch.region)
    larch.end(jo, date(2026, 3, 15))
    larch.place(jo, site=larch.prince, starts_on=date(2026, 3, 16))
    assert asked(jo, hospitality) == [(date(2026, 3, 2), None, date(2026, 4, 1))]


def test_moving_to_a_site_that_another_requirement_covers_begins_a_newcomers_time(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, site=larch.fort)
    larch.ask(hospitality, site=larch.prince)
    larch.end(jo, date(2026, 3, 15))
    larch.place(jo, site=larch.prince, starts_on=date(2026, 3, 16))
    assert asked(jo, hospitality) == [
        (date(2026, 3, 2), date(2026, 3, 16), date(2026, 4, 1)),
        (date(2026, 3, 16), None, date(2026, 4, 15)),
    ]


def test_a_withdrawn_requirement_reaches_until_the_day_of_its_withdrawal(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, membership=jo)
    services.withdraw(requirement=requirement, on=date(2026, 3, 10), by=None, at=AT)
    assert asked(jo, hospitality) == [(date(2026, 3, 2), date(2026, 3, 10), date(2026, 4, 1))]


def test_a_requirement_withdrawn_on_its_first_day_reached_nobody(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, membership=jo)
    services.withdraw(requirement=requirement, on=date(2026, 3, 2), by=None, at=AT)
    assert facts(jo) == {}


def test_the_calendar_is_that_of_the_job_begun_last_and_the_organisations_without_one(larch):
    jo = larch.employ(site=larch.fort)
    larch.place(jo, site=larch.prince, starts_on=date(2026, 1, 5))
    nobody = factories.people_services.create_membership(
        organisation=larch.organisation, employee_number="x", name="X", by=None, at=AT
    )
    members = Membership.objects.select_related("organisation").filter(pk__in=[jo.pk, nobody.pk]).order_by("pk")
    assert [it.zone for it in facts_of(list(members))] == ["America/Vancouver", "America/Vancouver"]
    ama = larch.employ(site=larch.fort)
    [gathered] = facts_of([Membership.objects.select_related("organisation").get(pk=ama.pk)])
    assert gathered.zone == "America/Dawson_Creek"


def test_a_cycle_begins_on_the_local_day_of_the_first_enrolment(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    # Half past eleven in the evening of 2 March in Fort St. John is 3 March in UTC.
    factories.begin(jo, hospitality, at=datetime(2026, 3, 3, 6, 30, tzinfo=UTC))
    assert facts(jo)[hospitality.pk].cycles == (Span(date(2026, 3, 2)),)


def test_a_certificate_alone_concerns_a_person_and_its_replacement_stands_for_it(larch, hospitality):
    jo = larch.employ()
    factories.learn(jo, hospitality)
    certificate = Certificate.objects.get()
    certificate_services.replace_certificate(certificate=certificate, holder_name="Jo C.", at=AT + timedelta(days=1))
    [period] = facts(jo)[hospitality.pk].periods
    assert (period.valid_from, period.valid_until) == (date(2026, 3, 2), date(2029, 3, 2))
    assert facts(jo)[hospitality.pk].requirements == ()


def test_a_certificate_earned_for_another_workplace_is_not_seen(larch, hospitality):
    other = factories.workplace("other", "Other")
    there = other.employ()
    here = larch.employ()
    Membership.objects.filter(pk=there.pk).update(user=here.user)
    there.refresh_from_db()
    larch.ask(hospitality, membership=here)
    factories.learn(there, hospitality)
    assert facts(here)[hospitality.pk].periods == ()


def test_facts_cost_the_same_for_one_and_for_many(larch, hospitality, django_assert_num_queries):
    larch.ask(hospitality, site=larch.region)
    members = [larch.employ() for _ in range(7)]
    loaded = list(Membership.objects.select_related("organisation").filter(pk__in=[it.pk for it in members]))
    for some in (loaded[:1], loaded):
        with django_assert_num_queries(5):
            list(facts_of(some))


def test_rare_facts_cost_a_query_each_however_many_people_have_them(larch, hospitality, django_assert_num_queries):
    larch.ask(hospitality, site=larch.region)
    members = [larch.employ() for _ in range(5)]
    loaded = list(Membership.objects.select_related("organisation").filter(pk__in=[it.pk for it in members]))
    for member in loaded:
        services.record_leave(membership=member, from_on=date(2026, 5, 1), last_on=None, by=None, at=AT)
        services.ask_for_another_way(membership=member, certification=hospitality, on=date(2026, 5, 1), at=AT)
    for some in (loaded[:1], loaded):
        with django_assert_num_queries(7):
            list(facts_of(some))
