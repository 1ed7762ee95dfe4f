"""YAML files as trees that remember their lines.

Only the plain part of YAML is read: mappings, sequences and scalars. Anchors, aliases (and with them the
"billion laughs"), tags, several documents in one file, tabs, and keys given twice are problems. The tree is
built from the parser's events, without recursion, and never makes an object of a file's choosing.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from courses.curriculum.problems import Problem

MAX_FILE_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 20

# libyaml's parser where PyYAML was built with it: the same events, twenty times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = Resolver()


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: ``kind`` is what YAML takes it for (``str``, ``int``, ``bool``, ``null``, ``timestamp`` …)."""

    line: int
    value: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    line: int
    items: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Values by key, with the line of each key; of a key given twice the first stays."""

    line: int
    entries: dict[str, "Node"] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


class _Refused(Exception):
    """The file uses something that curriculum files do without."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def load_document(file: Path, *, path: str, problems: list[Problem]) -> Node | None:
    """Return the tree of ``file``, or None when it cannot be read as one; adds what is wrong to ``problems``.

    ``path`` is how problems name the file. A file above ``MAX_FILE_BYTES`` is not read at all.
    """
    text = _read_text(file, path, problems)
    if text is None:
        return None
    tabs = [number for number, line in enumerate(text.split("\n"), start=1) if "\t" in line]
    if tabs:
        problems += [Problem(path, number, "a tab; indent with spaces") for number in tabs]
        return None
    try:
        return _build(text, path, problems)
    except _Refused as refused:
        problems.append(Problem(path, refused.line, refused.message))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        position = getattr(error, "position", None)
        line = mark.line + 1 if mark else text.count("\n", 0, position or 0) + 1
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
        problems.append(Problem(path, line, f"not valid YAML: {reason}"))
    return None


def _read_text(file: Path, path: str, problems: list[Problem]) -> str | None:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_FILE_BYTES + 1)
    except OSError:
        problems.append(Problem(path, 1, "the file cannot be opened"))
        return None
    if len(data) > MAX_FILE_BYTES:
        problems.append(Problem(path, 1, f"the file is larger than {MAX_FILE_BYTES} bytes"))
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        problems.append(Problem(path, data.count(b"\n", 0, error.start) + 1, "not UTF-8 text"))
        return None


class _Tree:
    """The nodes that are still open while events come in."""

    def __init__(self, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.root: Node | None = None
        self.open: list[Sequence | Mapping] = []
        # For each open mapping the key that waits for its value.
        self.keys: list[Scalar | None] = []

    def add(self, node: Node) -> None:
        """Put ``node`` where it belongs: as root, item, key or value."""
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            if not isinstance(node, Scalar):
                raise _Refused(node.line, "a key has to be a plain word")
            self.keys[-1] = node
            return
        self.keys[-1] = None
        if key.value in parent.entries:
            first = parent.key_lines[key.value]
            self.problems.append(Problem(self.path, key.line, f'key "{key.value}" again; first on line {first}'))
            return
        parent.entries[key.value] = node
        parent.key_lines[key.value] = key.line

    def enter(self, node: Sequence | Mapping) -> None:
        """Open ``node`` for what comes next."""
        if len(self.open) == MAX_DEPTH:
            raise _Refused(node.line, f"nested deeper than {MAX_DEPTH} levels")
        self.add(node)
        self.open.append(node)
        self.keys.append(None)

    def leave(self) -> None:
        """Close the node that was opened last."""
        self.open.pop()
        self.keys.pop()


def _build(text: str, path: str, problems: list[Problem]) -> Node | None:
    tree = _Tree(path, problems)
    documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(line, "anchors and aliases (& and *) are not used here; write the text out")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise _Refused(line, f"tags ({tag}) are not used here")
        match event:
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise _Refused(line, "a second document; one file holds one")
            case yaml.ScalarEvent():
                plain = event.style is None or event.style == ""
                kind = _RESOLVER.resolve(ScalarNode, event.value, (True, False)) if plain else "str"
                tree.add(Scalar(line, event.value, kind.rpartition(":")[2]))
            case yaml.SequenceStartEvent():
                tree.enter(Sequence(line))
            case yaml.MappingStartEvent():
                tree.enter(Mapping(line))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                tree.leave()
    if tree.root is None:
        raise _Refused(1, "the file is empty")
    return tree.root
