"""Wave: chunks that say their size."""

from typing import BinaryIO, Final

from courses.containers.broken_off import BrokenOff

_UNKNOWN: Final = (0, 0xFFFFFFFF)
"""What a program writes that cannot go back to the beginning when it is done."""


def length_ms(file: BinaryIO, size_bytes: int) -> None:
    """Look whether all that the first chunk speaks of is there.

    Raises:
        BrokenOff: some of it is not.
    """
    file.seek(4)
    said = int.from_bytes(file.read(4), "little")
    # Many leave out the byte that makes the last chunk even.
    if said not in _UNKNOWN and said + 8 > size_bytes + 1:
        raise BrokenOff("it says that it is longer")
