"""What changes certificates. Each act is whole or not at all, and tells the rooms above by ``certificate_changed``."""

import logging
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from certificates import selectors
from certificates.evidence import Done, Earning, sufficient_evidence
from certificates.exceptions import AlreadyReplaced, AlreadyRevoked, AttestationTakenBack, HolderErased
from certificates.expressions import Attested, Expression, Part, asked, chosen, every, renewals_in_time
from certificates.models import Attestation, Certificate, Certification, PriorLearning, UnissuedCompletion
from certificates.numbers import NUMBER_BITS, number_from
from certificates.selectors import TextLearnt
from certificates.signals import certificate_changed
from certificates.validity import Period, local_date, next_period, policy_from_json
from courses.models import Completion
from people import audit, outbox
from people.faults import fault_point
from people.models import Membership, User
from people.selectors import known_employments

logger = logging.getLogger(__name__)

TEMPLATE_VERSION = 1
ISSUE_FOR_PART: Final = "certificates.issue_for_part"


def issue_for_completion(*, completion: Completion, at: datetime) -> list[Certificate]:
    """Issue what ``completion`` earns: one certificate for each certification whose courses are all completed.

    Doing it again returns the same certificates. The list is
    empty while courses are missing, where no certification asks for the course, and where the policy only records a
    completion (renewal, rules R5 and R7). ``at`` is the instant of issue; the dates follow from the completions alone.
    """
    earning = Earning(
        selectors.as_done(completion), completion.learner_id, completion.membership_id, completion.time_zone
    )
    with transaction.atomic():
        fault_point("certificates.before_issue")
        issued = _issue_all(earning, completion, at)
        fault_point("certificates.after_issue")
    return issued


@transaction.atomic
def issue_for_part(*, kind: str, key: int, at: datetime) -> list[Certificate]:
    """Issue what being at a session (``kind`` "attendance") or an attestation earns; ``key`` is its primary key.

    As ``issue_for_completion`` in all else; a part that is gone, or was taken back, earns nothing.
    """
    earning = selectors.earning_of(kind=kind, key=key)
    return [] if earning is None else _issue_all(earning, None, at)


def _issue_all(earning: Earning, completion: Completion | None, at: datetime) -> list[Certificate]:
    asking = selectors.certifications_asking_for(earning.done.part)
    if not asking:
        return []
    holder = _lock_holder(earning)
    earlier = list(selectors.holder_certificates(earning).filter(certification__in=asking))
    issued = [
        _issue(
            _Case(certification, required, earning, completion, holder, at),
            [each for each in earlier if each.certification_id == certification.pk],
        )
        for certification, required in asking.items()
    ]
    return [certificate for certificate in issued if certificate is not None]


@transaction.atomic
def issue_what_belongs_together(*, learner: User, at: datetime) -> list[Certificate]:
    """Issue and date anew what ``learner`` earned without a workplace, after two logins became one (renewal, rule R18).

    What was learnt under either counts as if it had been learnt under one; workplaces keep apart what is theirs.
    """
    learnt = Completion.objects.filter(learner=learner, membership=None).order_by("-completed_on", "-pk")
    done: dict[int, Earning] = {}
    asked_by: dict[Certification, tuple[frozenset[int], Earning]] = {}
    for completion in learnt:
        if completion.course_id in done:
            continue
        done[completion.course_id] = Earning(selectors.as_done(completion), learner.pk, None, completion.time_zone)
        for certification, required in selectors.certifications_asking_for(Part(completion.course_id)).items():
            asked_by.setdefault(certification, (required, done[completion.course_id]))
    issued = []
    for certification, (required, earning) in asked_by.items():
        case = _Case(certification, required, earning, None, _lock_holder(earning), at)
        earlier = list(selectors.holder_certificates(earning).filter(certification=certification))
        kept = [each for each in earlier if each.replaced_by_id is None and not _is_released(each)]
        found = _issue_in_order(case, kept, earlier)
        issued += [found] if found is not None else []
    return issued


def _lock_holder(earning: Earning) -> Membership | User:
    """Return whose it is, locked, so that two completions at once follow one another in the chain."""
    if earning.membership_id is not None:
        memberships = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
        accepted = PriorLearning.objects.filter(membership=OuterRef("pk"))
        return memberships.annotate(has_prior_learning=Exists(accepted)).get(pk=earning.membership_id)
    return User.objects.select_for_update(no_key=True).get(pk=earning.learner_id)


@dataclass(frozen=True, slots=True)
class _Case:
    """One certification that may be earned: the keys of its courses, what asks, and the ``completion`` where it is one."""

    certification: Certification
    required: frozenset[int]
    earning: Earning
    completion: Completion | None
    holder: Membership | User
    at: datetime


def _issue(case: _Case, earlier: list[Certificate]) -> Certificate | None:
    """Issue what ``case`` earns; ``earlier`` are all certificates that the holder has had of it."""
    newest = case.earning.done
    kept = [each for each in earlier if each.replaced_by_id is None and not _is_released(each)]
    resting_on_it = [each for each in kept if newest.id in each.completion_ids]
    if resting_on_it:
        return resting_on_it[0]

    chain = [each for each in kept if each.revoked_on is None]
    expression = _asked_of(case, chain, newest.done_on)
    others = selectors.other_parts_done(case.earning, expression, case.required)
    dates = [each.completed_on for each in chain] + [it.done_on for it in others]
    if any(day > newest.done_on for day in dates):
        return _issue_in_order(case, kept, earlier)
    evidence = sufficient_evidence(
        expression=expression,
        newest=newest,
        others=others,
        spent=frozenset(id for each in kept for id in each.completion_ids),
        validity=case.certification.validity_policy.validity,
    )
    return None if evidence is None else _earn(case, evidence, newest, chain, earlier)


def _is_released(certificate: Certificate) -> bool:
    """Whether what a certificate rests on may earn another: only what was confirmed did not hold."""
    return certificate.revocation_reason == Certificate.RevocationReason.UNCONFIRMED


def _issue_in_order(case: _Case, kept: list[Certificate], earlier: list[Certificate]) -> Certificate | None:
    """Issue and date anew as if everything had arrived on its date; return what rests on what arrived now.

    So it makes no difference in which order things arrive from devices that were offline (renewal, rule R4). Where other
    parts or other dates follow, a certificate is replaced. One that was revoked, or earned when something else was asked,
    stays as it is, and so does one whose completion would only have been recorded: nothing is taken away.
    """
    certification, newest = case.certification, case.earning.done
    asked_parts = _asked_parts(case)
    done = {it.id: it for it in selectors.parts_done(case.earning, asked_parts, case.required)} | {newest.id: newest}
    ours = [each for each in kept if each.revoked_on is None and _is_asked_still(each, asked_parts, done)]
    chain = [each for each in kept if each.revoked_on is None and each not in ours]
    spent = {id for each in kept if each not in ours for id in each.completion_ids}
    issued = None
    in_order = sorted(done.values(), key=lambda it: (it.done_on, it.id))
    for number, each in enumerate(in_order):
        if each.id in spent:
            continue
        evidence = sufficient_evidence(
            expression=_asked_of(case, chain, each.done_on),
            newest=each,
            others=in_order[:number],
            spent=frozenset(spent),
            validity=certification.validity_policy.validity,
        )
        if evidence is None:
            continue
        ids = [it.id for it in evidence]
        old = min(
            (it for it in ours if not set(ids).isdisjoint(it.completion_ids)),
            key=lambda it: (set(it.completion_ids) != set(ids), it.completed_on, it.pk),
            default=None,
        )
        found = _earn(case, evidence, each, chain, earlier, instead_of=old)
        if found is None and old is not None and set(old.completion_ids) == set(ids):
            found = old
        if found is None:
            continue
        if old is not None:
            ours.remove(old)
        chain.append(found)
        spent.update(ids)
        if newest.id in ids:
            issued = found
    return issued


def _asked_parts(case: _Case) -> tuple[Expression, ...]:
    """Return everything that a certification can ask by itself: the whole, and each refresher."""
    if case.certification.expression is None and not case.certification.refreshers:
        return (every(case.required),)
    courses = {course.code: course.pk for course in case.certification.courses.all()}
    whole, refreshers = case.certification.asks(courses, selectors.others_named_by(case.certification))
    return (whole, *refreshers)


def _is_asked_still(certificate: Certificate, asked_parts: Iterable[Expression], done: Mapping[str, Done]) -> bool:
    """Whether what a certificate rests on, and no less, is what is asked today."""
    rests_on = [done[id] for id in certificate.completion_ids if id in done]
    if not rests_on or len(rests_on) < len(certificate.completion_ids):
        return False
    parts, last = frozenset(it.part for it in rests_on), rests_on[-1].part
    return any(chosen(it, parts, last) == parts for it in asked_parts)


def _earn(
    case: _Case,
    evidence: Sequence[Done],
    newest: Done,
    chain: list[Certificate],
    earlier: list[Certificate],
    *,
    instead_of: Certificate | None = None,
) -> Certificate | None:
    """Issue what rests on ``evidence``, or what stands for ``instead_of`` then; None where it is only recorded."""
    certification = case.certification
    completed_on = evidence[-1].done_on
    current = _current(chain, completed_on)
    prior = _prior_learning(case, completed_on)
    held = [it.period for it in (current, prior) if it is not None]
    held_period = max(held, key=lambda it: it.valid_until, default=None)
    policy = certification.validity_policy if instead_of is None else policy_from_json(instead_of.policy)
    period = next_period(policy, completed_on, held_period)
    if period == held_period:
        return None
    ids = [it.id for it in evidence]
    if instead_of is not None and set(instead_of.completion_ids) == set(ids):
        if period == instead_of.period:
            return instead_of
        return reissue(instead_of, case.at, renews=current, **period_fields(period))

    completion = case.completion if newest.id == case.earning.done.id else None
    learnt = selectors.text_learnt(completion) if completion else selectors.text_of_parts(case.earning, evidence)
    text = _text_fields(learnt, only_course=len(case.required) == 1)
    if instead_of is not None:
        changes = {"completion_ids": ids, "completed_on": completed_on} | text | period_fields(period)
        return reissue(instead_of, case.at, renews=current, **changes)

    holder = case.holder
    key = f"{certification.code}:{newest.id}"
    certificate = Certificate(
        number=number_from(secrets.randbits(NUMBER_BITS)),
        certification=certification,
        learner_id=case.earning.learner_id,
        membership_id=case.earning.membership_id,
        completion_ids=ids,
        completion_key=None if any(each.completion_key == key for each in earlier) else key,
        holder_name=holder.name,
        title=certification.title,
        full_title=certification.full_title,
        organisation_name=holder.organisation.name if isinstance(holder, Membership) else "",
        issuer_name=str(settings.SITE_NAME),
        # What is loaded with a completion costs no query again.
        workplace_language=_workplace_language((completion and completion.membership) or holder, newest.done_on),
        time_zone=case.earning.time_zone,
        issued_at=case.at,
        completed_on=completed_on,
        **text,
        **period_fields(period),
        policy=policy.to_json(),
        template_version=TEMPLATE_VERSION,
        renews=current,
    )
    certificate.save(force_insert=True)
    certificate_changed.send(sender=Certificate, certificate=certificate)
    return certificate


def _asked_of(case: _Case, chain: Iterable[Certificate], on: date) -> Expression:
    """Return what is asked of the holder on that day: in time a refresher will do, of several the next in turn."""
    whole, *refreshers = _asked_parts(case)
    if not refreshers:
        return whole
    prior = _prior_learning(case, on)
    periods = [it.period for it in chain if it.completed_on <= on] + ([prior.period] if prior else [])
    return asked(whole, refreshers, renewals_in_time(periods, on))


def period_fields(period: Period) -> dict[str, Any]:
    """Return a period as the fields of a certificate."""
    return {
        "valid_from": period.valid_from,
        "valid_until": period.valid_until,
        "window_opens_on": period.window_opens_on,
        "grace_until": period.grace_until,
        "anchor_day": period.anchor_day,
    }


def _current(chain: Iterable[Certificate], completed_on: date) -> Certificate | None:
    """Return the certificate of the unrevoked ``chain`` whose period governs on that day: its end.

    One that rests on a later completion does not: it arrived first, and this one came late (renewal, rule R4).
    """
    known = [each for each in chain if each.completed_on <= completed_on]
    return max(known, key=lambda each: (each.valid_until, each.pk), default=None)


def _prior_learning(case: _Case, on: date) -> PriorLearning | None:
    """Return what was accepted from elsewhere and reaches furthest of what was earned by that day."""
    if not getattr(case.holder, "has_prior_learning", False):
        return None
    known = PriorLearning.objects.current_knowledge().filter(
        membership=case.earning.membership_id, certification=case.certification, completed_on__lte=on
    )
    return known.order_by("-valid_until", "-pk").first()


def _workplace_language(holder: Membership | User, day: date) -> str:
    """Return the language of the site where the holder worked that day; of the installation where there was none."""
    for employment in known_employments(holder) if isinstance(holder, Membership) else ():
        if employment.starts_on <= day and (employment.ends_on is None or day <= employment.ends_on):
            return employment.site.workplace_language
    return settings.LANGUAGE_CODE


def _text_fields(text: TextLearnt, *, only_course: bool) -> dict[str, Any]:
    """Return what was learnt from, to be copied: edition, digest, language and, of a single course, its title in that language."""
    shows_title = only_course and text.language != settings.LANGUAGE_CODE
    return {
        "edition_number": text.edition_number,
        "edition_digest": text.digest,
        "language": text.language,
        "learner_title": text.course_title[:200] if shows_title else "",
    }


@transaction.atomic
def attest(*, membership: Membership, attested: Attested, given_on: date, by: User | None, at: datetime) -> Attestation:
    """Record that the workplace confirms of a person, on ``given_on``, what ``attested`` asks.

    What it earns is issued soon after, by the outbox. The same again returns what is known already.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    known = Attestation.objects.current_knowledge().filter(membership=membership, code=attested.code)
    same = known.filter(given_on=given_on).first()
    if same is not None:
        return same
    attestation = Attestation.objects.create(
        membership=membership,
        code=attested.code,
        text=attested.text,
        given_on=given_on,
        recorded_at=at,
        recorded_by=by,
    )
    _audit_attestation(attestation, "attestation.given", by, at)
    ask_for_part(kind="attestation", key=attestation.pk)
    return attestation


@transaction.atomic
def take_back_attestation(*, attestation: Attestation, by: User | None, at: datetime) -> Attestation:
    """Record that it does not hold and never did; certificates that rest on it are revoked with it.

    What else they rest on may earn another, at once where enough is left, or later with a new attestation.

    Raises:
        AttestationTakenBack: it was taken back before.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=attestation.membership_id)
    old = Attestation.objects.current_knowledge().filter(pk=attestation.pk).first()
    if old is None:
        raise AttestationTakenBack
    successor = Attestation.objects.create(
        membership=old.membership,
        code=old.code,
        text=old.text,
        given_on=old.given_on,
        taken_back=True,
        recorded_at=at,
        recorded_by=by,
        supersedes=old,
    )
    _audit_attestation(successor, "attestation.taken_back", by, at)
    for certificate in selectors.resting_on(old):
        revoke_certificate(certificate=certificate, reason=Certificate.RevocationReason.UNCONFIRMED, by=by, at=at)
        for earning in selectors.earnings_of(certificate):
            _issue_all(earning, None, at)
    return successor


def _audit_attestation(attestation: Attestation, verb: str, by: User | None, at: datetime) -> None:
    membership = attestation.membership
    audit.record(
        organisation=membership.organisation,
        actor=by,
        verb=verb,
        target=membership,
        at=at,
        attestation=attestation.code,
        given_on=attestation.given_on,
    )


def ask_for_part(*, kind: str, key: int) -> None:
    """Let the outbox issue what a part earns; ``kind`` and ``key`` as ``issue_for_part`` takes them."""
    outbox.enqueue(kind=ISSUE_FOR_PART, key=f"{ISSUE_FOR_PART}:{kind}:{key}", payload={"kind": kind, "key": key})


def owe_certificate(*, completion: Completion) -> None:
    """Write, in the transaction that records ``completion``, that somebody must still say what it earns."""
    UnissuedCompletion.objects.get_or_create(completion=completion, defaults={"tried_at": completion.recorded_at})


def issue_or_owe(*, completion: Completion, at: datetime) -> list[Certificate]:
    """Issue what ``completion`` earns; if that fails, the completion stands and the sweep tries again."""
    try:
        return issue_for_completion(completion=completion, at=at)
    except Exception as error:  # whatever went wrong here, the learner's work must stand
        logger.exception("certificate not issued; the sweep will try again")
        owe_certificate(completion=completion)
        _note_failure(UnissuedCompletion.objects.filter(completion=completion), error, at)
        return []


def issue_unissued(*, at: datetime, limit: int = 100) -> int:
    """Try again what could not be issued, longest untried first; return how many are settled now.

    Each is its own transaction, so one that keeps failing holds up none of the others.
    """
    settled = 0
    for pk in selectors.unissued_completions(limit=limit):
        try:
            settled += _retry(pk, at)
        except Exception as error:  # it stays in the table and is tried again
            logger.exception("certificate still not issued")
            _note_failure(UnissuedCompletion.objects.filter(pk=pk), error, at)
    return settled


@transaction.atomic
def _retry(pk: int, at: datetime) -> bool:
    """Issue one; return False if another worker has it or had it."""
    waiting = UnissuedCompletion.objects.select_for_update(skip_locked=True, of=("self",))
    unissued = waiting.select_related("completion").filter(pk=pk).first()
    if unissued is None:
        return False
    issue_for_completion(completion=unissued.completion, at=at)
    unissued.delete()
    return True


def _note_failure(debt: QuerySet[UnissuedCompletion], error: Exception, at: datetime) -> None:
    debt.update(attempts=F("attempts") + 1, tried_at=at, failure=type(error).__name__[:80])


@transaction.atomic
def replace_certificate(*, certificate: Certificate, holder_name: str, at: datetime) -> Certificate:
    """Issue the same certificate under the right name and a new number; the old one says that it was replaced.

    Everything but name, number and instant of issue stays, the dates above all. The name that it bears already
    changes nothing.

    Raises:
        AlreadyRevoked: a revoked certificate is not issued again.
        AlreadyReplaced: carries the number that stands for it now.
        HolderErased: the person was erased.
    """
    old = _lock_standing(certificate)
    if not old.holder_name:
        raise HolderErased
    if old.holder_name == holder_name:
        return old
    new = reissue(old, at, holder_name=holder_name)
    certificate.refresh_from_db()
    return new


def reissue(old: Certificate, at: datetime, **changes: Any) -> Certificate:
    """Issue ``old`` again under a new number, with ``changes``; the caller has locked the holder or the row."""
    new = Certificate.objects.get(pk=old.pk)
    new._state.adding = True
    new.pk, new.public_id = None, uuid.uuid4()
    new.number = number_from(secrets.randbits(NUMBER_BITS))
    new.completion_key = None
    new.issued_at = at
    for name, value in changes.items():
        setattr(new, name, value)
    new.save(force_insert=True)
    old.replaced_by = new
    old.save(update_fields=["replaced_by"])
    certificate_changed.send(sender=Certificate, certificate=new)
    return new


@transaction.atomic
def correct_names(*, membership: Membership, at: datetime) -> list[Certificate]:
    """Replace the certificates of ``membership`` that still run and bear another name than it has now."""
    return [
        replace_certificate(certificate=certificate, holder_name=membership.name, at=at)
        for certificate in selectors.misnamed_certificates(membership, at=at)
    ]


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, reason: Certificate.RevocationReason, by: User | None, at: datetime
) -> Certificate:
    """Revoke ``certificate`` from the local day of ``at`` on; what anybody may learn is ``reason``, a class.

    Certificates that renew it are not touched: ``selectors.dependants`` lists them for decision.

    Raises:
        AlreadyRevoked: carries the day it was revoked.
        AlreadyReplaced: carries the number that stands for it now; that one is to be revoked.
    """
    revoked = _lock_standing(certificate)
    revoked.revoked_on = local_date(at, revoked.time_zone)
    revoked.revoked_at = at
    revoked.revocation_reason = Certificate.RevocationReason(reason)
    revoked.revoked_by = by
    revoked.save(update_fields=["revoked_on", "revoked_at", "revocation_reason", "revoked_by"])
    certificate.refresh_from_db()
    audit.record(
        organisation=revoked.membership.organisation if revoked.membership else None,
        actor=by,
        verb="certificate_revoked",
        target=revoked,
        at=at,
        reason=revoked.revocation_reason,
    )
    certificate_changed.send(sender=Certificate, certificate=revoked)
    return revoked


def _lock_standing(certificate: Certificate) -> Certificate:
    """Return the row, locked, if it was neither revoked nor replaced."""
    locked = (
        Certificate.objects.select_for_update(of=("self",), no_key=True)
        .select_related("replaced_by")
        .get(pk=certificate.pk)
    )
    if locked.revoked_on is not None:
        raise AlreadyRevoked(locked.revoked_on)
    if locked.replaced_by is not None:
        raise AlreadyReplaced(locked.replaced_by.number)
    return locked


@transaction.atomic
def erase_holder(*, learner: User) -> int:
    """Take the person out of all her certificates; return how many.

    They still verify, without a name. What is left says nothing of the person: the language she learnt in goes too.
    """
    certificates = Certificate.objects.filter(learner=learner)
    return certificates.update(
        holder_name="", learner=None, membership=None, learner_title="", language=F("workplace_language")
    )


def move_evidence(*, kept: Membership, other: Membership) -> None:
    """Give ``kept`` what was issued to ``other``, confirmed of it or accepted for it: one person of one organisation."""
    Certificate.objects.filter(membership=other).update(membership=kept, learner=kept.user)
    PriorLearning.objects.filter(membership=other).update(membership=kept)
    Attestation.objects.filter(membership=other).update(membership=kept)


def move_certificates(*, kept: User, merged: User) -> int:
    """Give ``kept`` the certificates of ``merged``, whose workplaces joined; return how many."""
    return Certificate.objects.filter(learner=merged).update(learner=kept)
