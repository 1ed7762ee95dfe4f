"""The registry of page renderers: each app says in ``ready()`` how its page types are served."""

from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest, HttpResponse


class _Serve(Protocol):
    def __call__(self, page: object, request: HttpRequest) -> HttpResponse: ...


class _Preview(Protocol):
    def __call__(self, page: object, request: HttpRequest, mode_name: str) -> HttpResponse: ...


@dataclass(frozen=True, slots=True)
class Renderer:
    """How a page type is served to readers and previewed by editors."""

    serve: _Serve
    preview: _Preview


_renderers: dict[type, Renderer] = {}


def register_renderer(page_type: type, renderer: Renderer) -> None:
    """Let ``renderer`` serve pages of exactly ``page_type``."""
    _renderers[page_type] = renderer


def renderer_for(page_type: type) -> Renderer | None:
    """Return the renderer of ``page_type``, or None."""
    return _renderers.get(page_type)
