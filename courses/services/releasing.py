"""Releasing: an act apart from publishing. What is live is frozen, and learners are served that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from wagtail.log_actions import log

from cms.models import EditorLimit
from cms.site_day import site_day
from courses import selectors
from courses.exceptions import ReleaseFault, ReleaseProblem, ReleaseRefused
from courses.films import untranslated_captions
from courses.models import Course, CoursePage, Edition, EditionText, Overlay
from courses.services.approving import problems_of_pictures
from courses.services.checking import open_findings
from courses.services.claiming import claim_problems, index_claims
from courses.services.consenting import consent_problems
from courses.services.freezing import (
    CourseDraft,
    ForecastShelf,
    Frozen,
    FrozenShelf,
    LiveShelf,
    MediaShelf,
    drafted,
    freeze,
    published,
)
from courses.services.overlaying import Freezing, freeze_overlays, keep_overlays
from courses.services.rendering import ask_for_renditions
from courses.services.reviewing import review_problems
from courses.signals import edition_released
from courses.snapshot import (
    Change,
    Json,
    changed_words,
    changes,
    differing_stories,
    digest,
    same_content,
    same_structure,
)
from courses.withdrawn import Part, part_in, says_the_same
from courses.withholding import WithdrawnWords, copied_in, taken_back_words
from people.models import User
from translations.changes import ChangeKind
from translations.services import source_changed

RELEASE_LOG_ACTION = "courses.release"


@transaction.atomic
def release_course(
    *,
    course: Course,
    severity: str,
    retrain_by: date | None = None,
    note: str = "",
    by: User | None,
    at: datetime,
    languages: Collection[str] | None = None,
    looked_at: Collection[str] = (),
    change: ChangeKind = ChangeKind.MEANING,
) -> Edition:
    """Freeze every live language of ``course`` (or only ``languages``) as its next edition.

    ``looked_at``: what the publisher says to have looked at with their own eyes; it is logged.
    ``change``: what the changed words of the source mean for their translations (``translations.changes``).
    An alias of another language is no translation and is left out. ``retrain_by`` belongs to the severity of
    that name and to no other, and lies ahead.

    Raises:
        OutsideLimits: ``by`` is limited to other sectors, or not to all of these languages.
        ReleaseRefused: something is missing or contradicts itself, a reviewer stands against it, or nothing changed
            since the last edition.
    """
    course = (
        Course.objects.select_for_update(of=("self",)).select_related("sector", "final_quiz__bank").get(pk=course.pk)
    )
    problems = _request_problems(course, severity, retrain_by, languages, at)
    touched = [draft.language for draft in published(course) if languages is None or draft.language in languages]
    EditorLimit.objects.hold(by, act="release", sectors=[course.sector.code], languages=touched)
    newest = selectors.newest_edition(course)
    number = newest.number + 1 if newest else 1
    frozen = _freeze_published(course, languages, edition=number, shelf=FrozenShelf())
    gone = taken_back_words()
    problems += _all_problems(frozen) + _still_there(course, frozen, gone) + _harm(course, frozen)
    is_start = by is None and newest is None
    problems += _reviews(course, frozen) + _claims(frozen, at, is_start=is_start) + _stories(course, frozen, at)
    problems += problems_of_pictures(snapshots=[text.snapshot for _, text in frozen])
    local = _with_overlays(course, newest, frozen, change, FrozenShelf(), problems, gone, on=site_day(at))
    if not problems and newest and _is_unchanged(newest, frozen):
        problems.append(ReleaseProblem(ReleaseFault.UNCHANGED))
    if problems:
        raise ReleaseRefused(course=course.code, problems=problems)
    edition = Edition.objects.create(
        course=course,
        number=number,
        severity=severity,
        change=change,
        retrain_by=retrain_by,
        note=note,
        released_at=at,
        released_by=by,
    )
    if newest is not None:
        _tell_translations(newest, frozen, change, at)
    for draft, text in frozen:
        _keep(edition, text.snapshot, at, by)
        _log(draft.page, edition, by, looked_at)
    keep_overlays(local, at=at)
    edition_released.send(sender=Edition, edition=edition, at=at)
    return edition


def _request_problems(
    course: Course, severity: str, retrain_by: date | None, languages: Collection[str] | None, at: datetime
) -> list[ReleaseProblem]:
    if severity not in Edition.Severity.values:
        raise ValueError(severity)
    problems = []
    if (severity == Edition.Severity.RETRAIN_BY) is (retrain_by is None):
        problems.append(ReleaseProblem(ReleaseFault.RETRAIN_DATE))
    elif retrain_by is not None and retrain_by <= site_day(at):
        # Everybody would be late from the first moment.
        problems.append(ReleaseProblem(ReleaseFault.RETRAIN_PAST))
    problems += [_no_page(course, language) for language in sorted(languages or ()) if not _page(course, language)]
    return problems


def _page(course: Course, language: str) -> CoursePage | None:
    pages = CoursePage.objects.filter(course=course, locale__language_code=language, alias_of__isnull=True)
    return pages.live().select_related("locale", "course").first()


def _no_page(course: Course, language: str) -> ReleaseProblem:
    aliases = CoursePage.objects.filter(course=course, locale__language_code=language, alias_of__isnull=False)
    return ReleaseProblem(ReleaseFault.ALIAS if aliases.exists() else ReleaseFault.NO_PAGE, language)


def _freeze_published(
    course: Course, languages: Collection[str] | None, *, edition: int, shelf: MediaShelf
) -> list[tuple[CourseDraft, Frozen]]:
    """Return each language's draft and snapshot, the site's own language first."""
    drafts = [draft for draft in published(course) if languages is None or draft.language in languages]
    drafts.sort(key=lambda draft: (draft.language != settings.LANGUAGE_CODE, draft.language))
    return [(draft, freeze(draft, edition=edition, shelf=shelf)) for draft in drafts]


def _with_overlays(
    course: Course,
    newest: Edition | None,
    frozen: list[tuple[CourseDraft, Frozen]],
    change: ChangeKind,
    shelf: MediaShelf,
    problems: list[ReleaseProblem],
    gone: Collection[WithdrawnWords],
    *,
    on: date | None = None,
) -> list[Freezing]:
    """Name the local parts that fit in each snapshot, add to ``problems`` what they lack; return what becomes of each.

    ``gone``: what none of them may say any more (of ``taken_back_words``).
    They stand in the source: that of the release, else of the edition before it. In the latter case nothing has
    changed in the source, and what does not fit into it was written for one that is still to come: it waits.
    """
    source = next((text.snapshot for draft, text in frozen if draft.language == settings.LANGUAGE_CODE), None)
    if source is None:
        before = _latest_in(newest, settings.LANGUAGE_CODE) if newest else None
        source = before.snapshot if before else frozen[0][1].snapshot if frozen else None
    if source is None:
        return []
    is_new = any(text.snapshot is source for _, text in frozen)
    kind = change if is_new else ChangeKind.MEANING
    local, missing = freeze_overlays(course=course, source=source, kind=kind, shelf=shelf, gone=gone, on=on)
    problems += missing
    if digests := sorted(each.digest for each in local if each.content is not None):
        for _, text in frozen:
            text.snapshot["overlays"] = digests
    return local if is_new else [each for each in local if each.content is not None]


def _all_problems(frozen: list[tuple[CourseDraft, Frozen]]) -> list[ReleaseProblem]:
    if not frozen:
        return [ReleaseProblem(ReleaseFault.NO_PAGE)]
    source = frozen[0][1]
    problems = list(source.problems)
    for _, text in frozen[1:]:
        problems += _translation_problems(source.snapshot, text) + _captions(source.snapshot, text.snapshot)
    return problems


def _still_there(
    course: Course, frozen: list[tuple[CourseDraft, Frozen]], gone: Collection[WithdrawnWords], *, own: bool = False
) -> list[ReleaseProblem]:
    """Return the withdrawn parts that would come back, as they were, with a new edition; ``gone`` under any name.

    ``own``: only those that their owners took back. A text that is added to an edition comes under its other withdrawals.
    """
    problems = [
        ReleaseProblem(ReleaseFault.WITHDRAWN, draft.language, detail=withdrawal.label)
        for draft, text in frozen
        for withdrawal in copied_in(text.snapshot, gone)
    ]
    for withdrawal in selectors.withdrawals_in_force(course):
        part = Part(withdrawal.kind, withdrawal.target)
        if withdrawal.nation_id is not None or withdrawal.consent_id is not None:
            # Whatever an editor made of it: it is not theirs to bring back.
            problems += [
                ReleaseProblem(ReleaseFault.WITHDRAWN, draft.language, detail=withdrawal.label)
                for draft, text in frozen
                if part_in(text.snapshot, part) is not None
            ]
            continue
        if own:
            continue
        edition = Edition.objects.get(course=course, number=withdrawal.through_edition)
        for draft, text in frozen:
            before = _latest_in(edition, draft.language)
            if before is not None and says_the_same(before.snapshot, text.snapshot, part):
                problems.append(ReleaseProblem(ReleaseFault.WITHDRAWN, draft.language, detail=withdrawal.label))
    return problems


def _harm(course: Course, frozen: list[tuple[CourseDraft, Frozen]]) -> list[ReleaseProblem]:
    """Return every finding of the harm check that nobody has answered."""
    snapshots = [text.snapshot for _, text in frozen]
    return [
        ReleaseProblem(
            ReleaseFault.HARM, draft.language, finding.place.lesson, f"{finding.rule} {finding.sentence}".strip()
        )
        for (draft, _), found in zip(frozen, open_findings(course=course, snapshots=snapshots), strict=True)
        for finding in found
    ]


def _reviews(course: Course, frozen: list[tuple[CourseDraft, Frozen]]) -> list[ReleaseProblem]:
    """Return the reviewers who said no or took their yes back, and the reviews that the course asks for and lacks."""
    return review_problems(course=course, snapshots=[text.snapshot for _, text in frozen])


def _claims(frozen: list[tuple[CourseDraft, Frozen]], at: datetime, *, is_start: bool) -> list[ReleaseProblem]:
    """Return the facts that do not hold, or are law that nobody has looked at in time."""
    on = site_day(at)
    return [
        problem for _, text in frozen for problem in claim_problems(snapshot=text.snapshot, on=on, is_start=is_start)
    ]


def _stories(course: Course, frozen: list[tuple[CourseDraft, Frozen]], at: datetime) -> list[ReleaseProblem]:
    """Return the true stories that nobody agreed to have told so."""
    on = site_day(at)
    return [problem for _, text in frozen for problem in consent_problems(course=course, snapshot=text.snapshot, on=on)]


def _translation_problems(source: Json, text: Frozen) -> list[ReleaseProblem]:
    """Return what ``text`` lacks and where it does not ask the same as ``source``: by name, else as a whole."""
    other = text.snapshot
    missing = [
        ReleaseProblem(ReleaseFault.LESSON_MISSING, other["language"], code)
        for code in _missing(source["lessons"], other["lessons"], "code")
    ]
    asked_here, asked_there = (
        snapshot["quiz"]["questions"] if snapshot["quiz"] else [] for snapshot in (source, other)
    )
    problems = text.problems
    if keys := _missing(asked_here, asked_there, "key"):
        missing.append(ReleaseProblem(ReleaseFault.QUESTION_MISSING, other["language"], detail=", ".join(keys)))
        # That rows find too few of them follows.
        problems = [problem for problem in problems if problem.fault != ReleaseFault.BLUEPRINT]
    missing += [
        ReleaseProblem(ReleaseFault.STRUCTURE, other["language"], lesson, story)
        for lesson, story in differing_stories(source, other)
    ]
    if not missing and not same_structure(source, other):
        missing.append(ReleaseProblem(ReleaseFault.STRUCTURE, other["language"]))
    return [*problems, *missing]


def _captions(source: Json, other: Json) -> list[ReleaseProblem]:
    """Return the films of ``other`` that can be read along in the language of ``source`` alone."""
    return [
        ReleaseProblem(ReleaseFault.CAPTIONS_LANGUAGE, other["language"], lesson, name)
        for lesson, name in untranslated_captions(other, source=source)
    ]


def _missing(here: list[Json], there: list[Json], name: str) -> list[str]:
    known = {part[name] for part in there}
    return [part[name] for part in here if part[name] not in known]


def _is_unchanged(newest: Edition, frozen: list[tuple[CourseDraft, Frozen]]) -> bool:
    return all(_says_the_same(newest, draft.language, text.snapshot) for draft, text in frozen)


def _says_the_same(edition: Edition, language: str, snapshot: Json) -> bool:
    text = _latest_in(edition, language)
    return text is not None and same_content(text.snapshot, snapshot)


def _latest_in(edition: Edition, language: str) -> EditionText | None:
    return EditionText.objects.filter(edition=edition, language=language).order_by("-revision").first()


def _keep(edition: Edition, snapshot: Json, at: datetime, by: User | None) -> EditionText:
    text = EditionText.objects.create(
        edition=edition,
        language=snapshot["language"],
        revision=snapshot["revision"],
        digest=digest(snapshot),
        snapshot=snapshot,
        is_draft=snapshot.get("draft", False),
        frozen_at=at,
    )
    index_claims(text=text)
    if by is not None or settings.RENDITIONS_OF_LOADED:
        ask_for_renditions(edition=edition, language=text.language)
    return text


def _log(page: CoursePage, edition: Edition, by: User | None, looked_at: Collection[str] = ()) -> None:
    data = {"edition": edition.number, "severity": edition.severity, "looked_at": sorted(looked_at)}
    log(page, RELEASE_LOG_ACTION, user=by, data=data)


def _tell_translations(
    newest: Edition, frozen: list[tuple[CourseDraft, Frozen]], change: ChangeKind, at: datetime
) -> None:
    """Let translations of changed words go unsigned; the texts at hand in their languages carry the mark at once."""
    before = _latest_in(newest, settings.LANGUAGE_CODE)
    source = next((text.snapshot for draft, text in frozen if draft.language == settings.LANGUAGE_CODE), None)
    if before is None or source is None:
        return
    group = f"course:{newest.course.code}"
    changed = changed_words(before.snapshot, source)
    unsigned = source_changed(group=group, changed=changed, kind=change, at=at)
    for draft, text in frozen:
        if draft.language in unsigned:
            text.snapshot["draft"] = True


@transaction.atomic
def add_text(
    *, edition: Edition, language: str, by: User | None, at: datetime, change: ChangeKind = ChangeKind.MEANING
) -> EditionText:
    """Freeze what is live in ``language`` into ``edition``: a language that comes later, or a typo mended.

    Learners on this edition see it at once, so it must ask the same of them as the edition does.

    Raises:
        OutsideLimits: ``by`` is limited to other sectors or languages.
        ReleaseRefused: ``edition`` is not the newest, the page is missing, an alias or unchanged, something is
            missing in it, or it asks something else of the learner.
    """
    course = (
        Course.objects.select_for_update(of=("self",))
        .select_related("sector", "final_quiz__bank")
        .get(pk=edition.course_id)
    )
    EditorLimit.objects.hold(by, act="release", sectors=[course.sector.code], languages=[language])
    page = _page(course, language)
    newest = selectors.newest_edition(course)
    if newest is None or newest.pk != edition.pk:
        raise ReleaseRefused(course=course.code, problems=[ReleaseProblem(ReleaseFault.NOT_NEWEST, language)])
    if page is None:
        raise ReleaseRefused(course=course.code, problems=[_no_page(course, language)])
    before = _latest_in(edition, language)
    [(draft, frozen)] = _freeze_published(course, [language], edition=edition.number, shelf=FrozenShelf())
    frozen.snapshot["revision"] = before.revision + 1 if before else 1
    source = before or selectors.edition_text(edition, settings.LANGUAGE_CODE)
    problems = list(frozen.problems) if source is None else _translation_problems(source.snapshot, frozen)
    gone = taken_back_words()
    problems += _still_there(course, [(draft, frozen)], gone, own=True)
    problems += _harm(course, [(draft, frozen)]) + _reviews(course, [(draft, frozen)])
    problems += _claims([(draft, frozen)], at, is_start=False) + _stories(course, [(draft, frozen)], at)
    original = selectors.edition_text(edition, settings.LANGUAGE_CODE)
    is_source = language == settings.LANGUAGE_CODE or original is None
    problems += problems_of_pictures(
        snapshots=[frozen.snapshot], source=None if is_source or original is None else original.snapshot
    )
    problems += [] if is_source or original is None else _captions(original.snapshot, frozen.snapshot)
    local = _with_overlays(course, edition, [(draft, frozen)], change, FrozenShelf(), problems, gone, on=site_day(at))
    if before is not None and same_content(before.snapshot, frozen.snapshot):
        problems.append(ReleaseProblem(ReleaseFault.UNCHANGED, language))
    if problems:
        raise ReleaseRefused(course=course.code, problems=problems)
    _tell_translations(edition, [(draft, frozen)], change, at)
    _log(page, edition, by)
    keep_overlays(local, at=at)
    return _keep(edition, frozen.snapshot, at, by)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a release would do to one language: ``changes`` against the last edition, ``problems`` in its way.

    ``fits_edition``: the change could also be added to the newest edition, since it asks the same of a learner.
    """

    language: str
    page: CoursePage
    changes: tuple[Change, ...]
    problems: tuple[ReleaseProblem, ...]
    fits_edition: bool
    has_other_parts: bool
    """Whether its local parts would be other ones than the last edition's."""
    left_out: tuple[Overlay, ...]
    """The local parts that were written for other words, and wait for somebody to look again."""
    uneven: tuple[str, ...]
    """The recordings that are released as loud as they came, each with its lesson."""


def forecast_release(*, course: Course, at: datetime) -> list[Forecast]:
    """Return what releasing ``course`` now would change, language by language; keeps nothing."""
    newest = selectors.newest_edition(course)
    frozen = _freeze_published(course, None, edition=newest.number + 1 if newest else 1, shelf=ForecastShelf())
    gone = taken_back_words()
    problems = _all_problems(frozen) + _still_there(course, frozen, gone) + _harm(course, frozen)
    problems += _reviews(course, frozen) + _claims(frozen, at, is_start=False) + _stories(course, frozen, at)
    problems += problems_of_pictures(snapshots=[text.snapshot for _, text in frozen])
    local = _with_overlays(course, newest, frozen, ChangeKind.MEANING, ForecastShelf(), problems, gone, on=site_day(at))
    left_out = tuple(each.overlay for each in local if each.content is None)
    return [
        Forecast(
            language=draft.language,
            page=draft.page,
            changes=tuple(changes(before.snapshot if before else None, text.snapshot)),
            problems=tuple(problem for problem in problems if problem.language == draft.language),
            fits_edition=_fits(newest, before, text.snapshot),
            has_other_parts=text.snapshot.get("overlays") != (before.snapshot.get("overlays") if before else None),
            left_out=left_out,
            uneven=tuple(text.uneven),
        )
        for draft, text in frozen
        for before in [_latest_in(newest, draft.language) if newest else None]
    ]


def _fits(newest: Edition | None, before: EditionText | None, snapshot: Json) -> bool:
    if newest is None:
        return False
    source = before or selectors.edition_text(newest, settings.LANGUAGE_CODE)
    return source is not None and same_structure(source.snapshot, snapshot)


def is_released(*, page: CoursePage) -> bool:
    """Whether learners are served what is live at ``page``: its text says what the newest edition says."""
    newest = selectors.newest_edition(page.course)
    if newest is None:
        return False
    language = page.locale.language_code
    frozen = _freeze_published(page.course, [language], edition=newest.number, shelf=ForecastShelf())
    _with_overlays(page.course, newest, frozen, ChangeKind.MEANING, ForecastShelf(), [], gone=())
    return all(_says_the_same(newest, language, text.snapshot) for _, text in frozen)


def draft_snapshot(*, page: CoursePage | None = None, draft: CourseDraft | None = None) -> Json:
    """Return the snapshot that the newest drafts below ``page``, or this ``draft``, would give; keeps nothing.

    It is for their editors' eyes: it counts as edition 0, has gaps where something is missing, and its files are
    the editor's own.
    """
    if draft is None:
        if page is None:
            raise ValueError("a page or a draft")
        draft = drafted(page)
    return freeze(draft, edition=0, shelf=LiveShelf()).snapshot
