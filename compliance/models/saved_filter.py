"""Filters of the list that somebody of HR keeps by a name."""

import uuid

from django.db import models
from django.utils.translation import pgettext_lazy


class SavedFilter(models.Model):
    """One user's own: nobody else sees it, and it shows nothing that the user may not see at that moment.

    ``query`` is the list's address after the question mark, made of what the list understands and nothing else.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="saved_filters")
    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(pgettext_lazy("of a saved filter", "name"), max_length=60)
    query = models.CharField(max_length=1_500)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "user", "name"), name="saved_filter_once_by_name"),
        )

    def __str__(self) -> str:
        return self.name
