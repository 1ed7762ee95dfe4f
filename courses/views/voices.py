"""The voices of the machine, in the CMS: hear one, let a native listener accept it, take it back."""

import subprocess
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from cms import clock
from cms.admin_pages import AdminPage
from cms.sent import word
from courses import services
from courses.models import EditionText, VoiceAcceptance
from courses.renditions.material import material_of
from courses.renditions.speech import PACKAGES, can_speak, script, speak, voice_for
from courses.renditions.transcript import transcript
from courses.views.reading import language_name

PERMISSION = "courses.release_course"
_SAMPLE_LINES = 40


class VoicesView(AdminPage, TemplateView):
    """Each language on offer with its voice, who has accepted it, and a sample of a lesson."""

    template_name = "courses/admin/voices.html"
    header_icon = "media"
    page_title = gettext_lazy("Voices")
    permission = PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the languages of released courses."""
        accepted = {each.language: each for each in VoiceAcceptance.objects.select_related("accepted_by")}
        rows = []
        for language in sorted(set(EditionText.objects.values_list("language", flat=True).distinct())):
            voice, held = voice_for(language), accepted.get(language)
            rows.append(
                {
                    "language": language,
                    "name": language_name(language, "name_local"),
                    "voice": voice,
                    "accepted": held if held and voice and held.voice == voice.identity else None,
                    "was_accepted": bool(held and voice and held.voice != voice.identity),
                }
            )
        return super().get_context_data(
            rows=rows, can_speak=settings.SPEECH and can_speak(), packages=" ".join(PACKAGES), **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Accept the voice that was heard, or take a yes back."""
        language = word(request.POST, "language")
        if "take-back" in request.POST:
            services.take_voice_back(language=language, by=request.user, at=clock.now())
            messages.success(request, _("Nobody hears this voice any more."))
            return redirect("courses_admin:voices")
        voice, listener = voice_for(language), word(request.POST, "listener").strip()[:120]
        if voice is None or request.POST.get("voice") != voice.identity:
            messages.error(request, _("The voice is another one by now. Listen again."))
        elif not listener:
            messages.error(request, _("Type who has listened, and how they know the language."))
        else:
            services.accept_voice(
                language=language, voice=voice.identity, listener=listener, by=request.user, at=clock.now()
            )
            messages.success(request, _("Accepted. The lessons are being recorded."))
        return redirect("courses_admin:voices")


@require_safe
def voice_sample(request: HttpRequest, language: str) -> HttpResponse:
    """Read the beginning of a released lesson aloud."""
    if not request.user.has_perm(PERMISSION):  # type: ignore[union-attr]  # Wagtail lets nobody else in
        raise PermissionDenied
    voice = voice_for(language)
    texts = EditionText.objects.filter(language=language).select_related("edition__course")
    text = texts.order_by("-frozen_at", "-pk").first()
    if voice is None or text is None:
        raise Http404
    material = material_of(text)
    lines = transcript(material, material.lessons[0]).split("\n")[:_SAMPLE_LINES]
    try:
        sample = speak(script(lines), voice=voice, title="", album="", number=1)
    except subprocess.SubprocessError as error:
        raise Http404 from error
    response = HttpResponse(sample, content_type="audio/ogg")
    response.headers["Cache-Control"] = "no-store"
    return response
