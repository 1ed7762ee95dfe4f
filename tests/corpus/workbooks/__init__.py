"""Bad and odd workbooks, made when a test asks for one: no file of somebody else lies here."""

import csv
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

KEYS = ["employee_number", "name", "email", "site", "role", "starts_on", "ends_on"]
JO = ["0042", "Jo Castellan", "jo@larch.example", "fsj", "hk", date(2026, 3, 2), None]
DDE = "=cmd|' /C calc'!A0"
INJECTIONS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "|calc",
    "%0A",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "'=1",
    "'plain",
)


def saved(book: Workbook, name: str = "people.xlsx") -> BytesIO:
    """Return a workbook as a file."""
    content = BytesIO()
    book.save(content)
    return named(content.getvalue(), name)


def named(content: bytes, name: str) -> BytesIO:
    """Return bytes as a file with a name."""
    file = BytesIO(content)
    file.name = name
    return file


def xlsx(*rows: Iterable[Any], sheet: str = "", change: Callable[[Any], None] | None = None) -> BytesIO:
    """Return an .xlsx of these rows."""
    book = Workbook()
    book.active.title = sheet or "Sheet1"
    for row in rows:
        book.active.append(list(row))
    if change:
        change(book.active)
    return saved(book)


def texts(*rows: Iterable[Any]) -> BytesIO:
    """Return an .xlsx whose cells are texts, whatever they begin with."""
    book = Workbook()
    for at, row in enumerate(rows, start=1):
        for position, value in enumerate(row, start=1):
            if value is None:
                continue
            cell = book.active.cell(at, position, value)
            if isinstance(value, str):
                cell.data_type = "s"
    return saved(book)


def csv_file(*rows: Iterable[Any], encoding: str = "utf-8", delimiter: str = ",", name: str = "people.csv") -> BytesIO:
    """Return a .csv of these rows, as some program wrote it."""
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["" if it is None else it for it in row] for row in rows])
    return named(text.getvalue().encode(encoding), name)


def packed(source: BytesIO, **parts: bytes) -> BytesIO:
    """Return the archive with parts added or replaced; a part's name is given with __ for a slash."""
    names = {name.replace("__", "/"): content for name, content in parts.items()}
    target = BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in names:
                new.writestr(info.filename, old.read(info.filename))
        for name, content in names.items():
            new.writestr(name, content)
    return named(target.getvalue(), "people.xlsx")


def with_1904_dates() -> BytesIO:
    """Return a workbook that counts its days from 1904, as some on a Mac do."""
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(KEYS)
    book.active.append(JO)
    return saved(book)


def entity_bomb() -> BytesIO:
    """Return a sheet whose text would grow without end."""
    bomb = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
    <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""
    return packed(xlsx(KEYS, JO), **{"xl__worksheets__sheet1.xml": bomb})


def zip_bomb() -> BytesIO:
    """Return a workbook with a sheet that is a thousand times what it is packed."""
    return packed(xlsx(KEYS, JO), **{"xl__worksheets__sheet1.xml": b"<row/>" * 1_500_000})


def styled_emptiness(rows: int = 1_000_000) -> BytesIO:
    """Return one person, and far more empty rows that only have a colour."""
    row = '<row r="{0}"><c r="A{0}" s="0"/><c r="B{0}" s="0"/></row>'
    head = "".join(f'<c r="{chr(65 + at)}1" t="inlineStr"><is><t>{key}</t></is></c>' for at, key in enumerate(KEYS))
    values = ["0042", "Jo Castellan", "jo@larch.example", "fsj", "hk", "2026-03-02"]
    jo = "".join(f'<c r="{chr(65 + at)}2" t="inlineStr"><is><t>{it}</t></is></c>' for at, it in enumerate(values))
    empty = "".join(row.format(number) for number in range(3, rows + 3))
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1">{head}</row><row r="2">{jo}</row>{empty}</sheetData></worksheet>'
    )
    return packed(xlsx(KEYS, JO), **{"xl__worksheets__sheet1.xml": sheet.encode()})


def ods(*rows: Iterable[Any], sheet: str = "People", extra: str = "", hidden: bool = False) -> BytesIO:
    """Return an .ods as LibreOffice writes it: repeated cells and rows, dates as values."""
    ns = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    style = (
        '<office:automatic-styles><style:style style:name="ta1" style:family="table">'
        f'<style:table-properties table:display="{"false" if hidden else "true"}"/></style:style></office:automatic-styles>'
    )

    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"><text:p>x</text:p></table:table-cell>'
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
        if str(value).startswith("of:="):
            return f'<table:table-cell table:formula="{value}" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    body = "".join(
        f"<table:table-row>{''.join(map(cell, row))}"
        '<table:table-cell table:number-columns-repeated="16370"/></table:table-row>'
        for row in rows
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ns}>{style}<office:body><office:spreadsheet>'
        f'<table:table table:name="{sheet}" table:style-name="ta1">{body}'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>'
        f"</table:table-row></table:table>{extra}</office:spreadsheet></office:body></office:document-content>"
    )
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return named(target.getvalue(), "people.ods")


def ods_entity_bomb() -> BytesIO:
    """Return an .ods whose text would grow without end."""
    with zipfile.ZipFile(ods(KEYS, JO)) as archive:
        content = archive.read("content.xml").decode()
    head, body = content.split("?>", 1)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return _ods_with(f"{head}?>{bomb}{body.replace('Jo Castellan', '&b;')}".encode())


def ods_zip_bomb() -> BytesIO:
    """Return an .ods that is a thousand times what it is packed."""
    return _ods_with(b"<row/>" * 1_500_000)


def ods_repeated_rows() -> BytesIO:
    """Return an .ods that says of one filled row that it is there a million times."""
    with zipfile.ZipFile(ods(KEYS, JO)) as archive:
        content = archive.read("content.xml").decode()
    return _ods_with(
        content.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">').encode()
    )


def _ods_with(content: bytes) -> BytesIO:
    return named(packed(ods(KEYS, JO), **{"content.xml": content}).getvalue(), "people.ods")
