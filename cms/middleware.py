"""Headers of every answer: content security policy, and no trace of pages on shared devices."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse

CMS_PATH = "/cms/"


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere; under the CMS path, whose editor needs it, inline style and script are allowed."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Loosen the policy for the CMS path alone, then write the header."""
        if request.path.startswith(CMS_PATH):
            response._csp_replace = {  # type: ignore[attr-defined]  # django-csp's own per-response hook
                None: {
                    "script-src": ["'self'", "'unsafe-inline'"],
                    "style-src": ["'self'", "'unsafe-inline'"],
                    "img-src": ["'self'", "data:", "blob:"],
                    "frame-src": ["'self'"],
                }
            }
        return super().process_response(request, response)


class PrivatePagesMiddleware:
    """No page may stay in a cache or a history preview: ``no-store`` on all but static files and health checks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then forbid storing."""
        response = self.get_response(request)
        if not request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
            response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), browsing-topics=()")
        return response
