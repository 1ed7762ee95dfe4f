"""ffmpeg, a program of the operator's system, told to read the one file on its standard input, and as what.

Files are made to break what reads them, or to let it read others: a list of parts (HLS, concat), a film whose sound
stands in another file. So ffmpeg does not guess what a file is, opens no second one, and has few decoders.
"""

import shutil
from collections.abc import Sequence
from typing import Final, Literal

from courses.renditions.confined import confined

_DEMUXERS: Final = {"mp4": "mov", "webm": "matroska", "ogg": "ogg", "adts": "aac"}
_DECODERS: Final = "aac,alac,flac,mp3float,opus,vorbis"
_PICTURE_DECODERS: Final = "vp9"
"""What an MP4 file says of VP9 stands in the pictures only; what it says of others is copied."""
# On Linux this opens the file anew, whether or not it has a name; a pipe could not be read from its end.
_IN: Final = "/dev/fd/0"
_OUT: Final = "/dev/fd/1"


def can_read(kept_in: str) -> bool:
    """Return whether sound that is kept so (``recordings.container``) is decoded here, and ffmpeg is installed."""
    return kept_in in _DEMUXERS and bool(shutil.which("ffmpeg"))


def decoding(kept_in: str, *, rate: int, most_seconds: int, form: Literal["wav", "s16le"] = "wav") -> Sequence[str]:
    """Return the command that writes the first sound of a file as one channel, for ``most_seconds``.

    As WAV, or in the ``form`` of samples with nothing before them.
    """
    return confined(
        [
            *_reading(kept_in, most_seconds),
            *("-map", "0:a:0", "-map_metadata", "-1", "-ac", "1", "-ar", str(rate), "-c:a", "pcm_s16le"),
            *("-bitexact", "-f", form, "pipe:1"),
        ]
    )


def copying_film(
    kept_in: str, *, written_as: str, sound: Sequence[str], most_seconds: int, most_bytes: int
) -> Sequence[str]:
    """Return the command that writes picture and sound of a film, and nothing that it says of itself.

    The picture is not touched; ``sound`` says what is done to the sound.
    """
    return confined(
        [
            *_reading(kept_in, most_seconds, f"{_DECODERS},{_PICTURE_DECODERS}"),
            # Whatever else is in it (where somebody stood, second by second) is no picture and no sound.
            *("-map", "0:V:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1"),
            *("-map_metadata:s:v", "-1", "-map_metadata:s:a", "-1", "-c:v", "copy", *sound),
            *("-bitexact", "-movflags", "+faststart", "-f", written_as, "-y", _OUT),
        ],
        most_written_bytes=most_bytes,
    )


def _reading(kept_in: str, most_seconds: int, decoders: str = _DECODERS) -> Sequence[str]:
    program = shutil.which("ffmpeg")
    assert program is not None
    demuxer = _DEMUXERS[kept_in]
    # In a film of ISO's kind, sound may be said to stand in another file.
    own = ("-enable_drefs", "0", "-use_absolute_path", "0") if demuxer == "mov" else ()
    return (
        *(program, "-nostdin", "-hide_banner", "-loglevel", "quiet", "-xerror", "-threads", "1"),
        *("-protocol_whitelist", "file", "-format_whitelist", demuxer, "-codec_whitelist", decoders),
        *("-f", demuxer, *own, "-t", str(most_seconds), "-i", f"file:{_IN}", "-sn", "-dn"),
    )
