"""People as of a day, as known now or then, and what happened to one of them: dates alone, nothing that is their own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from compliance import selectors, services
from compliance.models import Adjustment
from compliance.reason_words import reason_in_words
from compliance.standing import Reason, ReasonCode
from people.models import Site, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


@pytest.fixture
def hr(client, larch):
    sign_in_personally(client, larch.hr)
    return client


@pytest.fixture
def jo(larch, hospitality):
    """Asked on 2 March 2026 by 1 April, on leave in January 2027, told, and done on 10 March."""
    member = larch.employ("Jo Castellan", number="0042", email="jo@larch.example")
    larch.ask(hospitality, membership=member)
    services.sweep(at=AT)
    services.record_leave(membership=member, from_on=date(2027, 1, 4), last_on=date(2027, 1, 8), by=None, at=AT)
    return member


def stood(client, **query):
    answer = client.get(reverse("compliance:people_as_of", args=["larch"]), query)
    assert answer.status_code == 200
    return [(it.name, [str(word) for _, _, word, _ in lines]) for it, _, lines in answer.context["listed"]]


def test_people_stand_where_they_stood(hr, larch, jo, hospitality):
    larch.employ("Ama Birch", ends_on=date(2026, 2, 20))
    assert stood(hr, on="2026-02-20") == [("Ama Birch", []), ("Jo Castellan", [])]
    assert stood(hr, on="2026-03-02") == [("Jo Castellan", ["Due soon"])]
    assert stood(hr, on="2026-04-02") == [("Jo Castellan", ["Past due"])]
    assert stood(hr, on="2020-01-01") == []


def test_what_was_known_later_was_not_known_then(hr, larch, jo, hospitality, the_clock):  # R20
    later = the_clock.forward(days=40)
    services.grant_extension(
        membership=jo, certification=hospitality, from_on=date(2026, 4, 1), last_on=date(2026, 4, 30),
        reason=Adjustment.Reason.SEASON, by=None, at=later,
    )  # fmt: skip
    factories.learn(jo, hospitality, at=datetime(2026, 3, 10, 18, tzinfo=UTC))
    assert stood(hr, on="2026-04-02") == [("Jo Castellan", ["Done"])]
    assert stood(hr, on="2026-04-02", known="2026-03-05") == [("Jo Castellan", ["Past due"])]
    assert stood(hr, on="2026-04-02", known="2026-03-01") == []


def test_a_day_of_which_nobody_can_know_is_refused(hr, larch, jo):
    for name, more in (("people_as_of", []), ("person_history", [jo.public_id])):
        answer = hr.get(reverse(f"compliance:{name}", args=["larch", *more]), {"known": "2026-03-03"})
        assert answer.status_code == 422
        assert "This day lies ahead" in answer.content.decode()


def history(client, member, **query):
    return client.get(reverse("compliance:person_history", args=["larch", member.public_id]), query)


def test_the_history_says_what_happened_and_why(hr, jo, hospitality, the_clock):
    the_clock.forward(days=10)
    factories.learn(jo, hospitality, at=datetime(2026, 3, 10, 18, 23, tzinfo=UTC))
    answer = history(hr, jo)
    assert [(it.on, str(it.happening)) for it, _, _ in answer.context["entries"]] == [
        (date(2027, 1, 4), "adjusted"),
        (date(2026, 3, 10), "completed"),
        (date(2026, 3, 2), "told"),
        (date(2026, 3, 2), "asked"),
        (date(2025, 6, 2), "job_began"),
    ]
    assert answer.context["entries"][2][1:] == ("Invitation", ["Sent"])
    why = answer.context["standings"][0][3]
    assert why == [
        "The certificate is good from 10 March 2026 through 9 March 2029.",
        "Asked for since 2 March 2026, last good day 1 April 2026.",
    ]
    text = answer.content.decode()
    assert "18:23" not in text
    assert "11:23" not in text
    before = history(hr, jo, on="2026-03-05")
    assert before.context["standings"][0][3] == ["Asked for since 2 March 2026, last good day 1 April 2026."]


def test_the_history_keeps_what_is_the_learners_own(hr, larch, jo, hospitality):
    own = factories.training("Nobody asked")
    factories.learn(jo, own, at=AT - timedelta(days=3))
    factories.begin(jo, hospitality)
    before = history(hr, jo).content.decode()
    services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT)
    assert "Nobody asked" not in before
    assert "Started" not in before
    entries = [(it.on, it.happening) for it, _, _ in history(hr, jo).context["entries"]]
    assert selectors.Happening.OTHER_WAY not in {it for _, it in entries}
    assert "Another way to learn" not in history(hr, jo).content.decode()


def test_jobs_at_other_sites_are_not_a_leads_to_see(client, larch, jo):
    larch.place(jo, site=larch.prince, starts_on=date(2026, 1, 5))
    sign_in_personally(client, larch.staff(StaffRole.Kind.SITE_LEAD, site=larch.prince))
    titles = [it.title for it, _, _ in history(client, jo).context["entries"] if it.happening == "job_began"]
    assert titles == [larch.prince.name]


def test_an_auditor_reads_both_and_changes_nothing(client, larch, jo):
    sign_in_personally(client, larch.staff(StaffRole.Kind.AUDITOR))
    assert stood(client, on="2026-03-02") == [("Jo Castellan", ["Due soon"])]
    assert history(client, jo).status_code == 200
    address = reverse("compliance:person_history", args=["larch", jo.public_id])
    assert client.post(address).status_code == 405


def test_both_pages_cost_the_same_for_one_and_for_three(hr, larch, jo, hospitality):
    stood(hr)
    counted = []
    for number in ("0043", "0044", "0045"):
        with CaptureQueriesContext(connection) as listed:
            stood(hr, on="2026-03-02", known="2026-03-01")
        with CaptureQueriesContext(connection) as one:
            history(hr, jo)
        counted.append((len(listed), len(one)))
        larch.ask(factories.training(number), membership=jo)
        larch.ask(hospitality, membership=larch.employ("Ama Birch", number=number))
        services.sweep(at=AT + timedelta(days=int(number) - 42))
    assert counted == [(12, 30)] * 3


@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_but_the_learners_own_is_a_sentence(code):
    day = date(2026, 3, 2)
    words = reason_in_words(Reason(code, from_on=day, until=date(2026, 4, 2), due_on=date(2026, 4, 1)))
    assert words.endswith(".") is (code is not ReasonCode.STARTED)
    assert "%(" not in words
    assert "2 April" not in words


def test_a_rule_that_asks_sooner_is_named():
    sooner = Reason(ReasonCode.SOONER_THAN_PRINTED, label="Texas: hotel staff & <all>", due_on=date(2026, 4, 1))
    words = "It is asked for again by 1 April 2026, sooner than the certificate ends."
    assert reason_in_words(sooner) == f"{words} (Texas: hotel staff &amp; &lt;all&gt;)"
    with translation.override("fr"):
        assert "<bdi lang=" in reason_in_words(sooner)


def test_no_site_is_needed_to_see_a_timeline(larch, jo):
    found = selectors.timeline(membership=jo, sites=Site.objects.none(), at=AT)
    assert [str(it.happening) for it in found] == ["adjusted", "told", "asked"]
