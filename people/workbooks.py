"""People files (.xlsx), in and out: the only place that knows openpyxl. What rows mean is judged in ``people.rows``."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import IO, Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from people.exceptions import WorkbookRefused
from people.models import Organisation
from people.rows import (
    REQUIRED,
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

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_BYTES: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 60
MOST_PARTS: Final = 500
"""Files inside the file."""
LARGEST_UNPACKED_BYTES: Final = 60 * 1024 * 1024
HIGHEST_RATIO: Final = 200
"""Unpacked to packed bytes of one part, above ``RATIO_FROM_BYTES``."""
RATIO_FROM_BYTES: Final = 1024 * 1024

_MAIN_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_PARTS: Final = re.compile(r"vbaproject|/macrosheets/|/activex/|/ctrlprops/|/dialogsheets/", re.IGNORECASE)
_LINK_PARTS: Final = re.compile(r"/externallinks/|/connections\.xml|/querytables/|/embeddings/|/model/", re.IGNORECASE)
_ZEROS: Final = re.compile(r"0{2,}")
_EXACT_BELOW: Final = 10**15

LABELS: Final[dict[Column, Promise]] = {
    Column.EMPLOYEE_NUMBER: pgettext_lazy("column of a people file", "Employee number"),
    Column.NAME: pgettext_lazy("column of a people file", "Name"),
    Column.EMAIL: pgettext_lazy("column of a people file", "E-mail"),
    Column.SITE: pgettext_lazy("column of a people file", "Site"),
    Column.ROLE: pgettext_lazy("column of a people file", "Role"),
    Column.STARTS_ON: pgettext_lazy("column of a people file", "First day"),
    Column.ENDS_ON: pgettext_lazy("column of a people file", "Last day"),
}


def read_people_workbook(file: IO[bytes], *, organisation: Organisation) -> list[PersonRow]:
    """Return the persons of a people file: row 1 has the columns' keys or their names in any interface language.

    Nothing is written. Formulas, macros, links to other files and whatever is not an .xlsx are refused, and so is a
    file that unpacks to far more than it is.

    Raises:
        WorkbookRefused: carries every problem found.
    """
    _refuse_dangerous(file)
    try:
        workbook = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl fails in many ways on what is broken
        raise _rejected(Problem.UNREADABLE) from error
    try:
        rows = list(_sheet_rows(workbook))
    except Exception as error:
        raise _rejected(Problem.UNREADABLE) from error
    finally:
        workbook.close()
    return _judge(rows, known=_known(organisation))


def people_template(organisation: Organisation) -> bytes:
    """Return an empty people file of an organisation, with a second sheet that explains the columns."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    people = workbook.create_sheet("People")
    for position, column in enumerate(Column, start=1):
        cell = people.cell(1, position)
        write_text(cell, column.value)
        cell.font = Font(bold=True)
        letter = _letter(position - 1)
        people.column_dimensions[letter].width = 22
        if column in (Column.STARTS_ON, Column.ENDS_ON):
            people.column_dimensions[letter].number_format = "yyyy-mm-dd"
        elif column is Column.EMPLOYEE_NUMBER:
            # Text, so that leading zeros stay.
            people.column_dimensions[letter].number_format = "@"
    people.freeze_panes = "A2"
    _explain(workbook.create_sheet("Help"), organisation)
    return saved(workbook)


def write_text(cell: SheetCell | MergedCell, text: object) -> None:
    """Write ``text`` so that no spreadsheet takes it for a formula, whatever it begins with."""
    assert isinstance(cell, SheetCell)  # the top left one, where cells are merged
    cell.value = str(text)
    cell.data_type = "s"
    cell.quotePrefix = str(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def saved(workbook: Workbook) -> bytes:
    """Return a workbook as the bytes of an .xlsx file."""
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def headings() -> dict[str, Column]:
    """Return every accepted heading, folded by ``key_of``: the keys and the names in all interface languages."""
    accepted = {key_of(column.value): column for column in Column}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for column, label in LABELS.items():
                accepted.setdefault(key_of(str(label)), column)
    return accepted


def _refuse_dangerous(file: IO[bytes]) -> None:
    """Look at the file as an archive, before anything of it is parsed."""
    name = str(getattr(file, "name", "") or "")
    if name and not name.lower().endswith(".xlsx"):
        raise _rejected(Problem.MACROS if name.lower().endswith((".xlsm", ".xltm", ".xlsb")) else Problem.NOT_XLSX)
    file.seek(0, 2)
    if file.tell() > LARGEST_BYTES:
        raise _rejected(Problem.TOO_BIG)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_dangerous_parts(archive)
    except WorkbookRefused:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, RuntimeError, NotImplementedError, EOFError) as error:
        raise _rejected(Problem.NOT_XLSX) from error
    file.seek(0)


def _refuse_dangerous_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > RATIO_FROM_BYTES and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED_BYTES or swollen:
        raise _rejected(Problem.TOO_MUCH_INSIDE)
    names = [f"/{part.filename}" for part in parts]
    with archive.open("[Content_Types].xml") as types_file:
        types = types_file.read(RATIO_FROM_BYTES).decode("utf-8", "replace")
    if "macroenabled" in types.lower() or any(_MACRO_PARTS.search(name) for name in names):
        raise _rejected(Problem.MACROS)
    if _MAIN_TYPE not in types or "/xl/workbook.xml" not in names:
        raise _rejected(Problem.NOT_XLSX)
    if any(_LINK_PARTS.search(name) for name in names):
        raise _rejected(Problem.EXTERNAL_LINKS)


def _sheet_rows(workbook: Any) -> Iterator[tuple[int, list[Cell]]]:
    """Yield the rows of the sheet "People", or of the first one, that have anything in them."""
    sheet = workbook["People"] if "People" in workbook.sheetnames else workbook.worksheets[0]
    # The size that a sheet claims is not to be trusted.
    sheet.reset_dimensions()
    before: object = None
    for number, cells in enumerate(sheet.iter_rows(min_row=1, max_col=MOST_COLUMNS), start=1):
        # A single cell in the last row of all makes a million empty ones above it, all of them one and the same object.
        if cells is before:
            continue
        before = cells
        read = [_read(cell) for cell in cells]
        if any(cell.found is not Found.NOTHING for cell in read):
            yield number, read
            if number > MOST_ROWS + 1:
                return


def _judge(rows: list[tuple[int, list[Cell]]], *, known: Known) -> list[PersonRow]:
    if not rows:
        raise _rejected(Problem.NO_ROWS)
    first, titles = rows[0]
    columns, problems = judge_headings([cell.text for cell in titles], labels=headings(), row=first)
    nameless = [
        position
        for position in range(MOST_COLUMNS)
        if not _at(titles, position).text
        and any(_at(cells, position).found is not Found.NOTHING for _, cells in rows[1:])
    ]
    problems += [
        RowProblem(first, _letter(position), Problem.COLUMN_WITHOUT_NAME, Found.NOTHING) for position in nameless
    ]
    if rows[-1][0] > MOST_ROWS + 1:
        problems.append(RowProblem(None, "", Problem.TOO_MANY_ROWS, hints=(str(MOST_ROWS),)))
        raise WorkbookRefused(problems)
    raw = [
        RawRow(number, {column: _at(cells, position) for position, column in columns.items()})
        for number, cells in rows[1:]
    ]
    missing = {column for column in REQUIRED if column not in columns.values()}
    persons, wrong = judge_rows(raw, known=known)
    # A column that is missing altogether was said once.
    problems += [problem for problem in wrong if not (problem.problem is Problem.MISSING and problem.column in missing)]
    if not raw:
        problems.append(RowProblem(None, "", Problem.NO_ROWS))
    if problems:
        raise WorkbookRefused(problems)
    return persons


def _known(organisation: Organisation) -> Known:
    return Known(
        sites=dict(organisation.sites.values_list("code", "name")),
        roles=dict(organisation.roles.values_list("code", "name")),
    )


def _read(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return Cell(Found.FORMULA)
    if cell.data_type == "e":
        return Cell(Found.ERROR)
    if value is None or (isinstance(value, str) and not value.strip()):
        return Cell(Found.NOTHING)
    if isinstance(value, str):
        return Cell(Found.TEXT, text=value)
    if isinstance(value, bool):
        return Cell(Found.TRUTH)
    if isinstance(value, datetime):
        whole = value.time() == time()
        return Cell(Found.DATE if whole else Found.DATE_AND_TIME, day=value.date())
    if isinstance(value, date):
        return Cell(Found.DATE, day=value)
    if isinstance(value, time | timedelta):
        return Cell(Found.DATE_AND_TIME)
    return _read_number(value, str(cell.number_format or ""))


def _read_number(value: Any, number_format: str) -> Cell:
    """Return a number as the spreadsheet shows it: whole, with the leading zeros of a format such as 00000."""
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        return Cell(Found.ERROR)
    text = str(whole)
    if _ZEROS.fullmatch(number_format):
        text = text.zfill(len(number_format))
    return Cell(Found.NUMBER, text=text, exact=whole == value and 0 <= whole < _EXACT_BELOW)


def _at(cells: list[Cell], position: int) -> Cell:
    return cells[position] if position < len(cells) else Cell(Found.NOTHING)


def _letter(position: int) -> str:
    """Return the letters of a column by its position, counted from 0: A, B, … Z, AA."""
    return chr(65 + position) if position < 26 else chr(64 + position // 26) + chr(65 + position % 26)


def _rejected(problem: Problem) -> WorkbookRefused:
    return WorkbookRefused([RowProblem(None, "", problem)])


def _explain(sheet: Worksheet, organisation: Organisation) -> None:
    """Write what each column wants, and the codes of sites and roles."""
    lines: list[tuple[str, ...]] = [(_("Column"), _("Meaning"), _("What to write"))]
    lines += [(column.value, str(LABELS[column]), _wants(column)) for column in Column]
    lines += [("", "", ""), (_("Code of the site"), _("Site"), "")]
    lines += [(code, name, "") for code, name in organisation.sites.values_list("code", "name")]
    lines += [("", "", ""), (_("Code of the role"), _("Role"), "")]
    lines += [(code, name, "") for code, name in organisation.roles.values_list("code", "name")]
    for row, line in enumerate(lines, start=1):
        for position, text in enumerate(line, start=1):
            cell = sheet.cell(row, position)
            write_text(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 22), ("B", 26), ("C", 70)):
        sheet.column_dimensions[letter].width = width


def _wants(column: Column) -> str:
    return {
        Column.EMPLOYEE_NUMBER: _("As you write it. Leading zeros count. Each number once."),
        Column.NAME: _("As it shall stand on certificates."),
        Column.EMAIL: _("May be empty. An empty cell changes nothing."),
        Column.SITE: _("The code or the name of one of the sites below."),
        Column.ROLE: _("May be empty. The code or the name of one of the roles below."),
        Column.STARTS_ON: _("A date, such as 2026-05-01."),
        Column.ENDS_ON: _("May be empty. The last day at work, such as 2026-09-30. An empty cell changes nothing."),
    }[column]
