"""Ogg: pages one after the other (RFC 3533)."""

from typing import BinaryIO, Final

from courses.containers.broken_off import BrokenOff

_MOST_HEAD_BYTES: Final = 64
_MOST_PAGE_BYTES: Final = 27 + 255 + 255 * 255
_OPUS_SAMPLES_A_MS: Final = 48


def length_ms(file: BinaryIO, size_bytes: int) -> int | None:
    """Return the last position of an Opus recording; None of what else comes in Ogg.

    Raises:
        BrokenOff: the last page is not whole, or something follows it.
    """
    file.seek(0)
    is_opus = b"OpusHead" in file.read(_MOST_HEAD_BYTES)
    # The last page ends the file and says the last position (6).
    file.seek(max(0, size_bytes - _MOST_PAGE_BYTES))
    page = last_page(file.read(_MOST_PAGE_BYTES))
    position = int.from_bytes(page[6:14], "little", signed=True)
    return position // _OPUS_SAMPLES_A_MS if is_opus and position >= 0 else None


def last_page(tail: bytes) -> bytes:
    """Return the page that ends a file of which ``tail`` is the end, or all.

    Raises:
        BrokenOff: it is not whole, or something follows it.
    """
    page = tail[tail.rfind(b"OggS") :] if b"OggS" in tail else b""
    segments = page[26] if len(page) > 26 else 0
    if len(page) < 27 or len(page) != 27 + segments + sum(page[27 : 27 + segments]):
        raise BrokenOff("the last page is not whole, or something follows it")
    return page
