"""App configuration."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Certificates."""

    name = "certificates"
    verbose_name = "Certificates"

    def ready(self) -> None:
        """Listen to courses and people, take on what the outbox asks, say what completions earned."""
        from certificates import receivers, services
        from certificates.curriculum import CertificationPart
        from cms.deletions import register_namers
        from courses.curriculum.registry import register_part
        from courses.registry import register_evidence
        from people import outbox

        outbox.register(receivers.CORRECT_NAMES, receivers.correct_names)
        outbox.register(receivers.PUT_TOGETHER, receivers.put_together)
        outbox.register(receivers.EARNED_TOGETHER, receivers.issue_earned_together)
        outbox.register(services.ISSUE_FOR_PART, receivers.issue_for_part)
        register_namers(receivers.names_of_what_asks)
        register_evidence(receivers.evidence)
        register_part(CertificationPart.name, CertificationPart)
