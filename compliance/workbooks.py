"""The status list as a workbook."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any, Final

from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from cms.lists import listed
from compliance.selectors import Row
from compliance.visibility import LISTED_FIELDS, STATUS_LABELS, Status
from people.models import Organisation
from people.workbooks.writing import READERS_DATE

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


def status_workbook(
    rows: Iterable[Row], *, organisation: Organisation, on: date, filtered_by: Iterable[str] = ()
) -> BytesIO:
    """Return an .xlsx of ``rows``, at its beginning: a header, a row each, and a sheet that says what it is.

    Rows are written as they come. Texts are written as texts, whatever they begin with, so that no cell can be a
    formula, nor become one when somebody edits it. ``filtered_by``: the filters in words.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(pgettext("sheet", "Status"))
    sheet.freeze_panes = "A2"
    for number, field in enumerate(LISTED_FIELDS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = field.width
    sheet.append([_heading(sheet, str(field.header)) for field in LISTED_FIELDS])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, _value(row, field.key)) for field in LISTED_FIELDS])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(LISTED_FIELDS))}{count + 1}"
    _explain(book.create_sheet(pgettext("sheet", "About this list")), organisation, on, count, filtered_by)
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def _explain(sheet: Any, organisation: Organisation, on: date, count: int, filtered_by: Iterable[str]) -> None:
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 70
    facts: list[tuple[str, object]] = [
        (pgettext("about a list", "Organisation"), organisation.name),
        (pgettext("about a list", "As of"), on),
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
        sheet.append([_heading(sheet, label), _cell(sheet, value)])


def _value(row: Row, key: str) -> object:
    return str(row.word) if key == "status" else getattr(row, key)


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell: Any = WriteOnlyCell(sheet, value=text)
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(_FORMULA_SIGNS)
        return cell
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, date):
        cell.number_format = READERS_DATE
    return cell


def _heading(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E3ECEB")
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
