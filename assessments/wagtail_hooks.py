"""Registers the question bank with the Wagtail admin."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from assessments.views.statistics import VIEW_PERMISSION, StatisticsView
from assessments.viewsets import TYPED_VIEWSETS, QuestionGroup, refuse_deletion

register_snippet(QuestionGroup)
for viewset in TYPED_VIEWSETS:
    register_snippet(viewset)

hooks.register("before_delete_snippet", refuse_deletion)


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern]:
    """Add the statistics of answers; Wagtail lets only those in who may enter the CMS."""
    return [path("answers-by-language/", StatisticsView.as_view(), name="answers_by_language")]


class _StatisticsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(VIEW_PERMISSION))


@hooks.register("register_reports_menu_item")
def register_statistics() -> MenuItem:
    """Add the statistics to the reports."""
    return _StatisticsItem(_("Answers by language"), reverse("answers_by_language"), icon_name="help", order=900)
