"""The words of a text in a language, and whether anybody signed for them."""

from django.db.models import F

from translations.freshness import Provenance
from translations.given import CarriedTranslation, GivenText, Kind
from translations.models import Text, Translation
from translations.segments import Markup, Segment


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


def texts_of(*, group: str) -> list[GivenText]:
    """Return the texts of ``group`` with their segments, by code."""
    rows = Text.objects.filter(group=group).prefetch_related("segments").order_by("code")
    return [
        GivenText(
            row.code,
            Kind(row.kind),
            row.title,
            row.group,
            row.sector,
            tuple(Segment(each.key, each.source, Markup(each.markup)) for each in row.segments.all()),
        )
        for row in rows
    ]


def carried(*, group: str, language: str) -> dict[str, CarriedTranslation]:
    """Return what is known of the segments of ``group`` in ``language``, by key, as it goes to another site.

    Accounts stay here; names under which reviewers signed go along.
    """
    rows = Translation.objects.filter(segment__text__group=group, language=language).select_related("segment")
    return {
        row.segment.key: CarriedTranslation(
            row.source_digest, row.text, Provenance(row.provenance), row.by_name, row.review_by
        )
        for row in rows
    }
