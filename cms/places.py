"""Places that help lines are for: codes of ISO 3166 in lower case, a country or a part of one; a region adds a word."""

import re
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

PLACES: Final[dict[str, Promise]] = {
    "ca-ab": pgettext_lazy("place", "Alberta"),
    "ca-bc": pgettext_lazy("place", "British Columbia"),
    "ca-mb": pgettext_lazy("place", "Manitoba"),
    "ca-nb": pgettext_lazy("place", "New Brunswick"),
    "ca-nl": pgettext_lazy("place", "Newfoundland and Labrador"),
    "ca-nt": pgettext_lazy("place", "Northwest Territories"),
    "ca-ns": pgettext_lazy("place", "Nova Scotia"),
    "ca-nu": pgettext_lazy("place", "Nunavut"),
    "ca-on": pgettext_lazy("place", "Ontario"),
    "ca-pe": pgettext_lazy("place", "Prince Edward Island"),
    "ca-qc": pgettext_lazy("place", "Quebec"),
    "ca-sk": pgettext_lazy("place", "Saskatchewan"),
    "ca-yt": pgettext_lazy("place", "Yukon"),
}
"""What a reader may choose, in the order of the menu."""

_COUNTRIES: Final[dict[str, Promise]] = {"ca": pgettext_lazy("place", "Canada")}


_REGION: Final = re.compile(r"([a-z]{2}-[a-z0-9]{1,3})-[a-z0-9]{1,12}")


def province_of(code: str) -> str:
    """Return the province or state that ``code`` is or lies in, such as ``ca-bc`` for ``ca-bc-north``; "" if unknown."""
    region = _REGION.fullmatch(code)
    province = region[1] if region else code
    return province if province in PLACES else ""


def known_place(code: str) -> str:
    """Return ``code`` if a reader may choose it, or it is a region of such a place; nothing otherwise."""
    return code if province_of(code) else ""


def place_name(code: str) -> str:
    """Return the name of a place in the current language, of a region that of its province; else the code in capitals."""
    name = PLACES.get(province_of(code)) or _COUNTRIES.get(code)
    return str(name) if name else code.upper()


def with_regions(regions: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what a reader may choose, each region after its province; ``regions``: names by code."""
    choices = []
    for code, name in PLACES.items():
        choices.append((code, str(name)))
        inside = ((region, said) for region, said in regions.items() if region.startswith(f"{code}-"))
        choices += [(region, f"{name}, {said}") for region, said in sorted(inside)]
    return choices


def covers(coverage: str, place: str) -> bool:
    """Return whether a service for ``coverage`` serves ``place``: its own, its province's, its country's, everybody's (empty)."""
    return not coverage or place == coverage or place.startswith(f"{coverage}-")
