"""Bad and odd workbooks, made when a test asks for one: no file of somebody else lies here."""

import csv
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table

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


def with_formulas() -> BytesIO:
    """Return rows that formulas give, as a spreadsheet program saves them: with what they gave, without, and failed."""
    book = Workbook()
    book.active.append(KEYS)
    book.active.append([None, None, None, "fsj", "hk", date(2026, 3, 2)])
    for number, formula in ((3, "=A3&B3"), (4, "=1/0")):
        book.active.append([f"004{number}", formula, None, "fsj", "hk", date(2026, 3, 2)])
    file = saved(book)
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    sheet = sheet.replace("<v>46083</v>", "<f>DATE(2026,3,2)</f><v>46083</v>", 1)
    first = '<c r="A2" t="str"><f>TEXT(42,"0000")</f><v>0042</v></c><c r="B2" t="str"><f t="shared" si="0"/><v>Jo Castellan</v></c>'
    sheet = re.sub(r'(<row r="2"[^>]*>)', rf"\1{first}", sheet)
    failed = '<c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    sheet = re.sub(r'<c r="B4".*?</c>', failed, sheet)
    return packed(file, **{"xl__worksheets__sheet1.xml": sheet.encode()})


def with_a_number_that_is_none() -> BytesIO:
    """Return a row whose number says that it is one, and is not."""
    file = xlsx(KEYS, [7, *JO[1:]])
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    return packed(file, **{"xl__worksheets__sheet1.xml": sheet.replace("<v>7</v>", "<v>none</v>").encode()})


def with_hidden_parts() -> BytesIO:
    """Return two people, one of them hidden by a filter, with a hidden column."""

    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True

    return xlsx(KEYS, JO, ["0043", *JO[1:]], change=hide)


def ods_with_hidden_parts() -> BytesIO:
    """Return the same as .ods."""
    content = ods_content(KEYS, JO, ["0043", *JO[1:]])
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
    head, second, third = content.split("<table:table-row>", 3)[:3]
    rest = content.split("<table:table-row>", 3)[3]
    hidden = '<table:table-row table:visibility="filter">'
    return _ods_with(f"{head}{columns}<table:table-row>{second}<table:table-row>{third}{hidden}{rest}".encode())


def as_numbers_exports() -> BytesIO:
    """Return a list as Numbers exports it: a summary first, each table on a sheet of its own below its title."""
    book = Workbook()
    book.active.title = "Export Summary"
    for line in (["This document was exported from Numbers."], ["Numbers Sheet Name", "Excel Worksheet Name"]):
        book.active.append(line)
    sheet = book.create_sheet("Sheet 1 - Table 1")
    for line in (["Table 1"], KEYS, JO, ["0043", *JO[1:]]):
        sheet.append(line)
    return saved(book)


def as_an_excel_table() -> BytesIO:
    """Return a list as an Excel table with a filter, on a sheet that runs from right to left."""

    def dress(sheet: Any) -> None:
        sheet.add_table(Table(displayName="Crew", ref="A1:G3"))
        sheet.sheet_view.rightToLeft = True
        sheet.auto_filter.ref = "A1:G3"

    return xlsx(KEYS, JO, ["0043", *JO[1:]], change=dress)


def with_shared_texts() -> BytesIO:
    """Return a list as most programs save it: texts in a table, some in runs, some with signs that XML cannot hold."""
    texts_of_row = ["0042", "Jo<r/>Castellan", "jo@larch.example", "fsj", "hk"]
    items = "".join(f"<si><t>{key}</t></si>" for key in KEYS[:6])
    items += "<si><t>0042</t></si><si><r><t>Jo</t></r><r><t xml:space='preserve'> Castellan_x000D_</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
    items += "".join(f"<si><t>{it}</t></si>" for it in texts_of_row[2:])
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    head = "".join(f'<c r="{chr(65 + at)}1" t="s"><v>{at}</v></c>' for at in range(6))
    jo = "".join(f'<c r="{chr(65 + at)}2" t="s"><v>{at + 6}</v></c>' for at in range(5))
    sheet = f'<worksheet {namespace}><sheetData><row r="1">{head}</row><row r="2">{jo}<c r="F2" t="d"><v>2026-03-02</v></c></row></sheetData></worksheet>'
    return _with_texts(f"<sst {namespace}>{items}</sst>", sheet)


def shared_texts_bomb() -> BytesIO:
    """Return a table of texts that would grow without end."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f'<worksheet {namespace}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'
    return _with_texts(f"{bomb}<sst {namespace}><si><t>&b;</t></si></sst>", sheet)


def _with_texts(table: str, sheet: str) -> BytesIO:
    file = xlsx(KEYS, JO)
    with zipfile.ZipFile(file) as archive:
        types = archive.read("[Content_Types].xml").decode()
    part = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    if part not in types:
        types = types.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{part}"/></Types>')
    return packed(
        file,
        **{
            "[Content_Types].xml": types.encode(),
            "xl__sharedStrings.xml": table.encode(),
            "xl__worksheets__sheet1.xml": sheet.encode(),
        },
    )


def strict() -> BytesIO:
    """Return a workbook in the strict form of the format."""
    file = xlsx(KEYS, JO)
    with zipfile.ZipFile(file) as archive:
        book = archive.read("xl/workbook.xml")
    transitional = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strictly = book.replace(transitional, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    return packed(file, **{"xl__workbook.xml": strictly})


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
    content = ods_content(KEYS, JO)
    head, body = content.split("?>", 1)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return _ods_with(f"{head}?>{bomb}{body.replace('Jo Castellan', '&b;')}".encode())


def ods_zip_bomb() -> BytesIO:
    """Return an .ods that is a thousand times what it is packed."""
    return _ods_with(b"<row/>" * 1_500_000)


def ods_repeated_rows() -> BytesIO:
    """Return an .ods that says of one filled row that it is there a million times."""
    content = ods_content(KEYS, JO)
    return _ods_with(
        content.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">').encode()
    )


def ods_content(*rows: Iterable[Any]) -> str:
    """Return what ``ods`` writes of these rows."""
    with zipfile.ZipFile(ods(*rows)) as archive:
        return archive.read("content.xml").decode()


def _ods_with(content: bytes) -> BytesIO:
    return named(packed(ods(KEYS, JO), **{"content.xml": content}).getvalue(), "people.ods")
