"""Lists as departments of staff keep them, and as somebody makes them who means harm; each with what is to come of it.

``CASES``: name to a file and a verdict. A verdict is how many rows are new, then the rules that were broken, each with its
row and column; one without a number in front refuses the file as a whole.
"""

import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName

from tests.corpus import workbooks as corpus
from tests.corpus.workbooks import csv_file, named, ods, ods_content, packed, saved, texts, xlsx

HEAD: Final = [
    "Employee number",
    "Name",
    "E-mail",
    "Site",
    "Role",
    "First day",
    "Last day",
    "Manager’s employee number",
]
SHORT: Final = ["Employee number", "Name", "Site", "First day"]
DAY: Final = date(2026, 3, 2)
_INSTANTS: Final = (datetime(2026, 3, 2), datetime(2026, 3, 2, 8, 30))  # noqa: DTZ001  cells have no zone
_SHEET: Final = "xl/worksheets/sheet1.xml"


def row(
    number: Any = "0042",
    name: Any = "Jo Castellan",
    *,
    email: Any = None,
    site: Any = "fsj",
    role: Any = "hk",
    first: Any = DAY,
    last: Any = None,
    manager: Any = None,
) -> list[Any]:
    """Return a row below ``HEAD``."""
    return [number, name, email, site, role, first, last, manager]


def _numbered(**column: Iterable[Any]) -> list[list[Any]]:
    """Return rows that differ in their numbers and in one column."""
    ((key, values),) = column.items()
    return [row(f"{at:04}", **{key: value}) for at, value in enumerate(values)]


def _csv(text: str, encoding: str = "utf-8", name: str = "people.csv", head: bytes = b"") -> BytesIO:
    return named(head + text.encode(encoding), name)


def _people(*values: Any, encoding: str = "utf-8", delimiter: str = ",") -> BytesIO:
    return csv_file(SHORT, *values, encoding=encoding, delimiter=delimiter)


def _json(text: str) -> BytesIO:
    return named(text.encode(), "people.json")


def _edited(part: str, change: Callable[[str], str], file: BytesIO | None = None) -> BytesIO:
    """Return a workbook with one part rewritten by hand."""
    file = file or xlsx(HEAD, row())
    with zipfile.ZipFile(file) as archive:
        content = change(archive.read(part).decode())
    return packed(file, **{part.replace("/", "__"): content.encode()})


def _sheet(pattern: str, instead: str, *rows: Any) -> BytesIO:
    file = xlsx(HEAD, *(rows or (row(),)))
    return _edited(_SHEET, lambda text: re.sub(pattern, instead, text), file)


def _cell(reference: str, instead: str) -> BytesIO:
    return _sheet(rf'<c r="{reference}".*?</c>', f'<c r="{reference}" {instead}</c>')


def _with_text(index: str, table: str = "<si><t>Jo</t></si>") -> BytesIO:
    """Return a list whose only name stands in a table of texts, at ``index``."""
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    file = _cell("B2", f't="s"><v>{index}</v>')
    part = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{part}"/></Types>'
    file = _edited("[Content_Types].xml", lambda text: text.replace("</Types>", override), file)
    return packed(file, **{"xl__sharedStrings.xml": f"<sst {namespace}>{table}</sst>".encode()})


def _changed(change: Callable[[Workbook, Any], Any], *rows: Any) -> BytesIO:
    book = Workbook()
    book.active.title = "Sheet1"
    for line in rows or (HEAD, row()):
        book.active.append(line)
    change(book, book.active)
    return saved(book)


def _formatted(number_format: int, value: str) -> BytesIO:
    """Return a list whose first day is a number in a format that is said by its number alone."""
    style = f'<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="{number_format}"/></cellXfs>'
    file = _edited("xl/styles.xml", lambda text: re.sub("<cellXfs.*?</cellXfs>", style, text), texts(HEAD, row()))
    change = re.compile('<c r="F2".*?</c>')
    return _edited(_SHEET, lambda text: change.sub(f'<c r="F2" s="1"><v>{value}</v></c>', text), file)


def _binary() -> BytesIO:
    """Return an .xlsb: its type says that it may have macros, whether it has any or not."""
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", f'<Types><Override PartName="/xl/workbook.bin" ContentType="{kind}"/></Types>'
        )
        archive.writestr("xl/workbook.bin", "x")
    return named(target.getvalue(), "people.xlsb")


def _twice(name: str) -> BytesIO:
    """Return a workbook that holds a part twice."""
    target = BytesIO(xlsx(HEAD, row()).getvalue())
    with zipfile.ZipFile(target, "a") as archive:
        del archive.NameToInfo[name]
        archive.writestr(name, "<worksheet/>")
    return named(target.getvalue(), "people.xlsx")


def _second(title: str, *rows: Any) -> Callable[[Workbook, Any], Any]:
    def change(book: Workbook, sheet: Any) -> None:
        added = book.create_sheet(title)
        for line in rows:
            added.append(line)

    return change


def _hide(book: Workbook, sheet: Any) -> None:
    book.create_sheet("Payroll").sheet_state = "hidden"


def _set(reference: str, value: Any, kind: str = "", number_format: str = "") -> Callable[[Workbook, Any], Any]:
    def change(book: Workbook, sheet: Any) -> None:
        cell = sheet[reference]
        cell.value = value
        if kind:
            cell.data_type = kind
        if number_format:
            cell.number_format = number_format

    return change


def _ods(change: Callable[[str], str], *rows: Any) -> BytesIO:
    content = change(ods_content(*(rows or (HEAD, row()))))
    return named(packed(ods(["x"]), **{"content.xml": content.encode()}).getvalue(), "people.ods")


def _in_ods(text: str) -> BytesIO:
    return _ods(lambda content: content.replace("<text:p>Jo Castellan</text:p>", text))


def _behind_ods(text: str) -> BytesIO:
    return _ods(lambda content: content.replace("</table:table>", f"{text}</table:table>", 1))


def _late(line: list[Any]) -> list[list[Any]]:
    """Return a list with a line further down than anybody looks to find its columns."""
    return [HEAD, *(row(f"{at:04}") for at in range(150)), line]


_ENTITIES: Final = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'

CASES: Final[dict[str, tuple[Callable[[], BytesIO], str]]] = {
    "plain comma": (lambda: _people(["0042", "Jo", "fsj", DAY]), "1 new"),
    "semicolon": (
        lambda: _people(["0042", "Castellan, Jo", "fsj", DAY], ["0043", "Birch, Ama", "fsj", DAY], delimiter=";"),
        "2 new",
    ),
    "tab": (lambda: _people(["0042", "Jo", "fsj", DAY], delimiter="\t"), "1 new"),
    "pipe": (lambda: _people(["0042", "Jo", "fsj", DAY], delimiter="|"), "1 new"),
    "titles with other signs above the list": (
        lambda: _csv(
            f"Crew list, March 2026\r\nMade by: Dana, HR\r\n\r\nPayroll, version 2\r\n\r\n{';'.join(SHORT)}\r\n"
            "0042;Castellan, Jo;fsj;2026-03-02\r\n0043;Birch, Ama;fsj;2026-03-02\r\n"
        ),
        "2 new",
    ),
    "UTF-16 with a mark": (lambda: _people(["0042", "王小明", "fsj", DAY], encoding="utf-16", delimiter="\t"), "1 new"),
    "UTF-16 little-endian without a mark": (
        lambda: _people(["0042", "José", "fsj", DAY], encoding="utf-16-le"),
        "1 new",
    ),
    "UTF-16 big-endian without a mark": (lambda: _people(["0042", "José", "fsj", DAY], encoding="utf-16-be"), "1 new"),
    "UTF-32 with a mark": (lambda: _people(["0042", "José", "fsj", DAY], encoding="utf-32"), "1 new"),
    "two byte order marks": (lambda: _csv(f"\ufeff\ufeff{','.join(SHORT)}\n0042,Jo,fsj,2026-03-02\n"), "1 new"),
    "one byte of another encoding, late": (
        lambda: _csv(
            f"{','.join(SHORT)}\n" + "0042,Jo,fsj,2026-03-02\n" * 300 + "0043,José,fsj,2026-03-02\n", "latin-1"
        ),
        "encoding",
    ),
    "NUL early": (lambda: _people(["0042", "J\0o", "fsj", DAY]), "not_a_workbook"),
    "NUL late, in a bad value": (
        lambda: csv_file(*_late(row("9999", email="b\0d", first="x\0y"))),
        "150 new; 152 email not_email; 152 starts_on not_a_date",
    ),
    "control signs late": (lambda: csv_file(*_late(row("9999", "Jo\x01\x1b"))), "151 new"),
    "vertical tab, form feed and end of file": (
        lambda: _csv(f"{','.join(SHORT)}\r\n0042,Jo\x0bC,fsj,2026-03-02\r\n\x0c\r\n\x1a"),
        "1 new; 4 employee_number missing",
    ),
    "quotation mark that never closes": (
        lambda: _csv(f'{",".join(SHORT)}\n0041,Lin,fsj,2026-03-02\n0042,"Jo,fsj,2026-03-02\n0043,Ama,fsj,2026-03-02\n'),
        "3 quotes",
    ),
    "quotation mark that closes rows below": (
        lambda: _csv(
            f'{",".join(SHORT)}\n0041,"Lin,fsj,2026-03-02\n0042,Jo,fsj,2026-03-02\n0043,"Ama" B,fsj,2026-03-02\n'
        ),
        "2 quotes",
    ),
    "quotation marks inside a bare value": (
        lambda: _csv(f'{",".join(SHORT)}\n0042,Jo "Red" Castellan,fsj,2026-03-02\n'),
        "1 new",
    ),
    "spaces behind the delimiters": (
        lambda: _csv(f'{",".join(SHORT)}\n"0042", "Castellan, Jo", "fsj", "2026-03-02"\n'),
        "1 new",
    ),
    "line breaks inside values": (
        lambda: _csv('Employee number,"Name",Site,"First\nday"\n0042,"Jo\nCastellan",fsj,2026-03-02\n'),
        "1 new",
    ),
    "line ends of three kinds": (
        lambda: _csv(f"{','.join(SHORT)}\r\n0042,Jo,fsj,2026-03-02\n0043,Ama,fsj,2026-03-02\r0044,Li,fsj,2026-03-02"),
        "3 new",
    ),
    "too few and too many fields": (
        lambda: _csv(f"{','.join(SHORT)}\n0042,Jo\n0043,Ama,fsj,2026-03-02,extra\n"),
        "3 E column_without_name",
    ),
    "too many fields, late": (lambda: csv_file(*_late([*row("9999"), "stray"])), "150 new; 152 I column_without_name"),
    "value far to the side, late": (
        lambda: xlsx(*_late([*[None] * 9, "signed by Dana"])),
        "150 new; 152 J column_without_name; 152 employee_number missing",
    ),
    "numbers kept by a formula of a constant": (
        lambda: _csv(f'{",".join(SHORT)}\n="0042",Jo,fsj,2026-03-02\n'),
        "1 new",
    ),
    "bare formula": (
        lambda: _csv(f'{",".join(SHORT)}\n0042,"=HYPERLINK(""http://x"")",fsj,2026-03-02\n'),
        "0 new; 2 name formula",
    ),
    "field without end": (lambda: _people(["0042", "x" * 120_000, "fsj", DAY]), "2 quotes"),
    "half a million commas": (lambda: _csv(f"{','.join(SHORT)}\n0042,Jo,fsj,2026-03-02{',' * 500_000}\n"), "1 new"),
    "names of columns alone": (lambda: csv_file(HEAD), "0 new"),
    "nothing": (lambda: named(b"", "people.csv"), "no_rows"),
    "spaces alone": (lambda: _csv("  \r\n \r\n"), "no_rows"),
    "mark alone": (lambda: _csv("\ufeff"), "no_rows"),
    "page of the web": (lambda: _csv("<html><table><tr><td>Employee number</td></tr></table></html>"), "old_format"),
    "page of the web called .xls": (
        lambda: _csv("<table><tr><td>Employee number</td></tr></table>", name="people.xls"),
        "old_format",
    ),
    "page of paper": (lambda: named(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "people.csv"), "old_format"),
    "binary workbook": (_binary, "old_format"),
    "picture": (lambda: named(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "people.csv"), "not_a_workbook"),
    "objects with objects in them": (
        lambda: _json('[{"employee_number": "0042", "name": {"first": "Jo"}, "site": ["fsj"], "starts_on": 1.5}]'),
        "0 new; 2 name error_value; 2 site error_value; 2 starts_on error_value",
    ),
    "half a sign": (
        lambda: _json(
            '[{"employee_number": "0042", "name": "Jo\\ud800", "site": "fsj", "starts_on": "2026-03-02", "n\\ud800": 1}]'
        ),
        "0 new; 1 n? unknown_column; 2 name error_value",
    ),
    "key twice in an object": (
        lambda: _json('[{"employee_number": "0042", "employee_number": "0043", "name": "Jo", "site": "fsj"}]'),
        "employee_number column_twice",
    ),
    "not a number": (
        lambda: _json('[{"employee_number": NaN, "name": "Jo", "site": "fsj", "starts_on": "2026-03-02"}]'),
        "0 new; 2 employee_number error_value",
    ),
    "number without end": (lambda: _json(f'[{{"employee_number": {"9" * 5000}}}]'), "unreadable"),
    "depth without end": (lambda: _json("[" * 100_000), "unreadable"),
    "dates, one shows the day first": (
        lambda: csv_file(HEAD, *_numbered(first=["25/12/2025", "01/02/2026"])),
        "2 new; starts_on dates_read_as",
    ),
    "dates, one shows the month first": (
        lambda: csv_file(HEAD, *_numbered(first=["12/25/2025", "01/02/2026"])),
        "2 new; starts_on dates_read_as",
    ),
    "dates that nothing explains": (
        lambda: csv_file(HEAD, *_numbered(first=["03/04/2025", "05/06/2025"])),
        "0 new; 2 starts_on ambiguous_date; 3 starts_on ambiguous_date",
    ),
    "dates that contradict each other": (
        lambda: csv_file(HEAD, *_numbered(first=["25/12/2025", "12/25/2025", "03/04/2025"])),
        "2 new; 4 starts_on ambiguous_date",
    ),
    "dates with years of two digits": (
        lambda: csv_file(HEAD, *_numbered(first=["03/04/25", "25/12/25", "3 Apr 25"])),
        "0 new; 2 starts_on ambiguous_date; 3 starts_on ambiguous_date; 4 starts_on not_a_date",
    ),
    "dates with names": (
        lambda: csv_file(
            HEAD,
            *_numbered(
                first=[
                    "2nd of March 2026",
                    "March 2nd, 2026",
                    "Mon 2 March 2026",
                    "lunes, 2 de marzo de 2026",
                    "1er mars 2026",
                    "2026年3月2日",
                ]
            ),
        ),
        "6 new",
    ),
    "dates with other dashes and digits": (
        lambda: csv_file(
            HEAD,
            *_numbered(
                first=[
                    "2026‑03‑02",
                    "2026–03–02",
                    "2026−03−02",
                    "２０２６/０３/０２",
                    "٢٠٢٦-٠٣-٠٢",
                    "२०२६-०३-०२",
                    "\u200e2026-03-02\u200f",
                    "2026.3.2",
                    "20260302",
                ]
            ),
        ),
        "9 new",
    ),
    "days that are none": (
        lambda: csv_file(
            HEAD, *_numbered(first=["29/02/2023", "2023-02-29", "31.04.2026", "2026-13-01", "TBD", "2026", "46083"])
        ),
        "0 new; 2 starts_on not_a_date; 3 starts_on not_a_date; 4 starts_on not_a_date; 5 starts_on not_a_date; 6 starts_on not_a_date; 7 starts_on not_a_date; 8 starts_on not_a_date",
    ),
    "days of other centuries": (
        lambda: csv_file(HEAD, *_numbered(first=["1899-12-31", "9999-12-31", "0026-03-02"])),
        "0 new; 2 starts_on far_date; 3 starts_on far_date; 4 starts_on far_date",
    ),
    "dates with times": (
        lambda: xlsx(
            HEAD,
            *_numbered(first=[*_INSTANTS, time(8, 30), "2026-03-02T00:00:00", 46083]),
        ),
        "2 new; 3 starts_on time_of_day; 4 starts_on time_of_day; 6 starts_on not_a_date",
    ),
    "dates as databases write them": (
        lambda: csv_file(
            HEAD,
            *_numbered(
                first=[
                    "2026-03-02 00:00:00.000",
                    "15.03.2026 0:00",
                    "3/2/2026 8:30",
                    "2026-03-02T00:00:00Z",
                    "2026/3/2 12:00:00 AM",
                ]
            ),
        ),
        "3 new; 4 starts_on time_of_day; 5 starts_on time_of_day",
    ),
    "days in a format of East Asia": (lambda: _formatted(31, "46083"), "1 new"),
    "days counted from 1904": (lambda: corpus.with_1904_dates(), "1 new"),
    "days before the first": (
        lambda: _changed(
            lambda book, sheet: [
                _set(f"F{at}", value, "", "yyyy-mm-dd")(book, sheet) for at, value in enumerate((60, -5, 1e9, 0), 2)
            ],
            HEAD,
            *_numbered(first=[1, 2, 3, 4]),
        ),
        "0 new; 2 starts_on far_date; 3 starts_on far_date; 4 starts_on error_value; 5 starts_on time_of_day",
    ),
    "numbers that are not exact": (
        lambda: xlsx(HEAD, *(row(number) for number in (42, 43.0, 43.5, 1e5, 123456789012345678, -7, True, "1e5"))),
        "4 new; 4 employee_number not_exact; 6 employee_number not_exact; 7 employee_number not_exact; 8 employee_number wrong_kind",
    ),
    "zeros of a format": (lambda: _changed(_set("A2", 42, "", "00000;-00000")), "1 new"),
    "zeros of a format with a colour": (lambda: _changed(_set("A2", 42, "", "[Red]0000_)")), "1 new"),
    "numbers that a format shows with more": (
        lambda: _changed(
            lambda book, sheet: [
                _set(f"A{at}", at, "", code)(book, sheet)
                for at, code in enumerate(('"E-"0000', r"000\-000", "0,000", "#,##0", "0.00"), 2)
            ],
            HEAD,
            *(row() for _ in range(5)),
        ),
        "2 new; 2 employee_number wrong_kind; 3 employee_number wrong_kind; 4 employee_number wrong_kind",
    ),
    "number that became a date": (lambda: xlsx(HEAD, row(date(2026, 4, 3))), "0 new; 2 employee_number wrong_kind"),
    "the same number four times": (
        lambda: xlsx(HEAD, row(" 0042 "), row("0042\u00a0"), row("00\u200b42"), row("\u202e0042")),
        "0 new; 2 employee_number key_twice; 3 employee_number key_twice; 4 employee_number key_twice; 5 employee_number key_twice",
    ),
    "the same number in the digits of four scripts": (
        lambda: xlsx(HEAD, row("0043"), row("٠٠٤٣"), row("۰۰۴۳"), row("００４３")),
        "0 new; 2 employee_number key_twice; 3 employee_number key_twice; 4 employee_number key_twice; 5 employee_number key_twice",
    ),
    "the same number with three dashes": (
        lambda: xlsx(HEAD, row("B-1"), row("B‑1"), row("b–1")),
        "0 new; 2 employee_number key_twice; 3 employee_number key_twice; 4 employee_number key_twice",
    ),
    "letters that look alike": (
        lambda: xlsx(HEAD, row("A100"), row("\u0410100"), row("a100")),
        "1 new; 2 employee_number key_twice; 4 employee_number key_twice",
    ),
    "numbers that are too long or missing": (
        lambda: xlsx(HEAD, row("9" * 41), row(None), row("  ")),
        "0 new; 2 employee_number too_long; 3 employee_number missing; 4 employee_number missing",
    ),
    "title over merged cells": (
        lambda: _changed(lambda book, sheet: sheet.merge_cells("A1:H1"), ["Crew list"] + [None] * 7, [], HEAD, row()),
        "1 new",
    ),
    "two rows of headings": (
        lambda: _changed(
            lambda book, sheet: (sheet.merge_cells("A1:C1"), sheet.merge_cells("D1:H1")),
            ["Person", None, None, "Work"],
            HEAD,
            row(),
        ),
        "1 new",
    ),
    "headings merged downwards": (
        lambda: _changed(
            lambda book, sheet: [sheet.merge_cells(f"{it}1:{it}2") for it in "ABCD"],
            SHORT,
            [None] * 4,
            ["0042", "Jo", "fsj", DAY],
        ),
        "1 new",
    ),
    "site merged over rows": (
        lambda: _changed(
            lambda book, sheet: sheet.merge_cells("C2:C3"),
            SHORT,
            ["0042", "Jo", "fsj", DAY],
            ["0043", "Ama", None, DAY],
        ),
        "1 new; 3 site missing",
    ),
    "empty rows and columns": (lambda: xlsx([None, *HEAD], [], [None, *row()], [], [], [None, *row("0043")]), "2 new"),
    "totals and a signature below": (
        lambda: xlsx(HEAD, row(), ["Total: 1"], [], ["Printed by Dana"]),
        "1 new; 3 name missing; 3 site missing; 3 starts_on missing; 5 name missing; 5 site missing; 5 starts_on missing",
    ),
    "total by a formula": (
        lambda: xlsx(HEAD, row(), [None, "=COUNTA(B2:B2)"]),
        "1 new; 3 name formula; 3 employee_number missing",
    ),
    "hidden row and column": (lambda: corpus.with_hidden_parts(), "2 new; email hidden_column; hidden_rows"),
    "hidden sheet": (lambda: _changed(_hide), "hidden_sheets"),
    "two lists": (lambda: _changed(_second("April", HEAD, row("0043"))), "several_sheets"),
    "summary before the list": (lambda: _changed(_second("Crew", HEAD, row()), ["Summary"], ["fsj", 1]), "1 new"),
    "three hundred columns": (lambda: xlsx([*HEAD, *(f"x{at}" for at in range(300))], row()), "too_many_columns"),
    "columns that nobody knows": (
        lambda: xlsx([*HEAD, "Shoe size", "Bunk"], [*row(), 9, "B2"]),
        "1 new; 1 Shoe size unknown_column; 1 Bunk unknown_column",
    ),
    "what is never accepted": (lambda: xlsx([*HEAD, "Nationality"], [*row(), "x"]), "1 Nationality never_accepted"),
    "what is never accepted, in other words": (
        lambda: xlsx(
            [
                *HEAD,
                "D.O.B.",
                "Sex",
                "Blood type",
                "Kapansanan",
                "Bansang pinagmulan",
                "Fecha de nac.",
                "estado migratorio",
                "出生日期",
                "تاريخ الميلاد",
                "ਜਨਮ ਮਿਤੀ",
            ],
            row(),
        ),
        "1 D.O.B. never_accepted; 1 Sex never_accepted; 1 Blood type never_accepted; 1 Kapansanan never_accepted; 1 Bansang pinagmulan never_accepted; 1 Fecha de nac. never_accepted; 1 estado migratorio never_accepted; 1 出生日期 never_accepted; 1 تاريخ الميلاد never_accepted; 1 ਜਨਮ ਮਿਤੀ never_accepted",
    ),
    "column twice": (lambda: xlsx([*HEAD, "Name"], row()), "1 Name column_twice"),
    "no column of numbers": (
        lambda: xlsx(["Name", "Site", "First day"], ["Jo", "fsj", DAY]),
        "1 employee_number column_missing",
    ),
    "no headings": (lambda: xlsx(["0042", "Jo", "fsj", DAY]), "no_headings"),
    "headings without their accents": (
        lambda: xlsx(
            [
                "Numero de empleado",
                "NOMBRE COMPLETO *",
                "Correo electronico:",
                "Centro  de\ntrabajo",
                "Fecha de ingreso",
            ],
            ["0042", "Jo", "jo@larch.example", "fsj", DAY],
        ),
        "1 new; 1 Numero de empleado guessed_column; 1 NOMBRE COMPLETO * guessed_column; 1 Correo electronico: guessed_column; 1 Centro de trabajo guessed_column; 1 Fecha de ingreso guessed_column",
    ),
    "number and name under one word": (
        lambda: xlsx(["Employee #", "Employee", "Site", "First day"], ["0042", "Jo", "fsj", DAY]),
        "1 new; 1 Employee # guessed_column; 1 Employee guessed_column",
    ),
    "headings in Arabic": (
        lambda: xlsx(["الرقم الوظيفي", "الاسم الكامل", "موقع العمل", "تاريخ التعيين"], ["0042", "Jo", "fsj", DAY]),
        "1 new; 1 الرقم الوظيفي guessed_column; 1 الاسم الكامل guessed_column; 1 موقع العمل guessed_column; 1 تاريخ التعيين guessed_column",
    ),
    "name in two columns": (
        lambda: xlsx(
            ["Employee number", "First name", "Last name", "Site", "First day"], ["0042", "Jo", "Castellan", "fsj", DAY]
        ),
        "1 First name unknown_column; 1 Last name unknown_column; 1 name column_missing",
    ),
    "empty rows with a colour": (
        lambda: _changed(
            lambda book, sheet: [
                setattr(sheet.cell(at, 1), "fill", PatternFill("solid", fgColor="FFFF00")) for at in range(2, 500)
            ],
            HEAD,
        ),
        "0 new",
    ),
    "text in runs, a comment and a link": (
        lambda: _changed(
            lambda book, sheet: (
                _set("B2", CellRichText(TextBlock(InlineFont(b=True), "Jo "), "Castellan"))(book, sheet),
                setattr(sheet["B2"], "comment", Comment("x", "y")),
                setattr(sheet["D2"], "hyperlink", "http://example.org"),
            )
        ),
        "1 new",
    ),
    "what formulas failed at": (
        lambda: _changed(
            lambda book, sheet: (_set("B2", "#N/A", "e")(book, sheet), _set("D2", "#REF!", "e")(book, sheet))
        ),
        "0 new; 2 name error_value; 2 site error_value",
    ),
    "formulas without what they give": (
        lambda: xlsx(HEAD, row('=TEXT(42,"0000")', "='[1]Other.xlsx'!A1", email="=cmd|' /C calc'!A0")),
        "0 new; 2 employee_number formula; 2 name formula; 2 email formula",
    ),
    "formula in every text": (
        lambda: texts(
            HEAD, *(row(f"{text}{at}", text, first="2026-03-02") for at, text in enumerate(corpus.INJECTIONS))
        ),
        "12 new; 2 employee_number like_a_formula; 2 name like_a_formula; 3 employee_number like_a_formula; 3 name like_a_formula; 4 employee_number like_a_formula; 4 name like_a_formula; 5 employee_number like_a_formula; 5 name like_a_formula; 6 employee_number like_a_formula; 6 name like_a_formula; 7 employee_number like_a_formula; 7 name like_a_formula; 8 employee_number like_a_formula; 8 name like_a_formula; 9 employee_number like_a_formula; 9 name like_a_formula; 10 employee_number like_a_formula; 10 name like_a_formula; 11 employee_number like_a_formula; 11 name like_a_formula",
    ),
    "texts that say they are code": (
        lambda: xlsx(
            HEAD,
            *_numbered(
                name=["<script>alert(1)</script>", "{{ 7*7 }}", "null", "\u200b", "نام\u200cخانوادگی", "O’Brien", "🙂"]
            ),
        ),
        "6 new; 5 name missing",
    ),
    "addresses that are none": (
        lambda: xlsx(
            HEAD,
            *_numbered(
                email=[
                    "a@b",
                    "mailto:a@larch.example",
                    "a@larch..example",
                    ".a@larch.example",
                    "a@-larch.example",
                    "a@larch.example, b@larch.example",
                    "名@例.example",
                    "a\u200b@larch.example",
                ]
            ),
        ),
        "2 new; 2 email not_email; 3 email not_email; 4 email not_email; 5 email not_email; 6 email not_email; 7 email not_email",
    ),
    "sites and roles by other names": (
        lambda: xlsx(
            HEAD,
            row("0001", site="FORT ST. JOHN"),
            row("0002", site=" FSJ\u00a0"),
            row("0003", site="Fort Saint John"),
            row("0004", role="cleaner"),
        ),
        "2 new; 4 site not_a_choice; 5 role not_a_choice",
    ),
    "end before the start, and starts to come": (
        lambda: xlsx(
            HEAD, row("0001", last=date(2026, 3, 1)), row("0002", last=DAY), row("0003", first=date(2027, 5, 1))
        ),
        "2 new; 2 ends_on ends_before_start",
    ),
    "managers in a circle, unknown, and further down": (
        lambda: xlsx(
            HEAD,
            row("0001", manager="0002"),
            row("0002", manager="0001"),
            row("0003", manager="0003"),
            row("0004", manager="9001"),
            row("0005", manager="0006"),
            row("0006"),
        ),
        "2 new; 2 manager circle; 3 manager circle; 4 manager circle; 5 manager unknown_person",
    ),
    "what cannot be emptied": (
        lambda: xlsx(HEAD, row(name="(clear)", site="(clear)", first="(clear)", last="(clear)")),
        "0 new; 2 name cannot_clear; 2 site cannot_clear; 2 starts_on cannot_clear",
    ),
    "name without end": (
        lambda: xlsx(HEAD, row(name="x" * 201), row("0043", name="y" * 32_767)),
        "0 new; 2 name too_long; 3 name too_long",
    ),
    "numbers, dates and truths as names": (
        lambda: xlsx(HEAD, *_numbered(name=[12345, True, DAY])),
        "0 new; 2 name wrong_kind; 3 name wrong_kind; 4 name wrong_kind",
    ),
    "text that is not in the table": (lambda: _with_text("99999"), "unreadable"),
    "text before the first of the table": (lambda: _with_text("-1"), "unreadable"),
    "table of texts that grows": (lambda: corpus.shared_texts_bomb(), "too_much_inside"),
    "text without end": (lambda: _with_text("0", f"<si><t>{'x' * 120_000}</t></si>"), "too_much_inside"),
    "signs that XML cannot hold": (
        lambda: _with_text("0", "<si><t>Jo_x0000__xD800_ Castellan_x202E_</t></si>"),
        "1 new",
    ),
    "part twice": (lambda: _twice(_SHEET), "unreadable"),
    "sheets of one name": (
        lambda: _edited(
            "xl/workbook.xml",
            lambda text: text.replace('name="Two"', 'name="SHEET1"'),
            _changed(_second("Two", HEAD, row("0043"))),
        ),
        "unreadable",
    ),
    "row twice": (lambda: _sheet('<row r="3"', '<row r="2"', row(), row("0043")), "unreadable"),
    "row behind the last": (lambda: _sheet('<row r="2"', '<row r="99999999999"'), "unreadable"),
    "row without end": (lambda: _sheet('<row r="2"', '<row r="inf"'), "unreadable"),
    "column behind the last": (lambda: _sheet('r="F2"', 'r="ZZZZZZ2"'), "unreadable"),
    "cells without places": (lambda: _sheet(r' r="[A-Z]*\d+"', "", row(email="jo@larch.example")), "1 new"),
    "cell in the last row of all": (
        lambda: _changed(_set("B1048576", "stray")),
        "1 new; 1048576 employee_number missing",
    ),
    "size that is a lie": (lambda: _sheet(r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>'), "1 new"),
    "style that is not there": (lambda: _sheet('<c r="A2"', '<c r="A2" s="99999"'), "1 new"),
    "numbers that are none": (
        lambda: _sheet(r'<c r="A([234])".*?</c>', r'<c r="A\1"><v>4_2</v></c>', row(), row("0043"), row("0044")),
        "0 new; 2 employee_number error_value; 3 employee_number error_value; 4 employee_number error_value",
    ),
    "truth that is none": (lambda: _cell("B2", 't="b"><v>maybe</v>'), "unreadable"),
    "day as a text of its own kind": (lambda: _cell("F2", 't="d"><v>2026-03-02</v>'), "1 new"),
    "sheet cut short": (lambda: _edited(_SHEET, lambda text: text[:-60]), "unreadable"),
    "file cut short": (lambda: named(xlsx(HEAD, row()).getvalue()[:-200], "people.xlsx"), "not_a_workbook"),
    "document type in a sheet": (lambda: _edited(_SHEET, lambda text: _ENTITIES + text), "too_much_inside"),
    "template of another kind": (
        lambda: _changed(
            lambda book, sheet: book.defined_names.add(DefinedName("fieldfare_template", attr_text='"employments:1"'))
        ),
        "other_kind",
    ),
    "template of another version": (
        lambda: _changed(
            lambda book, sheet: book.defined_names.add(DefinedName("fieldfare_template", attr_text='"people:99"'))
        ),
        "1 new; other_version",
    ),
    "another name than it is": (lambda: named(ods(HEAD, row()).getvalue(), "people.xlsx"), "1 new"),
    ".ods with sheets of one name": (
        lambda: _ods(lambda text: re.sub(r"(<table:table .*</table:table>)", r"\1\1", text)),
        "unreadable",
    ),
    ".ods with a depth without end": (
        lambda: _in_ods(f"<text:p>{'<text:span>' * 5000}Jo{'</text:span>' * 5000}</text:p>"),
        "too_much_inside",
    ),
    ".ods with a name of a sheet that .xlsx forbids": (
        lambda: _ods(lambda text: text.replace('table:name="People"', f'table:name="Crew: 2026/03 [A]*? {"x" * 40}"')),
        "1 new",
    ),
    ".ods that asks another program": (lambda: _behind_ods("<table:dde-link/>"), "external_links"),
    ".ods that runs something": (
        lambda: _behind_ods('<x:event-listener xmlns:x="urn:oasis:names:tc:opendocument:xmlns:script:1.0"/>'),
        "macros",
    ),
    ".ods with a filled cell two thousand million times": (
        lambda: _behind_ods(
            '<table:table-row><table:table-cell office:value-type="string" table:number-columns-repeated="2000000000"><text:p>x</text:p></table:table-cell></table:table-row>'
        ),
        "too_many_columns",
    ),
    ".ods with spaces without end": (
        lambda: _in_ods('<text:p>Jo<text:s text:c="999999999"/>Castellan</text:p>'),
        "1 new",
    ),
    ".ods with a number that its format shows with more": (
        lambda: _ods(
            lambda text: re.sub(
                '<table:table-cell office:value-type="float" office:value="42"><text:p>42',
                '<table:table-cell office:value-type="float" office:value="42"><text:p>E-0042',
                text,
            ),
            HEAD,
            row(42),
        ),
        "0 new; 2 employee_number wrong_kind",
    ),
    ".ods with a note": (
        lambda: _in_ods("<office:annotation><text:p>note</text:p></office:annotation><text:p>Jo</text:p>"),
        "1 new",
    ),
    ".ods with a day that is none": (
        lambda: _ods(lambda text: text.replace('date-value="2026-03-02"', 'date-value="2026-02-30"')),
        "0 new; 2 starts_on error_value",
    ),
}
