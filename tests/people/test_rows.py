from datetime import date
from typing import Any

import pytest

from people.rows import (
    Cell,
    Column,
    Found,
    Known,
    PersonRow,
    Problem,
    RawRow,
    RowProblem,
    judge_headings,
    judge_rows,
    key_of,
)

LABELS = {column.value: column for column in Column} | {"prénom_et_nom": Column.NAME}
KNOWN = Known(
    sites={"fsj": "Fort St. John", "pg": "Prince George", "pg-2": "Prince  George"}, roles={"hk": "Housekeeping"}
)


def text(value: str) -> Cell:
    return Cell(Found.TEXT, text=value)


def day(value: date) -> Cell:
    return Cell(Found.DATE, day=value)


GOOD: dict[Column, Cell] = {
    Column.EMPLOYEE_NUMBER: text("0042"),
    Column.NAME: text("Jo Castellan"),
    Column.EMAIL: text("jo@larch.example"),
    Column.SITE: text("fsj"),
    Column.ROLE: text("hk"),
    Column.STARTS_ON: day(date(2026, 3, 2)),
    Column.ENDS_ON: day(date(2026, 9, 30)),
}


def judged(**cells: Cell) -> tuple[list[PersonRow], list[RowProblem]]:
    changed = {Column[name.upper()]: cell for name, cell in cells.items()}
    return judge_rows([RawRow(2, GOOD | changed)], known=KNOWN)


def test_good_row_is_a_person() -> None:
    persons, problems = judged()
    assert problems == []
    assert persons == [
        PersonRow(2, "0042", "Jo Castellan", "jo@larch.example", "fsj", "hk", date(2026, 3, 2), date(2026, 9, 30))
    ]


def test_what_may_be_empty_says_nothing() -> None:
    nothing = Cell(Found.NOTHING)
    persons, problems = judged(email=nothing, role=nothing, ends_on=nothing)
    assert problems == []
    assert (persons[0].email, persons[0].role, persons[0].ends_on) == (None, None, None)


@pytest.mark.parametrize("written", ["FSJ", "fort st. john", "Fort  St.  John "])
def test_site_is_found_by_code_or_name(written: str) -> None:
    persons, _ = judged(site=text(written))
    assert persons[0].site == "fsj"


@pytest.mark.parametrize(
    ("column", "cell", "problem", "hints"),
    [
        ("employee_number", Cell(Found.NOTHING), Problem.MISSING, ()),
        ("employee_number", day(date(2026, 1, 2)), Problem.WRONG_KIND, ()),
        ("employee_number", Cell(Found.TRUTH), Problem.WRONG_KIND, ()),
        ("employee_number", Cell(Found.FORMULA), Problem.FORMULA, ()),
        ("employee_number", Cell(Found.ERROR), Problem.ERROR_VALUE, ()),
        ("employee_number", text("9" * 41), Problem.TOO_LONG, ("40",)),
        ("employee_number", Cell(Found.NUMBER, text="12", exact=False), Problem.NOT_EXACT, ()),
        ("name", Cell(Found.NUMBER, text="42"), Problem.WRONG_KIND, ()),
        ("name", text("x" * 201), Problem.TOO_LONG, ("200",)),
        ("email", text("jo at larch"), Problem.NOT_EMAIL, ()),
        ("email", text("jo@larch.example, ama@larch.example"), Problem.NOT_EMAIL, ()),
        ("site", text("victoria"), Problem.UNKNOWN_SITE, ("fsj", "pg", "pg-2")),
        ("site", text("prince george"), Problem.UNKNOWN_SITE, ("fsj", "pg", "pg-2")),
        ("site", Cell(Found.NOTHING), Problem.MISSING, ()),
        ("role", text("driver"), Problem.UNKNOWN_ROLE, ("hk",)),
        ("role", Cell(Found.FORMULA), Problem.FORMULA, ()),
        ("starts_on", Cell(Found.NOTHING), Problem.MISSING, ()),
        ("starts_on", text("02/03/2026"), Problem.AMBIGUOUS_DATE, ()),
        ("starts_on", text("2.3.26"), Problem.AMBIGUOUS_DATE, ()),
        ("starts_on", text("2026/03/02"), Problem.AMBIGUOUS_DATE, ()),
        ("starts_on", text("2026-02-30"), Problem.NOT_A_DATE, ()),
        ("starts_on", text("next week"), Problem.NOT_A_DATE, ()),
        ("starts_on", Cell(Found.NUMBER, text="46083"), Problem.NOT_A_DATE, ()),
        ("starts_on", Cell(Found.DATE_AND_TIME, day=date(2026, 3, 2)), Problem.TIME_OF_DAY, ()),
        ("starts_on", day(date(1949, 12, 31)), Problem.FAR_DATE, ("1950", "2100")),
        ("starts_on", day(date(1900, 1, 1)), Problem.FAR_DATE, ("1950", "2100")),
        ("ends_on", day(date(2101, 1, 1)), Problem.FAR_DATE, ("1950", "2100")),
        ("ends_on", day(date(2026, 3, 1)), Problem.ENDS_BEFORE_START, ()),
        ("ends_on", text("soon"), Problem.NOT_A_DATE, ()),
    ],
)
def test_bad_cell_is_named_by_row_and_column(column: str, cell: Cell, problem: Problem, hints: tuple[str, ...]) -> None:
    persons, problems = judged(**{column: cell})
    assert persons == []
    assert problems == [RowProblem(2, column, problem, cell.found, hints)]


def test_iso_text_is_a_date() -> None:
    persons, _ = judged(starts_on=text(" 2026-03-02 "))
    assert persons[0].starts_on == date(2026, 3, 2)


def test_last_day_may_be_the_first() -> None:
    persons, _ = judged(ends_on=day(date(2026, 3, 2)))
    assert persons[0].ends_on == date(2026, 3, 2)


def test_all_problems_of_all_rows_are_found() -> None:
    bad = {Column.NAME: Cell(Found.NOTHING), Column.SITE: text("x"), Column.STARTS_ON: text("1/2/3")}
    persons, problems = judge_rows([RawRow(2, GOOD | bad), RawRow(5, {})], known=KNOWN)
    assert persons == []
    assert [(problem.row, problem.column) for problem in problems] == [
        (2, "name"),
        (2, "site"),
        (2, "starts_on"),
        (5, "employee_number"),
        (5, "name"),
        (5, "site"),
        (5, "starts_on"),
    ]


def test_number_twice_names_the_first_row() -> None:
    rows = [
        RawRow(n, GOOD | {Column.EMPLOYEE_NUMBER: text(number)}) for n, number in ((2, "E-1"), (3, "e-1 "), (4, "E-01"))
    ]
    persons, problems = judge_rows(rows, known=KNOWN)
    assert [person.row for person in persons] == [2, 4]
    assert problems == [RowProblem(3, "employee_number", Problem.NUMBER_TWICE, Found.TEXT, ("2",))]


def test_values_are_never_part_of_a_problem() -> None:
    _, problems = judged(email=text("secret words"), site=text("secret words"), starts_on=text("secret words"))
    assert len(problems) == 3
    assert "secret" not in repr(problems)


# --- headings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Employee_Number", " employee number* ", "EMPLOYEE-NUMBER:", "employee  number"])
def test_heading_is_compared_folded(heading: str) -> None:
    assert key_of(heading) == "employee_number"


REQUIRED = ["employee_number", "Prénom et nom", "site", "starts_on"]


def test_headings_give_columns_by_position() -> None:
    columns, problems = judge_headings(["", *REQUIRED], labels=LABELS)
    assert problems == []
    assert columns == {1: Column.EMPLOYEE_NUMBER, 2: Column.NAME, 3: Column.SITE, 4: Column.STARTS_ON}


@pytest.mark.parametrize(
    "heading",
    [
        "Nationality",
        "Country of birth",
        "Immigration status",
        "Visa expiry",
        "Work permit",
        "Religion",
        "Health notes",
        "Disability",
        "Ethnic origin",
        "Nacionalidad",
        "Nationalité",
        "国籍",
        "SIN",
        "Victim of trafficking",
        "Gender",
        "Passport no.",
    ],
)
def test_column_that_may_never_come_is_named_as_such(heading: str) -> None:
    _, problems = judge_headings([*REQUIRED, heading], labels=LABELS)
    assert [(problem.column, problem.problem) for problem in problems] == [(heading, Problem.NEVER_ACCEPTED)]


@pytest.mark.parametrize("heading", ["Shoe size", "Telephone", "Manager", "Business unit", "Supervisor"])
def test_unknown_column_is_refused_with_the_known_ones(heading: str) -> None:
    _, problems = judge_headings([*REQUIRED, heading], labels=LABELS)
    assert problems == [RowProblem(1, heading, Problem.UNKNOWN_COLUMN, None, tuple(Column))]


def test_missing_and_double_columns_are_named() -> None:
    _, problems = judge_headings(["site", "Site", "name"], labels=LABELS)
    found: list[Any] = [(problem.column, problem.problem) for problem in problems]
    assert found == [
        ("Site", Problem.COLUMN_TWICE),
        ("employee_number", Problem.COLUMN_MISSING),
        ("starts_on", Problem.COLUMN_MISSING),
    ]
