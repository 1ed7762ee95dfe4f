"""What is known of a place and of a kind of work decides who is asked: written, and what hangs on it follows."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from compliance import selectors
from compliance.services.adoptions import apply_adoptions
from compliance.services.planned_changes import people_in
from compliance.services.rebuilding import rebuild_many
from people import services as people_services
from people.models import Employment, Role, Site, User


@transaction.atomic
def describe_site(
    *,
    site: Site,
    jurisdiction: str,
    kind: str,
    rooms: int | None,
    size: int | None,
    on: date,
    by: User | None,
    at: datetime,
) -> Site:
    """Write where a site lies, what kind of place it is and how large; adopted rules follow from ``on``.

    ``ask_to_describe_site`` is for whoever has not looked at what that does.
    """
    was = Site.objects.values_list("jurisdiction", flat=True).get(pk=site.pk)
    described = people_services.describe_site(
        site=site, jurisdiction=jurisdiction, kind=kind, rooms=rooms, size=size, by=by, at=at
    )
    apply_adoptions(organisation=described.organisation, on=on, by=by, at=at)
    if was != jurisdiction and selectors.requirements_naming(described.organisation, "jurisdiction"):
        there = people_in(Employment.objects.filter(site=described))
        rebuild_many(memberships=there, cause=f"site:{described.pk}:{at.isoformat()}", at=at)
    return described


@transaction.atomic
def tag_role(*, role: Role, tags: Iterable[str], by: User | None, at: datetime) -> Role:
    """Write what rules call a kind of work; who is asked because of it follows.

    ``ask_to_tag_role`` is for whoever has not looked at what that does.

    Raises:
        NotATag: one of ``tags`` is no plain word.
    """
    was = set(Role.objects.get(pk=role.pk).tags)
    tagged = people_services.tag_role(role=role, tags=tags, by=by, at=at)
    if was != set(tagged.tags) and selectors.requirements_naming(tagged.organisation, "role_tag"):
        there = people_in(Employment.objects.filter(role=tagged))
        rebuild_many(memberships=there, cause=f"role:{tagged.pk}:{at.isoformat()}", at=at)
    return tagged
