"""The words of a text in a language, and whether anybody signed for them."""

from collections import defaultdict

from django.db.models import F

from cms.withheld import withheld
from translations.freshness import Provenance
from translations.given import CarriedTranslation, GivenText, Kind
from translations.models import Segment as SegmentRow
from translations.models import Text, Translation
from translations.segments import Markup, Segment
from translations.selectors.exchange import is_withheld


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
    """Return the texts of ``group`` with their segments, by code; what was taken back is left out."""
    gone = withheld()
    segments: defaultdict[Text, list[Segment]] = defaultdict(list)
    rows = SegmentRow.objects.filter(text__group=group).select_related("text").order_by("text__code", "position", "pk")
    for row in rows:
        if not is_withheld(row, gone):
            segments[row.text].append(Segment(row.key, row.source, Markup(row.markup)))
    return [
        GivenText(text.code, Kind(text.kind), text.title, text.group, text.sector, tuple(left))
        for text, left in segments.items()
    ]


def carried(*, group: str, language: str) -> dict[str, CarriedTranslation]:
    """Return what is known of the segments of ``group`` in ``language``, by key, as it goes to another site.

    Accounts stay here; names under which reviewers signed go along. What was taken back is left out.
    """
    gone = withheld()
    rows = Translation.objects.filter(segment__text__group=group, language=language).select_related("segment__text")
    return {
        row.segment.key: CarriedTranslation(
            row.source_digest, row.text, Provenance(row.provenance), row.by_name, row.review_by
        )
        for row in rows
        if not is_withheld(row.segment, gone, row.text)
    }
