"""Models of certificates."""

from certificates.models.certificate import Certificate
from certificates.models.certification import Certification
from certificates.models.unissued import UnissuedCompletion

__all__ = ["Certificate", "Certification", "UnissuedCompletion"]
