"""What stands in a cell, whichever kind of file it came from. Plain Python."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple


class Found(StrEnum):
    """What kind of value stands in a cell."""

    NOTHING = "nothing"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATE_AND_TIME = "date_and_time"
    TRUTH = "truth"
    FORMULA = "formula"
    ERROR = "error"


class Cell(NamedTuple):
    """A cell as read: its kind, its text (numbers and truth values as text, too), and its date where it is one.

    ``exact`` is false for numbers that spreadsheets cannot keep exactly, or that are not whole. ``worked_out``: a formula
    gave the value when the file was saved. ``as_shown`` is false for numbers that the spreadsheet shows with more than
    their digits, such as E-0042 for 42.
    """

    found: Found
    text: str = ""
    day: date | None = None
    exact: bool = True
    worked_out: bool = False
    as_shown: bool = True


EMPTY: Final = Cell(Found.NOTHING)

# Never part of a name or a number: marks of direction, zero-width space, word joiner, byte order mark, soft hyphen,
# and control signs. The joiners U+200C and U+200D are part of spelling in several scripts and go from keys alone.
_MARKS: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]"
)
_JOINERS: Final = re.compile("[\u200c\u200d]")
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
"""What programs for texts write where somebody typed a hyphen."""
_OTHER_DIGITS: Final = re.compile(r"[^\D0-9]")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a text must not begin with where a spreadsheet may take it for a formula."""


def clean(text: str) -> str:
    """Return a text in NFC on one line, without invisible marks, doubled and surrounding spaces of any kind."""
    if not text.isascii() or not text.isprintable():
        text = _MARKS.sub("", unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """Return a text of several lines, each of them ``clean``."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def clean_key(text: str) -> str:
    """Return a text that names a thing: ``clean``, without joiners; full-width letters, all dashes and the digits of
    all scripts as plain ones."""
    if text.isascii():
        return clean(text)
    text = _DASHES.sub("-", _JOINERS.sub("", unicodedata.normalize("NFKC", text)))
    return clean(_OTHER_DIGITS.sub(lambda found: str(unicodedata.decimal(found[0])), text))


def fold(text: str) -> str:
    """Return a key as keys are compared: ``clean_key``, whatever its case."""
    return clean_key(text).lower()


def fold_heading(heading: str) -> str:
    """Return a heading as it is compared: folded, ``#`` as “no”, spaces, hyphens, dots as one underscore, without a star
    or a colon."""
    folded = clean_key(heading).replace("#", " no ").strip("*: ").casefold()
    return re.sub(r"[\s_\-./’']+", "_", folded).strip("_")


def without_accents(text: str) -> str:
    """Return a text as people write it who have no accents on their keys."""
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


_ESCAPED: Final = re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
"""Not the halves of signs, which nothing can write alone."""


def unescape(text: str) -> str:
    """Return a text of an .xlsx file without the escapes, such as _x000D_, in which it writes signs that XML cannot."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def escape(text: str) -> str:
    """Return a text so that ``unescape`` gives it back."""
    return _ESCAPED.sub(lambda found: f"_x005F{found[0]}", text) if "_x" in text else text


def letter(position: int) -> str:
    """Return the letters of a column by its position, counted from 0: A, B, … Z, AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def is_risky(text: str) -> bool:
    """Return whether a spreadsheet that opens ``text`` unquoted may take it for a formula."""
    return text.startswith(FORMULA_SIGNS)


def protect(text: str) -> str:
    """Return ``text`` as it may stand in a .csv file: with an apostrophe before what could be taken for a formula."""
    return f"'{text}" if text.startswith("'") or is_risky(text) else text


def unprotect(text: str) -> str:
    """Take away exactly what ``protect`` adds."""
    if text.startswith("'") and (text[1:2] == "'" or is_risky(text[1:])):
        return text[1:]
    return text
