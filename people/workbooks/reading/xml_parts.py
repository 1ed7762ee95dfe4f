"""XML of others: no document type, so no entity of its own; read as a stream by the parser of the standard library."""

import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any, Final
from xml.etree.ElementTree import iterparse
from xml.parsers import expat

from people.workbooks.problems import Problem
from people.workbooks.reading.source import rejected

BLOCK_BYTES: Final = 64 * 1024


class _Begun(Exception):
    """The outermost element begins; what may not stand before it does not."""


def parser_of(
    *, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], text: Callable[[str], None]
) -> expat.XMLParserType:
    """Return a parser that is fed in blocks; names are ``namespace name``.

    Fed with a document type, it raises ``WorkbookRefused``: workbooks have none, and entities grow in them.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def fed(parser: expat.XMLParserType, part: IO[bytes]) -> Iterator[None]:
    """Feed a parser block by block; yield after each, so that what was found can be taken."""
    while block := part.read(BLOCK_BYTES):
        parser.Parse(block, False)
        yield
    parser.Parse(b"", True)
    yield


def elements(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the beginnings and ends of a part's elements.

    Raises:
        WorkbookRefused: the part has a document type.
    """
    with archive.open(name) as part:
        _check_beginning(part)
    with archive.open(name) as part:
        yield from iterparse(part, events=("start", "end"))


def _check_beginning(part: IO[bytes]) -> None:
    # A document type stands before the outermost element or nowhere.
    def begun(*_: Any) -> None:
        raise _Begun

    parser = parser_of(start=begun, end=lambda name: None, text=lambda text: None)
    try:
        for _ in fed(parser, part):
            pass
    except _Begun:
        pass


def _refuse(*_: Any) -> None:
    raise rejected(Problem.TOO_MUCH_INSIDE)
