"""The commands: a dry run unless told otherwise, exit status 0, 1 or 2, reports for machines and for people."""

import json
import os
import shutil
import time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from people.management.commands import watch_folder
from people.models import Membership, OutboxEntry, StaffRole, WorkbookImport
from people.services.staff_notes import KIND
from people.workbooks.kinds import all_kinds
from tests.corpus.workbooks import JO, KEYS, csv_file, xlsx
from tests.factories.people import StaffRoleFactory
from tests.people.workbooks.conftest import Hand

pytestmark = pytest.mark.django_db


def put(folder: Path, file: BytesIO, name: str = "") -> Path:
    path = folder / (name or file.name)
    path.write_bytes(file.getvalue())
    return path


def run(path: Path, *options: str, kind: str = "people") -> tuple[int, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_workbook", kind, str(path), "--organisation", "larch", *options, stdout=out)
    return int(ended.value.code or 0), out.getvalue()


def test_dry_run_then_apply_then_nothing_to_do(larch: Hand, tmp_path: Path) -> None:
    path = put(tmp_path, xlsx(KEYS, JO))
    status, said = run(path)
    assert (status, "1 new, 0 changed, 0 unchanged, 0 ended, 0 error. 1 changes; nothing was written." in said) == (
        0,
        True,
    )
    assert not Membership.objects.exists()
    status, said = run(path, "--apply")
    assert (status, "1 changes." in said, Membership.objects.count()) == (0, True, 1)
    status, said = run(path, "--apply")
    assert (status, "0 changes." in said) == (0, True)


def test_problems_are_status_1_with_reports(larch: Hand, tmp_path: Path) -> None:
    path = put(tmp_path, xlsx(KEYS, JO, ["0043", "Ama", "nonsense", "fsj", None, "2026-03-02", None]))
    report, marked = tmp_path / "report.json", tmp_path / "marked.xlsx"
    status, said = run(path, "--apply", "--json", str(report), "--marked-up", str(marked))
    assert status == 1
    assert "row 3, E-mail: This is not an e-mail address." in said
    found = json.loads(report.read_text())
    assert (found["applied"], found["outcome"]["new"], found["outcome"]["error"]) == (True, 1, 1)
    assert [(it["row"], it["column"], it["rule"]) for it in found["problems"]] == [(3, "email", "not_email")]
    assert load_workbook(marked)["Sheet1"]["H3"].value == "To correct"


def test_refusals_are_status_2(larch: Hand, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    status, said = run(put(tmp_path, xlsx(["x"], ["y"])), "--apply", "--json", str(report))
    assert (status, "Refused; nothing was written." in said) == (2, True)
    assert json.loads(report.read_text())["refused"] is True
    path = put(tmp_path, xlsx(KEYS, JO, ["0043", None, "x", None, None, None, None]))
    status, said = run(path, "--apply", "--all-or-nothing")
    assert (status, "Nothing was written: 1 rows have errors." in said) == (2, True)
    run(put(tmp_path, xlsx(KEYS, JO)), "--apply")
    path = put(tmp_path, xlsx(KEYS, ["0043", *JO[1:]]))
    status, said = run(path, "--apply", "--mode", "snapshot")
    assert (status, "say --endings 1." in said) == (2, True)
    assert run(path, "--apply", "--mode", "snapshot", "--endings", "1")[0] == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["people", "missing.xlsx", "--organisation", "larch"], "cannot be read"),
        (["people", "missing.xlsx", "--organisation", "nobody"], "There is no organisation nobody."),
        (["nothing", "missing.xlsx", "--organisation", "larch"], "There is no kind nothing"),
        (["employments", "missing.xlsx", "--organisation", "larch", "--mode", "snapshot"], "cannot be brought in"),
        (["people", "missing.xlsx", "--organisation", "larch", "--json", "nowhere/report.json"], "no folder nowhere"),
        (["people", "missing.xlsx", "--organisation", "larch", "--marked-up", "."], "cannot be written"),
    ],
)
def test_what_is_not_there_is_status_2(
    larch: Hand, args: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.json").write_text('{"applied": true}')
    with pytest.raises(CommandError, match=said) as error:
        call_command("import_workbook", *([] if "--json" in args else ["--json", "report.json"]), *args)
    assert error.value.returncode == 2
    if "cannot be read" in said:
        assert json.loads((tmp_path / "report.json").read_text())["refused"] is True


def test_encoding_dates_and_columns_can_be_said(larch: Hand, tmp_path: Path) -> None:
    rows = (["Nummer", *KEYS[1:]], ["0042", "Zoë", None, "fsj", None, "03/04/2026", None])
    path = put(tmp_path, csv_file(*rows, encoding="windows-1252", delimiter=";"))
    assert run(path)[0] == 2
    said = ("--encoding", "windows-1252", "--dates", "day_first", "--column", "Nummer=employee_number")
    assert run(path, *said, "--apply")[0] == 0
    assert larch.jobs()[0][3].isoformat() == "2026-04-03"


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv"])
def test_export_comes_back_without_a_change(larch: Hand, tmp_path: Path, name: str) -> None:
    larch.bring(xlsx(KEYS, JO))
    out = StringIO()
    call_command("export_workbook", "people", str(tmp_path / name), "--organisation", "larch", stdout=out)
    assert "1 rows" in out.getvalue()
    assert run(tmp_path / name)[1].endswith("0 changes; nothing was written.\n")
    assert list(tmp_path.iterdir()) == [tmp_path / name]
    call_command(
        "export_workbook",
        "people",
        str(tmp_path / name),
        "--organisation",
        "larch",
        "--as-of",
        "2026-03-01",
        stdout=out,
    )
    assert "0 rows" in out.getvalue()


@pytest.mark.parametrize("kind", [kind.code for kind in all_kinds()])
def test_every_kind_goes_out_and_comes_in_by_the_commands(larch: Hand, tmp_path: Path, kind: str) -> None:
    out, template = tmp_path / "out.xlsx", tmp_path / "template.xlsx"
    for path, more in ((out, ()), (template, ("--template",))):
        call_command("export_workbook", kind, str(path), "--organisation", "larch", *more, stdout=StringIO())
        for more, end in (((), "; nothing was written"), (("--apply",), "")):
            said = f"0 new, 0 changed, 0 unchanged, 0 ended, 0 error. 0 changes{end}.\n"
            assert run(path, *more, kind=kind) == (0, said)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["people", "out.pdf"], "ends with"),
        (["people", "out.csv", "--as-of", "soon"], "is a date"),
        (["nothing", "out.csv"], "There is no kind"),
    ],
)
def test_export_refuses_with_a_sentence(
    larch: Hand, tmp_path: Path, args: list[str], said: str, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=said):
        call_command("export_workbook", *args, "--organisation", "larch")
    assert list(tmp_path.iterdir()) == []


def watch(folder: Path) -> str:
    """Look once; return what was said of files that stay."""
    for path in folder.glob("*/*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (time.time() - 60, time.time() - 60))
    errors = StringIO()
    call_command("watch_folder", str(folder), "--organisation", "larch", "--once", stdout=StringIO(), stderr=errors)
    return errors.getvalue()


def names(folder: Path) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in folder.iterdir()) if folder.is_dir() else []


def test_folder_takes_files_of_any_name_and_the_same_file_again(larch: Hand, tmp_path: Path) -> None:
    folder = tmp_path / "people"
    folder.mkdir()
    latin = folder / os.fsdecode(b"Jos\xe9 & co. (2).xlsx")
    long = folder / f"{'n' * 240}.xlsx"
    for number, path in enumerate((latin, long, folder / "a list\n of March.csv")):
        file = csv_file(KEYS, [f"{number}", *JO[1:]]) if path.suffix == ".csv" else xlsx(KEYS, [f"{number}", *JO[1:]])
        path.write_bytes(file.getvalue())
    put(folder, csv_file(KEYS), "without a row.csv")
    assert watch(tmp_path) == ""
    assert (Membership.objects.count(), len(names(folder / "done")), names(folder / "failed")) == (3, 8, [])
    # Taken back and dropped again, to the second the same file, it is judged anew.
    kept = WorkbookImport.objects.get(file_name="Jos\ufffd & co. (2).xlsx")
    larch.undo(kept)
    for _ in range(2):
        latin.write_bytes(xlsx(KEYS, ["0", "Jo Again", *JO[2:]]).getvalue())
        assert watch(tmp_path) == ""
    counts = [it.outcome["changed"] for it in WorkbookImport.objects.order_by("pk")]
    assert counts == [0, 0, 0, 0, 1, 0]


def test_folder_leaves_alone_what_it_may_not_touch_and_goes_on(
    larch: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "people"
    folder.mkdir()
    for name in ("unreadable.xlsx", "written.xlsx", "z.xlsx", "part.xlsx.filepart", ".hidden.xlsx"):
        put(folder, xlsx(KEYS, [name, *JO[1:]]), name)
    (folder / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100)
    (folder / "link.xlsx").symlink_to(folder / "z.xlsx")
    (folder / "folder.xlsx").mkdir()
    real_open, real_marks = watch_folder._opened, watch_folder._marks
    written: list[str] = []

    def opened(path: Path) -> Any:
        if path.name == "unreadable.xlsx":
            raise PermissionError(13, "Permission denied")
        return real_open(path)

    def marks(path: Path) -> str:
        written.append(path.name)
        return real_marks(path) + (str(len(written)) if path.name == "written.xlsx" else "")

    monkeypatch.setattr(watch_folder, "_opened", opened)
    monkeypatch.setattr(watch_folder, "_marks", marks)
    said = watch(tmp_path)
    assert said.splitlines() == [
        "people/unreadable.xlsx: Permission denied; left where it lies",
        "people/written.xlsx: still written; left for the next look",
    ]
    assert names(folder / "done") == ["z.xlsx", "z.xlsx.report.json"]
    assert names(folder / "failed") == ["old.xls", "old.xls.report.json"]
    assert [it.employee_number for it in Membership.objects.all()] == ["z.xlsx"]
    # A folder of ours that leads elsewhere is not followed.
    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.move(folder / "done", tmp_path / "before")
    (folder / "done").symlink_to(other)
    put(folder, xlsx(KEYS, ["1", *JO[1:]]), "later.xlsx")
    assert "later.xlsx: Not a directory; left where it lies" in watch(tmp_path)
    assert (list(other.iterdir()), Membership.objects.count()) == ([], 1)


def test_folder_loses_no_file_that_comes_while_one_of_its_name_is_written(
    larch: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "people"
    folder.mkdir()
    first, second = csv_file(KEYS, JO), csv_file(KEYS, ["0043", *JO[1:]])
    path = put(folder, first)
    real = watch_folder.services.write_import

    def write(**said: Any) -> WorkbookImport:
        put(folder, second)
        return real(**said)

    monkeypatch.setattr(watch_folder.services, "write_import", write)
    watch(tmp_path)
    monkeypatch.undo()
    (done,) = (folder / "done").glob("*.csv")
    assert (done.read_bytes(), path.read_bytes()) == (first.getvalue(), second.getvalue())
    watch(tmp_path)
    assert [it.employee_number for it in Membership.objects.order_by("pk")] == ["0042", "0043"]


def test_folder_is_watched(larch: Hand, tmp_path: Path) -> None:
    hr = StaffRoleFactory(organisation=larch.organisation, kind=StaffRole.Kind.HR)
    StaffRoleFactory(organisation=larch.organisation, kind=StaffRole.Kind.AUDITOR)
    (tmp_path / "people").mkdir()
    good = put(tmp_path / "people", xlsx(KEYS, JO), "good.xlsx")
    bad = put(tmp_path / "people", xlsx(KEYS, ["0043", "Ama", "x", "fsj", None, "2026-03-02", None]), "bad.xlsx")
    young = put(tmp_path / "people", xlsx(KEYS), "young.xlsx")
    # Still being written, however long the machine takes until the look.
    os.utime(young, (time.time() + 600, time.time() + 600))
    for path in (good, bad):
        os.utime(path, (time.time() - 60, time.time() - 60))
    call_command("watch_folder", str(tmp_path), "--organisation", "larch", "--once", stdout=StringIO())
    done = sorted(path.name.partition("-")[2] for path in (tmp_path / "people" / "done").iterdir())
    failed = sorted(path.name.partition("-")[2] for path in (tmp_path / "people" / "failed").iterdir())
    assert done == ["good.xlsx", "good.xlsx.report.json"]
    assert failed == ["bad-marked.xlsx", "bad.xlsx", "bad.xlsx.report.json"]
    assert (tmp_path / "people" / "young.xlsx").exists()
    # Each of HR hears of each file, by a mail that holds a link alone; nobody else does.
    notes = OutboxEntry.objects.filter(kind=KIND).order_by("pk").values_list("payload", flat=True)
    imports = [str(it.public_id) for it in WorkbookImport.objects.order_by("pk")]
    assert sorted(it["target"] for it in notes) == sorted(imports)
    assert {it["user"] for it in notes} == {hr.user.pk}
    assert (Membership.objects.count(), WorkbookImport.objects.count()) == (1, 2)
