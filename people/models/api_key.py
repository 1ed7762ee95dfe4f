"""Keys with which other systems of an organisation bring workbooks in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiKey(models.Model):
    """A key of one organisation. Only its hash is kept; who lost it makes another one and revokes this."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    """What it is for, such as the name of the other system."""
    secret_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the key, which is random and long enough not to be guessed."""
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("organisation", "name", "pk")

    def __str__(self) -> str:
        return self.name
