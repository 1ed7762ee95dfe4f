"""A backend of Django's authentication that only ever says no."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from people.models import User
from people.permissions import SEE_PEOPLE

ENTRY = "wagtailadmin.access_admin"


class StaffOfOrganisationsStayOut:
    """Who sees an organisation's people never enters the CMS, whatever groups they were put into.

    Stands first among the backends, since Django asks no further once one refuses. Administrators of the whole
    site (superusers) are not asked about: Django grants them everything. It signs nobody in, so it has no
    ``get_user`` and inherits from no backend that does.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Return None: nobody signs in by this backend."""

    def has_perm(self, user_obj: User, perm: str, obj: Model | None = None) -> bool:
        """Return False, which settles nothing.

        Raises:
            PermissionDenied: a user with a role that sees people asks for the CMS.
        """
        if perm == ENTRY and user_obj.is_active and not SEE_PEOPLE.isdisjoint(user_obj.staff_kinds):
            raise PermissionDenied
        return False
