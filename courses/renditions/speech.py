"""A lesson read aloud by the machine: espeak-ng speaks, opusenc packs. Both are programs of the operator's system."""

import io
import re
import shutil
import subprocess
import sys
import wave
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings

from courses.sound import levelled

WORDS_A_MINUTE: Final = 150
PACKAGES: Final = ("espeak-ng", "opus-tools")
"""What Debian calls them."""
_BITRATE: Final = "24"
_TIMEOUT_SECONDS: Final = 300
_HEADER_BYTES: Final = 44
_PAUSE_SECONDS: Final = 1
"""Silence at the end, so that whoever hears the whole course hears where a lesson ends."""
_VOICES: Final = {
    "en": "en-us",
    "fr": "fr-fr",
    "es": "es-419",
    "pa": "pa",
    "zh-hans": "cmn",
    "zh-hant": "yue",
    "ar": "ar",
    "fa": "fa",
    "hi": "hi",
    "ko": "ko",
    "pt": "pt-br",
    "ru": "ru",
    "uk": "uk",
    "ur": "ur",
    "vi": "vi",
}
_DIGITS: Final = re.compile(r"\+?\d[\d\- ]{4,}\d")
_ENDED: Final = tuple(".!?:;…。！？؟।")


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the machine. ``identity`` changes with whatever makes it sound different: what was heard and accepted."""

    name: str
    identity: str


def voice_for(language: str) -> Voice | None:
    """Return the voice for a language; None where there is none, or the programs are not installed."""
    name = _VOICES.get(language)
    if not settings.SPEECH or name is None or name not in _installed_voices():
        return None
    return Voice(name, f"{_version()} {name} {WORDS_A_MINUTE}")


def can_speak() -> bool:
    """Return whether both programs are here."""
    return bool(shutil.which("espeak-ng") and shutil.which("opusenc"))


@cache
def _version() -> str:
    said = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    found = re.search(r"\d+\.\d+(?:\.\d+)?", said)
    return f"espeak-ng {found[0] if found else 'unknown'}"


@cache
def _installed_voices() -> frozenset[str]:
    if not can_speak():
        return frozenset()
    said = subprocess.run(["espeak-ng", "--voices"], capture_output=True, text=True, check=True, timeout=30).stdout
    return frozenset(line.split()[1] for line in said.splitlines()[1:] if len(line.split()) > 1)


def script(lines: Iterable[str]) -> str:
    """Return lines as a machine should read them: each a sentence, numbers to call digit by digit, no marks of print."""
    spoken = []
    for line in lines:
        said = line.lstrip("–[ ").rstrip("] ").replace("→", ",").replace("←", ",").replace(" · ", ", ")
        said = _DIGITS.sub(lambda found: _digit_by_digit(found[0]), said)
        spoken.append(said if not said or said.endswith(_ENDED) else f"{said}.")
    return "\n".join(spoken)


def _digit_by_digit(number: str) -> str:
    groups = re.findall(r"\d+", number)
    if len(groups) == 1 and len(groups[0]) < 7:
        return number
    return ", ".join(" ".join(group) for group in groups)


def speak(text: str, *, voice: Voice, title: str, album: str, number: int) -> bytes:
    """Return ``text`` read aloud as an Opus file with title, course and number in it; the same text gives the same bytes.

    Raises:
        subprocess.SubprocessError: a program failed or took too long.
    """
    command = ["espeak-ng", "-v", voice.name, "-s", str(WORDS_A_MINUTE), "-b", "1", "--stdin", "--stdout"]
    spoken = _run(command, text.encode())
    if len(spoken) <= _HEADER_BYTES:
        raise subprocess.SubprocessError("nothing was said")
    with wave.open(io.BytesIO(_with_length(spoken))) as recording:
        rate = recording.getframerate()
        samples = array("h", recording.readframes(recording.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    even = levelled(samples) + array("h", bytes(2 * rate * _PAUSE_SECONDS))
    if sys.byteorder == "big":
        even.byteswap()
    return _run(_packing(rate, title, album, number), even.tobytes())


def _with_length(spoken: bytes) -> bytes:
    """Return a WAV that says how long it is: written into a pipe, it could not know."""
    size = len(spoken) - _HEADER_BYTES
    head = spoken[:4] + (size + 36).to_bytes(4, "little") + spoken[8:40] + size.to_bytes(4, "little")
    return head + spoken[_HEADER_BYTES:]


def _packing(rate: int, title: str, album: str, number: int) -> Sequence[str]:
    return (
        *("opusenc", "--quiet", "--speech", "--bitrate", _BITRATE, "--comp", "5", "--padding", "0", "--serial", "1"),
        *("--raw", "--raw-rate", str(rate), "--raw-chan", "1", "--title", title, "--album", album),
        *("--tracknumber", str(number), "-", "-"),
    )


def _run(command: Sequence[str], data: bytes) -> bytes:
    done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=_TIMEOUT_SECONDS)
    return done.stdout
