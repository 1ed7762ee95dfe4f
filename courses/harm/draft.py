"""Reading a draft that is a plain text file: paragraphs, ``# headings``, ``- items``, ``![words](picture)``."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import PurePosixPath
from typing import Final

from courses.harm.document import Document, Passage, Place, Use

_HEADING: Final = re.compile(r"#{1,6}\s+(.*)")
_ITEM: Final = re.compile(r"(?:[-*•+]|\d{1,2}[.)])\s+(.*)")
# Each of these reads what it has read once only, or a little of it: drafts come from anywhere.
_LABEL: Final = r"\[([^\[\]]*+(?:\[[^\[\]]*+\][^\[\]]*+)*+)\]"
_PICTURE: Final = re.compile(rf"!{_LABEL}\(([^)\s]{{0,400}}+)[^)]{{0,400}}+\)")
_PICTURE_LABEL: Final = re.compile(
    r"(?:image|picture|photo|photograph|drawing|illustration|caption|(?:image )?alt(?:ernative)?(?:[ -]text)?|légende|dessin"
    r"|texte alternatif|imagen|foto|dibujo|texto alternativo|leyenda|larawan|litrato|ਤਸਵੀਰ|ਫ਼?ੋਟੋ|图片|照片|替代文字|圖片|صورة|الصورة|نص بديل)"
    r"\s*[:：]\s*(.+)",
    re.IGNORECASE,
)
_LINK: Final = re.compile(rf"{_LABEL}\([^)]{{0,800}}+\)")
_TAG: Final = re.compile(r"<[/!]?[A-Za-z-][^<>]{0,400}+>")
_MARKS: Final = re.compile(r"__|`|(?<=\S)\*|\*(?=\S)|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)")


def read_draft(text: str, *, language: str) -> Document:
    """Return the draft as a document; a paragraph is one passage, even where lines break within it."""
    return Document(language=language, passages=tuple(_passages(text)))


def _passages(text: str) -> Iterator[Passage]:
    heading = ""
    # Lines of one passage, each a paragraph or an item, in its parts; what leads to a list stays with it.
    lines: list[list[str]] = []
    began = 1
    after_blank = False
    for number, raw in enumerate([*text.splitlines(), "# "], 1):
        written = unescape(_TAG.sub("", raw)).strip()
        line = written
        for alt, file in _PICTURE.findall(line):
            name = re.sub(r"[-_]+", " ", PurePosixPath(file).stem)
            place = Place("", f"line {number}, image")
            yield Passage(place, Use.IMAGE, f"{alt}\n{name}" if alt.strip() else "", heading)
            if not alt.strip():
                yield Passage(place, Use.IMAGE, name, heading)
        line = _MARKS.sub("", _LINK.sub(r"\1", _PICTURE.sub("", line))).strip()
        labelled = _PICTURE_LABEL.fullmatch(line)
        if labelled:
            yield Passage(Place("", f"line {number}, image"), Use.IMAGE, labelled[1], heading)
            continue
        title, item = _HEADING.fullmatch(written + " "), _ITEM.fullmatch(line)
        leads = bool(lines) and lines[-1][-1].endswith(":")
        if title or (after_blank and not (item and leads) and not (item and len(lines) > 1)):
            if lines:
                yield Passage(Place("", f"line {began}"), Use.PROSE, "\n".join(map(" ".join, lines)), heading)
            lines = []
        after_blank = not line and not title
        if title:
            heading = _MARKS.sub("", title[1]).strip()
            if heading:
                yield Passage(Place("", f"line {number}, heading"), Use.PROSE, heading)
        elif line:
            if not lines:
                began = number
            if item:
                lines.append([item[1]])
            elif lines and not lines[-1][-1].endswith(":"):
                lines[-1].append(line)
            else:
                lines.append([line])
