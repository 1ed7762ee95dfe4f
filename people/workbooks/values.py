"""What the cells of a column mean. Plain Python: no clock, no database, no settings.

Every value is a string: dates as ISO, codes as the organisation writes them. "" means: clear it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from people.workbooks.cells import EMPTY, Cell, Found, clean, clean_key, clean_lines, fold, is_risky
from people.workbooks.columns import Column, Type
from people.workbooks.problems import LONGEST_VALUE_SHOWN, Problem, RowProblem

FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2100
MOST_HINTS: Final = 12
_LOOKED_AT: Final = 1000
"""Signs of a value that are looked at to show some of it."""


class DateOrder(StrEnum):
    """How dates that are written with numbers alone are meant."""

    UNKNOWN = ""
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_LABEL: Final = r"[^\W_](?:[\w-]*[^\W_])?"
"""A part of the name of a machine, in any script."""
_EMAIL: Final = re.compile(rf"(?!\.)(?:(?!\.\.|\.@)[^@\s,;:<>()\[\]\"\\])+@(?:{_LABEL}\.)+{_LABEL}")
_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TIME: Final = re.compile(r"(?<=\d)(?:T| )\d{1,2}:\d{2}\S*(?: [AP]\.?M\.?)?", re.IGNORECASE)
_MIDNIGHT: Final = re.compile(r".0?0:00(?::00(?:\.0+)?)?|.12:00(?::00)? ?A\.?M\.?", re.IGNORECASE)
"""What databases write behind a date that has no time."""
_COMPACT: Final = re.compile(r"(19|20)\d{6}")
_NUMBERS: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2}|\d{4})")
_EAST: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
# A word: its first sign is a letter; the signs of vowels after it are none in several scripts.
_WORD: Final = r"[^\W\d][^\d\s,./-]*"
_NAMED: Final = re.compile(
    rf"(?:(?:{_WORD}[.,]? )?(\d{{1,2}})(?:st|nd|rd|th|er)?[-/. ]+(?:de |of )?({_WORD})\.?"
    rf"|(?:{_WORD}[.,] )?({_WORD})\.? (\d{{1,2}})(?:st|nd|rd|th)?)[-/., ]+(?:de )?(\d{{4}})"
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier janv enero ene يناير ਜਨਵਰੀ",
            "february feb février fevrier févr fév fev febrero pebrero فبراير شباط ਫ਼ਰਵਰੀ ਫਰਵਰੀ",
            "march mar mars marzo marso مارس آذار ਮਾਰਚ",
            "april apr avril avr abril abr أبريل ابريل نيسان ਅਪ੍ਰੈਲ ਅਪਰੈਲ",
            "may mai mayo مايو أيار ਮਈ",
            "june jun juin junio hunyo يونيو حزيران ਜੂਨ",
            "july jul juillet juil julio hulyo يوليو تموز ਜੁਲਾਈ",
            "august aug août aout agosto ago أغسطس اغسطس آب ਅਗਸਤ",
            "september sep sept septembre septiembre setiembre setyembre سبتمبر أيلول ਸਤੰਬਰ",
            "october oct octobre octubre oktubre أكتوبر اكتوبر ਅਕਤੂਬਰ",
            "november nov novembre noviembre nobyembre نوفمبر ਨਵੰਬਰ",
            "december dec décembre decembre déc diciembre dic disyembre ديسمبر ਦਸੰਬਰ",
        ),
        start=1,
    )
    for name in unicodedata.normalize("NFC", names).split()
}


@dataclass(slots=True)
class DateEvidence:
    """What a file shows of the order of its dates: the rows where only one order can be meant."""

    day_first_row: int | None = None
    month_first_row: int | None = None
    ambiguous: int = 0

    @property
    def order(self) -> DateOrder:
        """Return the one order that the file shows; unknown where it shows none, or both."""
        if (self.day_first_row is None) == (self.month_first_row is None):
            return DateOrder.UNKNOWN
        return DateOrder.MONTH_FIRST if self.day_first_row is None else DateOrder.DAY_FIRST


@dataclass(slots=True)
class ChoiceSet:
    """Codes to choose from: each found by its code or, where it is the only one of that name, by its name."""

    names: Mapping[str, str]
    """Code to name."""
    also: Mapping[str, str] = field(default_factory=dict)
    """What else somebody may write, folded, to code; such as the names in other languages."""
    _found: dict[str, str | None] = field(init=False)

    def __post_init__(self) -> None:
        by_name: dict[str, str | None] = {}
        for code, name in self.names.items():
            key = fold(name)
            by_name[key] = None if key in by_name else code
        self._found = {**self.also, **by_name} | {fold(code): code for code in self.names}

    def find(self, text: str) -> str | None:
        """Return the code that ``text`` names."""
        return self._found.get(fold(text))

    def hints(self) -> tuple[str, ...]:
        """Return codes to show to somebody who wrote another one."""
        return tuple(list(self.names)[:MOST_HINTS])


@dataclass(slots=True)
class Reader:
    """Turns the cells of rows into values, noting what is wrong."""

    columns: Sequence[Column]
    choices: Mapping[str, ChoiceSet]
    clear_words: frozenset[str]
    orders: Mapping[str, DateOrder] = field(default_factory=dict)
    evidence: dict[str, DateEvidence] = field(default_factory=dict)
    """By the key of the column."""
    blank_clears: frozenset[str] = frozenset()
    """Columns of the file whose empty cells empty the value."""

    def read(self, row: int, cells: Mapping[str, Cell]) -> tuple[dict[str, str], list[RowProblem]]:
        """Return the values of a row by column key, and what is wrong with it. An empty cell gives no value."""
        values: dict[str, str] = {}
        problems: list[RowProblem] = []
        for column in self.columns:
            cell = cells.get(column.key, EMPTY)
            if cell.found is Found.NOTHING or column.read_only:
                if column.key in self.blank_clears:
                    values[column.key] = ""
                continue
            value = self._value(row, column, cell, problems)
            if value is not None:
                values[column.key] = value
        return values, problems

    def _value(self, row: int, column: Column, cell: Cell, problems: list[RowProblem]) -> str | None:
        def wrong(problem: Problem, *hints: str) -> None:
            shown = clean(cell.text[:_LOOKED_AT])[:LONGEST_VALUE_SHOWN]
            problems.append(RowProblem(row, column.key, problem, cell.found, hints, shown))

        if cell.worked_out:
            wrong(Problem.WORKED_OUT)
        if cell.found is Found.FORMULA:
            wrong(Problem.FORMULA)
            return None
        if cell.found is Found.ERROR:
            wrong(Problem.ERROR_VALUE)
            return None
        if cell.found is Found.TEXT and fold(cell.text) in self.clear_words:
            if not column.clears:
                wrong(Problem.CANNOT_CLEAR)
                return None
            return ""
        match column.type:
            case Type.DATE:
                return self._day(row, column, cell, wrong)
            case Type.CHOICE:
                return self._choice(column, cell, wrong)
            case Type.WHOLE:
                return _whole(cell, wrong)
        return _text(column, cell, wrong)

    def _choice(self, column: Column, cell: Cell, wrong: "_Wrong") -> str | None:
        if cell.found not in (Found.TEXT, Found.NUMBER) or not cell.exact:
            wrong(Problem.WRONG_KIND)
            return None
        offered = self.choices[column.choices]
        code = offered.find(cell.text)
        if code is None:
            wrong(Problem.NOT_A_CHOICE, *offered.hints())
        return code

    def _day(self, row: int, column: Column, cell: Cell, wrong: "_Wrong") -> str | None:
        if cell.found is Found.DATE_AND_TIME:
            wrong(Problem.TIME_OF_DAY)
            return None
        day = cell.day
        if day is None and cell.found in (Found.TEXT, Found.NUMBER):
            text = clean_key(cell.text)
            if at := _TIME.search(text):
                if at.end() < len(text) or not _MIDNIGHT.fullmatch(at[0]):
                    wrong(Problem.TIME_OF_DAY)
                    return None
                text = text[: at.start()]
            day, ambiguous = self._written(row, column, text)
            if ambiguous:
                wrong(Problem.AMBIGUOUS_DATE)
                return None
        if day is None:
            wrong(Problem.NOT_A_DATE)
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            wrong(Problem.FAR_DATE, str(FIRST_YEAR), str(LAST_YEAR))
            return None
        return day.isoformat()

    def _written(self, row: int, column: Column, text: str) -> tuple[date | None, bool]:
        """Return the date that a text says, and whether it could be read in two ways."""
        if found := _ISO.fullmatch(text) or _EAST.fullmatch(text):
            return _made(*map(int, found.groups())), False
        if _COMPACT.fullmatch(text):
            return _made(int(text[:4]), int(text[4:6]), int(text[6:])), False
        if found := _NAMED.fullmatch(text.casefold()):
            first, month, other_month, second, year = found.groups()
            number = _MONTHS.get(unicodedata.normalize("NFC", month or other_month))
            return (_made(int(year), number, int(first or second)) if number else None), False
        found = _NUMBERS.fullmatch(text)
        if found is None:
            return None, False
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if len(found[3]) == 2:
            year += 2000 if year < 70 else 1900
        as_day_first, as_month_first = _made(year, second, first), _made(year, first, second)
        if as_day_first is None and as_month_first is None:
            return None, False
        evidence = self.evidence.setdefault(column.key, DateEvidence())
        # Two digits at the end may be a day: they show nothing, and mean something only where the order is known.
        shows = len(found[3]) == 4
        order = self.orders.get(column.key, DateOrder.UNKNOWN)
        if as_month_first is None and shows:
            evidence.day_first_row = evidence.day_first_row or row
            return (as_day_first, False) if order is not DateOrder.MONTH_FIRST else (None, True)
        if as_day_first is None and shows:
            evidence.month_first_row = evidence.month_first_row or row
            return (as_month_first, False) if order is not DateOrder.DAY_FIRST else (None, True)
        if as_day_first == as_month_first and shows:
            return as_day_first, False
        if order is DateOrder.UNKNOWN:
            evidence.ambiguous += 1
            return None, True
        return (as_day_first if order is DateOrder.DAY_FIRST else as_month_first), False


class _Wrong(Protocol):
    """Notes a problem with hints; a type for the readers below."""

    def __call__(self, problem: Problem, *hints: str) -> None: ...


def _text(column: Column, cell: Cell, wrong: _Wrong) -> str | None:
    is_key = column.type is Type.KEY
    if cell.found is not Found.TEXT and not (is_key and cell.found is Found.NUMBER and cell.as_shown):
        wrong(Problem.WRONG_KIND)
        return None
    if not cell.exact:
        wrong(Problem.NOT_EXACT)
        return None
    if column.type is Type.LONG_TEXT:
        text = clean_lines(cell.text)
    else:
        text = clean_key(cell.text) if is_key or column.type is Type.EMAIL else clean(cell.text)
    if not text:
        return None
    if len(text) > column.longest:
        wrong(Problem.TOO_LONG, str(column.longest))
        return None
    if column.type is Type.EMAIL and not _EMAIL.fullmatch(text):
        wrong(Problem.NOT_EMAIL)
        return None
    if is_risky(text):
        wrong(Problem.LIKE_A_FORMULA)
    return text


def _whole(cell: Cell, wrong: _Wrong) -> str | None:
    text = clean_key(cell.text)
    if cell.found not in (Found.TEXT, Found.NUMBER) or not cell.exact or not re.fullmatch(r"\d{1,6}", text):
        wrong(Problem.NOT_A_NUMBER)
        return None
    return str(int(text))


def looks_like_email(text: str) -> bool:
    """Return whether ``text`` may be an address."""
    return bool(_EMAIL.fullmatch(text))


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
