"""The status list as a workbook."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from django.utils.translation import pgettext

from compliance.selectors import Row
from compliance.visibility import STATUS_LABELS, VISIBLE_FIELDS
from people.models import Organisation


def status_workbook(rows: Iterable[Row], *, organisation: Organisation, on: date) -> bytes:
    """Return an .xlsx of ``rows``, streamed: a header, a row each, and a sheet that says what it is.

    Texts are written as texts, whatever they begin with, so that no cell can be a formula.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(pgettext("sheet", "Status"))
    sheet.freeze_panes = "A2"
    for number, field in enumerate(VISIBLE_FIELDS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = field.width
    sheet.append([_header(sheet, str(field.header)) for field in VISIBLE_FIELDS])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, _value(row, field.key)) for field in VISIBLE_FIELDS])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(VISIBLE_FIELDS))}{count + 1}"
    about: Any = book.create_sheet(pgettext("sheet", "About this list"))
    about.column_dimensions["A"].width = 28
    about.column_dimensions["B"].width = 70
    for label, value in (
        (pgettext("about a list", "Organisation"), organisation.name),
        (pgettext("about a list", "As of"), on),
        (pgettext("about a list", "Rows"), count),
        (
            pgettext("about a list", "Past due"),
            pgettext("about a list", "Asked to do it, no valid certificate, and the last good day has passed."),
        ),
        (pgettext("about a list", "Done"), pgettext("about a list", "Holds a certificate that is valid on this day.")),
    ):
        about.append([_header(about, label), _cell(about, value)])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _value(row: Row, key: str) -> object:
    return str(STATUS_LABELS[row.status]) if key == "status" else getattr(row, key)


def _cell(sheet: WriteOnlyWorksheet, value: object) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _header(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E3ECEB")
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
