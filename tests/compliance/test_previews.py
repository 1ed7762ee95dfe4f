"""Previews of changes for very many people: worked out in the background, shown with their progress."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from compliance import services
from compliance.models import PreviewRun, Proposal, Requirement
from compliance.preview import from_json, to_json
from compliance.services import previews, proposals
from people import outbox
from people.models import OutboxEntry, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


@pytest.fixture(autouse=True)
def few_are_very_many(monkeypatch):
    monkeypatch.setattr(previews, "AT_ONCE", 2)
    monkeypatch.setattr("compliance.preview.BATCH", 2)


@pytest.fixture
def larch_of_five(larch):
    for name in ("Jo", "Ama", "Li", "Sam", "Kit"):
        larch.employ(name)
    return larch


@pytest.fixture
def hr(client, larch_of_five):
    sign_in_personally(client, larch_of_five.hr)
    return client


def url(name, *args):
    return reverse(f"compliance:{name}", args=["larch", *args])


def assign(client, larch, hospitality):
    sent = {"certification": hospitality.pk, "whom": "site", "site": larch.fort.pk, "due_on": "2026-04-01"}
    return client.post(url("assignment_new"), sent)


def work():
    """Let the worker do what was asked, as of the day of these tests."""
    for entry in OutboxEntry.objects.filter(kind=previews.KIND, done_at=None):
        outbox.deliver(key=entry.key, at=AT)


def said(answer):
    return " ".join(answer.content.decode().split())


def test_a_page_shows_how_far_it_is_then_what_it_does_and_then_makes_it(hr, larch_of_five, hospitality, monkeypatch):
    answer = assign(hr, larch_of_five, hospitality)
    run = PreviewRun.objects.get()
    page = url("preview", run.public_id)
    assert (answer.status_code, answer.url) == (302, page)
    waiting = said(hr.get(page))
    assert "0 of 5 people were looked at." in waiting
    assert '<meta http-equiv="refresh" content="3">' in waiting
    assert hr.post(page).status_code == 200
    assert not Requirement.objects.exists()

    heard = []
    monkeypatch.setattr(previews, "fault_point", lambda _: heard.append(PreviewRun.objects.get().people_done))
    work()
    assert heard == [2, 4, 5]
    found = said(hr.get(page))
    assert "5 people will have to do it." in found
    assert "refresh" not in found
    assert "Assign to 5 people" in found

    answer = hr.post(page, {"confirm": "1"})
    assert (answer.status_code, answer.url) == (302, url("assignments"))
    made = Requirement.objects.get()
    assert (made.site, made.due_on, made.recorded_by) == (larch_of_five.fort, date(2026, 4, 1), larch_of_five.hr)


def test_few_people_are_looked_at_at_once(client, larch, hospitality):
    larch.employ("Jo")
    sign_in_personally(client, larch.hr)
    assert "1 person will have to do it." in said(assign(client, larch, hospitality))
    assert not PreviewRun.objects.exists()


def test_changing_and_withdrawing_are_looked_at_in_the_background_too(hr, larch_of_five, hospitality):
    held = larch_of_five.ask(hospitality, site=larch_of_five.fort)
    hr.post(url("assignment_withdraw", held.reference))
    work()
    run = PreviewRun.objects.get()
    assert "5 people will not have to do it any more." in said(hr.get(url("preview", run.public_id)))
    hr.post(url("preview", run.public_id), {"confirm": "1"})
    assert Requirement.objects.current_knowledge().get().ends_on == TODAY


def test_a_look_that_was_ended_begins_anew(hr, larch_of_five, hospitality, monkeypatch):
    class Killed(Exception):
        pass

    def kill(name):
        raise Killed

    assign(hr, larch_of_five, hospitality)
    run = PreviewRun.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(previews, "fault_point", kill)
        with pytest.raises(Killed):
            previews.deliver_preview({"run": str(run.public_id)})
    run.refresh_from_db()
    assert (run.people_done, run.result) == (2, None)
    previews.deliver_preview({"run": str(run.public_id)})
    run.refresh_from_db()
    assert (run.people_done, services.found_by(run).touched) == (5, 5)


def test_the_same_is_looked_at_once_until_something_changes(larch_of_five, hospitality):
    def begin(at):
        asked = services.planned(
            organisation=larch_of_five.organisation,
            certification=hospitality,
            site=larch_of_five.fort,
            starts_on=TODAY,
            due_on=date(2026, 4, 1),
        )
        return services.begin_preview(
            organisation=larch_of_five.organisation,
            kind=Proposal.Kind.REQUIRE,
            payload=services.payload_of(asked),
            people=5,
            by=None,
            at=at,
        )

    first = begin(AT)
    assert begin(AT + timedelta(minutes=59)) == first
    assert begin(AT + timedelta(minutes=60)) != first
    larch_of_five.ask(factories.training(), site=larch_of_five.prince, at=AT + timedelta(minutes=61))
    assert begin(AT + timedelta(minutes=62)).people_done == 0
    assert PreviewRun.objects.count() == 3


def test_what_changed_since_is_looked_at_again_before_it_is_made(hr, larch_of_five, hospitality):
    assign(hr, larch_of_five, hospitality)
    work()
    run = PreviewRun.objects.get()
    larch_of_five.ask(hospitality, site=larch_of_five.fort, due_on=date(2026, 3, 20), at=AT + timedelta(minutes=1))
    answer = hr.post(url("preview", run.public_id), {"confirm": "1"})
    again = PreviewRun.objects.exclude(pk=run.pk).get()
    assert answer.url == url("preview", again.public_id)
    assert Requirement.objects.count() == 1


def test_what_is_gone_meanwhile_is_said(hr, larch_of_five, hospitality):
    held = larch_of_five.ask(hospitality, site=larch_of_five.fort)
    hr.post(url("assignment_withdraw", held.reference))
    services.withdraw(requirement=held, on=TODAY, by=None, at=AT)
    work()
    answer = hr.get(url("preview", PreviewRun.objects.get().public_id), follow=True)
    assert "This was decided or changed meanwhile." in said(answer)


def test_a_second_person_sees_a_proposal_for_very_many_with_its_progress(
    client, hr, larch_of_five, hospitality, monkeypatch
):
    monkeypatch.setattr(proposals, "FROM_PEOPLE", 2)
    assign(hr, larch_of_five, hospitality)
    work()
    hr.post(url("preview", PreviewRun.objects.get().public_id), {"confirm": "1"})
    waiting = Proposal.objects.get()
    assert waiting.summary["enters"] == 5
    PreviewRun.objects.all().delete()
    OutboxEntry.objects.all().delete()
    sign_in_personally(client, larch_of_five.staff(StaffRole.Kind.HR))
    page = url("proposal", waiting.public_id)
    before = said(client.get(page))
    assert "0 of 5 people were looked at." in before
    assert 'name="agree"' not in before
    work()
    assert 'name="agree"' in said(client.get(page))
    client.post(page, {"agree": "1"})
    assert Requirement.objects.count() == 1


def test_another_organisation_finds_no_preview(client, hr, larch_of_five, hospitality):
    assign(hr, larch_of_five, hospitality)
    other = factories.workplace("other", "Other")
    sign_in_personally(client, other.hr)
    page = reverse("compliance:preview", args=["other", PreviewRun.objects.get().public_id])
    assert (client.get(page).status_code, client.post(page).status_code) == (404, 404)


@pytest.mark.parametrize("kind", [StaffRole.Kind.SITE_LEAD, StaffRole.Kind.AUDITOR])
def test_only_hr_opens_a_preview(client, hr, larch_of_five, hospitality, kind):
    assign(hr, larch_of_five, hospitality)
    sign_in_personally(client, larch_of_five.staff(kind))
    assert client.get(url("preview", PreviewRun.objects.get().public_id)).status_code == 404


def test_what_is_kept_of_a_preview_has_no_name_and_reads_back(larch_of_five, hospitality):
    asked = services.planned(
        organisation=larch_of_five.organisation,
        certification=hospitality,
        site=larch_of_five.fort,
        starts_on=TODAY,
        due_on=date(2026, 4, 1),
    )
    found = services.preview_of_requirement(requirement=asked, at=AT)
    kept = to_json(found)
    assert "Ama" not in str(kept)
    assert from_json(kept) == found


def test_a_preview_is_forgotten_after_a_day(hr, larch_of_five, hospitality):
    assign(hr, larch_of_five, hospitality)
    assert services.forget_previews(at=AT + timedelta(hours=24)) == 0
    assert services.forget_previews(at=AT + timedelta(hours=24, seconds=1)) == 1
