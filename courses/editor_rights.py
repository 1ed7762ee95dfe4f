"""Of which sectors and language a thing of the CMS is, and whether an editor's limits let them change it."""

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.db.models import Model
from wagtail.models import TranslatableMixin

from assessments.models import Question, QuestionBank, Quiz
from assessments.selectors import sectors_of_bank
from cms.models import Audience, BasePage, EditorLimit, Sector, Source, SupportService
from courses.models import Claim, Course, Lesson

DIRECTORY: Final = (SupportService, Source, Sector, Audience)
"""What belongs to everybody whose group may change it: a help line is mended at once, by one person."""


def sectors_of(thing: Model) -> list[str]:
    """Return the sectors whose editors may change ``thing``: all of them are needed."""
    match thing:
        case BasePage():
            return [thing.sector_code()]
        case Course():
            return [thing.sector.code]
        case Lesson():
            return [thing.course.sector.code]
        case Question() | Quiz():
            return sectors_of_bank(thing.bank_id)
        case QuestionBank():
            return sectors_of_bank(thing.pk)
        case Claim():
            found: Any = {"courses__editions__texts__claim_uses__claim": thing}
        case _:
            courses = getattr(thing, "courses", None)  # what is made of courses in an app above
            if courses is None:
                return []
            found = {"courses__in": courses.all()}
    return sorted(Sector.objects.filter(**found).distinct().values_list("code", flat=True))


def check_change(user: Any, things: Iterable[Model], *, act: str) -> None:
    """Let ``user`` change ``things``, in the CMS or by a service.

    Raises:
        OutsideLimits: one of them lies outside of their limits, or is a source and their role writes none.
    """
    limited = EditorLimit.objects.of(user).sectors is not None
    for thing in things:
        if isinstance(thing, DIRECTORY):
            continue
        language = settings.LANGUAGE_CODE
        if isinstance(thing, TranslatableMixin) and thing.locale_id:
            language = thing.locale.language_code
        sectors = sectors_of(thing) if limited and thing.pk else []
        if isinstance(thing, TranslatableMixin | Quiz | QuestionBank):
            EditorLimit.objects.hold_text(user, act=act, sectors=sectors, language=language)
        else:
            # Their own permissions say who changes these.
            EditorLimit.objects.hold(user, act=act, sectors=sectors, languages=[language])
