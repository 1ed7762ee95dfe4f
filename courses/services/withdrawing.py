"""Withdrawing a part of a released course: one person, at once, in every edition there is."""

from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from cms.models import EditorLimit
from cms.site_day import site_day
from courses import selectors
from courses.exceptions import NoConsent, NothingToWithdraw, NotReleased, NotTheirs
from courses.models import Course, EditionText, Nation, OwnedPart, StoryConsent, Withdrawal, WithdrawnFile
from courses.services.rendering import ask_for_all_of
from courses.signals import part_withdrawn
from courses.withdrawn import Part, files_in, part_in
from people.models import User

WITHDRAW_LOG_ACTION = "courses.withdraw"
PUT_BACK_LOG_ACTION = "courses.put_back"


@transaction.atomic
def withdraw_part(
    *,
    course: Course,
    part: Part,
    label: str,
    reason: str,
    instead: str,
    by: User | None,
    at: datetime,
    nation: Nation | None = None,
    consent: StoryConsent | None = None,
    is_copy: bool = False,
) -> Withdrawal:
    """Take ``part`` away from all readers of every edition of ``course`` so far; they see ``instead``.

    Files that stand in it are not sent any more. A part that is withdrawn already gets the new words, and the
    withdrawal reaches up to the newest edition; what a Nation took back itself (``nation``) stays the Nation's. Files
    that were made of the text are made anew, and apps above hear of it for theirs. What its owner takes back
    (``nation``, ``consent``) need not have been released: then no release and no bundle has it. Apps hear with ``is_copy`` that it says what another
    part said that was taken back.

    Raises:
        NotReleased: the course has no edition: nobody sees anything of it.
        NothingToWithdraw: no text of any edition has such a part.
    """
    course = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    newest = selectors.newest_edition(course)
    by_owner = nation is not None or consent is not None
    if newest is None and not by_owner:
        raise NotReleased(course=course.code)
    files: set[str] = set()
    found = False
    for text in EditionText.objects.filter(edition__course=course).iterator(chunk_size=10):
        found = found or part_in(text.snapshot, part) is not None
        files |= files_in(text.snapshot, part)
    if not found and not by_owner:
        raise NothingToWithdraw(kind=part.kind, target=part.target)
    about: dict[str, Any] = {"through_edition": newest.number if newest else 0}
    there = Withdrawal.objects.in_force().filter(course=course, kind=part.kind, target=part.target).first()
    is_owners = there is not None and (there.nation_id is not None or there.consent_id is not None)
    if not is_owners or (nation is not None and there is not None and there.nation_id is None):
        about |= {"label": label[:200], "reason": reason, "instead": instead, "nation": nation, "consent": consent}
        about |= {"withdrawn_at": at, "withdrawn_by": by}
    withdrawal, _ = Withdrawal.objects.in_force().update_or_create(
        course=course, kind=part.kind, target=part.target, defaults=about
    )
    WithdrawnFile.objects.bulk_create(
        [WithdrawnFile(withdrawal=withdrawal, sha256=sha256) for sha256 in sorted(files)], ignore_conflicts=True
    )
    ask_for_all_of(course=course)
    part_withdrawn.send(sender=Withdrawal, withdrawal=withdrawal, at=at, is_copy=is_copy)
    log(course, WITHDRAW_LOG_ACTION, user=by, data={"part": withdrawal.label, "reason": reason})
    return withdrawal


def _has_consent(withdrawal: Withdrawal, at: datetime) -> bool:
    told = OwnedPart.objects.in_force().filter(
        course=withdrawal.course, kind=withdrawal.kind, target=withdrawal.target, consent__isnull=False
    )
    on = site_day(at)
    return any(each.consent is not None and each.consent.rule.holds(on=on) for each in told.select_related("consent"))


@transaction.atomic
def put_back(*, withdrawal: Withdrawal, by: User | None, at: datetime, nation: Nation | None = None) -> None:
    """End ``withdrawal``: the part shows again, in old editions too. One that has ended stays as it is.

    ``nation``: for which one of its signatories does it.

    Raises:
        NotTheirs: a Nation took it back, and it is not the Nation that puts it back.
        NoConsent: it is a story whose consent ended, and there is no other one that holds.
    """
    locked = Withdrawal.objects.select_for_update(of=("self",)).select_related("course__sector").get(pk=withdrawal.pk)
    EditorLimit.objects.hold(by, act="put_back", sectors=[locked.course.sector.code], languages=[])
    if locked.ended_at is not None:
        return
    if locked.nation_id is not None and (nation is None or nation.pk != locked.nation_id):
        raise NotTheirs
    if locked.consent_id is not None and not _has_consent(locked, at):
        raise NoConsent
    locked.ended_at = at
    locked.ended_by = by
    locked.save(update_fields=["ended_at", "ended_by"])
    ask_for_all_of(course=locked.course)
    log(locked.course, PUT_BACK_LOG_ACTION, user=by, data={"part": locked.label})
