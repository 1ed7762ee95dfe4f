"""A file from its arrival to its end: nothing is written before the confirmation, and all of it can be taken back."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from people import outbox, services
from people.exceptions import ImportHasErrors, ImportNotReady, KeyUsedOtherwise, ManyWouldEnd
from people.faults import FaultInjected
from people.kinds.people import PeopleKind
from people.models import AccountChange, AuditEntry, ColumnMapping, Employment, Membership, WorkbookImport, WorkbookPart
from people.services.imports import writing
from people.services.imports.setting import setting_of
from people.workbooks import marking
from people.workbooks.cells import EMPTY, Found, letter
from people.workbooks.columns import Type
from people.workbooks.kinds import Kind, all_kinds, shared_kinds
from people.workbooks.options import Options
from people.workbooks.reading import open_source
from people.workbooks.writing import write_csv, write_xlsx
from tests.corpus import workbooks as corpus
from tests.corpus.workbooks import JO, KEYS, csv_file, ods, saved, texts, xlsx
from tests.factories.people import AT, EmploymentFactory, MembershipFactory, OrganisationFactory, SiteFactory
from tests.people.workbooks.conftest import Hand, counted, said

pytestmark = pytest.mark.django_db

AMA = ["0043", "Ama Birch", None, "Prince George", None, "2026-01-05", date(2026, 9, 30)]
HEADS = KEYS[:7]


def row(number: str = "0042", **changed: Any) -> list[Any]:
    return [changed.get(key, value) for key, value in zip(KEYS, [number, *JO[1:]], strict=True)]


def test_looking_writes_nothing_and_writing_writes_it_all(larch: Hand) -> None:
    kept = larch.look(xlsx(KEYS, JO, [], AMA))
    assert (kept.state, counted(kept)) == ("ready", (2, 0, 0, 0, 0))
    assert (larch.people(), larch.jobs()) == ([], [])
    kept = larch.write(kept)
    assert (kept.state, counted(kept)) == ("applied", (2, 0, 0, 0, 0))
    assert larch.people() == [("0042", "Jo Castellan", "jo@larch.example"), ("0043", "Ama Birch", "")]
    assert larch.jobs() == [
        ("0042", "fsj", "hk", date(2026, 3, 2), None),
        ("0043", "pg", "", date(2026, 1, 5), date(2026, 9, 30)),
    ]
    entry = AuditEntry.objects.get(verb="workbook.written")
    assert entry.data == {"kind": "people", "new": 2, "changed": 0, "unchanged": 0, "ended": 0, "error": 0}


@pytest.mark.parametrize("make", [xlsx, csv_file, ods])
def test_same_file_again_says_no_changes_whatever_its_format(larch: Hand, make: Any) -> None:
    larch.bring(xlsx(KEYS, JO, AMA))
    assert counted(larch.look(make(KEYS, JO, AMA))) == (0, 0, 2, 0, 0)


def test_before_and_after_are_shown_by_cell(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, JO))
    kept = larch.look(xlsx(KEYS, row(name="Jo Vale", email="(clear)", site="pg", starts_on="2026-05-01")))
    assert kept.rows.get().changes == {
        "name": ["Jo Castellan", "Jo Vale"],
        "email": ["jo@larch.example", ""],
        "site": ["fsj", "pg"],
        "starts_on": ["2026-03-02", "2026-05-01"],
    }
    larch.write(kept)
    assert larch.people() == [("0042", "Jo Vale", "")]
    assert larch.jobs() == [
        ("0042", "fsj", "hk", date(2026, 3, 2), date(2026, 4, 30)),
        ("0042", "pg", "hk", date(2026, 5, 1), None),
    ]
    assert sorted(AccountChange.objects.values_list("kind", flat=True)) == ["contact_changed", "name_changed"]


@pytest.mark.parametrize(
    ("given", "jobs"),
    [
        ({"starts_on": date(2026, 2, 23)}, [("fsj", "hk", date(2026, 2, 23), None)]),
        ({"ends_on": date(2026, 6, 30)}, [("fsj", "hk", date(2026, 3, 2), date(2026, 6, 30))]),
        ({"site": "pg", "role": "fd"}, [("pg", "fd", date(2026, 3, 2), None)]),
        ({"role": "(clear)"}, [("fsj", "", date(2026, 3, 2), None)]),
        ({"role": None, "email": None, "name": None}, [("fsj", "hk", date(2026, 3, 2), None)]),
        ({"site": None, "starts_on": None}, [("fsj", "hk", date(2026, 3, 2), None)]),
        ({"site": None, "starts_on": None, "role": "fd"}, [("fsj", "fd", date(2026, 3, 2), None)]),
    ],
)
def test_jobs_are_corrected_ended_and_left_alone(larch: Hand, given: Any, jobs: Any) -> None:
    larch.bring(xlsx(KEYS, JO))
    larch.bring(xlsx(KEYS, row(**given)))
    assert [job[1:] for job in larch.jobs()] == jobs
    assert larch.people() == [("0042", "Jo Castellan", "jo@larch.example")]


def test_all_problems_come_at_once_and_hold_only_their_rows_back(larch: Hand) -> None:
    kept = larch.bring(
        xlsx(
            KEYS,
            ["0042", None, "nonsense", "victoria", "captain", "3/4/2026", date(2026, 1, 1)],
            ["0043", "=1+1", None, "fsj", None, datetime.fromisoformat("2026-03-02T08:30"), None],
            [True, "Ama", None, "elsewhere", None, 46083, None],
            ["0045", "Lin", None, "fsj", None, "2026-03-02", "2026-03-01"],
            ["0046", "Bo", None, "fsj", None, "2026-03-02", None],
        )
    )
    assert said(kept) == [
        (2, "email", "not_email"),
        (2, "site", "not_a_choice"),
        (2, "role", "not_a_choice"),
        (2, "starts_on", "ambiguous_date"),
        (3, "name", "formula"),
        (3, "starts_on", "time_of_day"),
        (4, "employee_number", "wrong_kind"),
        (4, "site", "not_a_choice"),
        (4, "starts_on", "not_a_date"),
        (5, "ends_on", "ends_before_start"),
    ]
    assert larch.people() == [("0046", "Bo", "")]


def test_what_another_organisation_has_reads_like_what_nobody_has(larch: Hand) -> None:
    other = OrganisationFactory(code="other")
    SiteFactory(organisation=other, code="secret")
    theirs = MembershipFactory(organisation=other, employee_number="0042", name="Somebody Else")
    EmploymentFactory(membership=theirs)
    heads = ["employee_number", "employment_ref", "site", "starts_on"]
    reports = []
    for number, site in (("0042", "secret"), ("0999", "nowhere")):
        kept = larch.look(
            xlsx(heads, [number, None, "fsj", "2026-03-02"], [number, None, site, "2026-03-02"]), "employments"
        )
        report = services.report_of(kept)
        # What is told apart is what somebody wrote into the file.
        reports.append([{key: it[key] for key in it if key != "value"} for it in report["problems"]])
    assert reports[0] == reports[1]
    larch.bring(xlsx(KEYS, JO))
    theirs.refresh_from_db()
    assert theirs.name == "Somebody Else"
    assert larch.people() == [("0042", "Jo Castellan", "jo@larch.example")]
    reference = str(Employment.objects.get(membership=theirs).reference)
    kept = larch.look(xlsx(heads, ["0042", reference, "fsj", "2026-03-02"]), "employments")
    assert said(kept) == [(2, "employment_ref", "unknown_reference")]


def test_marks_of_direction_and_of_no_width_are_no_part_of_a_key(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, JO))
    marked = ["\u202e0042\u202c", "\u200eJo\u00a0Castellan\ufeff", JO[2], "\u200bfsj", "hk\u2069", *JO[5:]]
    assert counted(larch.look(xlsx(KEYS, marked))) == (0, 0, 1, 0, 0)
    twice = larch.look(xlsx(KEYS, ["\uff10\uff10\uff14\uff13", *JO[1:]], ["0043\u200f", *JO[1:]]))
    assert said(twice) == [(2, "employee_number", "key_twice"), (3, "employee_number", "key_twice")]


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_formulas_in_every_text_come_out_as_texts_and_in_again_unchanged(larch: Hand, file_format: str) -> None:
    larch.bring(texts(KEYS, *[[f"00{n}", sign, *JO[2:]] for n, sign in enumerate(corpus.INJECTIONS)]))
    out = larch.export(file_format=file_format)
    assert counted(larch.look(out)) == (0, 0, len(corpus.INJECTIONS), 0, 0)


def test_key_twice_is_wrong_in_both_rows(larch: Hand) -> None:
    kept = larch.look(xlsx(KEYS, row("e-7"), row("8"), row("E-7")))
    assert said(kept) == [(2, "employee_number", "key_twice"), (4, "employee_number", "key_twice")]
    assert [it["hints"] for row in kept.rows.filter(action="error") for it in row.problems] == [["4"], ["2"]]
    assert counted(kept) == (1, 0, 0, 0, 2)


def test_zeros_lost_on_the_way_are_noticed(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, JO))
    kept = larch.look(xlsx(KEYS, [42, *JO[1:]], ["43", *JO[1:]]))
    assert said(kept) == [(2, "employee_number", "lost_zeros")]
    assert kept.rows.get(number=2).problems[0]["hints"] == ["0042"]


def test_managers_may_stand_further_down_but_not_in_a_circle(larch: Hand) -> None:
    heads = [*KEYS, "manager"]
    kept = larch.bring(xlsx(heads, [*row("1"), "2"], [*row("2"), None], [*row("3"), "9"]))
    assert said(kept) == [(4, "manager", "unknown_person")]
    assert Membership.objects.get(employee_number="1").manager.employee_number == "2"
    kept = larch.look(xlsx(heads, [*row("2"), "4"], [*row("4"), "1"], [*row("5"), "5"]))
    assert said(kept) == [(2, "manager", "circle"), (3, "manager", "circle"), (4, "manager", "circle")]
    assert counted(larch.look(xlsx(heads, [*row("1"), "2"]))) == (0, 0, 1, 0, 0)
    larch.bring(xlsx(heads, [*row("1"), "(clear)"]))
    assert Membership.objects.get(employee_number="1").manager is None


def test_dates_are_read_as_the_column_shows_or_as_somebody_says(larch: Hand) -> None:
    kept = larch.look(csv_file(KEYS, row("1", starts_on="03/04/2026"), row("2", starts_on="25/03/2026")))
    assert said(kept) == [(None, "starts_on", "dates_read_as")]
    assert [it.values["starts_on"] for it in kept.rows.all()] == ["2026-04-03", "2026-03-25"]
    alone = larch.look(csv_file(KEYS, row("1", starts_on="03/04/2026")))
    assert said(alone) == [(2, "starts_on", "ambiguous_date")]
    again = services.judge_again(workbook_import=alone, options=Options(date_order="month_first"), at=AT, later=False)
    again = services.judge_import(import_id=again.pk, at=AT)
    assert again.rows.get().values["starts_on"] == "2026-03-04"


# --- modes --------------------------------------------------------------------------------------------


def test_modes_hold(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, JO))
    kept = larch.look(xlsx(KEYS, row(name="Jo Vale"), row("7")), mode="create")
    assert (said(kept), counted(kept)) == ([(2, "employee_number", "already_there")], (1, 0, 0, 0, 1))
    kept = larch.look(xlsx(KEYS, row(name="Jo Vale"), row("7")), mode="update")
    assert (said(kept), counted(kept)) == ([(3, "employee_number", "not_there_yet")], (0, 1, 0, 0, 1))
    kept = larch.look(xlsx(["employee_number", "email"], ["0042", "new@larch.example"]), mode="update")
    assert counted(kept) == (0, 1, 0, 0, 0)
    kept = larch.look(xlsx(["employee_number", "email"], ["0042", "new@larch.example"]))
    assert [it[1:] for it in said(kept)] == [(it, "column_missing") for it in ("name", "site", "starts_on")]


def test_snapshot_ends_who_is_not_there_and_asks_twice(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, row("1"), row("2"), row("3", starts_on="2026-06-01")))
    kept = larch.look(xlsx(KEYS, row("1")), mode="snapshot")
    assert (counted(kept), kept.counts["live"]) == ((0, 0, 1, 2, 0), 3)
    with pytest.raises(ManyWouldEnd):
        larch.write(kept)
    kept = larch.write(kept, endings=2)
    assert larch.jobs() == [
        ("1", "fsj", "hk", date(2026, 3, 2), None),
        ("2", "fsj", "hk", date(2026, 3, 2), date(2026, 3, 2)),
        ("3", "fsj", "hk", date(2026, 6, 1), date(2026, 6, 1)),
    ]
    assert len(larch.people()) == 3


def test_snapshot_with_an_error_writes_nothing(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, row("1"), row("2")))
    kept = larch.look(xlsx(KEYS, row("1"), row("2", email="nonsense")), mode="snapshot")
    assert counted(kept) == (0, 0, 1, 0, 1)
    with pytest.raises(ImportHasErrors):
        larch.write(kept)
    kept = larch.look(xlsx(KEYS, row("8"), row("9", email="nonsense")), all_or_nothing=True)
    with pytest.raises(ImportHasErrors):
        larch.write(kept)


# --- what happens meanwhile, and again ----------------------------------------------------------------


def test_rows_that_somebody_changed_after_the_preview_are_held_back(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, row("1"), row("2")))
    kept = larch.look(xlsx(KEYS, row("1", name="Ann"), row("2", name="Bea")))
    Membership.objects.filter(employee_number="1").update(name="Changed meanwhile")
    kept = larch.write(kept)
    assert (counted(kept), said(kept)) == ((0, 1, 0, 0, 1), [(2, "name", "changed_meanwhile")])
    assert [it[1] for it in larch.people()] == ["Changed meanwhile", "Bea"]


@pytest.mark.parametrize("mode", ["upsert", "snapshot"])
def test_of_all_or_nothing_nothing_stays_where_somebody_changed_a_row_meanwhile(
    larch: Hand, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    larch.bring(xlsx(KEYS, row("1"), row("2"), row("3"), row("4")))
    kept = larch.look(
        xlsx(KEYS, row("0"), *[row(number, name=f"New {number}") for number in "123"]),
        mode=mode,
        all_or_nothing=mode == "upsert",
    )
    Membership.objects.filter(employee_number="2").update(name="Changed meanwhile")
    monkeypatch.setattr(writing, "CHUNK_ROWS_SQLITE", 2)
    monkeypatch.setattr(writing, "CHUNK_ROWS", 2)
    kept = larch.write(kept, endings=kept.counts["ended"])
    assert (kept.state, counted(kept), said(kept)) == ("undone", (0, 0, 0, 0, 1), [(4, "name", "changed_meanwhile")])
    assert [it[1] for it in larch.people()[1:]] == ["Jo Castellan", "Changed meanwhile", "Jo Castellan", "Jo Castellan"]
    assert larch.jobs() == [(number, "fsj", "hk", date(2026, 3, 2), None) for number in "1234"]
    assert services.write_import(import_id=kept.pk, at=AT).state == "undone"


def test_confirming_twice_and_writing_twice_is_once(larch: Hand) -> None:
    kept = larch.write(larch.look(xlsx(KEYS, JO)))
    larch.write(kept)
    assert len(larch.jobs()) == 1
    refused = larch.look(xlsx(["nothing"], ["x"]))
    with pytest.raises(ImportNotReady):
        larch.write(refused)


def test_undo_gives_back_what_was_and_keeps_later_edits(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, row("1"), row("2")))
    before = (larch.people(), larch.jobs())
    kept = larch.bring(
        xlsx(
            KEYS,
            row("1", name="Ann", email="ann@larch.example", site="pg", starts_on="2026-05-01"),
            row("2", name="Bea"),
            row("3"),
        )
    )
    undone = larch.undo(kept)
    assert (undone.state, undone.outcome["left_count"]) == ("undone", 0)
    # Nobody is deleted: the new person stays, without a job.
    assert (larch.people()[:2], larch.jobs()) == before
    assert len(larch.people()) == 3
    again = larch.bring(xlsx(KEYS, row("1", name="Ann", email="ann@larch.example")))
    Membership.objects.filter(employee_number="1").update(name="Anne")
    undone = larch.undo(again)
    assert undone.outcome["left"] == [{"key": "1", "column": "name"}]
    assert larch.people()[0] == ("1", "Anne", "jo@larch.example")


def test_undo_gives_fields_of_a_job_back_one_by_one(larch: Hand) -> None:
    heads = ["employee_number", "employment_ref", "site", "role", "starts_on", "ends_on"]
    larch.bring(xlsx(KEYS, *[row(number) for number in "1234"]))
    references = [str(it.reference) for it in Employment.objects.order_by("membership__employee_number")]
    first, second, third, fourth = zip("1234", references, strict=True)
    kept = larch.bring(
        xlsx(
            heads,
            [*first, "pg", "fd", "2026-02-02", "2026-12-31"],
            [*second, "fsj", None, "2026-01-05", None],
            [*third, "pg", None, "2026-03-02", None],
            [*fourth, None, None, None, "2026-04-30"],
            ["4", "J-4", "fsj", "hk", "2026-06-01", None],
        ),
        "employments",
    )
    # Of the first job one field is edited; of the second one a field that its old first day would contradict; and the
    # old place of the third one is taken.
    larch.bring(
        xlsx(
            heads,
            [*first, None, None, None, "2026-10-31"],
            [*second, None, None, None, "2026-02-01"],
            ["3", "J-2", "fsj", "hk", "2026-05-01", None],
        ),
        "employments",
    )
    undone = larch.undo(kept)
    assert larch.jobs() == [
        ("1", "fsj", "hk", date(2026, 3, 2), date(2026, 10, 31)),
        ("2", "fsj", "hk", date(2026, 1, 5), date(2026, 2, 1)),
        ("3", "pg", "hk", date(2026, 3, 2), None),
        ("3", "fsj", "hk", date(2026, 5, 1), None),
        ("4", "fsj", "hk", date(2026, 3, 2), None),
    ]
    left = sorted((it["key"], it["column"]) for it in undone.outcome["left"])
    assert left == [("1", "ends_on"), ("2", "starts_on"), ("3", "site")]
    again = services.take_back_import(import_id=kept.pk, at=AT, turn_seconds=None)
    assert (again.outcome, len(larch.jobs())) == (undone.outcome, 5)


def test_undo_gives_no_manager_back_who_stands_below_by_now(larch: Hand) -> None:
    heads = ["employee_number", "manager"]
    larch.bring(xlsx(KEYS, row("1"), row("2"), row("3")))
    larch.bring(xlsx(heads, ["1", "2"], ["3", "2"]), mode="update")
    kept = larch.bring(xlsx(heads, ["1", "(clear)"], ["3", "1"]), mode="update")
    larch.bring(xlsx(heads, ["2", "1"]), mode="update")
    assert larch.undo(kept).outcome["left"] == [{"key": "1", "column": "manager"}]
    managers = Membership.objects.order_by("employee_number").values_list("manager__employee_number", flat=True)
    assert list(managers) == [None, "1", "2"]


def test_undo_takes_no_new_job_back_that_somebody_edited(larch: Hand) -> None:
    kept = larch.bring(xlsx(KEYS, row("1"), row("2")))
    larch.bring(xlsx(KEYS, row("2", role="fd")))
    assert larch.undo(kept).outcome["left"] == [{"key": "2", "column": "role"}]
    assert larch.jobs() == [("2", "fsj", "fd", date(2026, 3, 2), None)]


def test_idempotency_key_gives_the_same_upload(larch: Hand) -> None:
    said_of_it: Any = {
        "organisation": larch.organisation,
        "kind": "people",
        "file_name": "p.xlsx",
        "by": None,
        "at": AT,
    }
    first = services.keep_upload(file=xlsx(KEYS, JO), idempotency_key="k1", later=False, **said_of_it)
    file = first.parts.count()
    with services.imports.opened_file(first) as content:
        same = BytesIO(content.read())
    assert services.keep_upload(file=same, idempotency_key="k1", later=False, **said_of_it) == first
    with pytest.raises(KeyUsedOtherwise):
        services.keep_upload(file=xlsx(KEYS), idempotency_key="k1", later=False, **said_of_it)
    assert file == 1


def test_file_whose_judge_was_killed_is_judged_all_the_same(larch: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDFARE_FAULT", "imports.staged")
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
    with pytest.raises(FaultInjected):
        larch.look(xlsx(KEYS, JO), apply=True)
    monkeypatch.delenv("FIELDFARE_FAULT")
    kept = WorkbookImport.objects.get()
    assert (kept.state, outbox.deliver_due(at=AT + timedelta(minutes=9), limit=5)) == ("judging", 0)
    assert outbox.deliver_due(at=AT + timedelta(minutes=10), limit=1) == 1
    kept.refresh_from_db()
    assert (kept.state, counted(kept)) == ("applying", (1, 0, 0, 0, 0))
    # Killed between the two, it was judged and not yet confirmed.
    WorkbookImport.objects.update(state="ready")
    assert services.judge_import(import_id=kept.pk, at=AT).state == "applying"
    again = larch.look(xlsx(KEYS, JO))
    outbox.deliver_due(at=AT + timedelta(minutes=20), limit=5)
    services.judge_again(workbook_import=again, options=Options(), at=AT + timedelta(minutes=30), later=False)
    outbox.deliver_due(at=AT + timedelta(minutes=40), limit=5)
    again.refresh_from_db()
    assert again.state == "ready"


def test_files_lie_encrypted_and_are_forgotten(larch: Hand) -> None:
    kept = larch.bring(csv_file(KEYS, row()))
    (part,) = WorkbookPart.objects.all()
    assert b"Castellan" not in bytes(part.sealed)
    assert services.forget_files(at=AT + timedelta(days=89)) == 0
    assert services.forget_files(at=AT + timedelta(days=91)) == 1
    assert WorkbookPart.objects.count() == kept.rows.count() == kept.chunks.count() == 0


def test_what_was_forgotten_is_neither_written_nor_said_to_be_undone(larch: Hand) -> None:
    written, undoing = larch.bring(xlsx(KEYS, row())), larch.bring(xlsx(KEYS, row("7")))
    waiting = larch.look(xlsx(KEYS, row(name="Jo Vale")))
    services.undo_import(workbook_import=undoing, by=None, at=AT, later=False)
    assert services.forget_files(at=AT + timedelta(days=91)) == 2
    for act in (lambda: larch.undo(written), lambda: larch.write(waiting)):
        with pytest.raises(ImportNotReady) as error:
            act()
        assert error.value.state == "forgotten"
    with pytest.raises(ImportNotReady):
        services.judge_again(workbook_import=waiting, options=Options(), at=AT, later=False)
    written.refresh_from_db()
    assert (written.state, len(larch.jobs())) == ("applied", 2)
    # A worker has it in hand, and gets a week to end it.
    services.take_back_import(import_id=undoing.pk, at=AT, turn_seconds=None)
    assert [it[0] for it in larch.jobs()] == ["0042"]
    assert services.forget_files(at=AT + timedelta(days=91)) == 1


def test_queries_do_not_grow_with_the_rows(larch: Hand) -> None:
    def cost(rows: int, start: int) -> int:
        kept = larch.look(xlsx(KEYS, *[row(f"{n}") for n in range(start, start + rows)]))
        services.confirm_import(workbook_import=kept, by=None, at=AT, later=False)
        with CaptureQueriesContext(connection) as queries:
            services.write_import(import_id=kept.pk, at=AT, turn_seconds=None)
        return len(queries)

    assert cost(3, 1000) == cost(40, 2000)


def test_only_rows_with_managers_are_gone_through_again(larch: Hand, monkeypatch: Any) -> None:
    passed: list[int] = []
    real = PeopleKind.write

    def write(self: PeopleKind, plans: Any, setting: Any, *, number: int) -> Any:
        passed.append(number)
        return real(self, plans, setting, number=number)

    monkeypatch.setattr(PeopleKind, "write", write)
    monkeypatch.setattr(writing, "CHUNK_ROWS_SQLITE", 2)
    monkeypatch.setattr(writing, "CHUNK_ROWS", 2)
    larch.bring(xlsx(KEYS, *[row(f"{n}") for n in range(100, 105)]))
    assert passed == [0, 0, 0]
    larch.bring(xlsx([*KEYS, "manager"], *[[*row(f"{n}"), "100" if n == 203 else None] for n in range(200, 205)]))
    assert passed == [0, 0, 0, 0, 0, 0, 1]
    assert Membership.objects.get(employee_number="203").manager == Membership.objects.get(employee_number="100")


def test_writing_goes_on_where_it_stopped(larch: Hand, monkeypatch: Any) -> None:
    monkeypatch.setattr(writing, "CHUNK_ROWS_SQLITE", 2)
    monkeypatch.setattr(writing, "CHUNK_ROWS", 2)
    kept = larch.look(xlsx(KEYS, *[row(f"{n}") for n in range(100, 105)]))
    services.confirm_import(workbook_import=kept, by=None, at=AT, later=False)
    kept = services.write_import(import_id=kept.pk, at=AT, turn_seconds=0)
    assert (kept.state, kept.applied_rows, len(larch.people())) == ("applying", 2, 2)
    kept = services.write_import(import_id=kept.pk, at=AT, turn_seconds=None)
    assert (kept.state, kept.applied_rows, len(larch.people())) == ("applied", 5, 5)


# --- files of people's own ----------------------------------------------------------------------------


def test_headings_below_a_title_are_found_and_guessed(larch: Hand) -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"] = "Crew list, March"
    sheet.merge_cells("A1:D1")
    for at, line in enumerate(
        (
            ["Matricule", "Nom complet", "Where", "Hired on", "Shoe size", "Contact"],
            ["0042", "Jo", "Fort St. John", "2026-03-02", 42, "jo@larch.example"],
            ["0043", "Ama", "Prince George", "2026-03-02", 38, "ama@larch.example"],
        ),
        start=4,
    ):
        for position, value in enumerate(line, start=1):
            sheet.cell(at, position, value)
    kept = larch.look(saved(book))
    assert sorted((it["column"], it["problem"], it["hints"][0]) for it in kept.problems) == [
        ("Contact", "guessed_column", "email"),
        ("Hired on", "guessed_column", "starts_on"),
        ("Matricule", "guessed_column", "employee_number"),
        ("Nom complet", "guessed_column", "name"),
        ("Shoe size", "unknown_column", "employee_number"),
        ("Where", "guessed_column", "site"),
    ]
    assert (kept.state, counted(kept)) == ("ready", (2, 0, 0, 0, 0))


def test_what_headings_mean_is_remembered(larch: Hand) -> None:
    file = (["Nummer", *KEYS[1:]], JO)
    assert [it[1:] for it in said(larch.look(xlsx(*file)))][-1] == ("employee_number", "column_missing")
    services.remember_mapping(organisation=larch.organisation, kind="people", mapping={"nummer": "employee_number"})
    assert ColumnMapping.objects.get().column == "employee_number"
    kept = larch.look(xlsx(*file))
    assert (said(kept), counted(kept)) == ([], (1, 0, 0, 0, 0))
    assert counted(larch.look(xlsx(KEYS, JO), mapping={"email": ""})) == (1, 0, 0, 0, 0)


def test_what_no_file_may_bring_is_refused_in_any_language(larch: Hand) -> None:
    for heading in ("Nationality", "Statut d’immigration", "宗教", "Health card"):
        kept = larch.look(xlsx([*KEYS, heading], [*JO, "x"]))
        assert (kept.state, [it[2] for it in said(kept)]) == ("refused", ["never_accepted"])


def test_several_sheets_are_offered(larch: Hand) -> None:
    book = Workbook()
    for name in ("Camp A", "Camp B", "Notes"):
        sheet = book.create_sheet(name)
        sheet.append(KEYS if name != "Notes" else ["x"])
        sheet.append(JO)
    book.remove(book["Sheet"])
    kept = larch.look(saved(book))
    assert (kept.state, kept.problems[0]["problem"], kept.problems[0]["hints"]) == (
        "refused",
        "several_sheets",
        ["Camp A", "Camp B"],
    )
    assert counted(larch.look(saved(book), sheet="Camp B")) == (1, 0, 0, 0, 0)
    assert said(larch.look(saved(book), sheet="Camp C")) == [(None, "", "unknown_sheet")]


@pytest.mark.parametrize(("rows", "problem"), [([], "no_rows"), ([["x"], ["y"]], "no_headings")])
def test_files_without_anything_say_so(larch: Hand, rows: Any, problem: str) -> None:
    kept = larch.look(xlsx(*rows))
    assert (kept.state, [it[2] for it in said(kept)]) == ("refused", [problem])


def test_a_list_without_a_row_does_nothing_but_is_never_the_whole_list(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, row("1")))
    for mode in ("upsert", "create", "update"):
        kept = larch.look(xlsx(KEYS), mode=mode)
        assert (kept.state, said(kept), counted(kept)) == ("ready", [], (0, 0, 0, 0, 0)), mode
    kept = larch.look(xlsx(KEYS), mode="snapshot")
    assert (kept.state, said(kept)) == ("refused", [(None, "", "no_rows")])


@pytest.mark.parametrize("make", [corpus.as_numbers_exports, corpus.as_an_excel_table])
def test_lists_as_other_programs_save_them_come_in(larch: Hand, make: Any) -> None:
    kept = larch.look(make())
    assert (said(kept), counted(kept)) == ([], (2, 0, 0, 0, 0))


def test_texts_that_look_escaped_go_out_and_come_back(larch: Hand) -> None:
    larch.bring(csv_file(KEYS, row(name="_x0041_ Castellan")))
    assert larch.people()[0][1] == "_x0041_ Castellan"
    assert counted(larch.look(larch.export())) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("kind", [*all_kinds(), *shared_kinds()], ids=lambda kind: kind.code)
def test_no_text_column_of_any_kind_goes_out_as_a_formula(kind: Kind) -> None:
    texts_of = {it.key for it in kind.columns if it.type not in (Type.DATE, Type.WHOLE)}
    rows = [dict.fromkeys(texts_of, sign) for sign in (*corpus.INJECTIONS, corpus.DDE)]
    target, plain = BytesIO(), BytesIO()
    write_xlsx(target, rows, kind=kind, choices={})
    write_csv(plain, rows, columns=kind.columns)
    for file, name in ((target, "out.xlsx"), (plain, "out.csv")):
        source = open_source(file, name=name)
        read = list(source.rows(source.sheets[0]))[2 if name == "out.xlsx" else 1 :]
        found = [{it.found for it in cells if it is not EMPTY} for _, cells in read]
        assert found == [{Found.TEXT}] * len(rows), name
        assert [next(it.text for it in cells if it is not EMPTY) for _, cells in read] == [
            *corpus.INJECTIONS,
            corpus.DDE,
        ]
    lines = plain.getvalue().decode("utf-8-sig").splitlines()[1:]
    assert all(field.strip('"')[:1] == "'" for line in lines for field in line.split(",") if field)


def test_what_formulas_gave_is_taken_and_told(larch: Hand) -> None:
    kept = larch.bring(corpus.with_formulas())
    assert said(kept) == [
        (2, "employee_number", "worked_out"),
        (2, "name", "worked_out"),
        (2, "starts_on", "worked_out"),
        (3, "name", "formula"),
        (4, "name", "formula"),
    ]
    assert larch.people() == [("0042", "Jo Castellan", "")]
    assert larch.jobs()[0][3] == date(2026, 3, 2)
    sheet = load_workbook(larch.marked_up(kept)).worksheets[0]
    assert [(sheet[at].value, sheet[at].data_type) for at in ("B2", "B3", "B4")] == [
        ("Jo Castellan", "s"),
        ("=A3&B3", "s"),
        ("=1/0", "s"),
    ]


@pytest.mark.parametrize("make", [corpus.with_hidden_parts, corpus.ods_with_hidden_parts])
def test_what_a_file_hides_is_read_and_told(larch: Hand, make: Any) -> None:
    kept = larch.look(make())
    assert (said(kept), counted(kept)) == (
        [(None, "email", "hidden_column"), (None, "", "hidden_rows")],
        (2, 0, 0, 0, 0),
    )
    assert kept.problems[1]["hints"] == ["1"]


def test_empty_cells_empty_a_value_only_where_somebody_said_so(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, JO))
    empty = xlsx(KEYS, row(email=None, role=None, name=None))
    assert counted(larch.look(empty)) == (0, 0, 1, 0, 0)
    kept = larch.bring(empty, blank_clears=["email", "name", "manager"])
    # A name cannot be emptied, and a column that is not in the file says nothing.
    assert said(kept) == [(None, "email", "blank_clears")]
    assert larch.people() == [("0042", "Jo Castellan", "")]
    assert larch.jobs()[0][2] == "hk"


def test_reports_say_what_stands_in_the_cell(larch: Hand) -> None:
    kept = larch.look(xlsx(KEYS, row(email="nonsense", starts_on="x" * 99)))
    assert [(it["column"], it["value"]) for it in services.report_of(kept)["problems"]] == [
        ("email", "nonsense"),
        ("starts_on", "x" * 60),
    ]


# --- the way back -------------------------------------------------------------------------------------


def test_own_file_comes_back_with_marks_and_can_be_corrected(larch: Hand) -> None:
    kept = larch.look(xlsx(KEYS, JO, row("0043", email="nonsense", starts_on="soon"), row("0044", name="=1+1")))
    book = load_workbook(larch.marked_up(kept))
    assert book.sheetnames == ["Sheet1", "To correct"]
    sheet = book["Sheet1"]
    assert [cell.value for cell in sheet[1]] == [*KEYS, "Status", "Problem", "How to mend it"]
    assert [sheet.cell(at, 8).value for at in (2, 3, 4)] == ["New", "To correct", "To correct"]
    assert "E-mail: This is not an e-mail address." in sheet["I3"].value
    assert sheet["C3"].fill.fgColor.rgb == "00F6D5D0"
    assert sheet["C3"].comment.text.startswith("Fieldfare: This is not an e-mail address.")
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=1+1", "s")
    failing = book["To correct"]
    assert [failing.cell(at, 1).value for at in range(1, 5)] == ["employee_number", "Employee number", "0043", "0044"]


@pytest.mark.parametrize("sheet", ["Sheet1", "To correct"])
def test_marked_up_file_is_taken_where_it_was_corrected(larch: Hand, sheet: str) -> None:
    kept = larch.look(xlsx(KEYS, JO, row("0043", email="nonsense")))
    unchanged = larch.look(larch.marked_up(kept))
    assert (unchanged.layout["sheet"], counted(unchanged)) == ("Sheet1", (1, 0, 0, 0, 1))
    book = load_workbook(larch.marked_up(kept))
    for cells in book[sheet].iter_rows():
        for cell in cells:
            if cell.value == "nonsense":
                cell.value = "ama@larch.example"
    again = larch.look(saved(book))
    assert (again.layout["sheet"], said(again), again.counts["error"]) == (sheet, [], 0)


def test_marks_end_with_what_they_said_and_comments_of_others_stay(larch: Hand) -> None:
    def comment(sheet: Any) -> None:
        sheet["C2"].comment = Comment("Ask Dana", "HR")

    file = xlsx(KEYS, row("0043", email="nonsense"), row("0044", email="x", site="y"), change=comment)
    sheet = (book := load_workbook(larch.marked_up(larch.look(file)))).worksheets[0]
    assert sheet["C2"].comment.text.startswith("Fieldfare: This is not an e-mail address.")
    assert sheet["C2"].comment.text.endswith("\n\nAsk Dana")
    sheet["C2"].value = sheet["C3"].value = "ama@larch.example"
    # As LibreOffice saves it.
    sheet["C3"].comment.author = " "
    sheet = load_workbook(larch.marked_up(larch.look(saved(book)))).worksheets[0]
    assert (sheet["C2"].comment.text, sheet["C2"].comment.author) == ("Ask Dana", "HR")
    assert [sheet[at].fill.fill_type for at in ("C2", "C3", "D3")] == [None, None, "solid"]
    assert (sheet["C3"].comment, sheet["H2"].value) == (None, "New")


@pytest.mark.parametrize("keep", [marking.KEPT_FORMATS_BELOW, 0])
def test_rows_to_correct_are_marked_up_again_and_are_the_list_then(
    larch: Hand, monkeypatch: pytest.MonkeyPatch, keep: int
) -> None:
    monkeypatch.setattr(marking, "KEPT_FORMATS_BELOW", keep)
    first = load_workbook(
        larch.marked_up(larch.look(xlsx(KEYS, JO, row("0043", email="nonsense"), row("0044", site="x"))))
    )
    first["To correct"]["C3"].value = "ama@larch.example"
    kept = larch.look(saved(first))
    assert (kept.layout["sheet"], counted(kept)) == ("To correct", (1, 0, 0, 0, 1))
    again = load_workbook(larch.marked_up(kept))
    assert again.sheetnames == ["People", "To correct"]
    assert [again["To correct"].cell(at, 1).value for at in range(1, 4)] == [
        "employee_number",
        "Employee number",
        "0044",
    ]
    unchanged = larch.look(saved(again))
    assert (unchanged.layout["sheet"], counted(unchanged)) == ("People", (1, 0, 0, 0, 1))


def test_a_sheet_full_of_coloured_emptiness_is_never_held_in_memory(
    larch: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Any] = []
    monkeypatch.setattr(marking, "load_workbook", lambda *args, **kwargs: loaded.append(args))
    kept = larch.look(corpus.styled_emptiness(25_000))
    sheet = load_workbook(larch.marked_up(kept)).worksheets[0]
    assert (sheet["A2"].value, sheet["H2"].value, sheet.max_row, loaded) == ("0042", "New", 2, [])


def test_file_that_another_reader_refuses_comes_back_without_its_formats(larch: Hand) -> None:
    kept = larch.look(corpus.with_a_number_that_is_none())
    assert [it[:2] for it in said(kept)] == [(2, "employee_number")]
    sheet = load_workbook(larch.marked_up(kept)).worksheets[0]
    assert (sheet["A2"].value, sheet["H2"].value) == ("none", "To correct")


@pytest.mark.parametrize("make", [csv_file, ods])
def test_other_formats_come_back_as_xlsx(larch: Hand, make: Any) -> None:
    kept = larch.look(make(KEYS, [], JO, row("0043", email="nonsense")))
    sheet = load_workbook(larch.marked_up(kept)).worksheets[0]
    assert [sheet.cell(at, 1).value for at in range(1, 5)] == ["employee_number", None, "0042", "0043"]
    assert sheet["C4"].comment is not None


# --- out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", ["people", "employments"])
def test_what_goes_out_comes_in_without_a_change(larch: Hand, kind: str, file_format: str) -> None:
    nasty = [
        [f"{n:03}", f"{text} x", None, "fsj", "hk", date(2026, 3, 2), None] for n, text in enumerate(corpus.INJECTIONS)
    ]
    larch.bring(texts(KEYS, JO, AMA, *nasty))
    larch.bring(xlsx(KEYS, row(site="pg", starts_on="2026-05-01")))
    file = larch.export(kind, file_format)
    kept = larch.look(file, kind)
    assert {it[2] for it in said(kept)} <= {"like_a_formula"}
    count = {"people": len(larch.people()), "employments": len(larch.jobs())}[kind]
    assert counted(kept) == (0, 0, count, 0, 0)


def test_exports_never_hold_formulas(larch: Hand) -> None:
    larch.bring(
        texts(KEYS, *[[f"{n:02}", text, None, "fsj", None, "2026-03-02"] for n, text in enumerate(corpus.INJECTIONS)])
    )
    book = load_workbook(larch.export())
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert [cell.value for cell in book["People"]["B"]][2:] == list(corpus.INJECTIONS)
    lines = larch.export(file_format="csv").getvalue().decode("utf-8-sig").splitlines()
    assert {line.split(",")[1][0] for line in lines[1:]} == {"'"}


def test_export_of_a_day_shows_who_worked_then_where(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, JO, AMA))
    larch.bring(xlsx(KEYS, row(site="pg", starts_on="2026-05-01")))

    def sites(on: date | None) -> list[tuple[str, str]]:
        rows = load_workbook(larch.export(on=on))["People"].iter_rows(min_row=3, values_only=True)
        return [(it[0], it[4]) for it in rows]

    assert sites(None) == [("0042", "fsj"), ("0043", "pg")]
    assert sites(date(2026, 1, 10)) == [("0043", "pg")]
    assert sites(date(2026, 10, 1)) == [("0042", "pg")]


def test_export_says_what_it_is(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, JO))
    book = load_workbook(larch.export(on=date(2026, 3, 2)))
    facts = {line[0]: line[1] for line in book["About this list"].iter_rows(values_only=True)}
    assert (facts["As of"], facts["Rows"], facts["Made at"]) == ("2026-03-02", "1", "2026-03-02 17:00 UTC")
    assert book.defined_names["fieldfare_template"].value == '"people:1"'


def test_template_explains_itself_and_takes_rows(larch: Hand) -> None:
    target = BytesIO()
    services.write_template(organisation=larch.organisation, kind="people", target=target, at=AT)
    book = load_workbook(target)
    assert book.sheetnames == ["People", "Read me", "Lists"]
    people = book["People"]
    assert [cell.value for cell in people[1]] == ["employee_number", "name", "preferred_name", *KEYS[2:], "manager"]
    assert people.row_dimensions[1].hidden
    assert people["A2"].value == "Employee number"
    assert {rule.formula1 for rule in people.data_validations.dataValidation} == {"Lists!$A$2:$A$3", "Lists!$C$2:$C$3"}
    lists = [cell.value for line in book["Lists"].iter_rows() for cell in line]
    assert "Fort St. John" in lists
    assert "elsewhere" not in lists
    for key, value in zip(KEYS, JO, strict=True):
        people.cell(3, [cell.value for cell in people[1]].index(key) + 1, value)
    kept = larch.look(saved(book))
    assert (said(kept), counted(kept)) == ([], (1, 0, 0, 0, 0))
    kept = larch.look(saved(book), "employments")
    assert said(kept) == [(None, "", "other_kind")]


@pytest.mark.parametrize("kind", [*all_kinds(), *shared_kinds()], ids=lambda kind: kind.code)
def test_every_template_and_list_is_shaped_for_reading_and_for_zeros(larch: Hand, kind: Kind) -> None:
    owner = None if kind.is_shared else larch.organisation
    template, listed = BytesIO(), BytesIO()
    services.write_template(organisation=owner, kind=kind.code, target=template, at=AT, language="fr")
    services.write_export(organisation=owner, kind=kind.code, target=listed, at=AT, language="fr")
    with translation.override("fr"):
        labels = [str(column.label) for column in kind.columns]
    for book, sheets in (
        (load_workbook(template), ["Read me", "Lists"]),
        (load_workbook(listed), ["About this list", "Totals"]),
    ):
        sheet = book[kind.sheet]
        assert book.sheetnames == [kind.sheet, *sheets]
        assert [[cell.value for cell in line] for line in sheet[1:2]] == [[it.key for it in kind.columns], labels]
        assert (sheet.row_dimensions[1].hidden, sheet.freeze_panes) == (True, "A3")
        dimensions = [sheet.column_dimensions[letter(at)] for at in range(len(labels))]
        # Format 14: each reader sees dates as they write them.
        wanted = ["mm-dd-yy" if it.type is Type.DATE else "@" for it in kind.columns]
        assert [it.number_format for it in dimensions] == wanted
        assert min(it.width for it in dimensions) >= 24
    assert load_workbook(listed)[kind.sheet].auto_filter.ref == f"A2:{letter(len(labels) - 1)}2"
    book = load_workbook(template)
    choices = kind.choices(setting_of(owner, at=AT))
    chosen = {letter(at) for at, it in enumerate(kind.columns) if it.choices and choices[it.choices].names}
    offered = {str(rule.sqref).partition("3")[0] for rule in book[kind.sheet].data_validations.dataValidation}
    assert offered == chosen
    said = [line for line in book["Read me"].iter_rows(values_only=True) if any(line)]
    assert [line[1] for line in said[5 : 5 + len(labels)]] == [it.key for it in kind.columns]
    assert said[-1 - len(kind.samples)][: len(labels)] == tuple(labels)
    assert len(kind.samples) >= 3


def test_preferred_names_come_in_go_out_and_are_taken_back(larch: Hand) -> None:
    heads = [*KEYS, "Known as"]
    kept = larch.bring(xlsx(heads, [*JO, "Jojo"]))
    member = Membership.objects.get(employee_number="0042")
    assert (member.name, member.preferred_name, member.called) == ("Jo Castellan", "Jojo", "Jojo")
    assert counted(larch.look(xlsx(heads, [*JO, "Jojo"]))) == (0, 0, 1, 0, 0)
    line = next(load_workbook(larch.export())["People"].iter_rows(min_row=3, values_only=True))
    assert line[:3] == ("0042", "Jo Castellan", "Jojo")
    assert counted(larch.look(xlsx(heads, [*JO, None]))) == (0, 0, 1, 0, 0)
    kept = larch.bring(xlsx(heads, [*JO, "(clear)"]))
    assert kept.rows.get().changes == {"preferred_name": ["Jojo", ""]}
    member.refresh_from_db()
    assert (member.preferred_name, member.called) == ("", "Jo Castellan")
    assert AccountChange.objects.filter(membership=member, kind="name_changed").count() == 1
    larch.undo(kept)
    member.refresh_from_db()
    assert member.preferred_name == "Jojo"


# --- employments --------------------------------------------------------------------------------------


def test_employments_are_found_by_reference_or_by_what_they_say(larch: Hand) -> None:
    larch.bring(xlsx(KEYS, JO))
    heads = ["employee_number", "employment_ref", "site", "role", "starts_on", "ends_on"]
    second = ["0042", "J-17", "pg", "fd", "2026-04-01", "2026-05-31"]
    kept = larch.bring(xlsx(heads, ["0042", None, "fsj", "hk", "2026-03-02", "2026-08-31"], second), "employments")
    assert counted(kept) == (1, 1, 0, 0, 0)
    assert larch.jobs() == [
        ("0042", "fsj", "hk", date(2026, 3, 2), date(2026, 8, 31)),
        ("0042", "pg", "fd", date(2026, 4, 1), date(2026, 5, 31)),
    ]
    assert counted(larch.look(xlsx(heads, second), "employments")) == (0, 0, 1, 0, 0)
    moved = larch.bring(xlsx(heads, ["0042", "j-17", None, None, "2026-04-15", "(clear)"]), "employments")
    assert larch.jobs()[1] == ("0042", "pg", "fd", date(2026, 4, 15), None)
    larch.undo(moved)
    assert larch.jobs()[1] == ("0042", "pg", "fd", date(2026, 4, 1), date(2026, 5, 31))
    kept = larch.look(xlsx(heads, ["0042", "J-18", "pg", "fd", "2026-05-01", None]), "employments")
    assert said(kept) == [(2, "starts_on", "overlaps")]
    kept = larch.look(
        xlsx([*heads, "hired_on"], ["0042", "J-19", "fsj", "fd", "2027-05-01", None, "2027-05-02"]), "employments"
    )
    assert said(kept) == [(2, "hired_on", "hired_after_start")]
    # One job by its reference and by its place, and a new one by both, are doubles.
    rows = [
        ["0042", "J-17", None, None, None, "2026-06-30"],
        ["0042", None, "pg", None, "2026-04-01", "2026-07-31"],
        ["0042", "J-20", "pg", "hk", "2026-09-01", None],
        ["0042", None, "pg", "hk", "2026-09-01", "2026-10-31"],
    ]
    kept = larch.bring(xlsx(heads, *rows), "employments")
    assert said(kept) == [(at, "employee_number", "key_twice") for at in (2, 3, 4, 5)]
    assert len(larch.jobs()) == 2


def test_state_of_an_upload_is_said_in_words() -> None:
    assert all(str(label) for _, label in WorkbookImport.State.choices)
