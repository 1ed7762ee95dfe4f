"""The interface's own catalogues: ``locale/<language>/LC_MESSAGES/django.po``, and the ``.mo`` that Django reads.

Both are kept with the code, since a machine that only runs the site has no gettext. Plain Python.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polib

from translations.segments import Markup, Segment, SegmentProblem, faults

DRAFT: Final = "draft, not yet reviewed"
_REVIEW: Final = "X-Review"
_NAME: Final = "django.po"


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """A catalogue on disk."""

    language: str
    path: Path

    @property
    def compiled(self) -> Path:
        """Return the path of the compiled catalogue."""
        return self.path.with_suffix(".mo")

    def read(self) -> polib.POFile:
        """Return what the file holds."""
        return polib.pofile(str(self.path), encoding="utf-8")


def catalogue_files(root: Path) -> list[CatalogueFile]:
    """Return the catalogues below ``root``, by their language as Django writes it (``zh_Hans`` is ``zh-hans``)."""
    return [
        CatalogueFile(path.parts[-3].replace("_", "-").lower(), path)
        for path in sorted(root.glob(f"*/LC_MESSAGES/{_NAME}"))
    ]


def is_draft(catalogue: polib.POFile) -> bool:
    """Whether no native speaker has signed for the catalogue: its header says ``X-Review: draft, not yet reviewed``."""
    return bool(catalogue.metadata.get(_REVIEW, DRAFT) == DRAFT)


def missing(catalogue: polib.POFile) -> list[str]:
    """Return the strings without a translation; a fuzzy one is a guess of gettext's and counts as none."""
    return [entry.msgid for entry in catalogue if not entry.obsolete and (entry.fuzzy or not entry.translated())]


def problems(catalogue: polib.POFile) -> list[SegmentProblem]:
    """Return what is wrong with the translations, named by their English string."""
    return [
        problem
        for entry in catalogue
        if not entry.obsolete and not entry.fuzzy and entry.translated()
        for source, target in _pairs(entry)
        for problem in faults(Segment(entry.msgid, source, Markup.HTML), target)
    ]


def _pairs(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    if not entry.msgid_plural:
        yield entry.msgid, entry.msgstr
        return
    # The first form of some languages may leave out the number; the last one is that of many.
    yield entry.msgid_plural, entry.msgstr_plural[max(entry.msgstr_plural)]


def compiled(catalogue: polib.POFile) -> bytes:
    """Return the catalogue as gettext's binary form; the same entries give the same bytes."""
    return bytes(catalogue.to_binary())
