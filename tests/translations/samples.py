"""Texts and translations as rows."""

from datetime import UTC, date, datetime

from translations.freshness import Provenance
from translations.given import GivenText, Kind
from translations.models import Segment, Translation
from translations.segments import Markup
from translations.segments import Segment as Piece
from translations.services import record_texts
from translations.services.recording import source_digest

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def text(code: str = "course:hotel", *, sources: dict[str, str], group: str = "course:hotel", **about) -> GivenText:
    """Return a text with these segments, sources by key."""
    pieces = tuple(Piece(key, source, about.get("markup", Markup.PLAIN)) for key, source in sources.items())
    return GivenText(
        code, about.get("kind", Kind.PAGE), code.title(), group, about.get("sector", "hospitality"), pieces
    )


def recorded(*texts: GivenText) -> None:
    """Record the texts as all that there is of their groups."""
    record_texts(texts=texts, groups={each.group for each in texts})


def translate(
    key: str,
    words: str,
    *,
    language: str = "fr",
    of: str | None = None,
    provenance: Provenance = Provenance.MACHINE,
    review_by: date | None = None,
    **about,
) -> Translation:
    """Write a translation of the segment ``key``, made from the source ``of`` (None: from that of today)."""
    segment = Segment.objects.get(key=key)
    return Translation.objects.create(
        segment=segment,
        language=language,
        text=words,
        source_digest=segment.digest if of is None else source_digest(of),
        provenance=provenance,
        changed_at=AT,
        review_by=review_by,
        **about,
    )
