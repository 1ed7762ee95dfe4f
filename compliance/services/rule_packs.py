"""Loading the shipped rule packs: a changed rule is a new version, what organisations adopted stays."""

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from cms import clock
from compliance.models import RulePackVersion, RuleVersion, TopicVersion
from compliance.rules.reader import SHIPPED, PacksRejected, read_packs
from compliance.rules.schema import RuleBook, to_json

_KINDS = {"topic": TopicVersion, "rule": RuleVersion, "pack": RulePackVersion}


@dataclass(frozen=True, slots=True)
class Change:
    """A version that was made, or would be: ``kind`` topic, rule or pack; ``what`` new, changed or withdrawn."""

    kind: str
    code: str
    number: int
    what: str
    diff: tuple[str, ...] = ()


@dataclass(slots=True)
class PackReport:
    """What loading did, or would do."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0


class _CheckedOnly(Exception):
    """Undoes a load that was only to be looked at."""


def load_packs(*, book: RuleBook, at: datetime, check: bool = False) -> PackReport:
    """Write a new version of whatever in ``book`` differs from the newest one; ``check``: write nothing, report it.

    Loading the same again changes nothing. What is shipped no longer gets a last version that says so.
    """
    report = PackReport()
    try:
        with transaction.atomic():
            _load(book, at, report)
            if check:
                raise _CheckedOnly
    except _CheckedOnly:
        pass
    return report


def packs_differ(*, folder: Path = SHIPPED) -> bool:
    """Return whether loading the shipped packs would change anything; so too where they cannot be read."""
    try:
        book = read_packs(folder)
    except PacksRejected:
        return True
    return bool(load_packs(book=book, at=clock.now(), check=True).changes)


def _load(book: RuleBook, at: datetime, report: PackReport) -> None:
    _Loader("topic", at, report).take({topic.code: to_json(topic) for topic in book.topics})
    numbers = _Loader("rule", at, report).take({rule.code: to_json(rule) for pack in book.packs for rule in pack.rules})
    packs = _Loader("pack", at, report)
    packs.take(
        {
            pack.code: {
                "title": pack.title,
                "summary": pack.summary,
                "rules": [[rule.code, numbers[rule.code].number] for rule in pack.rules],
            }
            for pack in book.packs
        }
    )
    for version in packs.made.values():
        version.rules.set([] if version.is_withdrawn else [numbers[rule] for rule, _ in version.content["rules"]])


class _Loader:
    """Versions of one kind."""

    def __init__(self, kind: str, at: datetime, report: PackReport) -> None:
        self.kind = kind
        self.model: Any = _KINDS[kind]
        self.at = at
        self.report = report
        self.made: dict[str, Any] = {}

    def take(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Return the newest version of each code in ``wanted``, made where it differed."""
        newest = {version.code: version for version in self.model.objects.newest().order_by("code")}
        for code, content in wanted.items():
            old = newest.get(code)
            if old is not None and not old.is_withdrawn and old.digest == _digest(content):
                self.report.unchanged += 1
            else:
                newest[code] = self._make(code, content, old, "changed" if old else "new")
        for code, old in list(newest.items()):
            if code not in wanted and not old.is_withdrawn:
                newest[code] = self._make(code, old.content, old, "withdrawn")
        return newest

    def _make(self, code: str, content: Any, old: Any, what: str) -> Any:
        version = self.model.objects.create(
            code=code,
            number=old.number + 1 if old else 1,
            digest=_digest(content),
            content=content,
            is_withdrawn=what == "withdrawn",
            loaded_at=self.at,
        )
        self.made[code] = version
        diff = _diff(old.content, content) if what == "changed" else ()
        self.report.changes.append(Change(self.kind, code, version.number, what, diff))
        return version


def _digest(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _diff(before: Any, after: Any) -> tuple[str, ...]:
    old, new = (
        yaml.safe_dump(it, allow_unicode=True, sort_keys=True, width=200).splitlines() for it in (before, after)
    )
    lines = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]  # without the names of two files
    return tuple(line for line in lines if not line.startswith("@@"))
