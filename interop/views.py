"""Workbooks by other systems: the same engine as the pages, with a key in place of a person."""

import io
import uuid
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms import clock
from people import services
from people.exceptions import (
    ImportHasErrors,
    ImportNotReady,
    KeyUsedOtherwise,
    ManyWouldEnd,
    NeedsAgreement,
    UnknownKind,
    WorkbookRefused,
)
from people.explanations import explain
from people.models import Organisation, WorkbookImport
from people.workbooks.kinds import Mode, kind_for
from people.workbooks.options import Options
from people.workbooks.reading.csv_files import ENCODINGS

AT_ONCE_BYTES = 256 * 1024
"""A body up to this size is answered with its report; a larger one is judged by a worker."""
LARGEST_BODY_BYTES = 51 * 1024 * 1024
_SUFFIXES = {
    "application/json": ".json",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}


def with_key(view: Any) -> Any:
    """Let a key of the organisation in the address open a view. Every other key, and none, is the same: 401."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        organisation = None
        if scheme.lower() == "bearer" and secret.strip():
            organisation = services.organisation_of_key(secret=secret.strip(), code=code)
        if organisation is None:
            answer = refusal(401, "Send a key of this organisation as a Bearer token.")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        return view(request, organisation, *args, **kwargs)

    return wrapped


@with_key
@require_http_methods(["POST"])
def imports(request: HttpRequest, organisation: Organisation, kind: str) -> HttpResponse:
    """Take a file, or rows as JSON, and answer with the report; ``apply=1`` writes what has no problems.

    An Idempotency-Key is asked for: the same key with the same body is the same import.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > 180:
        return refusal(400, "Send an Idempotency-Key of at most 180 signs, a new one for each import.")
    try:
        modes = kind_for(kind, organisation).modes
    except UnknownKind:
        return refusal(404, "There is no such kind.")
    said = request.GET
    if said.get("mode", "upsert") not in {str(mode) for mode in modes}:
        return refusal(400, "There is no such mode.")
    if said.get("encoding", "") not in {"", *ENCODINGS}:
        return refusal(400, "There is no such encoding.")
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY_BYTES:
        return refusal(413, "The body is larger than 50 MB.")
    file, name = _body(request)
    if file is None:
        return refusal(415, "Send the file as the body, or as the part “file” of a form.")
    apply = said.get("apply") in ("1", "true")
    at_once = file.seek(0, 2) <= AT_ONCE_BYTES
    try:
        kept = services.keep_upload(
            organisation=organisation,
            kind=kind,
            file=file,
            file_name=name,
            by=None,
            at=clock.now(),
            mode=Mode(said.get("mode", "upsert")),
            options=Options(
                sheet=said.get("sheet", ""),
                encoding=said.get("encoding", ""),
                date_order=said.get("dates", "") if said.get("dates") in ("day_first", "month_first") else "",
                all_or_nothing=said.get("all_or_nothing") in ("1", "true"),
                blank_clears=said.getlist("blank_clears"),
                apply=apply,
            ),
            idempotency_key=f"api:{key}",
            later=not at_once,
        )
    except WorkbookRefused as refused:
        return refusal(422, " ".join(explain(problem).message for problem in refused.problems))
    except KeyUsedOtherwise:
        return refusal(409, "This Idempotency-Key came before with another body.")
    if at_once:
        services.judge_import(import_id=kept.pk, at=clock.now())
    kept.refresh_from_db()
    return _report(kept)


@with_key
@require_safe
def import_report(request: HttpRequest, organisation: Organisation, upload: uuid.UUID) -> HttpResponse:
    """Answer how far an import came, and what is wrong with its rows."""
    kept = WorkbookImport.objects.filter(organisation=organisation, public_id=upload).first()
    return _report(kept) if kept else refusal(404, "There is no such import.")


@with_key
@require_http_methods(["POST"])
def import_confirm(request: HttpRequest, organisation: Organisation, upload: uuid.UUID) -> HttpResponse:
    """Let an import be written that was only looked at; ``endings`` says how many a snapshot may end."""
    kept = WorkbookImport.objects.filter(organisation=organisation, public_id=upload).first()
    if kept is None:
        return refusal(404, "There is no such import.")
    said = request.GET.get("endings", "0")
    try:
        endings = int(said) if said.isdecimal() else 0
        kept = services.confirm_import(workbook_import=kept, by=None, at=clock.now(), endings=endings)
    except ManyWouldEnd as error:
        return refusal(409, f"{error.ended} people would end. If that is right, say endings={error.ended}.")
    except ImportHasErrors:
        return refusal(409, "Rows have errors, so nothing was written.")
    except NeedsAgreement as error:
        return refusal(
            409, f"{error.touched} people are touched. Two people of HR have to agree, on the import's page."
        )
    except ImportNotReady as error:
        return refusal(409, f"The import is {error.state}.")
    return _report(kept)


def refusal(status: int, message: str) -> JsonResponse:
    """Return why a request was refused."""
    return JsonResponse({"error": message}, status=status)


def _report(kept: WorkbookImport) -> JsonResponse:
    waiting = kept.state in (WorkbookImport.State.JUDGING, WorkbookImport.State.APPLYING)
    status = 422 if kept.state == WorkbookImport.State.REFUSED else 202 if waiting else 200
    return JsonResponse(services.report_of(kept), status=status)


def _body(request: HttpRequest) -> tuple[Any, str]:
    """Return the file and its name; None where there is none."""
    content_type = (request.content_type or "").lower()
    if content_type == "multipart/form-data":
        file = request.FILES.get("file")
        return file, getattr(file, "name", "")
    if content_type not in _SUFFIXES:
        return None, ""
    return io.BytesIO(request.read()), f"body{_SUFFIXES[content_type]}"
