"""Exports that are made again and again, and which columns may leave."""

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from compliance import forms
from compliance.views.portal import Desk, portal, posted
from people import services as people_services
from people.models import ExportColumns, ExportFile, ExportSchedule
from people.workbooks.kinds import all_kinds, kind_of
from people.workbooks.writing import CSV_TYPE, XLSX_TYPE

FILES_SHOWN = 50


@portal(writes=True)
def exports(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List regular exports and the files that can be fetched; take a new one."""
    form = forms.RegularExportForm(*posted(request), organisation=desk.organisation, user=desk.user, today=desk.today)
    if request.method == "POST" and form.is_valid():
        people_services.schedule_export(
            organisation=desk.organisation,
            by=desk.user,
            at=clock.now(),
            language=get_language() or "en",
            **form.cleaned_data,
        )
        messages.success(request, _("The export is made from that day on. Whoever it is for gets a mail with a link."))
        return redirect("compliance:exports", code=desk.organisation.code)
    schedules = ExportSchedule.objects.filter(organisation=desk.organisation, next_at__isnull=False)
    files = ExportFile.objects.filter(schedule__organisation=desk.organisation, expires_at__gt=clock.now())
    limited = set(ExportColumns.objects.filter(organisation=desk.organisation).values_list("kind", flat=True))
    context = desk.context(
        "workbooks",
        form=form,
        schedules=[(it, kind_of(it.kind)) for it in schedules.select_related("recipient")],
        files=[(it, kind_of(it.schedule.kind)) for it in files.select_related("schedule__recipient")[:FILES_SHOWN]],
        kinds=[(kind, kind.code in limited) for kind in all_kinds()],
    )
    return render(request, "compliance/exports.html", context, status=422 if form.errors else 200)


@portal(writes=True)
@require_POST
def export_stop(request: HttpRequest, desk: Desk, schedule: uuid.UUID) -> HttpResponse:
    """Make no more files."""
    found = get_object_or_404(ExportSchedule, organisation=desk.organisation, public_id=schedule)
    people_services.stop_export(schedule=found, by=desk.user, at=clock.now())
    return redirect("compliance:exports", code=desk.organisation.code)


@portal(writes=True)
@require_safe
def export_file(request: HttpRequest, desk: Desk, file: uuid.UUID) -> HttpResponse:
    """A file that was made. One of another organisation, one that is over and one that never was are the same."""
    found = get_object_or_404(
        ExportFile.objects.select_related("schedule__organisation"),
        schedule__organisation=desk.organisation,
        public_id=file,
    )
    try:
        opened = people_services.fetch_export(file=found, by=desk.user, at=clock.now())
    except FileNotFoundError as error:
        raise Http404 from error
    content_type = CSV_TYPE if found.file_name.endswith(".csv") else XLSX_TYPE
    return FileResponse(opened, as_attachment=True, filename=found.file_name, content_type=content_type)


@portal(writes=True)
def export_columns(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """Choose which columns of a kind may leave, and come in."""
    known = next((it for it in all_kinds() if it.code == kind), None)
    if known is None:
        raise Http404
    if request.method == "POST":
        people_services.choose_export_columns(
            organisation=desk.organisation,
            kind=kind,
            columns={column.key for column in known.columns} & set(request.POST.getlist("column")),
            by=desk.user,
            at=clock.now(),
        )
        messages.success(request, _("Exports hold these columns from now on."))
        return redirect("compliance:exports", code=desk.organisation.code)
    kept = ExportColumns.objects.filter(organisation=desk.organisation, kind=kind).first()
    columns = [(column, column.identifies or kept is None or column.key in kept.columns) for column in known.columns]
    return render(request, "compliance/export_columns.html", desk.context("workbooks", kind=known, columns=columns))
