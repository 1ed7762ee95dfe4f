"""The status list as a workbook: texts stay texts, dates are dates, nothing else is there."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from compliance.selectors import Row
from compliance.visibility import LISTED_FIELDS, Status
from compliance.workbooks import status_workbook
from people.models import Organisation
from tests.factories.people import AT

LARCH = Organisation(code="larch", name="Larch Hotels")
ON = date(2026, 3, 2)
ROW = Row(
    public_id=uuid4(),
    employee_number="0042",
    name="Jo Castellan",
    site="Fort St. John",
    role="Housekeeping",
    course="Working safely with guests",
    status=Status.DONE,
    due_on=date(2029, 3, 1),
    completed_on=date(2026, 3, 2),
    valid_through=date(2029, 3, 1),
)


def opened(rows, **more):
    return load_workbook(status_workbook(rows, organisation=LARCH, on=ON, at=AT, **more))


def test_header_and_rows_are_the_listed_fields():
    sheet = opened([ROW])["Status"]
    assert [cell.value for cell in sheet[1]] == [str(it.header) for it in LISTED_FIELDS]
    assert [cell.value.date() if cell.is_date else cell.value for cell in sheet[2]] == [
        "0042",
        "Jo Castellan",
        "Fort St. John",
        "Housekeeping",
        "Working safely with guests",
        "Done",
        date(2029, 3, 1),
        date(2026, 3, 2),
        date(2029, 3, 1),
    ]
    assert {cell.number_format for cell in sheet[2] if cell.is_date} == {"mm-dd-yy"}
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.max_row) == ("A2", "A1:I2", 2)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "=cmd|'/c calc'!A1"]
)
def test_texts_stay_texts_whatever_they_begin_with(text):
    row = replace(ROW, name=text, employee_number=text, site=text, role=text, course=text)
    book = opened([row])
    cells = [cell for sheet in book for line in sheet for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "d", "n"}
    assert [cell.value for cell in book["Status"][2][:5]] == [text] * 5
    assert all(cell.quotePrefix for cell in book["Status"][2][:5])
    with zipfile.ZipFile(status_workbook([row], organisation=LARCH, on=ON, at=AT)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_signs_that_a_workbook_cannot_hold_are_left_out():
    assert opened([replace(ROW, name="Jo\x07 Castellan\x00")])["Status"]["B2"].value == "Jo Castellan"


def test_an_empty_list_has_its_header():
    sheet = opened([])["Status"]
    assert sheet.max_row == 1


def test_missing_values_are_empty_cells():
    sheet = opened([replace(ROW, completed_on=None, valid_through=None, role="")])["Status"]
    assert [cell.value for cell in sheet[2]][6:] == [sheet["G2"].value, None, None]
    assert sheet["D2"].value in (None, "")


def test_a_second_sheet_says_what_the_list_is():
    about = opened([ROW, ROW], filtered_by=["Past due", "Fort St. John"])["About this list"]
    said = {line[0].value: line[1].value for line in about}
    assert said["Organisation"] == "Larch Hotels"
    assert (said["As of"].date(), said["Made at"]) == (ON, "2026-03-02 17:00 UTC")
    assert said["Lines"] == 2
    assert said["Only"] == "Past due, Fort St. John"
    assert {cell.data_type for line in about for cell in line} == {"s", "d", "n"}


def test_rows_are_written_as_they_come():
    seen = []

    def rows():
        for number in range(3):
            seen.append(number)
            yield ROW

    content = status_workbook(rows(), organisation=LARCH, on=ON, at=AT)
    assert seen == [0, 1, 2]
    assert load_workbook(io.BytesIO(content.read()))["Status"].max_row == 4
