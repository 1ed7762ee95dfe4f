"""Workbooks of no organisation in the CMS: who may edit what they hold brings them in; the same steps as for HR."""

import tempfile
import uuid
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from cms import clock
from people import services
from people.exceptions import ImportHasErrors, ImportNotReady, WorkbookRefused
from people.explanations import column_name, explain
from people.models import WorkbookImport, WorkbookRow
from people.workbooks.kinds import Kind, Mode, shared_kinds
from people.workbooks.options import Options
from people.workbooks.problems import RowProblem
from people.workbooks.writing import CSV_TYPE, XLSX_TYPE

SHOWN: Final = 200
UPLOADS_SHOWN: Final = 30
_IN_MEMORY_BYTES: Final = 4 * 1024 * 1024
_JUDGED_AT_ONCE_BYTES: Final = 256 * 1024
_BUSY: Final = (WorkbookImport.State.JUDGING, WorkbookImport.State.APPLYING, WorkbookImport.State.UNDOING)


def kinds_for(user: Any) -> list[Kind]:
    """Return the shared kinds that ``user`` may take out."""
    return [kind for kind in shared_kinds() if any(user.has_perm(it) for it in kind.permissions)]


@require_safe
def workbooks(request: HttpRequest) -> HttpResponse:
    """List what can come in and go out, and what came in before."""
    kinds = kinds_for(request.user)
    if not kinds:
        raise PermissionDenied
    before = WorkbookImport.objects.filter(organisation=None, kind__in=[kind.code for kind in kinds])
    context = {
        "kinds": [(kind, _may_bring(request, kind)) for kind in kinds],
        "uploads": before.select_related("uploaded_by")[:UPLOADS_SHOWN],
        "modes": [(value, label) for value, label in WorkbookImport.Mode.choices if value != Mode.SNAPSHOT],
    }
    return render(request, "people/admin/workbooks.html", context)


@require_POST
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a file, to be judged; nothing else is written."""
    known = _kind(request, kind, brings=True)
    file: Any = request.FILES.get("file")
    said = request.POST.get("mode", "")
    if file is None:
        messages.error(request, _("Choose a file."))
        return redirect("people_admin:workbooks")
    at_once = file.size <= _JUDGED_AT_ONCE_BYTES
    try:
        kept = services.keep_upload(
            organisation=None,
            kind=kind,
            file=file,
            file_name=file.name,
            by=request.user,  # type: ignore[arg-type]  # Wagtail lets in who is signed in
            at=clock.now(),
            mode=Mode(said) if said in known.modes else Mode.UPSERT,
            options=Options(language=get_language() or "en"),
            later=not at_once,
        )
    except WorkbookRefused as refused:
        for problem in refused.problems:
            words = explain(problem, known)
            messages.error(request, f"{words.message} {words.mend}")
        return redirect("people_admin:workbooks")
    if at_once:
        services.judge_import(import_id=kept.pk, at=clock.now())
    return redirect("people_admin:upload_page", upload=kept.public_id)


@require_safe
def template(request: HttpRequest, kind: str) -> FileResponse:
    """The workbook to fill in."""
    known = _kind(request, kind)
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by the response
    services.write_template(
        organisation=None, kind=kind, target=target, at=clock.now(), language=get_language() or "en"
    )
    return _file(target, f"{known.code}-template.xlsx", XLSX_TYPE)


@require_safe
def export(request: HttpRequest, kind: str, file_format: str) -> FileResponse:
    """What is known of a kind; it can be brought in again."""
    known = _kind(request, kind)
    if file_format not in ("xlsx", "csv"):
        raise Http404
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by the response
    services.write_export(
        organisation=None,
        kind=kind,
        target=target,
        at=clock.now(),
        by=request.user,  # type: ignore[arg-type]
        file_format=file_format,
        language=get_language() or "en",
    )
    return _file(target, f"{known.code}.{file_format}", CSV_TYPE if file_format == "csv" else XLSX_TYPE)


@require_safe
def upload_page(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Show how far an upload came, and what it does or did."""
    kept, kind = _upload(request, upload)
    rows = WorkbookRow.objects.filter(workbook_import=kept)
    wrong = rows.exclude(problems=[]).order_by("pk")[:SHOWN]
    problems = [explain(RowProblem.from_json(it), kind) for it in kept.problems]
    problems += [explain(RowProblem.from_json(it), kind) for row in wrong for it in row.problems]
    changed = [
        (row, [(column_name(key, kind), *pair) for key, pair in row.changes.items()])
        for row in rows.to_write().order_by("pk")[:SHOWN]
    ]
    context = {
        "upload": kept,
        "kind": kind,
        "busy": kept.state in _BUSY,
        "problems": problems[:SHOWN],
        "changed": changed,
        "changes": sum(kept.counts.get(it, 0) for it in ("new", "changed")),
        "left": [(it["key"], column_name(it["column"], kind)) for it in kept.outcome.get("left", [])],
        "may_bring": _may_bring(request, kind) and not services.is_forgotten(kept),
    }
    return render(request, "people/admin/upload.html", context)


@require_POST
def confirm(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Let it be written."""
    kept, _kind_of_it = _upload(request, upload, brings=True)
    try:
        services.confirm_import(workbook_import=kept, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except (ImportHasErrors, ImportNotReady):
        messages.error(request, _("This upload cannot be written now."))
    return redirect("people_admin:upload_page", upload=upload)


@require_POST
def undo(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Let it be taken back."""
    kept, _kind_of_it = _upload(request, upload, brings=True)
    try:
        services.undo_import(workbook_import=kept, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except ImportNotReady:
        messages.error(request, _("This upload cannot be undone now."))
    return redirect("people_admin:upload_page", upload=upload)


@require_safe
def marked_up(request: HttpRequest, upload: uuid.UUID) -> FileResponse:
    """The file back, with what is wrong beside each row."""
    kept, _kind_of_it = _upload(request, upload)
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by the response
    try:
        services.write_marked_up(workbook_import=kept, target=target, language=get_language() or "en")
    except (ValueError, FileNotFoundError) as error:
        raise Http404 from error
    stem = kept.file_name.rpartition(".")[0] or kept.file_name
    return _file(target, f"{stem}-marked.xlsx", XLSX_TYPE)


def _may_bring(request: HttpRequest, kind: Kind) -> bool:
    user: Any = request.user
    return bool(user.has_perms(kind.permissions))


def _kind(request: HttpRequest, code: str, *, brings: bool = False) -> Kind:
    known = next((kind for kind in kinds_for(request.user) if kind.code == code), None)
    if known is None:
        raise Http404
    if brings and not _may_bring(request, known):
        raise PermissionDenied
    return known


def _upload(request: HttpRequest, public_id: uuid.UUID, *, brings: bool = False) -> tuple[WorkbookImport, Kind]:
    kept = get_object_or_404(WorkbookImport, organisation=None, public_id=public_id)
    return kept, _kind(request, kept.kind, brings=brings)


def _file(target: Any, name: str, content_type: str) -> FileResponse:
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=content_type)
