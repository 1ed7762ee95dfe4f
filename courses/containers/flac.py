"""FLAC: what its first block says (RFC 9639, 8.2)."""

from typing import BinaryIO, Final

from courses.containers.broken_off import BrokenOff

_BLOCK_BYTES: Final = 42
"""The mark, the head of the first block, and that block."""


def length_ms(file: BinaryIO, size_bytes: int) -> int | None:
    """Return what a recording says of itself; None where it was made in one go and does not know.

    Raises:
        BrokenOff: the first block is not whole, or not the one that has to be there.
    """
    file.seek(0)
    head = file.read(_BLOCK_BYTES)
    if len(head) < _BLOCK_BYTES or head[4] & 0x7F or head[5:8] != b"\0\0\x22":
        raise BrokenOff("no block that says what it is")
    # Twenty bits of rate, eight of channels and width, thirty-six of samples.
    packed = int.from_bytes(head[18:26])
    rate, samples = packed >> 44, packed & (1 << 36) - 1
    if not rate:
        raise BrokenOff("no rate")
    return samples * 1000 // rate if samples else None
