"""The command that prints standing: the same as the pages, on any date, as known now and as known then."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from certificates import services as certificate_services
from certificates.models import Certificate
from compliance import selectors, services
from compliance.models import ObligationSpan
from people import services as people_services
from people.models import Employment, Membership
from tests.factories import compliance as factories
from tests.factories.compliance import AT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


def say(*arguments):
    out = io.StringIO()
    call_command("standing", "--organisation", "larch", *arguments, stdout=out)
    return out.getvalue()


def told(*arguments):
    return json.loads(say("--json", *arguments))["standings"]


def test_it_prints_where_a_person_stands_and_why(larch, hospitality):
    jo = larch.employ(number="0007")
    requirement = larch.ask(hospitality, membership=jo)
    assert json.loads(say("--json")) == {
        "organisation": "larch",
        "on": None,
        "known_on": None,
        "standings": [
            {
                "employee_number": "0007",
                "certification": hospitality.code,
                "on": "2026-03-02",
                "time_zone": "America/Dawson_Creek",
                "state": "assigned",
                "status": "due",
                "required": True,
                "overlays": [],
                "counts_as": "yes",
                "due_on": "2026-04-01",
                "from_on": "2026-03-02",
                "until": "2026-04-02",
                "next_change_at": "2026-04-02T07:00:00+00:00",
                "reasons": [
                    {
                        "code": "requirement",
                        "requirement_id": f"{requirement.reference}:0",
                        "label": "",
                        "from_on": "2026-03-02",
                        "due_on": "2026-04-01",
                    }
                ],
            }
        ],
    }


def test_without_json_it_is_a_line_for_each(larch, hospitality):
    larch.ask(hospitality, membership=larch.employ(number="0007"))
    assert say("--on", "2026-04-02") == f"0007 {hospitality.code} 2026-04-02: overdue, last good day 2026-04-01\n"


def test_one_person_is_found_by_number_whatever_its_case(larch, hospitality):
    for number in ("a1", "A2"):
        larch.ask(hospitality, membership=larch.employ(number=number))
    assert [it["employee_number"] for it in told("--person", "a2")] == ["A2"]
    assert len(told()) == 2


def test_who_has_begun_reads_assigned_and_no_date_betrays_it(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    before = told()
    factories.begin(jo, hospitality, at=AT + timedelta(days=2))
    assert told("--on", "2026-03-10")[0]["state"] == "assigned"
    assert told() == before


def test_what_nobody_asked_for_is_not_the_employers_to_see(larch, hospitality):
    factories.learn(larch.employ(), hospitality)
    assert told() == []


def test_it_says_what_the_kept_spans_say(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, site=larch.region)
    factories.learn(jo, hospitality)
    larch.end(jo, date(2026, 6, 30))
    for span in ObligationSpan.objects.filter(from_on__gte=date(2026, 3, 2)):
        [line] = told("--on", span.from_on.isoformat())
        assert (line["state"], line["due_on"], line["required"], line["reasons"]) == (
            span.state,
            span.due_on and span.due_on.isoformat(),
            span.required,
            span.reasons,
        )


def test_a_requirement_is_known_from_the_day_of_its_record_and_its_withdrawal_too(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, membership=jo)
    services.withdraw(requirement=requirement, on=date(2026, 3, 10), by=None, at=AT + timedelta(days=20))
    on = ("--on", "2026-03-15")
    assert told(*on, "--known-on", "2026-03-01") == []
    assert [it["state"] for it in told(*on, "--known-on", "2026-03-21")] == ["assigned"]
    assert [it["state"] for it in told(*on, "--known-on", "2026-03-22")] == ["not_required"]
    assert told(*on) == told(*on, "--known-on", "2026-03-22")


def test_a_certificate_a_correction_and_a_revocation_are_known_from_their_record(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality, at=AT + timedelta(days=1))
    certificate = Certificate.objects.get()
    later = certificate_services.replace_certificate(
        certificate=certificate, holder_name="Jo C.", at=AT + timedelta(days=5)
    )
    certificate_services.revoke_certificate(
        certificate=later, reason=Certificate.RevocationReason.ERROR, by=None, at=AT + timedelta(days=10)
    )
    on = ("--on", "2026-06-01")
    by_day = {
        day: [it["state"] for it in told(*on, "--known-on", f"2026-03-{day:02}")] for day in (2, 3, 6, 7, 11, 12, 13)
    }
    assert by_day == {
        2: ["overdue"],
        3: ["valid"],
        6: ["valid"],
        7: ["valid"],
        11: ["valid"],
        12: ["revoked"],
        13: ["revoked"],
    }


def test_an_employment_corrected_later_is_known_as_it_was_recorded_first(larch, hospitality):
    larch.employ()
    larch.ask(hospitality, site=larch.fort)
    job = Employment.objects.get()
    people_services.correct_employment(
        employment=job,
        site=larch.prince,
        role=job.role,
        starts_on=job.starts_on,
        ends_on=None,
        by=None,
        at=AT + timedelta(days=3),
    )
    assert told() == []
    assert [(it["state"], it["time_zone"]) for it in told("--known-on", "2026-03-04")] == [
        ("assigned", "America/Dawson_Creek")
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--organisation", "birch"), "There is no organisation with the code 'birch'."),
        (("--person", "9"), "Nobody at 'larch' has the employee number '9'."),
        (("--organisation", "\udcff"), r"There is no organisation with the code '\udcff'."),
        (("--person", "\udcff"), r"Nobody at 'larch' has the employee number '\udcff'."),
        (("--on", "2026-02-30"), "--on '2026-02-30' is no date; write it as YYYY-MM-DD, such as 2026-03-31."),
        (("--known-on", "soon"), "--known-on 'soon' is no date; write it as YYYY-MM-DD, such as 2026-03-31."),
        (("--known-on", "9999-12-31"), "--known-on 9999-12-31 is too far away; choose a day that people live to see."),
    ],
)
def test_what_it_cannot_find_it_says_in_a_sentence(larch, arguments, message):
    larch.employ(number="1")
    with pytest.raises(CommandError) as refused:
        say(*arguments)
    assert str(refused.value) == message


def test_it_costs_the_same_for_one_and_for_many(larch, hospitality, django_assert_num_queries):
    larch.ask(hospitality, site=larch.region)
    for _ in range(3):
        larch.employ()
    everybody = Membership.objects.filter(organisation=larch.organisation)
    for some in (everybody.filter(pk=everybody.first().pk), everybody):
        with django_assert_num_queries(7):
            list(selectors.standings(memberships=some, at=AT, known_before=AT + timedelta(days=1)))


def test_adjustments_are_known_from_their_record_and_undone_from_the_record_of_that(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    waiver = services.grant_waiver(
        membership=Membership.objects.get(pk=jo.pk),
        certification=hospitality,
        from_on=date(2026, 3, 2),
        last_on=date(2026, 12, 31),
        reason="covered",
        by=None,
        at=AT + timedelta(days=2),
    )
    services.undo_adjustment(adjustment=waiver, by=None, at=AT + timedelta(days=4))
    on = ("--on", "2026-03-20")
    states = [told(*on, "--known-on", f"2026-03-{day:02}")[0]["state"] for day in (3, 4, 5, 6)]
    assert states == ["assigned", "exempt", "exempt", "assigned"]


def test_an_open_question_is_not_told_and_no_date_betrays_it(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    before = told("--on", "2026-03-20")[0]
    services.ask_for_another_way(membership=jo, certification=hospitality, on=date(2026, 3, 10), at=AT)
    asked = told("--on", "2026-03-20")[0]
    told_alike = ("state", "status", "overlays", "due_on", "from_on", "reasons")
    assert [asked[key] for key in told_alike] == [before[key] for key in told_alike]
