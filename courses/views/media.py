"""Files that snapshots name by their hash."""

import re
from typing import Final

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from courses.models import FrozenMedia, Reviewer, WithdrawnFile
from courses.shown_files import PARAMETER, was_shown
from courses.views import byte_ranges
from courses.views.reviewing import reviewing

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
# What a page shows in place; everything else is to keep.
_SHOWN_IN_PLACE: Final = ("image/", "text/vtt")
_PLAYED: Final = ("audio/", "video/")


@require_safe
def frozen_media(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Send a file; a drawing may contain script, so it is opened without any rights."""
    if not _SHA256.fullmatch(sha256):
        raise Http404
    # One query, and none kept in memory: what is withdrawn is not sent from the next request on.
    withdrawn = WithdrawnFile.objects.filter(sha256=OuterRef("sha256"), withdrawal__ended_at__isnull=True)
    media = get_object_or_404(FrozenMedia.objects.exclude(Exists(withdrawn)), sha256=sha256)
    try:
        opened = media.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = media.file.name.rsplit("/", 1)[-1]
    if media.content_type.startswith(_PLAYED):
        response = byte_ranges.send(request, opened, content_type=media.content_type)
        response.headers["Content-Disposition"] = content_disposition_header(False, name)
        return response
    response = FileResponse(
        opened,
        as_attachment=not media.content_type.startswith(_SHOWN_IN_PLACE),
        filename=name,
        content_type=media.content_type,
    )
    response.headers["Cache-Control"] = "no-store"
    if "svg" in media.content_type:
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


@require_safe
def live_picture(request: HttpRequest, folder: str, name: str) -> HttpResponseBase:
    """Send an upload, or what Wagtail scaled from it, to editors, who approve it, and to a reviewer who was shown it.

    Nobody else sees it before a release, no reviewer what stands in a course that they do not read, and nothing
    outside ``folder`` is sent.
    """
    if ".." in name.split("/"):
        raise Http404
    if request.user.is_authenticated and request.user.has_perm("wagtailadmin.access_admin"):
        return _upload(f"{folder}/{name}")
    return _to_reviewer(request, name=f"{folder}/{name}")


@reviewing
def _to_reviewer(request: HttpRequest, reviewer: Reviewer, *, name: str) -> HttpResponse:
    if not was_shown(request.GET.get(PARAMETER, ""), name=name, reader=reviewer.pk):
        raise Http404
    return _upload(name)


def _upload(name: str) -> FileResponse:
    try:
        response = FileResponse(default_storage.open(name, "rb"))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise Http404 from error
    response.headers["Cache-Control"] = "no-store"
    if name.lower().endswith(".svg"):
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
