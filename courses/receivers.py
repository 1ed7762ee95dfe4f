"""What courses hear from below."""

from datetime import datetime

from django.dispatch import receiver

from courses.services import merge_learners
from people.models import User
from people.signals import users_merged


@receiver(users_merged, dispatch_uid="courses.move_learning")
def move_learning(*, kept: User, merged: User, at: datetime, **_: object) -> None:
    """Give what was learnt under either login to the one that stays."""
    merge_learners(kept=kept, merged=merged, at=at)
