"""What HR sees of today is dated where people work: desk, a site east and a site west of it on three different days."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from compliance import selectors, services
from compliance.selectors import Days, days_in
from compliance.visibility import Status
from people.models import Membership, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import SiteFactory, sign_in_personally

DESK, EAST, WEST = "America/Vancouver", "Pacific/Kiritimati", "Pacific/Pago_Pago"
AT_THREE_DAYS = datetime(2026, 3, 10, 10, 30, tzinfo=UTC)
"""2026-03-10 at 3:30 at the desk (summer time since the 8th), the 11th at 0:30 east of it, the 9th at 23:30 west of it."""
THREE_DAYS = Days(date(2026, 3, 10), ((date(2026, 3, 9), (WEST,)), (date(2026, 3, 11), (EAST,))))


def test_the_day_in_each_zone():
    assert days_in([EAST, DESK, WEST, EAST], desk=DESK, at=AT_THREE_DAYS) == THREE_DAYS
    assert [THREE_DAYS.at(zone) for zone in (WEST, DESK, EAST, "Europe/Paris")] == [
        date(2026, 3, 9),
        date(2026, 3, 10),
        date(2026, 3, 11),
        date(2026, 3, 10),
    ]
    assert (THREE_DAYS.first, THREE_DAYS.last) == (date(2026, 3, 9), date(2026, 3, 11))
    one_day = days_in([DESK, "America/Dawson_Creek"], desk=DESK, at=AT)
    assert (one_day, one_day.first, one_day.last) == (Days(TODAY), TODAY, TODAY)


@pytest.fixture
def spread(larch, hospitality):
    """One person each at the desk, east and west of it, who has until 10 March."""
    for zone in (EAST, WEST):
        SiteFactory(organisation=larch.organisation, code=zone[8:].lower(), name=zone, time_zone=zone)
    sites = {"East": EAST, "West": WEST, "Desk": larch.prince.name}
    for name, site in sites.items():
        larch.employ(name, site=larch.organisation.sites.get(name=site))
    larch.ask(hospitality, role=larch.housekeeping, due_on=date(2026, 3, 10))
    return larch


def listed(page):
    return {row.name: row.status for row in page.context["rows"]}


def test_front_page_list_drill_down_and_workbook_go_by_the_day_of_the_site(client, spread, hospitality, the_clock):
    """The last good day is over east of the desk, lasts there and west of it; and who acts is done at once."""
    the_clock.now = AT_THREE_DAYS
    sign_in_personally(client, spread.hr)
    address = reverse("compliance:organisation", args=["larch"])
    front = client.get(address)
    assert listed(front) == {"East": "overdue", "Desk": "due", "West": "due"}
    summary = front.context["summary"]
    assert (summary.counts[Status.OVERDUE], summary.counts[Status.DUE], summary.people_past) == (1, 2, 1)
    assert [
        (site.name, site.counts[Status.OVERDUE], site.counts[Status.DUE]) for site, _ in front.context["by_site"]
    ] == [
        (spread.prince.name, 0, 1),
        (EAST, 1, 0),
        (WEST, 0, 1),
    ]
    assert listed(client.get(f"{address}?status=overdue")) == {"East": "overdue"}
    assert listed(client.get(f"{address}?status=due&site=pago_pago")) == {"West": "due"}
    # A lead of one site sees people by the day there as well, and who asks for a day is told of that day everywhere.
    lead = spread.staff(StaffRole.Kind.SITE_LEAD, site=spread.organisation.sites.get(name=EAST))
    sign_in_personally(client, lead)
    assert listed(client.get(address)) == {"East": "overdue"}
    sign_in_personally(client, spread.hr)
    as_of = client.get(reverse("compliance:people_as_of", args=["larch"]) + "?on=2026-03-10")
    assert {it.name: stood[0][0].status for it, _, stood in as_of.context["listed"]} == dict.fromkeys(
        ("Desk", "East", "West"), "due"
    )
    for member in Membership.objects.all():
        factories.learn(member, hospitality, at=AT_THREE_DAYS)
    front = client.get(address)
    assert {row.name: (row.status, row.completed_on) for row in front.context["rows"]} == {
        "East": ("done", date(2026, 3, 11)),
        "Desk": ("done", date(2026, 3, 10)),
        "West": ("done", date(2026, 3, 9)),
    }
    assert (front.context["summary"].counts[Status.DONE], front.context["by_site"]) == (3, [])
    assert (front.context["endings"].later, front.context["endings"].total) == (3, 3)
    sheet = load_workbook(BytesIO(b"".join(client.get(reverse("compliance:status_workbook", args=["larch"])))))
    cells = {str(cell.value) for row in sheet.worksheets[0].iter_rows() for cell in row}
    assert {"Done", "2026-03-11 00:00:00"} <= cells
    assert not {"Due soon", "Overdue"} & cells
    person = Membership.objects.get(name="East")
    page = client.get(reverse("compliance:person", args=["larch", person.public_id]))
    assert [row.status for row in page.context["rows"]] == ["done"]


def test_words_that_depend_on_a_number_of_days_change_at_midnight_of_the_site(spread, hospitality):
    """A certificate that was earned a day later, by the calendar of the site, ends in fewer than 60 days at the same instant."""
    everybody = Membership.objects.all()
    for member in everybody:
        factories.learn(member, hospitality)
    # Done on 2 March 2026 at the desk and in the west, on the 3rd in the east: good through 1 and 2 March 2029.
    desk, west, east = date(2029, 1, 1), date(2028, 12, 31), date(2029, 1, 2)
    days = Days(desk, ((west, (WEST,)), (east, (EAST,))))
    spans = selectors.current_spans(memberships=everybody, on=days)
    assert {row.name: row.status for row in selectors.rows(spans, days)} == {
        "Desk": Status.EXPIRING,
        "East": Status.EXPIRING,
        "West": Status.DONE,
    }
    for status, names in ((Status.EXPIRING, {"Desk", "East"}), (Status.DONE, {"West"})):
        found = selectors.current_spans(memberships=everybody, on=days, status=status)
        assert {row.name for row in selectors.rows(found, days)} == names
    assert selectors.summary(memberships=everybody, on=days).people_ending == 2
    # West of the desk it is still December.
    assert selectors.endings(memberships=everybody, on=days).months[0] == (date(2028, 12, 1), 0)


def test_who_counts_as_in_order_is_counted_by_the_day_of_the_site(spread):
    assert selectors.counted_today(organisation=spread.organisation, on=Days(date(2026, 3, 10))) == (3, 3)
    assert selectors.counted_today(organisation=spread.organisation, on=THREE_DAYS) == (3, 2)


def test_people_letters_slips_and_what_a_lead_sees_go_by_the_day_of_the_site(client, spread, hospitality, the_clock):
    """At one instant it is the 11th in the east, the 10th at the desk and the 9th in the west."""
    east = spread.organisation.sites.get(name=EAST)
    west = spread.organisation.sites.get(name=WEST)
    spread.employ("Begins", site=east, starts_on=date(2026, 3, 11))
    ended = spread.employ("Ended", site=east, ends_on=date(2026, 3, 10))
    spread.employ("To come", site=west, starts_on=date(2026, 3, 10))
    spread.employ("Last day", site=west, ends_on=date(2026, 3, 9))
    moved = spread.employ("Moved", site=west)
    spread.place(moved, site=spread.prince, role=spread.kitchen, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 9))
    services.sweep(at=AT_THREE_DAYS)
    the_clock.now = AT_THREE_DAYS
    sign_in_personally(client, spread.hr)
    people = client.get(reverse("compliance:people", args=["larch"]))
    where = {"East": EAST, "West": WEST, "Desk": spread.prince.name}
    assert {it.name: job and job.site.name for it, job in people.context["listed"]} == where | {
        "Begins": EAST,
        "Ended": None,
        "To come": None,
        "Last day": WEST,
        "Moved": WEST,
    }
    letters = client.get(reverse("compliance:letters", args=["larch"]))
    assert {it.membership.name: site for site, it in letters.context["listed"]} == {
        "Desk": spread.prince.name,
        "Last day": WEST,
        "Moved": WEST,
        "West": WEST,
    }
    assert not client.get(reverse("compliance:person", args=["larch", ended.public_id])).context["employed"]
    refused = client.post(reverse("compliance:slip", args=["larch", ended.public_id]), follow=True)
    assert "no longer works here" in refused.content.decode()
    lead = spread.staff(StaffRole.Kind.SITE_LEAD, site=east)
    sign_in_personally(client, lead)
    seen = client.get(reverse("compliance:people", args=["larch"])).context["listed"]
    assert [(it.name, job.site.name) for it, job in seen] == [("Begins", EAST), ("East", EAST)]
    assert client.get(reverse("compliance:person", args=["larch", ended.public_id])).status_code == 404
    sign_in_personally(client, spread.hr)
    assert client.post(reverse("compliance:slips", args=["larch"])).headers["Content-Type"] == "application/pdf"
    coded = Membership.objects.exclude(credential__code_hash="").values_list("name", flat=True)
    assert sorted(coded) == ["Begins", "Desk", "East", "Last day", "Moved", "West"]
    for name, works_at in (("Begins", [EAST]), ("Ended", [])):
        sign_in_personally(client, Membership.objects.get(name=name).user)
        [(_, jobs)] = client.get(reverse("people:account")).context["workplaces"]
        assert [job.site.name for job in jobs] == works_at, name
