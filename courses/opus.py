"""Opus recordings in their Ogg files: joining several into one with chapters. Plain Python over bytes.

Nothing is coded anew: the packets of each recording follow those of the one before (RFC 7845; pages by RFC 3533). The
chapters stand in the comments as Xiph's Chapter Extension has them, which players for podcasts and books read.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from courses.containers.broken_off import BrokenOff
from courses.containers.ogg import last_page

SAMPLES_A_SECOND: Final = 48_000
"""How positions in an Opus file count, whatever was recorded."""

_PAGE: Final = struct.Struct("<4sBBqIIIB")
_HEAD_BYTES: Final = 64
_GAIN: Final = struct.Struct("<h")
_GAIN_AT: Final = 16
_GAIN_STEPS: Final = 256
"""To a decibel."""
_MOST_GAIN: Final = 0x7FFF
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_MOST_SEGMENTS: Final = 255
_PACKETS_A_PAGE: Final = 50
"""A second in packets of 20 ms: as far as a player that looks for a place may be off."""
_REVERSED: Final = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
# Of SILK, hybrid and CELT packets, by the first five bits (RFC 6716, 3.1).
_FRAME_SAMPLES: Final = (*(480, 960, 1920, 2880) * 3, *(480, 960) * 2, *(120, 240, 480, 960) * 4)


class NotOpus(ValueError):
    """These bytes are not one Opus recording in an Ogg file, or not one that goes with the others."""


def joined(recordings: Sequence[tuple[str, bytes]], *, title: str) -> bytes:
    """Return recordings, each with the title of its chapter, as one file; each begins where those before it end.

    Equal recordings give equal bytes.

    Raises:
        NotOpus: one is no Opus file, or its channels are not those of the first.
    """
    streams = [_Stream(data) for _, data in recordings]
    if not streams:
        raise NotOpus("there is nothing to join")
    head = streams[0].head
    chapters: list[tuple[str, int]] = []
    packets: list[bytes] = []
    length = 0
    for (name, _), stream in zip(recordings, streams, strict=True):
        # All but the two that differ from recording to recording and change nothing here: pre-skip and input rate.
        if (stream.head[:10], stream.head[16:]) != (head[:10], head[16:]):
            raise NotOpus("the recordings have different channels")
        chapters.append((name, length * 1000 // SAMPLES_A_SECOND))
        packets += stream.packets
        end = length + stream.end
        length += sum(map(packet_samples, stream.packets))
    return _file(head, _comments(title, chapters), packets, end)


def in_ogg(head: bytes, packets: Sequence[bytes]) -> bytes:
    """Return a recording that came in another file: its header and its packets, of which none is touched.

    Raises:
        NotOpus: the header is too short, or a packet is empty.
    """
    if len(head) < _GAIN.size + _GAIN_AT:
        raise NotOpus("no header")
    return _file(head, _comments("", ()), packets, sum(map(packet_samples, packets)))


def _file(head: bytes, comments: bytes, packets: Sequence[bytes], end: int) -> bytes:
    length = sum(map(packet_samples, packets))
    out = bytearray(_page([head], granule=0, number=0, flags=_FIRST))
    number = 1
    for page in _pages_of_one(comments, number):
        out += page
        number += 1
    position = 0
    for run in _runs(packets):
        position += sum(map(packet_samples, run))
        is_last = position == length
        out += _page(run, granule=end if is_last else position, number=number, flags=_LAST if is_last else 0)
        number += 1
    return bytes(out)


def length_ms(recording: bytes) -> int:
    """Return how long a recording lasts: what comes after it in a joined one begins so much later, to the millisecond.

    Raises:
        NotOpus: it is no Opus file.
    """
    return sum(map(packet_samples, _Stream(recording).packets)) * 1000 // SAMPLES_A_SECOND


def is_opus(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` says that it is an Opus recording in Ogg."""
    return head.startswith(b"OggS") and b"OpusHead" in head[:_HEAD_BYTES]


def is_whole(recording: bytes) -> bool:
    """Return whether a recording has its last page, and all of it."""
    try:
        return bool(last_page(recording)[5] & _LAST)
    except BrokenOff:
        return False


def louder(recording: bytes, *, decibels: float) -> bytes:
    """Return a recording that players play louder by ``decibels`` (below 0: less loud); no sample of it is touched.

    Only the output gain in its header changes (RFC 7845, 5.1), which every player has to apply.

    Raises:
        NotOpus: it is no Opus file, or its header stands in no page of its own.
    """
    # No more than the first page is looked at: what somebody brought may be made to be looked through for hours.
    if len(recording) < _PAGE.size or recording[:4] != b"OggS":
        raise NotOpus("no Ogg page")
    mark, version, flags, granule, serial, number, _, count = _PAGE.unpack_from(recording)
    body = _PAGE.size + count
    lacing = recording[_PAGE.size : body]
    head = recording[body : body + sum(lacing)]
    if not head.startswith(b"OpusHead") or len(head) < _GAIN.size + _GAIN_AT:
        raise NotOpus("no Opus recording")
    if lacing != _lacing(head):
        raise NotOpus("the header has no page of its own")
    [gain] = _GAIN.unpack_from(head, _GAIN_AT)
    gain = max(-_MOST_GAIN, min(_MOST_GAIN, gain + round(decibels * _GAIN_STEPS)))
    head = head[:_GAIN_AT] + _GAIN.pack(gain) + head[_GAIN_AT + _GAIN.size :]

    def page(checksum: int) -> bytes:
        return _PAGE.pack(mark, version, flags, granule, serial, number, checksum, count) + lacing + head

    return page(_checksum(page(0))) + recording[body + len(head) :]


def packet_samples(packet: bytes) -> int:
    """Return how long an Opus packet lasts, in samples.

    Raises:
        NotOpus: it is empty.
    """
    if not packet:
        raise NotOpus("an empty packet")
    frames = (1, 2, 2, (packet[1] & 0x3F) if len(packet) > 1 else 0)[packet[0] & 3]
    return _FRAME_SAMPLES[packet[0] >> 3] * frames


class _Stream:
    """The packets of one file: ``head``, the sound's, and the position of its ``end`` in samples."""

    def __init__(self, data: bytes) -> None:
        packets, self.end = _packets(data)
        if len(packets) < 3 or not packets[0].startswith(b"OpusHead") or not packets[1].startswith(b"OpusTags"):
            raise NotOpus("no Opus recording")
        self.head, self.packets = packets[0], packets[2:]


def _packets(data: bytes) -> tuple[list[bytes], int]:
    packets: list[bytes] = []
    begun = bytearray()
    at = end = 0
    while at < len(data):
        if len(data) < at + _PAGE.size:
            raise NotOpus("it breaks off")
        mark, _, _, granule, _, _, _, count = _PAGE.unpack_from(data, at)
        lengths = data[at + _PAGE.size : at + _PAGE.size + count]
        at += _PAGE.size + count
        if mark != b"OggS" or len(lengths) < count or len(data) < at + sum(lengths):
            raise NotOpus("no Ogg page, or one that breaks off")
        for length in lengths:
            begun += data[at : at + length]
            at += length
            if length < _MOST_SEGMENTS:
                packets.append(bytes(begun))
                begun.clear()
        end = max(end, granule)
    return packets, end


def _comments(title: str, chapters: Sequence[tuple[str, int]]) -> bytes:
    said = [f"TITLE={title}"] if title else []
    for number, (name, starts_at_ms) in enumerate(chapters, start=1):
        seconds, thousandths = divmod(starts_at_ms, 1000)
        time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
        said += [f"CHAPTER{number:03}={time}", f"CHAPTER{number:03}NAME={name}"]
    lines = [b"fieldfare", *(line.encode() for line in said)]
    counted = [struct.pack("<I", len(line)) + line for line in lines]
    return b"OpusTags" + counted[0] + struct.pack("<I", len(said)) + b"".join(counted[1:])


def _lacing(packet: bytes) -> bytes:
    whole, rest = divmod(len(packet), _MOST_SEGMENTS)
    return b"\xff" * whole + bytes([rest])


def _runs(packets: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield packets by the page."""
    run: list[bytes] = []
    segments = 0
    for packet in packets:
        needed = len(_lacing(packet))
        if run and (len(run) == _PACKETS_A_PAGE or segments + needed > _MOST_SEGMENTS):
            yield run
            run, segments = [], 0
        run.append(packet)
        segments += needed
    yield run


def _page(packets: Sequence[bytes], *, granule: int, number: int, flags: int) -> bytes:
    return _written(b"".join(map(_lacing, packets)), b"".join(packets), granule, number, flags)


def _pages_of_one(packet: bytes, number: int) -> Iterator[bytes]:
    """Yield one packet of any size, and nothing beside it, on as many pages as it needs."""
    lacing = _lacing(packet)
    for first in range(0, len(lacing), _MOST_SEGMENTS):
        part = lacing[first : first + _MOST_SEGMENTS]
        is_end = first + len(part) == len(lacing)
        body = packet[first * _MOST_SEGMENTS : first * _MOST_SEGMENTS + sum(part)]
        yield _written(part, body, 0 if is_end else -1, number, _CONTINUED if first else 0)
        number += 1


def _written(lacing: bytes, body: bytes, granule: int, number: int, flags: int) -> bytes:
    def page(checksum: int) -> bytes:
        return _PAGE.pack(b"OggS", 0, flags, granule, 1, number, checksum, len(lacing)) + lacing + body

    return page(_checksum(page(0)))


def _checksum(data: bytes) -> int:
    """Return Ogg's CRC: that of zlib with all bits the other way round, begun and ended with zeros."""
    mirrored = zlib.crc32(data.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "big").translate(_REVERSED)[::-1], "big")
