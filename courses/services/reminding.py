"""Letting owners hear of claims, courses and local parts that are to be looked at again."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Model, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cms.languages import spoken
from courses.models import Claim, Overlay, ReviewDate
from courses.overlays import State
from courses.review_dates import AHEAD
from people import outbox
from people.models import User

DUE: Final = "courses.claims_due"
AGAIN: Final = timedelta(days=30)


@transaction.atomic
def remind_owners(*, on: date, at: datetime) -> int:
    """Let every owner hear of what to look at again within 30 days, or late; each thing once in 30 days.

    A course that nobody is named for is told to everybody of its group of editors. A local part whose spot was changed
    is told at once. Returns how many will hear.
    """
    due = Q(review_by__lte=on + AHEAD) & (Q(told_on__isnull=True) | Q(told_on__lte=on - AGAIN))
    claims = list(
        Claim.objects.select_for_update(of=("self",)).filter(due, owner__is_active=True, state=Claim.State.CURRENT)
    )
    stale = Q(state=State.STALE) & (Q(told_on__isnull=True) | Q(told_on__lte=on - AGAIN))
    parts = list(Overlay.objects.select_for_update(of=("self",)).in_use().filter(due | stale, owner__is_active=True))
    courses = list(ReviewDate.objects.select_for_update(of=("self",)).filter(due))
    named = {row.owner_id for row in courses if row.owner_id is not None}
    people = User.objects.filter(is_active=True)
    known = set(people.filter(pk__in=named).values_list("pk", flat=True))
    unnamed = {row.role for row in courses if row.owner_id not in known}
    groups: dict[str, list[int]] = {}
    for role, pk in people.filter(groups__name__in=unnamed).values_list("groups__name", "pk"):
        groups.setdefault(role, []).append(pk)
    by_owner: dict[int, dict[str, list[int]]] = {}
    for claim in claims:
        assert claim.owner_id is not None
        _add(by_owner, [claim.owner_id], "claims", claim)
    for part in parts:
        assert part.owner_id is not None
        _add(by_owner, [part.owner_id], "parts", part)
    for row in courses:
        _add(by_owner, [row.owner_id] if row.owner_id in known else groups.get(row.role, ()), "courses", row)
    for owner, what in by_owner.items():
        outbox.enqueue(kind=DUE, key=f"{DUE}:{owner}:{on.isoformat()}", payload={"owner": owner, **what})
    told = {
        name: {pk for what in by_owner.values() for pk in what.get(name, ())} for name in ("claims", "courses", "parts")
    }
    Claim.objects.filter(pk__in=told["claims"]).update(told_on=on)
    ReviewDate.objects.filter(pk__in=told["courses"]).update(told_on=on)
    Overlay.objects.filter(pk__in=told["parts"]).update(told_on=on)
    return len(by_owner)


def _add(by_owner: dict[int, dict[str, list[int]]], owners: Iterable[int | None], name: str, row: Model) -> None:
    for owner in owners:
        if owner is not None:
            by_owner.setdefault(owner, {}).setdefault(name, []).append(row.pk)


def deliver_due(payload: Mapping[str, Any]) -> None:
    """Send the mail that an entry of the outbox asks for, in its reader's language."""
    owner = User.objects.filter(pk=payload["owner"], is_active=True).first()
    claims = Claim.objects.filter(pk__in=payload.get("claims", ()))
    courses = ReviewDate.objects.filter(pk__in=payload.get("courses", ())).select_related("course")
    parts = Overlay.objects.in_use().filter(pk__in=payload.get("parts", ()), owner=payload["owner"])
    if owner is None or not owner.email:
        return
    language = spoken(owner.language)
    with translation.override(language):
        _send(owner.email, language, claims, courses, parts)


def _send(
    address: str, language: str, claims: Iterable[Claim], courses: Iterable[ReviewDate], parts: Iterable[Overlay]
) -> None:
    lines = [
        *((claim.review_by, claim.code) for claim in claims),
        *((row.review_by, f"{row.course.code}  {settings.ORIGIN}/cms/courses/reviews-due/") for row in courses),
        *((part.review_by, _part_in_words(part)) for part in parts),
    ]
    if not lines:
        return
    opening = _("Please look at these records again. Beside each stands the last good day.")
    listed = "\n".join(f"{day.isoformat()}  {what}" for day, what in sorted(lines))
    link = f"{settings.ORIGIN}/cms/courses/claims/"
    EmailMessage(
        _("Something to look at again"),
        "\n\n".join([opening, listed, link]),
        to=[address],
        headers={"Content-Language": language},
    ).send()


def _part_in_words(part: Overlay) -> str:
    """Return which local part it is, why it waits where its spot was changed, and its address."""
    why = f"  {part.get_state_display()}" if part.state == State.STALE else ""
    return f"{part.title}{why}  {settings.ORIGIN}{reverse('courses_admin:overlay', args=[part.pk])}"
