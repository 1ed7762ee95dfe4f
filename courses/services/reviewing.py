"""Asking people to review, and what they say. Nobody else can turn a no into a yes."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from wagtail.log_actions import log
from wagtail.models import TaskState, WorkflowState

from cms.models import EditorLimit
from courses import selectors
from courses.exceptions import (
    AlreadySaid,
    NameTaken,
    NoKind,
    NoName,
    NothingToTakeBack,
    NotPublished,
    OlderText,
    ReleaseFault,
    ReleaseProblem,
    WrongReviewer,
)
from courses.models import (
    Course,
    CoursePage,
    LessonPage,
    Nation,
    Reviewer,
    ReviewKind,
    ReviewRequest,
    ReviewTask,
    SignOff,
)
from courses.services.freezing import CourseDraft, ForecastShelf, LiveShelf, drafted, freeze, published
from courses.shown_files import shown_url
from courses.sign_offs import Hindered, against_release, needed
from courses.signals import review_said
from courses.snapshot import Json, reviewed_digest
from people.models import User

ASK_LOG_ACTION: Final = "courses.ask_review"
SIGN_OFF_LOG_ACTION: Final = "courses.sign_off"


@transaction.atomic
def add_reviewer(
    *,
    known_as: str,
    kinds: Collection[str],
    languages: Collection[str] = (),
    nation: Nation | None = None,
    by: User | None,
    at: datetime,
) -> Reviewer:
    """Take somebody on as a reviewer, by name or pseudonym; no ``languages``: they may sign in all of them.

    ``nation``: for which they sign (``services.owning`` says who may appoint them).

    Raises:
        NoName: nothing says how they are known.
        NameTaken: another reviewer is known by this name.
        NoKind: they may sign as nobody, or as a kind that there is not.
    """
    name = " ".join(known_as.split())
    if not name:
        raise NoName
    if not kinds or not set(kinds) <= set(ReviewKind.values):
        raise NoKind
    if Reviewer.objects.filter(known_as__iexact=name).exists():
        raise NameTaken
    reviewer: Reviewer = Reviewer.objects.create(
        known_as=name,
        kinds=sorted(set(kinds)),
        languages=sorted(set(languages)),
        nation=nation,
        added_at=at,
        added_by=by,
    )
    log(reviewer, "wagtail.create", user=by)
    return reviewer


@transaction.atomic
def ask_for_review(
    *, course: Course, language: str, kind: str, reviewer: Reviewer, by: User | None, at: datetime
) -> ReviewRequest:
    """Ask ``reviewer`` to read what is published of ``course`` in ``language``; asked again, the same request says when.

    Raises:
        OutsideLimits: ``by`` is limited to other sectors or languages.
        WrongReviewer: they do not sign as this kind, or not in this language.
        NotPublished: nothing of the course is published in this language.
    """
    EditorLimit.objects.hold(by, act="ask_for_review", sectors=[course.sector.code], languages=[language])
    if not reviewer.may_sign(kind=kind, language=language):
        raise WrongReviewer(kind=kind, language=language)
    if text_to_review(course=course, language=language) is None:
        raise NotPublished(course=course.code, language=language)
    request, _ = ReviewRequest.objects.update_or_create(
        reviewer=reviewer, course=course, language=language, kind=kind, defaults={"asked_at": at, "asked_by": by}
    )
    log(course, ASK_LOG_ACTION, user=by, data={"kind": kind, "of_language": language})
    return request


@transaction.atomic
def sign_off(
    *, request: ReviewRequest, by: Reviewer, verdict: str, content: str, comment: str = "", at: datetime
) -> SignOff:
    """Record what a reviewer says to the text whose digest is ``content``. A reason is welcome, never asked for.

    A no may be said to any text that was shown; a yes only to the one that would be released now. The same word
    twice is recorded once.

    Raises:
        WrongReviewer: somebody else was asked, or they sign as this kind or in this language no longer.
        OlderText: yes was said to a text that has changed since.
        NothingToTakeBack: there is no yes to take back.
        AlreadySaid: who has said yes or no does not decline.
        ValueError: there is no such verdict.
    """
    # The lock that a release takes too: it sees this word, or it is done before it was said.
    course = Course.objects.select_for_update(of=("self",)).get(pk=request.course_id)
    if by.pk != request.reviewer_id or not by.may_sign(kind=request.kind, language=request.language):
        raise WrongReviewer(kind=request.kind, language=request.language)
    newest = request.sign_offs.first()
    _check_word(SignOff.Verdict(verdict), newest)
    if verdict == SignOff.Verdict.YES:
        snapshot = text_to_review(course=course, language=request.language)
        if snapshot is None or reviewed_digest(snapshot) != content:
            raise OlderText
    if newest and (newest.verdict, newest.content, newest.comment) == (verdict, content, comment.strip()):
        return newest
    said = SignOff.objects.create(
        request=request, verdict=verdict, content=content, comment=comment.strip(), said_at=at
    )
    # Without the name: logs are read by more people than reviews are.
    log(
        course,
        SIGN_OFF_LOG_ACTION,
        user=None,
        data={"kind": request.kind, "of_language": request.language, "verdict": str(verdict)},
    )
    review_said.send(sender=SignOff, said=said, at=at)
    return said


def _check_word(verdict: SignOff.Verdict, newest: SignOff | None) -> None:
    before = newest.verdict if newest else None
    if verdict == SignOff.Verdict.WITHDRAWN and before not in (SignOff.Verdict.YES, SignOff.Verdict.WITHDRAWN):
        raise NothingToTakeBack
    if verdict == SignOff.Verdict.DECLINED and before not in (None, SignOff.Verdict.DECLINED):
        raise AlreadySaid


def text_to_review(*, course: Course, language: str) -> Json | None:
    """Return what reviewers read now, None where there is nothing in ``language``.

    It is the snapshot that a release would freeze; while a page of it waits for a review in a workflow, its drafts.
    """
    if draft := _moderated(course, language):
        return freeze(draft, edition=0, shelf=ForecastShelf()).snapshot
    return next(iter(published_texts(course=course, language=language)), None)


def _moderated(course: Course, language: str) -> CourseDraft | None:
    """Return the drafts of a text of which a page waits for a review."""
    waiting = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        task__in=ReviewTask.objects.all(),
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
    )
    keys = [int(pk) for pk in waiting.values_list("workflow_state__object_id", flat=True)]
    ours = Q(pk__in=keys) | Q(pk__in=[page.get_parent().pk for page in LessonPage.objects.filter(pk__in=keys)])
    page = CoursePage.objects.filter(ours, course=course, locale__language_code=language).first() if keys else None
    return drafted(page) if page else None


def published_texts(*, course: Course, language: str = "") -> list[Json]:
    """Return the snapshots that a release would freeze now, by language (only in ``language``, where one is named)."""
    return [
        freeze(draft, edition=0, shelf=ForecastShelf()).snapshot
        for draft in published(course)
        if language in ("", draft.language)
    ]


class _ReadersShelf(LiveShelf):
    """The editors' own files, under addresses that open for one reviewer."""

    def __init__(self, reader: Reviewer) -> None:
        self.reader = reader

    def url(self, file: Any, *, sha256: str, content_type: str, size_bytes: int) -> str:
        """Return the address of the file for this reviewer."""
        url = super().url(file, sha256=sha256, content_type=content_type, size_bytes=size_bytes)
        return shown_url(url, name=file.name, reader=self.reader.pk)


def shown_text(*, course: Course, language: str, reader: Reviewer) -> Json | None:
    """Return the same text for the eyes of ``reader``: its files are the editors' own, since none was released yet."""
    for draft in [*filter(None, [_moderated(course, language)]), *published(course)]:
        if draft.language == language:
            return freeze(draft, edition=0, shelf=_ReadersShelf(reader)).snapshot
    return None


def shown_texts(*, course: Course) -> list[Json]:
    """Return the same texts for editors' eyes, in every language: their files are the editors' own."""
    return [freeze(draft, edition=0, shelf=LiveShelf()).snapshot for draft in published(course)]


def review_problems(*, course: Course, snapshots: Iterable[Json]) -> list[ReleaseProblem]:
    """Return what reviewers said, or have not said yet, against releasing these texts of ``course``; three queries."""
    said = selectors.words_of_reviewers(course_ids=[course.pk]).get(course.pk, [])
    accounts = selectors.accounts([each.asked for each in said]) if said else {}
    owned = list(selectors.owned_parts(course))
    paid = {pk for pk, account in accounts.items() if account.is_paid}
    return [
        problem
        for snapshot in snapshots
        for problem in as_problems(
            against_release(
                said,
                language=snapshot["language"],
                content=reviewed_digest(snapshot),
                required=needed(
                    course.reviews_required, language=snapshot["language"], source_language=settings.LANGUAGE_CODE
                ),
                paid=paid,
                nations=selectors.nations_in(snapshot, owned),
            ),
            snapshot["language"],
        )
    ]


def as_problems(found: Iterable[Hindered], language: str) -> list[ReleaseProblem]:
    """Return what stands against a text, as what editors are told."""
    return [
        ReleaseProblem(
            ReleaseFault(each.why),
            language,
            detail=" – ".join(filter(None, (each.known_as, str(ReviewKind(each.kind).label)))),
        )
        for each in found
    ]
