"""Whether an uploaded recording, film or caption file is what it says it is. Plain Python over bytes and text."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_BYTES: Final = {"audio": 40_000_000, "video": 300_000_000, "captions": 1_000_000}
"""The most that a lesson's recording, film or captions may weigh: a phone on a camp's network has to carry it."""
HEAD_BYTES: Final = 16
"""How much of a file ``kind_of`` looks at."""

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


@dataclass(frozen=True, slots=True)
class CaptionProblem:
    """One fault, and the line of the file, from 1, where it is."""

    fault: CaptionFault
    line: int


def kind_of(head: bytes) -> str:
    """Return ``audio``, ``video`` or ``either`` by the first bytes of a file, whatever its name says; else empty.

    Ogg, MP4 and WebM carry both.
    """
    if head.startswith((b"ID3", b"fLaC")) or (head[:4] == b"RIFF" and head[8:12] == b"WAVE"):
        return "audio"
    # FF FE begins a text of 16 bits a letter.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] != 0xFE:
        return "audio"
    if head.startswith((b"OggS", b"\x1a\x45\xdf\xa3")) or head[4:8] == b"ftyp":
        return "either"
    return ""


def caption_problems(data: bytes) -> list[CaptionProblem]:
    """Return what is wrong with a WebVTT file: cues have to say something, end after they start, and be in order."""
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
