"""Two entries of one person in one organisation: what HR says, what the person has to say, what then moves."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from certificates.models import Certificate
from compliance import services
from compliance.models import Obligation
from compliance.selectors import standings
from courses.models import Completion, Enrolment
from people import services as people_services
from people import signals
from people.exceptions import AlreadyJoined, NotTwoEntries, SignInRefused
from people.models import AccountChange, AuditEntry, Employment, Membership, SamePerson
from people.scope import Scope
from people.selectors import hidden_before
from tests.factories.compliance import AT, TODAY, begin, learn, training, workplace
from tests.factories.people import PIN, sign_in_personally, sign_in_with_pin

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(days=3)
WAITS = "This waits for the person."


@pytest.fixture
def kept(larch):
    return larch.employ("Jo Castellan", number="00012")


@pytest.fixture
def other(larch):
    return larch.employ("Joe Castelan", number="00077", role=larch.kitchen)


def with_pin(member, *, at=AT):
    """Let the holder of a slip set a PIN."""
    code = people_services.issue_code(membership=member, by=None, at=at)
    given = {"organisation_code": "larch", "employee_number": member.employee_number, "at": at, "origin": "work"}
    people_services.set_pin(**given, code=code, pin=PIN)
    return Membership.objects.get(pk=member.pk)


def say(kept, other, by=None, at=LATER):
    return people_services.say_same_person(kept=kept, other=other, by=by, at=at)


def states(member):
    found = standings(memberships=Membership.objects.filter(pk=member.pk), at=LATER, on=TODAY)
    return [str(it.standing.state) for it in found]


def address(name, member):
    return reverse(f"compliance:{name}", args=["larch", member.public_id])


def test_an_entry_that_nobody_used_is_joined_at_once_with_all_that_hr_knows_of_it(larch, kept, other):
    certification, elsewhere = training("Hotels"), training("Camps")
    larch.ask(certification, membership=other)
    services.record_leave(membership=other, from_on=date(2026, 3, 1), last_on=date(2026, 3, 9), by=larch.hr, at=AT)
    larch.ask(elsewhere, role=larch.kitchen)
    report = larch.employ("Somebody Else")
    Membership.objects.filter(pk=report.pk).update(manager=other)
    code = people_services.issue_code(membership=other, by=larch.hr, at=AT)

    said = say(kept, other, larch.hr)

    assert said.joined_at == LATER
    jobs = Employment.objects.current_knowledge().filter(membership=kept).order_by("role__code")
    assert [it.role.code for it in jobs] == ["housekeeping", "kitchen"]
    assert {it.certification for it in Obligation.objects.filter(membership=kept)} == {certification, elsewhere}
    assert not Obligation.objects.filter(membership=other).exists()
    assert kept.adjustments.count() == 1
    assert services.check_obligations(memberships=[kept.pk, other.pk, report.pk], at=LATER) == []
    assert Membership.objects.get(pk=report.pk).manager == kept
    assert [it.kind for it in AccountChange.objects.filter(user=kept.user)] == ["entries_joined"]
    verbs = AuditEntry.objects.filter(actor=larch.hr, verb__startswith="entry.").order_by("pk")
    assert [it.verb for it in verbs] == ["entry.same_person", "entry.joined"]
    with pytest.raises(SignInRefused):
        people_services.set_pin(
            organisation_code="larch", employee_number="00077", code=code, pin=PIN, at=LATER, origin="work"
        )


def test_said_twice_it_is_done_once_and_never_another_way(larch, kept, other):
    third = larch.employ("Jo Third")
    first = say(kept, other)

    again = say(kept, other, at=LATER + timedelta(days=1))

    assert (again, again.joined_at) == (first, LATER)
    assert AuditEntry.objects.filter(verb="entry.joined").count() == 1
    for stays, goes in ((third, other), (other, third)):
        with pytest.raises(AlreadyJoined):
            say(stays, goes)


def test_work_that_both_have_is_dropped_once_as_a_fact(larch, kept):
    other = larch.employ("Joe Castelan", starts_on=date(2025, 5, 5))

    say(kept, other, larch.hr)

    (stays,) = Employment.objects.current_knowledge().filter(membership=kept)
    assert stays.starts_on == date(2025, 6, 2)
    assert not Employment.objects.current_knowledge().filter(membership=other).exists()
    dropped = Employment.objects.filter(membership=other).order_by("pk")
    assert [(it.starts_on, it.is_void) for it in dropped] == [(date(2025, 5, 5), False), (date(2025, 5, 5), True)]


def test_what_was_used_waits_for_the_person_and_then_comes_with_all_that_was_learnt(larch, kept, other):  # R18
    certification = training()
    larch.ask(certification, role=larch.kitchen)
    kept, other = with_pin(kept), with_pin(other)
    completion = learn(other, certification, at=AT + timedelta(hours=1))
    before = states(other)

    waiting = say(kept, other, larch.hr)

    assert (waiting.joined_at, states(kept), states(other)) == (None, [], before)
    assert AccountChange.objects.filter(kind="entry_named").count() == 2

    person = kept.user
    people_services.make_recovery_code(user=person, at=LATER)
    joined_at = LATER + timedelta(hours=1)
    people_services.join_membership(
        user=person, organisation_code="larch", employee_number="00077", pin=PIN, at=joined_at, origin="home"
    )

    waiting.refresh_from_db()
    assert waiting.joined_at == joined_at
    completion.refresh_from_db()
    assert (completion.membership, completion.learner) == (kept, person)
    assert Enrolment.objects.get().membership == kept
    assert Certificate.objects.get().membership == kept
    assert states(kept) == before == ["valid"]
    assert services.check_obligations(memberships=[kept.pk, other.pk], at=joined_at) == []
    # A PIN opens nothing of what was answered before; nor does the person's own sign-in what another may have answered.
    kept = Membership.objects.select_related("credential").get(pk=kept.pk)
    by_pin = Scope(user=person, membership=kept, memberships=(kept,))
    personal = Scope(user=person, personal=True, memberships=(kept, other))
    assert hidden_before(scope=by_pin, membership=kept) == joined_at
    assert hidden_before(scope=personal, membership=kept) == AT


def test_both_at_once_on_one_course_keep_both_ways_through_it(larch, kept, other):
    certification = training()
    for member in (kept, other):
        learn(member, certification)
    Membership.objects.filter(pk=other.pk).update(user=kept.user)
    other.refresh_from_db()
    Enrolment.objects.filter(membership=other).update(learner=kept.user)

    say(kept, other)

    assert sorted(Enrolment.objects.filter(membership=kept).values_list("number", flat=True)) == [1, 2]
    assert Completion.objects.filter(membership=kept).count() == 2
    assert Certificate.objects.filter(membership=kept, replaced_by=None).count() == 2


def test_what_waits_can_be_taken_back_once_and_what_is_joined_cannot(larch, kept, other):
    other = with_pin(other)
    say(kept, other)
    named = list(AccountChange.objects.filter(kind="entry_named").values_list("membership", flat=True))

    undone = [people_services.unsay_same_person(other=other, by=larch.hr, at=LATER) for _ in range(2)]

    assert (undone, SamePerson.objects.count()) == ([True, False], 0)
    read = AccountChange.objects.filter(kind="entry_unnamed").values_list("membership", "user")
    assert sorted(read) == [(kept.pk, kept.user_id), (other.pk, other.user_id)]
    assert sorted(named) == [kept.pk, other.pk]
    (noted,) = AuditEntry.objects.filter(verb="entry.same_person_unsaid")
    assert (noted.actor, noted.organisation) == (larch.hr, larch.organisation)
    people_services.make_recovery_code(user=kept.user, at=LATER)
    people_services.join_membership(
        user=kept.user, organisation_code="larch", employee_number="00077", pin=PIN, at=LATER, origin="home"
    )
    assert other.employments.count() == 1
    assert say(kept, Membership.objects.get(pk=other.pk)).joined_at == LATER
    with pytest.raises(AlreadyJoined):
        people_services.unsay_same_person(other=other, by=larch.hr, at=LATER)


def test_hr_takes_back_what_waits_of_its_own_people_alone(client, larch, kept, other):
    with_pin(other)
    say(kept, other)
    birch = workplace("birch", "Birch Camps")
    sign_in_personally(client, birch.hr)
    for code in ("larch", "birch"):
        foreign = reverse("compliance:same_person", args=[code, other.public_id])
        assert client.post(foreign, {"action": "take_back"}).status_code == 404
    assert SamePerson.objects.count() == 1

    sign_in_personally(client, larch.hr)
    assert 'value="take_back"' in client.get(address("person", other)).content.decode()
    for _ in range(2):
        answer = client.post(address("same_person", other), {"action": "take_back"}, follow=True)
        assert answer.redirect_chain == [(address("person", other), 302)]
        assert WAITS not in answer.content.decode()
    assert not SamePerson.objects.exists()
    assert AuditEntry.objects.filter(verb="entry.same_person_unsaid").count() == 1
    joined = say(kept, larch.employ("Jo Typed Twice", number="00078"))
    answer = client.post(address("same_person", joined.other), {"action": "take_back"}, follow=True)
    assert "joined to another one before" in answer.content.decode()
    assert SamePerson.objects.get().joined_at == LATER


def test_leave_of_both_on_common_days_is_shown_and_all_of_it_holds(client, larch, kept, other):
    certification = training("Hotels")
    larch.ask(certification, membership=kept)
    for member, first, last in ((kept, 1, 9), (other, 9, 20), (other, 21, 22)):
        services.record_leave(
            membership=member, from_on=date(2026, 3, first), last_on=date(2026, 3, last), by=None, at=AT
        )
    given = {"certification": certification, "from_on": date(2026, 3, 1), "last_on": date(2026, 3, 31)}
    services.grant_extension(membership=kept, **given, reason="season", by=None, at=AT)
    services.grant_extension(
        membership=other, **given | {"certification": training("Camps")}, reason="season", by=None, at=AT
    )
    sign_in_personally(client, larch.hr)

    shown = client.get(address("same_person", other), {"number": "00012"}).content.decode()

    days = re.findall(r"<li>(.*?)</li>", shown.split("Leave</h3>")[1].split("</ul>")[0])
    assert days == ["1 March 2026 to 9 March 2026", "9 March 2026 to 20 March 2026"]
    assert shown.count("the one that reaches furthest counts") == 1
    say(kept, other)
    for day, overlays in ((8, 1), (9, 1), (20, 1), (21, 1), (23, 0)):
        [it] = standings(memberships=Membership.objects.filter(pk=kept.pk), at=LATER, on=date(2026, 3, day))
        assert ("on_leave" in it.standing.overlays) == bool(overlays), day


def test_what_fails_above_moves_nothing(larch, kept, other):
    def fail(**_):
        raise RuntimeError

    signals.entries_joined.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            say(kept, other)
    finally:
        signals.entries_joined.disconnect(fail)

    assert not SamePerson.objects.exists()
    assert other.employments.count() == 1


def test_entries_of_two_organisations_are_never_one(client, larch, other):
    stranger = workplace("birch", "Birch Camps").employ("Jo Castellan", number="90909")
    sign_in_personally(client, larch.hr)

    with pytest.raises(NotTwoEntries):
        say(stranger, other)
    response = client.post(address("same_person", other), {"number": "90909"})

    assert response.status_code == 422
    assert "Nobody here has this number." in response.content.decode()
    assert client.get(address("same_person", stranger)).status_code == 404
    assert not SamePerson.objects.exists()


def test_hr_sees_what_moves_before_it_does(client, larch, kept):
    other = larch.employ("Joe Castelan", number="00077", starts_on=date(2025, 5, 5))
    larch.ask(training(), membership=other)
    sign_in_personally(client, larch.hr)

    shown = client.get(address("same_person", other), {"number": "00012"}).content.decode()

    assert "What goes to Jo Castellan, 00012" in shown
    assert "Both have this work" in shown
    assert "There is no way back." in shown
    assert not SamePerson.objects.exists()

    response = client.post(address("same_person", other), {"number": "00012"}, follow=True)

    assert response.redirect_chain == [(address("person", kept), 302)]
    assert "This entry was joined to Jo Castellan, 00012." in client.get(address("person", other)).content.decode()
    assert client.post(address("same_person", other), {"number": "00077"}).status_code == 422


def test_hr_sees_that_it_waits_and_nothing_of_what_was_done(client, larch, kept, other):
    unused, used = with_pin(other), with_pin(larch.employ("Joe Castelan", number="00099", role=larch.kitchen))
    begin(used, training())
    sign_in_personally(client, larch.hr)
    shown = []

    for entry in (unused, used):
        preview = client.get(address("same_person", entry), {"number": "00012"}).content.decode()
        client.post(address("same_person", entry), {"number": "00012"})
        page = client.get(address("person", entry)).content.decode()
        assert WAITS in page
        shown.append(re.search("<h1.*</main>", preview, re.DOTALL)[0].replace("00099", "00077"))

    known = [re.sub(r'csrfmiddlewaretoken" value="[^"]*"|[0-9a-f-]{36}', "", it) for it in shown]
    assert known[0] == known[1]


def test_a_learner_reads_it_under_the_changes(client, kept, other):
    kept = with_pin(kept)
    say(kept, other)
    sign_in_with_pin(client, kept)

    assert "Two entries of you became this one" in client.get(reverse("people:account")).content.decode()
