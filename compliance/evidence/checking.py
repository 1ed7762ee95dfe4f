"""Check this evidence pack: python3 verify.py [FOLDER or ZIP]

Needs Python 3.8 or newer and nothing else, no network either. Without an argument it checks the folder in which it lies.
It says whether every file is the one that was signed, that none is missing or added, and whose signature it is; its exit
status is 0 when all is well, 1 when something is not, 2 when there is no pack to check.

Compare the fingerprint with the one that the platform shows, or that its operator tells you by another way: a signature proves that
nothing changed since it was made, the fingerprint by whom.
"""

import base64
import hashlib
import json
import os
import sys
import zipfile

# Ed25519 as RFC 8032, section 5.1, describes it, written for reading and not for speed. The curve: -x² + y² = 1 + d x² y².
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    """Return the x of a point from its y and the lowest bit of x; None where there is no such point."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def point(x, y):
    return (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = point(recover_x(BASE_Y, 0), BASE_Y)


def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor, what):
    total = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, what)
        what = add(what, what)
        factor >>= 1
    return total


def same(one, other):
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def unpack(packed):
    number = int.from_bytes(packed, "little")
    y = number & (1 << 255) - 1
    x = recover_x(y, number >> 255)
    return None if x is None else point(x, y)


def is_signed(public_key, message, signature):
    """Return whether ``signature`` (64 bytes) of ``message`` was made with the key of ``public_key`` (32 bytes)."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, commitment = unpack(public_key), unpack(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return same(times(s, BASE), add(commitment, times(challenge, key)))


class Folder:
    """The unpacked files."""

    def __init__(self, path):
        self.path = path

    def names(self):
        found = []
        for folder, _, files in os.walk(self.path):
            for name in files:
                found.append(os.path.relpath(os.path.join(folder, name), self.path).replace(os.sep, "/"))
        return found

    def read(self, name):
        with open(os.path.join(self.path, *name.split("/")), "rb") as file:
            return file.read()


class Archive:
    """The files in a zip."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)

    def names(self):
        return [name for name in self.zip.namelist() if not name.endswith("/")]

    def read(self, name):
        return self.zip.read(name)


# What cannot be named in the list of files, since it is about that list.
APART = ("manifest.json", "manifest.sig", "public-key.txt")


def problems(pack):
    """Yield, in words, everything that is not as it was signed."""
    names = pack.names()
    missing = [name for name in APART if name not in names]
    if missing:
        yield "missing: " + ", ".join(missing)
        return
    manifest = pack.read("manifest.json")
    try:
        key = base64.b64decode(pack.read("public-key.txt").split()[0])
        signature = base64.b64decode(pack.read("manifest.sig"))
    except (ValueError, IndexError):
        yield "the signature or the key cannot be read"
        return
    if not is_signed(key, manifest, signature):
        yield "manifest.json is not what was signed"
        return
    listed = {entry["name"]: entry for entry in json.loads(manifest.decode("utf-8"))["files"]}
    for name in sorted(set(names) - set(listed) - set(APART)):
        yield "added afterwards: " + name
    for name, entry in sorted(listed.items()):
        if name not in names:
            yield "missing: " + name
        elif hashlib.sha256(pack.read(name)).hexdigest() != entry["sha256"]:
            yield "changed: " + name
    if len(names) != len(set(names)):
        yield "a file stands twice in the archive"


def fingerprint(pack):
    key = base64.b64decode(pack.read("public-key.txt").split()[0])
    digest = hashlib.sha256(key).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def main(arguments):
    where = arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__))
    try:
        pack = Folder(where) if os.path.isdir(where) else Archive(where)
    except (OSError, zipfile.BadZipFile) as error:
        print("There is no evidence pack at", where, "-", error)
        return 2
    found = list(problems(pack))
    for problem in found:
        print("PROBLEM:", problem)
    if found:
        return 1
    manifest = json.loads(pack.read("manifest.json").decode("utf-8"))
    print("All {} files are as they were signed.".format(len(manifest["files"])))
    print("Organisation:", manifest["organisation"]["name"])
    print("As of:", manifest["as_of"])
    print("Fingerprint of the key:", fingerprint(pack))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
