"""The interface's own catalogues: ``locale/<language>/LC_MESSAGES/django.po``, and the ``.mo`` that Django reads.

Both are kept with the code, since a machine that only runs the site has no gettext. Plain Python.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polib

from translations.given import GivenText, GivenTranslation, Kind
from translations.segments import Markup, Segment, SegmentProblem, faults

DRAFT: Final = "draft, not yet reviewed"
_REVIEW: Final = "X-Review"
_NAME: Final = "django.po"

INTERFACE_GROUP: Final = "interface"
_MAIL: Final = re.compile(r"/(?:emails?|mails)/|/(?:mails|letters)\.(?:py|html)$")
_CERTIFICATE: Final = re.compile(r"^certificates/(?:documents\.py|verdicts\.py|templates/|typst/)")
_TITLES: Final = {Kind.MAIL: "Mails and letters", Kind.CERTIFICATE: "Certificates", Kind.CATALOGUE: "Interface"}


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


def interface_texts(catalogues: Iterable[polib.POFile]) -> list[GivenText]:
    """Return what the catalogues ask to translate: mails, certificates, and the interface app by app.

    A string that stands in a mail or on a certificate and elsewhere counts there. One with a plural is one segment,
    that of many.
    """
    found: dict[tuple[Kind, str], dict[str, Segment]] = {}
    seen: set[str] = set()
    for entry in (entry for catalogue in catalogues for entry in catalogue if not entry.obsolete):
        key = _entry_key(entry)
        if key not in seen:
            seen.add(key)
            source, markup = entry.msgid_plural or entry.msgid, Markup.HTML
            found.setdefault(_place(entry), {})[key] = Segment(key, source, markup)
    return [
        GivenText(
            f"{kind.value}:{app}",
            kind,
            f"{_TITLES[kind]}: {app}",
            INTERFACE_GROUP,
            "",
            tuple(segments[key] for key in sorted(segments)),
        )
        for (kind, app), segments in sorted(found.items())
    ]


def interface_translations(catalogue: polib.POFile) -> dict[str, GivenTranslation]:
    """Return what the catalogue says, by the keys of ``interface_texts``; a fuzzy entry says nothing.

    Whoever the header names under ``X-Review`` has signed for all of it.
    """
    reviewer = "" if is_draft(catalogue) else catalogue.metadata[_REVIEW][:120]
    return {
        _entry_key(entry): GivenTranslation(*next(iter(_pairs(entry))), reviewer)
        for entry in catalogue
        if not entry.obsolete and not entry.fuzzy and entry.translated()
    }


def _entry_key(entry: polib.POEntry) -> str:
    return hashlib.sha256(f"{entry.msgctxt or ''}\x04{entry.msgid}".encode()).hexdigest()[:40]


def _place(entry: polib.POEntry) -> tuple[Kind, str]:
    paths = [path for path, _ in entry.occurrences]
    for kind, pattern in ((Kind.MAIL, _MAIL), (Kind.CERTIFICATE, _CERTIFICATE)):
        for path in paths:
            if pattern.search(path):
                return kind, path.split("/")[0]
    return Kind.CATALOGUE, paths[0].split("/")[0] if paths else "other"
