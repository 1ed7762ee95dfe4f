"""Letters to print: one folded sheet a person, in all the languages of their site, telling nothing of the topic."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from cms.typesetting import typeset
from compliance import mails
from compliance.models import Message
from people.models import Employment


def letters_pdf(messages: Sequence[Message]) -> bytes:
    """Return a PDF with one page for each of ``messages``; a constant number of queries per person."""
    known = dict(settings.LANGUAGES)
    pages = []
    for message in messages:
        membership = message.membership
        job = (
            Employment.objects.current_knowledge()
            .filter(membership=membership)
            .select_related("site")
            .order_by("-starts_on")
            .first()
        )
        languages = [code for code in (job.site.languages if job else []) if code in known] or ["en"]
        lines = mails.lines_of(message)
        texts = []
        for language in languages:
            with translation.override(language):
                texts.append(
                    {
                        "language": language,
                        "direction": "rtl" if translation.get_language_bidi() else "ltr",
                        "greeting": pgettext("letter", "Hello %(name)s,") % {"name": membership.name},
                        "intro": pgettext("letter", "%(organisation)s has something for you to do:")
                        % {"organisation": membership.organisation.name},
                        "lines": [_line(line) for line in lines],
                        "how": pgettext("letter", "Open %(address)s on any phone. Sign in with:") % {"address": _address()},
                        "organisation_label": pgettext("letter", "Organisation code"),
                        "number_label": pgettext("letter", "Employee number"),
                        "pin": pgettext("letter", "and your PIN. No PIN yet, or forgotten? Ask for a new slip: %(contact)s")
                        % {"contact": (job.site.contact if job else "") or membership.organisation.name},
                    }
                )
        pages.append(
            {
                "name": membership.name,
                "number": membership.employee_number,
                "code": membership.organisation.code,
                "site": job.site.name if job else "",
                "texts": texts,
            }
        )
    return typeset("compliance", "letters", {"pages": pages, "title": pgettext("title of a document", "Letters")})


def _address() -> str:
    return f"{settings.ORIGIN.split('://', 1)[-1]}/sign-in/"


def _line(line: mails.Line) -> str:
    if line.due_on is None:
        return line.title
    day = date_format(line.due_on, "j F Y")
    if line.kind in ("invitation", "due_soon"):
        note = pgettext("letter", "please finish it by %(day)s") % {"day": day}
    elif line.kind == "overdue":
        note = pgettext("letter", "it was due by %(day)s") % {"day": day}
    elif line.kind == "expiring":
        note = pgettext("letter", "your certificate is good through %(day)s") % {"day": day}
    else:
        note = pgettext("letter", "your certificate ended on %(day)s") % {"day": day}
    return f"{line.title}: {note}"
