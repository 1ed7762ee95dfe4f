"""What all pages of the portal need: the organisation within the user's rights, and its calendar."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from cms import clock
from people.models import Membership, Organisation, Site, StaffRole, User
from people.permissions import organisation_for
from people.selectors import visible_memberships

READERS = (StaffRole.Kind.HR, StaffRole.Kind.SITE_LEAD, StaffRole.Kind.AUDITOR)
WRITERS = (StaffRole.Kind.HR,)


@dataclass(frozen=True, slots=True)
class Desk:
    """One user at work on one organisation."""

    user: User
    organisation: Organisation
    today: date
    may_write: bool

    @property
    def memberships(self) -> QuerySet[Membership]:
        """The people that this user may see here."""
        return visible_memberships(user=self.user, organisation=self.organisation)

    @property
    def sites(self) -> QuerySet[Site]:
        """All sites of the organisation, by name."""
        return Site.objects.filter(organisation=self.organisation)

    def context(self, **more: Any) -> dict[str, Any]:
        """Return the context of a page."""
        return {"desk": self, "organisation": self.organisation, **more}


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]


def portal(*kinds: StaffRole.Kind) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Let a view be opened by staff with one of ``kinds`` in the organisation named in the address.

    A foreign organisation and an unknown one are the same: not found.
    """
    allowed: Collection[StaffRole.Kind] = kinds or READERS

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def wrapped(request: HttpRequest, code: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            # A session opened by what an employer issued is a learner's, whoever the user is.
            scope = getattr(request, "scope", None)
            if scope is None or not scope.personal:
                raise Http404
            user = request.user
            assert isinstance(user, User)
            organisation = organisation_for(user, code, kinds=allowed)
            may_write = StaffRole.objects.filter(user=user, organisation=organisation, kind__in=WRITERS, site=None).exists()
            desk = Desk(user, organisation, clock.today(organisation.time_zone), may_write)
            return view(request, desk, *args, **kwargs)

        return wrapped

    return decorate
