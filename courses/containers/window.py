"""A few bytes here and there of a large file, read a block at a time."""

from typing import BinaryIO, Final

_BLOCK_BYTES: Final = 1 << 16


class Window:
    """A file of which a block is in memory: the next pieces mostly stand in it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = 0
        self._block = b""

    def read(self, at: int, count: int) -> bytes:
        """Return ``count`` bytes from ``at``, at most a block; fewer where the file ends."""
        found = self._block[at - self._start : at - self._start + count] if at >= self._start else b""
        if len(found) < count:
            self._file.seek(at)
            self._start, self._block = at, self._file.read(_BLOCK_BYTES)
            found = self._block[:count]
        return found
