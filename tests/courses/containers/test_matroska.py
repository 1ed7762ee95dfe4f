"""WebM: whole ones last as long as they say, cut ones are noticed, and what is made to be walked for ever ends."""

import io
import struct

import pytest

from courses.containers import matroska
from courses.containers.broken_off import BrokenOff


def element(kind: str, body: bytes, *, said: int | None = None) -> bytes:
    """Return an element of eight bytes of size; ``said`` is another size than it has."""
    return bytes.fromhex(kind) + b"\1" + (len(body) if said is None else said).to_bytes(7) + body


def info(steps: float, *, scale: int = 1_000_000, form: str = ">d") -> bytes:
    return element(
        "1549A966", element("2AD7B1", scale.to_bytes(4)) + element("4489", struct.pack(form, steps)) + b"\xec\x80"
    )


HEAD = element("1A45DFA3", b"webm")
CLUSTER = element("1F43B675", b"\xe7\x81\0" + element("A3", b"\x81\0\0\x80picture"))
UNKNOWN = b"\xff"
SEGMENT, LIVE_CLUSTER = bytes.fromhex("18538067"), bytes.fromhex("1F43B675") + UNKNOWN
FILM = HEAD + element("18538067", info(5_000) + CLUSTER * 2)
LIVE = HEAD + SEGMENT + UNKNOWN + (LIVE_CLUSTER + b"\xe7\x81\0" + element("A3", b"\x81\0\0\x80picture")) * 2


def lasts(data: bytes) -> int | None:
    return matroska.length_ms(io.BytesIO(data), len(data))


def test_a_whole_film_lasts_as_long_as_it_says():
    def of(said: bytes) -> int | None:
        return lasts(HEAD + element("18538067", said + CLUSTER))

    assert {
        "film": lasts(FILM),
        "short numbers": of(info(250.0, scale=20_000_000, form=">f")),
        "the first of two": of(info(5_000) + info(9_000)),
        "recorded live": lasts(LIVE),
        "says nothing": of(b""),
        "no number": of(info(float("nan"))),
        "for ever": of(info(float("inf"))),
        "before it starts": of(info(-1)),
    } == {
        "film": 5_000,
        "short numbers": 5_000,
        "the first of two": 5_000,
        "recorded live": None,
        "says nothing": None,
        "no number": None,
        "for ever": None,
        "before it starts": None,
    }


def test_every_byte_that_is_missing_is_noticed():
    whole = []
    for length in range(len(FILM)):
        try:
            lasts(FILM[:length])
        except BrokenOff:
            continue
        whole.append(length)
    assert whole == []


@pytest.mark.parametrize(
    "data",
    [
        LIVE[:-1],
        HEAD + SEGMENT + UNKNOWN,
        FILM + b"<script>alert(1)</script>",
        FILM + b"\0" * 20,
        HEAD + element("18538067", CLUSTER, said=2**56 - 2),
        HEAD + b"\x15\x49\xa9\x66" + UNKNOWN,
        HEAD + element("1549A966", bytes.fromhex("4489") + UNKNOWN) + CLUSTER,
        HEAD + element("1549A966", element("4489", b"", said=9)) + CLUSTER,
        b"",
    ],
)
def test_what_is_not_whole_or_no_film_is_refused(data):
    with pytest.raises(BrokenOff):
        lasts(data)


@pytest.mark.parametrize("piece", [b"\xec\x80", SEGMENT + UNKNOWN, SEGMENT + b"\x80", b"\x15\x49\xa9\x66\x80"])
def test_more_elements_than_any_film_has_are_not_walked(monkeypatch, piece):
    monkeypatch.setattr(matroska, "_MOST_ELEMENTS", 50)
    for data in (HEAD + piece * 60, HEAD + element("1549A966", piece * 60) + CLUSTER):
        with pytest.raises(BrokenOff):
            lasts(data)


def test_a_file_that_is_shorter_than_its_storage_says_breaks_off():
    with pytest.raises(BrokenOff):
        matroska.length_ms(io.BytesIO(FILM), len(FILM) + 1)


def recorded(*tracks: bytes, blocks: bytes, live: bool = True) -> bytes:
    """Return what a browser records, or with ``live`` false what a program wrote that could go back."""
    inside = element("1654AE6B", b"".join(tracks))
    if live:
        return HEAD + SEGMENT + UNKNOWN + inside + LIVE_CLUSTER + blocks
    return HEAD + element("18538067", inside + element("1F43B675", blocks))


OPUS_HEAD = b"OpusHead\1\1" + b"\0" * 9
TRACK = element("AE", element("86", b"A_OPUS") + element("63A2", OPUS_HEAD))
BLOCKS = element("A3", b"\x81\0\0\x80\x08one") + element("A0", element("A1", b"\x81\0\x14\0\x08two"))


def opus(data: bytes) -> tuple[bytes, list[bytes]] | None:
    return matroska.opus_packets(io.BytesIO(data), len(data))


def test_the_opus_of_a_recording_is_its_header_and_its_packets():
    for live in (True, False):
        assert opus(recorded(TRACK, blocks=BLOCKS, live=live)) == (OPUS_HEAD, [b"\x08one", b"\x08two"])


@pytest.mark.parametrize(
    "data",
    [
        FILM,
        recorded(TRACK, TRACK, blocks=BLOCKS),
        recorded(TRACK.replace(b"A_OPUS", b"A_AAC/"), blocks=BLOCKS),
        recorded(TRACK.replace(b"OpusHead", b"OpusHeap"), blocks=BLOCKS),
        recorded(TRACK, blocks=b""),
        # Laced, without a packet, and larger than any is.
        recorded(TRACK, blocks=element("A3", b"\x81\0\0\x82\x08one")),
        recorded(TRACK, blocks=element("A3", b"\x81\0\0\x80")),
        recorded(TRACK, blocks=element("A3", b"\x81\0\0\x80" + b"\0" * 70_000)),
    ],
)
def test_what_is_not_one_track_of_opus_has_no_packets(data):
    assert opus(data) is None
