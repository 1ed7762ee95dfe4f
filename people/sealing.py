"""Files that people upload lie encrypted in the database: who reads a copy of it reads no list of people."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PART_BYTES: Final = 256 * 1024
_PURPOSE: Final = b"people.sealing"


def seal(content: bytes) -> bytes:
    """Return ``content`` encrypted with a key made from the present secret key."""
    return _cipher().encrypt(content)


def unseal(sealed: bytes) -> bytes:
    """Return what ``seal`` made, also with a former secret key.

    Raises:
        cryptography.fernet.InvalidToken: it was sealed with another key, or changed.
    """
    return _cipher().decrypt(sealed)


def pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a stream of any blocks into pieces of ``PART_BYTES``."""
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            del held[:PART_BYTES]
    if held:
        yield bytes(held)


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret.encode())) for secret in secrets])


def _key(secret: bytes) -> bytes:
    return urlsafe_b64encode(HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret))
