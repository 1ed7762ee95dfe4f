from datetime import date

import pytest

from people import audit
from people.models import AuditEntry
from tests.factories.people import AT, MembershipFactory, OrganisationFactory, RoleFactory, UserFactory
from tests.people.conftest import Clock

pytestmark = pytest.mark.django_db


def test_entry_names_target_by_its_public_key(the_clock: Clock) -> None:
    member, actor = MembershipFactory(), UserFactory()
    audit.record(
        organisation=member.organisation,
        actor=actor,
        verb="person.seen",
        target=member,
        rows=3,
        on=date(2026, 3, 2),
        done=True,
    )
    entry = AuditEntry.objects.get()
    assert (entry.target_kind, entry.target_id) == ("people.membership", str(member.public_id))
    assert (entry.verb, entry.actor, entry.happened_at) == ("person.seen", actor, AT)
    assert entry.data == {"rows": 3, "on": "2026-03-02", "done": True}


def test_target_without_a_public_key_is_named_by_its_own(the_clock: Clock) -> None:
    role = RoleFactory()
    assert audit.record(organisation=role.organisation, actor=None, verb="role.seen", target=role).target_id == str(
        role.pk
    )


def test_system_acts_without_target() -> None:
    entry = audit.record(organisation=None, actor=None, verb="sweep", at=AT)
    assert (entry.target_kind, entry.target_id, entry.data) == ("", "", {})


@pytest.mark.parametrize(
    "data", [{"name": "Jo"}, {"email": "a@example.org"}, {"rows": [1]}, {"note": "x" * 61}, {"score": 1.5}]
)
def test_what_is_personal_or_large_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="audit log"):
        audit.record(organisation=OrganisationFactory(), actor=None, verb="x", at=AT, **data)
    assert AuditEntry.objects.count() == 0
