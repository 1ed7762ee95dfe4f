"""Which column of a file holds what. Plain Python."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from people.workbooks.cells import Cell, Found, clean, fold_heading, letter
from people.workbooks.columns import Column, Type
from people.workbooks.problems import Problem, RowProblem
from people.workbooks.values import ChoiceSet, looks_like_email

MOST_ROWS_ABOVE: Final = 30
"""How far down the headings are looked for."""
SAMPLE_ROWS: Final = 40
_LONGEST_HEADING: Final = 300
"""Signs of a cell that are looked at to find names of columns: far more than any name has."""

# Beginnings of words, in the languages of the interface that use them in headings, of what no file may bring.
_NEVER: Final = re.compile(
    r"national|citizen|ciudadan|citoyen|nacional|nasyonalidad|国籍|國籍|جنسي|ਕੌਮੀਅਤ|ਨਾਗਰਿਕ"
    r"|immigra|imigra|inmigra|visa\b|visado|permit\b|work.permit|permis|passport|pasaporte|passeport|residen|status.in.canada"
    r"|migrator|移民|签证|簽證|护照|護照|هجرة|تأشيرة|جواز"
    r"|religi|relihi|faith|church|宗教|ديان|ਧਰਮ"
    r"|health|medical|disab|handicap|discapac|kapansanan|santé|salud|pregnan|diagnos|blood|健康|残疾|殘疾|صحة|إعاق|اعاق|ਸਿਹਤ|ਅਪਾਹਜ"
    r"|race\b|racial|ethnic|etnia|indigenous|band.number|treaty|country.of|born.in|birth|d\.?o\.?b\b|naissance|nacimiento|\bnac\b"
    r"|kapanganakan|pinagmulan|出生|民族|ميلاد|ਜਨਮ"
    r"|sexual|\bsexe?\b|\bsexo\b|kasarian|性别|性別|الجنس|ਲਿੰਗ|gender|orientation|union\b|criminal|conviction|victim|survivor|traffick|social.insurance|\bsin\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Layout:
    """Where the headings stand, and which position holds which column."""

    row: int
    first_data_row: int
    positions: dict[int, str] = field(default_factory=dict)
    """Position, counted from 0, to the key of a column."""
    titles: dict[int, str] = field(default_factory=dict)
    """Position to the heading as typed, of every column of the file that has one."""
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Return whether nothing can be taken with these headings."""
        return any(not problem.is_warning for problem in self.problems)


def never_accepted(heading: str) -> bool:
    """Return whether a heading names what no file may bring."""
    return bool(_NEVER.search(heading) or _NEVER.search(fold_heading(heading).replace("_", " ")))


def find_headings(
    rows: Sequence[tuple[int, list[Cell]]], *, names: Mapping[str, str], guesses: Mapping[str, str]
) -> int | None:
    """Return the index, in the first rows of a sheet, of the row of headings; None where no row has any.

    It is the row with the most headings that are known. Titles and empty rows above, and a second row that says the
    same in another language, do not mislead it.
    """
    best, best_score = None, 0
    for index, (_, cells) in enumerate(rows):
        texts = [fold_heading(cell.text[:_LONGEST_HEADING]) for cell in cells if cell.found is Found.TEXT]
        known = {names.get(text) or guesses.get(text) for text in texts} - {None}
        if len(known) > best_score:
            best, best_score = index, len(known)
    return best


def lay_out(
    rows: Sequence[tuple[int, list[Cell]]],
    *,
    columns: Sequence[Column],
    names: Mapping[str, str],
    guesses: Mapping[str, str],
    mapping: Mapping[str, str],
    choices: Mapping[str, ChoiceSet],
    known_keys: Iterable[str],
    allowed: frozenset[str],
    needed: frozenset[str],
) -> Layout | None:
    """Return how the first ``rows`` of a sheet are laid out; None where they have no headings.

    ``names``, ``guesses``: folded heading to column key, of the keys and labels, and of what people call them in files
    of their own. ``mapping``: folded heading to column key, "" for "leave it out", as somebody has said. ``allowed``:
    the columns that may come in. ``needed``: those without which nothing runs.
    """
    at = find_headings(rows, names={**names, **{key: to for key, to in mapping.items() if to}}, guesses=guesses)
    if at is None:
        return None
    number, cells = rows[at]
    layout = Layout(row=number, first_data_row=number + 1)
    body = rows[at + 1 :]
    # The template says its headings twice: for machines, and in the reader's language.
    while body and _repeats(body[0][1], cells, names):
        layout.first_data_row = body[0][0] + 1
        body = body[1:]
    by_key = {column.key: column for column in columns}
    open_positions: list[int] = []
    for position, cell in enumerate(cells):
        title = clean(cell.text[:_LONGEST_HEADING]) if cell.found in (Found.TEXT, Found.NUMBER) else ""
        if not title:
            continue
        layout.titles[position] = title
        heading = fold_heading(title)
        if never_accepted(title) and names.get(heading) is None:
            layout.problems.append(RowProblem(number, title[:60], Problem.NEVER_ACCEPTED))
            continue
        if heading in mapping:
            key: str | None = mapping[heading]
            if not key:
                continue
        else:
            key = names.get(heading)
        if key is None:
            open_positions.append(position)
        elif key in layout.positions.values():
            layout.problems.append(RowProblem(number, title[:60], Problem.COLUMN_TWICE))
        else:
            layout.positions[position] = key
    _guess(layout, open_positions, body[:SAMPLE_ROWS], columns, guesses, choices, frozenset(known_keys))
    for position, title in layout.titles.items():
        if position in open_positions and position not in layout.positions:
            hints = tuple(key for key in by_key if key in allowed and not by_key[key].read_only)
            layout.problems.append(RowProblem(number, title[:60], Problem.UNKNOWN_COLUMN, hints=hints))
    layout.problems += [
        RowProblem(number, layout.titles[position][:60], Problem.COLUMN_NOT_ALLOWED)
        for position, key in sorted(layout.positions.items())
        if key in by_key and key not in allowed
    ]
    nameless = {
        position: below
        for below, others in reversed(body[:SAMPLE_ROWS])
        for position, cell in enumerate(others)
        if cell.found is not Found.NOTHING and position not in layout.titles
    }
    layout.problems += [
        RowProblem(below, letter(position), Problem.COLUMN_WITHOUT_NAME, Found.NOTHING)
        for position, below in sorted(nameless.items())
    ]
    layout.problems += [
        RowProblem(number, column.key, Problem.COLUMN_MISSING)
        for column in columns
        if column.key in needed and column.key not in layout.positions.values()
    ]
    return layout


def _repeats(cells: Sequence[Cell], headings: Sequence[Cell], names: Mapping[str, str]) -> bool:
    """Whether a row only says the headings again."""
    said = False
    for position, cell in enumerate(cells):
        if cell.found is Found.NOTHING:
            continue
        above = headings[position] if position < len(headings) else None
        if cell.found is not Found.TEXT or above is None:
            return False
        key = names.get(fold_heading(cell.text))
        if key is None or key != names.get(fold_heading(above.text)):
            return False
        said = True
    return said


def _guess(
    layout: Layout,
    open_positions: Sequence[int],
    body: Sequence[tuple[int, list[Cell]]],
    columns: Sequence[Column],
    guesses: Mapping[str, str],
    choices: Mapping[str, ChoiceSet],
    known_keys: frozenset[str],
) -> None:
    """Take what headings are called elsewhere, then what the values show; say that it is a guess."""

    def take(position: int, key: str) -> None:
        layout.positions[position] = key
        title = layout.titles[position][:60]
        layout.problems.append(RowProblem(layout.row, title, Problem.GUESSED_COLUMN, hints=(key,)))

    for position in open_positions:
        key = guesses.get(fold_heading(layout.titles[position]))
        if key is not None and key not in layout.positions.values():
            take(position, key)
    for column in columns:
        if column.key in layout.positions.values() or column.read_only:
            continue
        fitting = [
            position
            for position in open_positions
            if position not in layout.positions and _fits(column, position, body, choices, known_keys)
        ]
        # Two columns that fit alike are nobody's guess.
        if len(fitting) == 1:
            take(fitting[0], column.key)


def _fits(
    column: Column,
    position: int,
    body: Sequence[tuple[int, list[Cell]]],
    choices: Mapping[str, ChoiceSet],
    known_keys: frozenset[str],
) -> bool:
    """Whether the values below a heading that nobody knows can only be those of ``column``."""
    texts = [cells[position].text for _, cells in body if position < len(cells) and cells[position].text]
    if len(texts) < 2:
        return False
    match column.type:
        case Type.EMAIL:
            return all(looks_like_email(clean(text)) for text in texts)
        case Type.CHOICE:
            return all(choices[column.choices].find(text) for text in texts)
        case Type.KEY if column.identifies:
            return sum(clean(text).lower() in known_keys for text in texts) * 2 > len(texts)
    return False
