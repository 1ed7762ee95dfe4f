"""Sign-in slips: one sheet a person, folded so that the code lies inside, in all the languages of the site."""

from collections.abc import Iterable, Sequence
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
from people import codes, selectors
from people.models import Membership, Site, User
from people.services import issue_code

_ENGLISH: Final = "en"
_CJK_FONTS: Final = {"zh-hans": "Noto Sans CJK SC", "zh-hant": "Noto Sans CJK TC"}


@dataclass(frozen=True, slots=True)
class Slip:
    """What one sheet says. ``code`` as it is printed, XXXXX-XXXXX; ``languages`` the workplace's own first."""

    name: str
    employee_number: str
    organisation_name: str
    organisation_code: str
    code: str
    last_good_on: date
    contact: str
    languages: tuple[str, ...]


def slips_pdf(*, slips: Sequence[Slip], origin: str) -> bytes:
    """Return a PDF with a sheet for each slip, in their order. ``origin``: scheme and host of the site.

    The square on the sheet fills in organisation and number; the code is never in an address. A language without a
    catalogue is left to English, and so is one for which no font is installed. No word tells what is learnt.
    """
    unprintable: frozenset[str] = frozenset()
    while True:
        try:
            return typeset("people", "slips", _data(slips, origin, unprintable=unprintable))
        except MissingGlyphs as error:
            # One name in a script without a font must not keep everybody else's sheet from being printed.
            if unprintable >= set(error.characters):
                raise
            unprintable |= set(error.characters)


@transaction.atomic
def slips_for(*, memberships: Iterable[Membership], by: User | None, at: datetime) -> bytes:
    """Issue a new code for each membership and return the sheets to print; all or none.

    Raises:
        EmploymentEnded: one of them has left and has a way in already.
    """
    members = list(memberships)
    jobs = selectors.main_jobs(members, at=at)
    slips = []
    for member in members:
        code, job = issue_code(membership=member, by=by, at=at), jobs.get(member.pk)
        slips.append(slip_of(member, code=code, site=job.site if job else None))
    return slips_pdf(slips=slips, origin=settings.ORIGIN)


def slip_of(membership: Membership, *, code: str, site: Site | None) -> Slip:
    """Return the slip of a membership whose ``code`` was just issued; ``site`` gives languages and whom to ask."""
    expires_at = membership.credential.code_expires_at
    if expires_at is None:
        raise ValueError("no code was issued")
    return Slip(
        name=membership.name,
        employee_number=membership.employee_number,
        organisation_name=membership.organisation.name,
        organisation_code=membership.organisation.code,
        code=code,
        last_good_on=codes.last_good_day(expires_at, membership.organisation.time_zone),
        contact=site.contact if site else "",
        languages=tuple(site.languages) if site else (),
    )


def printed_languages(languages: Iterable[str]) -> list[str]:
    """Return the languages that a sheet has texts in, each once; English where there is no other."""
    chosen = [language if _has_catalogue(language) else _ENGLISH for language in languages]
    return list(dict.fromkeys(chosen)) or [_ENGLISH]


def _has_catalogue(language: str) -> bool:
    if not translation.check_for_language(language):
        return False
    with translation.override(_ENGLISH):
        english = _title()
    with translation.override(language):
        return _title() != english


def _data(slips: Sequence[Slip], origin: str, *, unprintable: frozenset[str]) -> dict[str, Any]:
    with translation.override(slips[0].languages[0] if slips and slips[0].languages else _ENGLISH):
        title = _title()
    return {
        "title": title,
        "fonts": list(_CJK_FONTS.values()) if any(_CJK_FONTS.keys() & set(slip.languages) for slip in slips) else [],
        "pages": [_page(slip, origin, unprintable) for slip in slips],
    }


def _page(slip: Slip, origin: str, unprintable: frozenset[str]) -> dict[str, Any]:
    address = origin + reverse("people:set_pin")
    name = "" if unprintable & set(slip.name) else slip.name
    contact = "" if unprintable & set(slip.contact) else slip.contact
    workplace = slip.organisation_code if unprintable & set(slip.organisation_name) else slip.organisation_name
    texts = [_texts(language, slip, address, contact) for language in printed_languages(slip.languages)]
    printable = [
        text for text in texts if not unprintable & set("".join([*text["steps"], *text["notes"], text["title"]]))
    ]
    return {
        "name": name or slip.employee_number,
        "number": slip.employee_number,
        "organisation": slip.organisation_code,
        "workplace": workplace,
        "code": slip.code,
        "qr": _qr(f"{address}?{urlencode({'o': slip.organisation_code, 'n': slip.employee_number})}"),
        "texts": printable or [_texts(_ENGLISH, slip, address, contact)],
    }


def _texts(language: str, slip: Slip, address: str, contact: str) -> dict[str, Any]:
    with translation.override(language):
        ask = (
            pgettext("sign-in slip", "Does the code no longer work, or have you lost it? Ask: %(contact)s.")
            % {"contact": _isolated(contact)}
            if contact
            else pgettext(
                "sign-in slip", "Does the code no longer work, or have you lost it? Ask whoever gave you this sheet."
            )
        )
        return {
            "language": language.split("-")[0],
            "region": region(language),
            "direction": direction(language),
            "title": _title(),
            "private": pgettext("sign-in slip", "Only for the person named here."),
            "fold": pgettext("sign-in slip", "Fold at the marks: the lowest part up, then the top part back."),
            "labels": {
                "organisation": pgettext("sign-in slip", "Organisation"),
                "number": pgettext("sign-in slip", "Employee number"),
                "code": pgettext("sign-in slip", "Code, for one use"),
                "square": pgettext("sign-in slip", "Square code: opens the page and fills in organisation and number"),
            },
            "steps": [
                pgettext("sign-in slip", "Point the camera of a phone at the square, or open %(address)s")
                % {"address": _isolated(address)},
                pgettext("sign-in slip", "Look whether organisation and number are yours. Type the code."),
                pgettext("sign-in slip", "Choose a PIN of 6 to 12 digits that only you know."),
            ],
            "notes": [
                pgettext("sign-in slip", "The code is good through %(day)s.") % {"day": in_full(slip.last_good_on)},
                ask,
                pgettext("sign-in slip", "Nobody at work needs your PIN. Your workplace never sees your answers."),
            ],
        }


def _isolated(text: str) -> str:
    """Return ``text`` so that its direction of script leaves the sentence around it alone."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def _title() -> str:
    return pgettext("sign-in slip", "Your sign-in")


def _qr(address: str) -> str:
    """Return the square code of an address as SVG."""
    buffer = BytesIO()
    segno.make(address, error="m", micro=False).save(buffer, kind="svg", border=4, scale=4, xmldecl=False)
    return buffer.getvalue().decode()
