"""What rules ask, in the words of the portal. The sentences of a rule itself come from its file."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from certificates.validity import Duration
from cms.languages import in_source, language_name
from cms.lists import listed
from cms.templatetags.fieldfare import day
from compliance.condition_words import again_in_words, due_rule_in_words
from compliance.recurrence import parse_recurs
from compliance.rules.applying import Match, due_rule_of, recurs_of
from compliance.rules.readiness import STATED, Condition, State
from compliance.rules.schema import Retention, Rule

Words = Mapping[str, str | Promise]

STATUS_WORDS: Words = {
    "law": pgettext_lazy("status of a rule", "Law"),
    "regulation": pgettext_lazy("status of a rule", "Regulation"),
    "policy": pgettext_lazy("status of a rule", "Policy"),
    "licence-condition": pgettext_lazy("status of a rule", "Licence condition"),
    "contract": pgettext_lazy("status of a rule", "Contract term"),
    "recommendation": pgettext_lazy("status of a rule", "Recommendation"),
    "proposal": pgettext_lazy("status of a rule", "Proposal"),
}
_STATUS_SENTENCES: Words = {
    "law": pgettext_lazy("status of a rule", "Required by law."),
    "regulation": pgettext_lazy("status of a rule", "A regulation asks for it."),
    "policy": pgettext_lazy("status of a rule", "A policy asks for it. It is not a law."),
    "licence-condition": pgettext_lazy("status of a rule", "A condition of a licence asks for it."),
    "contract": pgettext_lazy("status of a rule", "A contract asks for it."),
    "recommendation": pgettext_lazy("status of a rule", "Recommended. Nobody has to."),
    "proposal": pgettext_lazy("status of a rule", "Only proposed. It binds nobody, so nothing can be assigned for it."),
}
_DUTY_SENTENCES: Words = {
    "teaching": pgettext_lazy("duty of a rule", "It is about lessons for pupils. Nothing can be assigned for it."),
    "report": pgettext_lazy(
        "duty of a rule", "It asks your organisation for a report, not people for a training. Nothing is assigned."
    ),
}
CONDITION_WORDS: Words = {
    "approved-course": pgettext_lazy("condition of a rule", "An approved course"),
    "interactive": pgettext_lazy("condition of a rule", "Interactive"),
    "individual-only": pgettext_lazy("condition of a rule", "One person at a time, not a group"),
    "on-premises": pgettext_lazy("condition of a rule", "At the workplace"),
    "video": pgettext_lazy("condition of a rule", "With a video"),
    "paid-time": pgettext_lazy("condition of a rule", "In paid time"),
    "minimum-minutes": pgettext_lazy("condition of a rule", "Long enough"),
    "topics": pgettext_lazy("condition of a rule", "All topics"),
}
STATE_WORDS: Words = {
    State.MET: pgettext_lazy("state of a condition", "Met"),
    State.NOT_MET: pgettext_lazy("state of a condition", "Not met"),
    State.UNKNOWN: pgettext_lazy("state of a condition", "Not known"),
}
STATE_LOOKS: Mapping[str, str] = {State.MET: "done", State.NOT_MET: "error", State.UNKNOWN: "due_soon"}
MISSING_WORDS: Words = {
    "jurisdiction": pgettext_lazy("missing fact", "say which state or province it is in"),
    "kind": pgettext_lazy("missing fact", "say what kind of place it is"),
    "kind_to_check": pgettext_lazy("missing fact", "check whether the rule means this kind of place"),
    "rooms": pgettext_lazy("missing fact", "say how many guest rooms it has"),
    "size": pgettext_lazy("missing fact", "say how many people work there"),
    "exception": pgettext_lazy("missing fact", "check the exception"),
    "area": pgettext_lazy("missing fact", "check whether it is in the part that the rule is about"),
    "organisation": pgettext_lazy("missing fact", "check whether your organisation is large enough"),
}
_EVIDENCE_WORDS: Words = {
    "certificate": pgettext_lazy("evidence", "A certificate of completion"),
    "transcript": pgettext_lazy("evidence", "A transcript or certificate"),
    "acknowledgement": pgettext_lazy("evidence", "A signed and dated statement of each person"),
    "roster": pgettext_lazy("evidence", "An entry in a roster or in each person's file"),
    "employer-statement": pgettext_lazy("evidence", "A statement by the employer"),
}
_TRIGGER_WORDS: Words = {
    "hire": pgettext_lazy("what a time counts from", "from the first day at work"),
    "role-start": pgettext_lazy("what a time counts from", "from the first day in the role"),
    "licence-issue": pgettext_lazy("what a time counts from", "from the day of the licence"),
    "licence-renewal": pgettext_lazy("what a time counts from", "from the renewal of the licence"),
    "contract-start": pgettext_lazy("what a time counts from", "from the start of the contract"),
    "initial-training": pgettext_lazy("what a time counts from", "from the first training"),
}
_NOT_STATED = pgettext_lazy("gap of a rule", "What we read does not say.")


def standing_of(rule: Rule) -> str:
    """Return what a rule's status and duty mean for the reader. Only a law is "required by law"."""
    sentences = [_STATUS_SENTENCES[rule.status]]
    if rule.duty in _DUTY_SENTENCES:
        sentences.append(_DUTY_SENTENCES[rule.duty])
    return " ".join(str(each) for each in sentences)


def asks(rule: Rule) -> list[tuple[str, list[str]]]:
    """Return what a rule asks as headings, each with its sentences; what it does not say is said where that matters.

    The rule's own words, in the language of the source, are HTML on a page in another one.
    """
    rows: list[tuple[str, list[str]]] = [
        (pgettext("heading of a rule", "Who"), [in_source(rule.who), *_exception(rule)])
    ]
    if rule.duty == "training":
        rows += [
            (pgettext("heading of a rule", "First time"), [first_due_words(rule)]),
            (pgettext("heading of a rule", "Again"), [recurrence_words(rule)]),
            (pgettext("heading of a rule", "At least"), [minutes_words(rule.minimum_minutes)]),
        ]
    if rule.conditions:
        names = [str(CONDITION_WORDS[name]) for name in rule.conditions]
        rows.append((pgettext("heading of a rule", "Conditions"), [*names, *_approval(rule)]))
    evidence = [str(_EVIDENCE_WORDS[name]) for name in rule.evidence] + (
        [in_source(rule.produce_note)] if rule.produce_note else []
    )
    rows.append((pgettext("heading of a rule", "Evidence"), evidence))
    rows.append((pgettext("heading of a rule", "Kept and shown"), _keeping(rule)))
    rows.append((pgettext("heading of a rule", "A day of the year"), _yearly(rule)))
    rows.append((pgettext("heading of a rule", "On the wall"), _sign(rule)))
    rows.append((pgettext("heading of a rule", "Also"), [in_source(it) for it in rule.also]))
    rows.append((pgettext("heading of a rule", "If it is not done"), [in_source(rule.penalty)] if rule.penalty else []))
    rows.append((pgettext("heading of a rule", "Good to know"), [in_source(it) for it in rule.notes]))
    return [(heading, sentences) for heading, sentences in rows if sentences]


def duration_words(duration: Duration) -> str:
    """Return a length of time: "60 days", "6 months"."""
    counted = {
        "d": ngettext("%(n)s day", "%(n)s days", duration.n),
        "w": ngettext("%(n)s week", "%(n)s weeks", duration.n),
        "m": ngettext("%(n)s month", "%(n)s months", duration.n),
        "y": ngettext("%(n)s year", "%(n)s years", duration.n),
    }
    return counted[duration.unit] % {"n": duration.n}


def first_due_words(rule: Rule) -> str:
    """Return when the first time has to be."""
    due = rule.first_due
    if due is None:
        return str(_NOT_STATED)
    if due.later_of:
        words = due_rule_in_words(due_rule_of(due))
        return f"{words[:1].upper()}{words[1:]}."
    if due.by is not None:
        return _("By %(day)s. That day has passed for most: plan it for the first days at work.") % {"day": day(due.by)}
    assert due.within is not None
    if not due.within.n:
        return {
            "initial-training": _("As part of the first training."),
            "licence-renewal": _("With each renewal of the licence."),
        }.get(due.after, _("At the start."))
    return _("Within %(time)s, %(from)s.") % {
        "time": duration_words(due.within),
        "from": _TRIGGER_WORDS[due.after],
    }


def recurrence_words(rule: Rule) -> str:
    """Return how often it has to be done again."""
    recurrence = rule.recurrence
    if "recurrence" in rule.not_stated:
        return str(_NOT_STATED)
    text = recurs_of(recurrence)
    return again_in_words(parse_recurs(text)) if text else _("Once; the text names no repeat.")


def minutes_words(minutes: int) -> str:
    """Return the least length, or that none is stated."""
    if not minutes:
        return str(_NOT_STATED)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def retention_words(retention: Retention) -> str:
    """Return how long evidence is kept."""
    if retention.kind == "current-and-former":
        return _("Kept for everybody who works there or ever did.")
    if retention.and_after is None:
        return _("Kept while the person works there.")
    return _("Kept while the person works there and for %(time)s after.") % {
        "time": duration_words(retention.and_after)
    }


def hours_words(hours: int) -> str:
    """Return how fast evidence has to be shown."""
    return ngettext("Shown within %(n)s hour of being asked.", "Shown within %(n)s hours of being asked.", hours) % {
        "n": hours
    }


def condition_words(condition: Condition) -> str:
    """Return why a condition stands as it does, and how to mend it where it is open."""
    if condition.state is State.UNKNOWN and condition.name not in STATED:
        return _("Not everybody takes all of its courses. Look yourself whether each way through it is enough.")
    if condition.name == "minimum-minutes":
        return _("The training holds people for at least %(have)s minutes; the rule asks for %(need)s.") % {
            "have": condition.have,
            "need": condition.need,
        }
    if condition.name == "topics":
        if condition.gaps:
            names = listed(f"“{topic.title}”" for topic in condition.gaps)
            return _("No lesson covers, for this place: %(topics)s.") % {"topics": names}
        return _("Every topic has a lesson.") if condition.state is State.MET else ""
    if condition.name == "approved-course":
        return _approved_words(condition)
    if condition.name == "interactive":
        return (
            _("Each course ends in questions with a reason for every answer.") if condition.state is State.MET else ""
        )
    return {
        State.MET: _("You said so."),
        State.NOT_MET: _("You said that it is not so."),
        State.UNKNOWN: _("Only you can know. Say it below."),
    }[condition.state]


def _approved_words(condition: Condition) -> str:
    if condition.state is State.MET:
        return _("You recorded the approval of the current edition.")
    if not condition.courses:
        return _("Not approved: no training is chosen yet.")
    editions = listed(
        _("%(course)s, edition %(edition)s") % {"course": course, "edition": edition or "–"}
        for course, edition in condition.courses
    )
    return _("Not approved: %(editions)s. An approval of an earlier edition does not count for it.") % {
        "editions": editions
    }


def missing_words(match: Match) -> str:
    """Return what to do so that it is clear whether a rule is about a site."""
    return listed(MISSING_WORDS[name] for name in match.missing)


def value_words(dimension: str, value: Any) -> str:
    """Return what the strictest rule asks in one respect."""
    if isinstance(value, date):
        return str(day(value))
    if isinstance(value, Retention):
        return retention_words(value)
    if dimension == "minimum_minutes":
        return minutes_words(value)
    return hours_words(value)


def _exception(rule: Rule) -> Iterable[str]:
    scope = rule.scope
    if scope.rooms_at_least:
        yield ngettext("From %(n)s guest room.", "From %(n)s guest rooms.", scope.rooms_at_least) % {
            "n": scope.rooms_at_least
        }
    if scope.size_at_least:
        yield ngettext("From %(n)s person at work.", "From %(n)s people at work.", scope.size_at_least) % {
            "n": scope.size_at_least
        }
    if scope.employed == ("direct",):
        yield _("People from agencies and contractors are not meant.")
    if scope.area:
        yield in_source(scope.area)
    if scope.ages:
        yield in_source(scope.ages)
    if scope.unless:
        yield in_source(scope.unless.says)


def _approval(rule: Rule) -> Iterable[str]:
    if rule.approval:
        yield _("Approved by: %(body)s.") % {"body": rule.approval.body}
        if rule.approval.decides_within:
            yield _("It answers within %(time)s.") % {"time": duration_words(rule.approval.decides_within)}


def _keeping(rule: Rule) -> list[str]:
    kept = [retention_words(rule.retention)] if rule.retention else []
    return kept + ([hours_words(rule.produce_within_hours)] if rule.produce_within_hours else [])


def _yearly(rule: Rule) -> list[str]:
    return [in_source(rule.employer_date.says)] if rule.employer_date else []


def _sign(rule: Rule) -> list[str]:
    if rule.sign is None:
        return []
    size = _(
        "A sign of at least %(width)s by %(height)s inches, letters of at least %(points)s points, in: %(languages)s."
    )
    words = size % {
        "width": rule.sign.width_inches,
        "height": rule.sign.height_inches,
        "points": rule.sign.font_points,
        "languages": listed(language_name(code, "name_translated") for code in rule.sign.languages),
    }
    return [words, in_source(rule.sign.more)] if rule.sign.more else [words]
