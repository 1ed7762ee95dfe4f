"""Finding out what a file is, by what stands in it."""

import codecs
import zipfile
import zlib
from typing import IO

from people.workbooks.problems import Problem
from people.workbooks.reading import archives
from people.workbooks.reading.csv_files import CsvSource
from people.workbooks.reading.json_files import JsonSource
from people.workbooks.reading.ods_files import OdsSource
from people.workbooks.reading.source import LARGEST_BYTES, Source, rejected
from people.workbooks.reading.xlsx_files import XlsxSource

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls begins, and an .xlsx with a password."""
_MACRO_NAMES = (".xlsm", ".xltm", ".xlam")
_OTHER_HEADS = (b"%pdf-", b"{\\rtf", b"<?xml", b"<!doctype", b"<html", b"<table")
"""How pages begin that programs hand out as lists, under any name."""
_OLD_NAMES = (".xls", ".xlsb", ".xlt", ".numbers", ".pdf", ".doc", ".docx")


def open_source(file: IO[bytes], *, name: str = "", encoding: str = "", delimiter: str = "") -> Source:
    """Return the reader of a file. ``encoding`` and ``delimiter`` are for .csv and may be left open.

    Raises:
        WorkbookRefused: it is of another kind, too big, has macros or links to other files, unpacks to far more than
            it is, or it is a .csv whose encoding nobody can tell.
    """
    lower = name.lower()
    if lower.endswith(_MACRO_NAMES):
        raise rejected(Problem.MACROS)
    file.seek(0, 2)
    if file.tell() > LARGEST_BYTES:
        raise rejected(Problem.TOO_BIG)
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if head.startswith(_COMPOUND):
        raise rejected(Problem.PASSWORD if archives.is_encrypted_package(file) else Problem.OLD_FORMAT)
    if head.startswith(b"PK"):
        return _open_archive(file)
    if lower.endswith(_OLD_NAMES) or head.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(_OTHER_HEADS):
        raise rejected(Problem.OLD_FORMAT)
    if lower.endswith((".xlsx", ".ods")):
        raise rejected(Problem.NOT_A_WORKBOOK)
    if lower.endswith(".json") or (not lower.endswith((".csv", ".txt", ".tsv")) and head.lstrip()[:1] in (b"[", b"{")):
        return JsonSource(file)
    return CsvSource(file, encoding=encoding, delimiter=delimiter)


def _open_archive(file: IO[bytes]) -> Source:
    try:
        with zipfile.ZipFile(file) as archive:
            kind = archives.judge(archive)
    except (
        *(zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError),
        *(RuntimeError, NotImplementedError, EOFError),
    ) as error:
        raise rejected(Problem.NOT_A_WORKBOOK) from error
    file.seek(0)
    return OdsSource(file) if kind == "ods" else XlsxSource(file)
