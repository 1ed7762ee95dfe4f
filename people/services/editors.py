"""Limiting editors to sectors and languages."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction

from cms.models import EditorLimit, Sector
from people import audit
from people.backends import ENTRY
from people.exceptions import NoSuchLimit, NotAnEditor
from people.models import User


@transaction.atomic
def limit_editor(
    *, user: User, sectors: Collection[str], languages: Collection[str], by: User | None, at: datetime
) -> None:
    """Limit ``user`` to these sectors and languages; none of a kind: all of them. The same again changes nothing.

    Raises:
        NotAnEditor: they may not enter the CMS, or are an administrator, whom nothing limits.
        NoSuchLimit: there is no such sector or language.
    """
    if user.is_superuser or not user.has_perm(ENTRY):
        raise NotAnEditor
    known = {
        EditorLimit.Kind.SECTOR: set(Sector.objects.values_list("code", flat=True)),
        EditorLimit.Kind.LANGUAGE: {code for code, _name in settings.KNOWN_LANGUAGES},
    }
    wanted = {EditorLimit.Kind.SECTOR: set(sectors), EditorLimit.Kind.LANGUAGE: set(languages)}
    for kind, values in wanted.items():
        if unknown := sorted(values - known[kind]):
            raise NoSuchLimit(unknown[0])
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    for kind, values in wanted.items():
        there = set(EditorLimit.objects.filter(user=user, kind=kind).values_list("value", flat=True))
        EditorLimit.objects.filter(user=user, kind=kind, value__in=there - values).delete()
        EditorLimit.objects.bulk_create(
            [EditorLimit(user=user, kind=kind, value=value) for value in sorted(values - there)]
        )
        for verb, changed in (("editor_limit.added", values - there), ("editor_limit.removed", there - values)):
            for value in sorted(changed):
                audit.record(
                    organisation=None, actor=by, verb=verb, target=user, at=at, limit=str(kind), limited_to=value
                )
