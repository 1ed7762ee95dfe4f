"""News from below: when a fact changes, the spans are rewritten in the same transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import pgettext

from certificates.models import Certificate, Certification
from certificates.signals import certificate_changed, courses_to_be_asked
from cms import clock
from cms.site_day import site_day
from compliance import selectors, services
from compliance.held_words import held_in_words
from courses.models import Completion, Edition, Enrolment, Withdrawal
from courses.signals import course_completed, edition_released, enrolment_opened, part_withdrawn
from people.models import Membership, Site
from people.signals import employment_changed, employments_changed, entries_joined


def names_of_what_is_asked(instance: Model) -> list[str]:
    """Say that employers ask for a certification; never which."""
    if not isinstance(instance, Certification):
        return []
    is_asked = instance.requirements.exists() or instance.obligations.exists()
    return [pgettext("what names a certification", "what employers ask of their people")] if is_asked else []


@receiver(courses_to_be_asked, dispatch_uid="compliance.refuse_held_courses")
def refuse_held_courses(sender: object, certification: Certification, course_ids: Collection[int], **_: object) -> None:
    """Let no course that is out of new assignment come to those of whom the certification is asked already."""
    held = selectors.held_courses(certification, course_ids, on=site_day(clock.now()))
    if held:
        raise ValidationError([held_in_words(course.code, why) for course, why in held.items()], code="held")


@receiver(employment_changed, dispatch_uid="compliance.rebuild_on_employment")
def rebuild_on_employment(sender: object, membership: Membership, at: datetime, **_: object) -> None:
    """Who works where decides what is required."""
    services.rebuild_obligations(memberships=[membership.pk], at=at)


@receiver(employments_changed, dispatch_uid="compliance.rebuild_on_employments")
def rebuild_on_employments(sender: object, memberships: Sequence[int], at: datetime, **_: object) -> None:
    """The same for many people at once."""
    services.rebuild_obligations(memberships=memberships, at=at)


@receiver(entries_joined, dispatch_uid="compliance.move_facts_of_entry")
def move_facts_of_entry(sender: object, kept: Membership, other: Membership, at: datetime, **_: object) -> None:
    """Give what is asked of one entry, and what was agreed for it, to the one that stays; spans follow."""
    services.move_facts(kept=kept, other=other, at=at)


@receiver(enrolment_opened, dispatch_uid="compliance.rebuild_on_enrolment")
def rebuild_on_enrolment(sender: object, enrolment: Enrolment, at: datetime, **_: object) -> None:
    """Who has begun reads "Started"; employers go on reading "assigned"."""
    if enrolment.membership_id is not None:
        services.rebuild_obligations(memberships=[enrolment.membership_id], at=at)


@receiver(certificate_changed, dispatch_uid="compliance.rebuild_on_certificate")
def rebuild_on_certificate(sender: object, certificate: Certificate, **_: object) -> None:
    """A certificate issued, replaced or revoked changes its holder's standing; a completion without one does not."""
    if certificate.membership_id is not None:
        at = certificate.revoked_at or certificate.issued_at
        services.rebuild_obligations(memberships=[certificate.membership_id], at=at)


@receiver(post_save, sender=Site, dispatch_uid="compliance.apply_rules_at_a_new_site")
def apply_rules_at_a_new_site(sender: object, instance: Site, created: bool, raw: bool = False, **_: object) -> None:
    """A new site gets what adopted rules ask there; changes of a known one come through the service."""
    if created and not raw:
        organisation, at = instance.organisation, clock.now()
        services.apply_adoptions(organisation=organisation, on=clock.today(organisation.time_zone), by=None, at=at)


@receiver(edition_released, dispatch_uid="compliance.rebuild_on_release")
def rebuild_on_release(sender: object, edition: Edition, at: datetime, **_: object) -> None:
    """A release may ask something of whoever holds a certificate (rule R15); of many, part by part after it."""
    if selectors.asks_holders(edition):
        services.rebuild_many(memberships=selectors.holders_of(edition), cause=f"edition:{edition.pk}", at=at)


@receiver(part_withdrawn, dispatch_uid="compliance.forget_packs_on_withdrawal")
def forget_packs_on_withdrawal(sender: object, withdrawal: Withdrawal, **_: object) -> None:
    """What an owner took back is in no pack any more, also in those made before; of other parts these keep the proof."""
    if withdrawal.is_by_owner:
        services.forget_packs_of_course(course=withdrawal.course)


@receiver(course_completed, dispatch_uid="compliance.rebuild_on_newer_content")
def rebuild_on_newer_content(sender: object, completion: Completion, **_: object) -> None:
    """What a release asked is done, also where the policy gives no new certificate for it."""
    if completion.membership_id is not None and selectors.answers_release(completion):
        services.rebuild_obligations(memberships=[completion.membership_id], at=completion.recorded_at)
