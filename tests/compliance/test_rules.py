"""Requirements by condition and rule: whom they reach, by when, how often, and what is missing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from certificates.validity import PolicyError
from compliance import selectors, services
from compliance.conditions import ConditionError
from compliance.due_dates import DueRuleError
from compliance.exceptions import DueBeforeStart, UnknownCode
from compliance.ladder import LadderError
from compliance.models import ObligationSpan, Requirement
from people import services as people_services
from people.exceptions import HiredAfterStart
from people.models import Employment, Membership, Site
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import RoleFactory

pytestmark = pytest.mark.django_db

ALWAYS = date(1, 1, 1)


def ask(larch, certification, **values) -> Requirement:
    whom = {"conditions": {"organisation": "larch"}} if "membership" not in values else {}
    return services.require(
        organisation=larch.organisation,
        certification=certification,
        starts_on=values.pop("starts_on", TODAY),
        by=None,
        at=AT,
        **{**whom, **values},
    )


def spans(member: Membership) -> list[tuple[object, ...]]:
    rows = ObligationSpan.objects.filter(obligation__membership=member, from_on__gt=ALWAYS).order_by("from_on")
    return list(rows.values_list("from_on", "state", "due_on"))


def asked(member: Membership) -> bool:
    return ObligationSpan.objects.filter(obligation__membership=member, required=True).exists()


def nothing_to_mend() -> bool:
    everybody = Membership.objects.values_list("pk", flat=True)
    return services.check_obligations(memberships=everybody, at=AT + timedelta(days=40)) == []


FIXED = {"due_on": date(2026, 4, 1)}


@pytest.mark.parametrize(
    ("conditions", "reached"),
    [
        ({"site": "north"}, ["desk", "cook", "agency"]),
        ({"site": "prince-george"}, ["cook"]),
        ({"role_tag": "front_desk"}, ["desk"]),
        ({"sector": "hospitality"}, ["desk", "agency"]),
        ({"sector": "catering"}, ["cook"]),
        ({"jurisdiction": "us"}, ["cook"]),
        ({"employment_type": "agency"}, ["agency"]),
        ({"all": [{"jurisdiction": "ca"}, {"not": {"employment_type": "agency"}}]}, ["desk"]),
        ({"hired_on": {"before": "2020-01-01"}}, ["desk"]),
        ({"any": [{"role": "kitchen"}, {"hired_on": {"before": "2020-01-01"}}]}, ["desk", "cook"]),
    ],
)
def test_conditions_reach_whoever_fulfils_them(larch, hospitality, conditions, reached):
    larch.region.sector = "hospitality"
    larch.region.save()
    larch.prince.sector, larch.prince.jurisdiction = "catering", "us-ca"
    larch.prince.save()
    front = RoleFactory(organisation=larch.organisation, code="desk", name="Desk", tags=["front_desk"])
    people = {
        "desk": larch.employ(role=front),
        "cook": larch.employ(role=larch.kitchen, site=larch.prince),
        "agency": larch.employ(),
    }
    for who, terms in (("desk", {"hired_on": date(2019, 5, 1)}), ("agency", {"employment_type": "agency"})):
        job = Employment.objects.get(membership=people[who])
        people_services.correct_employment(
            employment=job,
            site=job.site,
            role=job.role,
            starts_on=job.starts_on,
            ends_on=None,
            by=None,
            at=AT,
            **terms,
        )
    requirement = ask(larch, hospitality, conditions=conditions, **FIXED)
    assert [who for who, member in people.items() if asked(member)] == reached
    assert selectors.reached(requirement, on=TODAY) == len(reached)
    assert nothing_to_mend()


def test_conditions_follow_the_employment_from_day_to_day(larch, hospitality):
    jo = larch.employ(role=larch.kitchen)
    ask(larch, hospitality, conditions={"role": "housekeeping"}, due_rule={"after": "role_start", "in": "30d"})
    larch.end(jo, date(2026, 3, 31))
    larch.place(jo, starts_on=date(2026, 4, 1))
    assert spans(jo) == [
        (date(2026, 4, 1), "assigned", date(2026, 5, 1)),
        (date(2026, 5, 2), "overdue", date(2026, 5, 1)),
    ]


def test_a_new_hire_and_who_was_there_before_have_the_later_of_two_dates(larch, hospitality):
    rule = {"later_of": [{"after": "hire", "in": "90d"}, {"on": "2026-06-30"}]}
    ask(larch, hospitality, due_rule=rule)
    before, new = larch.employ(starts_on=date(2020, 1, 1)), larch.employ(starts_on=date(2026, 5, 1))
    assert [spans(it)[0][2] for it in (before, new)] == [date(2026, 6, 30), date(2026, 7, 30)]


def test_after_hire_counts_from_the_employers_own_day_and_a_new_role_from_its_own(larch, hospitality):
    jo = larch.employ(starts_on=date(2026, 3, 2))
    larch.end(jo, date(2026, 3, 31))
    larch.place(jo, role=larch.kitchen, starts_on=date(2026, 4, 1))
    hire = ask(larch, hospitality, due_rule={"after": "hire", "in": "60d"})
    other = factories.training()
    ask(larch, other, conditions={"role": "kitchen"}, due_rule={"after": "role_start", "in": "60d"})
    due = dict(ObligationSpan.objects.filter(state="assigned").values_list("obligation__certification", "due_on"))
    assert due == {hire.certification_id: date(2026, 5, 1), other.pk: date(2026, 5, 31)}


@pytest.mark.parametrize(("came_from", "due_on"), [("us-ca", date(2026, 7, 30)), ("us-fl", date(2026, 4, 15))])
def test_whoever_comes_from_another_state_is_new_to_a_rule_and_at_another_site_of_it_is_not(
    larch, hospitality, came_from, due_on
):
    Site.objects.filter(pk=larch.fort.pk).update(jurisdiction=came_from)
    Site.objects.filter(pk=larch.prince.pk).update(jurisdiction="us-fl")
    rule = {"later_of": [{"after": "role_start", "in": "60d"}, {"on": "2026-04-15"}]}
    ask(larch, hospitality, conditions={"site": "prince-george"}, due_rule=rule)
    jo, ama = larch.employ("Jo"), larch.employ("Ama", starts_on=date(2026, 5, 1))
    for member in (jo, ama):
        people_services.move_to(
            membership=member, site=larch.prince, role=larch.housekeeping, starts_on=date(2026, 5, 31), by=None, at=AT
        )
    assert spans(jo)[0] == (date(2026, 5, 31), "assigned" if came_from == "us-ca" else "overdue", due_on)
    # Where it still runs, it counts from where it began.
    assert spans(ama)[0] == (date(2026, 5, 31), "assigned", date(2026, 6, 30))
    assert nothing_to_mend()


def test_without_its_base_date_it_needs_one_and_is_listed(larch, hospitality):  # R14
    jo = larch.employ()
    ask(larch, hospitality, due_rule={"after": "licence_renewal", "in": "0d"}, licence_kind="driver-class-1")
    assert spans(jo) == [(date(2026, 3, 2), "needs_date", None)]
    people_services.record_licence(
        membership=jo, kind="driver-class-1", renews_on=date(2026, 9, 30), by=None, at=AT + timedelta(days=1)
    )
    assert spans(jo) == [
        (date(2026, 3, 2), "assigned", date(2026, 9, 30)),
        (date(2026, 10, 1), "overdue", date(2026, 9, 30)),
    ]
    assert nothing_to_mend()


def test_a_default_date_counts_where_the_base_is_missing_and_says_so(larch, hospitality):
    jo = larch.employ()
    requirement = ask(
        larch, hospitality, due_rule={"after": "licence_renewal", "in": "0d"}, licence_kind="driver-class-1"
    )
    changed = services.planned_change(requirement=requirement, default_due_on=date(2026, 12, 31))
    services.ask_to_change(requirement=requirement, changed=changed, by=None, at=AT)
    span = ObligationSpan.objects.get(obligation__membership=jo, state="assigned")
    assert (span.due_on, [it["code"] for it in span.reasons]) == (
        date(2026, 12, 31),
        ["no_base_date", "requirement"],
    )


def test_hr_sets_a_missing_date_for_one_person(larch, hospitality):
    jo = larch.employ()
    ask(larch, hospitality, due_rule={"after": "licence_renewal", "in": "0d"}, licence_kind="driver-class-1")
    services.set_due_date(
        membership=Membership.objects.get(pk=jo.pk),
        certification=hospitality,
        from_on=TODAY,
        due_on=date(2026, 5, 1),
        reason="records",
        by=None,
        at=AT,
    )
    assert [it[1] for it in spans(jo)] == ["assigned", "overdue"]


def test_one_that_recurs_sooner_moves_the_due_date_and_not_the_printed_one(larch, hospitality):
    jo = larch.employ()
    ask(larch, hospitality, recurs="12m", label="Hotel rule", **FIXED)
    factories.learn(jo, hospitality)
    assert spans(jo) == [
        (date(2026, 3, 2), "valid", date(2027, 3, 1)),
        (date(2026, 12, 2), "renewable", date(2027, 3, 1)),
        (date(2027, 3, 2), "overdue", date(2027, 3, 1)),
        (date(2029, 3, 2), "expired", date(2027, 3, 1)),
    ]
    [reason] = [it for it in ObligationSpan.objects.filter(state="valid").first().reasons if "sooner" in it["code"]]
    assert (reason["label"], reason["due_on"]) == ("Hotel rule", "2027-03-01")


def test_of_several_requirements_the_earliest_date_counts_and_one_completion_is_for_all(larch, hospitality):
    jo = larch.employ()
    ask(larch, hospitality, conditions={"site": "north"}, due_on=date(2026, 5, 1))
    ask(larch, hospitality, conditions={"role": "housekeeping"}, due_on=date(2026, 4, 15))
    ask(larch, hospitality, membership=jo, due_on=date(2026, 6, 1))
    assert spans(jo)[0] == (date(2026, 3, 2), "assigned", date(2026, 4, 15))
    factories.learn(jo, hospitality)
    assert spans(jo)[0] == (date(2026, 3, 2), "valid", date(2029, 3, 1))


def test_the_same_again_is_the_same_and_a_withdrawal_keeps_what_it_said(larch, hospitality):
    jo = larch.employ()
    values = {"conditions": {"site": "north"}, "due_rule": {"after": "hire", "in": "1y"}, "recurs": "12m"}
    first = ask(larch, hospitality, **values)
    assert ask(larch, hospitality, **values) == first
    assert ask(larch, hospitality, **values | {"conditions": {"site": "fort-st-john"}}) != first
    withdrawn = services.withdraw(requirement=first, on=date(2026, 3, 10), by=None, at=AT)
    assert (withdrawn.conditions, withdrawn.due_rule, withdrawn.recurs) == (
        {"site": "north"},
        {"after": "hire", "in": "1y"},
        "12m",
    )
    assert asked(jo)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"conditions": {"site": "nowhere"}, **FIXED}, UnknownCode),
        ({"conditions": {"role": "pilot"}, **FIXED}, UnknownCode),
        ({"conditions": {"organisation": "birch"}, **FIXED}, UnknownCode),
        ({"conditions": {"employment_type": "slave"}, **FIXED}, UnknownCode),
        ({"conditions": {"all": []}, **FIXED}, ConditionError),
        ({"due_rule": {"after": "hire", "in": "soon"}}, DueRuleError),
        ({"due_rule": {"after": "licence_renewal", "in": "0d"}}, ValueError),
        ({"due_on": date(2026, 3, 1)}, DueBeforeStart),
        ({"due_rule": {"on": "2026-03-01"}}, DueBeforeStart),
        ({"due_rule": {"after": "hire", "in": "30d"}, "default_due_on": date(2026, 3, 1)}, DueBeforeStart),
        ({**FIXED, "due_rule": {"on": "2026-04-01"}}, ValueError),
        ({}, ValueError),
        ({**FIXED, "recurs": "0m"}, PolicyError),
        ({**FIXED, "recurs": "often"}, PolicyError),
    ],
)
def test_what_is_refused_where_it_is_entered(larch, hospitality, values, error):
    with pytest.raises(error):
        ask(larch, hospitality, **values)
    assert not Requirement.objects.exists()


def test_nobody_is_hired_after_the_first_day(larch):
    with pytest.raises(HiredAfterStart):
        people_services.start_employment(
            membership=larch.employ(),
            site=larch.prince,
            role=None,
            starts_on=date(2026, 3, 2),
            hired_on=date(2026, 3, 3),
            by=None,
            at=AT,
        )


# --- the ladder ---


def test_a_ladder_of_its_own_decides_on_which_days_who_is_told(larch, hospitality):
    member = larch.employ(email="jo@larch.example")
    larch.ask(hospitality, membership=member, ladder=[{"days": -5, "to": ["learner"]}])
    assert [it.ladder for it in ObligationSpan.objects.filter(required=True)] == [
        [{"days": -5, "to": ["learner"]}] for _ in ObligationSpan.objects.filter(required=True)
    ]
    services.sweep(at=AT)
    at = datetime(2026, 3, 27, 17, 0, tzinfo=UTC)
    assert services.sweep(at=at - timedelta(days=1)) == 0
    assert services.sweep(at=at) == 1


def test_ladders_of_requirements_that_share_a_cycle_are_climbed_together(larch, hospitality):
    member = larch.employ()
    larch.ask(hospitality, membership=member, ladder=[{"days": -5, "to": ["learner"]}])
    larch.ask(hospitality, site=larch.fort)
    span = ObligationSpan.objects.filter(required=True).first()
    assert [rung["days"] for rung in span.ladder] == [-60, -30, -14, -7, -5, -1, 0, 3, 14]


def test_changing_a_ladder_is_another_fact(larch, hospitality):
    requirement = larch.ask(hospitality, membership=larch.employ())
    assert ObligationSpan.objects.filter(ladder__isnull=False).count() == 0
    changed = services.change_ladder(requirement=requirement, ladder=[], by=larch.hr, at=AT)
    assert (changed.supersedes, changed.ladder, changed.due_on) == (requirement, [], requirement.due_on)
    assert ObligationSpan.objects.filter(required=True, ladder=[]).exists()


def test_a_ladder_that_goes_behind_somebodys_back_is_refused(larch, hospitality):
    with pytest.raises(LadderError):
        larch.ask(hospitality, membership=larch.employ(), ladder=[{"days": 3, "to": ["hr"]}])
