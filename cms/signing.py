"""The platform's own signature under what leaves it: Ed25519 (RFC 8032)."""

import base64
import hashlib
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

SEED_BYTES: Final = 32


@lru_cache
def _key(configured: str, secret: str) -> Ed25519PrivateKey:
    if configured:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(configured, validate=True))
    # One secret fewer to keep: the key follows from the site's own. Who changes that keeps the old key in the setting.
    derived = HKDF(algorithm=SHA256(), length=SEED_BYTES, salt=None, info=b"fieldfare evidence signing 1")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(secret.encode()))


def _own_key() -> Ed25519PrivateKey:
    return _key(settings.EVIDENCE_SIGNING_KEY, settings.SECRET_KEY)


def sign(message: bytes) -> bytes:
    """Return the 64 bytes of the signature of ``message``."""
    return _own_key().sign(message)


def public_key() -> bytes:
    """Return the 32 bytes with which anybody can check what was signed here."""
    return _own_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint() -> str:
    """Return the fingerprint of this platform's public key."""
    return fingerprint_of(public_key())


def fingerprint_of(key: bytes) -> str:
    """Return a public key's SHA-256 as people compare it: eight groups of four hex digits, 128 bits."""
    digest = hashlib.sha256(key).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))
