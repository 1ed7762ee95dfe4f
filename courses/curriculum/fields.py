"""Taking the fields of one mapping, each once, and noting everything that is wrong with them.

What cannot be read becomes an empty value, so that one mistake does not hide the next.
"""

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Final

from courses.curriculum.documents import Mapping, Node, Scalar, Sequence
from courses.curriculum.markdown import markdown_faults
from courses.curriculum.problems import Place, Problem

MAX_CODE_CHARS: Final = 60
_MOST_HINTS: Final = 20
MAX_TITLE_CHARS: Final = 120
# One idea; a longer text is two. Columns and blocks that hold less say so where they are read.
MAX_TEXT_CHARS: Final = 4_000

_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,8}")
_TAG = re.compile(r"<[A-Za-z/!?]")
# Characters that nobody sees: control characters, and those that turn text around.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

_KIND_NAMES: Final = {"int": "a number", "float": "a number", "bool": "yes or no", "null": "nothing"}


class Use(Enum):
    """Where a text stands, as far as the rules of policy differ."""

    TITLE = auto()  # in a tab, a mail, a calendar: neutral
    NAME = auto()  # of a document, a service, or a title for records: quoted as it is
    PROSE = auto()
    FIGURE = auto()  # a number with its caveat and source
    SIGN = auto()  # the sign itself
    CHOICE = auto()  # something a reader may choose, right or wrong
    NEVER = auto()  # what nobody should do


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the curriculum, where it stands and what for."""

    at: Place
    text: str
    use: Use


@dataclass(frozen=True, slots=True)
class Name:
    """A code that stands for a thing of some kind (``lesson``, ``service`` …), where it is given or used."""

    at: Place
    kind: str
    code: str


@dataclass(slots=True)
class Sheet:
    """What reading one file gathers: its problems, every text in it, the names it gives and uses.

    ``unsure`` holds the kinds of which a name could not be read: what uses one may be right.
    """

    path: str
    problems: list[Problem]
    texts: list[Said] = field(default_factory=list)
    given: list[Name] = field(default_factory=list)
    used: list[Name] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)

    def report(self, line: int, message: str) -> None:
        """Note a problem of this file."""
        self.problems.append(Problem(self.path, line, message))


class Fields:
    """The fields of one mapping. ``finish()`` reports what was missing and what nobody asked for."""

    def __init__(self, node: Mapping, sheet: Sheet) -> None:
        self.node = node
        self.sheet = sheet
        self._asked: set[str] = set()
        self._missing: list[str] = []

    def at(self, key: str | None = None) -> Place:
        """Return the place of a field's value, or of the mapping."""
        node = self.node.entries.get(key, self.node) if key else self.node
        return Place(self.sheet.path, node.line)

    def has(self, key: str) -> bool:
        """Whether the field is there, whatever its value."""
        return key in self.node.entries

    def report(self, message: str, key: str | None = None) -> None:
        """Note a problem at a field, or at the mapping."""
        self.sheet.report(self.at(key).line, message)

    def _take(self, key: str, required: bool) -> Node | None:
        self._asked.add(key)
        node = self.node.entries.get(key)
        if node is None and required:
            self._missing.append(key)
        return node

    def _scalar(self, key: str, required: bool, expected: str) -> Scalar | None:
        node = self._take(key, required)
        if node is None or isinstance(node, Scalar):
            return node
        self.report(f'"{key}" has to be {expected}, not a list or a mapping', key)
        return None

    def _string(self, node: Node, name: str) -> str | None:
        if not isinstance(node, Scalar):
            self.sheet.report(node.line, f'"{name}" has to be text, not a list or a mapping')
        elif node.kind == "null":
            self.sheet.report(node.line, f'"{name}" is empty')
        elif node.kind != "str":
            kind = _KIND_NAMES.get(node.kind, f"a {node.kind}")
            self.sheet.report(
                node.line, f'"{name}" has to be text; YAML takes {node.value} for {kind}: put it in quotes'
            )
        elif unseen := _UNSEEN.search(node.value):
            self.sheet.report(node.line, f'"{name}" has a character that nobody sees (U+{ord(unseen[0]):04X})')
        else:
            return node.value.strip()
        return None

    def text(
        self,
        key: str,
        *,
        use: Use = Use.PROSE,
        markdown: bool = False,
        required: bool = True,
        empty: bool = False,
        max_chars: int = MAX_TEXT_CHARS,
    ) -> str:
        """Return a text without the blanks around it; "" when it is missing. ``empty`` allows "" to be given."""
        node = self._take(key, required)
        if node is None:
            return ""
        return self._said(node, key, use=use, markdown=markdown, empty=empty, max_chars=max_chars)

    def _said(
        self,
        node: Node,
        name: str,
        *,
        use: Use,
        markdown: bool,
        empty: bool = False,
        max_chars: int = MAX_TEXT_CHARS,
    ) -> str:
        value = self._string(node, name)
        if value is None:
            return ""
        if not value:
            if not empty:
                self.sheet.report(node.line, f'"{name}" is empty')
            return ""
        if len(value) > max_chars:
            self.sheet.report(node.line, f'"{name}" has {len(value)} characters; {max_chars} is the limit')
        if markdown:
            for fault in markdown_faults(value):
                self.sheet.report(node.line, f'"{name}": {fault}')
        elif _TAG.search(value):
            self.sheet.report(node.line, f'"{name}": HTML is not used here')
        self.sheet.texts.append(Said(Place(self.sheet.path, node.line), value, use))
        return value

    def title(self, key: str = "title", *, use: Use = Use.TITLE) -> str:
        """Return a title: required, one line, ``MAX_TITLE_CHARS`` at most."""
        value = self.text(key, use=use, max_chars=MAX_TITLE_CHARS)
        if "\n" in value:
            self.report(f'"{key}" has to be one line', key)
        return value

    def texts(
        self,
        key: str,
        *,
        use: Use = Use.PROSE,
        least: int = 1,
        most: int | None = None,
        max_chars: int = MAX_TEXT_CHARS,
    ) -> tuple[str, ...]:
        """Return a list of texts that differ from one another; required when ``least`` is above 0."""
        found: list[str] = []
        for node in self._items(key, least, most):
            value = self._said(node, key, use=use, markdown=False, max_chars=max_chars)
            if value and value in found:
                self.sheet.report(node.line, f'"{key}" says the same thing twice')
            elif value:
                found.append(value)
        return tuple(found)

    def code(self, key: str = "code", *, gives: str = "", uses: str = "", required: bool = True) -> str:
        """Return a code: lower-case words joined by hyphens.

        ``gives`` and ``uses`` tell the kind of thing that gets this name here, or that is meant by it.
        """
        node = self._take(key, required)
        code = self._code(node, key) if node is not None else ""
        if code:
            name = Name(self.at(key), gives or uses, code)
            if gives:
                self.sheet.given.append(name)
            if uses:
                self.sheet.used.append(name)
        elif gives:
            self.sheet.unsure.add(gives)
        return code

    def one_of(self, key: str, allowed: Collection[str], *, required: bool = True) -> str:
        """Return one of the ``allowed`` words; "" when it is missing or another."""
        node = self._take(key, required)
        return self._word(node, key, allowed) if node is not None else ""

    def codes(self, key: str, *, uses: str = "", least: int = 1) -> tuple[str, ...]:
        """Return a list of different codes; required when ``least`` is above 0."""
        found: list[str] = []
        for node in self._items(key, least, None):
            code = self._code(node, key)
            if code in found:
                self.sheet.report(node.line, f'"{key}" names {code} twice')
            elif code:
                found.append(code)
                if uses:
                    self.sheet.used.append(Name(Place(self.sheet.path, node.line), uses, code))
        return tuple(found)

    def some_of(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Return a list of one or more of the ``allowed`` words."""
        words = [self._word(node, key, allowed) for node in self._items(key, 1, None)]
        if len(set(words)) < len(words):
            self.report(f'"{key}" names one twice', key)
        return tuple(word for word in words if word)

    def _word(self, node: Node, name: str, allowed: Collection[str]) -> str:
        value = self._string(node, name)
        if value is None or value in allowed:
            return value or ""
        self.sheet.report(node.line, f'"{name}" is {value!r}; it has to be one of: {", ".join(allowed)}')
        return ""

    def _code(self, node: Node, name: str) -> str:
        value = self._string(node, name)
        if value is None:
            return ""
        if not _CODE.fullmatch(value) or len(value) > MAX_CODE_CHARS:
            self.sheet.report(
                node.line,
                f'"{name}" is {value!r}; a code is lower-case words joined by hyphens, '
                f"{MAX_CODE_CHARS} characters at most",
            )
            return ""
        return value

    def integer(self, key: str, *, least: int, most: int, required: bool = True, default: int = 0) -> int:
        """Return a whole number from ``least`` to ``most``; ``default`` when it is missing or wrong."""
        node = self._scalar(key, required, "a whole number")
        if node is None:
            return default
        if node.kind != "int" or not _INTEGER.fullmatch(node.value):
            self.report(f'"{key}" has to be a whole number', key)
            return default
        number = int(node.value)
        if not least <= number <= most:
            self.report(f'"{key}" is {number}; it has to be from {least} to {most}', key)
            return default
        return number

    def flag(self, key: str, *, required: bool = False) -> bool:
        """Return true or false; false when it is missing."""
        node = self._scalar(key, required, "true or false")
        if node is None:
            return False
        if node.kind != "bool" or node.value not in ("true", "false"):
            self.report(f'"{key}" has to be true or false', key)
            return False
        return node.value == "true"

    def credit(self, key: str) -> float:
        """Return 0, 0.5 or 1."""
        node = self._scalar(key, True, "0, 0.5 or 1")
        if node is None:
            return 0
        if node.kind not in ("int", "float") or node.value not in ("0", "0.5", "1"):
            self.report(f'"{key}" has to be 0, 0.5 or 1', key)
            return 0
        return float(node.value)

    def day(self, key: str) -> date:
        """Return a day written as YYYY-MM-DD; ``date.min`` when it is missing or wrong."""
        node = self._scalar(key, True, "a day such as 2026-11-22")
        if node is None:
            return date.min
        try:
            if node.kind not in ("timestamp", "str") or len(node.value) != len("2026-11-22"):
                raise ValueError(node.value)
            return date.fromisoformat(node.value)
        except ValueError:
            self.report(f'"{key}" has to be a day such as 2026-11-22', key)
            return date.min

    def child(self, key: str, *, required: bool = True) -> "Fields | None":
        """Return the fields of the mapping below ``key``."""
        node = self._take(key, required)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.report(f'"{key}" has to be a mapping', key)
            return None
        return Fields(node, self.sheet)

    def children(self, key: str, *, least: int = 1, most: int | None = None) -> "list[Fields]":
        """Return the mappings in the list below ``key``; required when ``least`` is above 0."""
        found = []
        for node in self._items(key, least, most):
            if isinstance(node, Mapping):
                found.append(Fields(node, self.sheet))
            else:
                self.sheet.report(node.line, f'each of "{key}" has to be a mapping')
        return found

    def _items(self, key: str, least: int, most: int | None) -> list[Node]:
        node = self._take(key, least > 0)
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.report(f'"{key}" has to be a list', key)
            return []
        if len(node.items) < least or (most is not None and len(node.items) > most):
            bounds = f"at least {least}" if most is None else f"{least} to {most}"
            self.report(f'"{key}" has {len(node.items)} entries; it needs {bounds}', key)
        return node.items

    def skip_all(self) -> None:
        """Let everything stand unread."""
        self._asked.update(self.node.entries)

    def finish(self) -> None:
        """Report missing and unknown fields; a misspelt one is reported once, as unknown."""
        missing = list(self._missing)
        unknown = [(key, line) for key, line in self.node.key_lines.items() if key not in self._asked]
        left = sorted(self._asked - self.node.entries.keys())
        for number, (key, line) in enumerate(unknown):
            # Looking for what was meant takes long, and whoever writes so many wrong ones has another mistake.
            near = difflib.get_close_matches(key, left, n=1) if number < _MOST_HINTS else []
            hint = f'; is it "{near[0]}"?' if near else ""
            self.sheet.report(line, f'unknown key "{key}"{hint}')
            if near and near[0] in missing:
                missing.remove(near[0])
        for key in missing:
            self.report(f'"{key}" is missing')
