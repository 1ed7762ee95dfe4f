"""Why a training cannot be assigned anew, as a sentence for HR: neither names nor what a reviewer wrote."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.languages import language_name
from courses.models import ReviewKind
from courses.sign_offs import Said, Verdict


def held_in_words(title: str, why: Iterable[Said]) -> str:
    """Return the sentence about the training ``title``."""
    reasons = get_text_list(
        sorted({_reason(each) for each in why}),
        pgettext("the last of several reasons for which nothing is assigned", "and"),
    )
    return _("“%(training)s” cannot be assigned anew at the moment: %(reasons)s. Who has it already keeps it.") % {
        "training": title,
        "reasons": reasons,
    }


def _reason(word: Said) -> str:
    about = {
        "kind": ReviewKind(word.kind).label,
        "language": language_name(word.language, "name_translated"),
    }
    if word.verdict == Verdict.WITHDRAWN:
        return _("a reviewer took their agreement back (%(kind)s, %(language)s)") % about
    return _("a reviewer said no to its text (%(kind)s, %(language)s)") % about
