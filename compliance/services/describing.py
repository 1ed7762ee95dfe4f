"""What is known of a place and of a kind of work decides who is asked: written, and what hangs on it follows."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from compliance import selectors
from compliance.exceptions import AlreadyWithdrawn
from compliance.services.adoptions import apply_adoptions
from compliance.services.planned_changes import people_in
from compliance.services.rebuilding import rebuild_many
from people import services as people_services
from people.exceptions import CannotBelongThere
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
    if was != jurisdiction:
        # Conditions name it, and whoever comes from there to another place is new to the rules of that one.
        there = people_in(Employment.objects.filter(site=described))
        rebuild_many(memberships=there, cause=f"site:{described.pk}:{at.isoformat()}", at=at)
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
    """Write what a site is called, what is spoken there and whom to ask; its people live by ``time_zone`` at once."""
    was = Site.objects.values_list("time_zone", flat=True).get(pk=site.pk)
    changed = people_services.change_site(
        site=site, name=name, time_zone=time_zone, languages=languages, contact=contact, by=by, at=at
    )
    if was != time_zone:
        there = people_in(Employment.objects.filter(site=changed))
        rebuild_many(memberships=there, cause=f"zone:{changed.pk}:{at.isoformat()}", at=at)
    return changed


@transaction.atomic
def place_site(*, site: Site, parent: Site | None, on: date, by: User | None, at: datetime) -> Site:
    """Let a site belong to ``parent``, or to no other; what is asked of its people follows, that of adopted rules from ``on``.

    The tree of sites carries no dates: what reaches them from above reaches them on all days, as if it had always been so.
    ``ask_to_place_site`` is for whoever has not looked at what that does.

    Raises:
        AlreadyWithdrawn: it can no longer belong there.
    """
    parents = {site.pk: parent.pk if parent else None}
    # Before the site is there, so that people whom a rule goes on asking keep their dates.
    apply_adoptions(organisation=site.organisation, on=on, by=by, at=at, parents=parents)
    try:
        placed = people_services.place_site(site=site, parent=parent, by=by, at=at)
    except CannotBelongThere as refused:
        raise AlreadyWithdrawn from refused
    there = people_in(Employment.objects.filter(site__in=selectors.sites_from(placed)))
    rebuild_many(memberships=there, cause=f"place:{placed.pk}:{at.isoformat()}", at=at)
    return placed


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
