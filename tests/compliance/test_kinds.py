"""Assignments, past completions, leave and exemptions as workbooks."""

from datetime import date
from typing import Any

import pytest

from certificates.models import Certification, PriorLearning
from compliance.models import Adjustment, Obligation, Requirement
from compliance.services import check_obligations, proposals
from people.models import Membership
from tests.corpus.workbooks import xlsx
from tests.factories.compliance import AT, Workplace
from tests.people.workbooks.conftest import Hand, counted, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def hand(larch: Workplace, hospitality: Certification) -> Hand:
    larch.employ("Jo Castellan", number="0042")
    larch.employ("Ama Birch", number="0043", email="ama@larch.example")
    return Hand(larch.organisation)


def unmended() -> list[Any]:
    """Return the obligations that differ from the facts."""
    return check_obligations(memberships=Membership.objects.values_list("pk", flat=True), at=AT)


ASSIGNED = ["certification", "employee_number", "site", "role", "due_on"]


def test_assignments_come_in_change_and_go(hand: Hand, hospitality: Certification) -> None:
    code = hospitality.code
    kept = hand.bring(
        xlsx(
            ASSIGNED,
            [code, "0042", None, None, "2026-06-30"],
            [code, None, "prince-george", "kitchen", "2026-06-30"],
            [code, None, None, None, "2026-06-30"],
            [code, "0042", "north", None, "2026-06-30"],
            [code, "0999", None, None, "2026-06-30"],
            ["nothing", "0042", None, None, "2026-06-30"],
            [code, "0043", None, None, None],
        ),
        "assignments",
    )
    assert said(kept) == [
        (4, "employee_number", "whom"),
        (5, "employee_number", "whom"),
        (6, "employee_number", "unknown_person"),
        (7, "certification", "not_a_choice"),
        (8, "due_on", "missing"),
    ]
    assert Requirement.objects.count() == 2
    assert Obligation.objects.get().membership.employee_number == "0042"
    assert counted(hand.look(hand.export("assignments"), "assignments")) == (0, 0, 2, 0, 0)
    moved = hand.bring(xlsx(ASSIGNED, [code, "0042", None, None, "2026-07-31"]), "assignments")
    assert counted(moved) == (0, 1, 0, 0, 0)
    assert Requirement.objects.live().get(membership__isnull=False).due_on == date(2026, 7, 31)
    hand.undo(moved)
    assert Requirement.objects.live().get(membership__isnull=False).due_on == date(2026, 6, 30)
    hand.undo(kept)
    assert Requirement.objects.live().count() == 0
    assert unmended() == []


def test_withdrawal_and_what_is_fixed(hand: Hand, larch: Workplace, hospitality: Certification) -> None:
    reference = str(larch.ask(hospitality, membership=Membership.objects.get(employee_number="0042")).reference)
    heads = ["assignment_ref", "certification", "employee_number", "withdrawn_on"]
    kept = hand.look(xlsx(heads, [reference, hospitality.code, "0043", None]), "assignments", mode="update")
    assert said(kept) == [(2, "employee_number", "fixed")]
    hand.bring(xlsx(heads, [reference, hospitality.code, "0042", "2026-03-15"]), "assignments", mode="update")
    assert Requirement.objects.current_knowledge().get().ends_on == date(2026, 3, 15)


def test_preview_says_how_many_people_new_assignments_tell(
    hand: Hand, larch: Workplace, hospitality: Certification
) -> None:
    Membership.objects.update(email="")
    Membership.objects.filter(employee_number="0042").update(email="jo@larch.example")
    rows = [["0042", None], ["0043", None], [None, "fort-st-john"]]
    file = [[hospitality.code, *row, None, "2026-06-30"] for row in rows]
    kept = hand.look(xlsx(ASSIGNED, *file), "assignments")
    assert (kept.counts["new"], kept.counts["mails"], kept.counts["letters"]) == (3, 1, 1)
    hand.write(kept)
    assert "mails" not in hand.look(xlsx(ASSIGNED, *file), "assignments").counts


def test_one_assignment_in_two_ways_is_a_double(hand: Hand, larch: Workplace, hospitality: Certification) -> None:
    reference = str(larch.ask(hospitality, membership=Membership.objects.get(employee_number="0042")).reference)
    rows = [["0042", "2026-06-30"], ["0042", "2026-07-31"], ["0042", "2026-08-31"]]
    named = [
        [it, hospitality.code, *row]
        for it, row in zip((reference, reference.replace("-", ""), None), rows, strict=True)
    ]
    kept = hand.bring(xlsx(["assignment_ref", "certification", "employee_number", "due_on"], *named), "assignments")
    assert said(kept) == [(at, "certification", "key_twice") for at in (2, 3, 4)]
    assert Requirement.objects.count() == 1


PAST = ["employee_number", "certification", "completed_on", "issuer", "title", "ends_on"]


def test_past_completions_stand_for_a_training(hand: Hand, larch: Workplace, hospitality: Certification) -> None:
    larch.ask(hospitality, site=larch.region)
    code = hospitality.code
    row = ["0042", code, "2025-03-02", "North Training", "Safe at work", None]
    kept = hand.bring(
        xlsx(
            PAST,
            row,
            ["0043", code, "2026-03-03", "X", "Y", None],
            ["0043", code, "2025-03-02", None, "Y", "2025-03-01"],
        ),
        "past_completions",
    )
    assert said(kept) == [(3, "completed_on", "future_date"), (4, "issuer", "missing")]
    known = PriorLearning.objects.current_knowledge().get()
    assert (known.valid_from, known.valid_until, known.issuer) == (date(2025, 3, 2), date(2028, 3, 2), "North Training")
    assert counted(hand.look(hand.export("past_completions"), "past_completions")) == (0, 0, 1, 0, 0)
    changed = hand.bring(xlsx(PAST, [*row[:5], "2026-12-31"]), "past_completions")
    assert counted(changed) == (0, 1, 0, 0, 0)
    assert PriorLearning.objects.current_knowledge().get().valid_until == date(2027, 1, 1)
    hand.undo(changed)
    hand.undo(kept)
    assert not PriorLearning.objects.current_knowledge().exists()
    assert unmended() == []


LEAVE = ["employee_number", "from_on", "last_on"]


def test_leave_comes_in_as_dates_alone(hand: Hand, larch: Workplace, hospitality: Certification) -> None:
    larch.ask(hospitality, site=larch.region)
    kept = hand.bring(
        xlsx(
            LEAVE,
            ["0042", "2026-03-02", "2026-05-31"],
            ["0042", "2026-05-01", None],
            ["0043", "2026-04-01", None],
            ["0043", "2026-03-02", "2026-03-01"],
        ),
        "leave",
    )
    assert said(kept) == [(3, "from_on", "covered"), (5, "last_on", "ends_before_start")]
    assert counted(hand.look(hand.export("leave"), "leave")) == (0, 0, 2, 0, 0)
    hand.bring(xlsx(LEAVE, ["0043", "2026-04-01", "2026-04-30"]), "leave")
    last = {it.membership.employee_number: it.last_on for it in Adjustment.objects.current_knowledge()}
    assert last == {"0042": date(2026, 5, 31), "0043": date(2026, 4, 30)}
    refused = hand.look(xlsx([*LEAVE, "Medical reason"], ["0042", "2026-06-02", None, "x"]), "leave")
    assert (refused.state, said(refused)) == ("refused", [(1, "Medical reason", "never_accepted")])
    assert unmended() == []


def test_exemptions_have_a_reason_of_the_list(hand: Hand, larch: Workplace, hospitality: Certification) -> None:
    larch.ask(hospitality, site=larch.region)
    heads = ["employee_number", "certification", "from_on", "last_on", "reason", "document", "document_number"]
    code = hospitality.code
    kept = hand.bring(
        xlsx(
            heads,
            ["0042", code, "2026-03-02", "2026-12-31", "other_role", "decision", "D-17"],
            ["0043", code, "2026-03-02", "2026-12-31", "season", None, None],
            ["0043", code, "2026-03-02", "2026-12-31", "covered", None, "because, of it"],
        ),
        "waivers",
    )
    assert [it for it in said(kept) if it[0] == 3] == [
        (3, "reason", "not_a_choice"),
        (3, "employee_number", "key_twice"),
    ]
    assert [it for it in said(kept) if it[0] == 4][:2] == [
        (4, "document_number", "not_a_document_number"),
        (4, "document", "missing"),
    ]
    assert counted(hand.look(hand.export("waivers"), "waivers")) == (0, 0, 1, 0, 0)
    assert Adjustment.objects.get().reason == "other_role"
    hand.undo(kept)
    assert not Adjustment.objects.current_knowledge().exists()
    assert unmended() == []


@pytest.mark.parametrize(
    ("kind", "heads", "row", "later"),
    [
        ("assignments", ["employee_number", "due_on"], ["0042", "2026-06-30"], "2026-07-31"),
        ("past_completions", [*PAST[:1], *PAST[2:5]], ["0042", "2025-03-02", "North Training", "Safe"], "Safer"),
        ("leave", LEAVE, ["0042", "2026-03-02", "2026-05-31"], "2026-06-30"),
        ("waivers", ["employee_number", "from_on", "reason", "last_on"], ["0042", "2026-03-02", "other_role", "2026-12-31"], "2026-11-30"),
    ],
)  # fmt: skip
def test_same_file_again_changes_nothing_and_undoing_keeps_later_edits(
    hand: Hand, hospitality: Certification, kind: str, heads: list[str], row: list[str], later: str
) -> None:
    if kind != "leave":
        heads, row = [*heads[:1], "certification", *heads[1:]], [*row[:1], hospitality.code, *row[1:]]
    kept = hand.bring(xlsx(heads, row), kind)
    assert counted(kept) == (1, 0, 0, 0, 0)
    assert counted(hand.look(xlsx(heads, row), kind)) == (0, 0, 1, 0, 0)
    hand.bring(xlsx(heads, [*row[:-1], later]), kind)
    assert hand.undo(kept).outcome["left"] == [{"key": "0042", "column": heads[-1]}]
    assert counted(hand.look(xlsx(heads, [*row[:-1], later]), kind)) == (0, 0, 1, 0, 0)
    assert unmended() == []


def test_undoing_gives_each_field_back_that_nobody_edited(hand: Hand, hospitality: Certification) -> None:
    code = hospitality.code
    steps: list[tuple[str, list[str], list[list[Any]], list[str], list[Any]]] = [
        # Kind, columns, rows of three uploads of which the second one is undone, fields that stay, and what is left.
        (
            "past_completions",
            [*PAST, "document_number"],
            [
                ["0042", code, "2025-03-02", "North", "Safe", None, "A-1"],
                ["0042", code, "2025-03-02", "South", "Safer", "2027-12-31", "A-2"],
                ["0042", code, "2025-03-02", None, "Safest", None, None],
            ],
            ["title"],
            ["North", "Safest", None, "A-1"],
        ),
        (
            "waivers",
            ["employee_number", "certification", "from_on", "last_on", "reason"],
            [
                ["0042", code, "2026-03-02", "2026-12-31", "other_role"],
                ["0042", code, "2026-03-02", "2026-11-30", "elsewhere"],
                ["0042", code, "2026-03-02", "2026-10-31", None],
            ],
            ["last_on"],
            ["2026-10-31", "other_role"],
        ),
        # The old last day would cover what was added since.
        (
            "leave",
            LEAVE,
            [
                ["0042", "2026-03-02", "2026-05-31"],
                ["0042", "2026-03-02", "2026-04-30"],
                ["0042", "2026-05-10", "2026-05-20"],
            ],
            ["last_on"],
            ["2026-04-30"],
        ),
        (
            "assignments",
            ["certification", "employee_number", "due_on", "days_after_start"],
            [[code, "0042", "2026-06-30", 20], [code, "0042", "2026-07-31", 40], [code, "0042", "2026-08-31", None]],
            ["due_on"],
            ["2026-08-31", 20],
        ),
    ]
    for kind, heads, rows, stays, left in steps:
        _first, second, _third = [hand.bring(xlsx(heads, each), kind) for each in rows]
        undone = hand.undo(second)
        assert [it["column"] for it in undone.outcome["left"]] == stays, kind
        now = [*rows[0][: len(heads) - len(left)], *left]
        assert counted(hand.look(xlsx(heads, now), kind)) == (0, 0, 1, 0, 0), kind
        assert PriorLearning.objects.current_knowledge().get().valid_until == date(2028, 3, 2)
    assert unmended() == []


def test_undoing_takes_what_was_added_back_before_what_made_room_for_it(hand: Hand) -> None:
    whole = ["0042", "2026-03-02", "2026-05-31"]
    hand.bring(xlsx(LEAVE, whole), "leave")
    kept = hand.bring(xlsx(LEAVE, [*whole[:2], "2026-03-31"], ["0042", "2026-04-20", "2026-05-31"]), "leave")
    assert counted(kept) == (1, 1, 0, 0, 0)
    assert hand.undo(kept).outcome["left"] == []
    assert [it.last_on for it in Adjustment.objects.current_knowledge()] == [date(2026, 5, 31)]


def test_what_touches_many_needs_a_second_person(
    hand: Hand, hospitality: Certification, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "FROM_PEOPLE", 2)
    rows = ([hospitality.code, None, "north", None, "2026-06-30"], [hospitality.code, "0042", None, None, "2026-06-30"])
    kept = hand.look(xlsx(ASSIGNED, *rows), "assignments")
    assert (said(kept), counted(kept)) == ([(2, "certification", "second_person")], (1, 0, 0, 0, 1))
