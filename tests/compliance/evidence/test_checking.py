"""The script that leaves the house: it believes what was signed and nothing else."""

import json
import subprocess
import sys
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cms.signed_archive import SignedArchive
from compliance.evidence import checking
from compliance.evidence.archive import SCRIPT

# RFC 8032, section 7.1, tests 1 to 3: secret key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_signatures_of_the_standard_are_believed(key, message, signature):
    assert checking.is_signed(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)) is True


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_no_changed_bit_is_believed(key, message, signature):
    key, message, signature = (bytes.fromhex(it) for it in (key, message, signature))
    assert checking.is_signed(key, message + b"\0", signature) is False
    for place in (0, 31, 32, 63):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert checking.is_signed(key, message, bytes(changed)) is False
    assert checking.is_signed(key[:-1] + bytes([key[-1] ^ 1]), message, signature) is False


def test_agrees_with_another_implementation():
    for seed in range(20):
        key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        message = bytes(range(seed * 7))
        assert checking.is_signed(key.public_key().public_bytes_raw(), message, key.sign(message)) is True


def test_a_signature_with_the_order_added_is_refused():
    """RFC 8032, section 5.1.7: S lies below the order, or one signature would have several forms."""
    key, message, signature = (bytes.fromhex(it) for it in VECTORS[1])
    s = int.from_bytes(signature[32:], "little") + checking.ORDER
    assert checking.is_signed(key, message, signature[:32] + s.to_bytes(32, "little")) is False


@pytest.mark.parametrize(("key", "signature"), [(b"", b""), (b"\xff" * 32, b"\0" * 64), (b"\0" * 32, b"\xff" * 64)])
def test_nonsense_is_refused(key, signature):
    assert checking.is_signed(key, b"", signature) is False


@pytest.fixture
def pack(tmp_path):
    """A signed archive of two files and the script."""
    path = tmp_path / "pack.zip"
    with path.open("wb") as stream:
        made = SignedArchive(stream)
        made.add("people.csv", b"number,name\n")
        made.add("texts/one.txt", b"Ein Text.")
        made.add("verify.py", SCRIPT.read_bytes())
        made.close({"organisation": {"name": "Larch Hotels"}, "as_of": "2026-03-02"})
    return path


def check(where, *arguments):
    done = subprocess.run(
        [sys.executable, "-I", "-S", where, *arguments], capture_output=True, text=True, check=False, env={}
    )
    return done.returncode, done.stdout


def test_checks_an_archive_with_nothing_but_python(pack):
    code, said = check(str(SCRIPT), str(pack))
    assert code == 0
    assert said.startswith("All 3 files are as they were signed.\nOrganisation: Larch Hotels\nAs of: 2026-03-02\n")


def test_checks_the_folder_in_which_it_lies(pack, tmp_path):
    zipfile.ZipFile(pack).extractall(tmp_path / "unpacked")
    assert check(str(tmp_path / "unpacked" / "verify.py"))[0] == 0


def test_names_what_was_changed_added_and_taken_away(pack, tmp_path):
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(pack).extractall(folder)
    (folder / "people.csv").write_bytes(b"number,name\n1,Eve\n")
    (folder / "more.csv").write_bytes(b"")
    (folder / "texts" / "one.txt").unlink()
    code, said = check(str(folder / "verify.py"))
    assert code == 1
    assert (
        said == "PROBLEM: added afterwards: more.csv\nPROBLEM: changed: people.csv\nPROBLEM: missing: texts/one.txt\n"
    )


def test_a_list_of_files_written_anew_is_not_believed(pack, tmp_path):
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(pack).extractall(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["as_of"] = "2026-03-03"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert check(str(folder / "verify.py")) == (1, "PROBLEM: manifest.json is not what was signed\n")


def test_what_is_no_pack_has_a_status_of_its_own(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert check(str(SCRIPT), str(tmp_path / "x.zip"))[0] == 2
