"""Why somebody stands where they stand, in sentences for HR. Dates without times; the last good day, never the exclusive end."""

from datetime import date

from django.utils.html import format_html
from django.utils.translation import pgettext

from certificates.validity import ONE_DAY
from cms.languages import in_source
from cms.templatetags.fieldfare import day
from compliance.standing import Reason, ReasonCode, Standing


def reasons_in_words(standing: Standing) -> list[str]:
    """Return a sentence for each reason of a standing as an employer may know it, what decides it first."""
    said = [reason_in_words(it) for it in standing.reasons]
    return list(dict.fromkeys(it for it in said if it))


def reason_in_words(reason: Reason) -> str:
    """Return a reason as a sentence; nothing for what is the learner's own."""
    days = {
        "first": day(reason.from_on),
        "last": day(_last(reason.until)),
        "due": day(reason.due_on),
    }
    text = _text(reason) % days
    # By which rule, where a requirement says so.
    return format_html("{} ({})", text, in_source(reason.label)) if text and reason.label else text


def _last(until: date | None) -> date | None:
    return None if until is None else until - ONE_DAY


def _text(reason: Reason) -> str:  # one sentence for each kind of reason
    match reason.code:
        case ReasonCode.REQUIREMENT if reason.due_on:
            return pgettext("why somebody stands where they stand", "Asked for since %(first)s, last good day %(due)s.")
        case ReasonCode.REQUIREMENT:
            return pgettext("why somebody stands where they stand", "Asked for since %(first)s.")
        case ReasonCode.PERIOD:
            return pgettext(
                "why somebody stands where they stand", "The certificate is good from %(first)s through %(last)s."
            )
        case ReasonCode.PERIOD_ENDED:
            return pgettext("why somebody stands where they stand", "The certificate was good through %(last)s.")
        case ReasonCode.PERIOD_REVOKED:
            return pgettext("why somebody stands where they stand", "The certificate was revoked.")
        case ReasonCode.WAIVER:
            return pgettext("why somebody stands where they stand", "Exempt from %(first)s through %(last)s.")
        case ReasonCode.NEW_CONTENT:
            return pgettext(
                "why somebody stands where they stand", "The training has changed: to be done again by %(due)s."
            )
        case ReasonCode.ADDITION:
            return pgettext("why somebody stands where they stand", "An addition is to be learnt by %(due)s.")
        case ReasonCode.SOONER_THAN_PRINTED:
            return pgettext(
                "why somebody stands where they stand",
                "It is asked for again by %(due)s, sooner than the certificate ends.",
            )
        case ReasonCode.NO_BASE_DATE:
            return pgettext(
                "why somebody stands where they stand", "The day from which the last good day counts is not recorded."
            )
        case ReasonCode.DUE_AFTER_LEAVE:
            return pgettext("why somebody stands where they stand", "Leave moved the last good day to %(due)s.")
        case ReasonCode.GRACE_AFTER_LEAVE:
            return pgettext("why somebody stands where they stand", "There is some more time after leave.")
        case ReasonCode.LEAVE if reason.until:
            return pgettext("why somebody stands where they stand", "On leave from %(first)s through %(last)s.")
        case ReasonCode.LEAVE:
            return pgettext("why somebody stands where they stand", "On leave since %(first)s.")
        case ReasonCode.EXTENSION:
            return pgettext("why somebody stands where they stand", "More time was given, through %(due)s.")
        case ReasonCode.DUE_SET:
            return pgettext("why somebody stands where they stand", "HR set the last good day to %(due)s.")
        case ReasonCode.ANOTHER_WAY:
            return pgettext("why somebody stands where they stand", "Another way to learn is agreed.")
    return ""
