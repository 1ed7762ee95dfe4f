"""Memberships: what an employer says of a person."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower

from people import audit, signals
from people.exceptions import NumberTaken
from people.models import AccountChange, Credential, Membership, Organisation, User
from people.workbooks.cells import clean_key

# Embeddings, overrides and isolates of direction: a name could be printed as another one than is stored. The marks
# that scripts need between their letters stay.
_TURNING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@transaction.atomic
def create_membership(
    *,
    organisation: Organisation,
    employee_number: str,
    name: str,
    preferred_name: str = "",
    email: str = "",
    by: User | None,
    at: datetime,
) -> Membership:
    """Add a person to an organisation, with a private user and an empty credential of her own.

    The number is kept as workbooks read it, such as in plain digits. ``email`` is for messages of this membership; it
    neither opens nor finds an account.

    Raises:
        NumberTaken: the organisation has this employee number already, whatever its case.
    """
    number = clean_key(employee_number)
    same = Membership.objects.alias(number=Lower("employee_number")).filter(
        organisation=organisation, number=Lower(Value(number))
    )
    if same.exists():
        raise NumberTaken(employee_number=number)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                organisation=organisation,
                user=User.objects.create_user(),
                employee_number=number,
                name=one_line(name),
                preferred_name=one_line(preferred_name),
                email=email.strip(),
            )
    except IntegrityError as error:  # somebody else added it between our look and our write
        raise NumberTaken(employee_number=number) from error
    Credential.objects.create(membership=membership)
    audit.record(organisation=organisation, actor=by, verb="membership.created", target=membership, at=at)
    return membership


@transaction.atomic
def rename_member(*, membership: Membership, name: str, by: User | None, at: datetime) -> Membership:
    """Write the name that the employer says is right; nothing happens if it is the same."""
    if _rename(membership, name, kind=AccountChange.Kind.NAME_CHANGED, at=at):
        audit.record(
            organisation=membership.organisation, actor=by, verb="membership.renamed", target=membership, at=at
        )
    return membership


@transaction.atomic
def change_preferred_name(*, membership: Membership, preferred_name: str, by: User | None, at: datetime) -> Membership:
    """Write what the person is called; empty: as their name says. Certificates stay as they are."""
    preferred_name = one_line(preferred_name)
    if preferred_name != membership.preferred_name:
        membership.preferred_name = preferred_name
        membership.save(update_fields=["preferred_name"])
        note_change(membership, AccountChange.Kind.NAME_CHANGED, at=at)
        audit.record(
            organisation=membership.organisation, actor=by, verb="membership.preferred_name", target=membership, at=at
        )
    return membership


@transaction.atomic
def correct_name(*, membership: Membership, name: str, at: datetime) -> Membership:
    """Write the name that the person says is right, as it shall stand on certificates."""
    if _rename(membership, name, kind=AccountChange.Kind.NAME_CORRECTED, at=at):
        audit.record(
            organisation=membership.organisation, actor=None, verb="membership.name_corrected", target=membership, at=at
        )
    return membership


@transaction.atomic
def change_contact(*, membership: Membership, email: str, by: User | None, at: datetime) -> Membership:
    """Write the e-mail that the employer uses for this membership; empty: none."""
    email = email.strip()
    if email != membership.email:
        membership.email = email
        membership.save(update_fields=["email"])
        note_change(membership, AccountChange.Kind.CONTACT_CHANGED, at=at)
        audit.record(
            organisation=membership.organisation, actor=by, verb="membership.contact", target=membership, at=at
        )
    return membership


def one_line(text: str) -> str:
    """Return ``text`` without line breaks, doubled and surrounding spaces, and signs that turn the order of letters."""
    return " ".join(text.translate(_TURNING).split())


def _rename(membership: Membership, name: str, *, kind: AccountChange.Kind, at: datetime) -> bool:
    name = one_line(name)
    if name == membership.name:
        return False
    membership.name = name
    membership.save(update_fields=["name"])
    note_change(membership, kind, at=at)
    signals.membership_renamed.send(sender=Membership, membership=membership, at=at)
    return True


def note_change(membership: Membership, kind: AccountChange.Kind, *, at: datetime) -> None:
    """Let the holder of a membership read of a change under "Changes to my account". Part of the caller's transaction."""
    AccountChange.objects.create(user_id=membership.user_id, membership=membership, kind=kind, happened_at=at)
