"""Pages of a change that is about several trainings: what it does is looked at before it holds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms import clock
from compliance import services
from compliance.models import PreviewRun, Proposal, Requirement
from compliance.preview import Preview
from compliance.views.portal import Desk
from people.models import Site


def in_background(
    desk: Desk, kind: Proposal.Kind, payload: Mapping[str, Any], look: services.Planned | services.Together
) -> HttpResponse:
    """Lead to the page that shows what a change for very many people does, as soon as that is known."""
    run = begun(desk, kind, payload, people=len(look.memberships))
    return redirect("compliance:preview", code=desk.organisation.code, run=run.public_id)


def begun(desk: Desk, kind: Proposal.Kind, payload: Mapping[str, Any], *, people: int) -> PreviewRun:
    """Begin, or find again, the look at a change for very many ``people``."""
    return services.begin_preview(
        organisation=desk.organisation,
        kind=kind,
        payload=payload,
        people=people,
        by=desk.user,
        at=clock.now(),
    )


def changes_shown(
    desk: Desk, look: services.Together, found: Preview, *, sent: Sequence[tuple[str, Any]] = ()
) -> dict[str, Any]:
    """Return what a page of a change shows of it: what is asked anew and no longer, and what that does to whom."""
    added = [it for part in look.parts for it in part.change.added]
    return {
        "preview": found,
        "second": services.touches_many(found, desk.organisation),
        "begins": _by_place(it for it in added if it.ends_on is None),
        "ends": _by_place(it for it in added if it.ends_on is not None),
        "sent": sent,
    }


def _by_place(requirements: Any) -> list[Requirement]:
    return sorted(requirements, key=lambda it: (it.label, it.site.name if it.site else ""))


def page_of(
    request: HttpRequest, desk: Desk, kind: Proposal.Kind, subject: str, cancel: str, shown: Mapping[str, Any]
) -> HttpResponse:
    """Show what a change of ``subject`` does; its form sends the same again to ``request.path``, confirmed."""
    context = desk.context("rules", kind=kind.label, subject=subject, cancel=cancel, **shown)
    return render(request, "compliance/change_preview.html", context)


def placement_subject(site: Site, parent: Site | None) -> str:
    """Return the name of a site with that to which it would belong, for whoever decides on it."""
    above = parent.name if parent else pgettext("what a site belongs to", "No other site")
    return f"{site.name} ({pgettext('what a site belongs to', 'Belongs to')}: {above})"


def say_what_came(request: HttpRequest, done: object, made: str) -> None:
    """Say that a change waits for a second person, or in the words ``made`` that it holds."""
    if isinstance(done, Proposal):
        say_it_waits(request)
    else:
        messages.success(request, made)


def say_it_waits(request: HttpRequest) -> None:
    """Say that a change waits for a second person."""
    messages.info(
        request, _("This touches many people, so somebody else of HR has to agree. It waits under Assignments.")
    )
