"""Pages of the site itself: health, help lines, leaving, privacy, and what is shown when something fails."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views import defaults
from django.views.decorators.http import require_safe

from cms.languages import direction
from cms.models import Region
from cms.places import place_name, with_regions
from cms.readiness import unready_parts
from cms.selectors import place_of

_LAST_RESORT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Something went wrong</title>"
    "<p>Something went wrong on our side. In danger now, call 911."
)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served. Which part fails stands in the log, not in the answer."""
    if unready_parts():
        return HttpResponse("not ready\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """List all help lines for a place that the reader may choose (``?place=ca-bc``), regions included."""
    place = place_of(request)
    places = with_regions(dict(Region.objects.values_list("code", "name")))
    name = dict(places).get(place) or place_name(place)
    return render(request, "cms/site/help.html", {"place": place, "place_name": name, "places": places})


@require_safe
def exit_page(request: HttpRequest) -> HttpResponse:
    """Explain how to leave quickly, and honestly what stays behind."""
    return render(request, "cms/site/exit.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Explain what is kept of whom, and what is not."""
    return render(request, "cms/site/privacy.html", {"idle_minutes": settings.IDLE_LOCK_MINUTES})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is at this address; where the address names no language, in the reader's."""
    if translation.get_language_from_path(request.path_info) is None:
        translation.activate(translation.get_language_from_request(request))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unforeseen failure without the database, the session or anything else that may be what failed."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    context = {"language": language, "direction": direction(language), "exit_url": settings.EXIT_URL}
    try:
        page = render_to_string("500.html", context)
    except Exception:  # even the template may be what failed
        page = _LAST_RESORT
    return HttpResponseServerError(page)
