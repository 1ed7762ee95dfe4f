"""Conditions and due dates as a person reads them: "why me?", and by when."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

from certificates.validity import Duration
from cms.templatetags.fieldfare import day
from compliance.conditions import Condition, Group, Hired, Is, Not
from compliance.due_dates import After, DueRule, LaterOf, On
from compliance.recurrence import EachRenewal, Recurs
from people.models import Employment

Names = Mapping[tuple[str, str], str]
"""What a reader calls (subject, code): the name of a site, of a role."""


def condition_in_words(condition: Condition, names: Names) -> str:
    """Return the condition as the end of a sentence: "everybody who …"."""
    match condition:
        case Group(every, parts):
            words = [_inner(part, names) for part in parts]
            if len(words) == 1:
                return words[0]
            between = pgettext("between conditions", " and ") if every else pgettext("between conditions", " or ")
            return between.join(words)
        case Not(part):
            return pgettext("a condition", "not: %(condition)s") % {"condition": _inner(part, names)}
        case Hired(from_on, before):
            days = {"first": day(from_on), "before": day(before)}
            if from_on and before:
                return pgettext("a condition", "was hired on %(first)s or later, before %(before)s") % days
            if from_on:
                return pgettext("a condition", "was hired on %(first)s or later") % days
            return pgettext("a condition", "was hired before %(before)s") % days
        case Is(subject, words_):
            any_of = pgettext("between words of which any will do", " or ")
            listed = any_of.join(_name(subject, word, names) for word in words_)
            return _sentence(subject) % {"words": listed}


def _inner(part: Condition, names: Names) -> str:
    words = condition_in_words(part, names)
    return f"({words})" if isinstance(part, Group) and len(part.parts) > 1 else words


def _name(subject: str, word: str, names: Names) -> str:
    if subject == "employment_type":
        return str(dict(Employment.Type.choices).get(word, word)).lower()
    return names.get((subject, word), word.replace("_", " "))


def _sentence(subject: str) -> str:
    return {
        "organisation": pgettext("a condition", "works for %(words)s"),
        "site": pgettext("a condition", "works at %(words)s"),
        "role": pgettext("a condition", "works in %(words)s"),
        "role_tag": pgettext("a condition", "has work of the kind %(words)s"),
        "sector": pgettext("a condition", "works in the sector %(words)s"),
        "jurisdiction": pgettext("a condition", "works where the rules of %(words)s hold"),
        "employment_type": pgettext("a condition", "is %(words)s"),
    }[subject]


def due_rule_in_words(rule: DueRule) -> str:
    """Return by when: "90 days after the first day at work"."""
    match rule:
        case On(fixed):
            return day(fixed)
        case After(base, length):
            if not length.n:
                return _bases(base)
            return pgettext("when something is due", "%(length)s after %(base)s") % {
                "length": duration_in_words(length),
                "base": _bases(base),
            }
        case LaterOf(first, second):
            return pgettext("when something is due", "%(first)s, or %(second)s, whichever is later") % {
                "first": due_rule_in_words(first),
                "second": due_rule_in_words(second),
            }


def _bases(base: str) -> str:
    return {
        "hire": pgettext("a date that others count from", "the day of hiring"),
        "role_start": pgettext("a date that others count from", "the first day in the role"),
        "requirement_start": pgettext("a date that others count from", "the day from which it is asked"),
        "licence_renewal": pgettext("a date that others count from", "the renewal of the licence"),
    }[base]


def again_in_words(recurs: Recurs) -> str:
    """Return how often it has to be done again."""
    if isinstance(recurs, EachRenewal):
        return _("With each renewal of the licence.")
    if isinstance(recurs, Duration):
        return _("Every %(time)s, counted from the last time.") % {"time": duration_in_words(recurs)}
    times = {"time": duration_in_words(recurs.policy.validity)}
    if recurs.policy.window is None:
        return _("Once in every period of %(time)s of the calendar, counted from the last time.") % times
    times["window"] = duration_in_words(recurs.policy.window)
    return _("Every %(time)s on the same day, if done in the last %(window)s before it.") % times


def duration_in_words(length: Duration) -> str:
    """Return "90 days"; of several whole years "3 years", also where they were written as months."""
    if length.unit == "m" and length.n > 12 and length.n % 12 == 0:
        length = Duration(length.n // 12, "y")
    text = {
        "d": ngettext("%(n)s day", "%(n)s days", length.n),
        "w": ngettext("%(n)s week", "%(n)s weeks", length.n),
        "m": npgettext("a length of time", "%(n)s month", "%(n)s months", length.n),
        "y": npgettext("a length of time", "%(n)s year", "%(n)s years", length.n),
    }[length.unit]
    return text % {"n": length.n}
