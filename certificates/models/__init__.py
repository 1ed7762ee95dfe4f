"""Models of certificates."""

from certificates.models.certificate import Certificate
from certificates.models.certification import Certification

__all__ = ["Certificate", "Certification"]
