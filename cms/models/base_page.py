"""What every page has."""

from django.http import HttpRequest, HttpResponse
from wagtail.models import Page

from cms.rendering import renderer_for


class BasePage(Page):
    """A page whose serving is looked up in the registry of renderers, so that models import nothing above them."""

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Serve by the registered renderer, by the page's own template where there is none."""
        renderer = renderer_for(type(self))
        return renderer.serve(self, request) if renderer else super().serve(request, *args, **kwargs)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the draft, by the registered renderer where there is one."""
        renderer = renderer_for(type(self))
        return renderer.preview(self, request, mode_name) if renderer else super().serve_preview(request, mode_name)
