"""The pieces of a workplace kit as files: in the site's languages, with the help lines of its place as they are today."""

from datetime import date
from io import BytesIO
from typing import Any, Final

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from cms.help_words import said
from cms.languages import direction
from cms.selectors import help_directory
from cms.typesetting import cjk_fonts, region, typeset, typeset_picture
from compliance.kit_words import NEVER, questions_for
from compliance.models import KitDuty, SiteKit
from people.models import Site
from people.slips import printed_languages

_LINES_ON_A_PLAN: Final = 6


def sector_of(site: Site) -> str:
    """Return the sector of a site, that of the nearest site above where it has none."""
    at: Site | None = site
    while at is not None and not at.sector:
        at = at.parent
    return at.sector if at is not None else ""


def kit_file(kit: SiteKit, piece: str, *, on: date, language: str = "") -> bytes:
    """Return a piece of ``kit`` as PDF, the image for screens as PNG (1920 × 1080) in one ``language``.

    Raises:
        MissingGlyphs: no font here has the letters of a language of the site.
    """
    data = kit_data(kit, piece, on=on)
    if piece == KitDuty.Piece.SCREEN:
        data["texts"] = [text for text in data["texts"] if text["language"] == language] or data["texts"][:1]
        return typeset_picture("compliance", "kit_screen", data)
    return typeset("compliance", f"kit_{piece}", data)


def kit_languages(kit: SiteKit) -> list[str]:
    """Return the languages in which the pieces of ``kit`` speak: those of the site that have words for them."""
    said: dict[str, str] = {}
    for language in printed_languages(kit.site.languages):
        with translation.override(language):
            said.setdefault(_title(), language)
    return list(said.values())


def kit_data(kit: SiteKit, piece: str, *, on: date) -> dict[str, Any]:
    """Return what the templates need."""
    languages = kit_languages(kit)
    duty = kit.duties.filter(piece=piece).first()
    address = f"{settings.ORIGIN}{reverse('site:help')}?place={kit.site.jurisdiction}"
    with translation.override(languages[0]):
        title = _title()
    return {
        "title": title,
        "place": kit.site.name,
        "fonts": cjk_fonts(*languages),
        "qr": _qr(address),
        "address": address.split("://", 1)[-1],
        "texts": [_texts(kit, duty, language, on) for language in languages],
    }


def _title() -> str:
    return pgettext("workplace kit", "If somebody needs help")


def _texts(kit: SiteKit, duty: KitDuty | None, language: str, on: date) -> dict[str, Any]:
    with translation.override(language):
        lines = help_directory(on=on).in_place(kit.site.jurisdiction)
        answers = [
            {"label": str(question.label), "text": kit.answers[question.code]}
            for question in questions_for(sector_of(kit.site))
            if kit.answers.get(question.code)
        ]
        return {
            "language": language,
            "lang": language.split("-")[0],
            "region": region(language),
            "dir": direction(language),
            "title": _title(),
            "danger": pgettext("workplace kit", "Danger now: get emergency help first."),
            "steps_title": pgettext("workplace kit", "In this order"),
            "steps": [
                pgettext("workplace kit", "Danger now? Emergency help first."),
                pgettext("workplace kit", "Note what was said and done, when and where."),
                pgettext("workplace kit", "Tell somebody below, by a way that is safe for you."),
                pgettext("workplace kit", "Support the person, and let an adult choose."),
            ],
            "never_title": pgettext("workplace kit", "Never"),
            "never": [str(line) for line in NEVER],
            "contacts_title": pgettext("workplace kit", "Whom to tell here"),
            "contacts": list(kit.contacts),
            "plan_title": pgettext("workplace kit", "Our plan"),
            "answers": answers,
            "lines_title": pgettext("workplace kit", "Help from outside"),
            "lines": [
                {"name": line.service.name, "phone": line.service.phone, "short": said(line.service.hours).words}
                for line in lines[:_LINES_ON_A_PLAN]
                if line.service.phone and not line.stale
            ],
            "scan": pgettext("workplace kit", "More help, and what happens when you call: scan the code"),
            "free": pgettext("workplace kit", "You need no account, and nobody here learns that you looked."),
            "qr_alt": pgettext("workplace kit", "Square code: opens the page of help lines"),
            "duty": _duty(duty, language),
            "printed": pgettext("workplace kit", "Printed on %(day)s. Help lines change: print again after the review.")
            % {"day": _day(on, language)},
            "draft": pgettext("workplace kit", "This translation is a draft that nobody has reviewed yet.")
            if language in settings.DRAFT_LANGUAGES
            else "",
        }


def _duty(duty: KitDuty | None, language: str) -> str:
    if duty is None:
        return ""
    return pgettext("workplace kit", "Kept true by: %(owner)s. To be reviewed by %(day)s.") % {
        "owner": duty.owner,
        "day": _day(duty.review_by, language),
    }


def _day(day: date, language: str) -> str:
    return date_format(day, "j F Y" if language == "en" else "DATE_FORMAT")


def _qr(address: str) -> str:
    drawing = BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="svg", scale=4, border=2, xmldecl=False)
    return drawing.getvalue().decode()
