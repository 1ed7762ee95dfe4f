"""What the front page of a large organisation counts is kept for a minute, for whoever sees the same people."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import selectors
from compliance.selectors import Days, kept_numbers
from compliance.visibility import Status
from people.models import Membership, StaffRole
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


@pytest.fixture
def large(larch, hospitality, monkeypatch):
    """Three people at two sites are asked, and three lines are many."""
    monkeypatch.setattr(kept_numbers, "LARGE", 3)
    larch.ask(hospitality, site=larch.region, due_on=date(2026, 3, 12))
    for name, site in (("Jo", larch.fort), ("Ama", larch.prince), ("Wen", larch.fort)):
        larch.employ(name, site=site)
    return larch


def names(page: object) -> list[str]:
    return [row.name for row in page.context["rows"]]


def test_numbers_and_order_are_a_minute_old_at_most_and_lines_are_what_is_true_now(client, large, the_clock):
    sign_in_personally(client, large.hr)
    front = reverse("compliance:organisation", args=["larch"])
    first = client.get(front)
    assert (first.context["summary"].counts[Status.DUE], names(first)) == (3, ["Ama", "Jo", "Wen"])
    assert b"as of 9 a.m." in first.content
    large.end(Membership.objects.get(name="Jo"), date(2026, 3, 1))
    the_clock.forward(seconds=59)
    again = client.get(front)
    assert (again.context["summary"].counts[Status.DUE], names(again)) == (3, ["Ama", "Wen"])
    assert b"as of 9 a.m." in again.content
    the_clock.forward(seconds=1)
    anew = client.get(front)
    assert (anew.context["summary"].counts[Status.DUE], names(anew)) == (2, ["Ama", "Wen"])
    # Two lines are not many: nothing is kept, and nothing is said of it.
    assert anew.context["counted_at"] is None


def test_what_is_kept_is_for_the_same_people_and_the_same_day(large):
    everybody = Membership.objects.filter(organisation=large.organisation)
    counted = selectors.numbers(memberships=everybody, on=Days(TODAY), at=AT)
    with CaptureQueriesContext(connection) as queries:
        assert selectors.numbers(memberships=everybody.all(), on=Days(TODAY), at=AT + timedelta(seconds=1)) == counted
    assert len(queries) == 0
    jo = everybody.filter(name="Jo")
    assert selectors.numbers(memberships=jo, on=Days(TODAY), at=AT).summary.total == 1
    assert selectors.numbers(memberships=everybody.none(), on=Days(TODAY), at=AT).summary.total == 0
    assert selectors.numbers(memberships=everybody, on=Days(TODAY + timedelta(days=1)), at=AT).counted_at == AT


def test_a_site_lead_is_never_shown_what_was_counted_for_the_whole(large):
    front = reverse("compliance:organisation", args=["larch"])
    whole, one = Client(), Client()
    sign_in_personally(whole, large.hr)
    sign_in_personally(one, large.staff(StaffRole.Kind.SITE_LEAD, site=large.fort))
    assert whole.get(front).context["summary"].total == 3
    page = one.get(front)
    assert (page.context["summary"].total, names(page)) == (2, ["Jo", "Wen"])


def test_a_page_of_a_long_list_is_found_once(large):
    spans = selectors.current_spans(memberships=Membership.objects.all(), on=Days(TODAY))
    lines = selectors.KeptLines(spans, at=AT)
    assert lines.count() == 3
    assert [it.obligation.membership.name for it in lines[1:3]] == ["Jo", "Wen"]
    with CaptureQueriesContext(connection) as queries:
        assert selectors.KeptLines(spans, at=AT).count() == 3
        assert [it.obligation.membership.name for it in selectors.KeptLines(spans, at=AT)[1:3]] == ["Jo", "Wen"]
    assert len(queries) == 1
