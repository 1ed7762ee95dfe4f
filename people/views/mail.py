"""The mails of development."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.dev_mail import StoredMail, stored_mail, stored_mails

# What a mail says stays text and tables: no script, no form, nothing loaded, none of our cookies.
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'self'"


@require_safe
def dev_mail(request: HttpRequest) -> HttpResponse:
    """List the mails."""
    _only_in_demo()
    return render(request, "people/dev_mail.html", {"mails": stored_mails()})


@require_safe
def dev_mail_message(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one mail: headers, text, attachments."""
    return render(request, "people/dev_mail_message.html", {"mail": _mail(reference)})


@require_safe
def dev_mail_html(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the HTML part of a mail by itself."""
    html = _mail(reference).html
    if not html:
        raise Http404
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response


def _mail(reference: str) -> StoredMail:
    _only_in_demo()
    stored = stored_mail(reference)
    if stored is None:
        raise Http404
    return stored


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise Http404
