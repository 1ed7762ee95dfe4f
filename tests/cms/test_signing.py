"""The platform's signature."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cms import signing


@pytest.fixture(autouse=True)
def _fresh():
    signing._key.cache_clear()
    yield
    signing._key.cache_clear()


def test_what_is_signed_is_checked_with_the_public_key():
    Ed25519PublicKey.from_public_bytes(signing.public_key()).verify(signing.sign(b"said"), b"said")


def test_the_key_follows_from_the_secret_of_the_site(settings):
    settings.SECRET_KEY = "one"
    one = signing.public_key()
    settings.SECRET_KEY = "another"
    assert signing.public_key() != one
    settings.SECRET_KEY = "one"
    assert signing.public_key() == one


def test_a_configured_key_stays_when_the_secret_changes(settings):
    settings.EVIDENCE_SIGNING_KEY = base64.b64encode(bytes(range(32))).decode()
    expected = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
    settings.SECRET_KEY = "one"
    assert signing.public_key() == expected
    settings.SECRET_KEY = "another"
    assert signing.public_key() == expected


def test_a_fingerprint_is_eight_groups_of_four(settings):
    settings.EVIDENCE_SIGNING_KEY = base64.b64encode(bytes(range(32))).decode()
    assert signing.fingerprint() == "5647 5aa7 5463 474c 0285 df5d bf2b cab7"
