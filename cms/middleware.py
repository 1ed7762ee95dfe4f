"""What every request and answer passes: the language, the content security policy, no trace on shared devices."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

CMS_PATH = "/cms/"


class LanguageMiddleware(LocaleMiddleware):
    """The language of a page stands in its address; everything else speaks the reader's.

    Django's own gives every address without a prefix the default language as soon as pages in that language have
    none, so the reader's choice would be lost on the way to a lesson. The first page leads on to the reader's language.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Install the language for this request."""
        asked = translation.get_language_from_path(request.path_info)
        reader = translation.get_language_from_request(request)
        if request.path_info == "/" and reader != settings.LANGUAGE_CODE and request.method in ("GET", "HEAD"):
            answer = HttpResponseRedirect(f"/{reader}/")
            patch_vary_headers(answer, ("Accept-Language", "Cookie"))
            return answer
        translation.activate(asked or (settings.LANGUAGE_CODE if _is_unprefixed_page(request.path_info) else reader))
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]  # as Django's own does
        return None


def _is_unprefixed_page(path: str) -> bool:
    with translation.override(settings.LANGUAGE_CODE):
        try:
            return resolve(path).url_name == "wagtail_serve"
        except Resolver404:
            return False


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere; under the CMS path, whose editor needs it, inline style and script are allowed."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Loosen the policy for the CMS path alone, then write the header."""
        if request.path.startswith(CMS_PATH):
            response._csp_replace = {  # type: ignore[attr-defined]  # django-csp's own per-response hook
                "script-src": ["'self'", "'unsafe-inline'"],
                "style-src": ["'self'", "'unsafe-inline'"],
                "img-src": ["'self'", "data:", "blob:"],
                "frame-src": ["'self'"],
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
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(), microphone=(), browsing-topics=()"
        )
        return response
