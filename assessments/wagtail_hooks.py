"""Registers the question bank with the Wagtail admin."""

from wagtail import hooks
from wagtail.snippets.models import register_snippet

from assessments.viewsets import TYPED_VIEWSETS, QuestionGroup, refuse_deletion

register_snippet(QuestionGroup)
for viewset in TYPED_VIEWSETS:
    register_snippet(viewset)

hooks.register("before_delete_snippet", refuse_deletion)
