"""What reviewers said, what they are owed, and what takes a course out of new assignment."""

from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db.models import Subquery

from courses.models import Edition, EditionText, ReviewDate, ReviewEntry, SignOff, Withdrawal
from courses.review_dates import Overdue
from courses.review_pay import Account, Entry, Line, account_of
from courses.sign_offs import Kind, Said, Verdict, against_assignment
from courses.snapshot import reviewed_digest


def words_of_reviewers(*, course_ids: Collection[int]) -> dict[int, list[Said]]:
    """Return the newest word of each reviewer to each course, by key of the course; one query."""
    rows = SignOff.objects.filter(request__course__in=course_ids).select_related("request__reviewer__nation")
    newest: dict[int, SignOff] = {}
    for row in rows.order_by("said_at", "pk"):
        newest[row.request_id] = row
    words: dict[int, list[Said]] = {}
    for row in newest.values():
        asked = row.request
        by = asked.reviewer
        signs = by.may_sign(kind=asked.kind, language=asked.language)
        if by.nation and not signs:
            # The Nation has ended their office: it speaks through others now.
            continue
        word = Said(
            asked.language,
            asked.kind,
            by.known_as,
            row.verdict,
            row.content,
            asked.pk,
            by.paid_elsewhere,
            by.nation.name if by.nation else "",
        )
        words.setdefault(asked.course_id, []).append(word)
    return words


def accounts(request_ids: Collection[int]) -> dict[int, Account]:
    """Return what is owed and paid for each review, by key of the request; one query."""
    lines: dict[int, list[Line]] = {pk: [] for pk in request_ids}
    rows = ReviewEntry.objects.filter(request__in=request_ids).order_by("recorded_at", "pk")
    for pk, kind, cents, on in rows.values_list("request", "kind", "amount_cents", "on"):
        lines[pk].append(Line(kind, cents, on if kind == Entry.AGREED else None))
    return {pk: account_of(each) for pk, each in lines.items()}


def overdue_reviews(*, course_ids: Collection[int], on: date) -> dict[int, Overdue]:
    """Return the courses that nobody has looked at again in time, by key, whether or not their grace is over; one query."""
    late = ReviewDate.objects.filter(course__in=course_ids, review_by__lt=on)
    return {row.course_id: row.overdue() for row in late}


def held_back(*, course_ids: Collection[int], on: date) -> dict[int, tuple[Said | Overdue, ...]]:
    """Return what takes courses out of new assignment on a day, by key; those that may be assigned are left out.

    It is words of reviewers, a review that is late beyond its grace, and that the course was taken back as a whole.
    Three queries, and one for each course that has a no.
    """
    held: dict[int, tuple[Said | Overdue, ...]] = {}
    for course_id, words in words_of_reviewers(course_ids=course_ids).items():
        noes = {word.language for word in words if word.verdict == Verdict.NO}
        if against := against_assignment(words, released=_served(course_id, noes) if noes else ()):
            held[course_id] = against
    for course_id, late in overdue_reviews(course_ids=course_ids, on=on).items():
        if on >= late.refused_from:
            held[course_id] = (*held.get(course_id, ()), late)
    taken_back = Withdrawal.objects.in_force().filter(kind=Withdrawal.Kind.COURSE, course__in=course_ids)
    for course_id in taken_back.values_list("course", flat=True):
        held[course_id] = (
            *held.get(course_id, ()),
            Said(settings.LANGUAGE_CODE, Kind.NATION, "", Verdict.WITHDRAWN, ""),
        )
    return held


def _served(course_id: int, languages: Collection[str]) -> list[tuple[str, str]]:
    """Return language and digest of what who starts now is served in these languages."""
    newest = Edition.objects.filter(course=course_id).order_by("-number").values("pk")[:1]
    texts = EditionText.objects.filter(edition=Subquery(newest), language__in=languages).order_by("revision")
    served = {text.language: text.snapshot for text in texts}
    return [(language, reviewed_digest(snapshot)) for language, snapshot in served.items()]
