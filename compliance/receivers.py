"""News from below: when a fact changes, the spans are rewritten in the same transaction."""

from typing import Any

from django.dispatch import receiver

from certificates.signals import certificate_changed
from cms import clock
from compliance import services
from courses.signals import course_completed
from people.signals import employment_changed


@receiver(employment_changed, dispatch_uid="compliance.rebuild_on_employment")
def rebuild_on_employment(sender: object, membership: Any, **kwargs: object) -> None:
    """Who works where decides what is required."""
    services.rebuild_obligations(memberships=[membership.pk], at=clock.now())


@receiver(certificate_changed, dispatch_uid="compliance.rebuild_on_certificate")
def rebuild_on_certificate(sender: object, certificate: Any, **kwargs: object) -> None:
    """A certificate issued, replaced or revoked changes its holder's standing."""
    if certificate.membership_id is not None:
        services.rebuild_obligations(memberships=[certificate.membership_id], at=clock.now())


@receiver(course_completed, dispatch_uid="compliance.rebuild_on_completion")
def rebuild_on_completion(sender: object, completion: Any, **kwargs: object) -> None:
    """A completion closes the open cycle, also where its certificate is only issued later."""
    if completion.membership_id is not None:
        services.rebuild_obligations(memberships=[completion.membership_id], at=clock.now())
