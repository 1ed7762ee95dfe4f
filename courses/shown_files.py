"""Addresses under which a reviewer opens the files of a text that they were shown, and nobody else any other."""

from typing import Final
from urllib.parse import urlencode

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

PARAMETER: Final = "shown"
_SALT: Final = "courses.shown_files"


def shown_url(url: str, *, name: str, reader: int) -> str:
    """Return ``url``, of the file ``name``, for the reviewer whose key is ``reader``; of another site it stays as it is."""
    if not url.startswith("/"):
        return url
    return f"{url}?{urlencode({PARAMETER: _signature(name, reader)})}"


def was_shown(signature: str, *, name: str, reader: int) -> bool:
    """Whether the file ``name`` stood in a text that was shown to the reviewer; nothing is asked of the database."""
    return bool(signature) and constant_time_compare(signature, _signature(name, reader))


def _signature(name: str, reader: int) -> str:
    return Signer(salt=_SALT).signature(f"{reader}:{name}")
