"""What is known about a site."""

from datetime import datetime

from django.db import transaction

from people import audit
from people.exceptions import CodeTaken
from people.models import Organisation, Site, User


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
    locked = Site.objects.select_for_update().get(pk=site.pk)
    values = {"jurisdiction": jurisdiction, "kind": kind, "rooms": rooms, "size": size}
    if all(getattr(locked, name) == value for name, value in values.items()):
        return locked
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(values))
    audit.record(organisation=locked.organisation, actor=by, verb="site.described", target=locked, at=at, **values)
    return locked
