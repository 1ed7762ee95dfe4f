"""The status list as a workbook."""

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from cms.lists import listed
from compliance.selectors import Row
from compliance.visibility import LISTED_FIELDS, STATUS_LABELS, Status
from people.models import Organisation
from people.workbooks.writing import MADE_AT_FORMAT, date_cell, text_cell

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def status_workbook(
    rows: Iterable[Row], *, organisation: Organisation, on: date, at: datetime, filtered_by: Iterable[str] = ()
) -> BytesIO:
    """Return an .xlsx of ``rows``, at its beginning: a header, a row each, and a sheet that says what it is.

    Rows are written as they come. Texts are written as texts, whatever they begin with, so that no cell can be a
    formula, nor become one when somebody edits it. ``at``: when it is made. ``filtered_by``: the filters in words.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(pgettext("sheet", "Status"))
    sheet.freeze_panes = "A2"
    for number, field in enumerate(LISTED_FIELDS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = field.width
    sheet.append([text_cell(sheet, field.header, bold=True) for field in LISTED_FIELDS])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, _value(row, field.key)) for field in LISTED_FIELDS])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(LISTED_FIELDS))}{count + 1}"
    _explain(book.create_sheet(pgettext("sheet", "About this list")), organisation, on, at, count, filtered_by)
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def _explain(
    sheet: Any, organisation: Organisation, on: date, at: datetime, count: int, filtered_by: Iterable[str]
) -> None:
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 70
    facts: list[tuple[str, object]] = [
        (pgettext("about a list", "Organisation"), organisation.name),
        (pgettext("about a list", "As of"), on),
        (pgettext("about a list", "Made at"), at.strftime(MADE_AT_FORMAT)),
        (pgettext("about a list", "Lines"), count),
        (pgettext("about a list", "Only"), listed(filtered_by) or pgettext("no filter of a list", "everything")),
        (
            str(STATUS_LABELS[Status.OVERDUE]),
            pgettext("about a list", "Asked for, never done, and the last good day has passed."),
        ),
        (str(STATUS_LABELS[Status.EXPIRED]), pgettext("about a list", "Asked for, done once, and not valid any more.")),
        (str(STATUS_LABELS[Status.DONE]), pgettext("about a list", "Holds a certificate that is valid on this day.")),
    ]
    for label, value in facts:
        sheet.append([text_cell(sheet, label, bold=True), _cell(sheet, value)])


def _value(row: Row, key: str) -> object:
    return str(row.word) if key == "status" else getattr(row, key)


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        return text_cell(sheet, value)
    return date_cell(sheet, value) if isinstance(value, date) else WriteOnlyCell(sheet, value=value)
