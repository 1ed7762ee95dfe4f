"""A step of a Wagtail workflow that follows what reviewers say; nobody takes it by a button of Wagtail's."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from courses.models.review import ReviewKind


class ReviewTask(Task):
    """Waits for the yes of everybody who was asked as one kind, to the very text that would be published."""

    kind = models.CharField(_("as whom they read"), max_length=20, choices=ReviewKind.choices)

    admin_form_fields: ClassVar = [*Task.admin_form_fields, "kind"]
    admin_form_readonly_on_edit_fields: ClassVar = [*Task.admin_form_readonly_on_edit_fields, "kind"]

    class Meta:
        verbose_name = _("review by people who know")
        verbose_name_plural = _("reviews by people who know")

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Refuse: a reviewer's word is the only way on.

        Raises:
            PermissionDenied: always.
        """
        raise PermissionDenied

    @classmethod
    def get_description(cls) -> str:
        """Return what it does, for who makes workflows."""
        return str(_("Asks the reviewers of this kind. A no sends the page back; the last yes lets it go on."))
