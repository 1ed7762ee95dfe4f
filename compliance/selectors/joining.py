"""What would move where two entries are one person."""

from dataclasses import dataclass

from certificates.models import Certificate, Certification
from compliance.models import Adjustment, Requirement
from people.models import Membership
from people.services import Joining


@dataclass(frozen=True, slots=True)
class Moves:
    """How much of each goes to the entry that stays, and what both have. Of learning it says nothing."""

    joining: Joining
    assignments: int
    adjustments: int
    certificates: int
    certified_twice: tuple[Certification, ...]


def moves_of(*, kept: Membership, other: Membership, joining: Joining) -> Moves:
    """Return what HR sees before two entries become one."""
    held = Certificate.objects.filter(membership=other)
    both = Certification.objects.filter(certificates__membership=kept).filter(certificates__membership=other)
    return Moves(
        joining=joining,
        assignments=Requirement.objects.live().filter(membership=other).count(),
        adjustments=Adjustment.objects.current_knowledge().filter(membership=other).count(),
        certificates=held.filter(replaced_by=None).count(),
        certified_twice=tuple(both.distinct()),
    )
