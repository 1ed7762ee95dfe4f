"""Reading .csv: the encoding is known or asked for, never guessed in silence; the delimiter is found and told."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO, Final

from people.exceptions import WorkbookRefused
from people.workbooks.cells import EMPTY, Cell, Found, clean, unprotect
from people.workbooks.problems import Problem, RowProblem
from people.workbooks.reading.source import LONGEST_TEXT, MOST_COLUMNS, Row, counted, rejected, too_wide

ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "windows-1252": "Western Europe (Windows-1252)",
    "windows-1256": "العربية (Windows-1256)",
    "windows-1251": "Кириллица (Windows-1251)",
    "shift_jis": "日本語 (Shift-JIS)",
    "gb18030": "中文 (GB18030)",
}
"""What may be said of a file that does not say it itself."""
_ASKED_FOR: Final = ("windows-1252", "windows-1256", "windows-1251", "shift_jis", "gb18030")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Of UTF-32 the first two bytes would be those of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOUND_OUT: Final = ("utf-16-le", "utf-16-be")
"""What nobody has to say, because zeros in every other place show it."""
DELIMITERS: Final = (",", ";", "\t", "|")
_BLOCK: Final = 1024 * 1024
_SAMPLE_LINES: Final = 30
_TELLING_LINES: Final = 20
_LONGEST_SHOWN: Final = 80
_CONSTANT: Final = re.compile(r'="([^"=]*)"')


class CsvSource:
    """A .csv file."""

    format = "csv"
    versions: list[str] = []

    def __init__(self, file: IO[bytes], *, encoding: str = "", delimiter: str = "") -> None:
        self._file = file
        self.encoding = _encoding(file, encoding)
        self.delimiter = delimiter or self._find_delimiter()
        self.sheets = [""]
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows that have anything in them; a row that has line breaks in a cell counts once."""
        return counted(self._rows())

    def close(self) -> None:
        """Nothing is held."""

    def _text(self) -> io.TextIOWrapper:
        self._file.seek(0)
        return io.TextIOWrapper(_KeptOpen(self._file), encoding=self.encoding, newline="")  # type: ignore[arg-type]

    def _rows(self) -> Iterator[Row]:
        csv.field_size_limit(LONGEST_TEXT)
        number = 0
        with self._text() as text:
            try:
                # Strictly, so that a quotation mark too many does not swallow the rows below it.
                read = csv.reader(text, delimiter=self.delimiter, skipinitialspace=True, strict=True)
                for number, fields in enumerate(read, start=1):
                    # The sign that it names divides this line, too.
                    if number == 1 and fields and fields[0].lower().startswith("sep=") and not any(fields[1:]):
                        continue
                    cells = [_read(field) for field in fields[:MOST_COLUMNS]]
                    beyond = [at for at, it in enumerate(fields[MOST_COLUMNS:], MOST_COLUMNS + 1) if it.strip()]
                    if beyond:
                        raise too_wide(beyond[0])
                    if any(cell is not EMPTY for cell in cells):
                        yield number, cells
            except csv.Error as error:
                raise WorkbookRefused([RowProblem(number + 1, "", Problem.QUOTES)]) from error
            except UnicodeError as error:
                raise rejected(Problem.UNREADABLE) from error

    def _find_delimiter(self) -> str:
        """Return what divides the most of the first lines one below the other, into the most fields.

        Titles above a list, and names such as "Castellan, Jo", have other signs between their words.
        """
        with self._text() as text:
            sample = "".join(line for _, line in zip(range(_SAMPLE_LINES), text, strict=False))
        if sample.lower().startswith("sep=") and len(sample) > 4:
            return sample[4] if sample[4] in DELIMITERS else ","
        best, best_score = ",", (0, 0)
        for delimiter in DELIMITERS:
            try:
                widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
            except csv.Error:
                continue
            score = _divided(widths)
            if score > best_score:
                best, best_score = delimiter, score
        return best


class _KeptOpen(io.RawIOBase):
    """Reads another file and leaves it open when it is closed itself."""

    def __init__(self, file: IO[bytes]) -> None:
        self._inner = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        read = self._inner.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)


def _read(field: str) -> Cell:
    if not field or field.isspace():
        return EMPTY
    text = unprotect(field)
    # How some programs keep the zeros of ="0042" from being lost.
    if constant := _CONSTANT.fullmatch(field):
        return Cell(Found.TEXT, constant[1])
    # What we write ourselves is protected; a bare one is what a spreadsheet would run.
    if field.startswith(("=", "\uff1d")):
        return Cell(Found.FORMULA, field[:200])
    return Cell(Found.TEXT, text)


def _divided(widths: Iterable[int]) -> tuple[int, int]:
    """Return how many lines, one below the other, have more than one field, and how many fields most of these have."""
    runs = [list(run) for is_divided, run in groupby(widths, key=lambda width: width > 1) if is_divided]
    return max(((len(run), Counter(run).most_common(1)[0][0]) for run in runs), default=(0, 0))


def _encoding(file: IO[bytes], said: str) -> str:
    """Return the encoding of a file: what its first bytes say, what somebody ``said``, or UTF-8 if it is that.

    Raises:
        WorkbookRefused: it is none of these; carries the encodings that it can be, each with what it would then say.
    """
    file.seek(0)
    head = file.read(4096)
    for bom, name in _BOMS:
        if head.startswith(bom):
            if not _decodes(file, name):
                raise rejected(Problem.UNREADABLE)
            return name
    if said:
        if said not in (*ENCODINGS, *_FOUND_OUT) or not _decodes(file, said):
            raise rejected(Problem.ENCODING, *_candidates(file))
        return said
    if b"\x00" in head:
        for name, at in zip(_FOUND_OUT, (1, 0), strict=True):
            zeros = head[at::2].count(0)
            if zeros > len(head) // 4 and _decodes(file, name):
                return name
        raise rejected(Problem.NOT_A_WORKBOOK)
    if not head.strip():
        raise rejected(Problem.NO_ROWS)
    if _decodes(file, "utf-8"):
        if not _is_text(head.decode("utf-8", "ignore")):
            raise rejected(Problem.NOT_A_WORKBOOK)
        return "utf-8"
    candidates = _candidates(file)
    if not candidates or not _is_text(head.decode("latin-1")):
        raise rejected(Problem.NOT_A_WORKBOOK)
    raise rejected(Problem.ENCODING, *candidates)


def _is_text(head: str) -> bool:
    """Whether there are none of the control signs that only programs and pictures have."""
    return not any(ord(sign) < 32 and sign not in "\t\r\n\v\f\x1a" for sign in head)


def _decodes(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _candidates(file: IO[bytes]) -> list[str]:
    """Return the encodings that a file can be, each with the first values that show the difference."""
    file.seek(0)
    telling = (line for line in file if not line.isascii())
    lines = b"".join(line[:1000] for _, line in zip(range(_TELLING_LINES), telling, strict=False))
    return [f"{name}: {_telling(lines.decode(name, 'replace'))}" for name in _ASKED_FOR if _decodes(file, name)]


def _telling(lines: str) -> str:
    """Return the values that have more than plain letters in them, as far as there is room."""
    values = (clean(value.strip("\"'")) for value in re.split(r"[,;\t|\r\n]", lines) if not value.isascii())
    return ", ".join(dict.fromkeys(values))[:_LONGEST_SHOWN]
