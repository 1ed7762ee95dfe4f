"""Reviews that are asked of people, and what they said: a no holds until the one who said it says yes."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReviewRequest(models.Model):
    """Somebody is asked to read a course in one language. They need no account: a link of their own leads there."""

    class Kind(models.TextChoices):
        """As whom they read."""

        SUBJECT = "subject", pgettext_lazy("kind of review", "Knows the subject")
        LEGAL = "legal", pgettext_lazy("kind of review", "Law")
        NATIVE = "native", pgettext_lazy("kind of review", "Native speaker")
        SURVIVOR = "survivor", pgettext_lazy("kind of review", "Survivor")
        NATION = "nation", pgettext_lazy("kind of review", "Nation")
        SECTOR = "sector", pgettext_lazy("kind of review", "Works in the sector")

    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="review_requests")
    language = models.CharField(_("language"), max_length=20)
    kind = models.CharField(_("as whom"), max_length=20, choices=Kind.choices)
    known_as = models.CharField(_("name or pseudonym"), max_length=80)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    link_until = models.DateTimeField()
    """The link opens before this instant; what was said holds on."""

    panels: ClassVar = []

    class Meta:
        ordering = ("course", "language", "kind", "pk")

    def __str__(self) -> str:
        return f"{self.course} {self.language}: {self.known_as}"

    def is_open(self, at: datetime) -> bool:
        """Whether the link still opens."""
        return at < self.link_until


class SignOff(models.Model):
    """What a reviewer said to one text. Append-only: the newest of a request counts."""

    request = models.ForeignKey(ReviewRequest, on_delete=models.PROTECT, related_name="sign_offs")
    agrees = models.BooleanField()
    comment = models.TextField(max_length=4000, blank=True)
    content = models.CharField(max_length=64)
    """The digest of what was read (``courses.snapshot.content_digest``)."""
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("-said_at", "-pk")

    def __str__(self) -> str:
        return f"{self.request}: {'yes' if self.agrees else 'no'}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Write a new row; refuse to change one."""
        if not self._state.adding:
            raise TypeError("SignOff is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Refuse: a no is not taken away by others."""
        raise TypeError("SignOff is append-only")
