"""What a change would do, before it is made; and that it then does just that."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import services
from compliance.changes import RequirementChange
from compliance.exceptions import AlreadyDecided, NeedsAnotherPerson
from compliance.facts import facts_of
from compliance.judging import judge
from compliance.models import Obligation, ObligationSpan, Proposal, Requirement
from compliance.preview import preview
from compliance.services import proposals
from compliance.standing import Facts
from people.models import Membership, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

DUE = date(2026, 4, 1)


def plan(larch, hospitality, **whom):
    return services.planned(
        organisation=larch.organisation, certification=hospitality, starts_on=TODAY, **{"due_on": DUE, **whom}
    )


def look(larch, hospitality, **whom):
    return services.preview_of_requirement(requirement=plan(larch, hospitality, **whom), at=AT)


def numbers(found):
    return {kind: n for kind, n in found.counts.items() if n}


def effects(listed):
    return [(it.membership.name, it.before, it.after) for it in listed]


def test_a_new_requirement_names_who_enters_and_the_mails(larch, hospitality):
    larch.employ("Jo", email="jo@larch.example")
    larch.employ("Ama", site=larch.prince)
    found = look(larch, hospitality, site=larch.fort)
    assert numbers(found) == {"enters": 1}
    assert effects(found.enters) == [("Jo", None, DUE)]
    assert (found.mails_today, found.mails_soon, found.at_work, found.share_percent) == (1, 1, 2, 50)


def test_nothing_is_written_by_looking(larch, hospitality):
    larch.employ("Jo")
    look(larch, hospitality, site=larch.fort)
    assert (Requirement.objects.count(), Obligation.objects.count()) == (0, 0)


def test_who_is_asked_sooner_moves_and_who_is_asked_later_stays(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    larch.employ("Jo")
    assert effects(look(larch, hospitality, site=larch.region, due_on=date(2026, 3, 20)).moves) == [
        ("Jo", DUE, date(2026, 3, 20))
    ]
    assert numbers(look(larch, hospitality, site=larch.region, due_on=date(2026, 5, 1))) == {"same": 1}


def test_a_withdrawal_names_who_leaves_and_who_is_asked_by_another(larch, hospitality):
    jo, ama = larch.employ("Jo"), larch.employ("Ama")
    group = larch.ask(hospitality, site=larch.fort)
    larch.ask(hospitality, membership=ama, due_on=date(2026, 5, 1))
    found = services.preview_of_withdrawal(requirement=group, on=TODAY, at=AT)
    assert effects(found.leaves) == [("Jo", DUE, None)]
    assert effects(found.moves) == [("Ama", DUE, date(2026, 5, 1))]
    assert jo.name == "Jo"


def test_who_holds_it_already_enters_without_a_mail_soon(larch, hospitality):
    factories.learn(larch.employ("Jo"), hospitality)
    found = look(larch, hospitality, site=larch.fort)
    assert effects(found.enters) == [("Jo", None, date(2029, 3, 1))]
    assert (found.mails_today, found.mails_soon) == (0, 0)


def test_a_missing_base_date_is_counted(larch, hospitality):
    larch.employ("Jo")
    rule = {"after": "licence_renewal", "in": "30d"}
    found = services.preview_of_requirement(
        requirement=plan(larch, hospitality, due_on=None, due_rule=rule, licence_kind="driver", site=larch.fort), at=AT
    )
    assert found.counts["undated"] == 1


def test_what_was_shown_is_what_then_is(larch, hospitality):
    for number in range(6):
        jo = larch.employ(f"Person {number}", site=(larch.fort, larch.prince)[number % 2])
        if number % 3 == 0:
            factories.learn(jo, hospitality)
    larch.ask(hospitality, site=larch.prince, due_on=date(2026, 3, 25))
    requirement = plan(larch, hospitality, site=larch.region, due_on=date(2026, 3, 28))
    found = services.preview_of_requirement(requirement=requirement, at=AT)
    services.ask_to_require(requirement=requirement, by=larch.hr, at=AT)
    covering = ObligationSpan.objects.covering(TODAY).filter(required=True)
    then = {it.obligation.membership.name: it.due_on for it in covering}
    for _, effect in [(it, one) for it in found.listed for one in it]:
        assert then[effect.membership.name] == effect.after
    assert found.counts["enters"] == 3


def one_by_one(member, certification, change):
    """Return the day by which a person is asked before and after a change, from the spans of all dates; None: not asked."""

    def first(requirements):
        [gathered] = facts_of([Membership.objects.select_related("organisation").get(pk=member.pk)])
        facts = gathered.by_certification.get(certification.pk, Facts(employments=()))
        own = [it for it in facts.requirements if requirements(it.id)]
        found = [
            it.due_on
            for it in judge(replace(facts, requirements=tuple(own)), {}).spans
            if it.required and (it.until is None or it.until > TODAY)
        ]
        return (True, next((it for it in found if it is not None), None)) if found else (False, None)

    added = {str(it.reference) for it in change.added}
    removed = {str(it.reference) for it in Requirement.objects.filter(pk__in=change.removed)}
    return first(lambda id: id[:36] not in added), first(lambda id: id[:36] not in removed)


@pytest.mark.parametrize("batch", [2, 5_000])
def test_the_same_comes_out_as_for_each_person_alone(larch, hospitality, monkeypatch, batch):
    monkeypatch.setattr("compliance.preview.BATCH", batch)
    sites, roles = (larch.fort, larch.prince, larch.region), (larch.housekeeping, larch.kitchen)
    people = [
        larch.employ(
            f"Person {n}",
            site=sites[n % 3],
            role=roles[n % 2],
            starts_on=TODAY + timedelta(days=(-900, -20, 12)[n % 3]),
        )
        for n in range(12)
    ]
    for member in people[::4]:
        factories.learn(member, hospitality)
    factories.learn(people[1], hospitality, at=AT - timedelta(days=1_200))
    factories.begin(people[2], hospitality)
    about = {"by": None, "at": AT}
    services.record_leave(membership=people[3], from_on=TODAY, last_on=date(2026, 5, 1), **about)
    services.grant_waiver(
        membership=people[5],
        certification=hospitality,
        from_on=TODAY,
        last_on=date(2026, 6, 1),
        reason="covered",
        **about,
    )
    held = larch.ask(hospitality, site=larch.region, due_on=date(2026, 3, 25))
    larch.ask(hospitality, membership=people[7], due_on=date(2026, 3, 9))
    larch.ask(hospitality, membership=people[6], due_on=date(2026, 7, 9))
    change = RequirementChange(
        added=(plan(larch, hospitality, role=larch.kitchen, due_on=date(2026, 3, 20), recurs="6m"),),
        removed=frozenset({held.pk}),
    )
    found = preview(
        change,
        organisation=larch.organisation,
        certification_id=hospitality.pk,
        memberships=[it.pk for it in people],
        at=AT,
    )
    shown = {it.membership.pk: (it.before, it.after) for some in found.listed for it in some}
    change.added[0].recorded_at = AT
    change.added[0].save(force_insert=True)
    expected, kinds = {}, Counter()
    for member in people:
        (was, before), (will, after) = one_by_one(member, hospitality, change)
        kind = {(False, True): "enters", (True, False): "leaves"}.get(
            (was, will), "moves" if before != after else "same"
        )
        if was or will:
            kinds[kind] += 1
            if kind != "same":
                expected[member.pk] = (before, after)
    assert shown == expected
    assert numbers(found) | {"undated": 0} == dict(kinds) | {"undated": 0}
    assert {"leaves", "moves", "same"} <= kinds.keys()


def test_costs_grow_by_batches_and_not_by_people(larch, hospitality):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            look(larch, hospitality, site=larch.fort)
        return len(caught)

    larch.employ()
    one = queries()
    larch.employ()
    larch.employ()
    assert queries() == one


def test_progress_is_told_after_each_batch(larch, hospitality, monkeypatch):
    monkeypatch.setattr("compliance.preview.BATCH", 2)
    keys = [larch.employ().pk for _ in range(5)]
    heard = []
    preview(
        RequirementChange(),
        organisation=larch.organisation,
        certification_id=hospitality.pk,
        memberships=keys,
        at=AT,
        progress=heard.append,
    )
    assert heard == [2, 4, 5]


# --- the second person ---


@pytest.mark.parametrize(
    ("touched", "share", "needs"), [(49, 100, False), (50, 25, False), (50, 26, True), (5000, 10, False)]
)
def test_many_and_a_large_share_need_a_second_person(touched, share, needs):
    assert services.needs_second_person(touched=touched, share_percent=share, limit_percent=25) is needs


@pytest.fixture
def few_are_many(monkeypatch):
    monkeypatch.setattr(proposals, "FROM_PEOPLE", 2)


@pytest.fixture
def second(larch):
    return larch.staff(StaffRole.Kind.HR)


@pytest.fixture
def proposed(larch, hospitality, few_are_many):
    larch.employ("Jo")
    larch.employ("Ama")
    return services.ask_to_require(requirement=plan(larch, hospitality, site=larch.fort), by=larch.hr, at=AT)


def test_what_touches_many_waits(proposed):
    assert isinstance(proposed, Proposal)
    assert proposed.summary["enters"] == 2
    assert not Requirement.objects.exists()


def test_the_same_proposal_is_made_once(larch, hospitality, proposed):
    again = services.ask_to_require(requirement=plan(larch, hospitality, site=larch.fort), by=larch.hr, at=AT)
    assert again == proposed


def test_another_person_agrees_and_then_it_holds(larch, hospitality, proposed, second):
    made = services.agree(proposal=proposed, by=second, at=AT + timedelta(hours=1))
    assert (made.site, made.due_on, made.recorded_by) == (larch.fort, DUE, second)
    assert Obligation.objects.count() == 2
    with pytest.raises(AlreadyDecided):
        services.agree(proposal=proposed, by=second, at=AT)


def test_who_proposed_it_cannot_agree(larch, proposed):
    with pytest.raises(NeedsAnotherPerson):
        services.agree(proposal=proposed, by=larch.hr, at=AT)
    proposed.refresh_from_db()
    assert proposed.state == Proposal.State.OPEN


def test_a_refused_one_changes_nothing(larch, proposed):
    services.refuse(proposal=proposed, by=larch.hr, at=AT)
    assert not Requirement.objects.exists()


def test_a_withdrawal_of_many_waits_too(larch, hospitality, second, few_are_many):
    larch.employ("Jo")
    larch.employ("Ama")
    asked = larch.ask(hospitality, site=larch.fort)
    waiting = services.ask_to_withdraw(requirement=asked, on=TODAY, by=larch.hr, at=AT)
    assert isinstance(waiting, Proposal)
    ended = services.agree(proposal=waiting, by=second, at=AT)
    assert ended.ends_on == TODAY


# --- the pages ---


def url(name, *args):
    return reverse(f"compliance:{name}", args=["larch", *args])


@pytest.fixture
def hr(client, larch):
    sign_in_personally(client, larch.hr)
    return client


def body(larch, hospitality, **more):
    return {"certification": hospitality.pk, "whom": "site", "site": larch.fort.pk, "due_on": "2026-04-01", **more}


def test_the_page_shows_before_it_assigns(hr, larch, hospitality):
    larch.employ("Jo Castellan")
    answer = hr.post(url("assignment_new"), body(larch, hospitality))
    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "1 person will have to do it." in text
    assert "Assign to 1 person" in text
    assert not Requirement.objects.exists()
    assert hr.post(url("assignment_new"), body(larch, hospitality, confirm="1")).status_code == 302
    assert Requirement.objects.get().site == larch.fort


def test_a_proposal_is_agreed_to_on_its_page(client, hr, larch, hospitality, second, few_are_many):
    larch.employ("Jo")
    larch.employ("Ama")
    hr.post(url("assignment_new"), body(larch, hospitality, confirm="1"))
    waiting = Proposal.objects.get()
    assert "Waiting for a second person" in hr.get(url("assignments")).content.decode()
    own = hr.get(url("proposal", waiting.public_id)).content.decode()
    assert "Somebody else of HR has to agree." in own
    assert 'name="agree"' not in own
    hr.post(url("proposal", waiting.public_id), {"agree": "1"})
    assert not Requirement.objects.exists()
    sign_in_personally(client, second)
    client.post(url("proposal", waiting.public_id), {"agree": "1"})
    assert Requirement.objects.count() == 1


def test_a_proposal_of_another_organisation_is_not_there(client, proposed):
    other = factories.workplace("other", "Other")
    sign_in_personally(client, other.hr)
    own = reverse("compliance:proposal", args=["other", proposed.public_id])
    assert client.get(own).status_code == 404
    assert client.post(own, {"agree": "1"}).status_code == 404
