"""Files as other people's tools send them back: read right, or refused in a sentence that says where."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from translations.exceptions import ExchangeRefused
from translations.exchange import FORMATS

pytestmark = pytest.mark.one_profile

Read = list[tuple[str, str, str, bool, str]]
STAY: Read = [("site/a", "Stay", "Restez", False, "")]
STAY_FUZZY: Read = [("site/a", "Stay", "Restez", True, "")]


def read(ending: str, content: bytes) -> Read | str:
    """Return what a file holds, or why it is refused."""
    try:
        file = FORMATS[ending].read(content)
    except ExchangeRefused as refused:
        return "; ".join(" ".join(filter(None, (it.fault, it.segment, it.detail))) for it in refused.problems)
    return [(it.segment, it.source, it.target, it.needs_work, it.reviewer) for it in file.units]


def accented(read: Read, target: str) -> Read:
    return [(segment, source, target, *more) for segment, source, _, *more in read]  # type: ignore[misc]


HEAD = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
ENTRY = 'msgctxt "site/a"\nmsgid "Stay"\nmsgstr "Restez"\n'
PO: dict[str, tuple[str | bytes, Read | str]] = {
    "as gettext writes it": (HEAD + ENTRY, STAY),
    "Windows line ends": ((HEAD + ENTRY).replace("\n", "\r\n"), STAY),
    "line ends of old Macs": ((HEAD + ENTRY).replace("\n", "\r"), "unreadable line 1"),
    "a byte order mark": ((HEAD + ENTRY).encode("utf-8-sig"), STAY),
    "UTF-16": ((HEAD + ENTRY).encode("utf-16"), "unreadable"),
    "Latin-1": ((HEAD + ENTRY.replace("Restez", "Été")).encode("latin-1"), "unreadable"),
    "another charset than it says": (
        HEAD.replace("UTF-8", "ISO-8859-1") + ENTRY.replace("Restez", "Été"), accented(STAY, "Été")
    ),
    "msgmerge: an obsolete entry": (f'{HEAD}{ENTRY}\n#~| msgid "x"\n#~ msgid "Go"\n#~ msgstr "Va"\n', STAY),
    "msgmerge: fuzzy, with what it was": (f'{HEAD}#, fuzzy, python-format\n#| msgid ""\n#| "Stay "\n{ENTRY}', STAY_FUZZY),
    "msginit: a fuzzy header": (f"#, fuzzy\n{HEAD}{ENTRY}", STAY),
    "Poedit: wrapped lines": (f'{HEAD}msgctxt "site/a"\nmsgid ""\n"St"\n"ay"\nmsgstr ""\n"Res"\n"tez"\n', STAY),
    "Poedit: comments in another order": (
        f"{HEAD}# Reviewed by Ana Silva.\n#. Base: -\n#: a.py:1\n#. for all\n{ENTRY}",
        [("site/a", "Stay", "Restez", False, "Ana Silva")],
    ),
    "no empty line between": (HEAD + ENTRY + ENTRY.replace("/a", "/b"), [*STAY, ("site/b", *STAY[0][1:])]),
    "indented": (HEAD + ENTRY.replace("msg", "\tmsg"), STAY),
    "escapes": (HEAD + ENTRY.replace("Restez", r"R\t\"s\" \\\\ x\n"), accented(STAY, 'R\t"s" \\\\ x\n')),
    "a letter by its number": (HEAD + ENTRY.replace("Restez", r"R\x41"), "unreadable line 8"),
    "NUL": (HEAD + ENTRY.replace("Restez", "R\0"), "unreadable"),
    "NUL by its number": (HEAD + ENTRY.replace("Restez", r"R\0"), "unreadable line 8"),
    "a line separator": (HEAD + ENTRY.replace("Restez", "Re\u2028stez"), "unreadable line 9"),
    "a merge conflict of git": (f"{HEAD}<<<<<<< HEAD\n{ENTRY}", "unreadable line 6"),
    "another order of lines": (f'{HEAD}msgid "Stay"\nmsgctxt "site/a"\nmsgstr "R"\n', "unreadable line 7"),
    "a name of a file": ("/etc/passwd", "unreadable"),
}  # fmt: skip

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
SEGMENT = '<segment id="s1" state="translated"><source>Stay</source><target>Restez</target></segment>'


def xliff(segment: str = SEGMENT, *, head: str = "", before: str = "") -> str:
    unit = f'<unit id="u1" name="site/a">{before}{segment}</unit>'
    return (
        f'{head}<xliff xmlns="{NAMESPACE}" version="2.0" srcLang="en" trgLang="fr"><file id="f">{unit}</file></xliff>'
    )


def target(said: str) -> str:
    return xliff(SEGMENT.replace("Restez", said))


XLIFF: dict[str, tuple[str | bytes, Read | str]] = {
    "plain": (xliff(), STAY),
    "a byte order mark": (xliff().encode("utf-8-sig"), STAY),
    "UTF-16": (xliff(head='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"), STAY),
    "UTF-16 without a word": (xliff().encode("utf-16"), STAY),
    "UTF-16 that says UTF-8": (xliff(head='<?xml version="1.0" encoding="UTF-8"?>').encode("utf-16"), "unreadable"),
    "an unknown charset": (xliff(head='<?xml version="1.0" encoding="x-none"?>'), "unreadable"),
    "Latin-1": (
        target("Été").replace("<xliff", '<?xml version="1.0" encoding="ISO-8859-1"?><xliff', 1).encode("latin-1"),
        accented(STAY, "Été"),
    ),
    "Windows line ends": (xliff().replace("><", ">\r\n<"), STAY),
    "a prefix for the namespace": (
        xliff().replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x="), STAY
    ),
    "a document type": (xliff(head='<!DOCTYPE xliff SYSTEM "http://example.org/x.dtd">'), "unreadable"),
    "an entity": (xliff(head='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>').replace("Restez", "&e;"), "unreadable"),
    "an entity of HTML": (target("&eacute;"), "unreadable"),
    "CDATA": (target("<![CDATA[<b>Re]]>stez"), accented(STAY, "<b>Restez")),
    "a comment and an instruction": (target("Re<!-- hm --><?x y?>stez"), STAY),
    "NUL": (target("R&#0;"), "unreadable"),
    "no namespace": (xliff().replace(f' xmlns="{NAMESPACE}"', ""), "unreadable XLIFF 2.0"),
    "Trados, memoQ: XLIFF 1.2": (
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file target-language="fr"><body><trans-unit'
        ' id="a"><source>Stay</source><seg-source><mrk mtype="seg" mid="1">Stay</mrk></seg-source><target>R</target>'
        "<alt-trans><target>S</target></alt-trans></trans-unit></body></file></xliff>",
        "unreadable XLIFF 2.0",
    ),
    "Okapi: other translations beside it": (
        xliff(before='<m:matches xmlns:m="urn:oasis:names:tc:xliff:matches:2.0"><m:match ref="#s1"><source>Stay</source>'
        "<target>Autre</target></m:match></m:matches>"), STAY,
    ),
    "a mark for a comment": (target('R<mrk id="m" type="comment">este</mrk>z<sm id="n"/><em startRef="n"/>'), STAY),
    **{
        f"a mark within: {name}": (target(f"Re{mark}stez"), f"inline site/a {name}")
        for name, mark in {"ph": '<ph id="1"/>', "pc": '<pc id="1">x</pc>', "g": '<g id="1">x</g>', "x": '<x id="1"/>',
                           "bpt": '<bpt id="1"/>', "cp": '<cp hex="0001"/>'}.items()
    },
    "a mark made of the source's tags": (xliff(SEGMENT.replace("Stay", '<pc id="1">Stay</pc>')), "inline site/a pc"),
    "a state that nobody knows": (xliff(SEGMENT.replace("translated", "signed-off")), STAY),
    "a state of Okapi": (xliff(SEGMENT.replace('"translated"', '"initial" subState="okp:fuzzy"')), STAY_FUZZY),
    "no state": (xliff(SEGMENT.replace(' state="translated"', "")), STAY_FUZZY),
    "an order of 5000 digits": (xliff(SEGMENT.replace("<target", f'<target order="{"9" * 5000}"')), STAY),
    "two targets": (xliff(SEGMENT.replace("</segment>", "<target>Deux</target></segment>")), "twice site/a target"),
    "a signature that was set out prettily": (
        xliff(before='<notes><note category="reviewed-by">\n  Ana\n  Silva\n</note></notes>'),
        [("site/a", "Stay", "Restez", False, "Ana Silva")],
    ),
    "a signature of spaces": (xliff(before='<notes><note category="reviewed-by">\n  </note></notes>'), STAY),
    "cut off": (xliff()[:-9], "unreadable"),
    "a file to be read in": (target('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'), "inline site/a include"),
}  # fmt: skip


def workbook(*rows: list[Any], first: str = "", change: Callable[[bytes], bytes] | None = None) -> bytes:
    book = Workbook()
    book.active.title = "fr"
    for row in rows:
        book.active.append(row)
    if first:
        book.create_sheet(first, 0)
    stream = io.BytesIO()
    book.save(stream)
    if change is None:
        return stream.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(stream) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == "xl/worksheets/sheet1.xml" else content)
    return changed.getvalue()


HEADS = ["segment", "source", "translation", "state", "reviewed by", "note", "base"]
ROW = ["site/a", "Stay", "Restez"]
XLSX: dict[str, tuple[bytes, Read | str]] = {
    "plain": (workbook(HEADS, ROW), STAY),
    "columns in another order, one more": (workbook(["My note", "Translation", " SOURCE ", "segment"], ["?", *ROW[::-1]]), STAY),
    "rows in another order, with gaps": (
        workbook(HEADS, [], ["site/b", "Go", "Allez"], [None, None], ROW), [("site/b", "Go", "Allez", False, ""), *STAY]
    ),
    "a sheet before it": (workbook(HEADS, ROW, first="Notes"), "unreadable segment, source, translation"),
    "a column less": (workbook(HEADS[:2], ROW[:2]), "unreadable translation"),
    "bold within the words": (
        workbook(HEADS, ["site/a", "Stay", CellRichText("Re", TextBlock(InlineFont(b=True), "stez"))]), STAY
    ),
    "spaces around a name, a signature of spaces": (workbook(HEADS, [" site/a ", *ROW[1:], "", "  "]), STAY),
    "a line end of Windows": (workbook(HEADS, ["site/a", "Stay", "Re_x000D_\nstez"]), accented(STAY, "Re\r\nstez")),
    "a number": (workbook(HEADS, ["site/a", "Stay", 911]), accented(STAY, "911")),
    "a word that became a truth value": (workbook(HEADS, ["site/a", "True", True]), "formula site/a translation"),
    "a date": (workbook(HEADS, ["site/a", "Stay", date(2026, 3, 2)]), "formula site/a translation"),
    "an error": (workbook(HEADS, ["site/a", "Stay", "#REF!"]), "formula site/a translation"),
    "a state with other letters": (workbook(HEADS, [*ROW, "Needs Work "]), STAY_FUZZY),
    "NUL in a name": (workbook(HEADS, ["si_x0000_te/a", *ROW[1:]]), "characters site/a U+0000"),
    "NUL in a signature": (workbook(HEADS, [*ROW, "", "Ana_x0000_"]), "characters site/a U+0000"),
    "an entity": (
        workbook(HEADS, ROW, change=lambda it: b'<!DOCTYPE x [<!ENTITY e "x">]>' + it.replace(b"Restez", b"&e;")), "unreadable"
    ),
    "UTF-16": (
        workbook(HEADS, ROW, change=lambda it: f'<?xml version="1.0" encoding="UTF-16"?>{it.decode()}'.encode("utf-16")), STAY
    ),
    "a file of Excel 97": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unreadable"),
    "cut off": (workbook(HEADS, ROW)[:-40], "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize(("ending", "files"), [("po", PO), ("xlf", XLIFF), ("xlsx", XLSX)])
def test_what_other_tools_send_back_is_read_right_or_refused_by_place(
    ending: str, files: dict[str, tuple[str | bytes, Read | str]]
) -> None:
    contents = {name: it if isinstance(it, bytes) else it.encode() for name, (it, _) in files.items()}
    assert {name: read(ending, it) for name, it in contents.items()} == {
        name: said for name, (_, said) in files.items()
    }
