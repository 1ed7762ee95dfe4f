"""What staff of an organisation may do."""

from django.db import models
from django.utils.translation import pgettext_lazy


class StaffRole(models.Model):
    """A permission of a user in an organisation, for the whole of it or for one site and what lies below it.

    Says nothing about the CMS: editors hold groups there, and whoever sees an organisation's people never enters it.
    """

    class Kind(models.TextChoices):
        """What the person may do."""

        HR = "hr", pgettext_lazy("staff role", "HR administrator")
        SITE_LEAD = "site_lead", pgettext_lazy("staff role", "Site lead")
        AUDITOR = "auditor", pgettext_lazy("staff role", "Auditor")
        # Agrees other ways to learn with whoever asks; sees nothing else, and is nobody's manager.
        TRAINER = "trainer", pgettext_lazy("staff role", "Trainer")
        # Holds sessions in person, and sees whoever is expected at their own.
        FACILITATOR = "facilitator", pgettext_lazy("staff role", "Facilitator")

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="staff_roles")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="staff_roles")
    site = models.ForeignKey("people.Site", null=True, blank=True, on_delete=models.CASCADE, related_name="staff_roles")
    kind = models.CharField(max_length=20, choices=Kind.choices)

    class Meta:
        constraints = (
            # SQLite cannot treat nulls as equal in a unique constraint, so the rule stands twice.
            models.UniqueConstraint(
                fields=("user", "organisation", "site", "kind"),
                condition=models.Q(site__isnull=False),
                name="staff_role_once_at_a_site",
            ),
            models.UniqueConstraint(
                fields=("user", "organisation", "kind"),
                condition=models.Q(site__isnull=True),
                name="staff_role_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of organisation {self.organisation_id}"
