"""What an owner takes back goes wherever its words were copied to: released parts of any course, and local parts."""

from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from cms.site_day import site_day
from courses import selectors
from courses.models import Course, FrozenOverlay, Overlay, OwnedPart, Withdrawal
from courses.overlays import State
from courses.services.overlaying import withdraw_overlay
from courses.services.owning import OWN_LOG_ACTION
from courses.services.reviewing import published_texts
from courses.services.withdrawing import withdraw_part
from courses.withdrawn import BY_OWNER, Part
from courses.withholding import Copy, copies_of, letters_in, sentences_of


@transaction.atomic
def withdraw_copies(*, withdrawal: Withdrawal, at: datetime) -> list[Withdrawal]:
    """Take away, for the same owner, what says in other places what ``withdrawal`` took back; return what it took.

    A copy belongs to that owner from then on, who alone puts it back. One that belongs to somebody else, be it by a
    consent of its own that holds, stays. A local part goes for good.
    """
    course, part = withdrawal.course, Part(withdrawal.kind, withdrawal.target)
    texts = [*published_texts(course=course), *selectors.every_snapshot(course)]
    said = sentences_of(part, texts)
    if not said:
        return []
    _withdraw_local_parts(said, at)
    return [
        withdraw_part(
            course=copy.course,
            part=copy.part,
            label=copy.label,
            reason=withdrawal.reason,
            instead="",
            by=withdrawal.withdrawn_by,
            at=at,
            nation=withdrawal.nation,
            consent=withdrawal.consent,
            is_copy=True,
        )
        for copy in copies_of(part, course=course, said=said)
        if _is_theirs_now(copy, withdrawal, at)
    ]


def _is_theirs_now(copy: Copy, withdrawal: Withdrawal, at: datetime) -> bool:
    """Record whose the copy is, unless it is somebody else's; whether it is to be taken away."""
    course = Course.objects.select_for_update(of=("self",)).get(pk=copy.course.pk)
    owner = (withdrawal.nation_id, withdrawal.consent_id)
    for each in selectors.owned_parts(course):
        is_anothers = (each.nation_id, each.consent_id) != owner
        if is_anothers and Part(each.kind, each.target) in copy.whole and _holds(each, at):
            return False
    gone = Withdrawal.objects.in_force().filter(course=course, reason__in=BY_OWNER)
    if any(Part(kind, target) in copy.whole for kind, target in gone.values_list("kind", "target")):
        return False
    if owner == (None, None):
        # An editor took it away for somebody who is not known here.
        return True
    about = {"label": copy.label, "nation": withdrawal.nation, "consent": withdrawal.consent, "recorded_at": at}
    owned, is_new = OwnedPart.objects.in_force().get_or_create(
        course=course, kind=copy.part.kind, target=copy.part.target, defaults=about
    )
    if is_new:
        log(course, OWN_LOG_ACTION, user=None, data={"part": owned.label, "owner": owned.owner})
    return True


def _holds(owned: OwnedPart, at: datetime) -> bool:
    return owned.consent is None or owned.consent.rule.holds(on=site_day(at))


def _withdraw_local_parts(said: frozenset[str], at: datetime) -> None:
    frozen = FrozenOverlay.objects.exclude(overlay__state=State.WITHDRAWN).order_by("pk")
    saying = {
        overlay
        for overlay, content in frozen.values_list("overlay", "content").iterator(chunk_size=10)
        if not said.isdisjoint(letters_in([block["value"] for body in content["texts"].values() for block in body]))
    }
    for overlay in Overlay.objects.filter(pk__in=saying).order_by("pk"):
        withdraw_overlay(overlay=overlay, by=None, at=at)
