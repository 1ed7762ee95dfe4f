"""Deleting in the CMS: refused in words where something names what is to go, and never half done."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import DeleteView

from cms.deletions import is_protected, named_by
from cms.lists import listed


def why_not_deleted(instances: Iterable[Model]) -> str:
    """Return in a sentence why the first of ``instances`` that has to stay does; "" where all may go."""
    for instance in instances:
        if names := named_by(instance):
            said = _("“%(title)s” cannot be deleted: it is named by %(names)s.")
            return said % {"title": instance, "names": listed(names)}
        if is_protected(instance):
            return _("Something still hangs on %(names)s: it cannot be deleted.") % {"names": instance}
    return ""


class DeleteUnnamedView(DeleteView):  # type: ignore[misc]  # Wagtail has no types
    """The question before something is deleted; where it has to stay, the list with the reason instead."""

    def run_before_hook(self) -> HttpResponse | None:
        """Say why it stays."""
        return refused(self.request, [self.object], self.get_success_url())


def refused(request: HttpRequest, instances: Iterable[Model], back_to: str) -> HttpResponse | None:
    """Return the way back, with the reason, where something has to stay; None where all may go."""
    reason = why_not_deleted(instances)
    if not reason:
        return None
    messages.error(request, reason)
    return redirect(back_to)
