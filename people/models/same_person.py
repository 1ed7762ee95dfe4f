"""Two entries of one person in one organisation."""

from django.db import models


class SamePerson(models.Model):
    """That HR said that ``other`` is the person whom ``kept`` is; ``joined_at`` is when what it held became that of ``kept``.

    Not joined: it waits for the person, who alone can say so where the other sign-in was used.
    """

    kept = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="other_entries")
    other = models.OneToOneField("people.Membership", on_delete=models.PROTECT, related_name="same_person")
    said_at = models.DateTimeField()
    said_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    joined_at = models.DateTimeField(null=True, blank=True)
    hidden_before = models.DateTimeField(null=True, blank=True)
    """Of what was learnt under either: what is older stays closed to the person's own sign-in too. Null: nothing is."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(kept=models.F("other")), name="same_person_is_two_entries"),
        )

    def __str__(self) -> str:
        return f"{self.other_id} is {self.kept_id}"
