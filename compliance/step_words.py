"""The steps of a ladder, and what became of messages, in words for HR."""

from django.utils.functional import Promise
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from compliance.ladder import Recipient
from compliance.reminders import Kind
from compliance.selectors import Delivery

DELIVERY_LABELS: dict[Delivery, Promise] = {
    Delivery.WAITING: pgettext_lazy("state of a message", "To be sent"),
    Delivery.SENT: pgettext_lazy("state of a message", "Sent"),
    Delivery.FAILED: pgettext_lazy("state of a message", "Could not be delivered"),
    Delivery.BOUNCED: pgettext_lazy("state of a message", "Came back"),
    Delivery.LETTER: pgettext_lazy("state of a message", "Letter waits to be printed"),
    Delivery.PRINTED: pgettext_lazy("state of a message", "Letter printed"),
}
DELIVERY_LOOKS: dict[Delivery, str] = {
    Delivery.WAITING: "assigned",
    Delivery.SENT: "done",
    Delivery.FAILED: "overdue",
    Delivery.BOUNCED: "overdue",
    Delivery.LETTER: "due_soon",
    Delivery.PRINTED: "done",
}
"""The shapes and colours of ``cms.states`` that they share with others."""


def kind_in_words(kind: str) -> str:
    """Return what a message is about; another kind than ours as it is."""
    words = {
        Kind.INVITATION: pgettext("what a message is about", "Invitation"),
        Kind.DUE_SOON: pgettext("what a message is about", "Reminder"),
        Kind.OVERDUE: pgettext("what a message is about", "Past due"),
        Kind.EXPIRING: pgettext("what a message is about", "Certificate ends"),
        Kind.EXPIRED: pgettext("what a message is about", "Renewal reminder"),
    }
    return words[Kind(kind)] if kind in set(Kind) else kind


def step_in_words(kind: str, rung: int | None) -> str:
    """Return a step in words, such as "Reminder, 14 days before the last good day"."""
    what = kind_in_words(kind)
    if rung is None:
        return what
    if rung < 0:
        when = ngettext("%(n)s day before the last good day", "%(n)s days before the last good day", -rung)
    elif rung == 0:
        when = pgettext("when a message goes out", "on the last good day")
    else:
        when = ngettext("%(n)s day after the last good day", "%(n)s days after the last good day", rung)
    return pgettext("a step: what, when", "%(what)s, %(when)s") % {"what": what, "when": when % {"n": abs(rung)}}


def hearers_in_words(to: tuple[Recipient, ...]) -> list[str]:
    """Return who hears of a step apart from the person, from the nearest up."""
    words = {
        Recipient.MANAGER: pgettext("who hears of a step", "Manager"),
        Recipient.SITE_LEAD: pgettext("who hears of a step", "Site lead"),
        Recipient.HR: pgettext("who hears of a step", "HR"),
    }
    return [words[it] for it in to if it in words]
