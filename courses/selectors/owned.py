"""What belongs to Nations and to people who told their stories, and a text as its readers may see it today."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from courses.models import Course, EditionText, OwnedPart, StoryConsent, Withdrawal
from courses.owners import Owner, with_owners
from courses.selectors.withdrawals import notices
from courses.snapshot import Json
from courses.withdrawn import Part, part_in, without_withdrawn


def owned_parts(course: Course) -> QuerySet[OwnedPart]:
    """Return the parts of ``course`` that belong to somebody, with their owners; and all owned questions, which courses share."""
    return OwnedPart.objects.in_force().filter(owned_in(course)).select_related("nation", "consent")


def owned_in(course: Course | OuterRef) -> Q:
    """Return which owned parts may stand in a text of ``course``."""
    return Q(course=course) | Q(kind=OwnedPart.Kind.QUESTION)


def owners(course: Course, snapshot: Json) -> tuple[Owner, ...]:
    """Return to whom parts of a text of ``course`` belong; one query."""
    found = (_owner(each) for each in owned_parts(course))
    return tuple(owner for owner in found if part_in(snapshot, owner.part) is not None)


def _owner(owned: OwnedPart) -> Owner:
    part = Part(owned.kind, owned.target)
    if owned.nation is not None:
        return Owner(part, owned.nation.name, owned.nation.licence)
    assert owned.consent is not None  # a constraint of the table
    return Owner(part, "", owned.consent.licence, frozenset(owned.consent.forms))


def nations_in(snapshot: Json, owned: Iterable[OwnedPart]) -> list[str]:
    """Return the names of the Nations that own something in ``snapshot``, sorted."""
    return sorted(
        {
            each.nation.name
            for each in owned
            if each.nation is not None and part_in(snapshot, Part(each.kind, each.target)) is not None
        }
    )


def consents_that_ended(*, on: date) -> list[StoryConsent]:
    """Return the consents whose last day is past and whose stories are still told somewhere, if only in a draft."""
    gone = Withdrawal.objects.in_force().filter(
        course=OuterRef("course"), kind=OuterRef("kind"), target=OuterRef("target")
    )
    told = OwnedPart.objects.in_force().filter(consent=OuterRef("pk")).exclude(Exists(gone))
    return list(StoryConsent.objects.filter(Exists(told), last_good_on__lt=on))


def shown_now(text: EditionText) -> Json:
    """Return what readers of ``text`` may see today: withdrawn parts are notices, and owners stand beside what is theirs.

    ``text`` comes with edition and course.
    """
    course = text.edition.course
    shown = without_withdrawn(text.snapshot, notices(course, edition=text.edition.number, language=text.language))
    return with_owners(shown, owners(course, text.snapshot))
