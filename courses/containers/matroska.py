"""WebM and Matroska: elements in elements (RFC 8794, RFC 9559)."""

import math
import struct
from typing import BinaryIO, Final, NamedTuple

from courses.containers.broken_off import BrokenOff
from courses.containers.window import Window

_MOST_ELEMENTS: Final = 1_000_000
"""Hours of a film that was recorded live, whose every picture is walked over; the walk takes seconds."""
_LONGEST_HEAD: Final = 12
_SEGMENT: Final = 0x18538067
_TRACKS: Final = 0x1654AE6B
_TRACK: Final = 0xAE
_CODEC: Final = 0x86
_CODEC_HEAD: Final = 0x63A2
_GROUP: Final = 0xA0
_BLOCK: Final = 0xA1
_SIMPLE_BLOCK: Final = 0xA3
_LACED: Final = 0x06
_MOST_HEAD_BYTES: Final = 1 << 10
_MOST_PACKET_BYTES: Final = 1 << 16
"""What is read at once; no packet of Opus is larger."""
_CLUSTER: Final = 0x1F43B675
_INFO: Final = 0x1549A966
_SCALE: Final = 0x2AD7B1
_DURATION: Final = 0x4489
_USUAL_SCALE: Final = 1_000_000
"""Nanoseconds to a step."""
_NANOSECONDS_A_MS: Final = 1_000_000


class _Element(NamedTuple):
    kind: int
    body: int
    end: int | None
    """None where it ends with what cannot stand in it: programs that record live do not know its size yet."""


def length_ms(file: BinaryIO, size_bytes: int) -> int | None:
    """Return what a film says of itself; None where it was recorded live and says nothing.

    Raises:
        BrokenOff: an element goes on after the end, or there is neither sound nor picture.
    """
    window = Window(file)
    at, length, info, has_cluster = 0, None, None, False
    for _ in range(_MOST_ELEMENTS):
        if at == size_bytes:
            break
        element = _element(window, at, size_bytes)
        if element.end is None and element.kind not in (_SEGMENT, _CLUSTER):
            raise BrokenOff("an element that does not say its size")
        has_cluster |= element.kind == _CLUSTER
        if element.kind == _INFO and element.end is not None and info is None:
            info = element
            length = _said_ms(window, element.body, element.end)
        # What stands in these is walked over as if it stood beside them.
        at = element.body if element.end is None or element.kind == _SEGMENT else element.end
    else:
        raise BrokenOff("more elements than any film has")
    if not has_cluster:
        raise BrokenOff("neither sound nor picture")
    return length


def opus_packets(file: BinaryIO, size_bytes: int) -> tuple[bytes, list[bytes]] | None:
    """Return the header and the packets of a recording that is one track of Opus; None of anything else.

    Raises:
        BrokenOff: as ``length_ms``.
    """
    window = Window(file)
    at, tracks, codec, head = 0, 0, b"", b""
    packets: list[bytes] = []
    for _ in range(_MOST_ELEMENTS):
        if at == size_bytes:
            break
        element = _element(window, at, size_bytes)
        at = element.body
        if element.end is None or element.kind in (_SEGMENT, _CLUSTER, _TRACKS, _TRACK, _GROUP):
            tracks += element.kind == _TRACK
            continue
        at = element.end
        size = element.end - element.body
        if element.kind == _CODEC:
            codec = window.read(element.body, min(size, _LONGEST_HEAD))
        elif element.kind == _CODEC_HEAD:
            head = window.read(element.body, min(size, _MOST_HEAD_BYTES))
        elif element.kind in (_BLOCK, _SIMPLE_BLOCK):
            # The number of the track in one byte, two of time, one that says whether packets are laced together.
            block = window.read(element.body, min(size, _MOST_PACKET_BYTES))
            if len(block) < size or size < 5 or block[3] & _LACED:
                return None
            packets.append(block[4:])
    else:
        raise BrokenOff("more elements than any film has")
    is_opus = tracks == 1 and codec == b"A_OPUS" and head.startswith(b"OpusHead") and packets
    return (head, packets) if is_opus else None


def _element(window: Window, at: int, limit: int) -> _Element:
    head = window.read(at, min(_LONGEST_HEAD, limit - at))
    if not head:
        raise BrokenOff("no element where one should begin")
    # As many bytes as zeros stand before the first one, and that one.
    kind_bytes = 9 - head[0].bit_length()
    rest = head[kind_bytes:]
    if kind_bytes > 4 or not rest:
        raise BrokenOff("no element where one should begin")
    size_bytes = 9 - rest[0].bit_length()
    if size_bytes > 8 or len(rest) < size_bytes:
        raise BrokenOff("no element where one should begin")
    bits = 7 * size_bytes
    size = int.from_bytes(rest[:size_bytes]) & (1 << bits) - 1
    kind, body = int.from_bytes(head[:kind_bytes]), at + kind_bytes + size_bytes
    if size == (1 << bits) - 1:
        return _Element(kind, body, None)
    if body + size > limit:
        raise BrokenOff("an element goes on after the end")
    return _Element(kind, body, body + size)


def _said_ms(window: Window, start: int, end: int) -> int | None:
    at, scale, steps = start, _USUAL_SCALE, None
    for _ in range(_MOST_ELEMENTS):
        if at == end:
            break
        element = _element(window, at, end)
        if element.end is None:
            raise BrokenOff("an element that does not say its size")
        if element.kind in (_SCALE, _DURATION):
            value = window.read(element.body, min(8, element.end - element.body))
            if element.kind == _SCALE:
                scale = int.from_bytes(value)
            elif len(value) in (4, 8):
                [steps] = struct.unpack(">f" if len(value) == 4 else ">d", value)
        at = element.end
    else:
        raise BrokenOff("more elements than any film has")
    if steps is None or not math.isfinite(steps) or steps <= 0:
        return None
    return int(steps) * scale // _NANOSECONDS_A_MS
