"""What an employer knows of a person."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads over memberships."""

    def matching(self, words: str) -> "MembershipQuerySet":
        """Return those whose name, either one, or employee number contains ``words``."""
        words = words.strip()
        if not words:
            return self
        return self.filter(
            models.Q(name__icontains=words)
            | models.Q(preferred_name__icontains=words)
            | models.Q(employee_number__icontains=words)
        )


class Membership(models.Model):
    """A person as one organisation knows them: number, name, contact. All that HR sees or edits.

    ``user`` is the private login behind it. Memberships of one user are joined only by the learner's own act, so an
    organisation can never learn of another one through it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # ``membership_by_name`` begins with it.
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="memberships", db_index=False
    )
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="memberships")
    employee_number = models.CharField(_("employee number"), max_length=40)
    """As the employer writes it; leading zeros count, case does not."""
    name = models.CharField(_("name"), max_length=200)
    """As it shall stand on certificates."""
    preferred_name = models.CharField(max_length=200, blank=True)
    """What the person is called, where that is something else; mails greet by it, and no certificate prints it."""
    email = models.EmailField(_("e-mail"), blank=True)
    """Given by the employer, for messages of this membership only. It never opens or joins an account."""
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    """Whom the employer names as the person's manager, in the same organisation."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("name", "employee_number")
        constraints = (
            models.UniqueConstraint(
                "organisation", Lower("employee_number"), name="employee_number_once_per_organisation"
            ),
        )
        indexes = (models.Index(fields=("organisation", "name", "employee_number"), name="membership_by_name"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.employee_number})"

    @property
    def called(self) -> str:
        """Return the name by which the person is spoken to."""
        return self.preferred_name or self.name
