"""Filters that somebody keeps by a name."""

from datetime import datetime
from typing import Final

from django.db import transaction

from compliance.exceptions import TooManyFilters
from compliance.models import SavedFilter
from people.models import Organisation, User

MOST: Final = 30
"""More than these one does not find again."""


@transaction.atomic
def save_filter(*, organisation: Organisation, user: User, name: str, query: str, at: datetime) -> SavedFilter:
    """Keep ``query`` by ``name``, in place of what the user kept by that name before.

    Raises:
        TooManyFilters: the user keeps ``MOST`` already.
    """
    # Two presses of one button follow each other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    own = SavedFilter.objects.filter(organisation=organisation, user=user)
    if own.exclude(name=name).count() >= MOST:
        raise TooManyFilters(MOST)
    kept, _made = own.update_or_create(
        organisation=organisation, user=user, name=name, defaults={"query": query, "saved_at": at}
    )
    return kept


def forget_filter(*, saved: SavedFilter) -> None:
    """Delete a filter; the list stays as it is."""
    saved.delete()
