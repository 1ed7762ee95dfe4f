"""The page on which HR changes what an assignment asks, seen before it holds."""

import html
import re
from datetime import date

import pytest
from django.urls import reverse

from compliance import selectors, services
from compliance.models import ObligationSpan, Proposal, Requirement
from people.models import StaffRole
from tests.factories.compliance import AT
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

KEEP = {"who": "keep", "when": "keep", "usual": "on"}


@pytest.fixture
def requirement(client, larch, hospitality):
    sign_in_personally(client, larch.hr)
    return larch.ask(hospitality, site=larch.region)


def address(requirement):
    return reverse("compliance:assignment_edit", args=["larch", requirement.reference])


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def change(client, requirement, **values):
    """Send the form, look at the preview, and send again what its own form holds."""
    shown = client.post(address(requirement), KEEP | values)
    assert shown.status_code == 200, text_of(shown)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown.content.decode())
    body: dict[str, list[str]] = {}
    for name, value in hidden:
        body.setdefault(name, []).append(html.unescape(value))
    assert Requirement.objects.current_knowledge().get(reference=requirement.reference).pk == requirement.pk
    answer = client.post(address(requirement), body)
    assert answer.status_code == 302
    return text_of(shown), Requirement.objects.current_knowledge().get(reference=requirement.reference)


def due(member, on=date(2026, 3, 3)):
    return ObligationSpan.objects.covering(on).get(obligation__membership=member).due_on


def test_conditions_due_rule_and_recurrence_are_changed_after_a_look(client, larch, requirement):
    cook, keeper = larch.employ("Ama Birch", role=larch.kitchen), larch.employ("Jo Castellan")
    shown, changed = change(
        client,
        requirement,
        who="chosen",
        roles=["kitchen"],
        without=["prince-george"],
        when="after",
        after_n="14",
        after_unit="d",
        after_base="requirement_start",
        recurs_n="12",
        recurs_unit="m",
        label="Kitchen rule",
    )
    assert "1 person will not have to do it any more." in shown
    assert "The last good day of 1 person moves." in shown
    assert changed.conditions == {"all": [{"role": ["kitchen"]}, {"not": {"site": ["prince-george"]}}]}
    assert (changed.due_rule, changed.due_on) == ({"after": "requirement_start", "in": "14d"}, None)
    assert (changed.recurs, changed.label, changed.ladder) == ("12m", "Kitchen rule", None)
    assert due(cook) == date(2026, 3, 16)
    assert not ObligationSpan.objects.filter(obligation__membership=keeper, required=True).exists()
    page = client.get(address(changed)).content.decode()
    assert re.search(r'name="roles" value="kitchen"[^>]*checked', page)
    assert re.search(r'name="when" value="after"[^>]*checked', page)


def test_the_ladder_is_changed_and_the_usual_one_comes_back(client, larch, requirement):
    larch.employ()
    lines = {"usual": "", "days-0": "-3", "days-1": "5", "to-1": ["manager", "hr"]}
    changed = change(client, requirement, **lines)[1]
    assert changed.ladder == [{"days": -3, "to": ["learner"]}, {"days": 5, "to": ["learner", "manager", "hr"]}]
    assert change(client, changed)[1].ladder is None


def test_what_the_fields_cannot_say_stays_as_it_is(client, larch, hospitality, requirement):
    nested = {"any": [{"role": "kitchen"}, {"all": [{"site": "north"}, {"hired_on": {"before": "2020-01-01"}}]}]}
    rule = {"later_of": [{"after": "hire", "in": "90d"}, {"after": "role_start", "in": "30d"}]}
    odd = larch.ask(hospitality, conditions=nested, due_on=None, due_rule=rule)
    changed = change(client, odd, label="Odd")[1]
    assert (changed.conditions, changed.due_rule, changed.label) == (nested, rule, "Odd")
    by_licence = larch.ask(hospitality, site=larch.fort, recurs="licence", licence_kind="nurse")
    page = text_of(client.get(address(by_licence)))
    assert "With each renewal of the licence." in page
    changed = change(client, by_licence, when="on", due_on="2026-05-04")[1]
    assert (changed.recurs, changed.licence_kind, changed.due_on) == ("licence", "nurse", date(2026, 5, 4))
    changed = change(client, changed, recurs_n="1", recurs_unit="y")[1]
    assert changed.recurs == "1y"
    for kept, words in (("12m@60d", "Every 12 months on the same day"), ("2y@year", "of the calendar")):
        asked = larch.ask(hospitality, site=larch.prince, recurs=kept)
        assert words in text_of(client.get(address(asked)))
        assert change(client, asked, label="Kept")[1].recurs == kept


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"who": "chosen"}, "Choose at least one thing below."),
        ({"when": "on"}, "Choose the last good day."),
        ({"when": "on", "due_on": "2026-03-01"}, "It is asked from a later day."),
        ({"when": "after", "after_base": "hire"}, "Write a number; 0 means the day itself."),
        ({"when": "after", "after_n": "0", "after_base": "licence_renewal"}, "Say which kind of licence."),
        ({"when": "after", "after_n": "9999", "after_unit": "y"}, "A hundred years is the longest."),
        ({"recurs_n": "9999", "recurs_unit": "y"}, "A hundred years is the longest."),
        (
            {"who": "chosen", "hired_from": "2026-01-01", "hired_before": "2025-01-01"},
            "Choose a day after the other one.",
        ),
        ({"usual": ""}, "Write at least one day below, or choose the usual ones."),
        ({"usual": "", "days-0": "3", "days-1": "3"}, "The same day stands twice."),
        ({"who": "chosen", "sites": ["elsewhere"]}, "elsewhere is not one of the available choices"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_changes_nothing(client, requirement, values, words):
    answer = client.post(address(requirement), KEEP | values)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Requirement.objects.count() == 1


def test_a_change_for_many_waits_for_a_second_person(client, larch, requirement, monkeypatch):
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 1)
    jo = larch.employ()
    shown, unchanged = change(client, requirement, when="on", due_on="2026-05-01", days_after_start="30")
    assert "Somebody else of HR has to agree before it holds." in shown
    assert (unchanged.pk, due(jo)) == (requirement.pk, date(2026, 4, 1))
    proposal = Proposal.objects.get()
    assert proposal.kind == "change"
    sign_in_personally(client, larch.staff(StaffRole.Kind.HR))
    page = reverse("compliance:proposal", args=["larch", proposal.public_id])
    assert "The last good day of 1 person moves." in text_of(client.get(page))
    client.post(page, {"agree": "1"})
    assert due(jo) == date(2026, 5, 1)
    assert Requirement.objects.live().get().reference == requirement.reference


def test_a_change_keeps_its_reference_and_agrees_with_the_facts(larch, hospitality):
    requirement = larch.ask(hospitality, site=larch.region)
    members = [larch.employ(), larch.employ(site=larch.prince)]
    changed = services.planned_change(requirement=requirement, conditions={"site": "prince-george"})
    kept = services.change_requirement(requirement=requirement, changed=changed, by=None, at=AT)
    assert (kept.reference, kept.supersedes) == (requirement.reference, requirement)
    assert selectors.concerned(kept) == [members[1].pk]
    assert services.check_obligations(memberships=[it.pk for it in members], at=AT) == []


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_costs_the_same_whatever_the_people(client, larch, requirement, people, django_assert_num_queries):
    for _ in range(people):
        larch.employ()
    client.get(address(requirement))
    with django_assert_num_queries(12):
        client.get(address(requirement))


def test_only_hr_changes_an_assignment(client, larch, requirement):
    sign_in_personally(client, larch.staff(StaffRole.Kind.AUDITOR))
    assert client.get(address(requirement)).status_code == 404
    assert client.post(address(requirement), KEEP).status_code == 404
