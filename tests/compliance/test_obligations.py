"""The read model: spans are what the rule says, whatever happened and in whatever order."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from certificates import services as certificate_services
from certificates.models import Certificate
from compliance import selectors, services
from compliance.models import Obligation, ObligationSpan
from compliance.selectors import Days
from courses.models import Enrolment
from people import services as people_services
from people.exceptions import EmploymentOverlaps
from people.models import Employment, Membership
from tests.factories import compliance as factories
from tests.factories.compliance import AT
from tests.factories.people import PIN

pytestmark = pytest.mark.django_db

ALWAYS = date(1, 1, 1)


def spans(member: Membership) -> list[tuple[object, ...]]:
    rows = ObligationSpan.objects.filter(obligation__membership=member).order_by("from_on")
    return list(rows.values_list("from_on", "until", "state", "due_on", "required"))


def check(*members: Membership) -> list[tuple[int, int]]:
    return services.check_obligations(memberships=[it.pk for it in members], at=AT + timedelta(days=40))


def test_an_assignment_reads_assigned_until_due_and_then_overdue(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    assert spans(jo) == [
        (ALWAYS, date(2026, 3, 2), "not_required", None, False),
        (date(2026, 3, 2), date(2026, 4, 2), "assigned", date(2026, 4, 1), True),
        (date(2026, 4, 2), None, "overdue", date(2026, 4, 1), True),
    ]


def test_opening_a_course_is_heard_and_reads_in_progress(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.begin(jo, hospitality, at=AT + timedelta(days=2))
    assert [(it[0], it[2]) for it in spans(jo)] == [
        (ALWAYS, "not_required"),
        (date(2026, 3, 2), "assigned"),
        (date(2026, 3, 4), "in_progress"),
        (date(2026, 4, 2), "overdue"),
    ]
    assert check(jo) == []


def test_a_certificate_is_heard_and_reads_valid_renewable_and_expired(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality, at=AT + timedelta(days=2))
    assert [(it[0], it[2], it[3]) for it in spans(jo)] == [
        (ALWAYS, "not_required", None),
        (date(2026, 3, 2), "assigned", date(2026, 4, 1)),
        (date(2026, 3, 4), "valid", date(2029, 3, 3)),
        (date(2028, 12, 4), "renewable", date(2029, 3, 3)),
        (date(2029, 3, 4), "expired", date(2029, 3, 3)),
    ]


def test_of_two_courses_one_alone_leaves_the_cycle_open(larch):
    both = factories.training(courses=2)
    jo = larch.employ()
    larch.ask(both, membership=jo)
    first = both.courses.order_by("pk").first()
    enrolment = factories.begin(jo, both)
    text = factories.course_selectors.text_for(enrolment, "en")
    factories.course_services.complete_lesson(
        enrolment=enrolment, edition_text=text, lesson_code="one", language="en", at=AT
    )
    assert Enrolment.objects.get(course=first).completed_at == AT
    assert [it[2] for it in spans(jo)] == ["not_required", "in_progress", "overdue"]
    assert check(jo) == []
    factories.learn(jo, both, at=AT + timedelta(days=1))
    assert "valid" in [it[2] for it in spans(jo)]


def test_revocation_is_heard(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    certificate_services.revoke_certificate(
        certificate=Certificate.objects.get(),
        reason=Certificate.RevocationReason.ERROR,
        by=None,
        at=AT + timedelta(days=10),
    )
    assert [(it[0], it[2]) for it in spans(jo)][-1] == (date(2026, 3, 12), "revoked")
    assert check(jo) == []


def test_the_end_of_an_employment_ends_what_is_required_and_leaves_the_evidence(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, site=larch.region)
    factories.learn(jo, hospitality)
    larch.end(jo, date(2026, 6, 30))
    states = [(it[0], it[2], it[4]) for it in spans(jo)]
    assert (date(2026, 3, 2), "valid", True) in states
    assert (date(2026, 7, 1), "valid", False) in states
    assert states[-1] == (date(2029, 3, 2), "lapsed", False)
    assert check(jo) == []


def test_a_withdrawal_removes_what_never_came_to_be(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, membership=jo)
    services.withdraw(requirement=requirement, on=date(2026, 3, 2), by=None, at=AT)
    assert not Obligation.objects.exists()
    assert check(jo) == []


def test_another_due_date_moves_the_spans(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, membership=jo)
    services.change_due_date(requirement=requirement, due_on=date(2026, 5, 1), by=None, at=AT)
    assert [(it[0], it[2]) for it in spans(jo)][-1] == (date(2026, 5, 2), "overdue")
    assert check(jo) == []


def test_of_several_requirements_the_earliest_due_date_counts(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, site=larch.region, due_on=date(2026, 5, 1))
    larch.ask(hospitality, membership=jo, due_on=date(2026, 3, 20))
    assert Obligation.objects.count() == 1
    assert spans(jo)[-1][:3] == (date(2026, 3, 21), None, "overdue")


def test_rebuilding_again_changes_nothing_and_agrees_with_the_check(larch, hospitality):
    members = [larch.employ() for _ in range(3)]
    larch.ask(hospitality, site=larch.region)
    factories.learn(members[0], hospitality)
    keys = [it.pk for it in members]
    before = list(ObligationSpan.objects.order_by("pk").values_list("pk", flat=True))
    assert services.rebuild_obligations(memberships=keys, at=AT) == 0
    assert list(ObligationSpan.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert check(*members) == []


def test_what_was_tampered_with_is_found_and_mended(larch, hospitality):
    jo, ama, lin, sam = (larch.employ() for _ in range(4))
    larch.ask(hospitality, site=larch.region)
    ObligationSpan.objects.filter(obligation__membership=jo, state="assigned").update(state="valid")
    Obligation.objects.filter(membership=ama).delete()
    Obligation.objects.filter(membership=lin).update(next_message_at=None)
    Obligation.objects.filter(membership=sam).update(time_zone="UTC")
    assert [it for it, _ in check(jo, ama, lin, sam)] == [jo.pk, ama.pk, lin.pk, sam.pk]
    assert services.rebuild_obligations(memberships=[jo.pk, ama.pk, lin.pk, sam.pk], at=AT) == 4
    assert check(jo, ama, lin, sam) == []


def test_told_messages_stay_told_through_a_rebuild(larch, hospitality, mailoutbox):
    jo = larch.employ(email="jo@larch.example")
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    factories.begin(jo, hospitality, at=AT + timedelta(days=1))
    obligation = Obligation.objects.get()
    assert obligation.told == ["due_soon:2026-04-01:-60", "due_soon:2026-04-01:-30", "invitation:2026-04-01:first"]
    assert obligation.next_message_at == datetime(2026, 3, 18, 16, 0, tzinfo=UTC)
    services.sweep(at=AT + timedelta(days=2))
    assert len(mailoutbox) == 1


def test_learning_is_never_refused_because_nothing_is_required(larch, hospitality):
    jo = larch.employ()
    factories.learn(jo, hospitality)
    assert [it[2] for it in spans(jo)] == ["not_required", "valid", "renewable", "lapsed"]
    assert not any(it[4] for it in spans(jo))


def test_joining_workplaces_leaves_the_standing_of_each_as_it_was(larch, hospitality):
    other = factories.workplace("other", "Other")
    jo, there = larch.employ(), other.employ(number="0042")
    larch.ask(hospitality, membership=jo)
    other.ask(hospitality, membership=there)
    factories.begin(there, hospitality)
    factories.learn(jo, hospitality)
    code = people_services.issue_code(membership=there, by=None, at=AT)
    people_services.set_pin(organisation_code="other", employee_number="0042", code=code, pin=PIN, at=AT, origin="here")
    people_services.join_membership(
        user=jo.user, organisation_code="other", employee_number="0042", pin=PIN, at=AT, origin="here"
    )
    assert check(jo, there) == []
    assert "valid" not in [it[2] for it in spans(there)]


@pytest.mark.parametrize("seed", range(12))
def test_the_check_finds_nothing_after_any_sequence_of_services(larch, seed):
    chance = random.Random(seed)
    trainings = [factories.training(), factories.training(courses=2)]
    members = [larch.employ(site=site) for site in (larch.fort, larch.prince, larch.region)]
    requirements = []
    at = AT

    def ask():
        whom = chance.choice(
            [
                {"membership": chance.choice(members)},
                {"site": chance.choice([larch.region, larch.fort])},
                {"role": larch.kitchen},
            ]
        )
        day = at.date()
        requirements.append(
            larch.ask(
                chance.choice(trainings),
                starts_on=day,
                due_on=day + timedelta(days=chance.choice([0, 20, 60])),
                at=at,
                **whom,
            )
        )

    def withdraw_or_move():
        live = [it for it in requirements if not hasattr(it, "gone")]
        if live:
            requirement = chance.choice(live)
            requirement.gone = True
            if chance.random() < 0.5:
                services.withdraw(requirement=requirement, on=at.date(), by=None, at=at)
            else:
                due_on = requirement.starts_on + timedelta(days=90)
                requirements.append(services.change_due_date(requirement=requirement, due_on=due_on, by=None, at=at))

    def learn():
        certification = chance.choice(trainings)
        (factories.begin if chance.random() < 0.5 else factories.learn)(chance.choice(members), certification, at=at)

    def revoke():
        certificate = Certificate.objects.unrevoked().order_by("?").first()
        if certificate:
            certificate_services.revoke_certificate(
                certificate=certificate, reason=Certificate.RevocationReason.ERROR, by=None, at=at
            )

    def move():
        member = chance.choice(members)
        job = Employment.objects.current_knowledge().filter(membership=member, ends_on=None).first()
        if job:
            people_services.end_employment(employment=job, ends_on=max(job.starts_on, at.date()), by=None, at=at)
        site, role = chance.choice([larch.fort, larch.prince]), chance.choice([larch.kitchen, larch.housekeeping])
        larch.place(member, site=site, role=role, starts_on=at.date() + timedelta(days=chance.choice([1, 10])), at=at)

    acts = [ask, ask, withdraw_or_move, learn, learn, revoke, move, lambda: services.sweep(at=at)]
    done = 0
    while done < 14:
        at += timedelta(days=chance.choice([0, 1, 17, 200]), hours=chance.randrange(24))
        try:
            chance.choice(acts)()
        except EmploymentOverlaps:
            continue
        done += 1
        keys = [it.pk for it in members]
        assert services.check_obligations(memberships=keys, at=at) == []
    assert Obligation.objects.exists()


def test_a_rebuild_costs_the_same_for_one_and_for_many(larch, hospitality, django_assert_num_queries):
    members = [larch.employ() for _ in range(6)]
    larch.ask(hospitality, site=larch.region)
    for some in (members[:1], members):
        Obligation.objects.update(time_zone="UTC")
        with django_assert_num_queries(10):  # two of them savepoints
            services.rebuild_obligations(memberships=[it.pk for it in some], at=AT)


def test_employers_read_in_progress_as_assigned(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo, due_on=date(2026, 6, 1))

    def status():
        found = selectors.current_spans(memberships=Membership.objects.all(), on=Days(date(2026, 3, 3)))
        return [row.status for row in selectors.rows(found, Days(date(2026, 3, 3)))]

    before = status()
    factories.begin(jo, hospitality)
    assert status() == before == ["assigned"]


def test_the_hourly_sample_finds_nothing_and_mends_and_tells_what_differs(larch, hospitality, caplog):
    larch.ask(hospitality, site=larch.region)
    jo = larch.employ()
    assert services.check_sample(at=AT) == []
    ObligationSpan.objects.filter(obligation__membership=jo, state="assigned").update(state="valid")
    assert services.check_sample(at=AT) == [(jo.pk, hospitality.pk)]
    assert [it.event for it in caplog.records if it.levelname == "ERROR"] == ["obligations.differ"]
    assert services.check_sample(at=AT) == []


def test_everybodys_turn_in_the_sample_comes(larch, hospitality, monkeypatch):
    monkeypatch.setattr("compliance.services.obligations.SAMPLE", 2)
    larch.ask(hospitality, site=larch.region)
    members = [larch.employ() for _ in range(5)]
    Obligation.objects.update(time_zone="Europe/Paris")
    found = [services.check_sample(at=AT + timedelta(hours=hour)) for hour in range(3)]
    assert sorted(len(it) for it in found) == [1, 2, 2]
    assert sorted(key for hour in found for key, _ in hour) == sorted(it.pk for it in members)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--organisation", "birch"), "There is no organisation with the code 'birch'."),
        (("--person", "7"), "Name the organisation too: employee numbers repeat."),
        (("--organisation", "larch", "--person", "7"), "Nobody there has the employee number '7'."),
    ],
)
def test_the_command_says_what_it_cannot_find(larch, arguments, message):
    with pytest.raises(CommandError) as refused:
        call_command("rebuild_obligations", *arguments)
    assert str(refused.value) == message


def test_the_command_rebuilds_one_person(larch, hospitality, capsys):
    larch.ask(hospitality, site=larch.region)
    larch.employ(number="0007")
    Obligation.objects.update(time_zone="Europe/Paris")
    call_command("rebuild_obligations", "--organisation", "larch", "--person", "0007")
    assert capsys.readouterr().out == "1 people, 1 obligations mended.\n"
