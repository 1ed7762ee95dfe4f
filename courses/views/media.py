"""Files that snapshots name by their hash."""

import re
from typing import Final

from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from courses.models import FrozenMedia, WithdrawnFile

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
# What a page shows in place; everything else is to keep.
_SHOWN_IN_PLACE: Final = ("image/", "audio/", "video/", "text/vtt")


@require_safe
def frozen_media(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Send a file; a drawing may contain script, so it is opened without any rights."""
    if not _SHA256.fullmatch(sha256):
        raise Http404
    # One query, and none kept in memory: what is withdrawn is not sent from the next request on.
    withdrawn = WithdrawnFile.objects.filter(sha256=OuterRef("sha256"), withdrawal__ended_at__isnull=True)
    media = get_object_or_404(FrozenMedia.objects.exclude(Exists(withdrawn)), sha256=sha256)
    shown = media.content_type.startswith(_SHOWN_IN_PLACE)
    try:
        response = FileResponse(
            media.file.open("rb"),
            as_attachment=not shown,
            filename=media.file.name.rsplit("/", 1)[-1],
            content_type=media.content_type,
        )
    except FileNotFoundError as error:
        raise Http404 from error
    response.headers["Cache-Control"] = "no-store"
    if "svg" in media.content_type:
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
