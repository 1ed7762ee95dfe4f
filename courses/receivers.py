"""What courses hear from below."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from cms import clock
from cms.models import SupportService
from courses.services import ask_to_look, look_for_stale_renditions, merge_learners
from courses.services.rendering import deliver_renditions
from people.models import User
from people.signals import users_merged


@receiver(users_merged, dispatch_uid="courses.move_learning")
def move_learning(*, kept: User, merged: User, at: datetime, **_: object) -> None:
    """Give what was learnt under either login to the one that stays."""
    merge_learners(kept=kept, merged=merged, at=at)


@receiver((post_save, post_delete), sender=SupportService, dispatch_uid="courses.help_line_changed")
def help_line_changed(**_: object) -> None:
    """Let the files that print help lines be made anew; until then none of them is served."""
    ask_to_look()


def make(payload: Mapping[str, Any]) -> None:
    """Make the renditions that an entry of the outbox asks for."""
    deliver_renditions(payload, at=clock.now())


def look(payload: Mapping[str, Any]) -> None:
    """Look whose renditions are not true any more."""
    look_for_stale_renditions()
