"""The certificate as a PDF: what stands on the sheet, in which languages. The sheet itself is typst/certificate.typ.

Only data is frozen at issue; the bytes can be made again at any time, and are the same.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, Literal, TypeAlias

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from certificates.models import Certificate
from certificates.numbers import last_group
from certificates.validity import local_date
from cms.languages import direction
from cms.typesetting import cjk_fonts, region, typeset

Paper: TypeAlias = Literal["a4", "letter"]
Copy: TypeAlias = Literal["holder", "workplace"]

PAPERS: Final[dict[str, str]] = {"a4": "a4", "letter": "us-letter"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def render_pdf(
    certificate: Certificate, *, paper: Paper = "a4", copy: Copy = "holder", title_is_draft: bool = False
) -> bytes:
    """Return the certificate as a tagged PDF.

    The ``holder``'s copy speaks the workplace's language and below it hers. The ``workplace`` copy leaves hers out:
    an employer does not learn in which language a person learns. ``title_is_draft``: nobody has reviewed the title in
    her language, and the holder's copy says so below it.

    Raises:
        cms.typesetting.MissingGlyphs: the name has letters that no font here can print.
    """
    return typeset(
        "certificates", "certificate", sheet(certificate, paper=paper, copy=copy, title_is_draft=title_is_draft)
    )


def file_name(certificate: Certificate) -> str:
    """Return a neutral name for the file."""
    return f"certificate-{last_group(certificate.number).lower()}.pdf"


def verification_url(certificate: Certificate) -> str:
    """Return the address where anybody can check the certificate: in the QR code and in print."""
    return settings.ORIGIN + reverse("certificates:verify_number", args=[certificate.number])


def place_of_time(zone: str) -> str:
    """Return the place that a time zone is called after: ``America/Fort_Nelson`` is "Fort Nelson"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def sheet(
    certificate: Certificate, *, paper: Paper = "a4", copy: Copy = "holder", title_is_draft: bool = False
) -> dict[str, Any]:
    """Return everything that stands on the sheet, as plain JSON values.

    What is said in two languages is a list of lines ``{"text", "lang", "region", "dir"}``, the workplace's first; one
    line where both say the same. ``valid_through`` has ``parts`` in place of ``text``: its day stands out.
    """
    languages = _languages(certificate, copy)
    url = verification_url(certificate)
    issued_on = local_date(certificate.issued_at, certificate.time_zone)

    def lines(say: Callable[[], str]) -> list[dict[str, str]]:
        return _lines(languages, say)

    def fact(label: Callable[[], str], value: Callable[[], str]) -> dict[str, Any]:
        return {"label": lines(label), "value": lines(value)}

    facts = [
        fact(lambda: pgettext("certificate", "Completed on"), lambda: _day(certificate.completed_on)),
        fact(lambda: pgettext("certificate", "Issued on"), lambda: _day(issued_on)),
        fact(lambda: pgettext("certificate", "Edition"), lambda: str(certificate.edition_number)),
    ]
    if certificate.valid_from != certificate.completed_on:
        facts.insert(1, fact(lambda: pgettext("certificate", "Valid from"), lambda: _day(certificate.valid_from)))
    workplace = certificate.organisation_name
    course = _course(certificate, copy)

    with translation.override(languages[0]):
        title = pgettext("certificate", "Certificate")
        qr_alt = gettext("QR code: leads to the page that checks this certificate")
    return {
        "paper": PAPERS[paper],
        **_typeset_in(languages[0]),
        "cjk_fonts": _cjk_fonts(certificate, copy),
        "title": title,
        "date": [issued_on.year, issued_on.month, issued_on.day],
        "issuer": certificate.issuer_name,
        "heading": lines(lambda: pgettext("certificate", "Certificate of completion")),
        "name": _line(certificate.holder_name or "—", languages[0], towards=_own_direction(certificate.holder_name)),
        "completed": lines(lambda: pgettext("certificate: under a person's name", "has completed")),
        "course": course,
        # In the words that every rendition has for it.
        "draft": lines(
            lambda: pgettext("rendition", "Draft, not yet reviewed. If something seems wrong, the English text counts.")
        )
        if title_is_draft and len(course) > 1
        else None,
        "valid_through": _valid_through(certificate, languages),
        "facts": facts,
        "workplace": fact(lambda: pgettext("certificate", "Workplace"), lambda: workplace) if workplace else None,
        "number": fact(lambda: pgettext("certificate", "Certificate number"), lambda: certificate.number),
        "renews": _renews(certificate, languages),
        "check": lines(lambda: gettext("Anybody can check this certificate here:")),
        "url": url,
        "url_text": url.split("://", 1)[-1],
        "qr": _qr(url),
        "qr_alt": qr_alt,
    }


def _languages(certificate: Certificate, copy: Copy) -> list[str]:
    """Return the languages to print, the workplace's first.

    One that the interface is not translated into would print English words with its own names of months.
    """
    wanted = [certificate.workplace_language]
    if copy == "holder":
        wanted.append(certificate.language)
    spoken = [language for language in dict.fromkeys(wanted) if _has_words(language)]
    return spoken or [settings.LANGUAGE_CODE]


def _has_words(language: str) -> bool:
    if language.split("-")[0] == settings.LANGUAGE_CODE.split("-")[0]:
        return True
    if not translation.check_for_language(language):
        return False
    with translation.override(language):
        there = pgettext("certificate", "Certificate of completion")
    with translation.override(settings.LANGUAGE_CODE):
        return there != pgettext("certificate", "Certificate of completion")


def _lines(languages: Sequence[str], say: Callable[[], str]) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for language in languages:
        with translation.override(language):
            text = say()
        found.setdefault(text, _line(text, language))
    return list(found.values())


def _line(text: str, language: str, towards: str = "") -> dict[str, str]:
    said = {"text": text, **_typeset_in(language)}
    return {**said, "dir": towards} if towards else said


def _course(certificate: Certificate, copy: Copy) -> list[dict[str, str]]:
    lines = [_line(certificate.title, settings.LANGUAGE_CODE)]
    if copy == "holder" and certificate.learner_title not in ("", certificate.title):
        lines.append(_line(certificate.learner_title, certificate.language))
    return lines


def _valid_through(certificate: Certificate, languages: Sequence[str]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for language in languages:
        with translation.override(language):
            sentence = pgettext("certificate", "Valid through %(day)s (%(zone)s time)")
            values = {"day": _day(certificate.last_valid_on), "zone": place_of_time(certificate.time_zone)}
        if direction(language) == "rtl":
            values["zone"] = f"\N{FIRST STRONG ISOLATE}{values['zone']}\N{POP DIRECTIONAL ISOLATE}"
        pieces = _PLACEHOLDER.split(sentence)  # text, name, text, name, … text
        texts = [values[piece] if index % 2 else piece for index, piece in enumerate(pieces)]
        strong = [index % 2 == 1 and piece == "day" for index, piece in enumerate(pieces)]
        parts = [{"text": text, "strong": stands_out} for text, stands_out in zip(texts, strong, strict=True)]
        found.setdefault("".join(texts), {"parts": parts, **_typeset_in(language)})
    return list(found.values())


def _renews(certificate: Certificate, languages: Sequence[str]) -> list[dict[str, str]] | None:
    renewed = certificate.renews
    if renewed is None:
        return None
    return _lines(
        languages, lambda: pgettext("certificate", "Renews certificate %(number)s") % {"number": renewed.number}
    )


def _day(value: date) -> str:
    """Return a date in full in the active language: 30 June 2026."""
    # English and what Django has no format for would put the month first.
    own_order = (translation.get_language() or "").split("-")[0] in ("zh", "ja", "ko")
    return date_format(value, "DATE_FORMAT" if own_order else "j F Y")


def _own_direction(name: str) -> str:
    """Return the direction of a name by its first letter that has one; a name is no part of a sentence."""
    strong = (unicodedata.bidirectional(character) for character in name)
    return "rtl" if next((each for each in strong if each in ("L", "R", "AL")), "L") in ("R", "AL") else "ltr"


def _cjk_fonts(certificate: Certificate, copy: Copy) -> list[str]:
    # Which of the shapes that these scripts share is right depends on the language, not on the letter; so the
    # workplace's copy takes them from its own language, or it would tell hers.
    languages = (certificate.language, certificate.workplace_language)
    return cjk_fonts(*(languages if copy == "holder" else languages[1:]))


def _typeset_in(language: str) -> dict[str, Any]:
    return {"lang": language.split("-")[0], "region": region(language), "dir": direction(language)}


def _qr(url: str) -> str:
    drawing = io.BytesIO()
    # The white that a reader needs around it is the sheet's own, and it stands flush with the text.
    segno.make(url, error="m", micro=False).save(drawing, kind="svg", scale=4, border=0, xmldecl=False)
    return drawing.getvalue().decode()
