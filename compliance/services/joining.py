"""Two entries of one person become one: what was asked and agreed follows, and the spans are written anew."""

from datetime import datetime

from django.db import transaction

from compliance.models import Adjustment, AnotherWay, Requirement
from compliance.services.obligations import rebuild_obligations
from people.models import Membership


@transaction.atomic
def move_facts(*, kept: Membership, other: Membership, at: datetime) -> None:
    """Give ``kept`` the assignments and adjustments of ``other``; messages stay with the entry that they went to."""
    for model in (Requirement, Adjustment, AnotherWay):
        model._default_manager.filter(membership=other).update(membership=kept)
    rebuild_obligations(memberships=[kept.pk, other.pk], at=at)
