"""What becomes of what a rule pack has assigned, when it is brought into line with what the pack asks. Nothing is written."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from compliance.models import Requirement, RulePackVersion
from compliance.rules.schema import Rule
from compliance.selectors import OpenAssignment, Wanted


class Turn(NamedTuple):
    """What ends, what begins, and which requirements stay and are asked otherwise, with what changes of them."""

    ends: tuple[OpenAssignment, ...]
    begins: tuple[Wanted, ...]
    changes: tuple[tuple[Requirement, Mapping[str, Any]], ...]


def turn_of(
    assigned: Iterable[OpenAssignment], wanted: Iterable[Wanted], *, before: RulePackVersion | None = None
) -> Turn:
    """Return what brings ``assigned`` into line with ``wanted``.

    What stays is left alone, with whatever HR has changed of it, but for rules that say something else now than in the
    version ``before``.
    """
    asked = {it.key: it for it in wanted}
    old = {version.code: version.rule for version in before.rules.all()} if before else {}
    ends: list[OpenAssignment] = []
    changes: list[tuple[Requirement, Mapping[str, Any]]] = []
    kept = set()
    for it in assigned:
        want = asked.get(it.key)
        if want is None or it.assignment.conditions != want.conditions:
            ends.append(it)
            continue
        kept.add(it.key)
        if it.requirement is not None and want.rule.code in old and (said := _said_anew(old[want.rule.code], want)):
            changes.append((it.requirement, said))
    return Turn(tuple(ends), tuple(it for key, it in asked.items() if key not in kept), tuple(changes))


def _said_anew(old: Rule, wanted: Wanted) -> dict[str, Any]:
    """Return what the rule says otherwise than ``old``, as a requirement keeps it."""
    new, asks = wanted.rule, what_it_asks(wanted)
    names: list[str] = []
    if new.first_due != old.first_due:
        names += ["due_on", "due_rule", "default_due_on"]
    if new.recurrence != old.recurrence:
        names.append("recurs")
    if new.title != old.title:
        names.append("label")
    return {name: asks[name] for name in [*names, "licence_kind"]} if names else {}


def what_it_asks(wanted: Wanted) -> dict[str, Any]:
    """Return what makes ``wanted`` a requirement: what ``planned`` and ``require`` take beside the organisation.

    The one place that turns what a rule wants into what is asked.
    """
    return {
        "certification": wanted.certification,
        "site": wanted.site,
        "role": wanted.role,
        "conditions": wanted.conditions,
        "starts_on": wanted.starts_on,
        "due_on": wanted.due_on,
        "due_rule": wanted.due_rule,
        "default_due_on": wanted.default_due_on,
        "recurs": wanted.recurs,
        "licence_kind": wanted.rule.code if wanted.counts_from_licence else "",
        "label": wanted.rule.title,
        "source": wanted.rule.code,
    }
