"""App configuration."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Certificates."""

    name = "certificates"
    verbose_name = "Certificates"
