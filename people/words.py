"""The words for refusals: services say what is wrong as data, this says it to people."""

from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.exceptions import (
    BelongsToAnotherAccount,
    NotForStaff,
    OwnSignInNeeded,
    PeopleError,
    PinRefused,
    SignInRefused,
    TooManyTries,
)
from people.pins import LONGEST, SHORTEST, PinProblem


def why(error: PeopleError, *, at: datetime) -> str:
    """Return why something was refused at ``at``, and what to do, in the active language."""
    if isinstance(error, TooManyTries):
        minutes = max(1, ceil((error.retry_at - at).total_seconds() / 60))
        return ngettext(
            "There were too many tries from here. Wait %(minutes)s minute, then try again.",
            "There were too many tries from here. Wait %(minutes)s minutes, then try again.",
            minutes,
        ) % {"minutes": minutes}
    if isinstance(error, PinRefused):
        return why_not_this_pin(error.problem)
    if isinstance(error, OwnSignInNeeded):
        return _("You have a sign-in of your own. Use it to change this, so that nobody else can.")
    if isinstance(error, NotForStaff):
        return _("You sign in with your e-mail and password, so you need no recovery code.")
    if isinstance(error, BelongsToAnotherAccount):
        return _("This workplace already belongs to an account with a sign-in of its own.")
    if isinstance(error, SignInRefused):
        return _("This does not fit together. Check every field and try again.")
    raise error


def why_not_this_pin(problem: PinProblem) -> str:
    """Return why a PIN is refused and how to choose a better one."""
    return {
        PinProblem.NOT_DIGITS: _("A PIN has digits only."),
        PinProblem.TOO_SHORT: _("Choose at least %(number)s digits.") % {"number": SHORTEST},
        PinProblem.TOO_LONG: _("Choose at most %(number)s digits.") % {"number": LONGEST},
        PinProblem.TOO_SIMPLE: _("This one is easy to guess, since many people choose it. Mix the digits more."),
        PinProblem.IS_EMPLOYEE_NUMBER: _("This is your employee number, which others know. Choose another one."),
    }[problem]
