"""Kinds of work in an organisation, and what rules call them."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from people import audit
from people.exceptions import CodeTaken, NotATag
from people.models import Organisation, Role, User

_TAG: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def as_tags(words: Iterable[str]) -> list[str]:
    """Return ``words`` as tags of a role, each once and sorted: "Front desk" is ``front_desk``.

    Raises:
        NotATag: one of them is no plain word.
    """
    tags = set()
    for word in words:
        tag = re.sub(r"[\s-]+", "_", word.strip().lower())
        if not _TAG.fullmatch(tag):
            raise NotATag(word)
        tags.add(tag)
    return sorted(tags)


@transaction.atomic
def add_role(*, organisation: Organisation, code: str, name: str, by: User | None, at: datetime) -> Role:
    """Record a kind of work that people here may be employed in; it has no tags yet.

    Raises:
        CodeTaken: there is another of this code.
    """
    # Two presses of one button follow each other, so that the second finds what the first has made.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if Role.objects.filter(organisation=organisation, code=code).exists():
        raise CodeTaken(code)
    role = Role.objects.create(organisation=organisation, code=code, name=name)
    audit.record(organisation=organisation, actor=by, verb="role.added", target=role, at=at, role=code)
    return role


@transaction.atomic
def tag_role(*, role: Role, tags: Iterable[str], by: User | None, at: datetime) -> Role:
    """Write what rules call this kind of work. The same again changes nothing.

    Raises:
        NotATag: one of ``tags`` is no plain word.
    """
    locked = Role.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=role.pk)
    said = as_tags(tags)
    if locked.tags == said:
        return locked
    locked.tags = said
    locked.save(update_fields=["tags"])
    audit.record(organisation=locked.organisation, actor=by, verb="role.tagged", target=locked, at=at, tags=len(said))
    return locked
