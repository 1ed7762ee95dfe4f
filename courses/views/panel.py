"""What every page about one course in the CMS has: who may open it, its course, its heading and the way here."""

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic.base import View

from cms.admin_pages import AdminPage
from courses.models import Course


class CoursePanel(AdminPage, View):
    """A page of the CMS about the course that the address names, for who has ``permission``."""

    @cached_property
    def course(self) -> Course:
        """Return the course that the address names."""
        return get_object_or_404(Course, pk=self.kwargs["course_id"])

    def get_page_subtitle(self) -> str:
        """Return the course."""
        return str(self.course)
