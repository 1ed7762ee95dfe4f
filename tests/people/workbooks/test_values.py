"""What cells mean: pure rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.workbooks.cells import (
    Cell,
    Found,
    clean,
    clean_key,
    escape,
    fold_heading,
    letter,
    protect,
    unescape,
    unprotect,
)
from people.workbooks.columns import Column, Type
from people.workbooks.problems import Problem
from people.workbooks.values import ChoiceSet, DateOrder, Reader

DAY = Column("day", "Day", Type.DATE, clears=True)
NUMBER = Column("number", "Number", Type.KEY, longest=5)
NAME = Column("name", "Name", longest=10)
MAIL = Column("mail", "Mail", Type.EMAIL, clears=True)
SITE = Column("site", "Site", Type.CHOICE, choices="site")
COUNT = Column("count", "Count", Type.WHOLE)


def reader(order: str = "") -> Reader:
    sites = ChoiceSet({"fsj": "Fort St. John", "pg": "Prince George", "a": "Twin", "b": "Twin"})
    return Reader(
        (DAY, NUMBER, NAME, MAIL, SITE, COUNT), {"site": sites}, frozenset({"(clear)"}), {"day": DateOrder(order)}
    )


def read(column: Column, cell: Cell | str, order: str = "") -> str | Problem | None:
    given_cell = Cell(Found.TEXT, cell) if isinstance(cell, str) else cell
    values, problems = reader(order).read(7, {column.key: given_cell})
    serious = [problem for problem in problems if not problem.is_warning]
    return serious[0].problem if serious else values.get(column.key)


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("2026-03-02", "", "2026-03-02"),
        ("2026/3/2", "", "2026-03-02"),
        ("20260302", "", "2026-03-02"),
        ("2026年3月2日", "", "2026-03-02"),
        ("2 Mar 2026", "", "2026-03-02"),
        ("March 2, 2026", "", "2026-03-02"),
        ("2 mars 2026", "", "2026-03-02"),
        ("2 de marzo de 2026", "", "2026-03-02"),
        ("٢٠٢٦-٠٣-٠٢", "", "2026-03-02"),
        ("٢ مارس ٢٠٢٦", "", "2026-03-02"),
        ("2 ਮਾਰਚ 2026", "", "2026-03-02"),
        ("੨ ਫ਼ਰਵਰੀ ੨੦੨੬", "", "2026-02-02"),
        ("lundi 2 mars 2026", "", "2026-03-02"),
        ("1er août 2026", "", "2026-08-01"),
        ("Monday, March 2, 2026", "", "2026-03-02"),
        ("Marso 2, 2026", "", "2026-03-02"),
        ("2-Mar-2026", "", "2026-03-02"),
        ("2 Foo 2026", "", Problem.NOT_A_DATE),
        ("25/03/2026", "", "2026-03-25"),
        ("03/25/2026", "", "2026-03-25"),
        ("04/04/2026", "", "2026-04-04"),
        ("03/04/2026", "", Problem.AMBIGUOUS_DATE),
        ("03/04/25", "", Problem.AMBIGUOUS_DATE),
        ("25/12/31", "", Problem.AMBIGUOUS_DATE),
        ("03/04/2026", "day_first", "2026-04-03"),
        ("03/04/2026", "month_first", "2026-03-04"),
        ("03/04/25", "day_first", "2025-04-03"),
        ("25/03/2026", "month_first", Problem.AMBIGUOUS_DATE),
        ("soon", "", Problem.NOT_A_DATE),
        ("2026-02-30", "", Problem.NOT_A_DATE),
        ("1926-03-02", "", Problem.FAR_DATE),
        ("(clear)", "", ""),
    ],
)
def test_dates_are_read_or_asked_about_never_guessed(text: str, order: str, value: object) -> None:
    assert read(DAY, text, order) == value


def test_dates_of_a_column_show_their_order() -> None:
    judge = reader()
    for row, text in enumerate(("03/04/2026", "25/03/2026"), start=2):
        judge.read(row, {"day": Cell(Found.TEXT, text)})
    evidence = judge.evidence["day"]
    assert (evidence.order, evidence.day_first_row, evidence.ambiguous) == (DateOrder.DAY_FIRST, 3, 1)
    judge.read(4, {"day": Cell(Found.TEXT, "03/25/2026")})
    assert evidence.order is DateOrder.UNKNOWN


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (DAY, Cell(Found.DATE, "x", date(2026, 3, 2)), "2026-03-02"),
        (DAY, Cell(Found.DATE_AND_TIME, "x", date(2026, 3, 2)), Problem.TIME_OF_DAY),
        (DAY, Cell(Found.NUMBER, "46083"), Problem.NOT_A_DATE),
        (NUMBER, Cell(Found.NUMBER, "00042"), "00042"),
        (NUMBER, Cell(Found.NUMBER, "1", exact=False), Problem.NOT_EXACT),
        (NUMBER, "\u200e\u200b00\u200d42\ufeff", "0042"),
        (NUMBER, "\uff10\uff10\uff14\uff12", "0042"),
        (NUMBER, "(clear)", Problem.CANNOT_CLEAR),
        (NUMBER, "123456", Problem.TOO_LONG),
        (NAME, "\u202eJo\u00a0\u00a0 B\u0301\n", "Jo B\u0301"),
        (NAME, Cell(Found.NUMBER, "7"), Problem.WRONG_KIND),
        (NAME, Cell(Found.FORMULA, "=1"), Problem.FORMULA),
        (NAME, Cell(Found.ERROR, "#N/A"), Problem.ERROR_VALUE),
        (NAME, "=1+1", "=1+1"),
        (MAIL, "jo@larch", Problem.NOT_EMAIL),
        (MAIL, "(CLEAR)", ""),
        (SITE, "FSJ", "fsj"),
        (SITE, "prince  george", "pg"),
        (SITE, "Twin", Problem.NOT_A_CHOICE),
        (COUNT, "30", "30"),
        (COUNT, "-3", Problem.NOT_A_NUMBER),
    ],
)
def test_values_are_read(column: Column, cell: Cell | str, value: object) -> None:
    assert read(column, cell) == value


def test_what_begins_like_a_formula_is_kept_and_told() -> None:
    _, problems = reader().read(7, {"name": Cell(Found.TEXT, "@x")})
    assert [(it.problem, it.is_warning) for it in problems] == [(Problem.LIKE_A_FORMULA, True)]


@given(st.text(alphabet="_x0041FfaDd5 "))
def test_what_we_escape_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text())
def test_what_we_protect_comes_back(text: str) -> None:
    assert unprotect(protect(text)) == text
    assert protect(text)[:1] not in tuple("=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20")


@given(st.text())
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_key(clean_key(text)) == clean_key(text)


def test_headings_are_folded_and_columns_lettered() -> None:
    assert fold_heading("  Employee-Number * ") == "employee_number"
    assert [letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
