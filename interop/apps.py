"""App configuration."""

from django.apps import AppConfig


class InteropConfig(AppConfig):
    """Other systems."""

    name = "interop"
    verbose_name = "Other systems"
