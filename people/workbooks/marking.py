"""The user's own file back: the same rows and columns, with what is wrong beside them and in colour."""

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import IO, Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName

from people.workbooks.cells import EMPTY, Cell, Found
from people.workbooks.kinds import Kind
from people.workbooks.names import MEND, PROBLEM, STATUS, added_names
from people.workbooks.reading.archives import SHEETS
from people.workbooks.reading.source import Source
from people.workbooks.reading.xlsx_files import VERSION_NAME
from people.workbooks.sheets import MARKED, TO_CORRECT, fingerprint
from people.workbooks.writing import date_cell, text_cell

KEPT_FORMATS_BELOW: Final = 10_000
"""Rows up to which the formats of an .xlsx are kept, too."""
_MOST_ROWS: Final = 2 * KEPT_FORMATS_BELOW
_MOST_CELLS: Final = 400_000
"""Up to which a workbook with its formats is held in memory, empty ones with a colour included."""
_ROWS_AND_CELLS: Final = re.compile(rb"<(?:\w+:)?(row|c)\b")
_READ_BYTES: Final = 256 * 1024
_NOT_IN_TITLES: Final = re.compile(r"[\\*?:/\[\]]")
_MOST_COMMENT: Final = 600
_AUTHOR: Final = "Fieldfare"
_OURS: Final = f"{_AUTHOR}: "
"""Begins our comments: not every program keeps who made one."""
_BETWEEN_COMMENTS: Final = "\n\n"
_BAD: Final = PatternFill("solid", fgColor="F6D5D0")
_WARN: Final = PatternFill("solid", fgColor="F7E6BE")
_OUR_COLOURS: Final = ("F6D5D0", "F7E6BE")
_HEAD: Final = PatternFill("solid", fgColor="E3ECEB")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of a row: in a word, what is wrong by column key, and how to mend it."""

    status: str
    is_error: bool
    problems: tuple[tuple[str, str, str, bool], ...] = ()
    """Column key or heading, problem, mend, whether it is a warning."""

    @property
    def problem_text(self) -> str:
        """Return all problems as one text."""
        return " ".join(f"{name}: {problem}" if name else problem for name, problem, _, _ in self.problems)

    @property
    def mend_text(self) -> str:
        """Return how to mend them, each once."""
        return " ".join(dict.fromkeys(mend for _, _, mend, _ in self.problems))


Marks = Callable[[], Iterator[tuple[int, Mark]]]
"""Gives the marks of all rows that have one, by row number, in their order, again and again."""


def mark_up(
    target: IO[bytes],
    file: IO[bytes],
    source: Source,
    *,
    kind: Kind,
    layout: Mapping[str, Any],
    marks: Marks,
    names: Mapping[str, str],
    rows: int,
) -> None:
    """Write the marked-up file as .xlsx to ``target``.

    ``names``: column key to what it is called in the active language, as ``Mark.problems`` has it. The first sheets are
    those of the file; on the last one stand the rows that fail, ready to be corrected and uploaded.
    """
    marked = layout["sheet"]
    # Rows that were corrected are the list now. Otherwise those to correct are written anew.
    shown = [name for name in source.sheets if name == marked or TO_CORRECT not in (name, marked)]
    book = _kept(file) if source.format == "xlsx" and rows < KEPT_FORMATS_BELOW else None
    if book is not None:
        for name in source.sheets:
            if name not in shown:
                del book[name]
        _disarm(book, source)
        if any(MARKED in version for version in source.versions):
            _forget_marks(book[marked])
        _mark_kept(book[marked], layout, marks, names)
        book[marked].title = _title(marked, kind)
    else:
        book = Workbook(write_only=True)
        for name in shown:
            sheet = book.create_sheet(_title(name, kind))
            if name == marked:
                _copy_marked(sheet, source, name, layout, marks, names)
            else:
                _copy(sheet, source, name)
    said = _write_failing(book, source, kind, layout, marks, names)
    for name in list(book.defined_names):
        if name == VERSION_NAME:
            del book.defined_names[name]
    book.defined_names[VERSION_NAME] = DefinedName(
        VERSION_NAME, attr_text=f'"{kind.code}:{kind.version} {MARKED}{said}"'
    )
    book.save(target)


def _kept(file: IO[bytes]) -> Any:
    """Return the workbook with its formats; None where it is large, or openpyxl is stricter than who wrote it."""
    file.seek(0)
    try:
        if _is_large(file):
            return None
        file.seek(0)
        return load_workbook(file, data_only=True, keep_links=False)
    except Exception:  # it fails in many ways; the values are copied then, without formats
        return None


def _is_large(file: IO[bytes]) -> bool:
    """Whether the sheets of an .xlsx have more rows and cells, filled or not, than are to be held in memory."""
    counted: Counter[bytes] = Counter()
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if not SHEETS.match(name):
                continue
            with archive.open(name) as part:
                while block := part.read(_READ_BYTES):
                    counted.update(_ROWS_AND_CELLS.findall(block))
                    if counted[b"row"] > _MOST_ROWS or counted[b"c"] > _MOST_CELLS:
                        return True
    return False


def _title(name: str, kind: Kind) -> str:
    """Return a name of a sheet as .xlsx allows it; that of rows to correct, marked up again, is the list."""
    return kind.sheet if name in ("", TO_CORRECT) else _NOT_IN_TITLES.sub(" ", name)[:31]


def _disarm(book: Any, source: Source) -> None:
    """Let formulas be what they gave, or the text that they are: nothing may run for whoever opens it next."""
    for sheet in book.worksheets:
        # Only the cells that there are: one in the last row of all does not make a million.
        for cell in sheet._cells.values():
            if cell.hyperlink is not None:
                cell.hyperlink = None
        for number, cells in source.rows(sheet.title):
            for position, read in enumerate(cells, start=1):
                if read.found is Found.FORMULA:
                    cell = sheet.cell(number, position)
                    cell.value = read.text
                    cell.data_type = "s"
                    cell.quotePrefix = True


def _forget_marks(sheet: Any) -> None:
    """Take away what an earlier marking left on cells: they may have been corrected since."""
    for cell in sheet._cells.values():
        if cell.comment is not None and _is_ours(cell.comment):
            _, _, said_before = cell.comment.text.partition(_BETWEEN_COMMENTS)
            author = (cell.comment.author or "").removeprefix(_AUTHOR).removeprefix(", ")
            cell.comment = Comment(said_before, author) if said_before else None
        if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb)[-6:] in _OUR_COLOURS:
            cell.fill = PatternFill()


def _comment(problem: str, mend: str, before: Comment | None = None) -> Comment:
    """Return what is said of a cell, with what somebody else had said there below it."""
    said = f"{_OURS}{problem} {mend}"[:_MOST_COMMENT]
    if before is None:
        return Comment(said, _AUTHOR)
    if _is_ours(before):
        return Comment(f"{said} {before.text.removeprefix(_OURS)}", before.author)
    return Comment(f"{said}{_BETWEEN_COMMENTS}{before.text}", f"{_AUTHOR}, {before.author or ''}")


def _is_ours(comment: Comment) -> bool:
    return bool(comment.text.startswith(_OURS))


def _positions(layout: Mapping[str, Any]) -> dict[str, int]:
    return {key: int(position) for position, key in layout["positions"].items()}


def _first_free(layout: Mapping[str, Any]) -> int:
    """Return the position behind the last heading; what an earlier marking added is written over."""
    ours = {STATUS, PROBLEM, MEND, *added_names()}
    titles = {int(position): title for position, title in layout["titles"].items()}
    own = [position for position, title in titles.items() if title in ours]
    return min(own) if own else max(titles, default=0) + 1


def _heading_rows(layout: Mapping[str, Any]) -> range:
    return range(layout["row"], layout["first_data_row"])


def _mark_kept(sheet: Any, layout: Mapping[str, Any], marks: Marks, names: Mapping[str, str]) -> None:
    first = _first_free(layout) + 1
    positions = {names.get(key, key): position for key, position in _positions(layout).items()}
    for offset, (key, label) in enumerate(zip((STATUS, PROBLEM, MEND), added_names(), strict=True)):
        for number in _heading_rows(layout):
            cell = sheet.cell(number, first + offset)
            _set(cell, _heading(layout, number, key, label))
            cell.font = Font(bold=True)
            cell.fill = _HEAD
        sheet.column_dimensions[sheet.cell(1, first + offset).column_letter].width = 16 if not offset else 50
    for number, mark in marks():
        for offset, text in enumerate((mark.status, mark.problem_text, mark.mend_text)):
            _set(sheet.cell(number, first + offset), text)
        for name, problem, mend, is_warning in mark.problems:
            position = positions.get(name)
            if position is None:
                continue
            cell = sheet.cell(number, position + 1)
            if isinstance(cell, MergedCell):
                continue
            cell.fill = _WARN if is_warning else _BAD
            cell.comment = _comment(problem, mend, cell.comment)


def _heading(layout: Mapping[str, Any], number: int, key: str, label: str) -> str:
    """Return what stands above an added column: the key where machines have a row of their own, else the label."""
    return key if number == layout["row"] and len(_heading_rows(layout)) > 1 else label


def _set(cell: Any, text: str) -> None:
    if isinstance(cell, MergedCell):
        return
    cell.value = text or None
    if text:
        cell.data_type = "s"


def _copy(sheet: Any, source: Source, name: str) -> None:
    written = 0
    for number, cells in source.rows(name):
        while written < number - 1:
            sheet.append([])
            written += 1
        sheet.append([_copied(sheet, cell) for cell in cells])
        written += 1


def _copy_marked(
    sheet: Any, source: Source, name: str, layout: Mapping[str, Any], marks: Marks, names: Mapping[str, str]
) -> None:
    free = _first_free(layout)
    positions = {names.get(key, key): position for key, position in _positions(layout).items()}
    waiting = marks()
    mark = next(waiting, None)
    written = 0
    for number, cells in source.rows(name):
        while written < number - 1:
            sheet.append([])
            written += 1
        row = [_copied(sheet, cell) for cell in cells[:free]]
        row += [None] * (free - len(row))
        while mark is not None and mark[0] < number:
            mark = next(waiting, None)
        if number in _heading_rows(layout):
            words = zip((STATUS, PROBLEM, MEND), added_names(), strict=True)
            row += [text_cell(sheet, _heading(layout, number, key, label), bold=True) for key, label in words]
        elif mark is not None and mark[0] == number:
            _paint(sheet, row, mark[1], positions)
            row += [text_cell(sheet, it) for it in (mark[1].status, mark[1].problem_text, mark[1].mend_text)]
        sheet.append(row)
        written += 1


def _paint(sheet: Any, row: list[Any], mark: Mark, positions: Mapping[str, int]) -> None:
    for name, problem, mend, is_warning in mark.problems:
        position = positions.get(name)
        if position is None or position >= len(row):
            continue
        cell = row[position] if row[position] is not None else text_cell(sheet, "")
        cell.fill = _WARN if is_warning else _BAD
        cell.comment = _comment(problem, mend, cell.comment)
        row[position] = cell


def _copied(sheet: Any, cell: Cell) -> Any:
    if cell is EMPTY:
        return None
    if cell.found is Found.DATE and cell.day is not None:
        return date_cell(sheet, cell.day)
    return text_cell(sheet, cell.text)


def _write_failing(
    book: Any, source: Source, kind: Kind, layout: Mapping[str, Any], marks: Marks, names: Mapping[str, str]
) -> str:
    """Write the rows that fail on a sheet of their own; return its fingerprint."""
    sheet = book.create_sheet(TO_CORRECT)
    by_key = {column.key: column for column in kind.columns}
    taken = sorted(_positions(layout).items(), key=lambda it: it[1])
    keys = [key for key, _ in taken]
    # What is missing altogether can be filled in here.
    keys += [column.key for column in kind.columns if column.key not in keys and (column.identifies or column.needed)]
    said: list[tuple[int, list[Cell]]] = []

    def append(row: list[Any]) -> None:
        if book.write_only:
            sheet.append(row)
            return
        for position, made in enumerate(row, start=1):
            if made is None:
                continue
            cell = sheet.cell(len(said) + 1, position)
            if isinstance(made, SheetCell):
                cell.value = made.value
                cell.data_type = made.data_type
                cell.number_format = made.number_format
                cell.fill, cell.font = copy(made.fill), copy(made.font)
                cell.quotePrefix = made.quotePrefix
                if made.comment:
                    cell.comment = Comment(made.comment.text, made.comment.author)
            else:
                cell.value = made

    titles = [*keys, STATUS, PROBLEM, MEND]
    append([text_cell(sheet, title) for title in titles])
    said.append((1, [Cell(Found.TEXT, title) for title in titles]))
    labels = [str(by_key[key].label) for key in keys] + list(added_names())
    append([text_cell(sheet, label, bold=True) for label in labels])
    said.append((2, [Cell(Found.TEXT, label) for label in labels]))
    waiting = ((number, mark) for number, mark in marks() if mark.is_error)
    mark = next(waiting, None)
    positions = {names.get(key, key): at for at, key in enumerate(keys)}
    if mark is not None:
        for number, cells in source.rows(layout["sheet"]):
            if mark is None:
                break
            if number != mark[0]:
                continue
            shown = [cells[at] if at < len(cells) else EMPTY for _, at in taken]
            shown += [EMPTY] * (len(keys) - len(shown))
            row = [_copied(sheet, cell) for cell in shown]
            _paint(sheet, row, mark[1], positions)
            words = (mark[1].status, mark[1].problem_text, mark[1].mend_text)
            append([*row, *(text_cell(sheet, word) if word else None for word in words)])
            said.append((number, [*shown, *(Cell(Found.TEXT, word) if word else EMPTY for word in words)]))
            mark = next(waiting, None)
    return fingerprint(said)
