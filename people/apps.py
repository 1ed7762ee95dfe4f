"""App configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, organisations, tenancy."""

    name = "people"
    verbose_name = "People"

    def ready(self) -> None:
        """Listen."""
        from people import receivers  # noqa: F401  # receivers register themselves
