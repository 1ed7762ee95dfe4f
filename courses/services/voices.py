"""Saying yes to a voice of the machine, and taking it back."""

from datetime import datetime

from django.db import transaction

from courses.models import VoiceAcceptance
from courses.services.rendering import ask_to_look
from people import audit
from people.models import User


@transaction.atomic
def accept_voice(*, language: str, voice: str, listener: str, by: User | None, at: datetime) -> VoiceAcceptance:
    """Record that ``listener``, who speaks the language, has heard ``voice`` and accepts it; recordings are made.

    Raises:
        ValueError: nobody is named.
    """
    if not listener.strip():
        raise ValueError("a listener has a name")
    accepted, _ = VoiceAcceptance.objects.update_or_create(
        language=language,
        defaults={"voice": voice, "listener": listener.strip(), "accepted_at": at, "accepted_by": by},
    )
    audit.record(organisation=None, actor=by, verb="voice.accepted", target=accepted, at=at)
    ask_to_look()
    return accepted


@transaction.atomic
def take_voice_back(*, language: str, by: User | None, at: datetime) -> None:
    """Let nobody hear the voice of a language any more, from the next request on. Twice does no harm."""
    for accepted in VoiceAcceptance.objects.select_for_update().filter(language=language):
        audit.record(organisation=None, actor=by, verb="voice.taken_back", target=accepted, at=at)
        accepted.delete()
        ask_to_look()
