"""Models of compliance."""

from compliance.models.adjustment import Adjustment
from compliance.models.another_way import AnotherWay
from compliance.models.escalation import Digest, Escalation
from compliance.models.evidence import EvidencePack
from compliance.models.message import Message
from compliance.models.obligation import Obligation, ObligationSpan
from compliance.models.proposal import Proposal
from compliance.models.requirement import Requirement

__all__ = [
    "Adjustment",
    "AnotherWay",
    "Digest",
    "Escalation",
    "EvidencePack",
    "Message",
    "Obligation",
    "ObligationSpan",
    "Proposal",
    "Requirement",
]
