"""Issuing what completions, sessions and attestations earn."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from certificates import selectors
from certificates.evidence import Done, Earning, sufficient_evidence
from certificates.expressions import Expression, Part, asked, chosen, every, renewals_in_time
from certificates.models import Certificate, Certification, PriorLearning
from certificates.numbers import NUMBER_BITS, number_from
from certificates.selectors import TextLearnt
from certificates.services.reissuing import period_fields, reissue
from certificates.signals import certificate_changed
from certificates.validity import next_period, policy_from_json
from courses.models import Completion
from people.faults import fault_point
from people.models import Membership, User
from people.selectors import known_employments

TEMPLATE_VERSION: Final = 1


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
        issued = issue_all(earning, completion, at)
        fault_point("certificates.after_issue")
    return issued


@transaction.atomic
def issue_for_part(*, kind: str, key: int, at: datetime) -> list[Certificate]:
    """Issue what being at a session (``kind`` "attendance") or an attestation earns; ``key`` is its primary key.

    As ``issue_for_completion`` in all else; a part that is gone, or was taken back, earns nothing.
    """
    earning = selectors.earning_of(kind=kind, key=key)
    return [] if earning is None else issue_all(earning, None, at)


def issue_all(earning: Earning, completion: Completion | None, at: datetime) -> list[Certificate]:
    """Issue what ``earning`` earns in the caller's transaction; ``completion`` is given where it is one."""
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
