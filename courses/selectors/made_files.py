"""What was made of a text, and with what: files, voices, approved pictures."""

from collections.abc import Collection, Iterable

from courses.models import Edition, PictureApproval, RenditionSet, VoiceAcceptance


def rendition_set(edition: Edition, language: str) -> RenditionSet | None:
    """Return what was made of ``edition`` in ``language``, true or not, with its files; None: nothing ever was."""
    sets = RenditionSet.objects.filter(edition=edition, language=language).prefetch_related("files")
    return sets.first()


def accepted_voice(language: str) -> str:
    """Return which voice of the machine a native listener has accepted for a language; empty: none."""
    return VoiceAcceptance.objects.filter(language=language).values_list("voice", flat=True).first() or ""


def approved_pictures(sha256s: Collection[str]) -> set[str]:
    """Return which of these pictures somebody has approved."""
    return set(PictureApproval.objects.filter(sha256__in=sha256s).values_list("sha256", flat=True))


def approvals_of(sha256s: Iterable[str]) -> dict[str, PictureApproval]:
    """Return the approvals of these pictures, with who gave them."""
    rows = PictureApproval.objects.filter(sha256__in=list(sha256s)).select_related("approved_by")
    return {each.sha256: each for each in rows}
