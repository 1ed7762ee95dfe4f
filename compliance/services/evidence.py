"""Evidence packs: asked for in one transaction, made by the outbox, forgotten after a while."""

import hashlib
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.core.files import File
from django.db import transaction
from django.db.models import Q

from certificates.models import Certificate
from certificates.validity import local_date
from cms import clock
from compliance.evidence.archive import write_pack
from compliance.evidence.rows import people_of
from compliance.exceptions import AfterToday, NotOfThisOrganisation
from compliance.models import EvidencePack
from courses.models import Completion, Course, EditionText
from courses.selectors import newest_withdrawal
from people import audit, outbox
from people.faults import fault_point
from people.models import Organisation, Site, User

KIND: Final = "compliance.evidence_pack"
_TELL_EVERY: Final = 50
"""Rows after which progress is written and the worker's claim prolonged."""
_CHUNK_BYTES: Final = 1 << 20
_IN_MEMORY_BYTES: Final = 8 << 20


@transaction.atomic
def request_evidence_pack(
    *, organisation: Organisation, site: Site | None, on: date, by: User | None, at: datetime
) -> EvidencePack:
    """Record that a pack is wanted as of ``on``; a worker makes it.

    Raises:
        NotOfThisOrganisation: the site belongs to another organisation.
        AfterToday: ``on`` lies after today at the organisation.
    """
    if site is not None and site.organisation_id != organisation.pk:
        raise NotOfThisOrganisation("site")
    if on > local_date(at, organisation.time_zone):
        raise AfterToday(on)
    pack = EvidencePack.objects.create(organisation=organisation, site=site, as_of=on, requested_at=at, requested_by=by)
    audit.record(organisation=organisation, actor=by, verb="evidence.requested", target=pack, at=at, as_of=on)
    outbox.enqueue(kind=KIND, key=_key(pack), payload={"pack": str(pack.public_id)})
    return pack


def _key(pack: EvidencePack) -> str:
    return f"evidence-pack:{pack.public_id}"


def deliver_evidence_pack(payload: Mapping[str, Any]) -> None:
    """Make the pack that an outbox entry names."""
    make_evidence_pack(public_id=payload["pack"])


def make_evidence_pack(*, public_id: str) -> EvidencePack | None:
    """Make a pack that was asked for; return it, None where it is gone. Safe to run twice: the second finds it made.

    The archive is written to a file of its own first, so that a worker that dies leaves nothing half-made to be seen.
    """
    pack = EvidencePack.objects.select_related("organisation", "site").filter(public_id=public_id).first()
    if pack is None or pack.state in (EvidencePack.State.READY, EvidencePack.State.FORGOTTEN):
        return pack
    total = people_of(organisation=pack.organisation, site=pack.site, on=pack.as_of).count()
    waiting = EvidencePack.objects.filter(pk=pack.pk).exclude(state=EvidencePack.State.READY)
    waiting.update(state=EvidencePack.State.MAKING, people_total=total, people_done=0)

    def tell(done: int) -> None:
        if done % _TELL_EVERY == 0:
            waiting.update(people_done=min(done, total))
            outbox.prolong(key=_key(pack), at=clock.now())

    made_on, gone = clock.today(pack.organisation.time_zone), newest_withdrawal()
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as stream:
        write_pack(
            stream, organisation=pack.organisation, site=pack.site, on=pack.as_of, made_on=made_on, progress=tell
        )
        fault_point("evidence.written")
        size, digest = stream.tell(), hashlib.sha256()
        stream.seek(0)
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
        stream.seek(0)
        # The same name whoever makes it: of two workers the later one's file stands, and both are whole.
        name = pack.file.storage.save(f"evidence/{pack.public_id.hex}.zip", File(stream))
    with transaction.atomic():
        locked = EvidencePack.objects.select_for_update().get(pk=pack.pk)
        overtaken = newest_withdrawal() != gone
        if overtaken:
            # Something was taken back while the texts were read: it must not be in the file.
            transaction.on_commit(lambda: pack.file.storage.delete(name))
        elif locked.state != EvidencePack.State.READY:
            locked.file.name, locked.sha256, locked.size_bytes = name, digest.hexdigest(), size
            locked.state, locked.people_done, locked.made_at = EvidencePack.State.READY, total, clock.now()
            locked.save()
        elif locked.file.name != name:
            transaction.on_commit(lambda: pack.file.storage.delete(name))
    return make_evidence_pack(public_id=public_id) if overtaken else locked


@transaction.atomic
def forget_packs_of_course(*, course: Course) -> int:
    """Delete the packs that may hold the text of ``course``; return how many. They can be made again, without it.

    Those that are being made are held until the withdrawal is recorded, so that they find it.
    """
    learnt = Completion.objects.filter(course=course, membership__isnull=False).values("membership__organisation")
    # A session in person may have earned a certificate without a completion.
    texts = EditionText.objects.filter(edition__course=course).values("digest")
    certified = Certificate.objects.filter(edition_digest__in=texts, membership__isnull=False)
    may_hold = Q(organisation__in=learnt) | Q(organisation__in=certified.values("membership__organisation"))
    packs = EvidencePack.objects.select_for_update(of=("self",)).exclude(state=EvidencePack.State.FORGOTTEN)
    count = 0
    for pack in packs.filter(may_hold).order_by("pk"):
        if pack.state == EvidencePack.State.READY:
            EvidencePack.objects.filter(pk=pack.pk).update(state=EvidencePack.State.FORGOTTEN)
            transaction.on_commit(partial(pack.file.storage.delete, str(pack.file.name)))
            count += 1
    return count


def forget_evidence_packs(*, at: datetime) -> int:
    """Delete the files of packs made longer ago than they are kept; return how many."""
    before = at - timedelta(days=EvidencePack.KEPT_DAYS)
    old = EvidencePack.objects.filter(state=EvidencePack.State.READY, made_at__lt=before)
    count = 0
    for pack in old.order_by("pk"):
        # The row first: a file that stays behind is found by its name, a row without a file would promise one.
        EvidencePack.objects.filter(pk=pack.pk).update(state=EvidencePack.State.FORGOTTEN)
        pack.file.storage.delete(str(pack.file.name))
        count += 1
    return count
