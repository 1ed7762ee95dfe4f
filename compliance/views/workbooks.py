"""Workbooks in and out: upload, look at the preview, confirm, watch, take back; templates and exports."""

import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from cms.lists import listed
from cms.sent import number
from compliance import forms, services
from compliance.models import Proposal
from compliance.views.changes import say_it_waits
from compliance.views.portal import Desk, portal, posted
from people import audit
from people import services as people_services
from people.exceptions import ImportHasErrors, ImportNotReady, ManyWouldEnd, UnknownKind, WorkbookRefused
from people.explanations import Explanation, column_name, explain
from people.models import WorkbookImport, WorkbookRow
from people.workbooks.cells import fold_heading
from people.workbooks.kinds import Kind, Mode, all_kinds, kind_of
from people.workbooks.options import Options
from people.workbooks.problems import Problem, RowProblem
from people.workbooks.writing import CSV_TYPE, XLSX_TYPE

JUDGED_AT_ONCE_BYTES: Final = 256 * 1024
"""A file up to this size is judged while the person waits; a larger one by a worker."""
PROBLEMS_SHOWN: Final = 200
PAGE_SIZE: Final = 50
IMPORTS_SHOWN: Final = 50
_IN_MEMORY_BYTES: Final = 4 * 1024 * 1024
_BUSY: Final = (WorkbookImport.State.JUDGING, WorkbookImport.State.APPLYING, WorkbookImport.State.UNDOING)


@portal(writes=True)
@require_safe
def workbooks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what can come in and go out, and what came in before."""
    before = WorkbookImport.objects.filter(organisation=desk.organisation).select_related("uploaded_by")
    form = forms.ExportDayForm(request.GET)
    on = form.cleaned_data["as_of"] if form.is_valid() else None
    context = desk.context(
        "workbooks",
        form=form,
        query=f"as_of={on.isoformat()}&" if on else "",
        kinds=all_kinds(),
        imports=[(it, _kind(it.kind)) for it in before[:IMPORTS_SHOWN]],
    )
    return render(request, "compliance/workbooks.html", context, status=422 if form.errors else 200)


@portal(writes=True)
def upload(request: HttpRequest, desk: Desk, kind: str = "people") -> HttpResponse:
    """Take a file, to be judged; nothing else is written."""
    known = _kind(kind)
    form = forms.UploadForm(*posted(request, request.FILES), kind=known)
    problems: list[Explanation] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        at_once = file.size <= JUDGED_AT_ONCE_BYTES
        try:
            kept = people_services.keep_upload(
                organisation=desk.organisation,
                kind=kind,
                file=file,
                file_name=file.name,
                by=desk.user,
                at=clock.now(),
                mode=Mode(form.cleaned_data["mode"]),
                options=Options(all_or_nothing=form.cleaned_data["all_or_nothing"], language=get_language() or "en"),
                later=not at_once,
            )
        except WorkbookRefused as refused:
            problems = [explain(it, known) for it in refused.problems]
        else:
            if at_once:
                people_services.judge_import(import_id=kept.pk, at=clock.now())
            return redirect("compliance:import", code=desk.organisation.code, upload=kept.public_id)
    context = desk.context("workbooks", form=form, kind=known, problems=problems)
    return render(request, "compliance/upload.html", context, status=422 if problems or form.errors else 200)


@portal(writes=True)
@require_safe
def upload_template(request: HttpRequest, desk: Desk, kind: str = "people") -> FileResponse:
    """The workbook to fill in."""
    known = _kind(kind)
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by the response
    people_services.write_template(
        organisation=desk.organisation, kind=kind, target=target, at=clock.now(), language=get_language() or "en"
    )
    audit.record(organisation=desk.organisation, actor=desk.user, verb="workbook.template", kind=kind)
    return _file(target, f"{known.code}-template.xlsx", XLSX_TYPE)


@portal(writes=True)
@require_safe
def export(request: HttpRequest, desk: Desk, kind: str, file_format: str) -> FileResponse:
    """What is known of a kind; it can be brought in again."""
    known = _kind(kind)
    try:
        on = date.fromisoformat(request.GET["as_of"]) if request.GET.get("as_of") else None
    except ValueError as error:
        raise Http404 from error
    delimiter = {"semicolon": ";", "tab": "\t"}.get(request.GET.get("delimiter", ""), ",")
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by the response
    people_services.write_export(
        organisation=desk.organisation,
        kind=kind,
        target=target,
        at=clock.now(),
        by=desk.user,
        on=on,
        file_format=file_format,
        delimiter=delimiter,
        language=get_language() or "en",
    )
    name = f"{known.code}-{(on or desk.today).isoformat()}.{file_format}"
    return _file(target, name, CSV_TYPE if file_format == "csv" else XLSX_TYPE)


@portal(writes=True)
@require_safe
def import_page(request: HttpRequest, desk: Desk, upload: uuid.UUID) -> HttpResponse:
    """Show how far an upload came, and what it does or did."""
    kept = _import(desk, upload)
    kind = _kind(kept.kind)
    problems = [explain(RowProblem.from_json(it), kind) for it in kept.problems]
    rows = WorkbookRow.objects.filter(workbook_import=kept)
    wrong = rows.filter(action=WorkbookRow.Action.ERROR).order_by("pk")[:PROBLEMS_SHOWN]
    problems += [explain(RowProblem.from_json(it), kind) for row in wrong for it in row.problems]
    pages = Paginator(rows.to_write().order_by("pk"), PAGE_SIZE)
    counts = kept.counts
    pages.count = sum(counts.get(it, 0) for it in ("new", "changed", "ended"))  # type: ignore[method-assign,assignment]
    page = pages.get_page(request.GET.get("page"))
    changed = [
        (row, [(column_name(key, kind), *pair) for key, pair in row.changes.items()]) for row in page.object_list
    ]
    waiting = Proposal.objects.filter(organisation=desk.organisation, state=Proposal.State.OPEN)
    context = desk.context(
        "workbooks",
        upload=kept,
        second=people_services.needs_agreement(kept, at=clock.now()),
        waiting=waiting.filter(payload__import=str(kept.public_id)).first(),
        kind=kind,
        busy=kept.state in _BUSY,
        kept=not people_services.is_forgotten(kept),
        problems=[it for it in problems if not it.is_warning][:PROBLEMS_SHOWN],
        warnings=[it for it in problems if it.is_warning][:PROBLEMS_SHOWN],
        counts=counts,
        changes=pages.count,
        page=page,
        changed=changed,
        button=_button(counts),
        many=_many(kept),
        choices=_choices(kept, kind),
        left=[(it["key"], column_name(it["column"], kind)) for it in kept.outcome.get("left", [])],
    )
    return render(request, "compliance/import.html", context)


@portal(writes=True)
@require_POST
def import_confirm(request: HttpRequest, desk: Desk, upload: uuid.UUID) -> HttpResponse:
    """Let it be written."""
    kept = _import(desk, upload)
    try:
        done = services.ask_to_write(upload=kept, by=desk.user, at=clock.now(), endings=number(request.POST, "endings"))
    except ManyWouldEnd:
        messages.error(request, _("Tick the box first: many people would end."))
    except ImportHasErrors:
        messages.error(request, _("Nothing was written: correct all rows first."))
    except ImportNotReady:
        messages.error(request, _("This upload cannot be written now."))
    else:
        return _after(request, desk, done)
    return redirect("compliance:import", code=desk.organisation.code, upload=upload)


@portal(writes=True)
@require_POST
def import_undo(request: HttpRequest, desk: Desk, upload: uuid.UUID) -> HttpResponse:
    """Let it be taken back."""
    try:
        done = services.ask_to_take_back(upload=_import(desk, upload), by=desk.user, at=clock.now())
    except ImportNotReady:
        messages.error(request, _("This upload cannot be undone now."))
        return redirect("compliance:import", code=desk.organisation.code, upload=upload)
    return _after(request, desk, done)


def _after(request: HttpRequest, desk: Desk, done: WorkbookImport | Proposal) -> HttpResponse:
    """Lead to the upload, or to what waits for a second person."""
    if isinstance(done, Proposal):
        say_it_waits(request)
        return redirect("compliance:proposal", code=desk.organisation.code, proposal=done.public_id)
    return redirect("compliance:import", code=desk.organisation.code, upload=done.public_id)


@portal(writes=True)
@require_POST
def import_again(request: HttpRequest, desk: Desk, upload: uuid.UUID) -> HttpResponse:
    """Judge the file again with what was said of it, and remember what its columns mean."""
    kept = _import(desk, upload)
    before = Options.from_json(kept.options)
    keys = {column.key for column in _kind(kept.kind).columns}
    mapping = {
        fold_heading(title): request.POST[f"column-{position}"]
        for position, title in kept.layout.get("titles", {}).items()
        if request.POST.get(f"column-{position}", "?") in keys | {""}
    }
    people_services.remember_mapping(organisation=desk.organisation, kind=kept.kind, mapping=mapping)
    dates = request.POST.get("dates", "")
    options = replace(
        before,
        sheet=request.POST.get("sheet", before.sheet),
        encoding=request.POST.get("encoding", before.encoding),
        date_order=dates if dates in ("day_first", "month_first") else before.date_order,
        mapping=before.mapping | mapping,
        blank_clears=sorted(keys & set(request.POST.getlist("blank"))),
        language=get_language() or "en",
    )
    at_once = kept.file_bytes <= JUDGED_AT_ONCE_BYTES
    try:
        people_services.judge_again(workbook_import=kept, options=options, at=clock.now(), later=not at_once)
    except ImportNotReady:
        messages.error(request, _("This upload was confirmed already."))
    else:
        if at_once:
            people_services.judge_import(import_id=kept.pk, at=clock.now())
    return redirect("compliance:import", code=desk.organisation.code, upload=upload)


@portal(writes=True)
@require_safe
def import_marked_up(request: HttpRequest, desk: Desk, upload: uuid.UUID) -> FileResponse:
    """The file back, with what is wrong beside each row."""
    kept = _import(desk, upload)
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by the response
    try:
        people_services.write_marked_up(workbook_import=kept, target=target, language=get_language() or "en")
    except (ValueError, FileNotFoundError) as error:
        raise Http404 from error
    stem = kept.file_name.rpartition(".")[0] or kept.file_name
    return _file(target, f"{stem}-marked.xlsx", XLSX_TYPE)


@portal(writes=True)
@require_safe
def import_report(request: HttpRequest, desk: Desk, upload: uuid.UUID) -> JsonResponse:
    """The same for machines."""
    return JsonResponse(people_services.report_of(_import(desk, upload), language=get_language() or "en"))


def _kind(code: str) -> Kind:
    try:
        kind = kind_of(code)
    except UnknownKind as error:
        raise Http404 from error
    if kind.is_shared:
        raise Http404
    return kind


def _import(desk: Desk, public_id: uuid.UUID) -> WorkbookImport:
    found = WorkbookImport.objects.filter(organisation=desk.organisation, public_id=public_id)
    kept = found.select_related("uploaded_by", "organisation").first()
    if kept is None:
        raise Http404
    return kept


def _file(target: Any, name: str, content_type: str) -> FileResponse:
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=content_type)


def _button(counts: Mapping[str, int]) -> str:
    """Return what the button will do, in words."""
    parts = []
    if counts.get("new"):
        parts.append(_("add %(n)s") % {"n": counts["new"]})
    if counts.get("changed"):
        parts.append(_("change %(n)s") % {"n": counts["changed"]})
    if counts.get("ended"):
        parts.append(_("end %(n)s") % {"n": counts["ended"]})
    text = listed(parts)
    return text[:1].upper() + text[1:]


def _many(kept: WorkbookImport) -> int:
    """Return how many endings have to be confirmed a second time; 0: none."""
    ended, live = kept.counts.get("ended", 0), kept.counts.get("live", 0)
    return ended if ended and people_services.is_many(ended, live) else 0


def _choices(kept: WorkbookImport, kind: Kind) -> dict[str, Any]:
    """Return what may still be said of the file."""
    by_rule = {it["problem"]: it for it in kept.problems}
    positions = kept.layout.get("positions", {})
    ambiguous = WorkbookRow.objects.filter(
        workbook_import=kept, action=WorkbookRow.Action.ERROR, problems__icontains=str(Problem.AMBIGUOUS_DATE)
    )
    return {
        "sheets": by_rule.get(Problem.SEVERAL_SHEETS, {}).get("hints", []),
        "encodings": [(line.partition(":")[0], line) for line in by_rule.get(Problem.ENCODING, {}).get("hints", [])],
        "columns": [
            (position, title, positions.get(position, "")) for position, title in kept.layout.get("titles", {}).items()
        ],
        "keys": [(column.key, column.label) for column in kind.columns if not column.read_only],
        "clearing": [
            (column.key, column.label, column.key in Options.from_json(kept.options).blank_clears)
            for column in kind.columns
            if column.clears and column.key in positions.values()
        ],
        "dates": kept.state == WorkbookImport.State.READY and ambiguous.exists(),
    }
