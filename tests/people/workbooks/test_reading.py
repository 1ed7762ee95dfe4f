"""Files of others are read as what they are, or refused with a reason; nothing of this needs a database."""

import json
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from people.exceptions import WorkbookRefused
from people.workbooks.cells import EMPTY, Cell, Found
from people.workbooks.problems import Problem
from people.workbooks.reading import archives, open_source, source
from tests.corpus import workbooks as corpus
from tests.corpus.workbooks import JO, KEYS, csv_file, named, ods, packed, saved, xlsx


def read(file: BytesIO, **said: str) -> list[tuple[int, list[Cell]]]:
    opened = open_source(file, name=file.name, **said)
    try:
        return list(opened.rows(opened.sheets[0]))
    finally:
        opened.close()


def refused(file: BytesIO, **said: str) -> Problem:
    with pytest.raises(WorkbookRefused) as error:
        read(file, **said)
    (problem,) = error.value.problems
    return problem.problem


def text(value: str) -> Cell:
    return Cell(Found.TEXT, value)


def test_xlsx_gives_rows_with_the_numbers_that_the_spreadsheet_shows() -> None:
    file = xlsx(["a", None, "b"], [], [42, date(2026, 3, 2), True, "=1+1", datetime.fromisoformat("2026-03-02T08:30")])
    assert read(file) == [
        (1, [text("a"), EMPTY, text("b")]),
        (
            3,
            [
                Cell(Found.NUMBER, "42"),
                Cell(Found.DATE, "2026-03-02 00:00:00", date(2026, 3, 2)),
                Cell(Found.TRUTH, "TRUE"),
                Cell(Found.FORMULA, "=1+1"),
                Cell(Found.DATE_AND_TIME, "2026-03-02 08:30:00", date(2026, 3, 2)),
            ],
        ),
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "cell"),
    [
        (42, "00000", Cell(Found.NUMBER, "00042")),
        (42.5, "General", Cell(Found.NUMBER, "42.5", exact=False)),
        (10**15, "General", Cell(Found.NUMBER, str(10**15), exact=False)),
        (-7, "General", Cell(Found.NUMBER, "-7", exact=False)),
    ],
)
def test_numbers_are_read_as_they_show(value: Any, number_format: str, cell: Cell) -> None:
    def write(sheet: Any) -> None:
        sheet["A1"].value, sheet["A1"].number_format = value, number_format

    assert read(xlsx(change=write)) == [(1, [cell])]


def test_text_in_runs_is_one_text_without_its_pronunciation() -> None:
    sheet = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1" t="inlineStr"><is><r><t>山田</t></r><r><t> 花子</t></r><rPh sb="0" eb="2"><t>やまだ</t></rPh></is></c>
    <c r="B1" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>"""
    assert read(packed(xlsx(KEYS), **{"xl__worksheets__sheet1.xml": sheet.encode()})) == [
        (1, [text("山田 花子"), text("x")])
    ]


def test_days_counted_from_1904_are_the_same_days() -> None:
    assert read(corpus.with_1904_dates())[1][1][5].day == date(2026, 3, 2)


def test_ods_gives_the_same_as_xlsx() -> None:
    rows = (KEYS, JO, [], ["x  y", 7])
    assert [[(it.text if it.day is None else it.day) for it in cells] for _, cells in read(ods(*rows))] == [
        KEYS,
        [*JO[:6]],
        ["x  y", "7"],
    ]
    assert [number for number, _ in read(ods(*rows))] == [1, 2, 4]


def test_formula_of_ods_says_what_it_gave() -> None:
    assert read(ods(["of:=1+1"])) == [(1, [Cell(Found.NUMBER, "2", worked_out=True)])]


@pytest.mark.parametrize("value", ["#N/A", "Err:502"])
def test_formula_of_ods_that_failed_is_seen(value: str) -> None:
    file = packed(
        ods(["of:=1+1"]),
        **{
            "content.xml": corpus.ods_content(["of:=1+1"])
            .replace(">2<", f">{value}<")
            .replace("float", "string")
            .encode()
        },
    )
    file.name = "people.ods"
    assert read(file) == [(1, [Cell(Found.FORMULA, "of:=1+1")])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_csv_that_says_its_encoding_is_read(encoding: str, delimiter: str) -> None:
    file = csv_file(["number", "name"], ["0042", "Zoë Ñandú"], ["0043", "李"], encoding=encoding, delimiter=delimiter)
    assert [[it.text for it in cells] for _, cells in read(file)] == [
        ["number", "name"],
        ["0042", "Zoë Ñandú"],
        ["0043", "李"],
    ]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("windows-1252", "Zoë Müller"),
        ("windows-1256", "سارة"),
        ("windows-1251", "Ольга"),
        ("shift_jis", "山田花子"),
        ("gb18030", "李小龙"),
    ],
)
def test_other_encodings_are_asked_for_and_then_read(encoding: str, name: str) -> None:
    file = csv_file(["number", "name"], ["0042", name], encoding=encoding)
    with pytest.raises(WorkbookRefused) as error:
        read(file)
    (problem,) = error.value.problems
    assert problem.problem is Problem.ENCODING
    assert f"{encoding}: {name}" in problem.hints
    assert read(file, encoding=encoding)[1][1][1].text == name


def test_csv_from_us_comes_back_as_it_was_and_bare_formulas_are_seen() -> None:
    file = csv_file(["name"], ["'=1+1"], ["''=1"], ["=1+1"], ["it's"], ["'plain"], ['="0042"'])
    assert [cells[0] for _, cells in read(file)][1:] == [
        text("=1+1"),
        text("'=1"),
        Cell(Found.FORMULA, "=1+1"),
        text("it's"),
        text("'plain"),
        text("0042"),
    ]


def test_json_rows_are_read() -> None:
    file = named(b'{"rows": [{"employee_number": "0042", "n": 7}, {}, {"name": null, "n": 1.5}]}', "rows.json")
    assert read(file) == [
        (1, [text("employee_number"), text("n"), text("name")]),
        (2, [text("0042"), Cell(Found.NUMBER, "7"), EMPTY]),
        (4, [EMPTY, Cell(Found.ERROR, "1.5"), EMPTY]),
    ]


def damaged_inside() -> BytesIO:
    """Return a workbook with a part that cannot be unpacked."""
    content = bytearray(xlsx(KEYS).getvalue())
    name = b"[Content_Types].xml"
    start = content.index(name) + len(name)
    content[start : start + 8] = b"\xff" * 8
    return named(bytes(content), "people.xlsx")


def in_an_unknown_encoding() -> BytesIO:
    content = corpus.ods_content(KEYS).removeprefix('<?xml version="1.0" encoding="UTF-8"?>')
    content = f'<?xml version="1.0" encoding="UTP-8"?>{content}'
    return named(packed(ods(KEYS), **{"content.xml": content.encode()}).getvalue(), "people.ods")


def hidden_sheet() -> BytesIO:
    book = Workbook()
    book.create_sheet("Secret").sheet_state = "veryHidden"
    return saved(book)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (lambda: named(b"", "people.xlsx"), Problem.NOT_A_WORKBOOK),
        (lambda: named(b"PK\x03\x04 broken", "people.xlsx"), Problem.NOT_A_WORKBOOK),
        (damaged_inside, Problem.NOT_A_WORKBOOK),
        (in_an_unknown_encoding, Problem.UNREADABLE),
        (lambda: named(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, "people.xls"), Problem.OLD_FORMAT),
        (
            lambda: named(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "people.xlsx"),
            Problem.PASSWORD,
        ),
        (lambda: named(xlsx(KEYS).getvalue(), "people.xlsm"), Problem.MACROS),
        (lambda: packed(xlsx(KEYS), **{"xl__vbaProject.bin": b"x"}), Problem.MACROS),
        (lambda: packed(xlsx(KEYS), **{"xl__externalLinks__externalLink1.xml": b"<x/>"}), Problem.EXTERNAL_LINKS),
        (lambda: packed(xlsx(KEYS), **{f"xl__part{n}": b"x" for n in range(600)}), Problem.TOO_MUCH_INSIDE),
        (corpus.zip_bomb, Problem.TOO_MUCH_INSIDE),
        (corpus.shared_texts_bomb, Problem.TOO_MUCH_INSIDE),
        (corpus.strict, Problem.OLD_FORMAT),
        (lambda: xlsx(KEYS, [*[None] * 120, "x"]), Problem.TOO_MANY_COLUMNS),
        (lambda: csv_file(KEYS, [*[None] * 120, "x"]), Problem.TOO_MANY_COLUMNS),
        (lambda: ods(KEYS, [*[None] * 120, "x"]), Problem.TOO_MANY_COLUMNS),
        (lambda: named(json.dumps([{f"k{n}": 1 for n in range(101)}]).encode(), "x.json"), Problem.TOO_MANY_COLUMNS),
        (corpus.entity_bomb, Problem.TOO_MUCH_INSIDE),
        (lambda: packed(xlsx(KEYS), **{"xl__worksheets__sheet1.xml": b"<worksheet"}), Problem.UNREADABLE),
        (hidden_sheet, Problem.HIDDEN_SHEETS),
        (lambda: ods(KEYS, hidden=True), Problem.HIDDEN_SHEETS),
        (lambda: ods(KEYS, extra="<table:table><table:table-source/></table:table>"), Problem.EXTERNAL_LINKS),
        (corpus.ods_entity_bomb, Problem.TOO_MUCH_INSIDE),
        (corpus.ods_zip_bomb, Problem.TOO_MUCH_INSIDE),
        (corpus.ods_repeated_rows, Problem.TOO_MUCH_INSIDE),
        (lambda: packed(ods(KEYS), **{"Object 1__content.xml": b"<x/>"}), Problem.EXTERNAL_LINKS),
        (lambda: packed(ods(KEYS), **{"Basic__Standard__Module1.xml": b"x"}), Problem.MACROS),
        (lambda: named(b"\x00\x01\x02\x03" * 40, "people.csv"), Problem.NOT_A_WORKBOOK),
        (lambda: named(b"{broken", "people.json"), Problem.UNREADABLE),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(file: Any, problem: Problem) -> None:
    assert refused(file()) is problem


def test_limits_hold(monkeypatch: Any) -> None:
    monkeypatch.setattr(source, "MOST_ROWS", 3)
    assert len(read(xlsx(*[["x"]] * 33))) == 33
    assert refused(xlsx(*[["x"]] * 34)) is Problem.TOO_MANY_ROWS
    monkeypatch.setattr(archives, "LARGEST_UNPACKED_BYTES", 1000)
    assert refused(xlsx(KEYS)) is Problem.TOO_MUCH_INSIDE


def test_texts_in_a_table_in_runs_and_with_escapes_are_texts() -> None:
    assert read(corpus.with_shared_texts())[1] == (
        2,
        [
            text("0042"),
            text("Jo Castellan\r"),
            text("jo@larch.example"),
            text("fsj"),
            text("hk"),
            Cell(Found.DATE, "2026-03-02", date(2026, 3, 2)),
        ],
    )


def test_ods_says_a_cell_many_times_over() -> None:
    said = '<table:table-cell table:number-columns-repeated="3" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    content = corpus.ods_content(["MARK", "y"])
    mark = '<table:table-cell office:value-type="string"><text:p>MARK</text:p></table:table-cell>'
    file = named(packed(ods(["x"]), **{"content.xml": content.replace(mark, said).encode()}).getvalue(), "people.ods")
    assert [it.text for it in read(file)[0][1]] == ["x", "x", "x", "y"]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_of_csv_end_as_any_program_ends_them(end: str) -> None:
    file = named(f"sep=;{end}number;name{end}0042;Jo{end}{end}".encode(), "people.csv")
    assert [[it.text for it in cells] for _, cells in read(file)] == [["number", "name"], ["0042", "Jo"]]


def test_emptiness_with_a_colour_is_passed_over() -> None:
    assert [number for number, _ in read(corpus.styled_emptiness(20_000))] == [1, 2]


def test_one_cell_in_the_last_row_is_one_row() -> None:
    def far(sheet: Any) -> None:
        sheet["A1048576"].value = "x"

    assert read(xlsx(["a"], change=far)) == [(1, [text("a")]), (1048576, [text("x")])]
