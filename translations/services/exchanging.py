"""Taking in a file from a translator: all of it or nothing, and never over what somebody changed here meanwhile."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction

from cms.models import EditorLimit
from cms.withheld import withheld
from people.models import User
from translations.catalogues import INTERFACE_GROUP
from translations.exceptions import (
    ExchangeConflict,
    ExchangeConflicts,
    ExchangeDoubts,
    ExchangeFault,
    ExchangeProblem,
    ExchangeRefused,
)
from translations.exchange.units import NO_BASE, ExchangeFile, Unit, base_of, is_for
from translations.freshness import Provenance
from translations.merging import Outcome, merge
from translations.models import Segment, Translation
from translations.recognition import Recognised, is_in_script, recognise
from translations.segments import Fault, faults, normalise
from translations.segments import Markup as SegmentMarkup
from translations.segments import Segment as Piece
from translations.selectors.exchange import is_withheld
from translations.selectors.matrix import target_languages
from translations.services.changing import settle_tasks
from translations.signals import words_changed

_FAULTS: Final = {
    Fault.PLACEHOLDERS: ExchangeFault.PLACEHOLDERS,
    Fault.MARKUP: ExchangeFault.MARKUP,
    Fault.NUMBERS: ExchangeFault.NUMBERS,
    Fault.CHARACTERS: ExchangeFault.CHARACTERS,
    Fault.EDGES: ExchangeFault.EDGES,
    Fault.LENGTH: ExchangeFault.LENGTH,
}
_BATCH_ROWS: Final = 500
_SAID_CHARS: Final = 80


class OnConflict(StrEnum):
    """Whose words stand where both sides changed a segment. Nobody decides that in silence."""

    REFUSE = "refuse"
    KEEP = "keep"
    TAKE = "take"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in segments.

    ``kept`` were changed on both sides and stayed as they are here; ``waiting`` have words that the file itself says
    need work, so that none was taken in.
    """

    taken: int = 0
    signed: int = 0
    unchanged: int = 0
    kept: int = 0
    waiting: int = 0


@transaction.atomic
def import_file(
    *,
    file: ExchangeFile,
    language: str,
    by: User | None,
    at: datetime,
    group: str = "",
    on_conflict: OnConflict = OnConflict.REFUSE,
    take_doubtful: bool = False,
) -> Imported:
    """Take the words of ``file`` for ``language``, of one ``group`` or of any.

    What has no translation in the file, or needs work there, is left alone. Words that came from a person count as
    written by a person, and as reviewed where the file names a reviewer. A second import of the same file changes
    nothing. ``take_doubtful`` takes single pieces that look like another language.

    Raises:
        OutsideLimits: ``by`` is limited to other sectors or languages.
        ExchangeRefused: the file is for another language or course, looks like another language as a whole, was made
            from another version of the source, or breaks placeholders or markup; carries every problem by segment.
        ExchangeDoubts: words that are new here look like another language, and ``take_doubtful`` is not said.
        ExchangeConflicts: segments were changed here after the file was made, and ``on_conflict`` is ``refuse``.
    """
    segments = _segments(file.units)
    file = _without_withheld(file, segments)
    sectors = {segment.text.sector for segment in segments.values()}
    EditorLimit.objects.hold_text(by, act="exchange", sectors=sectors, language=language)
    recognised = recognise(
        ((unit.segment, unit.source, unit.target) for unit in file.units if _is_meant(unit)), language
    )
    problems = _file_problems(file, language, recognised) or _problems(file.units, segments, group)
    if problems:
        raise ExchangeRefused(problems)
    units = {unit.segment: unit for unit in file.units if _is_meant(unit)}
    touched = [segments[name] for name in units]
    # Locked, so that nobody's edit slips in between the comparison and the writing.
    stored = {
        row.segment_id: row
        for row in Translation.objects.select_for_update(of=("self",)).filter(
            language=language, segment__text__group__in={segment.text.group for segment in touched}
        )
    }
    doubts = [
        ExchangeProblem(ExchangeFault.LOOKS_LIKE, name, other)
        for name, other in recognised.others.items()
        if (here := stored.get(segments[name].pk)) is None or here.text != normalise(units[name].target)
    ]
    if doubts and not take_doubtful:
        raise ExchangeDoubts(doubts)
    rows: list[Translation] = []
    conflicts: list[ExchangeConflict] = []
    done: Counter[str] = Counter()
    for name, given in units.items():
        segment = segments[name]
        before = stored.get(segment.pk)
        unit = _without_old_signature(given, before)
        outcome = _outcome(unit, before)
        if outcome is Outcome.CONFLICT and before is not None and on_conflict is not OnConflict.TAKE:
            conflicts.append(ExchangeConflict(name, before.text, normalise(unit.target)))
            continue
        if outcome is Outcome.KEPT or not _says_more(unit, before, segment):
            done["unchanged"] += 1
            continue
        done["signed" if outcome is Outcome.SAME else "taken"] += 1
        rows.append(_row(unit, segment, language, by, at))
    if conflicts and on_conflict is OnConflict.REFUSE:
        raise ExchangeConflicts(conflicts)
    Translation.objects.bulk_create(
        rows,
        batch_size=_BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["segment", "language"],
        update_fields=["text", "source_digest", "provenance", "by", "by_name", "is_local", "changed_at", "review_by"],
    )
    if rows:
        settle_tasks(segments=[row.segment_id for row in rows], language=language, by=by, at=at)
        groups = {row.segment.text.group for row in rows}
        words_changed.send(sender=Translation, language=language, groups=groups, at=at)
    waiting = sum(unit.needs_work and bool(unit.target.strip()) for unit in file.units)
    return Imported(done["taken"], done["signed"], done["unchanged"], kept=len(conflicts), waiting=waiting)


def _is_meant(unit: Unit) -> bool:
    return bool(unit.target.strip()) and not unit.needs_work


def _without_withheld(file: ExchangeFile, segments: dict[str, Segment]) -> ExchangeFile:
    """Return ``file`` without what was taken back: markers are no translations, and nobody needs words any more."""
    gone = withheld()
    if not gone:
        return file
    left = [unit for unit in file.units if not (it := segments.get(unit.segment)) or not is_withheld(it, gone)]
    return replace(file, units=tuple(left))


def _file_problems(file: ExchangeFile, language: str, recognised: Recognised) -> list[ExchangeProblem]:
    if not is_for(file.language, language, known=target_languages()):
        return [ExchangeProblem(ExchangeFault.WRONG_LANGUAGE, detail=file.language)]
    if not file.units:
        return [ExchangeProblem(ExchangeFault.NOTHING)]
    if recognised.mostly:
        return [ExchangeProblem(ExchangeFault.LOOKS_LIKE, detail=recognised.mostly)]
    scripts = Counter(is_in_script(unit.target, language) for unit in file.units if unit.target)
    if scripts[False] > scripts[True]:
        return [ExchangeProblem(ExchangeFault.WRONG_SCRIPT, detail=language)]
    return []


def _segments(units: Iterable[Unit]) -> dict[str, Segment]:
    groups = {unit.segment.partition("/")[0] for unit in units} - {INTERFACE_GROUP}
    found = Segment.objects.filter(text__group__in=groups).select_related("text")
    return {f"{segment.text.group}/{segment.key}": segment for segment in found}


def _problems(units: Collection[Unit], segments: dict[str, Segment], group: str) -> list[ExchangeProblem]:
    problems: list[ExchangeProblem] = []
    names = Counter(unit.segment for unit in units)
    problems += [ExchangeProblem(ExchangeFault.TWICE, name) for name, count in names.items() if count > 1 and name]
    for unit in units:
        segment = segments.get(unit.segment)
        if segment is None:
            # Some tools drop the names: then the source says which it was.
            said = "" if unit.segment else unit.source[:_SAID_CHARS]
            problems.append(ExchangeProblem(ExchangeFault.UNKNOWN_SEGMENT, unit.segment, said))
        elif group and segment.text.group != group:
            problems.append(ExchangeProblem(ExchangeFault.OTHER_COURSE, unit.segment, segment.text.group))
        elif normalise(unit.source) != normalise(segment.source):
            problems.append(ExchangeProblem(ExchangeFault.OTHER_SOURCE, unit.segment))
        elif _is_meant(unit):
            piece = Piece(unit.segment, segment.source, SegmentMarkup(segment.markup))
            problems += [
                ExchangeProblem(_FAULTS[each.fault], unit.segment, each.detail)
                for each in faults(piece, normalise(unit.target))
                if each.fault in _FAULTS
            ]
    return problems


def _outcome(unit: Unit, before: Translation | None) -> Outcome:
    ours, theirs = before.text if before else "", normalise(unit.target)
    if before is None or before.provenance == Provenance.MACHINE or base_of(ours) == unit.base:
        # A draft that is nobody's is there to be replaced, also where another draft took its place meanwhile.
        base: str | None = ours
    elif base_of(theirs) == unit.base:
        base = theirs
    else:
        base = "" if unit.base == NO_BASE else None
    return merge(base=base, ours=ours, theirs=theirs).outcome


def _without_old_signature(unit: Unit, before: Translation | None) -> Unit:
    """Return ``unit`` unsigned where its words changed and the name is the one that signed for the words before."""
    if before is None or before.text == normalise(unit.target) or unit.reviewer[:120] != before.by_name:
        return unit
    return replace(unit, reviewer="")


def _says_more(unit: Unit, before: Translation | None, segment: Segment) -> bool:
    if before is None or before.text != normalise(unit.target) or before.source_digest != segment.digest:
        return True
    if unit.reviewer:
        return before.provenance != Provenance.REVIEWED or before.by_name != unit.reviewer[:120]
    return before.provenance == Provenance.MACHINE


def _row(unit: Unit, segment: Segment, language: str, by: User | None, at: datetime) -> Translation:
    return Translation(
        segment=segment,
        language=language,
        text=normalise(unit.target),
        source_digest=segment.digest,
        provenance=Provenance.REVIEWED if unit.reviewer else Provenance.PERSON,
        by=by,
        by_name=unit.reviewer[:120],
        is_local=True,
        changed_at=at,
    )
