"""App configuration."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Certificates."""

    name = "certificates"
    verbose_name = "Certificates"

    def ready(self) -> None:
        """Listen to courses and people, take on what the outbox asks, say what completions earned."""
        from certificates import receivers
        from courses.registry import register_evidence
        from people import outbox

        outbox.register(receivers.CORRECT_NAMES, receivers.correct_names)
        register_evidence(receivers.evidence)
