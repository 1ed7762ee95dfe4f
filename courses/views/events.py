"""Where browsers send what was seen while a lesson was open."""

import uuid
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from cms import clock
from courses.exceptions import EventRefused
from courses.forms import BatchRefused, Claim, read_batch
from courses.models import EditionText, Enrolment, LearningEvent
from courses.selectors import text_by_digest
from courses.services import record_event
from courses.views.reading import enrolments_in
from people.scope import Scope

ACCEPTED: Final = "accepted"
DUPLICATE: Final = "duplicate"
REFUSED: Final = "refused"


@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """Record a batch of events for the open enrolments of this session; answer for each what became of it.

    What is unknown, foreign, closed, malformed or from the future is refused with one and the same word.
    """
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.signed_in:
        return JsonResponse({"error": "sign-in"}, status=403)
    try:
        batch = read_batch(request.body)
    except BatchRefused:
        return JsonResponse({"error": "malformed"}, status=400)
    recorder = _Recorder(scope, clock.now())
    outcomes = [{"uuid": sent_id, "outcome": recorder.record(claim) if claim else REFUSED} for sent_id, claim in batch]
    return JsonResponse({"events": outcomes})


class _Recorder:
    """Records the claims of one request; a batch mostly names one enrolment and one text, so each is read once."""

    def __init__(self, scope: Scope, at: datetime) -> None:
        self._scope = scope
        self._at = at
        self._enrolments: dict[uuid.UUID, Enrolment | None] = {}
        self._texts: dict[tuple[uuid.UUID, str], EditionText | None] = {}

    def record(self, claim: Claim) -> str:
        enrolment = self._enrolment(claim.enrolment)
        text = self._text(enrolment, claim.text) if enrolment else None
        if enrolment is None or text is None:
            return REFUSED
        known = LearningEvent.objects.filter(learner=self._scope.user, uuid=claim.uuid).exists()
        try:
            record_event(
                enrolment=enrolment,
                uuid=claim.uuid,
                verb=LearningEvent.Verb.VIEWED,
                edition_text=text,
                lesson_code=claim.lesson,
                language=text.language,
                rendition=claim.rendition,
                claimed_at=claim.claimed_at,
                received_at=self._at,
                learner=self._scope.user,
            )
        except EventRefused:
            return REFUSED
        return DUPLICATE if known else ACCEPTED

    def _enrolment(self, public_id: uuid.UUID) -> Enrolment | None:
        if public_id not in self._enrolments:
            mine = enrolments_in(self._scope).filter(completed_at__isnull=True)
            self._enrolments[public_id] = mine.filter(public_id=public_id).first()
        return self._enrolments[public_id]

    def _text(self, enrolment: Enrolment, digest: str) -> EditionText | None:
        key = (enrolment.public_id, digest)
        if key not in self._texts:
            self._texts[key] = text_by_digest(enrolment, digest)
        return self._texts[key]
