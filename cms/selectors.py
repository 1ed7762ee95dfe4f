"""Reads over the directory of support services, for one page: a single query, whatever the page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from cms.clock import today
from cms.models import SupportService
from cms.places import covers, known_place

# Whose review dates these are does not matter to a day; one calendar for everybody keeps pages alike.
_CALENDAR: Final = "UTC"
# Where these two stand in the directory they are what a doubtful line falls back on.
EMERGENCY_CODE: Final = "emergency"
HOTLINE_CODE: Final = "ca-hotline"
PLACE_PARAMETER: Final = "place"


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A service as a page shows it; ``stale``: past its review date, to be checked before anybody relies on it."""

    service: SupportService
    stale: bool


@dataclass(frozen=True, slots=True)
class HelpDirectory:
    """The services offered on a day, in their order. Withdrawn ones are not in it."""

    lines: tuple[HelpLine, ...]

    def in_place(self, place: str, *, limit: int | None = None) -> list[HelpLine]:
        """Return the lines that serve ``place`` such as ``ca-bc``, at most ``limit`` of them."""
        return [line for line in self.lines if covers(line.service.coverage, place)][:limit]

    def with_codes(self, codes: Iterable[str]) -> list[HelpLine]:
        """Return the lines named, in the order of ``codes``; codes unknown or withdrawn are left out."""
        by_code = {line.service.code: line for line in self.lines}
        return [by_code[code] for code in dict.fromkeys(codes) if code in by_code]

    def fallback(self) -> list[HelpLine]:
        """Return what to call when a line may be wrong: emergency and the hotline, as far as they are not stale."""
        return [line for line in self.with_codes((EMERGENCY_CODE, HOTLINE_CODE)) if not line.stale]


def help_directory(*, on: date | None = None) -> HelpDirectory:
    """Return the directory as offered ``on`` a day, today by default."""
    on = on or today(_CALENDAR)
    return HelpDirectory(tuple(HelpLine(service, service.is_stale(on)) for service in SupportService.objects.offered()))


def help_directory_of(request: HttpRequest | None) -> HelpDirectory:
    """Return the directory, read once per request and never kept longer: a withdrawal shows on the next page."""
    if request is None:
        return help_directory()
    directory: HelpDirectory | None = getattr(request, "_help_directory", None)
    if directory is None:
        directory = help_directory()
        request._help_directory = directory  # type: ignore[attr-defined]  # lives as long as the request
    return directory


def place_of(request: HttpRequest | None) -> str:
    """Return the place whose help lines a page shows.

    What the reader chose stands in the address (``?place=ca-ab``) and nowhere else; then comes their workplace where
    it is known, then the site's own place.
    """
    asked = known_place(request.GET.get(PLACE_PARAMETER, "")) if request is not None else ""
    return asked or getattr(getattr(request, "scope", None), "place", "") or settings.DEFAULT_PLACE
