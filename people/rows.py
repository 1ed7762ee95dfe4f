"""What the rows of a people file mean, and what is wrong with them. Plain Python: no clock, no database, no settings.

One row is one person: who she is and where she works now. All problems are found, so that all can be mended at once.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """The columns of a people file, by the key that may stand in row 1."""

    EMPLOYEE_NUMBER = "employee_number"
    NAME = "name"
    EMAIL = "email"
    SITE = "site"
    ROLE = "role"
    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"


REQUIRED: Final = (Column.EMPLOYEE_NUMBER, Column.NAME, Column.SITE, Column.STARTS_ON)
LONGEST: Final[Mapping[Column, int]] = {Column.EMPLOYEE_NUMBER: 40, Column.NAME: 200, Column.EMAIL: 254}
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2100


class Found(StrEnum):
    """What kind of value stands in a cell. Problems name the kind, never the value."""

    NOTHING = "nothing"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATE_AND_TIME = "date_and_time"
    TRUTH = "truth"
    FORMULA = "formula"
    ERROR = "error"


class Problem(StrEnum):
    """What can be wrong; ``people.explanations`` has the words and how to mend it."""

    NOT_XLSX = "not_xlsx"
    TOO_BIG = "too_big"
    TOO_MUCH_INSIDE = "too_much_inside"
    UNREADABLE = "unreadable"
    MACROS = "macros"
    EXTERNAL_LINKS = "external_links"
    TOO_MANY_ROWS = "too_many_rows"
    NO_ROWS = "no_rows"
    UNKNOWN_COLUMN = "unknown_column"
    NEVER_ACCEPTED = "never_accepted"
    COLUMN_TWICE = "column_twice"
    COLUMN_MISSING = "column_missing"
    COLUMN_WITHOUT_NAME = "column_without_name"
    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    MISSING = "missing"
    WRONG_KIND = "wrong_kind"
    TOO_LONG = "too_long"
    NOT_EXACT = "not_exact"
    NUMBER_TWICE = "number_twice"
    NOT_EMAIL = "not_email"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_ROLE = "unknown_role"
    NOT_A_DATE = "not_a_date"
    AMBIGUOUS_DATE = "ambiguous_date"
    TIME_OF_DAY = "time_of_day"
    FAR_DATE = "far_date"
    ENDS_BEFORE_START = "ends_before_start"
    OVERLAPS = "overlaps"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing that is wrong, and where.

    ``row`` is the number that the spreadsheet shows, None for the file as a whole. ``column`` is a column's key, or
    the heading as typed where the column itself is the problem. ``hints`` help to mend it (codes to choose from, the
    row of the double); they never repeat what stands in the cell.
    """

    row: int | None
    column: str
    problem: Problem
    found: Found | None = None
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as read: its kind, its text (numbers as text, too), and its date where it is one.

    ``exact`` is false for numbers that spreadsheets cannot keep exactly.
    """

    found: Found
    text: str = ""
    day: date | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as read: its number in the spreadsheet and its cells; what is missing is empty."""

    row: int
    cells: Mapping[Column, Cell]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person and the present employment, as one row says it.

    ``email``, ``role`` and ``ends_on`` None: the row says nothing of it, what is known stays.
    """

    row: int
    employee_number: str
    name: str
    email: str | None
    site: str
    """Code of the site."""
    role: str | None
    """Code of the role."""
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """The organisation's sites and roles: code to name."""

    sites: Mapping[str, str]
    roles: Mapping[str, str] = field(default_factory=dict)


# Beginnings of words, in the languages of the interface that use them in headings, of what no file may bring.
_NEVER: Final = re.compile(
    r"national|citizen|ciudadan|citoyen|nacional|nasyonalidad|国籍|國籍|جنسي|ਕੌਮੀਅਤ"
    r"|immigra|imigra|inmigra|visa\b|visado|permit\b|permis|passport|pasaporte|passeport|residen|status in canada"
    r"|移民|签证|簽證|هجرة"
    r"|religi|relihi|faith|church|宗教|ديان|ਧਰਮ"
    r"|health|medical|disab|santé|salud|pregnan|diagnos|健康|صحة|ਸਿਹਤ"
    r"|race\b|racial|ethnic|etnia|indigenous|band number|treaty|country of|born in|birth|naissance|nacimiento"
    r"|sexual|gender|orientation|union\b|criminal|conviction|victim|survivor|traffick|social insurance|\bsin\b",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLASHED: Final = re.compile(r"\d{1,4}[/.\- ]\d{1,2}[/.\- ]\d{1,4}")


def key_of(heading: str) -> str:
    """Return a heading as it is compared: folded, spaces and hyphens as one underscore, without a star or a colon."""
    folded = unicodedata.normalize("NFKC", heading).strip().strip("*:").strip().casefold()
    return re.sub(r"[\s_\-]+", "_", folded)


def judge_headings(
    headings: Sequence[str], *, labels: Mapping[str, Column], row: int = 1
) -> tuple[dict[int, Column], list[RowProblem]]:
    """Return which position holds which column, and what is wrong with the headings.

    ``labels`` maps ``key_of`` of every accepted heading to its column. An empty heading stands for an empty column.
    """
    columns: dict[int, Column] = {}
    problems: list[RowProblem] = []
    for position, heading in enumerate(headings):
        if not heading.strip():
            continue
        column = labels.get(key_of(heading))
        shown = heading.strip()[:60]
        if column is None:
            kind = Problem.NEVER_ACCEPTED if _NEVER.search(heading) else Problem.UNKNOWN_COLUMN
            problems.append(RowProblem(row, shown, kind, hints=tuple(Column)))
        elif column in columns.values():
            problems.append(RowProblem(row, shown, Problem.COLUMN_TWICE))
        else:
            columns[position] = column
    problems += [
        RowProblem(row, column, Problem.COLUMN_MISSING) for column in REQUIRED if column not in columns.values()
    ]
    return columns, problems


def judge_rows(rows: Iterable[RawRow], *, known: Known) -> tuple[list[PersonRow], list[RowProblem]]:
    """Return the persons that ``rows`` mean, and everything that is wrong with them, in the order of the rows."""
    persons: list[PersonRow] = []
    problems: list[RowProblem] = []
    first_with: dict[str, int] = {}
    for raw in rows:
        judged = _Row(raw, known)
        person = judged.person()
        if judged.number:
            first = first_with.setdefault(judged.number.casefold(), raw.row)
            if first != raw.row:
                judged.wrong(Column.EMPLOYEE_NUMBER, Problem.NUMBER_TWICE, str(first))
        problems += judged.problems
        if person is not None and not judged.problems:
            persons.append(person)
    return persons, problems


class _Row:
    """Judges one row, gathering what is wrong."""

    def __init__(self, raw: RawRow, known: Known) -> None:
        self.raw = raw
        self.known = known
        self.problems: list[RowProblem] = []
        self.number = ""

    def person(self) -> PersonRow | None:
        self.number = self._text(Column.EMPLOYEE_NUMBER)
        name = self._text(Column.NAME, numbers=False)
        email = self._email()
        site = self._choice(Column.SITE, self.known.sites, Problem.UNKNOWN_SITE)
        role = self._choice(Column.ROLE, self.known.roles, Problem.UNKNOWN_ROLE)
        starts_on = self._day(Column.STARTS_ON)
        ends_on = self._day(Column.ENDS_ON)
        if starts_on and ends_on and ends_on < starts_on:
            self.wrong(Column.ENDS_ON, Problem.ENDS_BEFORE_START)
        if self.problems or starts_on is None:
            return None
        return PersonRow(self.raw.row, self.number, name, email, site or "", role, starts_on, ends_on)

    def wrong(self, column: Column, problem: Problem, *hints: str) -> None:
        self.problems.append(RowProblem(self.raw.row, column, problem, self._cell(column).found, hints))

    def _cell(self, column: Column) -> Cell:
        return self.raw.cells.get(column, Cell(Found.NOTHING))

    def _sound(self, column: Column) -> Cell | None:
        """Return the cell if there is something usable in it, noting what is wrong otherwise."""
        cell = self._cell(column)
        if cell.found is Found.FORMULA:
            self.wrong(column, Problem.FORMULA)
        elif cell.found is Found.ERROR:
            self.wrong(column, Problem.ERROR_VALUE)
        elif cell.found is Found.NOTHING:
            if column in REQUIRED:
                self.wrong(column, Problem.MISSING)
        else:
            return cell
        return None

    def _text(self, column: Column, *, numbers: bool = True) -> str:
        cell = self._sound(column)
        if cell is None:
            return ""
        if cell.found is not Found.TEXT and not (numbers and cell.found is Found.NUMBER):
            self.wrong(column, Problem.WRONG_KIND)
            return ""
        if not cell.exact:
            self.wrong(column, Problem.NOT_EXACT)
            return ""
        text = " ".join(unicodedata.normalize("NFC", cell.text).split())
        if len(text) > LONGEST.get(column, 200):
            self.wrong(column, Problem.TOO_LONG, str(LONGEST.get(column, 200)))
        return text

    def _email(self) -> str | None:
        text = self._text(Column.EMAIL, numbers=False)
        if text and not _EMAIL.fullmatch(text):
            self.wrong(Column.EMAIL, Problem.NOT_EMAIL)
        return text or None

    def _choice(self, column: Column, known: Mapping[str, str], problem: Problem) -> str | None:
        text = self._text(column).casefold()
        if not text:
            return None
        matches = [code for code, name in known.items() if text == code.casefold()] or [
            code for code, name in known.items() if text == " ".join(name.split()).casefold()
        ]
        if len(matches) != 1:
            self.wrong(column, problem, *known)
            return None
        return matches[0]

    def _day(self, column: Column) -> date | None:
        cell = self._sound(column)
        if cell is None:
            return None
        day = cell.day
        if cell.found is Found.TEXT and _ISO.fullmatch(cell.text.strip()):
            try:
                day = date.fromisoformat(cell.text.strip())
            except ValueError:
                day = None
        if day is None:
            ambiguous = cell.found is Found.TEXT and _SLASHED.fullmatch(cell.text.strip())
            iso = cell.found is Found.TEXT and _ISO.fullmatch(cell.text.strip())
            self.wrong(column, Problem.AMBIGUOUS_DATE if ambiguous and not iso else Problem.NOT_A_DATE)
        elif cell.found is Found.DATE_AND_TIME:
            self.wrong(column, Problem.TIME_OF_DAY)
        elif not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.wrong(column, Problem.FAR_DATE, str(FIRST_YEAR), str(LAST_YEAR))
        return day
