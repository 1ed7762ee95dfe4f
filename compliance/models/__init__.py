"""Models of compliance."""

from compliance.models.adjustment import Adjustment
from compliance.models.adoption import AdoptedRule, Adoption, ConditionStatement, CourseApproval, RuleAssignment
from compliance.models.another_way import AnotherWay
from compliance.models.bounce import Bounce
from compliance.models.counting import CountingPolicy
from compliance.models.escalation import Digest, Escalation
from compliance.models.evidence import EvidencePack
from compliance.models.kit import KitDuty, SiteKit
from compliance.models.message import Message
from compliance.models.obligation import Obligation, ObligationSpan
from compliance.models.preview_run import PreviewRun
from compliance.models.proposal import Proposal
from compliance.models.requirement import Requirement
from compliance.models.rule_pack import RulePackVersion, RuleVersion, TopicVersion
from compliance.models.saved_filter import SavedFilter

__all__ = [
    "Adjustment",
    "AdoptedRule",
    "Adoption",
    "AnotherWay",
    "Bounce",
    "ConditionStatement",
    "CountingPolicy",
    "CourseApproval",
    "Digest",
    "Escalation",
    "EvidencePack",
    "KitDuty",
    "Message",
    "Obligation",
    "ObligationSpan",
    "PreviewRun",
    "Proposal",
    "Requirement",
    "RuleAssignment",
    "RulePackVersion",
    "RuleVersion",
    "SavedFilter",
    "SiteKit",
    "TopicVersion",
]
