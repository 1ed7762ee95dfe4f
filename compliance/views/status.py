"""The first page of the portal: what needs somebody, and the whole list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi, pgettext
from django.views.decorators.http import require_safe

from certificates.models import Certification
from cms import clock
from cms.sent import word
from compliance import charts, selectors
from compliance.models import ObligationSpan, SavedFilter
from compliance.services import MOST_PEOPLE
from compliance.views.portal import Desk, organisations_of, portal, staff_of, to_sign_in
from compliance.visibility import LISTED_FIELDS, STATUS_LABELS, Status
from compliance.workbooks import CONTENT_TYPE
from compliance.workbooks import status_workbook as write_status_workbook
from people import audit
from people.models import Site, StaffRole
from people.selectors import staff_roles
from people.workbooks.values import FIRST_YEAR, LAST_YEAR

PAGE_SIZE = 50
ATTENTION = (Status.OVERDUE, Status.EXPIRED, Status.DUE, Status.EXPIRING)
_LONGEST_WORDS = 80


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Choose the organisation; with one there is nothing to choose."""
    user = staff_of(request)
    if user is None:
        return to_sign_in(request)
    organisations = organisations_of(user)
    if not organisations:
        if staff_roles(user=user).filter(kind=StaffRole.Kind.FACILITATOR).exists():
            return redirect("courses:sessions_home")
        raise Http404
    if len(organisations) == 1:
        return redirect("compliance:organisation", code=organisations[0].code)
    return render(request, "compliance/home.html", {"organisations": organisations})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is limited to."""

    status: Status | None
    site: Site | None
    certification: Certification | None
    words: str
    ends_on: date | None = None
    """A day of the month in which a certificate ends."""

    def __iter__(self) -> Iterator[str]:
        """Yield the filters that are on, in words."""
        if self.status is not None:
            yield str(STATUS_LABELS[self.status])
        if self.site is not None:
            yield self.site.name
        if self.certification is not None:
            yield self.certification.title
        if self.ends_on is not None:
            month = date_format(self.ends_on, "YEAR_MONTH_FORMAT")
            yield pgettext("a filter of a list", "certificate ends in %(month)s") % {"month": month}
        if self.words:
            yield pgettext("a filter of a list", "“%(words)s” in name or number") % {"words": self.words}

    def query(self) -> str:
        """Return the filters that are on as the list's address writes them; empty where none is."""
        on = {
            "status": self.status.value if self.status else "",
            "site": self.site.code if self.site else "",
            "training": self.certification.code if self.certification else "",
            "q": self.words,
            "ends": f"{self.ends_on:%Y-%m}" if self.ends_on else "",
        }
        return urlencode({name: value for name, value in on.items() if value})

    def spans(self, desk: Desk) -> QuerySet[ObligationSpan]:
        """Return the lines of the list."""
        return selectors.current_spans(
            memberships=desk.memberships,
            on=desk.days,
            status=self.status,
            certification_id=self.certification.pk if self.certification else None,
            words=self.words,
            site=self.site,
            ends_on=self.ends_on,
        )


def filters_of(request: HttpRequest, desk: Desk) -> Filters:
    """Read the filters of a list from the address; what is not of this organisation is ignored."""
    status, site, training = (word(request.GET, name) for name in ("status", "site", "training"))
    return Filters(
        status=Status(status) if status in set(Status) - {Status.NONE} else None,
        site=desk.sites.filter(code=site).first() if site else None,
        certification=_certifications(desk).filter(code=training).first() if training else None,
        words=word(request.GET, "q").strip()[:_LONGEST_WORDS],
        ends_on=_month(request.GET.get("ends", "")),
    )


def _month(text: str) -> date | None:
    """Return the first day of a month as addresses write it, such as ``2026-05``; None for anything else."""
    try:
        found = parse_date(f"{text}-01")
    except ValueError:
        return None
    return found if found is not None and found.year in range(FIRST_YEAR, LAST_YEAR) else None


def _certifications(desk: Desk) -> QuerySet[Certification]:
    return Certification.objects.filter(requirements__organisation=desk.organisation).distinct()


@portal()
@require_safe
def organisation(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say in a sentence what needs somebody; list who stands where, the most urgent first."""
    filters = filters_of(request, desk)
    at = clock.now()
    numbers = selectors.numbers(memberships=desk.memberships, on=desk.days, at=at)
    summary, ends = numbers.summary, numbers.endings
    lines = filters.spans(desk)
    pages = Paginator(selectors.KeptLines(lines, at=at) if numbers.counted_at else lines, PAGE_SIZE)
    if not list(filters):
        pages.count = summary.total
    page = pages.get_page(request.GET.get("page"))
    bars = charts.bars([n for _, n in ends.months], from_right=get_language_bidi())
    return render(
        request,
        "compliance/organisation.html",
        desk.context(
            "status",
            endings=ends,
            months=list(zip(ends.months, bars, strict=True)),
            chart={"width": charts.WIDTH, "height": charts.HEIGHT, "baseline": charts.baseline()},
            page=page,
            rows=selectors.rows(page.object_list, desk.days),
            summary=summary,
            counted_at=numbers.counted_at,
            needs_date=summary.counts[Status.NEEDS_DATE],
            attention=[(it, STATUS_LABELS[it], summary.counts[it]) for it in ATTENTION],
            by_site=[
                (site, [(it, STATUS_LABELS[it], site.counts[it]) for it in ATTENTION]) for site in numbers.by_site
            ],
            filters=filters,
            filter_words=list(filters),
            statuses=[
                (it.value, STATUS_LABELS[it], n)
                for it, n in summary.counts.items()
                if n or it in (*ATTENTION, Status.DONE)
            ],
            certifications=_certifications(desk),
            waiting=selectors.waiting_counts(memberships=desk.memberships),
            hidden=parse_qsl(filters.query()),
            saved=SavedFilter.objects.filter(organisation=desk.organisation, user=desk.user) if desk.may_write else [],
            most_people=MOST_PEOPLE,
            bounced=selectors.people_without_mail(memberships=desk.memberships),
            fields=LISTED_FIELDS,
        ),
    )


@portal()
@require_safe
def status_workbook(request: HttpRequest, desk: Desk) -> FileResponse:
    """The same list as a workbook, with the same filters."""
    filters = filters_of(request, desk)
    rows = selectors.all_rows(filters.spans(desk), desk.days)
    content = write_status_workbook(
        rows, organisation=desk.organisation, on=desk.today, at=clock.now(), filtered_by=filters
    )
    audit.record(organisation=desk.organisation, actor=desk.user, verb="status.exported")
    name = f"status-{desk.today.isoformat()}.xlsx"
    return FileResponse(content, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
