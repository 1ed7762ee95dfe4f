"""What certificates hear, and what they answer when asked: doors into services."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Model, ProtectedError
from django.db.models.signals import m2m_changed, pre_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import pgettext

from certificates import selectors, services
from certificates.models import Certification
from certificates.validity import local_date
from cms import clock
from cms.lists import listed
from courses.models import Attendance, Completion, Course
from courses.registry import Evidence
from courses.signals import completion_untold, course_completed, session_counted
from people import outbox
from people.models import Membership, User
from people.signals import entries_joined, membership_renamed, users_merged

CORRECT_NAMES: Final = "certificates.correct_names"
PUT_TOGETHER: Final = "certificates.put_together"
EARNED_TOGETHER: Final = "certificates.earned_together"


def names_of_what_asks(instance: Model) -> list[str]:
    """Say which certifications name a course or a certification, and whether certificates do."""
    if not isinstance(instance, Course | Certification):
        return []
    names = [it.title for it in selectors.certifications_that_name(instance)]
    if isinstance(instance, Certification) and instance.certificates.exists():
        names.append(pgettext("what names a certification", "certificates"))
    return names


@receiver(pre_delete, sender=Course, dispatch_uid="certificates.keep_named_course")
@receiver(pre_delete, sender=Certification, dispatch_uid="certificates.keep_named_certification")
def keep_what_is_named(sender: object, instance: Course | Certification, **_: object) -> None:
    """Refuse to delete what an expression names: no foreign key would hold it."""
    if naming := selectors.certifications_that_name(instance):
        raise ProtectedError(f"{instance} is named by {listed(naming)}", set(naming))


@receiver(m2m_changed, sender=Certification.courses.through, dispatch_uid="certificates.announce_courses")
def announce_courses(
    sender: object,
    instance: Certification | Course,
    action: str,
    pk_set: set[int] | None,
    **_: object,
) -> None:
    """Let whoever adds a course to a certification, by whatever way, ask the rooms above first."""
    if action != "pre_add" or not pk_set:
        return
    if isinstance(instance, Certification):
        services.announce_courses(certification=instance, course_ids=pk_set)
        return
    for certification in Certification.objects.filter(pk__in=pk_set):
        services.announce_courses(certification=certification, course_ids={instance.pk})


@receiver(course_completed, dispatch_uid="certificates.issue_on_completion")
def issue_on_completion(sender: object, completion: Completion, **_: object) -> None:
    """Issue in the transaction that records the completion."""
    services.issue_or_owe(completion=completion, at=completion.recorded_at)


@receiver(completion_untold, dispatch_uid="certificates.owe_on_untold_completion")
def owe_on_untold_completion(sender: object, completion: Completion, **_: object) -> None:
    """Owe it where what the completion set off was rolled back as a whole, our part with it."""
    services.owe_certificate(completion=completion)


@receiver(session_counted, dispatch_uid="certificates.ask_for_session")
def ask_for_session(sender: object, attendance: Attendance, **_: object) -> None:
    """Leave it to the outbox where a certification asks for being there."""
    if selectors.is_session_asked(attendance.session.edition.course_id):
        services.ask_for_part(kind="attendance", key=attendance.pk)


def issue_for_part(payload: Mapping[str, Any]) -> None:
    """Issue what a session or an attestation earns."""
    services.issue_for_part(kind=payload["kind"], key=payload["key"], at=clock.now())


@receiver(membership_renamed, dispatch_uid="certificates.correct_names")
def correct_names_later(sender: object, membership: Membership, **_: object) -> None:
    """Leave it to the outbox: whoever corrects a name does not wait for certificates."""
    # Each renaming is an effect of its own: a name may change to and fro.
    outbox.enqueue(kind=CORRECT_NAMES, key=f"{CORRECT_NAMES}:{uuid.uuid4()}", payload={"membership": membership.pk})


def correct_names(payload: Mapping[str, Any]) -> None:
    """Replace the certificates that bear a former name."""
    membership = Membership.objects.filter(pk=payload["membership"]).first()
    if membership is not None:
        services.correct_names(membership=membership, at=clock.now())


@receiver(users_merged, dispatch_uid="certificates.move_certificates")
def move_certificates(sender: object, kept: User, merged: User, **_: object) -> None:
    """Let the certificates follow their holder; what both logins learnt is put together once all of it has moved."""
    services.move_certificates(kept=kept, merged=merged)
    outbox.enqueue(kind=PUT_TOGETHER, key=f"{PUT_TOGETHER}:{kept.pk}:{merged.pk}", payload={"learner": kept.pk})


@receiver(entries_joined, dispatch_uid="certificates.move_evidence")
def move_evidence(sender: object, kept: Membership, other: Membership, at: datetime, **_: object) -> None:
    """Let what proves something follow its holder; what both entries earned is issued once all of it has moved."""
    services.move_evidence(kept=kept, other=other)
    payload = {"membership": kept.pk}
    outbox.enqueue(kind=EARNED_TOGETHER, key=f"{EARNED_TOGETHER}:{kept.pk}:{other.pk}", payload=payload)


def issue_earned_together(payload: Mapping[str, Any]) -> None:
    """Issue what two entries of one person earned together; may run twice."""
    membership = Membership.objects.filter(pk=payload["membership"]).first()
    if membership is not None:
        for completion in selectors.last_completions(membership):
            services.issue_or_owe(completion=completion, at=clock.now())


def put_together(payload: Mapping[str, Any]) -> None:
    """Issue what two logins earned together; may run twice."""
    learner = User.objects.filter(pk=payload["learner"]).first()
    if learner is not None:
        services.issue_what_belongs_together(learner=learner, at=clock.now())


def evidence(completions: Sequence[Completion], at: datetime) -> Iterable[Evidence]:
    """Say what completions earned, for the holder's own list."""
    for completion_id, certificates in selectors.certificates_of(completions).items():
        for certificate in certificates:
            yield Evidence(
                completion_id=completion_id,
                title=certificate.title,
                state=certificate.state(on=local_date(at, certificate.time_zone)),
                issued_on=local_date(certificate.issued_at, certificate.time_zone),
                last_good_on=certificate.last_valid_on,
                url=reverse("certificates:certificate", args=[certificate.public_id]),
                document_url=(
                    reverse("certificates:document", args=[certificate.public_id])
                    if certificate.revoked_on is None
                    else ""
                ),
            )
