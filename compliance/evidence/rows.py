"""What a sheet and a pack say of each person and training, as of a date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.models import Certificate, PriorLearning
from compliance.models import CourseApproval, ObligationSpan
from compliance.selectors import sites_from
from compliance.standing import ReasonCode
from compliance.visibility import Status, employer_status
from courses.models import Completion, EditionText
from people.models import Employment, Membership, Organisation, Site

ONE_DAY: Final = timedelta(days=1)
BATCH: Final = 500
"""People in one round: bounds memory, whatever the size of the organisation."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One person and one training that is asked of them on the day.

    ``last_good_on`` is the last day by which to act under the rule that comes first; ``valid_through`` is what the
    certificate prints. ``minutes_met`` and ``acknowledged`` are None where the edition asks for no such thing, or
    nothing was completed. ``approval`` names who approved the edition that was learnt, under which reference; empty: nobody,
    or not that edition. ``certificate`` is the document's row, for the pack; its number is ``number``. ``elsewhere`` says
    what training of which issuer stands for ours, where that is what counts; then there is no certificate.
    """

    employee_number: str
    name: str
    site: str
    role: str
    starts_on: date
    course: str
    edition: str
    status: Status
    due_on: date | None
    completed_on: date | None
    minutes_met: bool | None
    acknowledged: bool | None
    approval: str
    valid_through: date | None
    last_good_on: date | None
    number: str
    certificate: Certificate | None
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an edition asks for beside its lessons."""

    minimum_minutes: int
    has_acknowledgement: bool
    edition_id: int | None = None


def people_of(*, organisation: Organisation, site: Site | None, on: date) -> QuerySet[Membership]:
    """Return who works at ``site`` or below it (None: anywhere in the organisation) on ``on``, by name."""
    jobs = Employment.objects.covering(on).filter(membership=OuterRef("pk"))
    if site is not None:
        jobs = jobs.filter(site__in=sites_from(site))
    return Membership.objects.filter(Exists(jobs), organisation=organisation).order_by("name", "employee_number", "pk")


def evidence_rows(*, organisation: Organisation, site: Site | None, on: date) -> Iterator[EvidenceRow]:
    """Yield the rows of all people of ``site`` on ``on``, by name, with a few queries for each ``BATCH`` of them.

    What nobody asked for is not the employer's to see and is left out.
    """
    people = people_of(organisation=organisation, site=site, on=on)
    keys = list(people.values_list("pk", flat=True))
    within = sites_from(site) if site is not None else None
    asked_by_digest: dict[str, _Asked] = {}
    approvals = _approvals(organisation, on)
    for start in range(0, len(keys), BATCH):
        yield from _rows(keys[start : start + BATCH], within, on, asked_by_digest, approvals)


def _rows(
    keys: Sequence[int],
    within: set[int] | None,
    on: date,
    asked_by_digest: dict[str, _Asked],
    approvals: Mapping[int, str],
) -> Iterator[EvidenceRow]:
    jobs = _jobs(keys, within, on)
    held = _held(keys, on)
    completions = _completions([it for those in held.values() for it in those])
    _learn_editions({it.edition_digest for those in held.values() for it in those}, asked_by_digest)
    spans = (
        ObligationSpan.objects.covering(on)
        .filter(required=True, obligation__membership__in=keys)
        .select_related("obligation__membership", "obligation__certification")
    )
    member = "obligation__membership"
    listed = list(spans.order_by(f"{member}__name", f"{member}__employee_number", member, "obligation__certification"))
    elsewhere = _elsewhere(listed, held, on)
    for span in listed:
        membership, certification = span.obligation.membership, span.obligation.certification
        job = jobs[membership.pk]
        prior = elsewhere.get((membership.pk, certification.pk))
        if prior is not None:
            yield _row_from_elsewhere(span, job, prior, on)
            continue
        certificate = next(iter(held.get((membership.pk, certification.pk), ())), None)
        yield _row(
            span,
            job,
            on,
            course=(certificate.full_title or certificate.title)
            if certificate
            else (certification.full_title or certification.title),
            edition=str(certificate.edition_number) if certificate else "",
            completed_on=certificate.completed_on if certificate else None,
            minutes_met=_minutes_met(certificate, completions, asked_by_digest),
            acknowledged=_acknowledged(certificate, asked_by_digest),
            approval=_approval(certificate, asked_by_digest, approvals),
            valid_through=certificate.last_valid_on if certificate else None,
            last_good_on=span.due_on if certificate else None,
            number=certificate.number if certificate else "",
            certificate=certificate,
        )


def _jobs(keys: Sequence[int], within: set[int] | None, on: date) -> dict[int, Employment]:
    """Return where each works on the day; of several the one that began last."""
    jobs = Employment.objects.covering(on).filter(membership__in=keys).select_related("site", "role")
    if within is not None:
        jobs = jobs.filter(site__in=within)
    return {job.membership_id: job for job in jobs.order_by("starts_on", "pk")}


def _held(keys: Sequence[int], on: date) -> dict[tuple[int, int], list[Certificate]]:
    """Return the certificates known by the day and not revoked by it, the one that ends last first."""
    known = Certificate.objects.filter(
        Q(revoked_on__isnull=True) | Q(revoked_on__gt=on),
        membership__in=keys,
        completed_on__lte=on,
        replaced_by__isnull=True,
    )
    found: dict[tuple[int, int], list[Certificate]] = {}
    for certificate in known.order_by("-valid_until", "-pk"):
        assert certificate.membership_id is not None
        found.setdefault((certificate.membership_id, certificate.certification_id), []).append(certificate)
    return found


def _elsewhere(
    spans: Iterable[ObligationSpan], held: Mapping[tuple[int, int], Sequence[Certificate]], on: date
) -> dict[tuple[int, int], PriorLearning]:
    """Return what was accepted from elsewhere where that counts, and no certificate; no query where there is none."""
    ends: dict[tuple[int, int], str] = {}
    for span in spans:
        key = span.obligation.membership_id, span.obligation.certification_id
        until = next((it["until"] for it in span.reasons if it["code"] in _PERIODS), None)
        if until is not None and all(it.valid_until.isoformat() != until for it in held.get(key, ())):
            ends[key] = until
    if not ends:
        return {}
    known = PriorLearning.objects.current_knowledge().filter(
        membership__in={key for key, _ in ends}, completed_on__lte=on
    )
    found = {(it.membership_id, it.certification_id): it for it in known.order_by("valid_until", "pk")}
    return {key: it for key, it in found.items() if ends.get(key) == it.valid_until.isoformat()}


_PERIODS: Final = frozenset({ReasonCode.PERIOD, ReasonCode.PERIOD_ENDED})


def _row(span: ObligationSpan, job: Employment, on: date, **learnt: Any) -> EvidenceRow:
    """Return who is asked, where that person works and where it stands, with what was ``learnt``."""
    membership = span.obligation.membership
    return EvidenceRow(
        employee_number=membership.employee_number,
        name=membership.name,
        site=job.site.name,
        role=job.role.name if job.role else "",
        starts_on=job.starts_on,
        status=employer_status(span.state, span.due_on, on, required=True),
        due_on=span.due_on,
        **learnt,
    )


def _row_from_elsewhere(span: ObligationSpan, job: Employment, prior: PriorLearning, on: date) -> EvidenceRow:
    certification = span.obligation.certification
    return _row(
        span,
        job,
        on,
        course=certification.full_title or certification.title,
        edition="",
        completed_on=prior.completed_on,
        minutes_met=None,
        acknowledged=None,
        approval="",
        valid_through=prior.valid_until - ONE_DAY,
        last_good_on=span.due_on,
        number="",
        certificate=None,
        elsewhere=f"{prior.title}, {prior.issuer}",
    )


def _completions(certificates: Sequence[Certificate]) -> dict[str, tuple[int, str]]:
    """Return minutes and digest of the completions that certificates rest on, by public id."""
    wanted = {public_id for it in certificates for public_id in it.completion_ids}
    found = Completion.objects.filter(public_id__in=wanted).values_list("public_id", "minutes", "edition_text__digest")
    return {str(public_id): (minutes, digest) for public_id, minutes, digest in found}


def _learn_editions(digests: set[str], asked_by_digest: dict[str, _Asked]) -> None:
    """Add what the editions with ``digests`` ask for; each is read once in a pack."""
    unknown = digests - asked_by_digest.keys()
    if not unknown:
        return
    texts = EditionText.objects.filter(digest__in=unknown).values_list("digest", "edition", "snapshot")
    for digest, edition_id, snapshot in texts:
        asked_by_digest[digest] = replace(asked_for(snapshot), edition_id=edition_id)


def _approvals(organisation: Organisation, on: date) -> dict[int, str]:
    """Return who had approved which edition by ``on``, with the reference, by the key of the edition."""
    held = CourseApproval.objects.current_knowledge().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), organisation=organisation, approved_on__lte=on
    )
    found: dict[int, list[str]] = {}
    for edition_id, body, reference in held.order_by("approved_on", "pk").values_list(
        "edition", "body", "approval_reference"
    ):
        said = f"{body}, {reference}" if reference else body
        found.setdefault(edition_id, []).append(said)
    return {edition_id: "; ".join(dict.fromkeys(texts)) for edition_id, texts in found.items()}


def _approval(certificate: Certificate | None, asked: Mapping[str, _Asked], approvals: Mapping[int, str]) -> str:
    if certificate is None or certificate.edition_digest not in asked:
        return ""
    return approvals.get(asked[certificate.edition_digest].edition_id or 0, "")


def asked_for(snapshot: Mapping[str, Any]) -> _Asked:
    """Return what a frozen text asks for beside its lessons."""
    blocks = (block["type"] for lesson in snapshot.get("lessons", ()) for block in lesson.get("body", ()))
    return _Asked(int(snapshot["course"].get("minimum_minutes") or 0), "attestation" in blocks)


def _minutes_met(
    certificate: Certificate | None, completions: Mapping[str, tuple[int, str]], asked: Mapping[str, _Asked]
) -> bool | None:
    """Whether the least time of the edition was met; never how long it took."""
    if certificate is None or certificate.edition_digest not in asked:
        return None
    least = asked[certificate.edition_digest].minimum_minutes
    if not least or completions.keys().isdisjoint(
        certificate.completion_ids
    ):  # a session alone: its own list says more
        return None
    taken = [
        completions[public_id][0]
        for public_id in certificate.completion_ids
        if public_id in completions and completions[public_id][1] == certificate.edition_digest
    ]
    return bool(taken) and min(taken) >= least


def _acknowledged(certificate: Certificate | None, asked: Mapping[str, _Asked]) -> bool | None:
    """Whether the statement that the edition asks for was ticked: without it no lesson that has one is completed."""
    if certificate is None or certificate.edition_digest not in asked:
        return None
    return True if asked[certificate.edition_digest].has_acknowledgement else None
