"""Why somebody is asked for a training, in one sentence for the person: what about them it hangs on, since when, by which rule."""

from datetime import date

from django.utils.html import format_html
from django.utils.translation import pgettext

from certificates.validity import Duration, ValidityPolicy
from cms.languages import in_source
from cms.templatetags.fieldfare import day
from compliance.condition_words import again_in_words
from compliance.conditions import Group, Is, parse
from compliance.models import Requirement
from compliance.recurrence import ByCalendar, EachRenewal, parse_recurs


def why_in_words(requirement: Requirement | None, organisation: str, *, since: date) -> str:
    """Return why ``requirement`` is about somebody at ``organisation``, as the end of a sentence; HTML where it names things.

    Of conditions only a single kind of work is told: what else HR asks of whom is not for everybody to read.
    """
    if requirement is None:
        return pgettext("why a training is asked", "because you work at %(organisation)s") % {
            "organisation": organisation
        }
    work = _kind_of_work(requirement)
    names = {
        "organisation": organisation,
        "place": requirement.site.name if requirement.site else organisation,
        "work": work,
        "rule": in_source(requirement.label),
        "first": day(since),
    }
    # The sentence is ours and the names are not.
    return format_html(_sentence(requirement, bool(work)) % {name: f"{{{name}}}" for name in names}, **names)


def _kind_of_work(requirement: Requirement) -> str:
    """Return the one kind of work that is meant, as people read it; nothing where any is, or several are."""
    if requirement.role is not None:
        return requirement.role.name
    condition = parse(requirement.conditions) if requirement.conditions is not None else None
    parts = condition.parts if isinstance(condition, Group) and condition.every else (condition,)
    kinds = [it.words for it in parts if isinstance(it, Is) and it.subject == "role_tag"]
    return in_source(kinds[0][0].replace("_", " ")) if len(kinds) == 1 and len(kinds[0]) == 1 else ""


def _sentence(requirement: Requirement, of_work: bool) -> str:
    if requirement.membership_id is not None:
        return pgettext("why a training is asked", "because %(organisation)s has asked you to do this since %(first)s")
    if of_work and requirement.label:
        return pgettext(
            "why a training is asked",
            "because your work at %(place)s is %(work)s, and this rule has asked it of you since %(first)s: %(rule)s",
        )
    if of_work:
        return pgettext(
            "why a training is asked",
            "because your work at %(place)s is %(work)s, and it has been asked of you since %(first)s",
        )
    if requirement.label:
        return pgettext(
            "why a training is asked",
            "because you work at %(place)s, and this rule has asked it of you since %(first)s: %(rule)s",
        )
    return pgettext(
        "why a training is asked", "because you work at %(place)s, and it has been asked of you since %(first)s"
    )


def again_in_time(requirement: Requirement | None, policy: ValidityPolicy) -> str:
    """Return how often it comes again, as a sentence: by ``requirement`` where that is sooner than the certificate's ``policy``.

    Nothing where that is a day of the calendar.
    """
    if requirement is not None and requirement.recurs:
        recurs = parse_recurs(requirement.recurs)
        if isinstance(recurs, EachRenewal) or _is_sooner(recurs, policy, requirement.starts_on):
            return again_in_words(recurs)
    if policy.anchor == "completion":
        return again_in_words(policy.validity)
    return "" if policy.anchor == "calendar" else again_in_words(ByCalendar(policy))


def _is_sooner(recurs: Duration | ByCalendar, policy: ValidityPolicy, day: date) -> bool:
    length = recurs if isinstance(recurs, Duration) else recurs.policy.validity
    return length.after(day) <= policy.validity.after(day)
