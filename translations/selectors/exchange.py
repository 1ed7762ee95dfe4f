"""What goes into files for translators, and what was brought back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F

from cms.withheld import Withheld, withheld
from translations.catalogues import INTERFACE_GROUP
from translations.exchange.units import NO_BASE, ExchangeFile, Unit, base_of
from translations.freshness import Provenance
from translations.given import GivenTranslation
from translations.glossary import hints, in_a_line, mentioned
from translations.models import LanguageLead, Segment, Text, Translation
from translations.selectors.glossary import terms
from translations.selectors.matrix import target_languages

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


def exchangeable_groups() -> list[str]:
    """Return the groups of texts that files are made of. The interface has PO files of its own beside the code."""
    groups = Text.objects.exclude(group=INTERFACE_GROUP).order_by("group")
    return list(groups.values_list("group", flat=True).distinct())


def file_for(*, language: str, group: str = "") -> ExchangeFile:
    """Return the file for translators of ``language``: of one group, or of all with "".

    Words that are drafts, or were made from an older source, are in it as needing work. Of what was taken back the
    file holds a marker.
    """
    segments = Segment.objects.select_related("text").order_by("text__group", "text__code", "position")
    known = Translation.objects.filter(language=language).select_related("segment")
    if group:
        segments, known = segments.filter(text__group=group), known.filter(segment__text__group=group)
    else:
        segments = segments.exclude(text__group=INTERFACE_GROUP)
        known = known.exclude(segment__text__group=INTERFACE_GROUP)
    by_segment = {row.segment_id: row for row in known}
    glossary, gone = _Glossary(language), withheld()
    return ExchangeFile(
        language, tuple(_unit(segment, by_segment.get(segment.pk), glossary, gone) for segment in segments)
    )


def is_withheld(segment: Segment, gone: Sequence[Withheld], *texts: str) -> Withheld | None:
    """Return the part that was taken back and that ``segment`` is of, by its name or by its words."""
    name = f"{segment.text.group}/{segment.key}"
    return next((each for each in gone if each.covers(name, segment.source, segment.shown, *texts)), None)


class _Glossary:
    """What the glossary says to translators of one language about a source text."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.sources = terms(language=settings.LANGUAGE_CODE)
        self.targets = terms(language=language)

    def about(self, source: str) -> str:
        """Return a line for each entry that the source calls for, "" for none."""
        if not self.targets:
            return ""
        return "\n".join(in_a_line(term) for term in hints(mentioned(source, self.sources), self.targets))


def _unit(segment: Segment, row: Translation | None, glossary: _Glossary, gone: Sequence[Withheld]) -> Unit:
    name = f"{segment.text.group}/{segment.key}"
    if part := is_withheld(segment, gone, row.text if row else ""):
        return Unit(name, part.marker(settings.LANGUAGE_CODE), part.marker(glossary.language), base=NO_BASE)
    title = segment.text.title if segment.text.title != segment.source else ""
    changed = f"Changed here since; it now says: {segment.shown}" if segment.shown else ""
    note = "\n".join(filter(None, (title, changed, glossary.about(segment.source))))
    if row is None:
        return Unit(name, segment.source, base=NO_BASE, note=note)
    fresh = row.source_digest == segment.digest
    return Unit(
        name,
        segment.source,
        row.text,
        base_of(row.text),
        needs_work=not fresh or row.provenance == Provenance.MACHINE,
        reviewer=row.by_name if fresh and row.provenance == Provenance.REVIEWED else "",
        note=note,
    )


def local_words() -> dict[tuple[str, str], dict[str, GivenTranslation]]:
    """Return what people wrote or signed for here, by group and language, then by key; it goes before any file.

    Left out is what was made from another source than that of today, and the interface, which has files alone.
    """
    rows = (
        Translation.objects.filter(is_local=True, source_digest=F("segment__digest"))
        .exclude(segment__text__group=INTERFACE_GROUP)
        .select_related("segment__text")
        .order_by("pk")
    )
    found: dict[tuple[str, str], dict[str, GivenTranslation]] = {}
    for row in rows:
        reviewer = row.by_name if row.provenance == Provenance.REVIEWED else ""
        words = found.setdefault((row.segment.text.group, row.language), {})
        words[row.segment.key] = GivenTranslation(row.segment.source, row.text, reviewer)
    return found


def leads(*, user: "User | AnonymousUser") -> list[str]:
    """Return the languages whose translations ``user`` may bring in: those that they lead; all for an administrator."""
    known = target_languages()
    if user.is_superuser:
        return known
    led = set(LanguageLead.objects.filter(user=user.pk).values_list("language", flat=True))
    return [language for language in known if language in led]
