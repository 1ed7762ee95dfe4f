"""Looking at a workbook as the archive that it is, before anything of it is parsed."""

import re
import zipfile
from typing import IO, Final

from people.workbooks.problems import Problem
from people.workbooks.reading.source import rejected

MOST_PARTS: Final = 500
"""Files inside the file."""
LARGEST_UNPACKED_BYTES: Final = 600 * 1024 * 1024
LARGEST_TEXTS_BYTES: Final = 120 * 1024 * 1024
"""Of the table of texts, which is held in memory."""
LARGEST_OTHER_BYTES: Final = 20 * 1024 * 1024
"""Of every part that is no sheet and no table of texts: they are held in memory, too."""
HIGHEST_RATIO: Final = 200
"""Unpacked to packed bytes of one part, above ``RATIO_FROM_BYTES``."""
RATIO_FROM_BYTES: Final = 4 * 1024 * 1024

_MAIN_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_STRICT: Final = b"http://purl.oclc.org/ooxml/"
"""In “Strict Open XML”, which hardly a program reads."""
_ODS_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_MACRO_PARTS: Final = re.compile(
    r"vbaproject|/macrosheets/|/activex/|/ctrlprops/|/dialogsheets/|^/basic/|^/scripts/", re.IGNORECASE
)
_LINK_PARTS: Final = re.compile(r"/externallinks/|/connections\.xml|/querytables/|/embeddings/|/model/", re.IGNORECASE)
SHEETS: Final = re.compile(r"^xl/worksheets/[^/]+\.xml$|^content\.xml$", re.IGNORECASE)
_TEXTS: Final = "xl/sharedstrings.xml"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def judge(archive: zipfile.ZipFile) -> str:
    """Return ``xlsx`` or ``ods``.

    Raises:
        WorkbookRefused: it is neither, swollen, says a part twice, has macros, or takes values from elsewhere.
    """
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or any(_is_swollen(part) for part in parts):
        raise rejected(Problem.TOO_MUCH_INSIDE)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES:
        raise rejected(Problem.TOO_MUCH_INSIDE)
    if any(part.flag_bits & 1 for part in parts):
        raise rejected(Problem.PASSWORD)
    names = {part.filename for part in parts}
    # Programs differ in which of two parts of one name they read.
    if len(names) < len(parts):
        raise rejected(Problem.UNREADABLE)
    if "[Content_Types].xml" in names:
        return _judge_xlsx(archive, [f"/{name}" for name in names])
    if "mimetype" in names and "content.xml" in names:
        return _judge_ods(archive, [f"/{name}" for name in names])
    raise rejected(Problem.NOT_A_WORKBOOK)


def is_encrypted_package(file: IO[bytes]) -> bool:
    """Return whether an old compound file is a new workbook with a password."""
    found = _ENCRYPTED in file.read(RATIO_FROM_BYTES)
    file.seek(0)
    return found


def _is_swollen(part: zipfile.ZipInfo) -> bool:
    name = part.filename.lower()
    largest = LARGEST_TEXTS_BYTES if name == _TEXTS else LARGEST_OTHER_BYTES
    if not SHEETS.match(name) and part.file_size > largest:
        return True
    return part.file_size > RATIO_FROM_BYTES and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)


def _judge_xlsx(archive: zipfile.ZipFile, names: list[str]) -> str:
    with archive.open("[Content_Types].xml") as file:
        types = file.read(RATIO_FROM_BYTES).decode("utf-8", "replace")
    # Its type says that it may have macros, whether it has any or not.
    if "xl/workbook.bin" in types:
        raise rejected(Problem.OLD_FORMAT)
    if "macroenabled" in types.lower() or any(_MACRO_PARTS.search(name) for name in names):
        raise rejected(Problem.MACROS)
    if _MAIN_TYPE not in types or "/xl/workbook.xml" not in names:
        raise rejected(Problem.NOT_A_WORKBOOK)
    with archive.open("xl/workbook.xml") as file:
        if _STRICT in file.read(RATIO_FROM_BYTES):
            raise rejected(Problem.OLD_FORMAT)
    if any(_LINK_PARTS.search(name) for name in names):
        raise rejected(Problem.EXTERNAL_LINKS)
    return "xlsx"


def _judge_ods(archive: zipfile.ZipFile, names: list[str]) -> str:
    with archive.open("mimetype") as file:
        if not file.read(200).strip().startswith(_ODS_TYPE):
            raise rejected(Problem.NOT_A_WORKBOOK)
    # LibreOffice keeps an empty list of libraries in every file; a module is code.
    modules = [name for name in names if re.match(r"^/(basic|scripts)/.+", name, re.IGNORECASE)]
    if any(not name.lower().endswith(("script-lc.xml", "script-lb.xml", "/", "dialog-lc.xml")) for name in modules):
        raise rejected(Problem.MACROS)
    if "/META-INF/manifest.xml" in names:
        with archive.open("META-INF/manifest.xml") as file:
            if b"encryption-data" in file.read(RATIO_FROM_BYTES):
                raise rejected(Problem.PASSWORD)
    if any(name.startswith("/Object ") and name.endswith("content.xml") for name in names):
        raise rejected(Problem.EXTERNAL_LINKS)
    return "ods"
