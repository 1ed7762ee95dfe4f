"""App configuration."""

from django.apps import AppConfig


class TranslationsConfig(AppConfig):
    """Languages and translations."""

    name = "translations"
    verbose_name = "Languages and translations"
