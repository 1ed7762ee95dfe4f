"""Putting a file where somebody asked for it."""

import os
from pathlib import Path


def put(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path`` and move it there whole: nobody finds half a file, nor one that is in the way.

    Raises:
        OSError: it cannot be written there; what stood there before stays.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
