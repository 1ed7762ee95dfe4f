"""The pages on which HR records leave, more time, exemptions, due dates and learning from elsewhere."""

import html
import re
from datetime import date

import pytest
from django.urls import reverse

from certificates.models import PriorLearning
from compliance import services
from compliance.models import Adjustment, ObligationSpan
from people.models import Licence
from tests.factories.compliance import AT, training
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


@pytest.fixture
def jo(client, larch, hospitality):
    sign_in_personally(client, larch.hr)
    member = larch.employ("Jo Castellan", number="0042")
    larch.ask(hospitality, membership=member)
    return member


def address(jo, kind):
    return reverse("compliance:adjustment_new", args=["larch", jo.public_id, kind])


def person(jo):
    return reverse("compliance:person", args=["larch", jo.public_id])


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.parametrize(
    ("kind", "body", "kept", "shown"),
    [
        (
            "leave",
            {"from_on": "2026-03-09", "last_on": "2026-03-20"},
            ("leave", date(2026, 3, 9), date(2026, 3, 21), None, ""),
            "Leave, 9 March 2026 to 20 March 2026",
        ),
        (
            "leave",
            {"from_on": "2026-03-09", "last_on": ""},
            ("leave", date(2026, 3, 9), None, None, ""),
            "Leave, since 9 March 2026",
        ),
        (
            "more-time",
            {"last_on": "2026-05-01", "reason": "season"},
            ("extension", date(2026, 3, 2), date(2026, 5, 2), None, "season"),
            "More time : Working safely with guests, 2 March 2026 to 1 May 2026 (Busy season)",
        ),
        (
            "exemption",
            {"from_on": "2026-03-02", "last_on": "2026-12-31", "reason": "covered", "document": "record"},
            ("waiver", date(2026, 3, 2), date(2027, 1, 1), None, "covered"),
            "Exempt : Working safely with guests, 2 March 2026 to 31 December 2026 (Covered by another training)",
        ),
        (
            "due-date",
            {"due_on": "2026-06-01", "reason": "records"},
            ("override", date(2026, 3, 2), None, date(2026, 6, 1), "records"),
            "Due date set : Working safely with guests, last good day 1 June 2026",
        ),
        (
            "sooner",
            {"due_on": "2026-03-16", "notice_days": "14", "reason": "contract"},
            ("earlier", date(2026, 3, 2), None, date(2026, 3, 16), "contract"),
            "Earlier due date : Working safely with guests, last good day 16 March 2026",
        ),
    ],
)
def test_what_is_recorded_stands_on_the_page_and_can_be_undone(client, jo, hospitality, kind, body, kept, shown):
    assert client.get(address(jo, kind)).status_code == 200
    answer = client.post(address(jo, kind), {"certification": hospitality.pk, **body})
    assert (answer.status_code, answer["Location"]) == (302, person(jo))
    adjustment = Adjustment.objects.get()
    assert (adjustment.kind, adjustment.from_on, adjustment.until, adjustment.due_on, adjustment.reason) == kept
    assert shown.replace(" :", ":") in text_of(client.get(person(jo))).replace(" ,", ",")
    client.post(reverse("compliance:adjustment_undo", args=["larch", jo.public_id, adjustment.reference]))
    assert "Nothing is recorded." in text_of(client.get(person(jo)))
    assert Adjustment.objects.count() == 2


def test_a_training_from_elsewhere_is_accepted_and_taken_back(client, jo, hospitality):
    body = {
        "certification": hospitality.pk,
        "issuer": "Pine College",
        "title": "Guest safety",
        "completed_on": "2025-09-01",
        "ends_on": "2026-12-31",
    }
    client.post(address(jo, "from-elsewhere"), body)
    evidence = PriorLearning.objects.get()
    assert evidence.valid_until == date(2027, 1, 1)
    assert "“Guest safety” by Pine College, completed on 1 September 2025" in text_of(client.get(person(jo)))
    client.post(reverse("compliance:adjustment_undo", args=["larch", jo.public_id, evidence.reference]))
    assert not PriorLearning.objects.current_knowledge().exists()


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("leave", {"from_on": "2026-03-09", "last_on": "2026-03-08"}, "The last day cannot be before the first."),
        ("leave", {"from_on": "2026-01-08"}, "Another one runs from 5 January 2026 to 9 January 2026."),
        ("more-time", {"last_on": "2026-05-01", "reason": "covered"}, "covered is not one of the available choices"),
        ("more-time", {"last_on": "2026-05-01"}, "Choose why."),
        ("more-time", {"last_on": "2026-03-01", "reason": "season"}, "Choose today or a later day."),
        ("due-date", {"due_on": "2026-03-01", "reason": "records"}, "Choose today or a later day."),
        (
            "sooner",
            {"due_on": "2026-03-15", "notice_days": "14", "reason": "contract"},
            "With so many days of notice, 16 March 2026 is the earliest.",
        ),
        (
            "exemption",
            {
                "from_on": "2026-03-02",
                "last_on": "2026-03-03",
                "reason": "covered",
                "document": "record",
                "document_number": "she is ill, see note!",
            },
            "Type its number",
        ),
        (
            "from-elsewhere",
            {"issuer": "P", "title": "G", "completed_on": "2025-09-01", "ends_on": "2025-08-31"},
            "It cannot end before it was completed.",
        ),
        (
            "from-elsewhere",
            {"issuer": "P", "title": "G", "completed_on": "2026-03-03"},
            "Choose today or an earlier day.",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(client, jo, hospitality, kind, body, words):
    services.record_leave(membership=jo, from_on=date(2026, 1, 5), last_on=date(2026, 1, 9), by=None, at=AT)
    answer = client.post(address(jo, kind), {"certification": hospitality.pk, **body})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Adjustment.objects.count() == 1
    assert not PriorLearning.objects.exists()


def test_there_is_no_other_kind_and_no_field_for_why_somebody_is_away(client, jo):
    assert client.get(address(jo, "anything")).status_code == 404
    fields = set(re.findall(r'name="(\w+)"', client.get(address(jo, "leave")).content.decode()))
    assert {"from_on", "last_on"} <= fields
    assert fields.isdisjoint({"reason", "document", "document_number", "note"})


def change(jo, adjustment):
    return reverse("compliance:adjustment_change", args=["larch", jo.public_id, adjustment.reference])


def test_the_last_day_is_changed_and_the_old_one_stays_on_record(client, jo):
    leave = services.record_leave(membership=jo, from_on=date(2026, 3, 9), last_on=None, by=None, at=AT)
    assert change(jo, leave) in client.get(person(jo)).content.decode()
    assert "Leave: another last day" in text_of(client.get(change(jo, leave)))
    answer = client.post(change(jo, leave), {"last_on": "2026-03-20"})
    assert (answer.status_code, answer["Location"]) == (302, person(jo))
    assert [it.until for it in Adjustment.objects.order_by("pk")] == [None, date(2026, 3, 21)]
    assert "Leave, 9 March 2026 to 20 March 2026" in text_of(client.get(person(jo))).replace(" ,", ",")


@pytest.mark.parametrize(
    ("last_on", "words"),
    [
        ("2026-03-08", "It began on 9 March 2026. Choose that day or a later one."),
        ("2026-04-02", "Another one begins on 1 April 2026. Choose an earlier day."),
        ("", "Choose the last day."),
    ],
)
def test_a_last_day_that_cannot_be_is_said_beside_it(client, jo, last_on, words):
    leave = services.record_leave(membership=jo, from_on=date(2026, 3, 9), last_on=date(2026, 3, 20), by=None, at=AT)
    services.record_leave(membership=jo, from_on=date(2026, 4, 1), last_on=None, by=None, at=AT)
    answer = client.post(change(jo, leave), {"last_on": last_on})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Adjustment.objects.count() == 2


def test_a_due_date_has_no_last_day_to_change(client, jo, hospitality):
    due = services.set_due_date(
        membership=jo,
        certification=hospitality,
        due_on=date(2026, 6, 1),
        from_on=date(2026, 3, 2),
        reason="records",
        by=None,
        at=AT,
    )
    assert client.get(change(jo, due)).status_code == 404


def licence(jo, *reference):
    name = "compliance:licence_change" if reference else "compliance:licence_new"
    return reverse(name, args=["larch", jo.public_id, *reference])


def test_a_licence_is_recorded_where_something_hangs_on_it_and_moves_what_is_due(client, larch, jo):
    assert client.get(licence(jo)).status_code == 404
    assert "Licences" not in text_of(client.get(person(jo)))
    services.require(
        organisation=larch.organisation,
        certification=training("Driving"),
        site=larch.region,
        starts_on=date(2026, 3, 2),
        due_rule={"after": "licence_renewal", "in": "0d"},
        licence_kind="driver-class-1",
        label="Drivers, class 1",
        by=None,
        at=AT,
    )
    assert "None is recorded for this person." in text_of(client.get(person(jo)))
    answer = client.post(licence(jo), {"kind": "driver-class-1", "renews_on": "2026-09-30"})
    assert (answer.status_code, answer["Location"]) == (302, person(jo))
    assert due_of(jo) == date(2026, 9, 30)
    assert "Drivers, class 1 to be renewed on 30 September 2026" in text_of(client.get(person(jo)))
    fact = Licence.objects.get()
    client.post(licence(jo, fact.reference), {"kind": "driver-class-1", "renews_on": "2026-10-31"})
    assert due_of(jo) == date(2026, 10, 31)
    assert Licence.objects.count() == 2
    assert client.post(licence(jo), {"kind": "passport", "renews_on": "2026-09-30"}).status_code == 422
    assert client.post(licence(jo), {"kind": "driver-class-1"}).status_code == 422


def due_of(jo):
    span = ObligationSpan.objects.covering(date(2026, 3, 3)).get(
        obligation__membership=jo, obligation__certification__title="Driving"
    )
    return span.due_on
