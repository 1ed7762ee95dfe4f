"""Letters to print: one folded sheet a person, in all the languages of their site, telling nothing of the topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import pgettext

from cms.languages import direction
from cms.templatetags.fieldfare import day as in_full
from cms.typesetting import MissingGlyphs, region, typeset
from compliance import selectors
from compliance.models import Message
from compliance.reminders import Kind
from compliance.selectors import Line
from people import codes
from people.models import Membership, Site, User
from people.selectors import main_jobs
from people.services import issue_code
from people.slips import printed_languages

_ENGLISH: Final = "en"
_CJK_FONTS: Final = {"zh-hans": "Noto Sans CJK SC", "zh-hant": "Noto Sans CJK TC"}
# Unicode's isolates: an address or a number keeps its own direction within a sentence of another.
_ISOLATE, _POP = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one sheet says. ``code``: a one-time code as it is printed, empty for who had a slip before."""

    message_id: int
    membership: Membership
    lines: Sequence[Line]
    site: Site | None
    code: str = ""
    code_good_on: date | None = None


@transaction.atomic
def letters_for(*, messages: Sequence[Message], with_codes: bool, by: User | None, at: datetime) -> list[Letter]:
    """Return the letters of ``messages``, left out what says nothing any more; a constant number of queries.

    ``with_codes`` issues a one-time code for each person who never had a slip and works here, today or later.
    """
    lines = selectors.lines_of(messages, at=at)
    telling = [message for message in messages if lines[message.pk]]
    members = {message.membership_id: message.membership for message in telling}
    jobs = main_jobs(members.values(), at=at)
    new = set(selectors.awaiting_slip(Membership.objects.filter(pk__in=members)).values_list("pk", flat=True))
    letters = []
    for message in telling:
        member, job = message.membership, jobs.get(message.membership_id)
        code, good_on = "", None
        if with_codes and member.pk in new and job is not None and job.goes_on(at):
            code = issue_code(membership=member, by=by, at=at)
            expires_at = codes.slip_expires_at(at, member.organisation.time_zone)
            good_on = codes.last_good_day(expires_at, member.organisation.time_zone)
        letters.append(Letter(message.pk, member, lines[message.pk], job.site if job else None, code, good_on))
    return letters


def letters_pdf(letters: Sequence[Letter]) -> bytes:
    """Return a PDF with a sheet for each of ``letters``, in their order."""
    unprintable: frozenset[str] = frozenset()
    while True:
        try:
            return typeset("compliance", "letters", _data(letters, unprintable))
        except MissingGlyphs as error:
            # One name in a script without a font must not keep everybody else's sheet from being printed.
            if unprintable >= set(error.characters):
                raise
            unprintable |= set(error.characters)


def _data(letters: Sequence[Letter], unprintable: frozenset[str]) -> dict[str, Any]:
    spoken = {language for letter in letters for language in (letter.site.languages if letter.site else ())}
    return {
        "title": _title(),
        "fonts": list(_CJK_FONTS.values()) if _CJK_FONTS.keys() & spoken else [],
        "pages": [_page(letter, unprintable) for letter in letters],
    }


def _page(letter: Letter, unprintable: frozenset[str]) -> dict[str, Any]:
    member = letter.membership
    organisation = member.organisation

    def printable(text: str, otherwise: str) -> str:
        return otherwise if unprintable & set(text) else text

    address = settings.ORIGIN + reverse("people:set_pin" if letter.code else "people:sign_in")
    workplace = printable(organisation.name, organisation.code)
    contact = printable(letter.site.contact, "") if letter.site else ""
    languages = printed_languages(letter.site.languages if letter.site else [])
    texts = [_texts(language, letter, address, workplace, contact) for language in languages]
    shown = [text for text in texts if not unprintable & set("".join([text["title"], *text["steps"], *text["notes"]]))]
    return {
        "name": printable(member.name, member.employee_number),
        "number": member.employee_number,
        "organisation": organisation.code,
        "workplace": workplace,
        "code": letter.code,
        "qr": _qr(f"{address}?{urlencode({'o': organisation.code, 'n': member.employee_number})}"),
        "texts": shown or [_texts(_ENGLISH, letter, address, workplace, contact)],
    }


def _texts(language: str, letter: Letter, address: str, workplace: str, contact: str) -> dict[str, Any]:
    with translation.override(language):
        sign_in = (
            pgettext("letter", "Type the code, and choose a PIN of 6 to 12 digits that only you know.")
            if letter.code
            else pgettext("letter", "Type your PIN.")
        )
        return {
            "language": language.split("-")[0],
            "region": region(language),
            "direction": direction(language),
            "title": _title(),
            "private": pgettext("letter", "Only for the person named here."),
            "fold": pgettext("letter", "Fold at the marks: the lowest part up, then the top part back."),
            "labels": {
                "organisation": pgettext("letter", "Organisation"),
                "number": pgettext("letter", "Employee number"),
                "code": pgettext("letter", "Code, for one use"),
                "square": pgettext("letter", "Square code: opens the page and fills in organisation and number"),
            },
            "intro": pgettext("letter", "%(organisation)s asks you to do this:")
            % {"organisation": _isolated(workplace)},
            "lines": [{"title": line.title, "note": _note(line)} for line in letter.lines],
            "steps": [
                pgettext("letter", "Point the camera of a phone at the square, or open %(address)s")
                % {"address": _isolated(address)},
                sign_in,
                pgettext("letter", "Choose what to do. You can stop at any time and go on later."),
            ],
            "notes": [*_about_code(letter, contact), pgettext("letter", "Your workplace never sees your answers.")],
        }


def _about_code(letter: Letter, contact: str) -> list[str]:
    notes = []
    if letter.code:
        notes.append(pgettext("letter", "The code is good through %(day)s.") % {"day": in_full(letter.code_good_on)})
    if contact:
        notes.append(pgettext("letter", "No PIN, or forgotten? Ask: %(contact)s.") % {"contact": _isolated(contact)})
    else:
        notes.append(pgettext("letter", "No PIN, or forgotten? Ask whoever gave you this sheet."))
    return notes


def _note(line: Line) -> str:
    day = {"day": in_full(line.due_on)}
    if line.kind in (Kind.INVITATION, Kind.DUE_SOON):
        return pgettext("letter", "Please finish it by %(day)s.") % day
    if line.kind == Kind.OVERDUE:
        return pgettext("letter", "It was due by %(day)s. Please do it when you next can.") % day
    if line.kind == Kind.EXPIRING:
        return pgettext("letter", "Your certificate is good through %(day)s. Please renew it by then.") % day
    return pgettext("letter", "Your certificate has ended. Please renew it.")


def _title() -> str:
    return pgettext("letter", "Something for you to do")


def _isolated(text: str) -> str:
    return f"{_ISOLATE}{text}{_POP}"


def _qr(address: str) -> str:
    """Return the square code of an address as SVG."""
    buffer = BytesIO()
    segno.make(address, error="m", micro=False).save(buffer, kind="svg", border=4, scale=4, xmldecl=False)
    return buffer.getvalue().decode()
