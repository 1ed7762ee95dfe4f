"""What every page has."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.models import Page, PagePermissionTester

from cms.models.editor_limit import EditorLimit
from cms.publishing import ask_guards
from cms.rendering import renderer_for


class _WithinLimits(PagePermissionTester):  # type: ignore[misc]  # Wagtail has no types
    """What an editor may do with a page: nothing outside of their limits, or with a source that they do not write."""

    def __init__(self, user: Any, page: "BasePage") -> None:
        super().__init__(user, page)
        if hasattr(self, "permissions") and not page.is_within_limits_of(user):
            self.permissions = set()


class BasePage(Page):
    """A page whose serving is looked up in the registry of renderers, so that models import nothing above them."""

    class Meta:
        abstract = True

    def sector_code(self) -> str:
        """Return the sector of what the page is about, "" for what belongs to none."""
        return ""

    def is_within_limits_of(self, user: Any) -> bool:
        """Return whether ``user`` may change the page, as far as limits go (``cms.limits``)."""
        limits = EditorLimit.objects.of(user)
        sectors = [self.sector_code()] if limits.sectors is not None else []
        return EditorLimit.objects.may_change_text(user, sectors=sectors, language=self.locale.language_code)

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """Return what ``user`` may do with the page."""
        return _WithinLimits(user, self)

    def publish(self, revision: Any, user: Any = None, log_action: Any = True, **more: Any) -> Any:
        """Publish ``revision``, unless somebody who watches over it refuses (``cms.publishing``)."""
        ask_guards(page=self, revision=revision, user=user, log_action=log_action)
        return super().publish(revision, user=user, log_action=log_action, **more)

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Serve by the registered renderer, by the page's own template where there is none."""
        renderer = renderer_for(type(self))
        return renderer.serve(self, request) if renderer else super().serve(request, *args, **kwargs)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the draft, by the registered renderer where there is one."""
        renderer = renderer_for(type(self))
        return renderer.preview(self, request, mode_name) if renderer else super().serve_preview(request, mode_name)
