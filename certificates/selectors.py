"""Reads over certificates."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import uuid5

from django.db.models import Max, Q, QuerySet
from django.db.models.fields.json import KT

from certificates.evidence import Done, Earning
from certificates.expressions import (
    Attested,
    Expression,
    InSession,
    Leaf,
    Part,
    leaves,
    named_courses,
    renewals_in_time,
    still_open,
)
from certificates.models import Attestation, Certificate, Certification, PriorLearning, UnissuedCompletion
from certificates.models.certificate import CertificateQuerySet
from certificates.numbers import normalise
from certificates.validity import Period
from courses.models import Attendance, Completion, Course, EditionText
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


def certifications_asking_for(part: Leaf) -> dict[Certification, frozenset[int]]:
    """Return the certifications that may ask for ``part``, each with the keys of all its courses; one query."""
    rows = Certification.courses.through.objects.select_related("certification").order_by("certification_id")
    if isinstance(part, Attested):
        combined = Certification.objects.filter(Q(expression__isnull=False) | ~Q(refreshers=[]))
        rows = rows.filter(certification__in=combined)
    else:
        rows = rows.filter(certification__courses=part.course_id)
    found: dict[Certification, set[int]] = {}
    for row in rows:
        found.setdefault(row.certification, set()).add(row.course_id)
    return {certification: frozenset(courses) for certification, courses in found.items()}


def as_done(completion: Completion) -> Done:
    """Return a completion as the rule of evidence takes it."""
    return Done(str(completion.public_id), Part(completion.course_id), completion.completed_on)


def _as_attended(attendance: Attendance) -> Done:
    """Return being at a session as the rule of evidence takes it; its id follows from session and person."""
    id = uuid5(attendance.session.public_id, str(attendance.membership_id))
    return Done(str(id), InSession(attendance.session.edition.course_id), attendance.session.held_on)


def _as_attested(attestation: Attestation) -> Done:
    return Done(str(attestation.reference), Attested(attestation.code), attestation.given_on)


def earning_of(*, kind: str, key: int) -> Earning | None:
    """Return what asks for a certificate, by the primary key of an "attendance" or "attestation"; None if it is gone."""
    if kind == "attendance":
        there = _attended().select_related("membership").filter(pk=key).first()
        if there is None:
            return None
        member = there.membership
        return Earning(_as_attended(there), member.user_id, member.pk, there.session.time_zone)
    given = Attestation.objects.current_knowledge().select_related("membership__organisation").filter(pk=key).first()
    if given is None:
        return None
    member = given.membership
    return Earning(_as_attested(given), member.user_id, member.pk, member.organisation.time_zone)


def resting_on(attestation: Attestation) -> list[Certificate]:
    """Return the certificates that rest on ``attestation`` and stand."""
    standing = Certificate.objects.unrevoked().filter(membership=attestation.membership_id)
    return [it for it in standing if str(attestation.reference) in it.completion_ids]


def earnings_of(certificate: Certificate) -> list[Earning]:
    """Return the courses and sessions that ``certificate`` of a workplace rests on, as what may earn one; the latest first."""
    member = certificate.membership
    if member is None:
        return []
    learnt = Completion.objects.filter(membership=member, public_id__in=certificate.completion_ids)
    found = [Earning(as_done(it), it.learner_id, member.pk, it.time_zone) for it in learnt]
    for there in _attended().filter(membership=member):
        if (done := _as_attended(there)).id in certificate.completion_ids:
            found.append(Earning(done, member.user_id, member.pk, there.session.time_zone))
    return sorted(found, key=lambda it: (it.done.done_on, it.done.id), reverse=True)


def is_session_asked(course_id: int) -> bool:
    """Whether any certification with this course asks for more than courses; one query."""
    return any(names_more_than_courses(it) for it in Certification.objects.filter(courses=course_id))


def _attended() -> QuerySet[Attendance]:
    """Return who was at which session, as far as the records have it."""
    return Attendance.objects.filter(counted__in=Attendance.WAS_THERE).select_related("session__edition")


def other_parts_done(earning: Earning, expression: Expression, required: frozenset[int]) -> list[Done]:
    """Return what the same person did of an expression beside ``earning``; a query for each kind that it names."""
    named = set(leaves(expression))
    part = earning.done.part
    others = required - ({part.course_id} if isinstance(part, Part) else set())
    found = [as_done(it) for it in holder_completions(earning).filter(course__in=others)] if others else []
    if earning.membership_id is None:
        return found
    return found + _in_person_and_confirmed(earning.membership_id, named)


def parts_done(earning: Earning, asked: Iterable[Expression], required: frozenset[int]) -> list[Done]:
    """Return everything that the same person did of what is ``asked``; a query for each kind that it names."""
    found = [as_done(it) for it in holder_completions(earning).filter(course__in=required)]
    if earning.membership_id is None:
        return found
    named = {leaf for expression in asked for leaf in leaves(expression)}
    return found + _in_person_and_confirmed(earning.membership_id, named)


def _in_person_and_confirmed(membership_id: int, named: Collection[Leaf]) -> list[Done]:
    sessions = {it.course_id for it in named if isinstance(it, InSession)}
    codes = {it.code for it in named if isinstance(it, Attested)}
    found: list[Done] = []
    if sessions:
        attended = _attended().filter(membership=membership_id, session__edition__course__in=sessions)
        found += [_as_attended(it) for it in attended]
    if codes:
        given = Attestation.objects.current_knowledge().filter(membership=membership_id, code__in=codes)
        found += [_as_attested(it) for it in given]
    return found


def text_of_parts(earning: Earning, evidence: Sequence[Done]) -> "TextLearnt":
    """Return the text of the last course that was completed among ``evidence``, else that of the last session."""
    ids = [it.id for it in evidence if isinstance(it.part, Part)]
    if ids:
        return text_learnt(Completion.objects.get(public_id=ids[-1]))
    last = next(it for it in reversed(evidence) if isinstance(it.part, InSession))
    attended = _attended().filter(membership=earning.membership_id).order_by("pk")
    session = next(it.session for it in attended if _as_attended(it).id == last.id)
    text = EditionText.objects.filter(edition=session.edition, language=session.language).order_by("-pk")
    digest, title = text.values_list("digest", KT("snapshot__course__title"))[0]
    return TextLearnt(session.edition.number, digest, session.language, title or "")


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


def learner_title_is_draft(certificate: Certificate) -> bool:
    """Return whether nobody had reviewed the text from which the title in the learner's language was copied."""
    if not certificate.learner_title:
        return False
    return EditionText.objects.filter(digest=certificate.edition_digest, is_draft=True).exists()


def holder_certificates(earning: Earning) -> CertificateQuerySet:
    """Return all certificates, revoked ones too, of whose ``earning`` is: membership, or learner alone."""
    if earning.membership_id is not None:
        return Certificate.objects.filter(membership_id=earning.membership_id)
    return Certificate.objects.filter(membership__isnull=True, learner_id=earning.learner_id)


def holder_completions(earning: Earning) -> QuerySet[Completion]:
    """Return all completions of whose ``earning`` is."""
    if earning.membership_id is not None:
        return Completion.objects.filter(membership_id=earning.membership_id)
    return Completion.objects.filter(membership__isnull=True, learner_id=earning.learner_id)


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


def running(certification: Certification, *, on: date) -> CertificateQuerySet:
    """Return the certificates of ``certification`` that stand and have not ended by ``on``, grace included."""
    return Certificate.objects.unrevoked().filter(
        certification=certification, replaced_by__isnull=True, grace_until__gt=on
    )


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
    named = set(named_courses(asked_now(certification, periods, on)))
    return [course for course in courses if course.pk in named]


def asked_now(certification: Certification, periods: Iterable[Period], on: date) -> Expression:
    """Return what leads to ``certification`` for whoever holds ``periods`` on that day."""
    keys = {course.code: course.pk for course in certification.courses.all()}
    whole, refreshers = certification.asks(keys, others_named_by(certification))
    number = renewals_in_time(periods, on)
    return whole if number is None or not refreshers else refreshers[number % len(refreshers)]


def names_more_than_courses(certification: Certification) -> bool:
    """Whether a certification asks for a session or an attestation anywhere; no query."""
    words = json.dumps([certification.expression, certification.refreshers])
    return any(f'"{it}"' in words for it in ("session", "attestation", "certification"))


def attestations_asked(certifications: Iterable[Certification]) -> dict[str, Attested]:
    """Return what the workplace is asked to confirm for any of ``certifications``, by code."""
    found: dict[str, Attested] = {}
    for certification in certifications:
        if not names_more_than_courses(certification):
            continue
        keys = {course.code: course.pk for course in certification.courses.all()}
        whole, refreshers = certification.asks(keys, others_named_by(certification))
        for expression in (whole, *refreshers):
            found |= {it.code: it for it in leaves(expression) if isinstance(it, Attested)}
    return found


def texts_of_attestations(*, without: Certification) -> dict[str, str]:
    """Return what attestations of the other certifications say, by code."""
    others = Certification.objects.exclude(pk=without.pk).prefetch_related("courses")
    return {code: it.text for code, it in attestations_asked(others).items()}


def open_in_person(
    *, certification: Certification, membership_id: int, periods: Iterable[Period], on: date
) -> list[InSession | Attested]:
    """Return the sessions and attestations that are still to be done by a person for ``certification``; [] for most.

    What an earlier certificate rests on is done no longer; courses are taken as done, so that nothing here tells which are.
    """
    if not names_more_than_courses(certification):
        return []
    expression = asked_now(certification, periods, on)
    named = set(leaves(expression))
    spent = {
        id
        for ids in Certificate.objects.filter(membership=membership_id, certification=certification).values_list(
            "completion_ids", flat=True
        )
        for id in ids
    }
    done = [it for it in _in_person_and_confirmed(membership_id, named) if it.id not in spent]
    courses = {it for it in named if isinstance(it, Part)}
    left = still_open(expression, frozenset(courses | {it.part for it in done}))
    if left is None:
        return []
    return [it for it in dict.fromkeys(leaves(left)) if not isinstance(it, Part)]


def names_others(certification: Certification) -> bool:
    """Whether a certification asks anywhere what another one does; no query."""
    return '"certification"' in json.dumps([certification.expression, certification.refreshers])


def last_completions(membership: Membership) -> list[Completion]:
    """Return the newest completion of each course for a workplace, the oldest of them first."""
    newest: dict[int, Completion] = {}
    for completion in Completion.objects.filter(membership=membership).order_by("completed_on", "pk"):
        newest.pop(completion.course_id, None)
        newest[completion.course_id] = completion
    return list(newest.values())


def certifications_that_name(it: Course | Certification) -> list[Certification]:
    """Return the certifications in which a course, or another certification, is named; one or two queries."""
    return certifications_naming_course(it) if isinstance(it, Course) else certifications_naming(it)


def certifications_naming_course(course: Course) -> list[Certification]:
    """Return the certifications that ask for ``course``, or for being there at a session of it; one query."""
    every = Certification.objects.prefetch_related("courses")
    return [it for it in every if course in it.courses.all() or _names(it, ("course", "session"), course.code)]


def certifications_naming(certification: Certification) -> list[Certification]:
    """Return the other certifications that ask whatever ``certification`` asks; one query."""
    others = Certification.objects.exclude(pk=certification.pk)
    return [it for it in others if _names(it, ("certification",), certification.code)]


def _names(certification: Certification, kinds: Sequence[str], code: str) -> bool:
    # As it is written, not parsed: what names something that is gone already still counts as naming it.
    written: list[Any] = [certification.expression, certification.refreshers]
    while written:
        part = written.pop()
        if isinstance(part, dict):
            if any(part.get(kind) == code for kind in kinds):
                return True
            written += part.values()
        elif isinstance(part, list):
            written += part
    return False


def others_named_by(certification: Certification) -> dict[str, object]:
    """Return what the other certifications ask for, where this one names any; no query where it names none."""
    return expressions_of_others(certification) if names_others(certification) else {}
