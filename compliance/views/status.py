"""The first page of the portal: what needs somebody, and the whole list."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from certificates.models import Certification
from compliance import selectors
from compliance.models import Message
from compliance.views.portal import Desk, portal
from compliance.visibility import STATUS_LABELS, VISIBLE_FIELDS, Status
from compliance.workbooks import status_workbook as write_status_workbook
from people import audit
from people.models import Organisation

PAGE_SIZE = 50
ATTENTION = (Status.OVERDUE, Status.EXPIRED, Status.DUE, Status.EXPIRING)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Choose the organisation; with one there is nothing to choose."""
    scope = getattr(request, "scope", None)
    if scope is None or not scope.personal:
        raise Http404
    organisations = list(Organisation.objects.filter(staff_roles__user=request.user).distinct())
    if not organisations:
        raise Http404
    if len(organisations) == 1:
        return redirect("compliance:organisation", code=organisations[0].code)
    return render(request, "compliance/home.html", {"organisations": organisations})


def _filters(request: HttpRequest, desk: Desk) -> dict[str, object]:
    """Read the filters of a list from the address; what is not of this organisation is ignored."""
    status = request.GET.get("status", "")
    site = desk.sites.filter(code=request.GET.get("site", "")).first()
    certification = Certification.objects.filter(code=request.GET.get("training", "")).first()
    return {
        "status": Status(status) if status in set(Status) - {Status.NONE} else None,
        "site": site,
        "certification": certification,
        "words": request.GET.get("q", "")[:80],
    }


@portal()
def organisation(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say in a sentence what needs somebody; list who stands where, the most urgent first."""
    filters = _filters(request, desk)
    counts = selectors.counts(memberships=desk.memberships, on=desk.today)
    spans = selectors.current_spans(
        memberships=desk.memberships,
        on=desk.today,
        status=filters["status"],  # type: ignore[arg-type]
        certification_id=getattr(filters["certification"], "pk", None),
        words=str(filters["words"]),
        site=filters["site"],  # type: ignore[arg-type]
    )
    page = Paginator(spans, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "compliance/organisation.html",
        desk.context(
            page=page,
            rows=selectors.rows(page.object_list, desk.today),
            counts=counts,
            attention=[(it, STATUS_LABELS[it], counts[it]) for it in ATTENTION],
            total=sum(n for it, n in counts.items() if it is not Status.NONE),
            past=counts[Status.OVERDUE] + counts[Status.EXPIRED],
            ending=counts[Status.EXPIRING],
            filters=filters,
            statuses=[(it.value, label) for it, label in STATUS_LABELS.items() if it is not Status.NONE],
            certifications=Certification.objects.filter(requirements__organisation=desk.organisation).distinct(),
            failed=Message.objects.filter(membership__in=desk.memberships, state=Message.State.FAILED).count(),
            letters=selectors.letters(organisation=desk.organisation, memberships=desk.memberships).count(),
            fields=VISIBLE_FIELDS,
        ),
    )


@portal()
def status_workbook(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same list as a workbook, with the same filters."""
    filters = _filters(request, desk)
    spans = selectors.current_spans(
        memberships=desk.memberships,
        on=desk.today,
        status=filters["status"],  # type: ignore[arg-type]
        certification_id=getattr(filters["certification"], "pk", None),
        words=str(filters["words"]),
        site=filters["site"],  # type: ignore[arg-type]
    )
    spans = spans.select_related("obligation__membership", "obligation__certification")
    content = write_status_workbook(selectors.all_rows(spans, desk.today), organisation=desk.organisation, on=desk.today)
    audit.record(organisation=desk.organisation, actor=desk.user, verb="status.exported")
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response.headers["Content-Disposition"] = f'attachment; filename="status-{desk.today.isoformat()}.xlsx"'
    return response
