"""Previews of changes for very many people: asked for by a page, worked out by the outbox, kept for a day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from certificates.validity import local_date
from cms import clock
from compliance import selectors
from compliance.exceptions import AlreadyWithdrawn, DueBeforeStart
from compliance.models import PreviewRun, Proposal, Requirement
from compliance.preview import Preview, from_json, to_json
from compliance.services.planned_changes import Planned, Together
from compliance.services.proposals import (
    Made,
    adoption_of,
    adoption_to_stop,
    ask_to_adopt,
    ask_to_change,
    ask_to_describe_site,
    ask_to_place_site,
    ask_to_require,
    ask_to_stop,
    ask_to_tag_role,
    ask_to_withdraw,
    description_proposed,
    placement_proposed,
    planned_by,
    requirement_of,
    tags_proposed,
)
from people import outbox
from people.faults import fault_point
from people.models import AuditEntry, Organisation, User

KIND: Final = "compliance.preview"
AT_ONCE: Final = 5_000
"""So many people are looked at while the page is waited for: half a second."""
FRESH: Final = timedelta(hours=1)
"""How long what was found is taken for what is, unless what is asked, or whom that reaches, changed meanwhile."""
_MOVING: Final = ("site.placed", "site.described", "role.tagged")
"""What the log calls changes of what has no dates of its own, and whom requirements reach hangs on."""


def is_long(planned: Planned | Together) -> bool:
    """Whether looking at what a change does takes longer than a page may."""
    return len(planned.memberships) > AT_ONCE


@transaction.atomic
def begin_preview(
    *,
    organisation: Organisation,
    kind: Proposal.Kind | str,
    payload: Mapping[str, Any],
    people: int,
    by: User | None,
    at: datetime,
) -> PreviewRun:
    """Let a change be looked at in the background; the same asked again while it is fresh is the same preview."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    recent = PreviewRun.objects.filter(organisation=organisation, kind=kind, failed=False, asked_at__gt=at - FRESH)
    for it in recent:
        if it.payload == payload and is_fresh(it, at=at):
            return it
    run = PreviewRun.objects.create(
        organisation=organisation, kind=kind, payload=dict(payload), people=people, asked_at=at, asked_by=by
    )
    outbox.enqueue(kind=KIND, key=_key(run), payload={"run": str(run.public_id)})
    return run


def is_fresh(run: PreviewRun, *, at: datetime) -> bool:
    """Whether what ``run`` found or will find still tells what the change does."""
    if run.asked_at <= at - FRESH:
        return False
    asked = Requirement.objects.filter(organisation=run.organisation_id, recorded_at__gt=run.asked_at)
    moved = AuditEntry.objects.filter(organisation=run.organisation_id, happened_at__gt=run.asked_at, verb__in=_MOVING)
    return not asked.exists() and not moved.exists()


def _key(run: PreviewRun) -> str:
    return f"preview:{run.public_id}"


def deliver_preview(payload: Mapping[str, Any]) -> None:
    """Work out the preview that an outbox entry names. Twice changes nothing; a killed one begins anew."""
    run = PreviewRun.objects.select_related("organisation").filter(public_id=payload["run"]).first()
    if run is None or run.is_done:
        return
    kept = PreviewRun.objects.filter(pk=run.pk)

    def tell(done: int) -> None:
        kept.update(people_done=min(done, run.people))
        outbox.prolong(key=_key(run), at=clock.now())
        fault_point("preview.part_done")

    try:
        today = clock.today(run.organisation.time_zone)
        found = planned_by(run, on=today).preview(at=clock.now(), progress=tell)
    except (AlreadyWithdrawn, DueBeforeStart):
        kept.update(failed=True)
    else:
        kept.update(result=to_json(found), people_done=run.people)


def found_by(run: PreviewRun) -> Preview | None:
    """Return what a preview in the background has found, None while it has not."""
    return None if run.result is None else from_json(run.result)


def make_previewed(*, run: PreviewRun, by: User, at: datetime) -> Made | Proposal:
    """Make the change that was looked at, or propose it where it touches many.

    Raises:
        AlreadyWithdrawn: what it would withdraw, change or end is withdrawn, changed or ended.
        DueBeforeStart: its last good day has passed meanwhile.
        TrainingHeld: a training is out of new assignment meanwhile.
        ValueError: it is still being looked at, or that was long ago.
    """
    found = found_by(run)
    if found is None or not is_fresh(run, at=at):
        raise ValueError("look at it first")
    today = local_date(at, run.organisation.time_zone)
    match run.kind:
        case Proposal.Kind.REQUIRE:
            return ask_to_require(requirement=requirement_of(run), by=by, at=at, found=found)
        case Proposal.Kind.ADOPT:
            return ask_to_adopt(**adoption_of(run, on=today), by=by, at=at, found=found)
        case Proposal.Kind.STOP:
            return ask_to_stop(adoption=adoption_to_stop(run), on=today, by=by, at=at, found=found)
        case Proposal.Kind.SITE:
            return ask_to_describe_site(**description_proposed(run), on=today, by=by, at=at, found=found)
        case Proposal.Kind.PARENT:
            return ask_to_place_site(**placement_proposed(run), on=today, by=by, at=at, found=found)
        case Proposal.Kind.ROLE:
            return ask_to_tag_role(**tags_proposed(run), on=today, by=by, at=at, found=found)
    current = selectors.current_requirement(organisation=run.organisation, reference=run.payload["reference"])
    if current is None:
        raise AlreadyWithdrawn
    if run.kind == Proposal.Kind.CHANGE:
        return ask_to_change(requirement=current, changed=requirement_of(run), by=by, at=at, found=found)
    on = date.fromisoformat(run.payload["on"])
    return ask_to_withdraw(requirement=current, on=on, by=by, at=at, found=found)


def forget_previews(*, at: datetime) -> int:
    """Delete previews that were asked for longer ago than they are kept; return how many."""
    return PreviewRun.objects.filter(asked_at__lt=at - timedelta(hours=PreviewRun.KEPT_HOURS)).delete()[0]
