"""Local parts in words: for whom one is, and what keeps it from being approved."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from cms.places import place_name
from courses.overlays import Fault

_WORDS: Final[dict[Fault, Promise]] = {
    Fault.NO_REACH: pgettext_lazy(
        "local part", "Say for whom it is: choose a place, a sector or an organisation. What is for all is the course."
    ),
    Fault.NO_OWNER: pgettext_lazy("local part", "Choose who looks after it. Nobody would look again."),
    Fault.NO_REVIEW: pgettext_lazy("local part", "Choose the day by which somebody looks at it again."),
    Fault.REVIEW_PAST: pgettext_lazy(
        "local part", "The day to look again is past. Look at it now, then choose a day that lies ahead."
    ),
    Fault.UNKNOWN_PLACE: pgettext_lazy("local part", "Nobody is known to be in this place. Choose one from the list."),
    Fault.NOTHING_INSTEAD: pgettext_lazy(
        "local part",
        "Choose a passage that gives way. The end of a lesson, a question and a sentence to confirm stay for everybody.",
    ),
    Fault.EMPTY: pgettext_lazy("local part", "It says nothing yet. Add a text, a picture or a help line."),
    Fault.OPEN_COURSE: pgettext_lazy(
        "local part", "This course is open to all, and employers have no part in it. Leave the organisation empty."
    ),
    Fault.BASE_GONE: pgettext_lazy("local part", "The passage at which it stands is gone. Choose another spot."),
    Fault.HIDES_HELP: pgettext_lazy(
        "local part", "An organisation may not hide help lines. Let its part stand after them."
    ),
    Fault.HIDES_LAW: pgettext_lazy(
        "local part", "An organisation may not hide what the law says. Let its part stand after it."
    ),
    Fault.HIDES_RIGHTS: pgettext_lazy(
        "local part", "An organisation may not hide the rights of workers. Let its part stand after them."
    ),
    Fault.PIECE_MISSING: pgettext_lazy("local part", "A file or record that it names is missing or not fit:"),
    Fault.PICTURE: pgettext_lazy(
        "release problem", "Nobody has approved this picture. Open Pictures of the course and look at it:"
    ),
    Fault.PICTURE_WORDS: pgettext_lazy(
        "release problem", "A picture has no alternative text in this language. Write what it tells:"
    ),
    Fault.WITHDRAWN: pgettext_lazy(
        "release problem", "This was withdrawn and still says the same. Change it or take it out:"
    ),
    Fault.HARM: pgettext_lazy("local part", "The harm check asks you to change this:"),
    Fault.CLAIM: pgettext_lazy("local part", "A fact that it relies on does not hold today. Verify it or change it:"),
}
FIELDS: Final[dict[Fault, str]] = {
    Fault.NO_REACH: "place",
    Fault.UNKNOWN_PLACE: "place",
    Fault.NO_OWNER: "owner",
    Fault.NO_REVIEW: "review_by",
    Fault.REVIEW_PAST: "review_by",
    Fault.OPEN_COURSE: "organisation",
    Fault.EMPTY: "body",
    Fault.BASE_GONE: "spot",
    Fault.NOTHING_INSTEAD: "act",
    Fault.HIDES_HELP: "act",
    Fault.HIDES_LAW: "act",
    Fault.HIDES_RIGHTS: "act",
}
"""Beside which field of the form a fault is told; the others stand above it."""


def in_words(fault: Fault, detail: str = "") -> str:
    """Return a fault as a sentence that says how to mend it."""
    return f"{_WORDS[fault]} {detail}".strip()


def for_whom(about: dict[str, Any]) -> str:
    """Return for whom a block of a local part is, in a reader's words (``overlay`` of the block)."""
    if about["of_workplace"]:
        return pgettext("local part", "From your workplace")
    place = about["place"]
    where = (about["named"] if place.count("-") > 1 else "") or (place_name(place) if place else "")
    return pgettext("local part", "For %(where)s") % {
        "where": " · ".join(filter(None, (where, about["sector_title"] if about["sector"] else "")))
    }
