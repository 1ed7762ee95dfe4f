"""The sources of a course, on one page, as they are known today."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms import clock
from courses import selectors
from courses.views.course import without_cookie
from courses.views.reading import Reading, with_reading


@require_safe
@with_reading
def course_sources(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Show what the course relies on: facts with their dates, and the documents that its lessons cite."""
    sources, claims = selectors.sources_of(reading.snapshot)
    today = clock.today(settings.TIME_ZONE)
    context = {
        "reading": reading,
        "sources": [(source, today > source.review_by) for source in sources],
        "claims": [(claim, {"claims_now": [claim.now(today)]}) for claim in claims],
    }
    return render(request, "courses/pages/sources.html", without_cookie(reading, context))
