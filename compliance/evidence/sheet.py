"""The sheet that an inspector reads at the desk."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.utils.translation import get_language, pgettext

from cms.languages import direction
from cms.templatetags.fieldfare import day as in_full
from cms.typesetting import MissingGlyphs, cjk_fonts, region, typeset
from compliance.evidence.rows import EvidenceRow
from compliance.visibility import STATUS_LABELS, Status
from people.models import Organisation, Site

MOST_ROWS: Final = 5_000
"""More than that nobody reads at a desk, and the pack holds it."""

_DASH: Final = "–"


class TooManyRows(ValueError):
    """There are more rows than a sheet takes."""


def evidence_sheet(
    rows: Iterable[EvidenceRow], *, organisation: Organisation, site: Site | None, on: date, made_on: date
) -> bytes:
    """Return a tagged PDF of ``rows`` as of ``on``, in the active language; a name that no font can print stands as the employee number.

    Raises:
        TooManyRows: there are more than ``MOST_ROWS``.
    """
    listed: list[EvidenceRow] = []
    for row in rows:
        listed.append(row)
        if len(listed) > MOST_ROWS:
            raise TooManyRows
    unprintable: frozenset[str] = frozenset()
    while True:
        try:
            return typeset("compliance", "evidence", _data(listed, organisation, site, on, made_on, unprintable))
        except MissingGlyphs as error:
            # One name in a script without a font must not keep the inspector waiting for everybody else's.
            if unprintable >= set(error.characters):
                raise
            unprintable |= set(error.characters)


def _data(
    rows: list[EvidenceRow],
    organisation: Organisation,
    site: Site | None,
    on: date,
    made_on: date,
    unprintable: frozenset[str],
) -> dict[str, Any]:
    def printable(text: str, otherwise: str) -> str:
        return otherwise if unprintable & set(text) else text

    language = get_language() or "en"
    values = {"day": in_full(on), "made": in_full(made_on), "n": len(rows)}
    return {
        "language": language.split("-")[0],
        "region": region(language),
        "direction": direction(language),
        "fonts": cjk_fonts(language),
        "title": pgettext("evidence sheet", "Training record"),
        "organisation": printable(organisation.name, organisation.code),
        "place": printable(site.name, site.code) if site else pgettext("evidence sheet", "All sites"),
        "as_of": pgettext("evidence sheet", "As of %(day)s. Made on %(made)s. Lines: %(n)s.") % values,
        "notes": [
            pgettext(
                "evidence sheet",
                "“Last good day” is the earliest day by which a rule or the certificate asks for renewal. It can lie before the "
                "day that is printed on the certificate.",
            ),
            pgettext(
                "evidence sheet",
                "Each certificate can be checked by its number at the address printed on it. Dates are those of the place of work.",
            ),
        ],
        "page": pgettext("evidence sheet", "Page"),
        "columns": [
            pgettext("evidence sheet", "Name and number"),
            pgettext("evidence sheet", "Role and first day"),
            pgettext("evidence sheet", "Training and edition"),
            pgettext("evidence sheet", "Completed on"),
            pgettext("evidence sheet", "Minimum minutes met"),
            pgettext("evidence sheet", "Signed acknowledgement"),
            pgettext("evidence sheet", "Last good day"),
            pgettext("evidence sheet", "Status and certificate"),
        ],
        "rows": [
            [
                [printable(row.name, row.employee_number), row.employee_number],
                [row.role or _DASH, in_full(row.starts_on)],
                [row.course, *([printable(row.elsewhere, _DASH)] if row.elsewhere else _edition(row))],
                [_day(row.completed_on)],
                # What nobody did yet, or did elsewhere, met nothing of ours; that is not "not asked for".
                [yes_or_no(row.minutes_met) if row.certificate else _DASH],
                [yes_or_no(row.acknowledged) if row.certificate else _DASH],
                [_day(row.last_good_on or row.due_on), *_printed_otherwise(row)],
                [str(STATUS_LABELS[row.status]), row.number],
            ]
            for row in rows
        ],
    }


def yes_or_no(value: bool | None) -> str:
    """Return a word for a thing that may not have been asked for."""
    if value is None:
        return pgettext("evidence", "not asked for")
    return pgettext("evidence", "yes") if value else pgettext("evidence", "no")


def _day(value: date | None) -> str:
    return in_full(value) if value else _DASH


def _edition(row: EvidenceRow) -> list[str]:
    """Return the lines about the edition: its number, and who approved it."""
    if not row.edition:
        return [""]
    lines = [pgettext("evidence sheet", "Edition %(number)s") % {"number": row.edition}]
    if row.approval:
        lines.append(pgettext("evidence sheet", "Approved: %(by)s") % {"by": row.approval})
    return lines


def _printed_otherwise(row: EvidenceRow) -> list[str]:
    if (
        row.valid_through
        and row.last_good_on
        and row.last_good_on != row.valid_through  # sooner by a rule, later by leave or more time
        and row.status is not Status.NONE
    ):
        return [pgettext("evidence sheet", "printed: %(day)s") % {"day": in_full(row.valid_through)}]
    return []
