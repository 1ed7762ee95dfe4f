"""The pictures of a course in the CMS: what each tells in which language, and approving it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from cms import clock
from courses import selectors
from courses.exceptions import NothingThere
from courses.pictures import pictures_in
from courses.services import approve_picture, shown_parts, shown_texts, take_approval_back
from courses.views.panel import CoursePanel
from courses.views.releasing import RELEASE_PERMISSION


class PicturesView(CoursePanel, TemplateView):
    """Every picture of what is published and of local parts. Whoever may edit looks; whoever may release approves."""

    template_name = "courses/admin/pictures.html"
    header_icon = "image"
    page_title = gettext_lazy("Pictures")
    permission = "courses.change_course"
    write_permission = RELEASE_PERMISSION

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Approve one, or take that back."""
        wanted, undo = request.POST.get("approve", ""), request.POST.get("undo", "")
        if undo:
            take_approval_back(course=self.course, sha256=undo, by=request.user)
            messages.success(request, _("The picture waits for approval again."))
        else:
            try:
                approve_picture(course=self.course, sha256=wanted, by=request.user, at=clock.now())
            except NothingThere:
                messages.error(request, _("This is not there any more."))
            else:
                messages.success(request, _("The picture is approved."))
        return redirect(reverse("courses_admin:pictures", args=[self.course.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the pictures with their words in each language."""
        pictures: dict[str, dict[str, Any]] = {}
        parts = shown_parts(course=self.course, user=self.request.user)
        for text in [*shown_texts(course=self.course), *parts]:
            for each in pictures_in(text):
                shown = pictures.setdefault(each.sha256, {"url": each.url, "lesson": each.lesson, "words": []})
                shown["words"].append((text["language"], each.alt))
        approvals = selectors.approvals_of(pictures)
        listed = [(sha256, shown, approvals.get(sha256)) for sha256, shown in pictures.items()]
        may_approve = self.request.user.has_perm(RELEASE_PERMISSION)
        return super().get_context_data(course=self.course, listed=listed, may_approve=may_approve, **kwargs)
