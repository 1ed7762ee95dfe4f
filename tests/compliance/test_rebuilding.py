"""Changes for many people: small ones hold at once, large ones part by part, and whatever is killed goes on."""

from datetime import date, timedelta

import pytest

from compliance import services, tasks
from compliance.models import Obligation
from compliance.services import rebuilding
from courses.models import Edition
from people import outbox
from people.models import Membership, OutboxEntry
from tests.factories import compliance as factories
from tests.factories.compliance import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(monkeypatch, the_clock):
    monkeypatch.setattr(rebuilding, "AT_ONCE", 2)
    monkeypatch.setattr(rebuilding, "PART", 2)


def differing():
    return services.check_obligations(memberships=Membership.objects.values_list("pk", flat=True), at=AT)


def entries():
    return list(OutboxEntry.objects.filter(kind=rebuilding.KIND).order_by("pk"))


def deliver(entry):
    rebuilding.deliver_rebuild(entry.payload)
    OutboxEntry.objects.filter(pk=entry.pk).update(done_at=AT)


def test_a_requirement_of_few_holds_with_its_transaction(larch, hospitality, many):
    for _ in range(2):
        larch.employ()
    larch.ask(hospitality, site=larch.region)
    assert (Obligation.objects.count(), entries()) == (2, [])


def test_a_requirement_of_many_follows_in_parts_and_each_is_whole(larch, hospitality, many):
    members = [larch.employ() for _ in range(5)]
    requirement = larch.ask(hospitality, site=larch.region)
    parts = entries()
    assert [it.key for it in parts] == [f"rebuild:requirement:{requirement.pk}:{start}" for start in (0, 2, 4)]
    assert (Obligation.objects.count(), services.people_waiting()) == (0, 6)
    deliver(parts[1])
    assert {it.membership_id for it in Obligation.objects.all()} == {members[2].pk, members[3].pk}
    deliver(parts[1])  # a worker that died before it said so: nothing happens twice
    for part in (parts[0], parts[2]):
        deliver(part)
    assert (differing(), services.people_waiting()) == ([], 0)
    assert Obligation.objects.count() == 5


def test_a_release_reaches_many_holders_in_parts(larch, hospitality, many):
    larch.ask(hospitality, site=larch.region)
    for _ in range(3):
        factories.learn(larch.employ(), hospitality)
    [*before] = entries()
    edition = factories.newer_edition(
        hospitality.courses.get(),
        Edition.Severity.RETRAIN_BY,
        at=AT + timedelta(days=1),
        retrain_by=date(2026, 6, 30),
    )
    parts = [it for it in entries() if it not in before]
    assert [it.key for it in parts] == [f"rebuild:edition:{edition.pk}:0", f"rebuild:edition:{edition.pk}:2"]
    assert len(differing()) == 3
    for part in parts:
        deliver(part)
    assert differing() == []


def test_the_outbox_knows_what_to_do_with_a_part(larch, hospitality, many, monkeypatch):
    called = []
    monkeypatch.setattr(rebuilding, "rebuild_obligations", lambda **kwargs: called.append(kwargs["memberships"]))
    jo = larch.employ()
    outbox._handlers[rebuilding.KIND]({"memberships": [jo.pk]})
    assert called == [[jo.pk]]


def test_the_hourly_sample_leaves_what_waits_to_be_rebuilt(larch, hospitality, many, monkeypatch):
    looked = []
    monkeypatch.setattr(services, "check_sample", lambda **_: looked.append(1))
    for _ in range(3):
        larch.employ()
    larch.ask(hospitality, site=larch.region)
    tasks.check_obligations()
    assert looked == []
    for part in entries():
        deliver(part)
    tasks.check_obligations()
    assert looked == [1]


def test_a_rebuild_writes_only_the_spans_that_differ(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    kept = dict(Obligation.objects.get().spans.values_list("state", "pk"))
    services.withdraw(requirement=requirement, on=date(2027, 1, 1), by=None, at=AT)
    now = dict(Obligation.objects.get().spans.order_by("-from_on").values_list("state", "pk"))
    assert now["not_required"] == kept["not_required"]
    assert now["renewable"] != kept["renewable"]
