"""xlsx: a row for each segment; the sheet's name is the language. Text is always text."""

import io
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment

from people.exceptions import WorkbookRefused
from people.workbooks.cells import Cell, Found, clean
from people.workbooks.reading import open_source
from people.workbooks.writing import text_cell
from translations.exceptions import ExchangeFault, ExchangeProblem, ExchangeRefused
from translations.exchange.units import ExchangeFile, Unit, base_of

COLUMNS: Final = ("segment", "source", "translation", "state", "reviewed by", "note", "base")
NEEDS_WORK: Final = "needs work"
_WIDTHS: Final = (24, 60, 60, 12, 20, 30, 6)
# A word such as "Vrai" becomes a truth value under the hands of a spreadsheet, and comes back as another word.
_TEXTS: Final = (Found.TEXT, Found.NUMBER, Found.NOTHING)


def write(file: ExchangeFile) -> bytes:
    """Return the file as a workbook with one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(file.language)
    sheet.freeze_panes = "A2"
    for index, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFG"[index]].width = width
    sheet.append([text_cell(sheet, title, bold=True) for title in COLUMNS])
    for unit in file.units:
        state = NEEDS_WORK if unit.needs_work and unit.target else ""
        row = (unit.segment, unit.source, unit.target, state, unit.reviewer, unit.note, unit.base)
        cells = [text_cell(sheet, text, wrap=True) if text else None for text in row]
        if cells[2] is not None:
            # Each translation runs in the direction of its own script.
            cells[2].alignment = Alignment(vertical="top", wrap_text=True, readingOrder=0)
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(content: bytes) -> ExchangeFile:
    """Return what the first sheet of a workbook holds. The order of the columns is free.

    Raises:
        ExchangeRefused: it is no workbook, a column is missing or there twice, or a cell holds a formula.
    """
    try:
        source = open_source(io.BytesIO(content), name="file.xlsx")
        language = source.sheets[0]
        rows = [cells for _, cells in source.rows(language)]
        source.close()
    except (WorkbookRefused, IndexError) as error:
        raise ExchangeRefused([ExchangeProblem(ExchangeFault.UNREADABLE)]) from error
    headings = [cell.text.strip().lower() for cell in rows[0]] if rows else []
    unclear = [name for name in COLUMNS[:3] if headings.count(name) != 1]
    if unclear:
        raise ExchangeRefused([ExchangeProblem(ExchangeFault.UNREADABLE, detail=", ".join(unclear))])
    problems: list[ExchangeProblem] = []
    units = tuple(_unit(dict(zip(headings, cells, strict=False)), problems) for cells in rows[1:])
    if problems:
        raise ExchangeRefused(problems)
    return ExchangeFile(language, units)


def _unit(row: dict[str, Cell], problems: list[ExchangeProblem]) -> Unit:
    segment = row["segment"].text.strip() if "segment" in row else ""
    texts = {}
    for name in COLUMNS:
        cell = row.get(name)
        if cell is not None and cell.found not in _TEXTS:
            problems.append(ExchangeProblem(ExchangeFault.FORMULA, segment, name))
        texts[name] = cell.text if cell is not None else ""
        if "\0" in texts[name]:
            problems.append(ExchangeProblem(ExchangeFault.CHARACTERS, segment.replace("\0", ""), "U+0000"))
    base = texts["base"].strip()
    # Spreadsheets keep the word in the column when the translation is changed: what was changed is meant.
    kept = base in ("", base_of(texts["translation"]))
    needs_work = texts["state"].strip().lower() == NEEDS_WORK and kept
    return Unit(
        segment,
        texts["source"],
        texts["translation"],
        base,
        needs_work=needs_work,
        reviewer=clean(texts["reviewed by"]),
        note=texts["note"],
    )
