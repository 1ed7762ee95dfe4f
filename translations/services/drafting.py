"""Drafts by a machine, where a provider is named: only where there is nothing, and never over anybody's words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import transaction

from translations.catalogues import INTERFACE_GROUP
from translations.exceptions import MachineRefused, NoTranslator
from translations.freshness import Provenance
from translations.machine import is_refused, translator
from translations.models import Segment, Translation
from translations.segments import Markup, faults, normalise
from translations.segments import Segment as Piece

_AT_ONCE: Final = 50


def draft_by_machine(*, language: str, group: str = "", at: datetime) -> tuple[int, int]:
    """Write a machine's drafts for segments without words in ``language``; return how many, and how many were no good.

    What loses a placeholder, a tag or a number is not kept. Batches commit one by one: a run that ends early goes on
    where it ended.

    Raises:
        MachineRefused: a language of an Indigenous people.
        NoTranslator: no provider is named.
    """
    if is_refused(language):
        raise MachineRefused(language)
    provider = translator()
    if provider is None:
        raise NoTranslator
    kept = bad = 0
    for batch in _batches(language, group):
        said = provider.translate(texts=[segment.source for segment in batch], language=language)
        rows = []
        for segment, words in zip(batch, said, strict=True):
            target = normalise(words)
            if faults(Piece(segment.key, segment.source, Markup(segment.markup)), target):
                bad += 1
                continue
            rows.append(
                Translation(
                    segment=segment,
                    language=language,
                    text=target,
                    source_digest=segment.digest,
                    provenance=Provenance.MACHINE,
                    changed_at=at,
                )
            )
        kept += _keep(rows)
    return kept, bad


@transaction.atomic
def _keep(rows: list[Translation]) -> int:
    # Somebody may have written meanwhile: theirs stands.
    Translation.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _batches(language: str, group: str) -> Iterator[list[Segment]]:
    waiting = Segment.objects.exclude(text__group=INTERFACE_GROUP).exclude(
        pk__in=Translation.objects.filter(language=language).values("segment")
    )
    if group:
        waiting = waiting.filter(text__group=group)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        yield list(Segment.objects.filter(pk__in=keys[start : start + _AT_ONCE]).order_by("pk"))
