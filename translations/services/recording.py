"""Recording what there is to translate, and what files say about translations."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from translations.changes import ChangeKind
from translations.freshness import Provenance
from translations.given import GivenText, GivenTranslation
from translations.models import Segment, Text, Translation
from translations.services.changing import keep_fresh, unsign

_BATCH_ROWS = 500


def source_digest(source: str) -> str:
    """Return the SHA-256, in hex, by which a translation knows its source."""
    return hashlib.sha256(source.encode()).hexdigest()


@transaction.atomic
def record_texts(*, texts: Iterable[GivenText], groups: Iterable[str], change: ChangeKind = ChangeKind.MEANING) -> None:
    """Make the texts of ``groups`` be ``texts``; those that are there no more go, with their translations.

    A segment whose source changed keeps its translations. Of what ``change`` says the author changed: after a minor
    change they go with the new source, signature and all; else they are stale, as their digest tells, and unsigned.
    Runs twice without effect.
    """
    wanted = {text.code: text for text in texts}
    known = {row.code: row for row in Text.objects.filter(group__in=set(groups))}
    Text.objects.filter(pk__in=[row.pk for code, row in known.items() if code not in wanted]).delete()
    Text.objects.bulk_create(
        [_text_row(text) for text in wanted.values()],
        batch_size=_BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["kind", "title", "group", "sector"],
    )
    keys = dict(Text.objects.filter(code__in=wanted).values_list("code", "pk"))
    stored = {
        (row.text_id, row.key): row
        for row in Segment.objects.filter(text__group__in={text.group for text in wanted.values()})
    }
    rows = [
        Segment(
            text_id=keys[text.code],
            key=segment.key,
            source=segment.text,
            digest=source_digest(segment.text),
            markup=segment.markup,
            position=position,
        )
        for text in wanted.values()
        for position, segment in enumerate(text.segments)
    ]
    gone = stored.keys() - {(row.text_id, row.key) for row in rows}
    Segment.objects.filter(pk__in=[stored[place].pk for place in gone]).delete()
    changed = [row for row in rows if _differs(stored.get((row.text_id, row.key)), row)]
    Segment.objects.bulk_create(
        changed,
        batch_size=_BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["text", "key"],
        update_fields=["source", "digest", "markup", "position"],
    )
    moved = {
        before.pk: (before.digest, row.digest)
        for row in changed
        if (before := stored.get((row.text_id, row.key))) is not None and before.digest != row.digest
    }
    if change is ChangeKind.MINOR:
        keep_fresh(segments=moved)
    else:
        unsign(Translation.objects.filter(segment__in=moved))


def _text_row(text: GivenText) -> Text:
    return Text(code=text.code, kind=text.kind, title=text.title, group=text.group, sector=text.sector)


def _differs(stored: Segment | None, row: Segment) -> bool:
    return stored is None or (stored.digest, stored.markup, stored.position) != (row.digest, row.markup, row.position)


@transaction.atomic
def record_translations(
    *, group: str, language: str, translations: Mapping[str, GivenTranslation], at: datetime
) -> None:
    """Record what a file that comes with the project says of the segments of ``group``, by their keys.

    What comes so is a draft until a named person signs. Nothing that a person wrote or reviewed here is
    overwritten: only drafts, and what came the same way before.
    """
    segments = Segment.objects.filter(text__group=group, key__in=translations)
    stored = {row.segment_id: row for row in Translation.objects.filter(segment__text__group=group, language=language)}
    rows = []
    for segment in segments:
        given = translations[segment.key]
        row = Translation(
            segment=segment,
            language=language,
            text=given.target,
            source_digest=source_digest(given.source),
            provenance=Provenance.REVIEWED if given.reviewer else Provenance.MACHINE,
            by_name=given.reviewer,
            changed_at=at,
        )
        if _may_replace(stored.get(segment.pk), row, segment):
            rows.append(row)
    Translation.objects.bulk_create(
        rows,
        batch_size=_BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["segment", "language"],
        update_fields=["text", "source_digest", "provenance", "by_name", "changed_at"],
    )


def _may_replace(stored: Translation | None, row: Translation, segment: Segment) -> bool:
    if stored is None:
        return True
    if stored.text == row.text and stored.source_digest == segment.digest != row.source_digest:
        # The same words, kept through a minor change that the file does not know of.
        return False
    if stored.is_local or stored.by_id is not None or stored.provenance == Provenance.PERSON:
        return False
    return (stored.text, stored.source_digest, stored.by_name) != (row.text, row.source_digest, row.by_name)
