"""Changes of what is asked that wait for a second person."""

import uuid

from django.db import models
from django.utils.translation import pgettext_lazy


class Proposal(models.Model):
    """A change that touches so many people that somebody else of HR has to agree first.

    ``payload`` says what it is by codes and references (shape: ``compliance.services.proposals``); ``summary`` what its
    preview counted when it was proposed. Decided once; who proposed it may take it back and never agree to it.
    """

    class Kind(models.TextChoices):
        """What would be done."""

        REQUIRE = "require", pgettext_lazy("kind of proposal", "New assignment")
        EACH = "each", pgettext_lazy("kind of proposal", "New assignments to people chosen one by one")
        CHANGE = "change", pgettext_lazy("kind of proposal", "Assignment changed")
        ADOPT = "adopt", pgettext_lazy("kind of proposal", "Rules followed")
        STOP = "stop", pgettext_lazy("kind of proposal", "Rules followed no longer")
        SITE = "site", pgettext_lazy("kind of proposal", "Place described anew")
        PARENT = "parent", pgettext_lazy("kind of proposal", "Place belongs to another site")
        ROLE = "role", pgettext_lazy("kind of proposal", "Kind of work called otherwise")
        UPLOAD = "upload", pgettext_lazy("kind of proposal", "Assignments from a file")
        UNDO = "undo", pgettext_lazy("kind of proposal", "File of assignments taken back")
        COUNTING = "counting", pgettext_lazy("kind of proposal", "Counted another way")
        WITHDRAW = "withdraw", pgettext_lazy("kind of proposal", "Assignment withdrawn")

    class State(models.TextChoices):
        """How it ended."""

        OPEN = "open", pgettext_lazy("state of a proposal", "Waits for a second person")
        AGREED = "agreed", pgettext_lazy("state of a proposal", "Agreed")
        REFUSED = "refused", pgettext_lazy("state of a proposal", "Not agreed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="proposals")
    certification = models.ForeignKey(
        "certificates.Certification", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """What it is about; null where it is about all of them."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    payload = models.JSONField()
    summary = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-proposed_at", "-pk")
        indexes = (
            models.Index(
                fields=("organisation",), condition=models.Q(state="open"), name="open_proposal_by_organisation"
            ),
        )

    def __str__(self) -> str:
        return f"proposal {self.public_id}"
