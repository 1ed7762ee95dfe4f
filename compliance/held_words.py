"""Why a training cannot be assigned anew, as a sentence for HR: neither names nor what a reviewer wrote."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.languages import language_name
from cms.lists import listed_with
from cms.templatetags.fieldfare import day
from courses.models import ReviewKind
from courses.review_dates import Overdue
from courses.sign_offs import Said, Verdict


def held_in_words(title: str, why: Iterable[Said | Overdue]) -> str:
    """Return the sentence about the training ``title``."""
    reasons = listed_with(
        sorted({_reason(each) for each in why}),
        pgettext("the last of several reasons for which nothing is assigned", "and"),
    )
    return _("“%(training)s” cannot be assigned anew at the moment: %(reasons)s. Who has it already keeps it.") % {
        "training": title,
        "reasons": reasons,
    }


def late_in_words(title: str, late: Overdue) -> str:
    """Return the sentence about the training ``title``, which can still be assigned though its review is late."""
    return _(
        # Translators: both are days.
        "“%(training)s” was to be looked at again by %(last_day)s, and has not been yet. "
        "From %(day)s on it cannot be assigned anew. Who has it already keeps it."
    ) % {"training": title, "last_day": day(late.review_by), "day": day(late.refused_from)}


def _reason(why: Said | Overdue) -> str:
    if isinstance(why, Overdue):
        return _("nobody has looked at it again since %(day)s, as somebody should have") % {"day": day(why.review_by)}
    about = {
        "kind": ReviewKind(why.kind).label,
        "language": language_name(why.language, "name_translated"),
    }
    if why.verdict == Verdict.WITHDRAWN:
        return _("a reviewer took their agreement back (%(kind)s, %(language)s)") % about
    return _("a reviewer said no to its text (%(kind)s, %(language)s)") % about
