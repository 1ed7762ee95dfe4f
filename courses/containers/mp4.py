"""MP4 and QuickTime: boxes in boxes (ISO 14496-12)."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from courses.containers.broken_off import BrokenOff

_MOST_BOXES: Final = 100_000
"""A fragment a second for a day; a film of nothing but empty boxes would be read for minutes."""


def length_ms(file: BinaryIO, size_bytes: int) -> int | None:
    """Return what the table of a film says; None where it leaves it to its fragments.

    Raises:
        BrokenOff: a box goes on after the end, or there is no table.
    """
    table = None
    for kind, start, end in _boxes(file, 0, size_bytes):
        if kind == b"moov":
            table = start, end
    if table is None:
        raise BrokenOff("no table of what is in it")
    for kind, start, _ in _boxes(file, *table):
        if kind == b"mvhd":
            file.seek(start)
            about = file.read(32)
            at, width = (20, 8) if about[:1] == b"\1" else (12, 4)
            scale = int.from_bytes(about[at : at + 4])
            duration = about[at + 4 : at + 4 + width]
            # All ones: unknown; none: told fragment by fragment.
            known = scale and duration.strip(b"\xff") and any(duration)
            return int.from_bytes(duration) * 1000 // scale if known else None
    raise BrokenOff("no header of the film")


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind, the beginning and the end of each box (4.2)."""
    at = start
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(min(16, end - at))
        # A few bytes after the last box are skipped by every player.
        if len(head) < 8:
            return
        size, body = int.from_bytes(head[:4]), at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:]), at + 16
        elif size == 0:
            size = end - at
        if at + size < body or at + size > end:
            raise BrokenOff("a box goes on after the end")
        yield head[4:8], body, at + size
        at += size
    raise BrokenOff("more boxes than any film has")
