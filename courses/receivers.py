"""What courses hear from below."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import TaskState
from wagtail.signals import page_published, task_submitted

from cms import clock
from cms.models import SupportService
from courses import selectors
from courses.curriculum import read_curriculum
from courses.curriculum.folder import folder_digest, is_loaded
from courses.curriculum.loader import load
from courses.models import CoursePage, ReviewTask, SignOff, Withdrawal
from courses.services import ask_to_look, look_for_stale_renditions, merge_learners, move_learning
from courses.services.copying import withdraw_copies
from courses.services.moderating import follow_word, open_reviews
from courses.services.rendering import deliver_renditions
from courses.signals import part_withdrawn, review_said
from people import outbox
from people.models import Membership, User
from people.signals import entries_joined, entry_use_asked, users_merged
from translations.signals import words_changed

REWORD: Final = "courses.reword"
COPIES: Final = "courses.copies"


@receiver(users_merged, dispatch_uid="courses.move_learning")
def move_learning_of_login(*, kept: User, merged: User, at: datetime, **_: object) -> None:
    """Give what was learnt under either login to the one that stays."""
    merge_learners(kept=kept, merged=merged, at=at)


@receiver(entry_use_asked, dispatch_uid="courses.is_entry_used")
def is_entry_used(*, membership: Membership, **_: object) -> bool:
    """Say whether anything was learnt for a workplace under an entry, be it at a session in person."""
    return selectors.has_learnt(membership)


@receiver(entries_joined, dispatch_uid="courses.move_learning_of_entry")
def move_learning_of_entry(*, kept: Membership, other: Membership, at: datetime, **_: object) -> None:
    """Give what was learnt under one entry to the one that stays."""
    move_learning(kept=kept, other=other, at=at)


@receiver(words_changed, dispatch_uid="courses.reword_pages")
def reword_pages(*, language: str, at: datetime, **_: object) -> None:
    """Let pages and questions be made of what a translator brought in, in the background."""
    outbox.enqueue(kind=REWORD, key=f"{REWORD}:{language}:{at.isoformat()}", payload={"language": language})


def reword(_payload: Mapping[str, Any]) -> None:
    """Load the shipped curriculum again, with people's words before those of its files; may run twice.

    Where another curriculum than the shipped one was loaded, loading it again is left to who loaded it.
    """
    shipped = settings.BASE_DIR / "curriculum"
    if is_loaded(folder_digest(shipped)):
        load(read_curriculum(shipped), at=clock.now())


@receiver((post_save, post_delete), sender=SupportService, dispatch_uid="courses.help_line_changed")
def help_line_changed(**_: object) -> None:
    """Let the files that print help lines be made anew; until then none of them is served."""
    ask_to_look()


@receiver(page_published, dispatch_uid="courses.keep_down")
def keep_down(*, instance: Any, **_: object) -> None:
    """Take the page of a course that its owner took back down again, whatever published it: loading files may."""
    if isinstance(instance, CoursePage) and selectors.is_taken_back(instance.course):
        CoursePage.objects.get(pk=instance.pk).unpublish(set_expired=False)


@receiver(part_withdrawn, dispatch_uid="courses.withdraw_copies")
def look_for_copies(*, withdrawal: Withdrawal, at: datetime, is_copy: bool, **_: object) -> None:
    """Take what an owner took back out of wherever else its words stand, in the background: every text is read."""
    if withdrawal.is_by_owner and not is_copy:
        key = f"{COPIES}:{withdrawal.pk}:{at.isoformat()}"
        outbox.enqueue(kind=COPIES, key=key, payload={"withdrawal": withdrawal.pk})


def take_copies(payload: Mapping[str, Any]) -> None:
    """Take away the copies that an entry of the outbox asks for; may run twice."""
    withdrawal = Withdrawal.objects.in_force().filter(pk=payload["withdrawal"]).first()
    if withdrawal is not None:
        withdraw_copies(withdrawal=withdrawal, at=clock.now())


@receiver(task_submitted, dispatch_uid="courses.open_reviews")
def begin_reviews(*, instance: TaskState, user: Any, **_: object) -> None:
    """Ask the reviewers of a step that a page has just reached."""
    if isinstance(instance.task.specific, ReviewTask):
        open_reviews(state=instance, by=user, at=clock.now())


@receiver(review_said, dispatch_uid="courses.follow_reviews")
def follow_reviews(*, said: SignOff, **_: object) -> None:
    """Let workflows follow what reviewers say."""
    follow_word(said=said)


def make(payload: Mapping[str, Any]) -> None:
    """Make the renditions that an entry of the outbox asks for."""
    deliver_renditions(payload, at=clock.now())


def look(payload: Mapping[str, Any]) -> None:
    """Look whose renditions are not true any more."""
    look_for_stale_renditions()
