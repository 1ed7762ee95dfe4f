"""What is known about a site."""

from datetime import datetime

from django.db import transaction

from people import audit
from people.models import Site, User


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
