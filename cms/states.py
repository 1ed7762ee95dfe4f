"""How a state is shown: a word, a shape and a colour, never the colour alone."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class StateLook:
    """``tone`` is a colour (done, soon, late, plain, quiet), ``shape`` a drawing (tick, clock, mark, ring, half, bar)."""

    word: Promise | str
    tone: str = "plain"
    shape: str = "ring"


STATES: Final[dict[str, StateLook]] = {
    # Lessons and courses, as the learner sees them.
    "not_started": StateLook(pgettext_lazy("state", "Not started"), "quiet", "ring"),
    "in_progress": StateLook(pgettext_lazy("state", "Started"), "plain", "half"),
    "done": StateLook(pgettext_lazy("state", "Done"), "done", "tick"),
    # Obligations (compliance.standing.State).
    "assigned": StateLook(pgettext_lazy("state", "Assigned"), "plain", "ring"),
    "needs_date": StateLook(pgettext_lazy("state", "Date being set"), "quiet", "ring"),
    "due": StateLook(pgettext_lazy("state", "Due"), "plain", "ring"),
    "due_soon": StateLook(pgettext_lazy("state", "Due soon"), "soon", "clock"),
    "overdue": StateLook(pgettext_lazy("state", "Past due"), "late", "mark"),
    "exempt": StateLook(pgettext_lazy("state", "Exempt"), "quiet", "bar"),
    "not_required": StateLook(pgettext_lazy("state", "Not required"), "quiet", "bar"),
    "lapsed": StateLook(pgettext_lazy("state", "Lapsed"), "quiet", "bar"),
    "grace": StateLook(pgettext_lazy("state", "Expired, still in grace"), "soon", "clock"),
    # Certificates.
    "valid": StateLook(pgettext_lazy("state", "Valid"), "done", "tick"),
    "renewable": StateLook(pgettext_lazy("state", "Renew soon"), "soon", "clock"),
    "expiring": StateLook(pgettext_lazy("state", "Expires soon"), "soon", "clock"),
    "expired": StateLook(pgettext_lazy("state", "Expired"), "late", "mark"),
    "revoked": StateLook(pgettext_lazy("state", "Revoked"), "late", "bar"),
    "replaced": StateLook(pgettext_lazy("state", "Replaced"), "quiet", "bar"),
    # Rows of an import, messages.
    "new": StateLook(pgettext_lazy("state", "New"), "plain", "ring"),
    "changed": StateLook(pgettext_lazy("state", "Changed"), "plain", "half"),
    "ended": StateLook(pgettext_lazy("state", "Ended"), "quiet", "bar"),
    "error": StateLook(pgettext_lazy("state", "Error"), "late", "mark"),
}


def look_of(state: object) -> StateLook:
    """Return how ``state`` (a string or an enum of strings) is shown; an unknown one shows its own words, plainly."""
    code = str(getattr(state, "value", state))
    return STATES.get(code) or StateLook(code.replace("_", " ").capitalize(), "quiet", "ring")
