"""Which PINs are good enough. Plain Python: no clock, no database, no settings."""

import unicodedata
from enum import StrEnum
from typing import Final

SHORTEST: Final = 6
LONGEST: Final = 12

# Found at the top of every published count of leaked PINs, and not caught by the patterns below.
_COMMON: Final = frozenset(
    {"112233", "159753", "147258", "147258369", "142536", "159357", "102030", "101010", "131313"}
)
_KEYS_IN_ORDER: Final = "01234567890123456789"


class PinProblem(StrEnum):
    """Why a PIN is refused."""

    NOT_DIGITS = "not_digits"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_SIMPLE = "too_simple"
    IS_EMPLOYEE_NUMBER = "is_employee_number"


def normalise_pin(typed: str) -> str:
    """Return ``typed`` without spaces, with the digits of any script as 0 to 9; other characters stay."""
    kept = "".join(typed.split())
    return "".join(str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in kept)


def judge_pin(pin: str, *, employee_number: str) -> PinProblem | None:
    """Return what is wrong with a normalised ``pin``, or None if it may be used.

    Refused are: fewer than 6 or more than 12 digits, one digit or a short group repeated (000000, 121212), keys in
    order up or down (123456, 098765), the commonest choices, and the employee number with or without leading zeros.
    """
    if not (pin.isascii() and pin.isdigit()):
        return PinProblem.NOT_DIGITS
    if len(pin) < SHORTEST:
        return PinProblem.TOO_SHORT
    if len(pin) > LONGEST:
        return PinProblem.TOO_LONG
    number = "".join(c for c in normalise_pin(employee_number) if c.isdigit())
    if number and pin.lstrip("0") == number.lstrip("0") and pin.strip("0"):
        return PinProblem.IS_EMPLOYEE_NUMBER
    in_order = pin in _KEYS_IN_ORDER or pin in _KEYS_IN_ORDER[::-1]
    if in_order or pin in _COMMON or _repeats(pin):
        return PinProblem.TOO_SIMPLE
    return None


def _repeats(pin: str) -> bool:
    """Return whether the PIN is a group of one to three digits said again and again, cut off anywhere."""
    return any(pin == (pin[:width] * len(pin))[: len(pin)] for width in (1, 2, 3))
