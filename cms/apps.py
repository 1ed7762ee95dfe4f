"""App configuration."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Site."""

    name = "cms"
    verbose_name = "Site"
