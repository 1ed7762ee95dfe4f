"""The little HTML of frozen texts as nodes of an outline (shape: courses.renditions.outline). Plain Python."""

import re
from html.parser import HTMLParser
from typing import Final

from courses.snapshot import Json

_BOLD: Final = frozenset({"b", "strong"})
_ITALIC: Final = frozenset({"i", "em"})
_LEVELS: Final = {"h3": 3, "h4": 4}
_LISTS: Final = frozenset({"ul", "ol"})
_BLOCKS: Final = frozenset({"p", "li", *_LEVELS, *_LISTS})
_NEVER_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def run(text: str, *, bold: bool = False, italic: bool = False) -> Json:
    """Return a piece of a line in one face."""
    return {"text": text, "bold": bold, "italic": italic}


def paragraph(text: str, *, bold: bool = False, italic: bool = False) -> Json:
    """Return a paragraph of plain text."""
    return {"kind": "paragraph", "runs": [run(text, bold=bold, italic=italic)]}


def flow(html: str) -> list[Json]:
    """Return ``html`` as headings, paragraphs and lists, in their order; plain text is one paragraph.

    A list in a list becomes items of the outer one. A web address that a link hides follows its words in brackets.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.finish()


def runs_of(html: str) -> list[Json]:
    """Return ``html`` as one line: paragraphs follow each other with a space between."""
    found: list[Json] = []
    for node in flow(html):
        lines = node["items"] if node["kind"] == "list" else [node["runs"]]
        for line in lines:
            found += [run(" "), *line] if found else line
    return found


def text_of_runs(runs: list[Json]) -> str:
    """Return what a line says, without its faces."""
    return "".join(each["text"] for each in runs)


class _Reader(HTMLParser):
    """Collects nodes; whatever tag it does not know leaves its text behind."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Json] = []
        self.runs: list[Json] = []
        self.lists: list[str] = []
        self.bold = 0
        self.italic = 0
        self.level = 0
        self.href = ""
        self.linked = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a face or a link."""
        if tag in _BLOCKS:
            self._end_line()
        if tag in _LISTS:
            if not self.lists:
                self.nodes.append({"kind": "list", "ordered": tag == "ol", "items": []})
            self.lists.append(tag)
        elif tag in _LEVELS:
            self.level = _LEVELS[tag]
        elif tag in _BOLD:
            self.bold += 1
        elif tag in _ITALIC:
            self.italic += 1
        elif tag == "br":
            self._add(" ")
        elif tag == "a":
            self.href, self.linked = dict(attrs).get("href") or "", ""

    def handle_endtag(self, tag: str) -> None:
        """End what ``handle_starttag`` began."""
        if tag in _BLOCKS:
            self._end_line()
        if tag in _LISTS and self.lists:
            self.lists.pop()
        elif tag in _LEVELS:
            self.level = 0
        elif tag in _BOLD:
            self.bold = max(0, self.bold - 1)
        elif tag in _ITALIC:
            self.italic = max(0, self.italic - 1)
        elif tag == "a":
            bare = self.href.removeprefix("https://").rstrip("/")
            if self.href.startswith("https://") and bare not in self.linked:
                self._add(f" ({bare})")
            self.href = ""

    def handle_data(self, data: str) -> None:
        """Keep what is read."""
        if self.href:
            self.linked += data
        self._add(data)

    def _add(self, text: str) -> None:
        if text:
            self.runs.append(run(text, bold=self.bold > 0, italic=self.italic > 0))

    def _end_line(self) -> None:
        line = _tidy(self.runs)
        self.runs = []
        if not line:
            return
        if self.lists:
            self.nodes[-1]["items"].append(line)
        elif self.level:
            self.nodes.append({"kind": "heading", "level": self.level, "runs": line})
        else:
            self.nodes.append({"kind": "paragraph", "runs": line})

    def finish(self) -> list[Json]:
        """Return the nodes; lists without an item are none."""
        self._end_line()
        return [node for node in self.nodes if node["kind"] != "list" or node["items"]]


def _tidy(runs: list[Json]) -> list[Json]:
    """Return ``runs`` with single spaces, none at either end, neighbours of one face joined."""
    joined: list[Json] = []
    for each in runs:
        text = "".join(" " if character.isspace() else character for character in each["text"])
        if joined and joined[-1]["text"].endswith(" "):
            text = text.lstrip(" ")
        while "  " in text:
            text = text.replace("  ", " ")
        if not joined:
            text = text.lstrip(" ")
        if not text:
            continue
        if joined and (joined[-1]["bold"], joined[-1]["italic"]) == (each["bold"], each["italic"]):
            joined[-1] = {**joined[-1], "text": joined[-1]["text"] + text}
        else:
            joined.append({**each, "text": text})
    if joined:
        joined[-1] = {**joined[-1], "text": joined[-1]["text"].rstrip(" ")}
    return [each for each in joined if each["text"]]


def fit_for_xml(text: str) -> str:
    """Return ``text`` without the characters that XML 1.0 cannot hold; with one of them no program opens the file."""
    return _NEVER_IN_XML.sub("", text)
