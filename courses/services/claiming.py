"""Facts that are contradicted, withdrawn or verified again, and reminding their owners."""

from datetime import date, datetime
from typing import Final

from django.db import transaction
from wagtail.log_actions import log

from cms.site_day import site_day
from courses.claims import Standing, uses_in
from courses.editor_rights import check_change
from courses.exceptions import NoReason, NotYetLooked, PastReview, ReleaseFault, ReleaseProblem
from courses.models import Claim, ClaimUse, Course, EditionText, Withdrawal
from courses.selectors import claims_named
from courses.services.rendering import ask_for_all_of
from courses.services.withdrawing import withdraw_part
from courses.snapshot import Json
from courses.withdrawn import Part
from people.models import User

CLAIM_LOG_ACTION: Final = "courses.claim"


@transaction.atomic
def verify_claim(*, claim: Claim, verified_on: date, review_by: date, by: User | None, at: datetime) -> Claim:
    """Note that ``claim`` was looked at again and holds. What was withdrawn of it stays so until it is put back.

    Raises:
        NotYetLooked: the day on which it was verified lies ahead.
        PastReview: the day to look again is not after the day on which it was verified, or is past.
    """
    if verified_on > site_day(at):
        raise NotYetLooked(reviewed_on=verified_on)
    if review_by <= verified_on or review_by < site_day(at):
        raise PastReview(review_by=review_by)
    claim.verified_on, claim.review_by, claim.told_on = verified_on, review_by, None
    return _state(claim, Claim.State.CURRENT, "", by, at)


@transaction.atomic
def contradict_claim(*, claim: Claim, why: str, by: User | None, at: datetime) -> Claim:
    """Note that something speaks against ``claim``: readers are told beside it, and nothing new is released with it.

    Raises:
        NoReason: readers could not be told why.
    """
    return _state(claim, Claim.State.CONTRADICTED, _reason(why), by, at)


@transaction.atomic
def withdraw_claim(*, claim: Claim, why: str, by: User | None, at: datetime) -> Claim:
    """Take ``claim`` back: each passage of any edition and language that uses it gives way to ``why``, at once.

    Raises:
        NoReason: readers could not be told why.
    """
    reason = _reason(why)
    withdrawn = _state(claim, Claim.State.WITHDRAWN, reason, by, at)
    uses = ClaimUse.objects.filter(claim=claim).order_by("text__edition__course", "block")
    places = uses.values_list("text__edition__course", "block").distinct()
    courses = {course.pk: course for course in Course.objects.filter(pk__in=[pk for pk, _block in places])}
    for pk, block in places:
        withdraw_part(
            course=courses[pk],
            part=Part("block", block),
            label=claim.value,
            reason=Withdrawal.Reason.WRONG,
            instead=reason,
            by=by,
            at=at,
        )
    return withdrawn


def _reason(why: str) -> str:
    if not why.strip():
        raise NoReason
    return why.strip()


def _state(claim: Claim, state: str, why: str, by: User | None, at: datetime) -> Claim:
    if by is not None:
        check_change(by, [claim], act="claim")
    claim.state, claim.why, claim.stated_at = state, why, at
    claim.save()
    log(claim, CLAIM_LOG_ACTION, user=by, data={"state": state})
    for course in Course.objects.filter(editions__texts__claim_uses__claim=claim).distinct():
        ask_for_all_of(course=course)
    return claim


def index_claims(*, text: EditionText) -> None:
    """Remember which claims a text that was just frozen relies on."""
    uses = list(uses_in(text.snapshot))
    known = {claim.code: claim for claim in claims_named({use.claim for use in uses})}
    ClaimUse.objects.bulk_create(
        [
            ClaimUse(claim=known[use.claim], text=text, lesson=use.lesson, block=use.block)
            for use in uses
            if use.claim in known
        ],
        ignore_conflicts=True,
    )


def claim_problems(*, snapshot: Json, on: date, is_start: bool) -> list[ReleaseProblem]:
    """Return the claims that keep a text from being released: withdrawn, contradicted, and law past its review.

    ``is_start``: a course comes with the curriculum for the first time; law past its review keeps no site from starting.
    """
    uses = list(uses_in(snapshot))
    known = {claim.code: claim for claim in claims_named({use.claim for use in uses})}
    problems = []
    for use in uses:
        standing = known[use.claim].standing(on) if use.claim in known else Standing.WITHDRAWN
        stale_law = standing is Standing.STALE and known[use.claim].kind == Claim.Kind.LEGAL and not is_start
        if standing in (Standing.WITHDRAWN, Standing.CONTRADICTED) or stale_law:
            problems.append(ReleaseProblem(ReleaseFault.CLAIM, snapshot["language"], use.lesson, use.claim))
    return problems
