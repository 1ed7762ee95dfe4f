"""Release problems as sentences for editors."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from courses.exceptions import ReleaseFault, ReleaseProblem

_WORDS: Final[dict[ReleaseFault, Promise]] = {
    ReleaseFault.NO_PAGE: pgettext_lazy("release problem", "No page is published."),
    ReleaseFault.ALIAS: pgettext_lazy("release problem", "This is an alias of another language, not a translation."),
    ReleaseFault.NO_LESSONS: pgettext_lazy("release problem", "No lesson is published."),
    ReleaseFault.LESSON_MISSING: pgettext_lazy("release problem", "The lesson is missing in this language."),
    ReleaseFault.LESSON_TWICE: pgettext_lazy("release problem", "The lesson has two pages."),
    ReleaseFault.FOREIGN_LESSON: pgettext_lazy("release problem", "The lesson belongs to another course."),
    ReleaseFault.EMPTY_LESSON: pgettext_lazy("release problem", "The lesson is empty."),
    ReleaseFault.PIECE_MISSING: pgettext_lazy("release problem", "Something that the text names was deleted:"),
    ReleaseFault.FILE_MISSING: pgettext_lazy("release problem", "A file cannot be read:"),
    ReleaseFault.BROKEN_OFF: pgettext_lazy(
        "release problem", "A recording or film breaks off before its end. Upload the whole file:"
    ),
    ReleaseFault.NOT_THAT_KIND: pgettext_lazy(
        "release problem",
        "A file is no recording or film, whatever its name says. Upload an Opus, MP3, MP4 or WebM file:",
    ),
    ReleaseFault.TOO_LARGE: pgettext_lazy(
        "release problem", "A file is too large for a phone: at most 40 MB of sound or 300 MB of film. Make it smaller:"
    ),
    ReleaseFault.CAPTIONS: pgettext_lazy(
        "release problem", "Captions are empty, out of order or no WebVTT. File and line:"
    ),
    ReleaseFault.CAPTIONS_LANGUAGE: pgettext_lazy(
        "release problem", "A film has captions in the language of the source alone. Choose a file in this language:"
    ),
    ReleaseFault.STORY: pgettext_lazy(
        "release problem", "A story has a part that is missing, cannot be reached or leads back:"
    ),
    ReleaseFault.BLUEPRINT: pgettext_lazy(
        "release problem", "The quiz cannot be drawn twice with different questions:"
    ),
    ReleaseFault.QUESTION_MISSING: pgettext_lazy("release problem", "Questions are not translated, or not wholly:"),
    ReleaseFault.PASSAGE_MISSING: pgettext_lazy("release problem", "A rule names a lesson that is not there:"),
    ReleaseFault.TOO_FEW_MINUTES: pgettext_lazy("release problem", "More minutes are required than the course takes:"),
    ReleaseFault.UNCHANGED: pgettext_lazy("release problem", "Nothing changed since the last edition."),
    ReleaseFault.STRUCTURE: pgettext_lazy(
        "release problem", "This text asks something else of the learner: lessons, questions or right answers differ."
    ),
    ReleaseFault.NOT_NEWEST: pgettext_lazy("release problem", "There is a newer edition."),
    ReleaseFault.WITHDRAWN: pgettext_lazy(
        "release problem", "This was withdrawn and still says the same. Change it or take it out:"
    ),
    ReleaseFault.RETRAIN_PAST: pgettext_lazy(
        "release problem", "The day by which everybody takes it again is past. Choose one that lies ahead."
    ),
    ReleaseFault.HARM: pgettext_lazy("release problem", "The harm check asks. Change this, or answer with a reason:"),
    ReleaseFault.SAID_NO: pgettext_lazy("release problem", "A reviewer said no, and nobody else can say yes for them:"),
    ReleaseFault.TAKEN_BACK: pgettext_lazy(
        "release problem", "A reviewer took their yes back, and nobody else can say yes for them:"
    ),
    ReleaseFault.NOT_SIGNED: pgettext_lazy(
        "release problem", "The course asks for this review before a release, and nobody has said yes to this text:"
    ),
    ReleaseFault.UNPAID: pgettext_lazy("release problem", "The release would rely on a review that is not paid:"),
    ReleaseFault.CLAIM: pgettext_lazy(
        "release problem",
        "A fact in it was withdrawn or contradicted, or is law that has to be looked at again. Verify it or change the text:",
    ),
    ReleaseFault.CONSENT: pgettext_lazy(
        "release problem",
        "A true story has no consent that covers this language, these forms and this day:",
    ),
    ReleaseFault.PICTURE: pgettext_lazy(
        "release problem", "Nobody has approved this picture. Open Pictures of the course and look at it:"
    ),
    ReleaseFault.PICTURE_WORDS: pgettext_lazy(
        "release problem", "A picture has no alternative text in this language. Write what it tells:"
    ),
    ReleaseFault.RETRAIN_DATE: pgettext_lazy("release problem", "The date does not fit what the change means."),
}


def in_words(problem: ReleaseProblem) -> str:
    """Return a problem as a sentence, with where it is."""
    where = " / ".join(filter(None, (problem.language, problem.lesson)))
    said = f"{_WORDS[problem.fault]} {problem.detail}".strip()
    return _("%(where)s: %(problem)s") % {"where": where, "problem": said} if where else said
