"""What is known about a site."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from people import audit
from people.exceptions import CannotBelongThere, CodeTaken
from people.models import Organisation, Site, User
from people.selectors import possible_parents


@transaction.atomic
def add_site(
    *,
    organisation: Organisation,
    code: str,
    name: str,
    time_zone: str,
    parent: Site | None,
    jurisdiction: str,
    kind: str,
    rooms: int | None,
    size: int | None,
    by: User | None,
    at: datetime,
) -> Site:
    """Record a place of work, below ``parent`` or at the top; its languages are those of the site above, or of any other.

    Raises:
        CodeTaken: there is another of this code.
        ValueError: ``parent`` is of another organisation.
    """
    if parent is not None and parent.organisation_id != organisation.pk:
        raise ValueError("parent is of another organisation")
    # Two presses of one button follow each other, so that the second finds what the first has made.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    own = Site.objects.filter(organisation=organisation)
    if own.filter(code=code).exists():
        raise CodeTaken(code)
    like = parent or own.order_by("pk").first()
    site = Site.objects.create(
        organisation=organisation,
        parent=parent,
        code=code,
        name=name,
        time_zone=time_zone,
        jurisdiction=jurisdiction,
        kind=kind,
        rooms=rooms,
        size=size,
        languages=like.languages if like else [],
    )
    audit.record(organisation=organisation, actor=by, verb="site.added", target=site, at=at, site=code)
    return site


@transaction.atomic
def describe_site(
    *, site: Site, jurisdiction: str, kind: str, rooms: int | None, size: int | None, by: User | None, at: datetime
) -> Site:
    """Write where ``site`` lies, what kind of place it is and how large. The same again changes nothing."""
    values = {"jurisdiction": jurisdiction, "kind": kind, "rooms": rooms, "size": size}
    described, changed = _written(site, values)
    if changed:
        audit.record(
            organisation=described.organisation, actor=by, verb="site.described", target=described, at=at, **values
        )
    return described


@transaction.atomic
def change_site(
    *,
    site: Site,
    name: str,
    time_zone: str,
    languages: Sequence[str],
    contact: str,
    by: User | None,
    at: datetime,
) -> Site:
    """Write what ``site`` is called, by which calendar its people live, what is spoken there and whom to ask.

    The same again changes nothing. The log says which of these changed and not to what: whom to ask may be a name.
    """
    values = {"name": name, "time_zone": time_zone, "languages": list(languages), "contact": contact}
    written, changed = _written(site, values)
    if changed:
        said = ", ".join(changed)
        audit.record(
            organisation=written.organisation, actor=by, verb="site.changed", target=written, at=at, changed=said
        )
    return written


@transaction.atomic
def place_site(*, site: Site, parent: Site | None, by: User | None, at: datetime) -> Site:
    """Let ``site`` belong to ``parent``, or to no other. The same again changes nothing; the log says what was before.

    Raises:
        CannotBelongThere: ``parent`` is none of ``possible_parents``.
    """
    # Two sites put below each other at one time follow each other, so that the second is refused.
    Organisation.objects.select_for_update(no_key=True).get(pk=site.organisation_id)
    if parent is not None and parent not in possible_parents(site=site):
        raise CannotBelongThere
    before = Site.objects.filter(pk=site.pk).values_list("parent__code", flat=True).get()
    placed, changed = _written(site, {"parent": parent})
    if changed:
        codes = {"parent": parent.code if parent else None, "before": before}
        audit.record(organisation=placed.organisation, actor=by, verb="site.placed", target=placed, at=at, **codes)
    return placed


def _written(site: Site, values: dict[str, Any]) -> tuple[Site, list[str]]:
    """Write what differs of ``values``; return the site as it is now, and the names of what has changed."""
    locked = Site.objects.select_for_update().get(pk=site.pk)
    changed = [name for name, value in values.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, values[name])
    if changed:
        locked.save(update_fields=changed)
    return locked, changed
