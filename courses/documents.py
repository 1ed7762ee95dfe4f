"""The sign-in sheet of a session: who is expected, and a line to sign. No word tells what is taught."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, pgettext

from cms.languages import direction
from cms.typesetting import MissingGlyphs, cjk_fonts, region, typeset
from courses.models import Attendance, Session

EMPTY_LINES: Final = 8
"""For people who came without being on the list."""


def sign_in_sheet(*, session: Session, attendances: Sequence[Attendance]) -> bytes:
    """Return the sheet as a PDF, in the active language; ``attendances`` with their memberships, in their order.

    A name that no font can print is left to the employee number beside it.
    """
    unprintable: frozenset[str] = frozenset()
    while True:
        try:
            return typeset("courses", "sign_in_sheet", _data(session, attendances, unprintable))
        except MissingGlyphs as error:
            if unprintable >= set(error.characters):
                raise
            unprintable |= set(error.characters)


def _data(session: Session, attendances: Sequence[Attendance], unprintable: frozenset[str]) -> dict[str, Any]:
    def printable(text: str, instead: str = "") -> str:
        return instead if unprintable & set(text) else text

    language = get_language() or "en"
    zone = ZoneInfo(session.time_zone)
    begins, ends = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    day_format = "j F Y" if language.startswith("en") else "DATE_FORMAT"
    return {
        "language": language.split("-")[0],
        "region": region(language),
        "direction": direction(language),
        "fonts": cjk_fonts(language),
        "title": pgettext("sign-in sheet", "Sign-in sheet"),
        "facts": [
            [pgettext("sign-in sheet", "Session"), session.code],
            [pgettext("sign-in sheet", "Date"), date_format(session.held_on, day_format)],
            [pgettext("sign-in sheet", "Time"), f"{time_format(begins, 'H:i')}–{time_format(ends, 'H:i')}"],
            [pgettext("sign-in sheet", "Place"), printable(session.place)],
            [pgettext("sign-in sheet", "Held by"), printable(session.facilitator.name)],
            [
                pgettext("sign-in sheet", "Organisation"),
                printable(session.organisation.name, session.organisation.code),
            ],
        ],
        "headings": [
            pgettext("sign-in sheet", "Employee number"),
            pgettext("sign-in sheet", "Name"),
            pgettext("sign-in sheet", "Signature"),
        ],
        "people": [[it.membership.employee_number, printable(it.membership.name)] for it in attendances],
        "empty_lines": EMPTY_LINES,
    }
