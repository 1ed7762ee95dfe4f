"""What an organisation decides for all of its people."""

from datetime import datetime

from django.db import transaction

from people import audit
from people.models import Organisation, User


@transaction.atomic
def let_read_drafts(*, organisation: Organisation, allowed: bool, by: User | None, at: datetime) -> Organisation:
    """Let people of ``organisation`` be given translations that nobody has reviewed, or keep them from it.

    It holds with the next page anybody opens. The same again changes nothing.
    """
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if locked.reads_drafts == allowed:
        return locked
    locked.reads_drafts = allowed
    locked.save(update_fields=["reads_drafts"])
    audit.record(organisation=locked, actor=by, verb="organisation.drafts", target=locked, at=at, allowed=allowed)
    return locked
