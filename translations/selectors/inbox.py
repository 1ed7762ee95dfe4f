"""What there is to do in a language: counted from the segments, and the tasks that somebody or something opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from translations.freshness import Freshness, State
from translations.models import LanguageLead, TranslationTask
from translations.selectors.matrix import MatrixRow, matrix

ASKING: tuple[str, ...] = ("stale", "untranslated", "draft", "in_review", "review_overdue")
"""Names of the counts of ``Freshness`` that ask for work, the most urgent first."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """One language: its groups of texts that ask for work, and how many segments do so in all, by ``ASKING``."""

    language: str
    groups: tuple[tuple[MatrixRow, Freshness], ...]
    counts: Mapping[str, int]


def inboxes(*, languages: Sequence[str], on: date) -> list[Inbox]:
    """Return what there is to do in each of ``languages`` on the day ``on``; two queries.

    A group of which nothing is translated is begun by nobody's duty: it is in the matrix and not here.
    """
    rows = matrix(languages=languages, on=on).groups()
    return [_inbox(language, rows) for language in languages]


def _inbox(language: str, rows: Sequence[MatrixRow]) -> Inbox:
    asking = tuple(
        (row, row.cells[language])
        for row in rows
        if row.cells[language].state not in (State.CURRENT, State.UNTRANSLATED)
    )
    counts = {name: sum(getattr(cell, name) for _, cell in asking) for name in ASKING}
    return Inbox(language, asking, counts)


def open_tasks(*, languages: Sequence[str]) -> QuerySet[TranslationTask]:
    """Return the open tasks in ``languages`` with their segments and texts, the oldest first."""
    tasks = TranslationTask.objects.filter(language__in=languages, done_at__isnull=True)
    return tasks.select_related("segment__text").order_by("opened_at", "pk")


def leads_to_look_at(*, day: date) -> QuerySet[LanguageLead]:
    """Return the leads whose inbox nobody looked at on ``day``, and who can be told by mail."""
    waiting = LanguageLead.objects.exclude(looked_on__gte=day).filter(user__is_active=True)
    return waiting.exclude(user__email=None).select_related("user").order_by("user", "language")
