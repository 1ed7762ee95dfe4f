"""Reads of people that more than one door needs."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects

from cms import clock
from people.models import AccountChange, Employment, ExportColumns, Membership, Organisation, Site, StaffRole, User
from people.workbooks.columns import Column
from people.workbooks.kinds import Kind

if TYPE_CHECKING:
    from people.scope import Scope

_OWN_SIGN_IN_BEGAN = (AccountChange.Kind.RECOVERY_MADE, AccountChange.Kind.EMAIL_ADDED)


def local_day(organisation: Organisation, at: datetime) -> date:
    """Return the calendar date at ``at`` in the organisation's time zone."""
    return at.astimezone(ZoneInfo(organisation.time_zone)).date()


def allowed_columns(organisation: Organisation | None, kind: Kind) -> tuple[Column, ...]:
    """Return the columns of a kind that may leave the organisation and come into it."""
    if organisation is None:
        return kind.columns
    chosen = ExportColumns.objects.filter(organisation=organisation, kind=kind.code).values_list("columns", flat=True)
    allowed = chosen.first()
    if allowed is None:
        return kind.columns
    return tuple(column for column in kind.columns if column.key in allowed or column.identifies)


def staff_roles(*, user: User | AnonymousUser) -> QuerySet[StaffRole]:
    """Return the staff roles of a user, none for somebody not signed in.

    Ask with ``request.user`` or ``scope.staff``, never with ``scope.user``: an employer's PIN gives no staff role.
    """
    if not user.is_authenticated or not user.is_active:
        return StaffRole.objects.none()
    return (
        StaffRole.objects.filter(user=user).select_related("organisation", "site").order_by("organisation__name", "pk")
    )


def hr_of(organisation: Organisation) -> QuerySet[User]:
    """Return who is HR of the whole of an organisation."""
    roles = StaffRole.objects.filter(organisation=organisation, kind=StaffRole.Kind.HR, site=None)
    return User.objects.filter(pk__in=roles.values("user"), is_active=True).order_by("name", "email", "pk")


def is_staff(user: User) -> bool:
    """Return whether a user has a staff role or may enter the CMS."""
    return StaffRole.objects.filter(user=user).exists() or user.has_perm("wagtailadmin.access_admin")


def sites_below(*, organisation: Organisation, roots: Iterable[int]) -> set[int]:
    """Return the keys of the sites ``roots`` of an organisation and of all below them, in one query."""
    return {site.pk for site in _sites_below(organisation=organisation, roots=roots)}


def _sites_below(*, organisation: Organisation, roots: Iterable[int]) -> list[Site]:
    sites = Site.objects.filter(organisation=organisation).only("parent_id", "time_zone")
    parents = {site.pk: site.parent_id for site in sites}
    wanted = {root for root in roots if root in parents}
    return [site for site in sites if not wanted.isdisjoint(path_up(site.pk, parents))]


MOST_LEVELS: Final = 8
"""So many sites may stand above each other: more than any employer has, and few enough to overlook."""


def possible_parents(*, site: Site) -> QuerySet[Site]:
    """Return the sites to which ``site`` may belong: of its organisation, neither itself nor below it, not too deep.

    Where it belongs now is among them, however deep that is.
    """
    sites = Site.objects.filter(organisation=site.organisation_id)
    parents = dict(sites.values_list("pk", "parent_id"))
    above = {key: path_up(key, parents) for key in parents}
    below = [key for key, path in above.items() if site.pk in path]
    # How many levels the site and all below it take.
    height = max((above[key].index(site.pk) + 1 for key in below), default=1)
    fitting = [key for key, path in above.items() if site.pk not in path and len(path) + height <= MOST_LEVELS]
    return sites.filter(pk__in=[*fitting, *filter(None, [parents.get(site.pk)])])


def path_up(site: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return the key of a site and those of all above it, by who is the parent of whom; a ring ends the way."""
    path: list[int] = []
    here: int | None = site
    while here is not None and here not in path:
        path.append(here)
        here = parents.get(here)
    return path


def visible_memberships(
    *,
    user: User | AnonymousUser,
    organisation: Organisation,
    kinds: Iterable[str] | None = None,
    at: datetime | None = None,
) -> QuerySet[Membership]:
    """Return the memberships of an organisation that a staff user may see.

    A role for the whole organisation sees everybody. A role for a site sees who at ``at`` works there or below, by the
    calendar of the site, or will; who has left is not theirs to see. ``at`` is now unless given, ``kinds`` any kind of
    role. Nobody else sees anybody.
    """
    roles = staff_roles(user=user).filter(organisation=organisation)
    if kinds is not None:
        roles = roles.filter(kind__in=list(kinds))
    limits = list(roles.values_list("site_id", flat=True))
    everybody = Membership.objects.filter(organisation=organisation)
    if None in limits:
        return everybody
    by_day: dict[date, list[int]] = {}
    for site in (
        _sites_below(organisation=organisation, roots=[it for it in limits if it is not None]) if limits else ()
    ):
        by_day.setdefault(site.day(at or clock.now()), []).append(site.pk)
    if not by_day:
        return everybody.none()
    goes_on = Q(ends_on__isnull=True)
    for day, sites in by_day.items():
        goes_on |= Q(ends_on__gte=day, site__in=sites)
    all_sites = [site for sites in by_day.values() for site in sites]
    # All sites at once as well: a database looks one person up by them, and then at the last day.
    here = Employment.objects.current_knowledge().filter(goes_on, membership=OuterRef("pk"), site__in=all_sites)
    return everybody.filter(Exists(here))


def visible_sites(
    *, user: User | AnonymousUser, organisation: Organisation, kinds: Iterable[str] | None = None
) -> QuerySet[Site]:
    """Return the sites of an organisation that a staff user's roles cover."""
    roles = staff_roles(user=user).filter(organisation=organisation)
    if kinds is not None:
        roles = roles.filter(kind__in=list(kinds))
    limits = list(roles.values_list("site_id", flat=True))
    sites = Site.objects.filter(organisation=organisation)
    if None in limits:
        return sites
    below = (
        sites_below(organisation=organisation, roots=[site for site in limits if site is not None]) if limits else set()
    )
    return sites.filter(pk__in=below)


def has_own_sign_in(user: User) -> bool:
    """Return whether a user has a way in that no employer issued: recovery code, verified e-mail or password."""
    return (
        user.recovery_lookup is not None
        or user.has_usable_password()
        or EmailAddress.objects.filter(user=user, verified=True).exists()
    )


def last_employed_on(*, membership: Membership) -> date | None:
    """Return the last day of the last employment known now; None where there never was one, or where one has no end."""
    known = Employment.objects.current_knowledge().filter(membership=membership)
    if known.filter(ends_on__isnull=True).exists():
        return None
    last: date | None = known.aggregate(last=Max("ends_on"))["last"]
    return last


def still_employed(*, membership: Membership, at: datetime) -> bool:
    """Return whether an employment known now goes on at ``at``, by the calendar of its site, or is to come."""
    known = Employment.objects.current_knowledge().filter(membership=membership).select_related("site")
    return any(job.goes_on(at) for job in known)


def main_jobs(memberships: Iterable[Membership | int], *, at: datetime) -> dict[int, Employment]:
    """Return the employment of each that says most of where they work, with site and role, in one query.

    Of those that cover ``at``, by the calendar of the site, the one that began last; where there is none, the last
    that had begun, and before that the first to come. Who never had one is left out.
    """
    known = Employment.objects.current_knowledge().filter(membership__in=memberships).select_related("site", "role")
    found: dict[int, Employment] = {}
    for job in known.order_by("starts_on", "pk"):
        best = found.get(job.membership_id)
        if best is None or job.covers(at) or (job.has_begun(at) and not best.covers(at)):
            found[job.membership_id] = job
    return found


def known_employments(membership: Membership) -> list[Employment]:
    """Return all employments known now with their sites, by first day; read once for each ``membership`` in memory."""
    known = Employment.objects.current_knowledge().select_related("site").order_by("starts_on", "pk")
    prefetch_related_objects([membership], Prefetch("employments", known, to_attr="employments_known_now"))
    found: list[Employment] = membership.employments_known_now  # type: ignore[attr-defined]  # the line above
    return found


def account_changes(*, scope: "Scope") -> QuerySet[AccountChange]:
    """Return what this session may see of "Changes to my account", the newest first.

    A session opened by an employer's PIN sees the changes of its membership alone.
    """
    if scope.user is None:
        return AccountChange.objects.none()
    changes = AccountChange.objects.filter(user=scope.user).select_related("membership__organisation")
    return changes if scope.membership is None else changes.filter(membership=scope.membership)


def hidden_before(*, scope: "Scope", membership: Membership) -> datetime | None:
    """Return before which instant answers, languages and places in a text stay hidden from this session; None: none.

    Whoever got in by a printed code, which may be the employer, must not read what the person did before it. A PIN
    session sees what came after its PIN was set. A personal session sees all that came after the last PIN that was set
    before the person took the membership into her own hands, by her own sign-in or by joining it.
    """
    if scope.membership is not None:
        # The session was opened with this very PIN: a reset since then would have ended it.
        return scope.membership.credential.pin_set_at
    own = AccountChange.objects.filter(user=scope.user).order_by("happened_at")
    joined = own.filter(kind=AccountChange.Kind.WORKPLACE_JOINED, membership=membership).first()
    taken = joined or own.filter(kind__in=_OWN_SIGN_IN_BEGAN).first()
    pins = AccountChange.objects.filter(membership=membership, kind=AccountChange.Kind.PIN_SET)
    if taken is not None:
        pins = pins.filter(happened_at__lte=taken.happened_at)
    last = Subquery(pins.order_by("-happened_at").values("happened_at")[:1])
    # Another entry of the person, which became this one, may have been opened by others before that.
    closed = Max("other_entries__hidden_before")
    found = Membership.objects.filter(pk=membership.pk).annotate(last=last, closed=closed)
    return max((at for at in found.values_list("last", "closed").get() if at is not None), default=None)


def editors() -> QuerySet[User]:
    """Return who may enter the CMS and is no administrator, by name."""
    found = User.objects.filter(groups__permissions__codename="access_admin", is_active=True, is_superuser=False)
    return found.distinct().order_by("name", "email", "pk")
