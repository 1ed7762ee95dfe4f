"""App configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, organisations, tenancy."""

    name = "people"
    verbose_name = "People"
