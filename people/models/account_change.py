"""What was done to a person's account, for the person to see."""

from django.db import models
from django.utils.translation import pgettext_lazy


class AccountChange(models.Model):
    """One line under "Changes to my account". Append-only; the employer's acts stay listed for ever."""

    class Kind(models.TextChoices):
        """What happened."""

        CODE_PRINTED = "code_printed", pgettext_lazy("account change", "Your employer printed a new sign-in code")
        PIN_SET = "pin_set", pgettext_lazy("account change", "The PIN was set")
        NAME_CHANGED = "name_changed", pgettext_lazy("account change", "Your employer changed your name")
        CONTACT_CHANGED = "contact_changed", pgettext_lazy("account change", "Your employer changed your e-mail")
        EMAIL_ADDED = "email_added", pgettext_lazy("account change", "You added your own e-mail")
        RECOVERY_MADE = "recovery_made", pgettext_lazy("account change", "You made a recovery code")
        RECOVERY_USED = "recovery_used", pgettext_lazy("account change", "Somebody signed in with your recovery code")
        WORKPLACE_JOINED = "workplace_joined", pgettext_lazy("account change", "You joined a workplace to your account")
        ENTRY_NAMED = (
            "entry_named",
            pgettext_lazy(
                "account change",
                "Your employer has two entries that may both be you. If they are, join both to a sign-in of your own",
            ),
        )
        ENTRY_UNNAMED = (
            "entry_unnamed",
            pgettext_lazy("account change", "Your employer took back that two entries may both be you"),
        )
        ENTRIES_JOINED = "entries_joined", pgettext_lazy("account change", "Two entries of you became this one")
        NAME_CORRECTED = "name_corrected", pgettext_lazy("account change", "You asked for your name to be corrected")

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="account_changes")
    membership = models.ForeignKey(
        "people.Membership", null=True, blank=True, on_delete=models.CASCADE, related_name="account_changes"
    )
    """The membership it concerns; null: the private login. A PIN session sees only its membership's."""
    kind = models.CharField(max_length=30, choices=Kind.choices)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ("-happened_at", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} at {self.happened_at}"
