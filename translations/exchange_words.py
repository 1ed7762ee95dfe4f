"""What is wrong with a file from a translator, in the words of whoever brought it."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from translations.exceptions import ExchangeConflict, ExchangeFault, ExchangeProblem

_WORDS: Final = {
    ExchangeFault.UNREADABLE: _("This file cannot be read. Save it again as PO in UTF-8, XLIFF 2.0 or .xlsx."),
    ExchangeFault.TOO_BIG: _("This file is too big."),
    ExchangeFault.WRONG_LANGUAGE: _(
        "The file says that it is in another language. Choose that language, or the right file."
    ),
    ExchangeFault.WRONG_SCRIPT: _("Most of it is not written in the script of this language."),
    ExchangeFault.LOOKS_LIKE: _("This looks like another language than the one chosen:"),
    ExchangeFault.NOTHING: _("There is nothing in this file."),
    ExchangeFault.UNKNOWN_SEGMENT: _("There is no such piece of text here. Export the file again."),
    ExchangeFault.OTHER_COURSE: _("This belongs to another course."),
    ExchangeFault.TWICE: _("This piece stands in the file twice. Delete one of the two."),
    ExchangeFault.OTHER_SOURCE: _(
        "The source has changed since the file was made, or was changed in it. Export again."
    ),
    ExchangeFault.FORMULA: _("The cell holds a formula, a date or an error. Type the text."),
    ExchangeFault.INLINE: _("There is a mark within the text that cannot be taken. Write it as it is in the source."),
    ExchangeFault.PLACEHOLDERS: _("The parts that are filled in, such as %(name)s, differ from the source."),
    ExchangeFault.MARKUP: _("Tags, lists, headings or bold text differ from the source."),
    ExchangeFault.NUMBERS: _("The numbers differ from the source."),
    ExchangeFault.CHARACTERS: _("There are characters that cannot be used here."),
    ExchangeFault.EDGES: _("It has to begin and end with a line end where the source does."),
    ExchangeFault.LENGTH: _("This is too long for its place. Say it in fewer words."),
}


def isolated(text: str) -> str:
    """Return ``text`` so that it keeps its own direction within a sentence of the other."""
    return f"\u2068{text}\u2069" if text else ""


def in_words(problem: ExchangeProblem, *, quote: Callable[[str], str] = str) -> str:
    """Return what is wrong, where, and how to mend it; ``quote`` is done to what the file says itself."""
    said = str(_WORDS[problem.fault])
    about = f"{quote(problem.segment)}: {said}" if problem.segment else said
    detail = quote(dict(settings.KNOWN_LANGUAGES).get(problem.detail, problem.detail))
    if problem.fault is ExchangeFault.LOOKS_LIKE:
        return f"{about} {detail}"
    return f"{about} ({detail})" if detail else about


def conflict_in_words(conflict: ExchangeConflict, *, quote: Callable[[str], str] = str) -> str:
    """Return both texts of a segment that was changed on both sides, as ``in_words`` does."""
    words = _("%(segment)s: here “%(here)s”, in the file “%(in_file)s”")
    about = {"segment": conflict.segment, "here": conflict.here, "in_file": conflict.in_file}
    return str(words) % {name: quote(said) for name, said in about.items()}
