"""App configuration."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Site."""

    name = "cms"
    verbose_name = "Site"

    def ready(self) -> None:
        """Let the settings be checked."""
        from cms import checks  # noqa: F401  # registers itself
