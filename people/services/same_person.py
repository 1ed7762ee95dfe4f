"""Two entries of one person in one organisation become one: said by HR, and by the person where a sign-in was used."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from people import audit, selectors, signals
from people.exceptions import AlreadyJoined, NotTwoEntries
from people.models import AccountChange, Credential, Employment, Licence, Membership, SamePerson, User
from people.scope import Scope
from people.services.memberships import note_change


@dataclass(frozen=True, slots=True)
class Joining:
    """What would come of saying that two entries are one person: facts that move, and what both have."""

    moved: tuple[Employment, ...]
    twice: tuple[tuple[Employment, Employment], ...]
    """(of the entry that stays, of the other) at one site in one role on common days; the other one is dropped."""


def joining_of(*, kept: Membership, other: Membership) -> Joining:
    """Return what would become of the employments of ``other``.

    Raises:
        NotTwoEntries: they are one entry, or not of one organisation.
        AlreadyJoined: one of them was given to another entry.
    """
    _check(kept, other)
    return _sorted_out(kept, other)


@transaction.atomic
def say_same_person(*, kept: Membership, other: Membership, by: User | None, at: datetime) -> SamePerson:
    """Record that ``other`` is the person whom ``kept`` is, and join them at once where nobody ever used ``other``.

    Where its sign-in was used, or anything was learnt under it, nothing moves before the person has joined both to a
    sign-in of her own (``join_membership``); the answer has no ``joined_at`` then. The same again changes nothing.
    There is no way back from a joining.

    Raises:
        NotTwoEntries: they are one entry, or not of one organisation.
        AlreadyJoined: one of them was given to another entry.
    """
    keys = sorted((kept.pk, other.pk))
    locked = {it.pk: it for it in Membership.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    kept, other = locked[kept.pk], locked[other.pk]
    said = SamePerson.objects.filter(other=other).first()
    if said is not None and said.joined_at is not None and said.kept_id == kept.pk:
        return said
    _check(kept, other)
    if said is None or said.kept_id != kept.pk:
        said, _is_new = SamePerson.objects.update_or_create(
            other=other, defaults={"kept": kept, "said_at": at, "said_by": by}
        )
        audit.record(
            organisation=kept.organisation, actor=by, verb="entry.same_person", target=kept, at=at, other=other.pk
        )
        if kept.user_id != other.user_id and _was_used(other):
            for entry in (kept, other):
                note_change(entry, AccountChange.Kind.ENTRY_NAMED, at=at)
    if kept.user_id == other.user_id or not _was_used(other):
        _join(said, kept, other, by, at)
    return said


@transaction.atomic
def unsay_same_person(*, other: Membership, by: User | None, at: datetime) -> bool:
    """Take back what was said of ``other`` while it waits for the person, who reads of it; return whether anything was.

    Raises:
        AlreadyJoined: what it held is that of the other entry, and there is no way back.
    """
    said = (
        SamePerson.objects.select_for_update(of=("self",)).select_related("kept", "other").filter(other=other).first()
    )
    if said is None:
        return False
    if said.joined_at is not None:
        raise AlreadyJoined
    kept, other = said.kept, said.other
    said.delete()
    audit.record(
        organisation=kept.organisation, actor=by, verb="entry.same_person_unsaid", target=kept, at=at, other=other.pk
    )
    for entry in (kept, other):
        note_change(entry, AccountChange.Kind.ENTRY_UNNAMED, at=at)
    return True


def join_waiting(*, user: User, at: datetime) -> int:
    """Join what HR has said of entries that are both ``user``'s now; return how many. Part of the caller's transaction."""
    waiting = SamePerson.objects.select_for_update().filter(joined_at=None, kept__user=user, other__user=user)
    found = list(waiting.order_by("pk"))
    for said in found:
        _join(said, said.kept, said.other, None, at)
    return len(found)


def _check(kept: Membership, other: Membership) -> None:
    if kept.pk == other.pk or kept.organisation_id != other.organisation_id:
        raise NotTwoEntries
    if SamePerson.objects.filter(other__in=(kept, other), joined_at__isnull=False).exists():
        raise AlreadyJoined


def _was_used(entry: Membership) -> bool:
    """Whether the sign-in of an entry was ever used, by a PIN or otherwise, or anything was learnt under it."""
    owner = User.objects.get(pk=entry.user_id)
    if selectors.has_own_sign_in(owner) or selectors.is_staff(owner):
        return True
    if AccountChange.objects.filter(membership=entry, kind=AccountChange.Kind.PIN_SET).exists():
        return True
    if Credential.objects.filter(membership=entry).exclude(pin_hash="").exists():
        return True
    if Membership.objects.filter(user=owner).exclude(pk=entry.pk).exists():
        return True
    answers = signals.entry_use_asked.send(sender=Membership, membership=entry)
    return any(is_used for _receiver, is_used in answers)


def _join(said: SamePerson, kept: Membership, other: Membership, by: User | None, at: datetime) -> None:
    was_used = _was_used(other)
    personal = Scope(user=kept.user, personal=True, memberships=(kept, other))
    hidden = [selectors.hidden_before(scope=personal, membership=it) for it in (kept, other)]
    said.hidden_before = max((it for it in hidden if it is not None), default=None) if was_used else None
    said.joined_at = at
    said.save(update_fields=["hidden_before", "joined_at"])
    for _same, job in _sorted_out(kept, other).twice:
        _void(job, by, at)
    current = Employment.objects.current_knowledge().filter(membership=other)
    references = list(current.values_list("reference", flat=True))
    Employment.objects.filter(membership=other, reference__in=references).update(membership=kept)
    Licence.objects.filter(membership=other).update(membership=kept)
    Membership.objects.filter(manager=other).exclude(pk=kept.pk).update(manager=kept)
    Membership.objects.filter(pk=kept.pk, manager=other).update(manager=None)
    # What was printed for the other entry opens nothing any more; the person goes on with the one that stays.
    if was_used:
        # Whoever opens the entry that stays by a PIN, which the employer may have printed, sees only what comes now.
        Credential.objects.filter(membership=kept, pin_set_at__isnull=False).update(pin_set_at=at)
    Credential.objects.filter(membership=other, pin_hash="").update(code_hash="", code_expires_at=None)
    note_change(kept, AccountChange.Kind.ENTRIES_JOINED, at=at)
    audit.record(organisation=kept.organisation, actor=by, verb="entry.joined", target=kept, at=at, other=other.pk)
    signals.entries_joined.send(sender=Membership, kept=kept, other=other, at=at)


def _sorted_out(kept: Membership, other: Membership) -> Joining:
    there = list(Employment.objects.current_knowledge().filter(membership=kept).select_related("site", "role"))
    moved, twice = [], []
    here = Employment.objects.current_knowledge().filter(membership=other).select_related("site", "role")
    for job in here.order_by("starts_on", "pk"):
        same = next((it for it in there if _is_twice(it, job)), None)
        if same is None:
            moved.append(job)
        else:
            twice.append((same, job))
    return Joining(tuple(moved), tuple(twice))


def _is_twice(one: Employment, other: Employment) -> bool:
    if (one.site_id, one.role_id) != (other.site_id, other.role_id):
        return False
    starts_first, starts_last = sorted((one, other), key=lambda job: job.starts_on)
    return starts_first.ends_on is None or starts_last.starts_on <= starts_first.ends_on


def _void(job: Employment, by: User | None, at: datetime) -> None:
    # A fact, as whoever takes an employment back records it.
    Employment.objects.create(
        reference=job.reference,
        membership=job.membership,
        is_void=True,
        recorded_at=at,
        recorded_by=by,
        supersedes=job,
        **job.said(),
    )
