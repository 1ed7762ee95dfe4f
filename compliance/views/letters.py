"""Letters for people without e-mail, and mails that did not arrive."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certificates.validity import local_date
from cms import clock
from compliance import selectors, services
from compliance.letters import letters_for
from compliance.letters import letters_pdf as typeset_letters
from compliance.models import Message
from compliance.views.portal import Desk, pdf, portal
from people import audit
from people.selectors import main_jobs

PAGE_SIZE = 100
LETTERS_AT_ONCE = 500
PRINTED_SHOWN_DAYS = 30


@portal()
@require_safe
def letters(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who waits for a letter; what was printed lately, to print it again; whose mail did not arrive."""
    waiting = selectors.letters(memberships=desk.memberships)
    page = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page"))
    at = clock.now()
    jobs = main_jobs([it.membership_id for it in page.object_list], at=at)
    sites = {member: job.site.name for member, job in jobs.items() if job.covers(at)}
    since = at - timedelta(days=PRINTED_SHOWN_DAYS)
    zone = desk.organisation.time_zone
    return render(
        request,
        "compliance/letters.html",
        desk.context(
            "letters",
            page=page,
            listed=[(sites.get(it.membership_id, ""), it) for it in page.object_list],
            at_once=min(page.paginator.count, LETTERS_AT_ONCE),
            bounces=selectors.open_bounces(memberships=desk.memberships)[:PAGE_SIZE],
            undelivered=selectors.undelivered(memberships=desk.memberships)[:PAGE_SIZE],
            printed=[
                (local_date(printed_at, zone), printed_at.isoformat(), count)
                for printed_at, count in selectors.printings(memberships=desk.memberships, since=since)
            ]
            if desk.may_write
            else [],
        ),
    )


@portal(writes=True)
@require_POST
def letters_pdf(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Print the waiting letters, which then leave the list; or once more those that were printed ``again``.

    One-time codes stand on the first print alone: who lost it gets a slip.
    """
    at = clock.now()
    again = request.POST.get("again", "")
    if again:
        printed_at = _instant(again)
        wanted = (
            selectors.printed(memberships=desk.memberships, at=printed_at) if printed_at else Message.objects.none()
        )
    else:
        wanted = selectors.letters(memberships=desk.memberships)
    with transaction.atomic():
        found = letters_for(messages=list(wanted[:LETTERS_AT_ONCE]), with_codes=not again, by=desk.user, at=at)
        if found:
            content = typeset_letters(found)
            verb = "letters.printed_again" if again else "letters.printed"
            if not again:
                services.mark_printed(messages=[it.message_id for it in found], at=at)
            audit.record(organisation=desk.organisation, actor=desk.user, verb=verb, at=at, count=len(found))
    if not found:
        messages.info(request, _("There is nothing to print. What was printed already stands below."))
        return redirect("compliance:letters", code=desk.organisation.code)
    return pdf(content, "letters.pdf")


def _instant(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
