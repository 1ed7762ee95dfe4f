"""What would move where two entries are one person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from certificates.models import Certificate, Certification
from compliance.models import Adjustment, Requirement
from people.models import Membership
from people.services import Joining

_WITH_AN_END: Final = (Adjustment.Kind.LEAVE, Adjustment.Kind.EXTENSION, Adjustment.Kind.WAIVER)
"""What covers days, so that of two on one day the one that reaches furthest counts."""


@dataclass(frozen=True, slots=True)
class Moves:
    """How much of each goes to the entry that stays, and what both have. Of learning it says nothing."""

    joining: Joining
    assignments: int
    adjustments: int
    certificates: int
    certified_twice: tuple[Certification, ...]
    away_twice: tuple[tuple[Adjustment, Adjustment], ...]
    """(of the entry that stays, of the other): leave, more time or an exemption of both on common days; both stay."""


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
        away_twice=tuple(_on_common_days(kept, other)),
    )


def _on_common_days(kept: Membership, other: Membership) -> Iterator[tuple[Adjustment, Adjustment]]:
    known = Adjustment.objects.current_knowledge().filter(membership__in=(kept, other), kind__in=_WITH_AN_END)
    known = known.select_related("certification").order_by("kind", "from_on", "pk")
    here = [it for it in known if it.membership_id == other.pk]
    for one in (it for it in known if it.membership_id == kept.pk):
        for it in here:
            is_same = (it.kind, it.certification_id) == (one.kind, one.certification_id)
            if is_same and it.from_on < (one.until or date.max) and one.from_on < (it.until or date.max):
                yield one, it
