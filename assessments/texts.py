"""The rich texts of questions as plain text for spreadsheets, and back. Plain Python.

Paragraphs are divided by an empty line; ``**bold**``, ``*italic*``, ``• item``, ``1. item``, ``### heading``. What
comes back unchanged is never written anew, so nothing is lost by a look at it.
"""

import re
from html import escape
from html.parser import HTMLParser
from typing import Final

_BULLET: Final = re.compile(r"[•*-] +")
_NUMBER: Final = re.compile(r"\d{1,2}[.)] +")
_HEADING: Final = re.compile(r"(#{3,4}) +")
_BOLD: Final = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_ITALIC: Final = re.compile(r"\*(?=\S)(.+?)(?<=\S)\*")
_MARKS: Final = {"b": "**", "strong": "**", "i": "*", "em": "*"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._line: list[str] = []
        self._lists: list[int | None] = []
        self._items: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("p", "h3", "h4"):
            self._end_block()
            self._line = [f"{'#' * int(tag[1])} "] if tag != "p" else []
        elif tag in ("ul", "ol"):
            self._end_block()
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._line = []
        elif tag == "br":
            self._line.append("\n")
        elif tag in _MARKS:
            self._line.append(_MARKS[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "h3", "h4") and not self._lists:
            self._end_block()
        elif tag == "li" and self._lists:
            number = self._lists[-1]
            if number is not None:
                number = self._lists[-1] = number + 1
            item = " ".join("".join(self._line).split())
            self._items.append(f"{number}. {item}" if number is not None else f"• {item}")
            self._line = []
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            if not self._lists:
                self.blocks.append("\n".join(self._items))
                self._items = []
        elif tag in _MARKS:
            self._line.append(_MARKS[tag])

    def handle_data(self, data: str) -> None:
        self._line.append(data.replace("\n", " "))

    def close(self) -> None:
        super().close()
        self._end_block()

    def _end_block(self) -> None:
        if self._lists:
            return
        text = "\n".join(" ".join(line.split()) for line in "".join(self._line).split("\n")).strip()
        if text:
            self.blocks.append(text)
        self._line = []


def text_of(html: str) -> str:
    """Return rich text as plain text."""
    reader = _Reader()
    reader.feed(html or "")
    reader.close()
    return "\n\n".join(reader.blocks)


def html_of(text: str) -> str:
    """Return plain text as rich text; whatever else it holds is shown as it stands, never run."""
    return "".join(_block(block.strip().split("\n")) for block in re.split(r"\n\s*\n", text) if block.strip())


def _block(lines: list[str]) -> str:
    for pattern, tag in ((_BULLET, "ul"), (_NUMBER, "ol")):
        if all(pattern.match(line) for line in lines):
            items = "".join(f"<li>{_inline(pattern.sub('', line, count=1))}</li>" for line in lines)
            return f"<{tag}>{items}</{tag}>"
    if len(lines) == 1 and (heading := _HEADING.match(lines[0])):
        tag = f"h{len(heading[1])}"
        return f"<{tag}>{_inline(lines[0][heading.end() :])}</{tag}>"
    return f"<p>{'<br/>'.join(map(_inline, lines))}</p>"


def _inline(line: str) -> str:
    said = escape(line, quote=False)
    return _ITALIC.sub(r"<i>\1</i>", _BOLD.sub(r"<b>\1</b>", said))
