"""Pages of certificates: the holder's own, and the one where anybody may check a number."""

import logging
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from certificates import selectors
from certificates.documents import PAPERS, file_name, place_of_time, render_pdf
from certificates.forms.number import NumberForm
from certificates.models import Certificate
from certificates.rate_limit import within_limit
from certificates.validity import local_date
from certificates.verdicts import unknown, verdict_on
from cms import clock
from cms.typesetting import MissingGlyphs
from people.origins import origin_of

logger = logging.getLogger(__name__)

# Nobody guesses 80 random bits; a whole course may look at its certificates behind one address.
CHECKS: Final = 300
CHECKS_SECONDS: Final = 5 * 60

View = Callable[..., HttpResponse]


def _unlisted(view: View) -> View:
    """Keep search engines from listing the page, whatever it answers."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapper


@require_safe
@_unlisted
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a number, or answer about the one that was typed (``?number=``)."""
    if "number" not in request.GET:
        return render(request, "certificates/verify.html", {"form": NumberForm()})
    form = NumberForm(request.GET)
    if not form.is_valid():
        return render(request, "certificates/verify.html", {"form": form})
    return _answer(request, form.cleaned_data["number"])


@require_safe
@_unlisted
def verify_number(request: HttpRequest, number: str) -> HttpResponse:
    """Answer about the number in the address: where the QR code leads."""
    return _answer(request, number)


def _answer(request: HttpRequest, typed: str) -> HttpResponse:
    """Look up whatever was typed, in one way, and answer on one page, whether there is such a certificate or not."""
    if not within_limit("verify", origin_of(request), limit=CHECKS, seconds=CHECKS_SECONDS):
        response = render(request, "certificates/too_many.html", {"minutes": CHECKS_SECONDS // 60}, status=429)
        response.headers["Retry-After"] = str(CHECKS_SECONDS)
        return response
    certificate = selectors.certificate_by_number(typed)
    verdict = verdict_on(certificate, at=clock.now()) if certificate else unknown()
    context = {"certificate": certificate, "verdict": verdict, "form": NumberForm(), "typed": typed}
    return render(request, "certificates/verified.html", context)


def _own_certificate(request: HttpRequest, public_id: uuid.UUID) -> Certificate:
    """Return the certificate if this session opens it; foreign and unknown are both not found."""
    visible = selectors.visible_certificates(request.scope)  # type: ignore[attr-defined]  # people.middleware
    return get_object_or_404(
        visible.select_related("renews", "replaced_by", "certification", "membership"), public_id=public_id
    )


def _hides_language(request: HttpRequest, found: Certificate) -> bool:
    scope = request.scope  # type: ignore[attr-defined]  # people.middleware
    return selectors.language_is_hidden(found, scope=scope)


def _for_holders(view: View) -> View:
    """Lead whoever is not signed in to the door, and back here from there."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        scope = request.scope  # type: ignore[attr-defined]  # people.middleware
        if scope.signed_in:
            return view(request, *args, **kwargs)
        door = reverse("people:unlock" if scope.locked else "people:sign_in")
        return redirect(f"{door}?{urlencode({'next': request.get_full_path()})}")

    return wrapper


@require_safe
@_unlisted
@_for_holders
def certificate(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the holder her certificate, and where to get it on paper. One that was replaced leads to its successor."""
    found = _own_certificate(request, public_id)
    if found.replaced_by is not None:
        return redirect("certificates:certificate", public_id=found.replaced_by.public_id)
    today = local_date(clock.now(), found.time_zone)
    hidden = _hides_language(request, found)
    context = {
        "certificate": found,
        "state": found.state(on=today),
        "issued_on": local_date(found.issued_at, found.time_zone),
        "zone": place_of_time(found.time_zone),
        "learner_title": "" if hidden or found.learner_title == found.title else found.learner_title,
        "two_languages": found.language != found.workplace_language and not hidden,
    }
    return render(request, "certificates/certificate.html", context)


@require_safe
@_unlisted
@_for_holders
def document(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Download the PDF: ``?paper=`` a4 or letter, ``?copy=`` holder or workplace. None of a revoked certificate.

    The workplace's copy is all that there is for a session from which the holder's language stays hidden.
    """
    paper, copy = request.GET.get("paper", "a4"), request.GET.get("copy", "holder")
    if paper not in PAPERS or copy not in ("holder", "workplace"):
        raise Http404
    found = _own_certificate(request, public_id)
    if found.replaced_by is not None:
        address = reverse("certificates:document", args=[found.replaced_by.public_id])
        return redirect(f"{address}?{urlencode({'paper': paper, 'copy': copy})}")
    if found.revoked_on is not None:
        raise Http404
    if copy == "holder" and _hides_language(request, found):
        copy = "workplace"
    is_draft = copy == "holder" and selectors.learner_title_is_draft(found)
    try:
        # Paper and copy were seen to above.
        pdf = render_pdf(found, paper=paper, copy=copy, title_is_draft=is_draft)  # type: ignore[arg-type]
    except MissingGlyphs as error:
        logger.error("a certificate cannot be printed: no font here has its letters")
        context = {"certificate": found, "characters": error.named}
        return render(request, "certificates/unprintable.html", context, status=503)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name(found)}"'},
    )
