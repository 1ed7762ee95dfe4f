"""App configuration."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Requirements, obligations, reminders, the portal for HR."""

    name = "compliance"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Hear the news from below and add to the learner's list."""
        from compliance import receivers  # noqa: F401  # connects
        from compliance.training import training_items
        from courses.registry import register_training_items

        register_training_items(training_items)
