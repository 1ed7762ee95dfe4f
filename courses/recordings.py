"""Whether an uploaded recording, film or caption file is what it says it is. Plain Python over bytes and text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

MOST_BYTES: Final = {"audio": 40_000_000, "video": 300_000_000, "captions": 1_000_000}
"""The most that a lesson's recording, film or captions may weigh: a phone on a camp's network has to carry it."""
HEAD_BYTES: Final = 64
"""How much of the beginning of a file says what it is."""
CONTENT_TYPES: Final = {
    ".opus": "audio/ogg",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".ogv": "video/ogg",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".weba": "audio/webm",
    ".flac": "audio/flac",
}
"""Of recordings and films whose names a system without a table of its own does not know, or another one otherwise."""

_TYPES: Final = {
    "ogg": frozenset({"audio/ogg", "video/ogg"}),
    "mp4": frozenset({"audio/mp4", "video/mp4", "video/quicktime"}),
    "webm": frozenset({"audio/webm", "video/webm"}),
    "mpeg": frozenset({"audio/mpeg", "audio/aac"}),
    "flac": frozenset({"audio/flac"}),
    "wave": frozenset({"audio/x-wav", "audio/wav"}),
}
_FILMS: Final = frozenset({"ogg", "mp4", "webm"})
_MOST_BOXES: Final = 100_000
"""A fragment a second for a day; a film of nothing but empty boxes would be read for minutes."""
_MOST_MS: Final = 24 * 60 * 60 * 1000
_MOST_PAGE_BYTES: Final = 27 + 255 + 255 * 255
_OPUS_SAMPLES_A_MS: Final = 48

# Players know no other digits; nothing lasts for more hours than six of them can say.
_TIME: Final = r"(?:([0-9]{2,6}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
# A tag ends before the next begins: a line of a million brackets is read once, not a million times.
_TAG: Final = re.compile(r"<[^<>]*>")
_CUE: Final = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?$")


class CaptionFault(StrEnum):
    """What can be wrong with a WebVTT file."""

    NOT_TEXT = "not_text"
    NO_HEADER = "no_header"
    EMPTY = "empty"
    BAD_TIME = "bad_time"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    OUT_OF_ORDER = "out_of_order"
    NOTHING_SAID = "nothing_said"
    AFTER_THE_END = "after_the_end"


@dataclass(frozen=True, slots=True)
class CaptionProblem:
    """One fault, and the line of the file, from 1, where it is."""

    fault: CaptionFault
    line: int


class BrokenOff(ValueError):
    """A recording or film ends before it is over, goes on after its end, or has no table of what is in it."""


def is_recording(head: bytes, *, kind: str, content_type: str) -> bool:
    """Return whether a file that begins with ``head`` is an ``audio`` or ``video`` (``kind``) as its name's type says.

    Ogg, MP4 and WebM carry both, and what carries both may be heard alone.
    """
    container = _container(head)
    return content_type in _TYPES.get(container, ()) and (kind == "audio" or container in _FILMS)


def _container(head: bytes) -> str:
    if head.startswith(b"ID3"):
        return "mpeg"
    # FF FE begins a text of 16 bits a letter.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] != 0xFE:
        return "mpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wave"
    if head[4:8] == b"ftyp":
        return "mp4"
    return {b"OggS": "ogg", b"\x1a\x45\xdf\xa3": "webm", b"fLaC": "flac"}.get(head[:4], "")


def length_ms(file: BinaryIO, *, size_bytes: int) -> int | None:
    """Return how long a recording or film says that it lasts; None where its kind does not say it in one place.

    MP3, WebM and the like play as far as they go, and are not looked through.

    Raises:
        BrokenOff: it is an MP4 or Ogg file that no player can play to its end, or one that says it lasts more than a day.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    match _container(head):
        case "mp4":
            found = _mp4_ms(file, size_bytes)
        case "ogg":
            found = _ogg_ms(file, size_bytes, is_opus=b"OpusHead" in head)
        case _:
            return None
    if found is not None and found > _MOST_MS:
        raise BrokenOff("nothing of this size lasts so long")
    return found


def _mp4_ms(file: BinaryIO, size_bytes: int) -> int | None:
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
    """Yield the kind, the beginning and the end of each box (ISO 14496-12, 4.2)."""
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


def _ogg_ms(file: BinaryIO, size_bytes: int, *, is_opus: bool) -> int | None:
    """Read the last page, which ends the file and says the last position (RFC 3533, 6)."""
    file.seek(max(0, size_bytes - _MOST_PAGE_BYTES))
    tail = file.read(_MOST_PAGE_BYTES)
    page = tail[tail.rfind(b"OggS") :] if b"OggS" in tail else b""
    segments = page[26] if len(page) > 26 else 0
    if len(page) < 27 or len(page) != 27 + segments + sum(page[27 : 27 + segments]):
        raise BrokenOff("the last page is not whole, or something follows it")
    position = int.from_bytes(page[6:14], "little", signed=True)
    return position // _OPUS_SAMPLES_A_MS if is_opus and position >= 0 else None


def caption_problems(data: bytes, *, film_ms: int | None = None) -> list[CaptionProblem]:
    """Return what is wrong with a WebVTT file: cues have to say something, end after they start, and be in order.

    Where it is known how long the film lasts, none starts when it is over: those are another film's.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [CaptionProblem(CaptionFault.NOT_TEXT, 1)]
    if "\0" in text:
        return [CaptionProblem(CaptionFault.NOT_TEXT, 1)]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"^WEBVTT(?:[ \t].*)?$", lines[0]):
        return [CaptionProblem(CaptionFault.NO_HEADER, 1)]
    problems: list[CaptionProblem] = []
    last_start = -1
    cues = 0
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        cues += 1
        times = _CUE.match(line)
        if times is None:
            problems.append(CaptionProblem(CaptionFault.BAD_TIME, number))
            continue
        start, end = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:])
        if end <= start:
            problems.append(CaptionProblem(CaptionFault.ENDS_BEFORE_IT_STARTS, number))
        if film_ms is not None and start > film_ms:
            problems.append(CaptionProblem(CaptionFault.AFTER_THE_END, number))
        if start < last_start:
            problems.append(CaptionProblem(CaptionFault.OUT_OF_ORDER, number))
        following = lines[number] if number < len(lines) else ""
        if "-->" in following or not _TAG.sub("", following).strip():
            problems.append(CaptionProblem(CaptionFault.NOTHING_SAID, number))
        last_start = start
    return problems if cues else [CaptionProblem(CaptionFault.EMPTY, 1)]


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
