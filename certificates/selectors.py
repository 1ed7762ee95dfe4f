"""Reads over certificates."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet
from django.db.models.fields.json import KT

from certificates.expressions import named_courses, renewals_in_time
from certificates.models import Certificate, Certification, PriorLearning, UnissuedCompletion
from certificates.models.certificate import CertificateQuerySet
from certificates.numbers import normalise
from certificates.validity import Period
from courses.models import Completion, Course, EditionText
from people.models import Membership
from people.scope import Scope
from people.selectors import hidden_before


def certificate_by_number(text: str) -> Certificate | None:
    """Return the certificate that somebody asks about by its number, however it was typed; None if there is none.

    One look-up by the unique number, the same for what cannot be a number at all. ``renews`` and ``replaced_by``
    come with it.
    """
    number = normalise(text) or ""  # no certificate has an empty number
    return Certificate.objects.select_related("renews", "replaced_by").filter(number=number).first()


def visible_certificates(scope: Scope) -> CertificateQuerySet:
    """Return the certificates that this session may open.

    A session of a PIN, which an employer issued, opens those of its membership alone; a sign-in of the person's
    own opens all of hers.
    """
    if scope.membership is not None:
        return Certificate.objects.filter(membership=scope.membership)
    if scope.personal and scope.user is not None:
        return Certificate.objects.filter(learner=scope.user)
    return Certificate.objects.none()


def language_is_hidden(certificate: Certificate, *, scope: Scope) -> bool:
    """Return whether this session must not learn in which language the holder learnt.

    So it is where she learnt before a PIN that may be her employer's (``people.selectors.hidden_before``).
    """
    if certificate.membership is None:
        return False
    since = hidden_before(scope=scope, membership=certificate.membership)
    if since is None:
        return False
    # Not the day of issue: a corrected name issues an old certificate anew.
    learnt = Completion.objects.filter(public_id__in=certificate.completion_ids)
    last: datetime | None = learnt.aggregate(last=Max("completed_at"))["last"]
    return last is None or last < since


def certifications_asking_for(course_id: int) -> dict[Certification, frozenset[int]]:
    """Return the certifications that ask for a course, each with the keys of all courses it asks for; one query."""
    rows = Certification.courses.through.objects.filter(certification__courses=course_id)
    found: dict[Certification, set[int]] = {}
    for row in rows.select_related("certification").order_by("certification_id"):
        found.setdefault(row.certification, set()).add(row.course_id)
    return {certification: frozenset(courses) for certification, courses in found.items()}


class TextLearnt(NamedTuple):
    """What a certificate copies of the text that was learnt from."""

    edition_number: int
    digest: str
    language: str
    course_title: str


def text_learnt(completion: Completion) -> TextLearnt:
    """Return the text that ``completion`` names; no query where it is in memory, and never the whole of it."""
    if Completion.edition_text.is_cached(completion):
        text = completion.edition_text
        title = text.snapshot["course"].get("title") or ""
        return TextLearnt(text.edition.number, text.digest, text.language, title)
    texts = EditionText.objects.filter(pk=completion.edition_text_id)
    number, digest, language, title = texts.values_list(
        "edition__number", "digest", "language", KT("snapshot__course__title")
    ).get()
    return TextLearnt(number, digest, language, title or "")


def holder_certificates(completion: Completion) -> CertificateQuerySet:
    """Return all certificates, revoked ones too, of the holder of ``completion``: membership, or learner alone."""
    if completion.membership_id is not None:
        return Certificate.objects.filter(membership_id=completion.membership_id)
    return Certificate.objects.filter(membership__isnull=True, learner_id=completion.learner_id)


def holder_completions(completion: Completion) -> QuerySet[Completion]:
    """Return all completions of the holder of ``completion``."""
    if completion.membership_id is not None:
        return Completion.objects.filter(membership_id=completion.membership_id)
    return Completion.objects.filter(membership__isnull=True, learner_id=completion.learner_id)


def certificates_of(completions: Sequence[Completion]) -> dict[int, list[Certificate]]:
    """Return the certificates that rest on each completion, by its primary key, replaced ones left out; one query."""
    by_public_id = {str(completion.public_id): completion.pk for completion in completions}
    memberships = {completion.membership_id for completion in completions if completion.membership_id is not None}
    learners = {completion.learner_id for completion in completions if completion.membership_id is None}
    certificates = Certificate.objects.filter(
        Q(membership__in=memberships) | Q(membership__isnull=True, learner__in=learners), replaced_by__isnull=True
    )
    found: dict[int, list[Certificate]] = {}
    for certificate in certificates:
        for public_id in certificate.completion_ids:
            if public_id in by_public_id:
                found.setdefault(by_public_id[public_id], []).append(certificate)
    return found


def misnamed_certificates(membership: Membership, *, at: datetime) -> list[Certificate]:
    """Return the membership's certificates that still count for something at ``at`` and bear another name than it has.

    What ended, grace included, stays as it was printed.
    """
    standing = Certificate.objects.unrevoked().filter(membership=membership).exclude(holder_name=membership.name)
    return [certificate for certificate in standing if certificate.counts(at=at)]


def dependants(certificate: Certificate) -> CertificateQuerySet:
    """Return the certificates that renew this one and stand: for decision when it is revoked (renewal, rule R17)."""
    return Certificate.objects.unrevoked().filter(renews=certificate)


def unissued_completions(*, limit: int) -> list[int]:
    """Return the keys of what is still owed, longest untried first."""
    return list(UnissuedCompletion.objects.values_list("pk", flat=True)[:limit])


def expressions_of_others(certification: Certification) -> dict[str, object]:
    """Return what the other certifications ask for, by code: their expression, or all of their courses."""
    others = Certification.objects.exclude(pk=certification.pk).prefetch_related("courses")
    return {
        it.code: it.expression or {"all": [{"course": course.code} for course in it.courses.all()]} for it in others
    }


def held_periods(*, certifications: Sequence[int], memberships: Sequence[int]) -> dict[tuple[int, int], list[Period]]:
    """Return the periods that stand, by membership and certification, from elsewhere too; two queries."""
    found: dict[tuple[int, int], list[Period]] = {}
    standing = Certificate.objects.unrevoked(), PriorLearning.objects.current_knowledge()
    for rows in standing:
        for row in rows.filter(certification__in=certifications, membership__in=memberships):
            assert row.membership_id is not None  # asked for by membership
            found.setdefault((row.membership_id, row.certification_id), []).append(row.period)
    return found


def courses_to_take(certification: Certification, periods: Iterable[Period], on: date) -> list[Course]:
    """Return the courses that lead to ``certification`` for whoever holds ``periods`` on that day.

    In time it is the refresher whose turn it is; otherwise whatever the whole names. No query where its courses are
    loaded and it names no other certification.
    """
    courses = list(certification.courses.all())
    if certification.expression is None and not certification.refreshers:
        return courses
    keys = {course.code: course.pk for course in courses}
    whole, refreshers = certification.asks(keys, others_named_by(certification))
    number = renewals_in_time(periods, on)
    asks = whole if number is None or not refreshers else refreshers[number % len(refreshers)]
    named = set(named_courses(asks))
    return [course for course in courses if course.pk in named]


def others_named_by(certification: Certification) -> dict[str, object]:
    """Return what the other certifications ask for, where this one names any; no query where it names none."""
    names_others = '"certification"' in json.dumps([certification.expression, certification.refreshers])
    return expressions_of_others(certification) if names_others else {}
