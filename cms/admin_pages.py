"""What our own pages of the CMS have in common: who may open them, and the way that leads to them."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


class AdminPage(WagtailAdminTemplateMixin):  # type: ignore[misc]  # Wagtail has no types
    """A page of ours in the CMS; goes before a view of Django.

    ``permission`` opens it; ``write_permission``, where it is another one, is for what is sent.
    """

    permission: ClassVar[str]
    write_permission: ClassVar[str] = ""
    page_title: ClassVar[str | Promise]
    """The heading; lazy, since a class outlives the language of one reader."""
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse who may not."""
        if not self.may_enter():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_enter(self) -> bool:
        """Return whether who asks may open the page, or send it."""
        is_sent = self.request.method == "POST"
        return bool(self.request.user.has_perm((is_sent and self.write_permission) or self.permission))

    def way(self) -> list[dict[str, Any]]:
        """Return the pages between the dashboard and this one."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *self.way(), here]
