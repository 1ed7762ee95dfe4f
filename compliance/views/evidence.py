"""Proof for inspectors: the sheet for the desk, and the signed pack."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import clock, signing
from compliance import services
from compliance.evidence.rows import evidence_rows
from compliance.evidence.sheet import TooManyRows, evidence_sheet
from compliance.forms import EvidenceForm
from compliance.models import EvidencePack
from compliance.views.portal import Desk, pdf, portal
from people import audit
from people.models import Site, StaffRole
from people.selectors import staff_roles, visible_sites

MAKERS = (StaffRole.Kind.HR, StaffRole.Kind.SITE_LEAD)
"""Who hands proof to an inspector: HR, and a site lead for their own site."""
PACKS_SHOWN = 20


def _makes(desk: Desk) -> tuple[QuerySet[Site], bool]:
    """Return for which sites the user may make proof, and whether for all of the organisation.

    Raises:
        Http404: for none.
    """
    roles = staff_roles(user=desk.user).filter(organisation=desk.organisation, kind__in=MAKERS)
    if not roles.exists():
        raise Http404
    sites = visible_sites(user=desk.user, organisation=desk.organisation, kinds=MAKERS)
    return sites, roles.filter(site=None).exists()


def _form(request: HttpRequest, desk: Desk, data: object) -> EvidenceForm:
    sites, sees_all = _makes(desk)
    return EvidenceForm(data, sites=sites, sees_all=sees_all, today=desk.today)


def _page(request: HttpRequest, desk: Desk, form: EvidenceForm) -> HttpResponse:
    sites, sees_all = _makes(desk)
    packs = EvidencePack.objects.filter(organisation=desk.organisation).select_related("site")
    if not sees_all:
        packs = packs.filter(site__in=sites)
    context = desk.context("evidence", form=form, packs=packs[:PACKS_SHOWN], fingerprint=signing.fingerprint())
    return render(request, "compliance/evidence.html", context, status=422 if form.errors else 200)


@portal()
@require_safe
def evidence(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose site and day; see the packs that were made."""
    return _page(request, desk, _form(request, desk, None))


@portal()
@require_safe
def evidence_pdf(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The sheet that an inspector reads at the desk."""
    form = _form(request, desk, request.GET)
    if not form.is_valid():
        return _page(request, desk, form)
    site, on = form.cleaned_data["site"], form.cleaned_data["on"]
    rows = evidence_rows(organisation=desk.organisation, site=site, on=on)
    try:
        content = evidence_sheet(rows, organisation=desk.organisation, site=site, on=on, made_on=desk.today)
    except TooManyRows:
        form.add_error("site", _("This is too much for one sheet. Choose a single site, or make the full pack."))
        return _page(request, desk, form)
    audit.record(organisation=desk.organisation, actor=desk.user, verb="evidence.printed", as_of=on)
    return pdf(content, f"training-record-{on.isoformat()}.pdf")


@portal()
@require_POST
def evidence_request(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for a pack; a worker makes it."""
    form = _form(request, desk, request.POST)
    if not form.is_valid():
        return _page(request, desk, form)
    services.request_evidence_pack(
        organisation=desk.organisation,
        site=form.cleaned_data["site"],
        on=form.cleaned_data["on"],
        by=desk.user,
        at=clock.now(),
    )
    messages.success(request, _("The pack is being made. It appears below when it is ready."))
    return redirect("compliance:evidence", code=desk.organisation.code)


@portal()
@require_safe
def evidence_pack(request: HttpRequest, desk: Desk, pack: UUID) -> FileResponse:
    """A pack that is ready."""
    sites, sees_all = _makes(desk)
    within = Q() if sees_all else Q(site__in=sites)
    ready = EvidencePack.objects.filter(within, organisation=desk.organisation, state=EvidencePack.State.READY)
    found = get_object_or_404(ready, public_id=pack)
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as error:  # forgotten in this moment, or a store that was brought back without it
        raise Http404 from error
    audit.record(organisation=desk.organisation, actor=desk.user, verb="evidence.downloaded", target=found)
    name = f"evidence-{found.as_of.isoformat()}.zip"
    return FileResponse(opened, as_attachment=True, filename=name, content_type="application/zip")
