"""The templates of response plans: what a workplace fills in, by sector, and what holds in every one."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that only the site knows: ``code`` stays, ``label`` heads the answer in print."""

    code: str
    label: Promise
    example: Promise


_EVERYWHERE: Final = (
    Question(
        "emergency",
        pgettext_lazy("workplace kit", "How to get emergency help from here"),
        pgettext_lazy(
            "workplace kit", "Such as: any telephone, 911; then tell the front desk, so that the door is open."
        ),
    ),
    Question(
        "where",
        pgettext_lazy("workplace kit", "Where we are, for whoever comes to help"),
        pgettext_lazy("workplace kit", "The address, and the door or gate to use."),
    ),
    Question(
        "another-way",
        pgettext_lazy("workplace kit", "If the person whom you would tell may be part of it"),
        pgettext_lazy("workplace kit", "Somebody outside the line of command, or a help line."),
    ),
    Question(
        "quiet-place",
        pgettext_lazy("workplace kit", "A quiet place to talk or use a telephone"),
        pgettext_lazy("workplace kit", "Away from whoever the person may fear. Not a place that locks."),
    ),
    Question(
        "notes",
        pgettext_lazy("workplace kit", "Where notes go, and who may read them"),
        pgettext_lazy("workplace kit", "What was said and done, when and where. No guesses."),
    ),
    Question(
        "afterwards",
        pgettext_lazy("workplace kit", "Who looks after our own people afterwards"),
        pgettext_lazy("workplace kit", "Who asks the next day how they are, and who takes over their shift."),
    ),
)
_BY_SECTOR: Final = {
    "hospitality": Question(
        "rooms",
        pgettext_lazy("workplace kit", "Who may enter a guest room, and when"),
        pgettext_lazy("workplace kit", "Nobody goes alone, and nobody searches."),
    ),
    "transport": Question(
        "stopping",
        pgettext_lazy("workplace kit", "Where a driver may stop and call"),
        pgettext_lazy("workplace kit", "Safe places on the routes, and the words for dispatch."),
    ),
    "camps": Question(
        "no-signal",
        pgettext_lazy("workplace kit", "How to call when there is no signal"),
        pgettext_lazy("workplace kit", "Radio channel, satellite telephone, control room. Say only what help needs."),
    ),
    "schools": Question(
        "child",
        pgettext_lazy("workplace kit", "How a person who is worried about a child reports it"),
        pgettext_lazy("workplace kit", "Each person reports it themselves; telling the office is not enough."),
    ),
}

NEVER: Final = (
    pgettext_lazy("workplace kit", "Confront, accuse, follow, hold or search anybody"),
    pgettext_lazy("workplace kit", "Warn the person who may be in control, or let them interpret"),
    pgettext_lazy("workplace kit", "Judge by looks, origin, accent or kind of work"),
    pgettext_lazy("workplace kit", "Take pictures, post, or talk about it with people who need not know"),
    pgettext_lazy("workplace kit", "Decide for an adult, or promise what you cannot keep"),
)


def questions_for(sector: str) -> tuple[Question, ...]:
    """Return what a site of ``sector`` fills in; a sector without a template of its own has the common one."""
    own = _BY_SECTOR.get(sector)
    return (*_EVERYWHERE, own) if own else _EVERYWHERE
