"""Models of compliance."""

from compliance.models.adjustment import Adjustment
from compliance.models.another_way import AnotherWay
from compliance.models.message import Message
from compliance.models.obligation import Obligation, ObligationSpan
from compliance.models.requirement import Requirement

__all__ = ["Adjustment", "AnotherWay", "Message", "Obligation", "ObligationSpan", "Requirement"]
