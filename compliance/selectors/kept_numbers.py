"""The numbers of a large organisation's front page, kept for a minute: counting half a million lines takes seconds."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from compliance.models import ObligationSpan
from compliance.selectors.days import Days
from compliance.selectors.endings import Endings, endings
from compliance.selectors.rows import SiteCounts, Summary, counts_by_site, summary
from people.models import Membership

LARGE: Final = 20_000
"""Lines of the list from which numbers are kept; below, they are counted anew for each page."""
KEPT_FOR: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the front page counts; ``counted_at`` says when where that may be a minute ago, None: just now."""

    summary: Summary
    by_site: list[SiteCounts]
    endings: Endings
    counted_at: datetime | None = None


def numbers(*, memberships: QuerySet[Membership], on: Days, at: datetime) -> Numbers:
    """Return the numbers of ``memberships`` today, where they work: three queries, none where they were counted a minute before ``at``.

    Whoever may see the same people shares what is kept; it is numbers and names of sites, nothing of a person.
    """
    key = _key("numbers", memberships, on)
    if isinstance(kept := _kept(key, at), Numbers):
        return kept
    counts = summary(memberships=memberships, on=on)
    found = Numbers(
        counts,
        counts_by_site(memberships=memberships, on=on),
        endings(memberships=memberships, on=on),
        at if counts.total >= LARGE else None,
    )
    if found.counted_at:
        _keep(key, found, at)
    return found


class KeptLines:
    """A long list for a paginator: how many lines it has, and which stand on a page, are a minute old at most.

    The lines themselves are read anew: they say what is true now, and one that is no longer on the list is left out.
    """

    def __init__(self, spans: QuerySet[ObligationSpan], *, at: datetime) -> None:
        self._spans = spans
        self._at = at

    def count(self) -> int:
        """Return how many lines the list has."""
        return int(self._once("count", self._spans.count))

    def __getitem__(self, part: slice) -> QuerySet[ObligationSpan]:
        """Return the lines from ``part.start`` to ``part.stop``."""
        keys = self._once(f"{part.start}-{part.stop}", lambda: list(self._spans.values_list("pk", flat=True)[part]))
        return self._spans.filter(pk__in=keys)

    def _once(self, what: str, find: Any) -> Any:
        key = _key(f"lines:{what}", self._spans)
        kept = _kept(key, self._at)
        if kept is None:
            kept = find()
            _keep(key, kept, self._at)
        return kept


def _key(what: str, query: QuerySet[Any], on: Days | None = None) -> str:
    """Return the key of what is kept of a query: it names the people who may be seen, whoever looks."""
    try:
        said = str(query.query)
    except EmptyResultSet:
        said = ""
    return f"portal:{what}:{hashlib.sha256(f'{on} {said}'.encode()).hexdigest()}"


def _kept(key: str, at: datetime) -> Any:
    when, kept = cache.get(key) or (None, None)
    return kept if when is not None and at - when < KEPT_FOR else None


def _keep(key: str, value: Any, at: datetime) -> None:
    cache.set(key, (at, value), timeout=KEPT_FOR.total_seconds())
