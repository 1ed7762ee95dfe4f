"""The words of a text in a language, and whether anybody signed for them."""

from django.db.models import F

from translations.freshness import Provenance
from translations.models import Translation


def words(*, text: str, language: str) -> dict[str, str]:
    """Return the current translations of the segments of the text with this code, by key; stale ones are left out."""
    rows = Translation.objects.filter(segment__text__code=text, language=language, source_digest=F("segment__digest"))
    return dict(rows.values_list("segment__key", "text"))


def is_draft(*, group: str, language: str) -> bool:
    """Whether some of the words of ``group`` in ``language`` stand there without anybody's signature.

    What was translated elsewhere and is not recorded here is nobody's draft that we know of: False.
    """
    rows = Translation.objects.filter(segment__text__group=group, language=language)
    return rows.exclude(provenance=Provenance.REVIEWED).exists()
