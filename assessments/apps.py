"""App configuration."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Assessments."""

    name = "assessments"
    verbose_name = "Assessments"

    def ready(self) -> None:
        """Say which workbooks come in and go out."""
        from assessments import kinds

        kinds.register()
