"""What all pages of the portal need: the organisation within the user's rights, and its calendar."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from cms import clock
from compliance.selectors import Days, days_in
from people.models import Organisation, Site, StaffRole, User
from people.models.membership import MembershipQuerySet
from people.permissions import READERS, WRITERS, organisation_for
from people.scope import Scope
from people.selectors import staff_roles, visible_memberships, visible_sites


@dataclass(frozen=True)
class Desk:
    """One user at work on one organisation. HR of the whole organisation may write; everybody else reads."""

    user: User
    organisation: Organisation
    today: date
    may_write: bool

    @cached_property
    def memberships(self) -> MembershipQuerySet:
        """The people that this user may see here."""
        found: MembershipQuerySet = visible_memberships(
            user=self.user, organisation=self.organisation, kinds=READERS, at=clock.now()
        )
        return found

    @cached_property
    def days(self) -> Days:
        """Which day it is where people of the organisation work, for all that is said of today."""
        # Who writes sees all sites, and pages name these anyway; who sees some may see people who work elsewhere as well.
        places = self.sites if self.may_write else Site.objects.filter(organisation=self.organisation)
        zones = {site.time_zone for site in places}
        return days_in(zones, desk=self.organisation.time_zone, at=clock.now())

    @cached_property
    def sites(self) -> QuerySet[Site]:
        """The sites that this user may see here, by name."""
        return visible_sites(user=self.user, organisation=self.organisation, kinds=READERS)

    def context(self, tab: str, **more: Any) -> dict[str, Any]:
        """Return the context of a page below ``tab``."""
        return {"desk": self, "organisation": self.organisation, "tab": tab, **more}


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]


def staff_of(request: HttpRequest) -> User | None:
    """Return the user whose staff roles count in this session, None where somebody has to sign in first.

    Raises:
        Http404: a session that a PIN opened is a learner's, whoever the user is.
    """
    scope: Scope = request.scope  # type: ignore[attr-defined]  # people.middleware
    if scope.signed_in and scope.staff is None:
        raise Http404
    return scope.staff


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the door, and from there back here; what was sent cannot be sent again after signing in."""
    return redirect_to_login(
        request.get_full_path() if request.method in ("GET", "HEAD") else reverse("compliance:home")
    )


def portal(*, writes: bool = False) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Let a view be opened by staff of the organisation named in the address; with ``writes`` by its HR alone.

    A foreign organisation, an unknown one and one where the user may not do this are the same: not found.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, code: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user = staff_of(request)
            if user is None:
                return to_sign_in(request)
            organisation = organisation_for(user, code, kinds=READERS)
            may_write = writes_in(user, organisation)
            if writes and not may_write:
                raise Http404
            return view(
                request, Desk(user, organisation, clock.today(organisation.time_zone), may_write), *args, **kwargs
            )

        return wrapped

    return decorate


def writes_in(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` is HR of the whole organisation; one of a single site reads there."""
    return staff_roles(user=user).filter(organisation=organisation, kind__in=WRITERS, site=None).exists()


def organisations_of(user: User) -> list[Organisation]:
    """Return the organisations whose portal ``user`` may open, by name."""
    roles = StaffRole.objects.filter(user=user, kind__in=READERS)
    return list(Organisation.objects.filter(pk__in=roles.values("organisation")).order_by("name"))


def posted(request: HttpRequest, *files: Any) -> tuple[Any, ...]:
    """Return what a form is bound to: what was sent, also where that is nothing; nothing where a page is asked for."""
    return (request.POST, *files) if request.method == "POST" else ()


def pdf(content: bytes, name: str) -> HttpResponse:
    """Return a PDF to save."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
