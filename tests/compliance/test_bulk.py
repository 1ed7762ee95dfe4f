"""Acts for many people, and filters that are kept by a name."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import services
from compliance.exceptions import TooManyFilters, TooManyPeople
from compliance.models import Adjustment, Proposal, Requirement, SavedFilter
from people.models import StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]
DUE = date(2026, 5, 1)


@pytest.fixture
def hr(client, larch):
    sign_in_personally(client, larch.hr)
    return client


@pytest.fixture
def people(larch):
    """Jo and Ama at one hotel, Wen at the other, and nine more, so that two are not a large share."""
    for number in range(9):
        larch.employ(f"Person {number}", number=f"P{number}")
    return [
        larch.employ("Ama Birch", number="0043"),
        larch.employ("Jo Castellan", number="0042"),
        larch.employ("Wen Sorrel", number="0044", site=larch.prince),
    ]


def url(name, *args):
    return reverse(f"compliance:{name}", args=["larch", *args])


def sent(members, certification, **more):
    return {
        "person": [str(it.public_id) for it in members],
        "certification": certification.pk,
        "due_on": "2026-05-01",
        **more,
    }


def test_the_chosen_are_shown_then_asked_and_once_only(hr, larch, people, hospitality):
    chosen = people[:2]
    opened = hr.get(url("assign_to_many"), {"person": [str(it.public_id) for it in chosen]})
    assert opened.context["people"] == chosen
    assert not opened.context["form"].errors
    looked = hr.post(url("assign_to_many"), sent(chosen, hospitality))
    assert looked.context["preview"].counts == {"enters": 2}
    assert "Assign to 2 people" in looked.content.decode()
    assert Requirement.objects.count() == 0
    for _ in range(2):
        done = hr.post(url("assign_to_many"), sent(chosen, hospitality, confirm="1"))
        assert done.headers["Location"] == url("organisation")
    kept = Requirement.objects.order_by("pk").values_list("membership", "due_on", "starts_on")
    assert list(kept) == [(it.pk, DUE, TODAY) for it in chosen]


def test_all_that_a_filter_found_are_chosen(hr, larch, people, hospitality):
    larch.ask(factories.training("Other"), site=larch.prince)
    found = hr.get(url("assign_to_many"), {"all": "1", "site": "prince-george"})
    assert found.context["people"] == [people[2]]


def test_a_form_with_a_mistake_says_so(hr, people, hospitality):
    answer = hr.post(url("assign_to_many"), sent(people, hospitality) | {"due_on": "2026-03-01"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["due_on"]


def test_nobody_and_too_many_lead_back_to_the_list(hr, larch, people, monkeypatch):
    assert hr.get(url("assign_to_many"), {"person": ["nonsense"]}).headers["Location"] == url("organisation")
    monkeypatch.setattr("compliance.views.bulk.MOST_PEOPLE", 2)
    many = hr.get(url("assign_to_many"), {"person": [str(it.public_id) for it in people]})
    assert many.headers["Location"] == url("organisation")


def test_people_of_others_are_nobody(hr, larch, people, hospitality):
    stranger = factories.workplace("other", "Other").employ("Lee Bramble", number="L1")
    hr.post(url("assign_to_many"), sent([stranger], hospitality, confirm="1"))
    assert Requirement.objects.count() == 0


def test_what_touches_many_needs_somebody_else(hr, larch, people, hospitality, monkeypatch):
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 2)
    larch.organisation.second_person_percent = 10
    larch.organisation.save()
    looked = hr.post(url("assign_to_many"), sent(people, hospitality))
    assert looked.context["second"]
    assert "Ask for agreement" in looked.content.decode()
    for _ in range(2):
        answer = hr.post(url("assign_to_many"), sent(people, hospitality, confirm="1"))
        assert answer.url == url("assignments")
    assert Requirement.objects.count() == 0
    waiting = Proposal.objects.get()
    assert (waiting.kind, waiting.summary["enters"], waiting.proposed_by) == ("each", 3, larch.hr)
    page = url("proposal", waiting.public_id)
    assert "3 people will have to do it." in hr.get(page).content.decode()
    hr.post(page, {"agree": "1"})
    assert Requirement.objects.count() == 0

    sign_in_personally(hr, larch.staff(StaffRole.Kind.HR))
    hr.post(page, {"agree": "1"})
    made = Requirement.objects.order_by("membership__name").values_list("membership__name", "due_on", "starts_on")
    assert list(made) == [(name, DUE, TODAY) for name in ("Ama Birch", "Jo Castellan", "Wen Sorrel")]


def test_more_than_can_be_answered_soon_is_refused(larch, people, hospitality, monkeypatch):
    monkeypatch.setattr("compliance.services.each.MOST_PEOPLE", 2)
    with pytest.raises(TooManyPeople):
        services.preview_for_each(
            organisation=larch.organisation,
            memberships=people,
            certification=hospitality,
            due_on=DUE,
            starts_on=TODAY,
            at=AT,
        )


def test_looking_costs_the_same_for_one_and_for_three(hr, people, hospitality):
    hr.post(url("assign_to_many"), sent(people, hospitality))
    counted = []
    for number in (1, 2, 3):
        with CaptureQueriesContext(connection) as queries:
            hr.post(url("assign_to_many"), sent(people[:number], hospitality))
        counted.append(len(queries))
    assert counted == [20] * 3


# --- saved filters ---


def save(client, name, **filters):
    return client.post(url("filter_save"), {"name": name}, query_params=filters)


def test_filters_are_kept_by_a_name_and_lead_back(hr, larch, people, hospitality):
    larch.ask(hospitality, site=larch.region)
    answer = save(hr, "  My  hotel ", site="prince-george", status="due", q="e", page="3", junk="1")
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.user, kept.organisation) == ("My hotel", larch.hr, larch.organisation)
    assert dict(parse_qsl(kept.query)) == {"status": "due", "site": "prince-george", "q": "e"}
    assert answer.headers["Location"] == f"{url('organisation')}?{kept.query}#list"
    page = hr.get(url("organisation"))
    assert [it.name for it in page.context["saved"]] == ["My hotel"]
    assert [it.name for it in hr.get(f"{url('organisation')}?{kept.query}").context["rows"]] == ["Wen Sorrel"]
    save(hr, "My hotel", status="overdue")
    assert SavedFilter.objects.get().query == "status=overdue"
    hr.post(url("filter_forget", kept.public_id))
    assert SavedFilter.objects.count() == 0


@pytest.mark.parametrize(("name", "filters"), [("", {"status": "due"}), ("Nothing", {}), ("Junk", {"status": "junk"})])
def test_what_has_no_name_or_no_filter_is_not_kept(hr, larch, name, filters):
    save(hr, name, **filters)
    assert SavedFilter.objects.count() == 0


def test_nobody_sees_or_removes_the_filters_of_others(client, larch, hospitality):
    larch.ask(hospitality, membership=larch.employ())
    kept = services.save_filter(organisation=larch.organisation, user=larch.hr, name="Mine", query="status=due", at=AT)
    sign_in_personally(client, larch.staff(StaffRole.Kind.HR))
    assert list(client.get(url("organisation")).context["saved"]) == []
    assert client.post(url("filter_forget", kept.public_id)).status_code == 404
    assert SavedFilter.objects.count() == 1


def test_there_is_an_end_to_filters(larch, monkeypatch):
    monkeypatch.setattr("compliance.services.saved_filters.MOST", 1)
    what = {"organisation": larch.organisation, "user": larch.hr, "query": "status=due", "at": AT}
    services.save_filter(name="One", **what)
    services.save_filter(name="One", **what)
    with pytest.raises(TooManyFilters):
        services.save_filter(name="Two", **what)


def test_an_auditor_chooses_nobody(client, larch, people, hospitality):
    larch.ask(hospitality, site=larch.region)
    sign_in_personally(client, larch.staff(StaffRole.Kind.AUDITOR))
    page = client.get(url("organisation"))
    assert 'name="person"' not in page.content.decode()
    assert client.get(url("assign_to_many"), {"all": "1"}).status_code == 404
    assert save(client, "Mine", status="due").status_code == 404


# --- leave and more time ---


def recorded():
    return sorted(Adjustment.objects.values_list("membership__name", "kind", "from_on", "until"))


def test_leave_of_many_is_shown_then_recorded_and_who_has_it_is_left_out(hr, larch, people):
    services.record_leave(membership=people[0], from_on=date(2026, 4, 6), last_on=date(2026, 4, 7), by=None, at=AT)
    address = url("record_of_many", "leave")
    chosen = {"person": [str(it.public_id) for it in people]}
    assert hr.post(address, chosen).status_code == 200
    days = chosen | {"from_on": "2026-04-01", "last_on": "2026-04-10"}
    looked = hr.post(address, days)
    assert (looked.context["found"].people, looked.context["found"].left_out) == (people[1:], people[:1])
    assert Adjustment.objects.count() == 1
    for _ in range(2):
        assert hr.post(address, days | {"confirm": "1"}).status_code == 302
    assert recorded() == [
        ("Ama Birch", "leave", date(2026, 4, 6), date(2026, 4, 8)),
        ("Jo Castellan", "leave", date(2026, 4, 1), date(2026, 4, 11)),
        ("Wen Sorrel", "leave", date(2026, 4, 1), date(2026, 4, 11)),
    ]


def test_more_time_is_given_to_those_who_are_asked(hr, larch, people, hospitality):
    larch.ask(hospitality, site=larch.fort)
    address = url("record_of_many", "more-time")
    sending = {
        "person": [str(it.public_id) for it in people],
        "certification": hospitality.pk,
        "last_on": "2026-04-20",
        "reason": "season",
    }
    looked = hr.post(address, sending)
    assert looked.context["found"].left_out == [people[2]]
    hr.post(address, sending | {"confirm": "1"})
    assert recorded() == [
        ("Ama Birch", "extension", TODAY, date(2026, 4, 21)),
        ("Jo Castellan", "extension", TODAY, date(2026, 4, 21)),
    ]


def test_days_in_the_wrong_order_and_other_kinds_are_refused(hr, people):
    sending = {"person": [str(people[0].public_id)], "from_on": "2026-04-10", "last_on": "2026-04-01"}
    assert hr.post(url("record_of_many", "leave"), sending).status_code == 422
    assert hr.get(url("record_of_many", "exemption"), sending).status_code == 404


def test_more_time_to_a_day_that_has_passed_is_refused_in_words(hr, larch, people, hospitality):
    larch.ask(hospitality, site=larch.fort)
    sending = {"person": [str(people[0].public_id)], "certification": hospitality.pk, "reason": "season"}
    answer = hr.post(url("record_of_many", "more-time"), sending | {"last_on": "2026-03-01", "confirm": "1"})
    assert (answer.status_code, answer.context["form"].errors["last_on"]) == (422, ["Choose today or a later day."])
