"""Keys for other systems."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from people import audit
from people.models import ApiKey, Organisation, User


@transaction.atomic
def make_api_key(*, organisation: Organisation, name: str, by: User | None, at: datetime) -> str:
    """Make a key and return it: it is shown this once, and only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(organisation=organisation, name=name[:80], secret_hash=_hash(secret), created_at=at)
    audit.record(organisation=organisation, actor=by, verb="api_key.made", target=key, at=at)
    return secret


@transaction.atomic
def revoke_api_keys(*, organisation: Organisation, name: str, by: User | None, at: datetime) -> int:
    """Let keys of this name open nothing any more; return how many there were."""
    keys = ApiKey.objects.filter(organisation=organisation, name=name, revoked_at__isnull=True)
    count = keys.update(revoked_at=at)
    if count:
        audit.record(organisation=organisation, actor=by, verb="api_key.revoked", at=at, keys=count)
    return count


def organisation_of_key(*, secret: str, code: str) -> Organisation | None:
    """Return the organisation ``code`` if ``secret`` is a key of it that was not revoked; None for anything else."""
    keys = ApiKey.objects.filter(secret_hash=_hash(secret), revoked_at__isnull=True, organisation__code=code)
    key = keys.select_related("organisation").first()
    return key.organisation if key else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
