"""PO: ``msgctxt`` names the segment; what needs work is fuzzy; a signature is a translator's comment."""

import re
from typing import Final

import polib

from translations.exceptions import ExchangeFault, ExchangeProblem, ExchangeRefused
from translations.exchange.units import ExchangeFile, Unit

_BASE: Final = re.compile(r"^Base: ([0-9a-f]{32}|-)$", re.MULTILINE)
_LINE: Final = re.compile(r'(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s*)?"(?:[^"\\]|\\[^0-9x])*"')
_REVIEWED: Final = re.compile(r"^Reviewed by (\S.{0,118}?)(?: on \d{4}-\d{2}-\d{2})?\.?$", re.MULTILINE)


def write(file: ExchangeFile) -> bytes:
    """Return the file as PO in UTF-8."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Language": file.language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for unit in file.units:
        about = [unit.note] if unit.note else []
        about += [f"Base: {unit.base}"] if unit.base else []
        catalogue.append(
            polib.POEntry(
                msgctxt=unit.segment,
                msgid=unit.source,
                msgstr=unit.target,
                comment="\n".join(about),
                tcomment=f"Reviewed by {unit.reviewer}." if unit.reviewer else "",
                flags=["fuzzy"] if unit.needs_work and unit.target else [],
            )
        )
    return str(catalogue).encode()


def read(content: bytes) -> ExchangeFile:
    """Return what a PO file holds; obsolete entries are left out.

    Raises:
        ExchangeRefused: it is no PO file in UTF-8, or an entry names no segment.
    """
    try:
        text = content.decode("utf-8-sig")
        if "\0" in text or "msgid" not in text:
            raise ValueError("no catalogue")
        text = text.replace("\r\n", "\n")
        _check_lines(text)
        catalogue = polib.pofile(text, encoding="utf-8", wrapwidth=0)
    except (OSError, UnicodeError, ValueError) as error:
        line = re.search(r"\(line (\d+)\)", str(error))
        detail = f"line {line[1]}" if line else ""
        raise ExchangeRefused([ExchangeProblem(ExchangeFault.UNREADABLE, detail=detail)]) from error
    units = []
    for entry in catalogue:
        if entry.obsolete:
            continue
        base, signed = _BASE.search(entry.comment), _REVIEWED.search(entry.tcomment)
        note = _BASE.sub("", entry.comment).strip()
        units.append(
            Unit(
                entry.msgctxt or "",
                # Nothing of ours has a plural: an entry with one is another source than the segment's.
                f"{entry.msgid}\n{entry.msgid_plural}" if entry.msgid_plural else entry.msgid,
                entry.msgstr,
                base[1] if base else "",
                needs_work=entry.fuzzy,
                reviewer=signed[1] if signed else "",
                note=note,
            )
        )
    return ExchangeFile(catalogue.metadata.get("Language", ""), tuple(units))


def _check_lines(text: str) -> None:
    """Refuse a line that is cut off, of which the parser would take what is left, or that writes a letter by its number.

    Raises:
        ValueError: names the line.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        said = line.strip()
        if said and not said.startswith("#") and not _LINE.fullmatch(said):
            raise ValueError(f"not closed (line {number})")
