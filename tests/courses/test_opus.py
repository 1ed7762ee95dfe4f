"""Recordings joined into one with chapters, and how loud they are when they are heard."""

import math
import re
import subprocess
import wave
from array import array
from io import BytesIO

import pytest

from courses.opus import NotOpus, joined, length_ms, packet_samples
from courses.renditions import speech
from courses.renditions.speech import Voice, speak
from tests.courses.recorded import recording

SPOKEN = pytest.mark.skipif(not speech.can_speak(), reason="espeak-ng and opus-tools are not installed")


def comments(data: bytes) -> list[str]:
    return re.findall(r"(?:TITLE|CHAPTER\d{3}(?:NAME)?)=[^\x00]+?(?=.\x00\x00\x00|OggS)", data.decode("latin-1"))


def test_chapters_begin_where_those_before_them_end() -> None:
    first, second = recording(packets=3_090), recording(packets=100)
    assert (length_ms(first), length_ms(second)) == (61_800, 2_000)
    whole = joined([("One", first), ("Two", second), ("Three", first)], title="Course")
    assert comments(whole) == [
        "TITLE=Course",
        "CHAPTER001=00:00:00.000", "CHAPTER001NAME=One",
        "CHAPTER002=00:01:01.800", "CHAPTER002NAME=Two",
        "CHAPTER003=00:01:03.800", "CHAPTER003NAME=Three",
    ]  # fmt: skip
    assert length_ms(whole) == 125_600
    assert whole == joined([("One", first), ("Two", second), ("Three", first)], title="Course")


def test_comments_longer_than_a_page_leave_the_sound_alone() -> None:
    sound = recording(packets=60)
    whole = joined([("x" * 70_000, sound), ("Two", sound)], title="Course")
    assert length_ms(whole) == 2_400
    assert whole.count(b"OggS") == 1 + 2 + 3


@pytest.mark.parametrize(
    ("packet", "samples"),
    [(b"\x48", 960), (b"\x08", 960), (b"\x18", 2_880), (b"\xf9\x00", 960 * 2), (b"\xe3\x05", 120 * 5), (b"\x70", 480)],
)
def test_packets_tell_how_long_they_last(packet: bytes, samples: int) -> None:
    assert packet_samples(packet) == samples


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"OggS",
        b"RIFF" + bytes(60),
        recording(packets=90)[:-1],
        recording(packets=0),
        recording(packets=2, packet=b""),
    ],
)
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises(NotOpus):
        joined([("One", recording(packets=1)), ("Two", data)], title="Course")


def test_other_channels_are_refused() -> None:
    with pytest.raises(NotOpus):
        joined([("One", recording(packets=1)), ("Two", recording(packets=1, channels=2))], title="Course")
    with pytest.raises(NotOpus):
        joined([], title="Course")


def said(words: str, language: str = "en-us") -> bytes:
    return speak(words, voice=Voice(language, ""), title="One", album="Course", number=1)


@SPOKEN
def test_other_programs_find_nothing_wrong(tmp_path) -> None:
    lessons = [("ਪਾਠ", said("ਸਤ ਸ੍ਰੀ ਅਕਾਲ।", "pa")), ("Two", said("Call for help. Do not go alone."))]
    file = tmp_path / "course.opus"
    file.write_bytes(joined(lessons, title="Course"))
    told = subprocess.run(["opusinfo", file], capture_output=True, text=True, check=True)
    assert "CHAPTER001NAME=ਪਾਠ\n" in told.stdout
    assert f"CHAPTER002=00:00:{length_ms(lessons[0][1]) / 1000:06.3f}\n" in told.stdout
    assert "WARNING" not in told.stdout + told.stderr
    assert "Logical stream 1 ended" in told.stdout


@SPOKEN
def test_what_was_quiet_and_what_was_loud_are_heard_alike(monkeypatch) -> None:
    words = "Somebody else holds her passport. She may be safe, and she may not. Ask her alone, and listen first."
    run = speech._run

    def made(amplitude: str, language: str = "en-us") -> float:
        def quieter(command, data):
            return run([*command, "-a", amplitude] if command[0] == "espeak-ng" else command, data)

        monkeypatch.setattr(speech, "_run", quieter)
        return loudness(
            samples(said(words if language == "en-us" else "ਉਸ ਦਾ ਪਾਸਪੋਰਟ ਕਿਸੇ ਹੋਰ ਕੋਲ ਹੈ। ਪਹਿਲਾਂ ਸੁਣੋ। ", language))
        )

    heard = {"quiet": made("25"), "loud": made("150"), "punjabi": made("100", "pa")}
    assert max(heard.values()) - min(heard.values()) < 2, heard
    # What broadcasters and makers of podcasts ask of one voice in one channel: about −19, within 3.
    assert all(-22 < each < -16 for each in heard.values()), heard


def samples(recorded: bytes) -> "array[int]":
    """Return what an Opus file sounds like, 48,000 samples a second."""
    done = subprocess.run(
        ["opusdec", "--quiet", "--rate", "48000", "-", "-"], input=recorded, capture_output=True, check=True
    )
    heard = array("h")
    if done.stdout[:4] == b"RIFF":
        with wave.open(BytesIO(done.stdout)) as opened:
            heard.frombytes(opened.readframes(opened.getnframes()))
    else:
        heard.frombytes(done.stdout)
    return heard


def loudness(heard: "array[int]") -> float:
    """Return the integrated loudness in LUFS (ITU-R BS.1770-4: weighted, in blocks of 400 ms, what is silent left out)."""
    # The two filters as the recommendation gives them for 48 kHz.
    weighted = filtered(
        filtered([each / 32768 for each in heard], (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
        (1.0, -2.0, 1.0),
        (-1.99004745483398, 0.99007225036621),
    )  # fmt: skip
    block, step = 19_200, 4_800
    powers = [
        sum(each * each for each in weighted[at : at + block]) / block
        for at in range(0, len(weighted) - block + 1, step)
    ]

    def level(kept: list[float]) -> float:
        return -0.691 + 10 * math.log10(sum(kept) / len(kept))

    audible = [each for each in powers if each > 0 and level([each]) > -70]
    gate = level(audible) - 10
    return level([each for each in audible if level([each]) > gate])


def filtered(x: list[float], b: tuple[float, ...], a: tuple[float, ...]) -> list[float]:
    x1 = x2 = y1 = y2 = 0.0
    out = []
    for x0 in x:
        y0 = b[0] * x0 + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
        out.append(y0)
        x2, x1, y2, y1 = x1, x0, y1, y0
    return out
