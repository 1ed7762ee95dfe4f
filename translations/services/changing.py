"""What follows from a change of the source: signatures that hold no more, and tasks for who leads a language."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When

from people.models import User
from translations.changes import ChangeKind, letters_of, unsigned
from translations.freshness import Provenance
from translations.given import Kind
from translations.models import Segment, Translation, TranslationTask

_BATCH_ROWS = 500


@transaction.atomic
def source_changed(*, group: str, changed: Mapping[str, str], kind: ChangeKind, at: datetime) -> set[str]:
    """Un-verify the translations of what was changed in the released words of ``group``; return their languages.

    ``changed`` gives new words by old ones, as a reader sees them. Each language that has a translation gets a task
    for each segment. A minor change does neither; translators are shown the new words all the same. Safe to run twice.
    """
    by_letters = {letters_of(old): new for old, new in changed.items() if letters_of(old)}
    if not by_letters:
        return set()
    told = {}
    for segment in Segment.objects.filter(text__group=group):
        for said in (segment.shown, segment.source):
            if letters_of(said) in by_letters:
                told[segment.pk] = by_letters[letters_of(said)]
                break
    for pk, words in told.items():
        Segment.objects.filter(pk=pk).update(shown=words)
    if kind is ChangeKind.MINOR:
        return set()
    rows = Translation.objects.filter(segment__in=told).exclude(text="")
    pairs = list(rows.values_list("segment_id", "language"))
    unsign(rows)
    TranslationTask.objects.bulk_create(
        [
            TranslationTask(
                segment_id=segment,
                language=language,
                cause=TranslationTask.Cause.CHANGED,
                change=kind,
                detail=told[segment],
                opened_at=at,
            )
            for segment, language in pairs
        ],
        batch_size=_BATCH_ROWS,
        ignore_conflicts=True,
    )
    # A task that was open already now tells the newest words.
    for pk, words in told.items():
        open_tasks(segments=[pk]).filter(cause=TranslationTask.Cause.CHANGED).update(detail=words, change=kind)
    return {language for _, language in pairs}


def unsign(rows: QuerySet[Translation]) -> None:
    """Take the signatures off ``rows`` (``changes.unsigned`` is the rule)."""
    left = {local: unsigned(Provenance.REVIEWED, is_local=local).value for local in (True, False)}
    rows.filter(provenance=Provenance.REVIEWED).update(
        provenance=Case(When(is_local=True, then=Value(left[True])), default=Value(left[False])),
        by_name="",
        review_by=None,
    )


def keep_fresh(*, segments: Mapping[int, tuple[str, str]]) -> None:
    """Let translations go with the new source after a minor change; (old, new) digest by segment."""
    for segment, (old, new) in segments.items():
        Translation.objects.filter(segment=segment, source_digest=old).update(source_digest=new)


def open_tasks(*, segments: Collection[int]) -> QuerySet[TranslationTask]:
    """Return the tasks that are open about ``segments``."""
    return TranslationTask.objects.filter(segment__in=segments, done_at__isnull=True)


def settle_tasks(*, segments: Collection[int], language: str, by: User | None, at: datetime) -> None:
    """Close the tasks about words that were just changed or signed in ``language``."""
    open_tasks(segments=segments).filter(language=language).update(done_at=at, done_by=by)


@transaction.atomic
def finish_task(*, task: TranslationTask, by: User, at: datetime) -> None:
    """Say that ``task`` is done; a second time changes nothing."""
    TranslationTask.objects.filter(pk=task.pk, done_at__isnull=True).update(done_at=at, done_by=by)


@transaction.atomic
def report_answers(
    *,
    question: str,
    language: str,
    here_percent: int | None,
    elsewhere_percent: int | None,
    at: datetime,
    not_since: datetime,
) -> bool:
    """Open a task about the words of a question that is failed far more often in ``language``; whether one was opened.

    ``question`` is its code. None is opened while one is open, where one was closed after ``not_since``, or where the
    question has no translation here.
    """
    translated = Translation.objects.filter(language=language, segment__text__kind=Kind.QUESTION)
    row = translated.filter(segment__text__code__endswith=f"/{question}").order_by("segment__position").first()
    if row is None:
        return False
    cause = TranslationTask.Cause.REPORTED
    known = TranslationTask.objects.filter(segment=row.segment_id, language=language, cause=cause)
    if known.filter(Q(done_at__isnull=True) | Q(done_at__gte=not_since)).exists():
        return False
    said = (
        f"{here_percent} % : {elsewhere_percent} %"
        if here_percent is not None and elsewhere_percent is not None
        else ""
    )
    TranslationTask.objects.create(segment_id=row.segment_id, language=language, cause=cause, detail=said, opened_at=at)
    return True
