"""Writing .xlsx and .csv: text is always text, whatever it begins with; no cell is ever a formula."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from people.workbooks.cells import escape, is_risky, protect
from people.workbooks.columns import Column, Type
from people.workbooks.kinds import Kind
from people.workbooks.reading.xlsx_files import VERSION_NAME
from people.workbooks.values import ChoiceSet

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE: Final = "text/csv; charset=utf-8"
READ_ME: Final = "Read me"
TOTALS: Final = "Totals"
LISTS: Final = "Lists"
READERS_DATE: Final = "mm-dd-yy"
"""Number 14 of the formats that every program has: a date as whoever opens the file writes dates. What is stored is the day."""
MADE_AT_FORMAT: Final = "%Y-%m-%d %H:%M UTC"
_TEXT_FORMAT: Final = "@"
_HEADING_FILL: Final = PatternFill("solid", fgColor="E3ECEB")
_LAST_ROW: Final = 1_048_576
_EMPTY_ROWS_OFFERED: Final = 20_000
"""How far down a template's drop-down lists reach."""


def text_cell(sheet: Any, text: object, *, bold: bool = False, wrap: bool = False) -> Any:
    """Return a cell of a write-only sheet that no spreadsheet takes for a formula, whatever it begins with."""
    said = escape(ILLEGAL_CHARACTERS_RE.sub("", str(text)))
    cell: Any = WriteOnlyCell(sheet, value=said)
    cell.data_type = "s"
    if is_risky(said):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
        cell.fill = _HEADING_FILL
    if wrap or bold:
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def date_cell(sheet: Any, day: date) -> Any:
    """Return a cell that is a date, shown as its reader writes dates."""
    cell: Any = WriteOnlyCell(sheet, value=day)
    cell.number_format = READERS_DATE
    return cell


def write_xlsx(
    target: IO[bytes],
    rows: Iterable[Mapping[str, str]],
    *,
    kind: Kind,
    choices: Mapping[str, ChoiceSet],
    facts: Sequence[tuple[str, str]] = (),
    template: bool = False,
    columns: Sequence[Column] = (),
) -> int:
    """Write a workbook of a kind, in the active language; return how many rows it has.

    Row 1 has the keys for machines and is hidden; row 2 the labels. Rows are written as they come. ``facts`` are said
    on a sheet of their own: what this is, of which day, how much; beside it stand the totals of the kind. ``columns``: those that go out, all
    of them unless given. A ``template`` has
    drop-down lists and a sheet that explains the columns.
    """
    book = Workbook(write_only=True)
    book.defined_names[VERSION_NAME] = DefinedName(VERSION_NAME, attr_text=f'"{kind.code}:{kind.version}"')
    sheet: Any = book.create_sheet(kind.sheet)
    columns = columns or kind.columns
    _shape(sheet, columns)
    if template:
        _add_lists(sheet, columns, choices)
    for heading in headings(sheet, columns):
        sheet.append(heading)
    count = 0
    totals = [(column, Counter[str]()) for column in columns if column.key in kind.counted]
    # Styles are looked up once a column, not once a cell.
    makers = [_maker(sheet, column) for column in columns]
    for row in rows:
        sheet.append([make(row.get(column.key, "")) for make, column in zip(makers, columns, strict=True)])
        count += 1
        for column, counts in totals:
            counts[row.get(column.key, "")] += 1
    if not template:
        sheet.auto_filter.ref = f"A2:{get_column_letter(len(columns))}{count + 2}"
    if template:
        _explain(book.create_sheet(READ_ME), columns, kind.samples)
        _list_choices(book.create_sheet(LISTS), columns, choices)
    else:
        about: Any = book.create_sheet("About this list")
        about.column_dimensions["A"].width = 30
        about.column_dimensions["B"].width = 80
        for label, value in [*facts, (_("Rows"), str(count))]:
            about.append([text_cell(about, label, bold=True), text_cell(about, value, wrap=True)])
        _write_totals(book.create_sheet(TOTALS), totals, choices)
    book.save(target)
    return count


def _write_totals(sheet: Any, totals: Sequence[tuple[Column, Counter[str]]], choices: Mapping[str, ChoiceSet]) -> None:
    """Count the rows by each value of a column; what a row is, the first sheet says."""
    for letters, width in (("A", 30), ("B", 44), ("C", 12)):
        sheet.column_dimensions[letters].width = width
    words = (
        pgettext("column of a list", "Column"),
        pgettext("column of a list", "Value"),
        pgettext("column of a list", "Rows"),
    )
    sheet.append([text_cell(sheet, word, bold=True) for word in words])
    for column, counts in totals:
        names = choices[column.choices].names if column.choices in choices else {}
        for value in sorted(counts):
            said = names.get(value, value) or pgettext("value of a column in the totals of a list", "(empty)")
            sheet.append([text_cell(sheet, column.label), text_cell(sheet, said), counts[value]])


def write_csv(
    target: IO[bytes], rows: Iterable[Mapping[str, str]], *, columns: Sequence[Column], delimiter: str = ","
) -> int:
    """Write .csv as UTF-8 with a byte order mark, headed by the keys; return how many rows it has."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([column.key for column in columns])
    count = 0
    for row in rows:
        writer.writerow([protect(row.get(column.key, "")) for column in columns])
        count += 1
    text.flush()
    text.detach()
    return count


def headings(sheet: Any, columns: Sequence[Column]) -> Iterator[list[Any]]:
    """Yield the two rows of headings, for machines and for people."""
    yield [text_cell(sheet, column.key) for column in columns]
    yield [text_cell(sheet, column.label, bold=True) for column in columns]


def _shape(sheet: Any, columns: Sequence[Column]) -> None:
    sheet.freeze_panes = "A3"
    sheet.row_dimensions[1].hidden = True
    for position, column in enumerate(columns, start=1):
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.width = 44 if column.type is Type.LONG_TEXT else 24
        # Text, so that leading zeros stay where somebody types them.
        dimension.number_format = READERS_DATE if column.type is Type.DATE else _TEXT_FORMAT


def _maker(sheet: Any, column: Column) -> Any:
    """Return what makes the cells of a column."""
    if column.type is Type.DATE:
        return lambda value: date_cell(sheet, date.fromisoformat(value)) if value else None
    if column.type is Type.WHOLE:
        return lambda value: int(value) if value else None

    def text(value: str) -> Any:
        if not value:
            return None
        # A plain string is written as text by itself, unless it may be taken for a formula.
        return value if value[0].isalnum() and value.isprintable() and "_x" not in value else text_cell(sheet, value)

    return text


def _add_lists(sheet: Any, columns: Sequence[Column], choices: Mapping[str, ChoiceSet]) -> None:
    for position, column in enumerate(columns, start=1):
        offered = choices.get(column.choices) if column.choices else None
        if not offered or not offered.names:
            continue
        letters = get_column_letter(1 + 2 * _choice_sets(columns).index(column.choices))
        rule = DataValidation(
            type="list",
            formula1=f"{LISTS}!${letters}$2:${letters}${len(offered.names) + 1}",
            allow_blank=True,
            errorStyle="warning",
            showErrorMessage=True,
        )
        rule.add(f"{get_column_letter(position)}3:{get_column_letter(position)}{_EMPTY_ROWS_OFFERED}")
        sheet.data_validations.append(rule)


def _choice_sets(columns: Sequence[Column]) -> list[str]:
    return list(dict.fromkeys(column.choices for column in columns if column.choices))


def _list_choices(sheet: Any, columns: Sequence[Column], choices: Mapping[str, ChoiceSet]) -> None:
    """Write code and name of what there is to choose from, two columns for each set."""
    sets = [choices[name] for name in _choice_sets(columns)]
    labels = [next(column.label for column in columns if column.choices == name) for name in _choice_sets(columns)]
    for position in range(2 * len(sets)):
        sheet.column_dimensions[get_column_letter(position + 1)].width = 26
    sheet.append(
        [
            text_cell(sheet, text, bold=True)
            for label in labels
            for text in (label, pgettext("column of a list", "Name"))
        ]
    )
    offers = [list(offered.names.items()) for offered in sets]
    for number in range(max(map(len, offers), default=0)):
        row: list[Any] = []
        for pairs in offers:
            row += [text_cell(sheet, it) for it in pairs[number]] if number < len(pairs) else [None, None]
        sheet.append(row)


def _explain(sheet: Any, columns: Sequence[Column], samples: Sequence[Mapping[str, str]]) -> None:
    """Say what each column wants, with three sample rows."""
    from people.workbooks.names import clear_word

    for letters, width in (("A", 28), ("B", 26), ("C", 12), ("D", 80)):
        sheet.column_dimensions[letters].width = width
    intro = (
        _("One row for each, from row 3 on. Keep the names of the columns as they are; their order does not matter."),
        _("An empty cell changes nothing. Write %(clear)s to empty a value that may be empty.")
        % {"clear": clear_word()},
        _("Dates: year, month, day, such as 2026-05-01. Nothing is changed before you have seen a preview."),
        _("Never add columns about nationality, immigration status, religion or health: such a file is refused."),
    )
    for line in intro:
        sheet.append([text_cell(sheet, line)])
    sheet.append([])
    sheet.append(
        [
            text_cell(sheet, text, bold=True)
            for text in (
                pgettext("column of a list", "Column"),
                pgettext("column of a list", "Key"),
                pgettext("column of a list", "Needed"),
                pgettext("column of a list", "What to write"),
            )
        ]
    )
    for column in columns:
        needed = _("yes") if column.identifies or column.needed else ""
        sheet.append([text_cell(sheet, it, wrap=True) for it in (column.label, column.key, needed, column.help)])
    if samples:
        sheet.append([])
        sheet.append([text_cell(sheet, _("For example"), bold=True)])
        sheet.append([text_cell(sheet, column.label, bold=True) for column in columns])
        for sample in samples:
            sheet.append([text_cell(sheet, sample.get(column.key, "")) for column in columns])


def as_of_words(on: date | None) -> str:
    """Return in words of which day an export is."""
    return on.isoformat() if on else _("everything that is known now")


def standard_facts(
    kind: Kind, *, organisation_name: str, on: date | None, made_at: datetime, language: str
) -> list[tuple[str, str]]:
    """Return what the last sheet of an export says first."""
    with translation.override(language):
        return [
            (pgettext("about a list", "List"), str(kind.label)),
            *([(pgettext("about a list", "Organisation"), organisation_name)] if organisation_name else []),
            (pgettext("about a list", "As of"), as_of_words(on)),
            (pgettext("about a list", "Made at"), made_at.strftime(MADE_AT_FORMAT)),
        ]
