"""What kind of place a site is: which rules are about it depends on that."""

from typing import Final

SITE_KINDS: Final = (
    "hotel",
    "bed-and-breakfast",
    "short-term-rental",
    "restaurant",
    "truck-stop",
    "station",
    "airport",
    "airline",
    "trucking",
    "work-camp",
    "school",
    "health",
    "police",
    "office",
    "other",
)
