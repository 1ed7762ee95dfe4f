"""MP3 (ISO 11172-3, 13818-3) and AAC in ADTS (13818-7): frames one after the other, each of which says its length."""

from typing import BinaryIO, Final, NamedTuple

from courses.containers.broken_off import BrokenOff
from courses.containers.window import Window

_MOST_PIECES: Final = 1_000_000
"""Seven hours of MP3; a file of nothing but empty frames would be read for a minute."""
_MOST_PADDING_BYTES: Final = 4096
_LONGEST_HEAD: Final = 10
_ENDS: Final = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")
"""With what begins that follows the sound: titles and words, which players read from the end of the file."""
_FREE: Final = 0
"""The bit rate of frames whose length is to be found by looking for the next."""

# Thousands of bits a second by version and layer, at the indices 1 to 14.
_RATES_1_II: Final = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_RATES_1_III: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2_I: Final = (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_RATES_2: Final = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_LAYER_I, _LAYER_II, _LAYER_III = 3, 2, 1
_BIT_RATES: Final = {
    (True, _LAYER_I): tuple(range(32, 449, 32)),
    (True, _LAYER_II): _RATES_1_II,
    (True, _LAYER_III): _RATES_1_III,
    (False, _LAYER_I): _RATES_2_I,
    (False, _LAYER_II): _RATES_2,
    (False, _LAYER_III): _RATES_2,
}
_SAMPLE_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""By the two bits of the version: 1, 2 and 2.5."""
_ADTS_SAMPLE_RATES: Final = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
)  # fmt: skip


class _Frame(NamedTuple):
    size_bytes: int
    samples: int
    rate: int

    @property
    def ms(self) -> float:
        return self.samples * 1000 / self.rate


def length_ms(file: BinaryIO, size_bytes: int) -> int | None:
    """Return how long the frames last together; None where they do not say how long they are.

    Raises:
        BrokenOff: the last frame is not whole, frames are missing of those that the first one counts, or what stands
            between or after them is neither a frame nor a title.
    """
    window = Window(file)
    at, ms, frames, promised = 0, 0.0, 0, 0
    for _ in range(_MOST_PIECES):
        if at >= size_bytes:
            break
        head = window.read(at, _LONGEST_HEAD)
        if head.startswith(b"ID3"):
            at += _tag_bytes(head)
        elif head[:1] == b"\0":
            at += _padding_bytes(window, at, size_bytes)
        elif frames and head.startswith(_ENDS):
            break
        else:
            frame = _frame(head)
            if frame.size_bytes == _FREE:
                return None
            frames += 1
            if frames == 1 and (counted := _counted(window, at, head)):
                promised = counted
            else:
                ms += frame.ms
            at += frame.size_bytes
    else:
        raise BrokenOff("more frames than any recording has")
    if at > size_bytes:
        raise BrokenOff("the last frame or title goes on after the end")
    # Some count the frame that counts.
    if not frames or frames < promised:
        raise BrokenOff(f"{frames} frames of {promised}")
    return round(ms)


def _tag_bytes(head: bytes) -> int:
    """Return how much of the file titles and pictures before the sound take (ID3v2.4, 3.1)."""
    size = 0
    for part in head[6:10]:
        size = size << 7 | part & 0x7F
    return 10 + size + (10 if len(head) > 5 and head[5] & 0x10 else 0)


def _padding_bytes(window: Window, at: int, size_bytes: int) -> int:
    found = window.read(at, _MOST_PADDING_BYTES)
    count = len(found) - len(found.lstrip(b"\0"))
    if count == _MOST_PADDING_BYTES and at + count < size_bytes:
        raise BrokenOff("nothing, where sound should be")
    return count


def _frame(head: bytes) -> _Frame:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        raise BrokenOff("no frame where one should begin")
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if layer == 0:
        return _adts_frame(head)
    bits, rates, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version not in _SAMPLE_RATES or bits == 15 or rates == 3:
        raise BrokenOff("no frame where one should begin")
    rate = _SAMPLE_RATES[version][rates]
    samples = 384 if layer == _LAYER_I else 576 if layer == _LAYER_III and version != 3 else 1152
    if bits == 0:
        return _Frame(_FREE, samples, rate)
    bit_rate = _BIT_RATES[version == 3, layer][bits - 1] * 1000
    # In layer I what a frame is made of has four bytes.
    slot = 4 if layer == _LAYER_I else 1
    return _Frame((samples // 8 // slot * bit_rate // rate + padding) * slot, samples, rate)


def _adts_frame(head: bytes) -> _Frame:
    rates = head[2] >> 2 & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5 if len(head) > 6 else 0
    if head[1] & 0xF0 != 0xF0 or rates >= len(_ADTS_SAMPLE_RATES) or size < 7:
        raise BrokenOff("no frame where one should begin")
    return _Frame(size, 1024 * ((head[6] & 3) + 1), _ADTS_SAMPLE_RATES[rates])


def _counted(window: Window, at: int, head: bytes) -> int:
    """Return how many frames follow, where the first one of an MP3 says it instead of having sound (Xing, VBRI)."""
    if head[1] >> 1 & 3 != _LAYER_III:
        return 0
    frame = window.read(at, 64)
    is_first_version, is_mono = head[1] >> 3 & 3 == 3, head[3] >> 6 == 3
    after = 4 + ((17 if is_mono else 32) if is_first_version else (9 if is_mono else 17))
    if frame[after : after + 4] in (b"Xing", b"Info") and frame[after + 7 : after + 8] and frame[after + 7] & 1:
        return int.from_bytes(frame[after + 8 : after + 12])
    if frame[36:40] == b"VBRI":
        return int.from_bytes(frame[50:54])
    return 0
