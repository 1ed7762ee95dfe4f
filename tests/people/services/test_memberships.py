from typing import Any

import pytest

from people import services, signals
from people.exceptions import NumberTaken
from people.models import AccountChange, AuditEntry, Membership, Organisation, User
from tests.factories.people import AT, MembershipFactory, OrganisationFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def renamings() -> Any:
    heard: list[tuple[str, object]] = []

    def hear(sender: object, membership: Membership, at: object, **kwargs: Any) -> None:
        heard.append((membership.name, at))

    signals.membership_renamed.connect(hear)
    yield heard
    signals.membership_renamed.disconnect(hear)


def create(organisation: Organisation, number: str = "0042", **more: Any) -> Membership:
    return services.create_membership(
        organisation=organisation, employee_number=number, name=" Jo  Castellan ", by=None, at=AT, **more
    )


def test_membership_comes_with_a_private_user_and_an_empty_credential(organisation: Organisation) -> None:
    member = create(organisation, email="jo@larch.example")
    assert (member.name, member.employee_number, member.email) == ("Jo Castellan", "0042", "jo@larch.example")
    assert (member.user.email, member.user.has_usable_password()) == (None, False)
    assert (member.credential.pin_hash, member.credential.code_hash) == ("", "")


def test_address_typed_by_the_employer_neither_finds_nor_opens_an_account(organisation: Organisation) -> None:
    somebody = StaffRoleFactory().user
    member = create(organisation, email=somebody.email)
    assert member.user != somebody
    assert User.objects.filter(email=somebody.email).count() == 1


@pytest.mark.parametrize("number", ["E-42", "e-42", " E-42 ", "E‑42", "Ｅ-٤٢"])
def test_number_is_taken_whatever_its_case(organisation: Organisation, number: str) -> None:
    create(organisation, "E-42")
    with pytest.raises(NumberTaken):
        create(organisation, number)
    assert User.objects.count() == 1


def test_leading_zeros_and_other_organisations_make_another_number(organisation: Organisation) -> None:
    create(organisation, "42")
    create(organisation, "042")
    create(OrganisationFactory(), "42")
    assert Membership.objects.count() == 3


def test_renaming_is_listed_told_and_audited_without_the_name(renamings: Any) -> None:
    role = StaffRoleFactory()
    member = MembershipFactory(organisation=role.organisation, name="Jo Castelan")
    services.rename_member(membership=member, name="Jo Castellan", by=role.user, at=AT)
    assert renamings == [("Jo Castellan", AT)]
    assert AccountChange.objects.get().kind == AccountChange.Kind.NAME_CHANGED
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb, entry.data) == (role.user, "membership.renamed", {})


def test_own_correction_is_listed_as_the_persons_act(renamings: Any) -> None:
    member = MembershipFactory(name="Jo Castelan")
    services.correct_name(membership=member, name="Jo Castellan", at=AT)
    member.refresh_from_db()
    assert (member.name, len(renamings)) == ("Jo Castellan", 1)
    assert AccountChange.objects.get().kind == AccountChange.Kind.NAME_CORRECTED


def test_name_cannot_turn_the_order_of_its_letters() -> None:
    member = MembershipFactory(name="Jo Castelan")
    services.correct_name(membership=member, name="Jo \u202enallets\u202c \u2066aC\u2069", at=AT)
    assert member.name == "Jo nallets aC"
    services.correct_name(membership=member, name="می\u200cخواهم", at=AT)  # the mark between letters stays
    assert member.name == "می\u200cخواهم"


def test_same_name_changes_nothing(renamings: Any) -> None:
    member = MembershipFactory(name="Jo Castellan")
    services.rename_member(membership=member, name="Jo  Castellan", by=None, at=AT)
    assert (renamings, AccountChange.objects.count(), AuditEntry.objects.count()) == ([], 0, 0)


def test_contact_is_changed_and_listed(organisation: Organisation) -> None:
    member = create(organisation, email="old@larch.example")
    services.change_contact(membership=member, email="new@larch.example", by=None, at=AT)
    services.change_contact(membership=member, email="new@larch.example", by=None, at=AT)
    member.refresh_from_db()
    assert member.email == "new@larch.example"
    assert [change.kind for change in AccountChange.objects.all()] == [AccountChange.Kind.CONTACT_CHANGED]
