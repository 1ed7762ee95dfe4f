import zipfile
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook, load_workbook

from people import workbooks
from people.exceptions import WorkbookRefused
from people.explanations import explain
from people.models import Membership, Organisation
from people.rows import Column, Found, PersonRow, Problem, RowProblem
from people.workbooks import people_template, read_people_workbook, saved, write_text
from tests.factories.people import OrganisationFactory, RoleFactory, SiteFactory

pytestmark = pytest.mark.django_db

KEYS = ["employee_number", "name", "email", "site", "role", "starts_on", "ends_on"]
JO = ["0042", "Jo Castellan", "jo@larch.example", "fsj", "hk", date(2026, 3, 2), None]


@pytest.fixture
def larch() -> Organisation:
    organisation: Organisation = OrganisationFactory(code="larch")
    SiteFactory(organisation=organisation, code="fsj", name="Fort St. John")
    SiteFactory(code="elsewhere")
    RoleFactory(organisation=organisation, code="hk", name="Housekeeping")
    return organisation


def book(*rows: list[Any], change: Callable[[Any], None] | None = None) -> BytesIO:
    workbook = Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    return BytesIO(saved(workbook))


def refused(file: Any, organisation: Organisation) -> list[tuple[int | None, str, Problem]]:
    with pytest.raises(WorkbookRefused) as error:
        read_people_workbook(file, organisation=organisation)
    return [(problem.row, problem.column, problem.problem) for problem in error.value.problems]


def test_people_are_read(larch: Organisation) -> None:
    rows = read_people_workbook(
        book(KEYS, JO, [], ["7", "Ama Birch", None, "Fort St. John", None, "2026-01-05"]), organisation=larch
    )
    assert rows == [
        PersonRow(2, "0042", "Jo Castellan", "jo@larch.example", "fsj", "hk", date(2026, 3, 2), None),
        PersonRow(4, "7", "Ama Birch", None, "fsj", None, date(2026, 1, 5), None),
    ]
    assert Membership.objects.count() == 0


def test_columns_may_be_named_in_any_language_and_order(larch: Organisation, monkeypatch: Any) -> None:
    french = {"Employee number": "Numéro", "Name": "Nom"}

    class Label:
        def __init__(self, english: str) -> None:
            self.english = english

        def __str__(self) -> str:
            return french.get(self.english, self.english) if translation.get_language() == "fr" else self.english

    labels = {column: Label(str(label)) for column, label in workbooks.LABELS.items()}
    monkeypatch.setattr(workbooks, "LABELS", labels)
    rows = read_people_workbook(
        book(["Nom", "First day", "site", "NUMÉRO *"], ["Jo", date(2026, 3, 2), "fsj", "0042"]), organisation=larch
    )
    assert [(row.name, row.employee_number, row.starts_on) for row in rows] == [("Jo", "0042", date(2026, 3, 2))]


def test_sheet_named_people_is_read_wherever_it_stands(larch: Organisation) -> None:
    workbook = Workbook()
    workbook.active.append(["notes"])
    people = workbook.create_sheet("People")
    people.append(KEYS)
    people.append(JO)
    assert len(read_people_workbook(BytesIO(saved(workbook)), organisation=larch)) == 1


@pytest.mark.parametrize(
    ("value", "number_format", "number"),
    [
        (42, "General", "42"),
        (42, "00000", "00042"),
        (42.0, "General", "42"),
        ("00042", "@", "00042"),
        ("E-7", "@", "E-7"),
    ],
)
def test_employee_numbers_are_read_as_they_show(
    larch: Organisation, value: Any, number_format: str, number: str
) -> None:
    def write(sheet: Any) -> None:
        sheet["A2"].value = value
        sheet["A2"].number_format = number_format

    (row,) = read_people_workbook(book(KEYS, JO, change=write), organisation=larch)
    assert row.employee_number == number


@pytest.mark.parametrize("value", [42.5, 10**15, -7])
def test_numbers_that_a_spreadsheet_bends_are_refused(larch: Organisation, value: Any) -> None:
    assert refused(book(KEYS, [value, *JO[1:]]), larch) == [(2, "employee_number", Problem.NOT_EXACT)]


def test_all_problems_come_at_once(larch: Organisation) -> None:
    rows = [
        KEYS,
        ["0042", None, "nonsense", "victoria", "captain", "3/4/2026", date(2026, 1, 1)],
        ["0042", "=1+1", None, "fsj", None, datetime.fromisoformat("2026-03-02T08:30"), None],
        [True, "Ama", None, "elsewhere", None, 46083, None],
    ]
    assert refused(book(*rows), larch) == [
        (2, "name", Problem.MISSING),
        (2, "email", Problem.NOT_EMAIL),
        (2, "site", Problem.UNKNOWN_SITE),
        (2, "role", Problem.UNKNOWN_ROLE),
        (2, "starts_on", Problem.AMBIGUOUS_DATE),
        (3, "name", Problem.FORMULA),
        (3, "starts_on", Problem.TIME_OF_DAY),
        (3, "employee_number", Problem.NUMBER_TWICE),
        (4, "employee_number", Problem.WRONG_KIND),
        (4, "site", Problem.UNKNOWN_SITE),
        (4, "starts_on", Problem.NOT_A_DATE),
    ]


def test_sites_of_another_organisation_are_never_named(larch: Organisation) -> None:
    with pytest.raises(WorkbookRefused) as error:
        read_people_workbook(book(KEYS, [*JO[:3], "elsewhere", *JO[4:]]), organisation=larch)
    assert error.value.problems[0].hints == ("fsj",)


def test_columns_are_judged_with_the_rows(larch: Organisation) -> None:
    heads = ["employee_number", "name", "Nationality", "Shoe size", "", "starts_on"]
    found = refused(book(heads, ["1", "Jo", "x", "y", "z", "soon"]), larch)
    assert found == [
        (1, "Nationality", Problem.NEVER_ACCEPTED),
        (1, "Shoe size", Problem.UNKNOWN_COLUMN),
        (1, "site", Problem.COLUMN_MISSING),
        (1, "E", Problem.COLUMN_WITHOUT_NAME),
        (2, "starts_on", Problem.NOT_A_DATE),
    ]


def test_file_without_people_is_refused(larch: Organisation) -> None:
    assert refused(book(), larch) == [(None, "", Problem.NO_ROWS)]
    assert refused(book(KEYS), larch) == [(None, "", Problem.NO_ROWS)]


def test_too_many_rows_are_refused(larch: Organisation, monkeypatch: Any) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    rows = [[str(n), *JO[1:]] for n in range(4)]
    assert len(read_people_workbook(book(KEYS, *rows[:3]), organisation=larch)) == 3
    assert refused(book(KEYS, *rows), larch) == [(None, "", Problem.TOO_MANY_ROWS)]


def test_row_far_below_is_refused_quickly(larch: Organisation) -> None:
    def far(sheet: Any) -> None:
        sheet["A1048576"].value = "x"

    assert refused(book(KEYS, JO, change=far), larch) == [(None, "", Problem.TOO_MANY_ROWS)]


# --- files that are refused before anything of them is read ---------------------------------------


def packed(source: BytesIO, **parts: bytes) -> BytesIO:
    """Return the archive with parts added or replaced; a part's name is given with __ for a slash."""
    names = {name.replace("__", "/"): content for name, content in parts.items()}
    target = BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in names:
                new.writestr(info.filename, old.read(info.filename))
        for name, content in names.items():
            new.writestr(name, content)
    target.seek(0)
    return target


def only(problem: Problem) -> list[tuple[int | None, str, Problem]]:
    return [(None, "", problem)]


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100]
)
def test_what_is_no_xlsx_is_refused(larch: Organisation, content: bytes) -> None:
    assert refused(BytesIO(content), larch) == only(Problem.NOT_XLSX)


def test_other_archives_are_refused(larch: Organisation) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused(buffer, larch) == only(Problem.NOT_XLSX)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("people.xlsm", Problem.MACROS), ("people.xls", Problem.NOT_XLSX), ("people.csv", Problem.NOT_XLSX)],
)
def test_other_endings_are_refused(larch: Organisation, name: str, problem: Problem) -> None:
    file = SimpleUploadedFile(name, book(KEYS, JO).getvalue())
    assert refused(file, larch) == only(problem)


def test_uploaded_xlsx_is_read(larch: Organisation) -> None:
    assert (
        len(read_people_workbook(SimpleUploadedFile("People.XLSX", book(KEYS, JO).getvalue()), organisation=larch)) == 1
    )


def test_large_file_is_refused_unread(larch: Organisation) -> None:
    assert refused(BytesIO(b"\0" * (5 * 1024 * 1024 + 1)), larch) == only(Problem.TOO_BIG)


def test_part_that_swells_is_refused(larch: Organisation) -> None:
    assert refused(packed(book(KEYS, JO), xl__bomb=b"0" * 5_000_000), larch) == only(Problem.TOO_MUCH_INSIDE)


def test_file_that_unpacks_to_too_much_is_refused(larch: Organisation, monkeypatch: Any) -> None:
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED_BYTES", 1000)
    assert refused(book(KEYS, JO), larch) == only(Problem.TOO_MUCH_INSIDE)


def test_file_of_very_many_parts_is_refused(larch: Organisation) -> None:
    parts = {f"xl__part{n}": b"x" for n in range(600)}
    assert refused(packed(book(KEYS, JO), **parts), larch) == only(Problem.TOO_MUCH_INSIDE)


def test_part_that_lies_about_its_size_is_refused(larch: Organisation) -> None:
    content = bytearray(packed(book(KEYS, JO), xl__worksheets__sheet1=b"0" * 900_000).getvalue())
    # Both headers of the part claim a hundred bytes.
    size = (900_000).to_bytes(4, "little")
    assert content.count(size) == 2
    lying = bytes(content).replace(size, (100).to_bytes(4, "little"))
    assert len(read_people_workbook(BytesIO(lying), organisation=larch)) == 1


@pytest.mark.parametrize("part", ["xl__vbaProject.bin", "xl__macrosheets__sheet1.xml", "xl__activeX__activeX1.bin"])
def test_macros_are_refused_whatever_the_name(larch: Organisation, part: str) -> None:
    assert refused(packed(book(KEYS, JO), **{part: b"x"}), larch) == only(Problem.MACROS)


def test_macro_type_is_refused(larch: Organisation) -> None:
    plain = book(KEYS, JO)
    types = zipfile.ZipFile(plain).read("[Content_Types].xml")
    changed = types.replace(b"officedocument.spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
    assert changed != types
    assert refused(packed(plain, **{"[Content_Types].xml": changed}), larch) == only(Problem.MACROS)


@pytest.mark.parametrize(
    "part", ["xl__externalLinks__externalLink1.xml", "xl__connections.xml", "xl__embeddings__a.bin"]
)
def test_links_to_other_files_are_refused(larch: Organisation, part: str) -> None:
    assert refused(packed(book(KEYS, JO), **{part: b"<x/>"}), larch) == only(Problem.EXTERNAL_LINKS)


def test_growing_entities_are_refused(larch: Organisation) -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
    <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""
    assert refused(packed(book(KEYS, JO), **{"xl__worksheets__sheet1.xml": bomb}), larch) == only(Problem.UNREADABLE)


def test_damaged_sheet_is_refused(larch: Organisation) -> None:
    broken = packed(book(KEYS, JO), **{"xl__worksheets__sheet1.xml": b"<worksheet"})
    assert refused(broken, larch) == only(Problem.UNREADABLE)
    broken = packed(book(KEYS, JO), **{"xl__workbook.xml": b"<workbook/>"})
    assert refused(broken, larch) == only(Problem.UNREADABLE)


def test_formula_is_refused_although_its_value_is_stored(larch: Organisation) -> None:
    sheet = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1" t="inlineStr"><is><t>employee_number</t></is></c></row>
    <row r="2"><c r="A2"><f>WEBSERVICE("http://evil.example")</f><v>42</v></c></row></sheetData></worksheet>"""
    found = refused(packed(book(KEYS, JO), **{"xl__worksheets__sheet1.xml": sheet}), larch)
    assert (2, "employee_number", Problem.FORMULA) in found


# --- out ------------------------------------------------------------------------------------------


def test_template_is_read_back_once_it_is_filled_in(larch: Organisation) -> None:
    workbook = load_workbook(BytesIO(people_template(larch)))
    assert workbook.sheetnames == ["People", "Help"]
    people = workbook["People"]
    assert [cell.value for cell in people[1]] == [column.value for column in Column]
    people.append(JO)
    (row,) = read_people_workbook(BytesIO(saved(workbook)), organisation=larch)
    assert (row.employee_number, row.site, row.role) == ("0042", "fsj", "hk")
    said = [cell.value for line in workbook["Help"].iter_rows() for cell in line]
    assert "Fort St. John" in said
    assert "Housekeeping" in said
    assert "elsewhere" not in said


def test_names_never_become_formulas(larch: Organisation) -> None:
    SiteFactory(organisation=larch, code="evil", name='=HYPERLINK("http://evil.example")')
    workbook = load_workbook(BytesIO(people_template(larch)))
    cells = [cell for line in workbook["Help"].iter_rows() for cell in line if str(cell.value).startswith("=")]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_written_text_stays_text() -> None:
    workbook = Workbook()
    for row, text in enumerate(("=1+1", "+1", "-1", "@x", "plain"), start=1):
        write_text(workbook.active.cell(row, 1), text)
    back = load_workbook(BytesIO(saved(workbook))).active
    assert [(cell.value, cell.data_type) for cell in back["A"]] == [
        ("=1+1", "s"),
        ("+1", "s"),
        ("-1", "s"),
        ("@x", "s"),
        ("plain", "s"),
    ]


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_words_and_a_way_to_mend_it(problem: Problem) -> None:
    words = explain(RowProblem(7, "starts_on", problem, Found.TEXT, ("a", "b")))
    assert (words.row, words.column) == (7, "First day")
    assert words.message
    assert words.mend
    assert "%(" not in words.message + words.mend
    bare = explain(RowProblem(None, "", problem))
    assert (bare.row, bare.column) == (None, "")


def test_unknown_heading_is_quoted() -> None:
    assert explain(RowProblem(1, "Shoe size", Problem.UNKNOWN_COLUMN)).column == "“Shoe size”"
