"""Whether a folder of curriculum files was loaded already, told from its bytes alone."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final

from courses.models import LoadedItem

_KEY: Final = "folder"


def folder_digest(root: Path) -> str:
    """Return the SHA-256 of all files below ``root``, names and bytes, in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(root).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_loaded(digest: str) -> bool:
    """Return whether the files with this digest were what was loaded last."""
    return LoadedItem.objects.filter(key=_KEY, digest=digest).exists()


def remember_folder(digest: str, *, at: datetime) -> None:
    """Keep the digest of what was just loaded."""
    LoadedItem.objects.update_or_create(key=_KEY, defaults={"digest": digest, "loaded_at": at})
