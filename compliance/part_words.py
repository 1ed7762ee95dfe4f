"""What is still to be done in person, in words."""

from collections.abc import Mapping

from django.utils.translation import pgettext

from certificates.expressions import Attested, InSession


def part_in_words(part: InSession | Attested, courses: Mapping[int, str]) -> str:
    """Return what a session or an attestation asks for; ``courses`` are the codes of courses by key."""
    if isinstance(part, InSession):
        text = pgettext("still to be done for a training", "be there at a session in person (%(course)s)")
        return text % {"course": courses.get(part.course_id, "–")}
    text = pgettext("still to be done for a training", "confirmed by the workplace: “%(text)s”")
    return text % {"text": part.text}
