"""Dating certificates that run anew under a changed policy: looked at first, done holder by holder, taken back as a whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from certificates import selectors
from certificates.exceptions import RebasingTakenBack
from certificates.models import Certificate, Certification, PriorLearning, RebasedCertificate, Rebasing
from certificates.rebasing import Held, rebased
from certificates.services import period_fields, reissue
from certificates.validity import Period, ValidityPolicy
from people.faults import fault_point
from people.models import Membership, User

BATCH = 200
"""Holders read at once while looking."""
NOTICE_DAYS = 60
"""How long in advance an earlier end is told, unless somebody says otherwise."""


@dataclass(slots=True)
class Looked:
    """What a batch would do: certificates that end ``later``, ``sooner``, have only another window or grace (``other``), or ``same``."""

    later: int = 0
    sooner: int = 0
    other: int = 0
    same: int = 0
    soonest_end: date | None = None
    """The earliest last day among those that end sooner."""

    @property
    def changed(self) -> int:
        """Return how many certificates would be dated anew."""
        return self.later + self.sooner + self.other


Holder = tuple[int | None, int | None]
"""Key of the membership, or of the learner where it is their own; both None: the person was erased."""


def look_at_rebasing(
    *, certification: Certification, on: date, notice_days: int, policy: ValidityPolicy | None = None
) -> Looked:
    """Return what dating the certificates that run on ``on`` by ``policy`` (None: the present one) would do.

    Nothing is written.
    """
    by = policy or certification.validity_policy
    found = Looked()
    for holder in _holders(certification, on):
        held = _held(certification, holder)
        anew = rebased(by, held, on=on, notice_days=notice_days)
        for each in held:
            if not each.is_fixed and each.period.grace_until > on:
                _count(found, each.period, anew.get(each.key, each.period))
    return found


def _count(found: Looked, before: Period, after: Period) -> None:
    if before == after:
        found.same += 1
    elif after.valid_until > before.valid_until:
        found.later += 1
    elif after.valid_until < before.valid_until:
        found.sooner += 1
        found.soonest_end = min(after.last_valid_on, found.soonest_end or after.last_valid_on)
    else:
        found.other += 1


def rebase(
    *,
    certification: Certification,
    reason: str,
    on: date,
    notice_days: int,
    at: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Rebasing:
    """Date the certificates that run on ``on`` by the present policy of ``certification``; return the batch.

    Each is replaced under a new number. Holder by holder, each a transaction: stopped in the middle, the same call goes
    on where it stood. ``progress`` hears how many were dated anew. Call it outside any transaction.
    """
    policy = certification.validity_policy
    batch = _open_batch(certification, reason, on, notice_days, policy, at)
    done = batch.certificates.count()
    for holder in list(_holders(certification, batch.on)):
        done += _rebase_one(batch, certification, policy, holder, at)
        progress(done)
    Rebasing.objects.filter(pk=batch.pk).update(finished_at=at)
    batch.refresh_from_db()
    return batch


@transaction.atomic
def _open_batch(
    certification: Certification, reason: str, on: date, notice_days: int, policy: ValidityPolicy, at: datetime
) -> Rebasing:
    Certification.objects.select_for_update(no_key=True).get(pk=certification.pk)
    unfinished = Rebasing.objects.filter(
        certification=certification, finished_at=None, taken_back_at=None, notice_days=notice_days, reason=reason
    )
    for it in unfinished:
        if it.policy == policy.to_json():
            return it
    return Rebasing.objects.create(
        certification=certification,
        reason=reason,
        policy=policy.to_json(),
        on=on,
        notice_days=notice_days,
        recorded_at=at,
    )


@transaction.atomic
def _rebase_one(
    batch: Rebasing, certification: Certification, policy: ValidityPolicy, holder: Holder, at: datetime
) -> int:
    _lock(holder)
    held = _held(certification, holder)
    anew = rebased(policy, held, on=batch.on, notice_days=batch.notice_days)
    newer: dict[int, Certificate] = {}
    for each in sorted(held, key=lambda it: (it.completed_on, it.key)):
        if each.key not in anew or each.is_fixed:
            continue
        old = Certificate.objects.select_for_update(no_key=True).get(pk=each.key)
        renews = newer.get(old.renews_id or 0, old.renews)
        new = reissue(old, at, **period_fields(anew[each.key]), policy=policy.to_json(), renews=renews)
        newer[old.pk] = new
        RebasedCertificate.objects.create(rebasing=batch, before=old, after=new)
        fault_point("rebasing.one_done")
    return len(newer)


@transaction.atomic
def _start_taking_back(batch: Rebasing, at: datetime) -> None:
    locked = Rebasing.objects.select_for_update().get(pk=batch.pk)
    if locked.taken_back_at is not None and not _standing(locked):
        raise RebasingTakenBack
    Rebasing.objects.filter(pk=batch.pk).update(taken_back_at=locked.taken_back_at or at, finished_at=at)


def take_back_rebasing(*, batch: Rebasing, at: datetime) -> int:
    """Give what still stands of a batch its former dates, under new numbers; return how many. A stop in between goes on.

    What was replaced, revoked or renewed from since is somebody else's act, and stays.

    Raises:
        RebasingTakenBack: nothing of it stands any more.
    """
    _start_taking_back(batch, at)
    return sum(_take_back_one(pk, at) for pk in _standing(batch))


def _standing(batch: Rebasing) -> list[int]:
    """Return the keys of what still stands of a batch and nobody has renewed from since."""
    standing = batch.certificates.filter(after__replaced_by=None, after__revoked_on=None)
    renewed = Certificate.objects.filter(replaced_by=None).exclude(pk__in=batch.certificates.values("after"))
    return list(
        standing.exclude(after__in=renewed.exclude(renews=None).values("renews"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


@transaction.atomic
def _take_back_one(pk: int, at: datetime) -> int:
    pair = RebasedCertificate.objects.select_related("before", "after").get(pk=pk)
    _lock((pair.after.membership_id, pair.after.learner_id))
    after = Certificate.objects.select_for_update(no_key=True).get(pk=pair.after_id)
    if after.replaced_by_id is not None or after.revoked_on is not None:
        return 0
    before = pair.before
    renews = before.renews
    while renews is not None and renews.replaced_by is not None:
        renews = renews.replaced_by
    reissue(after, at, **period_fields(before.period), policy=before.policy, renews=renews)
    return 1


def _holders(certification: Certification, on: date) -> Iterator[Holder]:
    rows = (
        selectors.running(certification, on=on)
        .order_by("membership_id", "learner_id")
        .values_list("membership_id", "learner_id")
        .distinct()
    )
    for membership_id, learner_id in rows.iterator(chunk_size=BATCH):
        if membership_id is not None or learner_id is not None:
            yield membership_id, learner_id


def _lock(holder: Holder) -> None:
    membership_id, learner_id = holder
    if membership_id is not None:
        Membership.objects.select_for_update(no_key=True).get(pk=membership_id)
    elif learner_id is not None:
        User.objects.select_for_update(no_key=True).get(pk=learner_id)


def _held(certification: Certification, holder: Holder) -> list[Held]:
    membership_id, learner_id = holder
    own = {"membership": membership_id} if membership_id is not None else {"membership": None, "learner": learner_id}
    standing = Certificate.objects.unrevoked().filter(certification=certification, replaced_by=None, **own)
    held = [Held(it.pk, it.completed_on, it.period) for it in standing]
    if membership_id is not None:
        prior = PriorLearning.objects.current_knowledge().filter(certification=certification, membership=membership_id)
        held += [Held(-it.pk, it.completed_on, it.period, is_fixed=True) for it in prior]
    return held
