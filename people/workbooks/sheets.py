"""Finding, in a file of any shape, the sheet and the columns that a kind wants."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from people.workbooks.cells import Cell, fold_heading
from people.workbooks.cells import Found as CellFound
from people.workbooks.columns import Column
from people.workbooks.headings import MOST_ROWS_ABOVE, SAMPLE_ROWS, Layout, lay_out
from people.workbooks.kinds import Kind, Mode
from people.workbooks.names import OURS, accepted_names, all_added_names, other_names
from people.workbooks.problems import Problem, RowProblem
from people.workbooks.reading.source import Source, rejected
from people.workbooks.values import ChoiceSet

TO_CORRECT: Final = "To correct"
"""The second sheet of a marked-up file."""
MARKED: Final = "marked:"
"""Begins, in the name that says the template, what the second sheet said when we wrote it."""
_OWN_SHEETS: Final = frozenset({"Read me", "Lists", "About this list", "Totals", "Help"})
"""Sheets of our templates and exports that hold no rows."""


@dataclass(slots=True)
class Found:
    """A sheet and its layout; ``problems`` say what was wrong, or what was guessed."""

    sheet: str
    layout: Layout
    problems: list[RowProblem] = field(default_factory=list)


def find_sheet(
    source: Source,
    *,
    kind: Kind,
    allowed: Sequence[Column],
    sheet: str,
    mapping: Mapping[str, str],
    choices: Mapping[str, ChoiceSet],
    known_keys: Iterable[str],
    mode: Mode,
) -> Found:
    """Return the sheet to read and how it is laid out; ``allowed``: the columns that may come in.

    Raises:
        WorkbookRefused: there is no such sheet, none with headings that are known, or more than one.
    """
    known = frozenset(known_keys)
    versions = _version_problems(source, kind)
    if sheet and sheet not in source.sheets:
        raise rejected(Problem.UNKNOWN_SHEET, *source.sheets[:12])
    candidates = [sheet] if sheet else [name for name in source.sheets if name not in _OWN_SHEETS]
    names = accepted_names(kind)
    names = {**names, **{fold_heading(name): name for name in OURS}}
    if any(MARKED in version for version in source.versions):
        names = {**all_added_names(), **names}
    laid: dict[str, Layout] = {}
    filled = False
    for name in candidates:
        head = list(islice(source.rows(name), MOST_ROWS_ABOVE + SAMPLE_ROWS))
        filled = filled or bool(head)
        layout = lay_out(
            head,
            columns=kind.columns,
            names=names,
            guesses=other_names(kind),
            mapping=mapping,
            choices=choices,
            known_keys=known,
            allowed=frozenset(column.key for column in allowed),
            needed=_needed(kind, mode),
        )
        if layout is not None:
            layout.positions = {at: key for at, key in layout.positions.items() if key not in OURS}
            laid[name] = layout
    chosen = _choose(source, kind, laid)
    if chosen is None:
        if not filled:
            raise rejected(Problem.NO_ROWS)
        if laid:
            raise rejected(Problem.SEVERAL_SHEETS, *laid)
        raise rejected(Problem.NO_HEADINGS, *(column.key for column in allowed if not column.read_only))
    layout = laid[chosen]
    return Found(chosen, layout, [*versions, *layout.problems])


def _needed(kind: Kind, mode: Mode) -> frozenset[str]:
    """Return the columns without which nothing runs: what finds a row again, and what a new one must have."""
    return frozenset(column.key for column in kind.columns if column.identifies or (column.needed and mode.may_create))


def _choose(source: Source, kind: Kind, laid: Mapping[str, Layout]) -> str | None:
    """Return the one sheet that is meant; None where that is not clear."""
    if TO_CORRECT in laid:
        said = next((it for it in source.versions if MARKED in it), "").rpartition(MARKED)[2]
        rest = [name for name in laid if name != TO_CORRECT]
        # Whoever corrected the second sheet means that one; otherwise the first was corrected.
        if not rest or said != fingerprint(source.rows(TO_CORRECT)):
            return TO_CORRECT
        laid = {name: laid[name] for name in rest}
    usable = [name for name, layout in laid.items() if not layout.refused]
    if kind.sheet in usable:
        return kind.sheet
    if len(usable) == 1:
        return usable[0]
    # Where none can be used, the only one says what is wrong with it.
    return next(iter(laid)) if not usable and len(laid) == 1 else None


def _version_problems(source: Source, kind: Kind) -> list[RowProblem]:
    """Say where a template was made for another kind, or by another version."""
    for version in source.versions:
        code, _, number = version.partition(" ")[0].partition(":")
        if code != kind.code:
            raise rejected(Problem.OTHER_KIND, code, kind.code)
        if number != str(kind.version):
            return [RowProblem(None, "", Problem.OTHER_VERSION, hints=(code, number))]
    return []


def fingerprint(rows: Iterable[tuple[int, list[Cell]]]) -> str:
    """Return what marks the content of a sheet, however a spreadsheet program saves it again."""
    digest = hashlib.sha256()
    for row in _said(rows):
        digest.update(("\x1f".join(row) + "\x1e").encode())
    return digest.hexdigest()[:32]


def _said(rows: Iterable[tuple[int, list[Cell]]]) -> Iterator[list[str]]:
    for _, cells in rows:
        row = [
            cell.day.isoformat() if cell.day and cell.found is CellFound.DATE else " ".join(cell.text.split())
            for cell in cells
        ]
        while row and not row[-1]:
            row.pop()
        if row:
            yield row
