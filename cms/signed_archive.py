"""A zip whose every file is named, with its SHA-256, in a list that the platform signs."""

import base64
import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection
from typing import IO, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cms import signing
from cms.strict_json import load_strictly

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
PUBLIC_KEY: Final = "public-key.txt"
# What cannot be named in the list of files, since it is about that list.
_APART: Final = (MANIFEST, SIGNATURE, PUBLIC_KEY)
_APART_MOST_BYTES: Final = 5_000_000
_PIECE_BYTES: Final = 1 << 20
# What reading a file of a zip that is damaged, or made to harm, may raise.
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


class ArchiveRefused(Exception):
    """The archive is not what it should be; ``problems`` names each file and what is wrong with it."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class SignedArchive:
    """An archive being written; remembers the hash of all that goes in."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        self.files: list[dict[str, Any]] = []

    def add(self, name: str, content: bytes) -> None:
        """Add a file that the list names."""
        self._write(name, content)
        self.files.append({"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)})

    def close(self, about: dict[str, Any]) -> None:
        """Sign the list of files, with what the archive says ``about`` itself, and end it."""
        manifest = json.dumps({**about, "files": self.files}, ensure_ascii=False, indent=1).encode()
        self._write(MANIFEST, manifest)
        self._write(SIGNATURE, base64.b64encode(signing.sign(manifest)) + b"\n")
        self._write(PUBLIC_KEY, base64.b64encode(signing.public_key()) + b"\n")
        self._zip.close()

    def _write(self, name: str, content: bytes) -> None:
        # One date for all: an archive shows no clock times.
        self._zip.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


class OpenedArchive:
    """An archive whose signature and every file were checked; files are read one at a time, never unpacked to disk."""

    def __init__(self, zipped: zipfile.ZipFile, manifest: dict[str, Any], signer: str) -> None:
        self._zip = zipped
        self.manifest = manifest
        self.signer = signer
        """The fingerprint of the key that signed it."""

    @property
    def names(self) -> list[str]:
        """Return the names of the listed files, in the order of the list."""
        return [entry["name"] for entry in self.manifest["files"]]

    def read(self, name: str) -> bytes:
        """Return a listed file."""
        return self._zip.read(name)


def open_signed(
    stream: IO[bytes], *, trusted: Collection[bytes], most_files: int, most_bytes: int, most_total_bytes: int
) -> OpenedArchive:
    """Return the archive in ``stream``, signed by one of the ``trusted`` public keys (32 bytes each).

    The signature is checked before anything else is believed, and sizes before anything is read.

    Raises:
        ArchiveRefused: no zip, not signed, changed since, signed by a stranger, or too large; says what.
    """
    try:
        zipped = zipfile.ZipFile(stream)
        entries = zipped.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveRefused("this is not a zip file, or it is cut off") from error
    _refuse_sizes(entries, most_files=most_files, most_bytes=most_bytes, most_total_bytes=most_total_bytes)
    names = [entry.filename for entry in entries]
    missing = [name for name in _APART if name not in names]
    if missing:
        raise ArchiveRefused(*(f"{name}: the file is missing" for name in missing))
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ArchiveRefused(*(f"{name}: stands twice in the archive" for name in twice))
    manifest, key = _signed_manifest(zipped, trusted)
    _refuse_changes(zipped, set(names), manifest)
    return OpenedArchive(zipped, manifest, signing.fingerprint_of(key))


def _refuse_sizes(entries: list[zipfile.ZipInfo], *, most_files: int, most_bytes: int, most_total_bytes: int) -> None:
    """Refuse by what the zip says of itself: reading stops at the size that it says, whatever follows."""
    if len(entries) > most_files:
        raise ArchiveRefused(f"it holds {len(entries)} files; {most_files} are the most")
    problems = [
        f"{entry.filename}: {entry.file_size} bytes unpacked; {most} are the most"
        for entry in entries
        for most in [_APART_MOST_BYTES if entry.filename in _APART else most_bytes]
        if entry.file_size > most
    ]
    # Others need memory that the size does not tell.
    problems += [
        f"{entry.filename}: packed in a way that is not read here"
        for entry in entries
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    ]
    total_bytes = sum(entry.file_size for entry in entries)
    if total_bytes > most_total_bytes:
        problems.append(f"it holds {total_bytes} bytes unpacked; {most_total_bytes} are the most")
    if problems:
        raise ArchiveRefused(*problems)


def _signed_manifest(zipped: zipfile.ZipFile, trusted: Collection[bytes]) -> tuple[dict[str, Any], bytes]:
    try:
        raw = zipped.read(MANIFEST)
        signature = base64.b64decode(zipped.read(SIGNATURE), validate=False)
        key = base64.b64decode(zipped.read(PUBLIC_KEY).strip(), validate=True)
        verifier = Ed25519PublicKey.from_public_bytes(key)
    except _UNREADABLE as error:
        raise ArchiveRefused(f"{SIGNATURE}: the signature or its key cannot be read") from error
    try:
        verifier.verify(signature, raw)
    except InvalidSignature as error:
        raise ArchiveRefused(f"{SIGNATURE}: {MANIFEST} is not what was signed") from error
    if key not in trusted:
        raise ArchiveRefused(
            f"{PUBLIC_KEY}: nobody here trusts this key: {base64.b64encode(key).decode()} "
            f"(fingerprint {signing.fingerprint_of(key)})"
        )
    try:
        manifest = load_strictly(raw)
        sound = all(isinstance(entry["name"], str) and isinstance(entry["sha256"], str) for entry in manifest["files"])
        sound = sound and len({entry["name"] for entry in manifest["files"]}) == len(manifest["files"])
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise ArchiveRefused(f"{MANIFEST}: this is not a list of files")
    return manifest, key


def _refuse_changes(zipped: zipfile.ZipFile, names: set[str], manifest: dict[str, Any]) -> None:
    listed = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    problems = [f"{name}: added after it was signed" for name in sorted(names - listed.keys() - set(_APART))]
    for name, digest in sorted(listed.items()):
        if name not in names:
            problems.append(f"{name}: the file is missing")
            continue
        try:
            found = _digest(zipped, name)
        except _UNREADABLE:
            found = ""
        if found != digest:
            problems.append(f"{name}: changed after it was signed")
    if problems:
        raise ArchiveRefused(*problems)


def _digest(zipped: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with zipped.open(name) as opened:
        while piece := opened.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
