"""What a reader sees of a text: without signs that show nothing, and with letters that pass for Latin ones as these.

So that no word of a rule hides behind a letter of another alphabet, a mark or a sign without width.
"""

import re
import unicodedata
from typing import Final

_HIDING: Final = frozenset("\u034f\u115f\u1160\u3164\uffa0")
# What looks like a letter of the Latin alphabet, and that letter: Cyrillic, Greek, and a few others.
_LIKE: Final = {
    **dict(zip("аеорсухіјѕһӏԁԛԝк", "aeopcyxijshldqwk", strict=True)),
    **dict(zip("АВЕКМНОРСТУХІЈЅԚԜ", "ABEKMHOPCTYXIJSQW", strict=True)),
    **dict(zip("οαικνρυτχ", "oaikvputx", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
    **dict(zip("ıɡɑօ", "igao", strict=True)),
}
# Written the other way round, and shown as it is read.
_REVERSED: Final = re.compile("\u202e([^\u202c\n]*+)")
_LATIN: Final = re.compile("[A-Za-z]")


def seen(text: str) -> str:
    """Return ``text`` as a reader sees it; a sign of another script that looks like no Latin letter stays."""
    if text.isascii():
        return text
    if "\u202e" in text:
        text = _REVERSED.sub(lambda found: found[1][::-1] if _LATIN.search(found[1]) else found[1], text)
    return unicodedata.normalize("NFC", text).translate(_SEEN)


def _seen_sign(sign: str) -> str:
    shows_nothing = unicodedata.category(sign) == "Cf" or sign in _HIDING or "\ufe00" <= sign <= "\ufe0f"
    # What is left of marks after composition strikes letters through, and the like.
    if shows_nothing or "\u0300" <= sign <= "\u036f":
        return ""
    plain = unicodedata.normalize("NFKC", sign)
    # Letters of mathematics, wide ones and ligatures; figures and punctuation stay as rules are written.
    return plain if plain != sign and sign.isalpha() and plain.isalpha() else _LIKE.get(sign, sign)


class _Signs(dict[int, str]):
    """Looked up once for each sign."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _seen_sign(chr(code))
        return found


_SEEN: Final = _Signs()
