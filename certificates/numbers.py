"""Certificate numbers: 100 random bits as 20 characters of Crockford base 32, printed in groups of four.

Plain Python. A check character would tell a slip of the keyboard from a number that was never issued, and the
answer to both is the same page, so there is none.
"""

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_BITS = 100
LENGTH = NUMBER_BITS // 5
GROUP = 4
# Nobody types more; a longer text is not worth reading.
LONGEST_TYPED = 200
_MISREAD = str.maketrans("OIL", "011")


def number_from(bits: int) -> str:
    """Return the number for ``bits``, as it is stored and printed: ``7K3M-0000-…``.

    Raises:
        ValueError: ``bits`` is negative or has more than ``NUMBER_BITS`` bits.
    """
    if not 0 <= bits < 1 << NUMBER_BITS:
        raise ValueError("a number has 100 bits")
    return _grouped("".join(ALPHABET[bits >> shift & 31] for shift in range(NUMBER_BITS - 5, -1, -5)))


def normalise(text: str) -> str | None:
    """Return what somebody typed in the stored form; None if it cannot be a number.

    Case, spaces and dashes do not matter; O reads as 0, I and L as 1.
    """
    if len(text) > LONGEST_TYPED:
        return None
    upper = unicodedata.normalize("NFKC", text).upper()
    bare = "".join(c for c in upper if unicodedata.category(c) not in ("Pd", "Zs", "Cf", "Cc")).translate(_MISREAD)
    return _grouped(bare) if re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", bare) else None


def last_group(number: str) -> str:
    """Return the last four characters: enough for a file name, too little to look anything up."""
    return number[-GROUP:]


def _grouped(bare: str) -> str:
    return "-".join(bare[start : start + GROUP] for start in range(0, LENGTH, GROUP))
