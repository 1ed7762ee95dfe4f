"""Who never had a sign-in slip."""

from django.db.models import Exists, OuterRef, QuerySet

from people.models import AccountChange, Membership


def awaiting_slip(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """Return those of ``memberships`` for whom no slip was ever printed.

    Not "who has no PIN": that would tell the employer who has signed in.
    """
    printed = AccountChange.objects.filter(membership=OuterRef("pk"), kind=AccountChange.Kind.CODE_PRINTED)
    return memberships.filter(~Exists(printed))
