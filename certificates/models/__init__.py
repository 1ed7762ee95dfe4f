"""Models of certificates."""

from certificates.models.attestation import Attestation
from certificates.models.certificate import Certificate
from certificates.models.certification import Certification
from certificates.models.prior_learning import PriorLearning
from certificates.models.rebasing import RebasedCertificate, Rebasing
from certificates.models.unissued import UnissuedCompletion

__all__ = [
    "Attestation",
    "Certificate",
    "Certification",
    "PriorLearning",
    "RebasedCertificate",
    "Rebasing",
    "UnissuedCompletion",
]
