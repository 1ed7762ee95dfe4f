"""Codes that people read from paper and type on a phone. Plain Python: no clock, no database, no settings.

The alphabet is Crockford's base 32: no I, L, O or U, so that nothing on paper can be taken for something else.
"""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SLIP_LENGTH: Final = 10
"""Characters of a one-time code: 50 random bits."""
SLIP_DAYS: Final = 21
"""A one-time code is good through the 21st day after it was printed."""
RECOVERY_LENGTH: Final = 16
"""Characters of a recovery code after its prefix: 80 random bits, the first half to find it by."""
RECOVERY_PREFIX: Final = "FF"

_LOOKS_LIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def draw(length: int) -> str:
    """Return ``length`` random characters of the alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def normalise(typed: str) -> str:
    """Return what was meant by ``typed``: upper case, without spaces and hyphens, look-alikes mended."""
    kept = "".join(c for c in typed.upper() if c.isalnum())
    return kept.translate(_LOOKS_LIKE)


def normalise_recovery(typed: str) -> str:
    """Return the characters of a recovery code without its prefix; a code typed without the prefix is taken too."""
    code = normalise(typed)
    if len(code) == len(RECOVERY_PREFIX) + RECOVERY_LENGTH:
        return code.removeprefix(RECOVERY_PREFIX)
    return code


def recovery_parts(code: str) -> tuple[str, str]:
    """Return the half of a recovery code by which it is found and the half that proves it."""
    middle = RECOVERY_LENGTH // 2
    return code[:middle], code[middle:]


def show_slip_code(code: str) -> str:
    """Return a one-time code as it is printed: XXXXX-XXXXX."""
    return "-".join(_groups(code, 5))


def show_recovery_code(code: str) -> str:
    """Return a recovery code as it is shown: FF-XXXX-XXXX-XXXX-XXXX."""
    return "-".join([RECOVERY_PREFIX, *_groups(code, 4)])


def slip_expires_at(printed_at: datetime, zone: str) -> datetime:
    """Return the instant from which a code printed at ``printed_at`` is no longer good: a midnight in ``zone``."""
    here = ZoneInfo(zone)
    first_bad_day = printed_at.astimezone(here).date() + timedelta(days=SLIP_DAYS + 1)
    return datetime.combine(first_bad_day, time(), tzinfo=here)


def last_good_day(expires_at: datetime, zone: str) -> date:
    """Return the last calendar day in ``zone`` that lies wholly before ``expires_at``."""
    return (expires_at.astimezone(ZoneInfo(zone)) - timedelta(microseconds=1)).date()


def _groups(code: str, width: int) -> list[str]:
    return [code[start : start + width] for start in range(0, len(code), width)]
