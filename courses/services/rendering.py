"""Making renditions in the background: asked for when their source changes, made anew only where they say otherwise."""

import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from cms.typesetting import MissingGlyphs
from courses import selectors
from courses.models import Course, Edition, EditionText, Rendition, RenditionSet
from courses.opus import length_ms
from courses.renditions.kinds import OPUS, Piece, pieces
from courses.renditions.material import Material, material_of
from people import outbox
from people.models import OutboxEntry

logger = logging.getLogger(__name__)

MAKE: Final = "courses.make_renditions"
LOOK: Final = "courses.look_for_stale_renditions"


@transaction.atomic
def ask_for_renditions(*, edition: Edition, language: str) -> RenditionSet | None:
    """Let what is made of ``edition`` in ``language`` be made, unless it is true or asked for; return its set.

    None where the edition has no text in that language, or this site makes no renditions.
    """
    text = selectors.text_in(edition, language) if settings.RENDITIONS else None
    if text is None:
        return None
    RenditionSet.objects.bulk_create([RenditionSet(edition=edition, language=language)], ignore_conflicts=True)
    asked = RenditionSet.objects.select_for_update().get(edition=edition, language=language)
    wanted = material_of(text).fingerprint
    if wanted == asked.asked_for:
        return asked
    asked.asked_for = wanted
    asked.asks += 1
    asked.save(update_fields=["asked_for", "asks"])
    # A change that was taken back before anybody made anything of it needs nothing.
    if wanted != asked.fingerprint:
        payload = {"edition": edition.pk, "language": language}
        outbox.enqueue(kind=MAKE, key=f"renditions:{asked.pk}:{asked.asks}", payload=payload)
    return asked


def ask_for_all_of(*, course: Course) -> None:
    """Let every set of every edition of ``course`` be made anew where it is not true any more."""
    for each in RenditionSet.objects.filter(edition__course=course).select_related("edition"):
        ask_for_renditions(edition=each.edition, language=each.language)


def ask_to_look() -> None:
    """Let somebody look soon, after the present transaction, whose renditions are not true any more."""
    waiting = OutboxEntry.objects.filter(kind=LOOK, done_at=None, failed_at=None, claimed_until=None)
    if settings.RENDITIONS and not waiting.exists():
        outbox.enqueue(kind=LOOK, key=f"renditions-look:{uuid.uuid4()}", payload={})


def look_for_stale_renditions() -> None:
    """Ask for what is not true, or not there, of the newest edition of each course.

    Where loaded courses wait until somebody wants a file, what is not there goes on waiting.
    """
    for course in Course.objects.order_by("pk"):
        edition = selectors.newest_edition(course)
        if edition is not None:
            model = EditionText if settings.RENDITIONS_OF_LOADED else RenditionSet
            there = model.objects.filter(edition=edition).values_list("language", flat=True)
            for language in sorted(set(there)):
                ask_for_renditions(edition=edition, language=language)


def make_renditions(*, edition: Edition, language: str, at: datetime) -> RenditionSet | None:
    """Make what is not made yet, file by file, each in a transaction of its own; a kill costs one file.

    What lacks letters in every font here is noted and left out.
    """
    text = selectors.text_in(edition, language)
    if text is None:
        return None
    material = material_of(text)
    kept = _begin(edition, language, material)
    wanted = list(pieces(material))
    present = {each.name: each for each in kept.files.all()}
    try:
        for number, piece in enumerate(wanted, start=1):
            old = present.pop(piece.name, None)
            is_true = old is not None and old.source_hash == piece.source_hash and _is_there(old)
            _keep(kept, material, None if is_true else piece, old, made=number, total=len(wanted))
        _finish(kept, material, present.values(), at)
    except _Superseded:
        # Whoever made something else of the set meanwhile goes on with it.
        pass
    kept.refresh_from_db()
    return kept


class _Superseded(Exception):
    """Something else was asked of the set since this work began."""


@transaction.atomic
def _begin(edition: Edition, language: str, material: Material) -> RenditionSet:
    """Take the set out of service: a mixture of old and new files is true to nothing."""
    kept, _ = RenditionSet.objects.select_for_update().get_or_create(edition=edition, language=language)
    if kept.fingerprint != material.fingerprint:
        kept.fingerprint = ""
    kept.asked_for = material.fingerprint
    kept.total = kept.made = 0
    kept.save(update_fields=["fingerprint", "asked_for", "total", "made"])
    return kept


def _lock(kept: RenditionSet, material: Material) -> None:
    now = RenditionSet.objects.select_for_update().get(pk=kept.pk)
    if now.asked_for != material.fingerprint:
        raise _Superseded


def _is_there(rendition: Rendition) -> bool:
    return bool(rendition.missing_letters) or (
        bool(rendition.file) and rendition.file.storage.exists(str(rendition.file.name))
    )


def _keep(
    kept: RenditionSet, material: Material, piece: Piece | None, old: Rendition | None, *, made: int, total: int
) -> None:
    """Write one file, unless ``piece`` is None (what is there is true), and how many are done."""
    data, missing = b"", ""
    if piece is not None:
        try:
            data = piece.make(*(_bytes_of(kept, name) for name in piece.of))
        except MissingGlyphs as error:
            missing = error.characters[:200]
            logger.warning("no font here has the letters of a rendition: %s, %s", piece.kind, kept.language)
    with transaction.atomic():
        _lock(kept, material)
        if piece is not None:
            # Whoever makes the same files at the same time may have been quicker.
            row = old or kept.files.filter(name=piece.name).first() or Rendition(rendition_set=kept, name=piece.name)
            former = str(row.file.name) if row.file else ""
            row.kind, row.lesson, row.content_type = piece.kind, piece.lesson, piece.content_type
            row.length_ms = length_ms(data) if piece.content_type == OPUS else 0
            row.source_hash, row.missing_letters, row.size_bytes = piece.source_hash, missing, len(data)
            suffix = piece.name.rpartition(".")[2]
            row.file = "" if missing else ContentFile(data, name=f"{uuid.uuid4().hex}.{suffix}")
            row.save()
            _delete_later(row, former)
        RenditionSet.objects.filter(pk=kept.pk).update(made=made, total=total)


def _bytes_of(kept: RenditionSet, name: str) -> bytes:
    with kept.files.get(name=name).file.open("rb") as opened:
        data: bytes = opened.read()
    return data


def _delete_later(rendition: Rendition, name: str) -> None:
    if name:
        storage = rendition.file.storage
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def _finish(kept: RenditionSet, material: Material, left_over: Iterable[Rendition], at: datetime) -> None:
    _lock(kept, material)
    for each in left_over:
        name = str(each.file.name or "")
        each.delete()
        _delete_later(each, name)
    RenditionSet.objects.filter(pk=kept.pk).update(fingerprint=material.fingerprint, made_at=at)


def deliver_renditions(payload: Mapping[str, Any], *, at: datetime) -> None:
    """Do what an entry of ``MAKE`` asks; twice does no harm."""
    edition = Edition.objects.select_related("course").get(pk=payload["edition"])
    make_renditions(edition=edition, language=payload["language"], at=at)
    # What changed meanwhile is asked for again: the files just made are true to what was.
    ask_for_renditions(edition=edition, language=payload["language"])
