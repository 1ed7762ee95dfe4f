"""When a true story may be told: in which languages and forms, and until when. Plain Python: no clock, no database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Form(StrEnum):
    """In which forms a story may be told."""

    READ = "read"
    PRINT = "print"
    SLIDES = "slides"
    LISTEN = "listen"


class Check(StrEnum):
    """What was looked at before a story is told, so that nobody is known by it."""

    NAMES = "names"
    PLACES = "places"
    DETAILS = "details"
    READ_BACK = "read_back"


class ConsentFault(StrEnum):
    """Why a consent cannot be recorded."""

    NO_SCOPE = "no_scope"
    NO_LANGUAGE = "no_language"
    NO_FORM = "no_form"
    PAST = "past"
    NOT_CHECKED = "not_checked"
    NO_LICENCE = "no_licence"
    OPEN_LICENCE = "open_licence"


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody agreed to; it holds through ``last_good_on`` unless it is withdrawn."""

    scope: str
    languages: frozenset[str]
    forms: frozenset[str]
    last_good_on: date
    checks: frozenset[str]
    licence: str
    is_withdrawn: bool = False

    def holds(self, *, on: date) -> bool:
        """Whether the story may be told at all on a day."""
        return not self.is_withdrawn and on <= self.last_good_on

    def lacks(self, *, language: str, forms: Collection[str], on: date) -> tuple[str, ...]:
        """Return what it does not cover of a text in ``language`` and ``forms``; empty: it may be told so."""
        if self.is_withdrawn:
            return ("withdrawn",)
        if on > self.last_good_on:
            return (f"ended {self.last_good_on.isoformat()}",)
        missing = [] if language in self.languages else [language]
        return (*missing, *sorted(set(forms) - self.forms))


_OPEN = ("cc by", "cc-by", "creative commons attribution")


def is_open_licence(licence: str) -> bool:
    """Whether a licence is CC BY, under which nothing of a Nation's or of a person's story is ever given away."""
    return any(words in " ".join(licence.casefold().split()) for words in _OPEN)


def consent_faults(consent: Consent, *, on: date) -> tuple[ConsentFault, ...]:
    """Return what keeps ``consent`` from being recorded on a day; empty: nothing does."""
    found = {
        ConsentFault.NO_SCOPE: not consent.scope.strip(),
        ConsentFault.NO_LANGUAGE: not consent.languages,
        ConsentFault.NO_FORM: not consent.forms,
        ConsentFault.PAST: consent.last_good_on < on,
        ConsentFault.NOT_CHECKED: not consent.checks >= set(Check),
        ConsentFault.NO_LICENCE: not consent.licence.strip(),
        ConsentFault.OPEN_LICENCE: is_open_licence(consent.licence),
    }
    return tuple(fault for fault, is_so in found.items() if is_so)
