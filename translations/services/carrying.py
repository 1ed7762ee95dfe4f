"""Words that come from another site with word of who wrote and who signed for them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from translations.freshness import Provenance
from translations.given import CarriedTranslation
from translations.models import Segment, Translation
from translations.selectors import carried

_BATCH_ROWS = 500


@transaction.atomic
def record_carried(
    *,
    group: str,
    language: str,
    translations: Mapping[str, CarriedTranslation],
    brought_before: Mapping[str, CarriedTranslation],
    at: datetime,
    overwrite: bool = False,
) -> tuple[set[str], set[str]]:
    """Record what another site knows of the segments of ``group``; return the keys that were taken, and those kept.

    What somebody here wrote, changed or signed for since stays (``brought_before`` is what came last time), unless to
    ``overwrite`` was said. A draft comes as a draft. A signature for the very words that stand here is taken. What a
    person wrote or signed for there is guarded as what people here did: no file that comes with the project replaces it.
    """
    stored = carried(group=group, language=language)
    taken, kept = set[str](), set[str]()
    rows = []
    for segment in Segment.objects.filter(text__group=group, key__in=translations):
        theirs = translations[segment.key]
        ours = stored.get(segment.key)
        if ours == theirs:
            continue
        if not (overwrite or _gives_way(ours, theirs, brought_before.get(segment.key))):
            kept.add(segment.key)
            continue
        taken.add(segment.key)
        rows.append(
            Translation(
                segment=segment,
                language=language,
                text=theirs.target,
                source_digest=theirs.source_digest,
                provenance=theirs.provenance,
                by_name=theirs.by_name,
                review_by=theirs.review_by,
                is_local=theirs.provenance is not Provenance.MACHINE,
                changed_at=at,
            )
        )
    Translation.objects.bulk_create(
        rows,
        batch_size=_BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["segment", "language"],
        update_fields=["text", "source_digest", "provenance", "by", "by_name", "review_by", "is_local", "changed_at"],
    )
    return taken, kept


def _gives_way(ours: CarriedTranslation | None, theirs: CarriedTranslation, before: CarriedTranslation | None) -> bool:
    if ours is None or ours == before or ours.provenance is Provenance.MACHINE:
        return True
    same_words = (ours.target, ours.source_digest) == (theirs.target, theirs.source_digest)
    return same_words and ours.provenance is Provenance.PERSON and theirs.provenance is Provenance.REVIEWED
