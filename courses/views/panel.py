"""What every page about one course in the CMS has: who may open it, its course, its heading and the way here."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise, cached_property
from django.views.generic.base import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from courses.models import Course


class CoursePanel(WagtailAdminTemplateMixin, View):  # type: ignore[misc]  # Wagtail has no types
    """A page of the CMS about the course that the address names, for who has ``permission``."""

    permission: ClassVar[str]
    page_title: ClassVar[str | Promise]
    """The heading; lazy, since a class outlives the language of one reader."""
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse who lacks the permission."""
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def course(self) -> Course:
        """Return the course that the address names."""
        return get_object_or_404(Course, pk=self.kwargs["course_id"])

    def get_page_subtitle(self) -> str:
        """Return the course."""
        return str(self.course)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title(), "sublabel": str(self.course)}]
