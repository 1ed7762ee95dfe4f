"""Taking in the interface's own catalogues, which are files beside the code."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.db import transaction

from translations.catalogues import (
    INTERFACE_GROUP,
    catalogue_files,
    interface_texts,
    interface_translations,
)
from translations.models import RecordedCatalogues, Translation
from translations.services.recording import record_texts, record_translations


def are_recorded(*, root: Path) -> bool:
    """Whether the catalogues below ``root`` are those that were taken in last, by their bytes."""
    return RecordedCatalogues.objects.filter(digest=_digest(root)).exists()


@transaction.atomic
def record_catalogues(*, root: Path, at: datetime) -> None:
    """Let the matrix know every string of the interface, mails and certificates, and what each language has of them.

    The files are the truth: what a file does not say any more goes. Runs twice without effect.
    """
    catalogues = {file.language: file.read() for file in catalogue_files(root)}
    record_texts(texts=interface_texts(catalogues.values()), groups={INTERFACE_GROUP})
    for language, catalogue in catalogues.items():
        said = interface_translations(catalogue)
        known = Translation.objects.filter(segment__text__group=INTERFACE_GROUP, language=language)
        Translation.objects.filter(pk__in=known.exclude(segment__key__in=said).values("pk")).delete()
        record_translations(group=INTERFACE_GROUP, language=language, translations=said, at=at)
    RecordedCatalogues.objects.all().delete()
    RecordedCatalogues.objects.create(digest=_digest(root), recorded_at=at)


def _digest(root: Path) -> str:
    total = hashlib.sha256()
    for file in catalogue_files(root):
        total.update(f"{file.language}\0{hashlib.sha256(file.path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
