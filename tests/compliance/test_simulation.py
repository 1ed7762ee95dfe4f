"""Who gets what: the fold over steps, what it reads, what HR sees of it, and that it comes true."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import reminders, selectors, services
from compliance.ladder import Recipient, Rung
from compliance.models import Message, Obligation
from compliance.reminders import SpanOfDays
from compliance.selectors import StepName
from compliance.simulation import Telling, days_of_messages, told_before
from people.models import Membership, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

DUE = date(2026, 4, 1)
LADDER = (Rung(-7), Rung(0), Rung(3, (Recipient.LEARNER, Recipient.MANAGER)))


def asked(due_on=DUE, ladder=LADDER, from_on=TODAY) -> list[reminders.Step]:
    late = due_on + timedelta(days=1)
    return reminders.steps(
        [
            SpanOfDays(from_on, late, "assigned", due_on, True, ladder),
            SpanOfDays(late, None, "overdue", due_on, True, ladder),
        ]
    )


def days(tellings, from_on=TODAY, last_on=date(2026, 12, 31), told_on=None):
    found = days_of_messages(tellings, from_on=from_on, last_on=last_on, told_on=told_on)
    return [(day, [(index, step.kind, step.rung) for index, step in said]) for day, said in found]


def test_each_step_has_its_day():
    assert days([Telling(asked())]) == [
        (date(2026, 3, 2), [(0, "invitation", None)]),
        (date(2026, 3, 25), [(0, "due_soon", -7)]),
        (date(2026, 4, 1), [(0, "due_soon", 0)]),
        (date(2026, 4, 4), [(0, "overdue", 3)]),
    ]


def test_what_was_told_is_not_told_again_and_a_message_of_today_puts_the_rest_off():
    steps = asked()
    assert days([Telling(steps, [steps[0].key])], last_on=date(2026, 3, 25)) == [
        (date(2026, 3, 25), [(0, "due_soon", -7)])
    ]
    assert days([Telling(steps)], last_on=date(2026, 3, 4), told_on=TODAY) == [
        (date(2026, 3, 3), [(0, "invitation", None)])
    ]


def test_two_things_of_one_day_are_one_message():
    found = days([Telling(asked()), Telling(asked(DUE + timedelta(days=7)))], last_on=DUE)
    assert found[-1] == (DUE, [(0, "due_soon", 0), (1, "due_soon", -7)])


def test_a_past_range_begins_without_what_came_before_it():
    steps = asked()
    told = told_before(steps, date(2026, 3, 26))
    assert days([Telling(steps, told)], from_on=date(2026, 3, 26), last_on=DUE) == [(DUE, [(0, "due_soon", 0)])]


# --- with people ---


@pytest.fixture
def jo(larch):
    return larch.employ("Jo Castellan", number="0042", email="jo@larch.example")


def planned(larch, first=TODAY, last=date(2026, 4, 30), today=TODAY, **more):
    people = Membership.objects.filter(organisation=larch.organisation)
    return list(selectors.planned_lines(memberships=people, from_on=first, last_on=last, today=today, **more))


@pytest.mark.django_db
def test_what_is_planned_is_what_the_sweep_then_sends(larch, hospitality, jo):
    ama = larch.employ("Ama Birch", number="0043")
    larch.ask(hospitality, site=larch.fort)
    larch.ask(factories.training("Second"), membership=ama, due_on=date(2026, 3, 20))
    expected = {(it.membership_id, it.on) for it in planned(larch)}
    assert len(expected) > 8
    at = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    while at < datetime(2026, 5, 1, tzinfo=UTC):
        services.sweep(at=at)
        at += timedelta(days=1)
    assert set(Message.objects.values_list("membership_id", "day")) == expected


@pytest.mark.django_db
def test_what_was_sent_today_is_not_planned_again(larch, hospitality, jo):
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    found = planned(larch, last=date(2026, 3, 18))
    assert [(it.on, it.step) for it in found] == [(date(2026, 3, 18), StepName("due_soon", -14))]


@pytest.mark.django_db
def test_a_range_ahead_passes_through_the_days_before_it(larch, hospitality, jo):
    larch.ask(hospitality, membership=jo)
    found = planned(larch, first=date(2026, 3, 10), last=date(2026, 3, 18))
    assert [(it.on, it.step) for it in found] == [(date(2026, 3, 18), StepName("due_soon", -14))]


@pytest.mark.django_db
def test_an_open_question_for_another_way_does_not_show(larch, hospitality, jo):
    larch.ask(hospitality, membership=jo)
    without = planned(larch)
    services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT)
    assert [(it.on, it.step) for it in planned(larch)][:4] == [(it.on, it.step) for it in without][:4]


@pytest.mark.django_db
def test_who_has_left_the_site_or_is_on_leave_hears_nothing(larch, hospitality, jo):
    larch.employ("Ama Birch", number="0043", site=larch.prince)
    larch.ask(hospitality, site=larch.region)
    services.record_leave(membership=jo, from_on=TODAY, last_on=date(2026, 3, 31), by=None, at=AT)
    assert {it.membership_id for it in planned(larch, last=date(2026, 3, 20), site=larch.fort)} == set()
    assert {it.on for it in planned(larch, last=TODAY, site=larch.prince)} == {TODAY}


@pytest.mark.django_db
@pytest.mark.usefixtures("the_clock")
class TestPage:
    @pytest.fixture
    def hr(self, client, larch):
        sign_in_personally(client, larch.hr)
        return client

    def get(self, client, **query):
        return client.get(reverse("compliance:planned", args=["larch"]), query)

    def test_it_counts_by_day_and_step_and_leads_to_the_people(self, hr, larch, hospitality, jo):
        larch.employ("Ama Birch", number="0043")
        larch.ask(hospitality, site=larch.fort)
        text = self.get(hr).content.decode()
        assert "Reminder, 14 days before the last good day" in text
        assert "2 March 2026, Invitation" in text
        people = self.get(hr, first="2026-03-02", last="2026-04-01", day="2026-03-18", step="due_soon:-14")
        assert [(it.name, line.by_letter) for it, line, _ in people.context["people"]] == [
            ("Ama Birch", True),
            ("Jo Castellan", False),
        ]
        assert people.context["day"] == date(2026, 3, 18)

    def test_it_writes_nothing_and_costs_the_same_for_one_and_for_three(self, hr, larch, hospitality, jo):
        larch.ask(hospitality, site=larch.fort)
        self.get(hr)  # what is read once for all stays in memory
        counted = []
        for number in ("0043", "0044", "0045"):
            with CaptureQueriesContext(connection) as queries:
                answer = self.get(hr)
            with CaptureQueriesContext(connection) as drilled:
                self.get(hr, day="2026-03-02", step="invitation:first")
            assert answer.status_code == 200
            counted.append((len(queries), len(drilled)))
            larch.employ("Another", number=number)
        assert counted == [(14, 15)] * 3
        assert Message.objects.count() == 0
        assert [it.told for it in Obligation.objects.all()] == [[]] * 4

    def test_a_lead_sees_the_people_of_their_own_site(self, client, larch, hospitality, jo):
        larch.employ("Ama Birch", number="0043", site=larch.prince)
        larch.ask(hospitality, site=larch.region)
        sign_in_personally(client, larch.staff(StaffRole.Kind.SITE_LEAD, site=larch.prince))
        people = self.get(client, day="2026-03-02", step="invitation:first")
        assert [it.name for it, _, _ in people.context["people"]] == ["Ama Birch"]

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ({"first": "2026-03-09", "last": "2026-03-02"}, "before the first one"),
            ({"first": "2026-03-02", "last": "2027-03-02"}, "at most 92 days"),
            ({"first": "soon"}, "valid date"),
            ({"site": "elsewhere"}, "valid choice"),
        ],
    )
    def test_a_range_that_cannot_be_is_said_beside_its_field(self, hr, query, words):
        answer = self.get(hr, **query)
        assert answer.status_code == 422
        assert words in answer.content.decode()

    def test_days_gone_by_say_that_they_are(self, hr, larch, hospitality, jo):
        larch.ask(hospitality, membership=jo)
        assert (
            "What was sent in fact may differ" in self.get(hr, first="2026-02-20", last="2026-03-05").content.decode()
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("the_clock")
class TestCommand:
    def run(self, *arguments):
        said = StringIO()
        call_command("simulate_reminders", "--organisation", "larch", *arguments, stdout=said)
        return said.getvalue()

    def test_it_says_each_line_as_json(self, larch, hospitality, jo):
        larch.ask(hospitality, membership=jo)
        found = json.loads(self.run("--json", "--through", "2026-03-02", "--person", "0042", "--site", "fort-st-john"))
        assert found == {
            "organisation": "larch",
            "from": "2026-03-02",
            "through": "2026-03-02",
            "messages": [
                {
                    "employee_number": "0042",
                    "on": "2026-03-02",
                    "kind": "invitation",
                    "days_after_last_good_day": None,
                    "training": "Working safely with guests",
                    "due_on": "2026-04-01",
                    "to": ["learner"],
                    "by": "mail",
                }
            ],
        }

    def test_it_counts(self, larch, hospitality, jo):
        larch.ask(hospitality, membership=jo)
        assert self.run("--from", "2026-03-18", "--through", "2026-03-18") == (
            "2026-03-18 Reminder, 14 days before the last good day: 1 by e-mail, 0 by letter\n"
        )

    @pytest.mark.parametrize(
        "arguments", [("--through", "2026-02-01"), ("--site", "nowhere"), ("--person", "9999"), ("--from", "soon")]
    )
    def test_it_refuses_what_cannot_be(self, larch, arguments):
        with pytest.raises(CommandError):
            self.run(*arguments)
