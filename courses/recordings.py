"""Whether an uploaded recording, film or caption file is what it says it is. Plain Python over bytes and text."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import BinaryIO, Final

from courses.containers import flac, matroska, mp4, mpeg, ogg, wave
from courses.containers.broken_off import BrokenOff

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
    "adts": frozenset({"audio/mpeg", "audio/aac"}),
    "flac": frozenset({"audio/flac"}),
    "wave": frozenset({"audio/x-wav", "audio/wav"}),
}
_FILMS: Final = frozenset({"ogg", "mp4", "webm"})
_LOOKS: Final = {
    "ogg": ogg.length_ms,
    "mp4": mp4.length_ms,
    "webm": matroska.length_ms,
    "mpeg": mpeg.length_ms,
    "adts": mpeg.length_ms,
    "wave": wave.length_ms,
    "flac": flac.length_ms,
}
_MOST_MS: Final = 24 * 60 * 60 * 1000

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


def is_recording(head: bytes, *, kind: str, content_type: str) -> bool:
    """Return whether a file that begins with ``head`` is an ``audio`` or ``video`` (``kind``) as its name's type says.

    Ogg, MP4 and WebM carry both, and what carries both may be heard alone.
    """
    kept_in = container(head)
    return content_type in _TYPES.get(kept_in, ()) and (kind == "audio" or kept_in in _FILMS)


def container(head: bytes) -> str:
    """Return in what a file that begins with ``head`` keeps its sound, such as ``mp4``; "" where it is no recording."""
    if head.startswith(b"ID3"):
        return "mpeg"
    # FF FE begins a text of 16 bits a letter.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] != 0xFE:
        # In layer 0 there is no MPEG sound: it is AAC.
        return "mpeg" if head[1] & 0x06 else "adts"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wave"
    if head[4:8] == b"ftyp":
        return "mp4"
    return {b"OggS": "ogg", b"\x1a\x45\xdf\xa3": "webm", b"fLaC": "flac"}.get(head[:4], "")


def length_ms(file: BinaryIO, *, size_bytes: int) -> int | None:
    """Return how long a recording or film lasts; None where its kind does not say it in one place.

    It is walked from piece to piece, in Ogg looked at from its end; nothing in it is decoded.

    Raises:
        BrokenOff: no player can play it to its end, or it says that it lasts more than a day.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    look = _LOOKS.get(container(head))
    found = look(file, size_bytes) if look else None
    if found is not None and found > _MOST_MS:
        raise BrokenOff("nothing of this size lasts so long")
    return found


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
        if "-->" in following or not _says_something(following):
            problems.append(CaptionProblem(CaptionFault.NOTHING_SAID, number))
        last_start = start
    return problems if cues else [CaptionProblem(CaptionFault.EMPTY, 1)]


def _says_something(line: str) -> bool:
    """Return whether there is more in a line than tags, spaces of any kind and marks that nobody sees."""
    return any(unicodedata.category(letter)[0] not in "ZC" for letter in unescape(_TAG.sub("", line)))


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
