"""What those above a person hear: the right people, once, one mail a day, and no more than the portal says."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress

from compliance import selectors, services
from compliance.ladder import Recipient
from compliance.models import Digest, Escalation, Message
from people.faults import FaultInjected, forget_passes
from people.models import Membership, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT

pytestmark = [pytest.mark.usefixtures("the_clock")]

FOR_ALL = (Recipient.LEARNER, Recipient.MANAGER, Recipient.SITE_LEAD, Recipient.HR)
DUE_DAY = AT + timedelta(days=30)  # 1 April, the last good day
THREE_AFTER = AT + timedelta(days=33)
FORTNIGHT_AFTER = AT + timedelta(days=44)


def with_address(user, address):
    user.email = address
    user.save()
    EmailAddress.objects.update_or_create(user=user, defaults={"email": address, "verified": True, "primary": True})
    return user


@pytest.fixture
def larch(transactional_db):
    larch = factories.workplace()
    with_address(larch.hr, "hr@larch.example")
    return larch


@pytest.fixture
def hospitality(larch):
    return factories.training()


@pytest.fixture
def lead(larch):
    """Who leads Fort St. John."""
    return with_address(larch.staff(StaffRole.Kind.SITE_LEAD, larch.fort), "lead@larch.example")


@pytest.fixture
def jo(larch, hospitality):
    """Works at Fort St. John, was asked on 2 March, is due on 1 April and does nothing."""
    jo = larch.employ("Jo Castellan", number="0042", email="jo@larch.example")
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    return jo


def heard(member, to=FOR_ALL, at=AT):
    [found] = selectors.Chain().above([(Membership.objects.get(pk=member.pk), to)], at=at)
    return found


def to_whom(mails):
    return [mail.to[0] for mail in mails if "people at" in mail.body.lower()]


# --- who stands above ---


def test_the_learner_alone_is_nobody_above(larch):
    assert heard(larch.employ(), to=(Recipient.LEARNER,)) == []


def test_manager_lead_and_hr_hear_each_once(larch, lead):
    manager = larch.employ("Max Manager", email="max@larch.example")
    jo = larch.employ("Jo Castellan")
    Membership.objects.filter(pk=jo.pk).update(manager=manager)
    assert heard(jo) == [
        selectors.Hearer(manager_id=manager.pk),
        selectors.Hearer(user_id=lead.pk),
        selectors.Hearer(user_id=larch.hr.pk),
    ]


@pytest.mark.parametrize("why", ["none", "no address", "left"])
def test_without_a_manager_who_can_be_reached_the_lead_hears(larch, lead, why):
    jo = larch.employ("Jo Castellan")
    if why != "none":
        manager = larch.employ(
            "Max",
            email="" if why == "no address" else "max@larch.example",
            ends_on=date(2026, 3, 1) if why == "left" else None,
        )
        Membership.objects.filter(pk=jo.pk).update(manager=manager)
    assert heard(jo, to=(Recipient.LEARNER, Recipient.MANAGER)) == [selectors.Hearer(user_id=lead.pk)]


def test_the_lead_of_the_nearest_site_hears_and_not_the_one_above(larch, lead):
    of_region = with_address(larch.staff(StaffRole.Kind.SITE_LEAD, larch.region), "region@larch.example")
    to = (Recipient.LEARNER, Recipient.SITE_LEAD)
    assert heard(larch.employ(site=larch.fort), to=to) == [selectors.Hearer(user_id=lead.pk)]
    assert heard(larch.employ(site=larch.prince), to=to) == [selectors.Hearer(user_id=of_region.pk)]


def test_without_a_lead_hr_hears(larch):
    assert heard(larch.employ(), to=(Recipient.LEARNER, Recipient.SITE_LEAD)) == [selectors.Hearer(user_id=larch.hr.pk)]


def test_nobody_hears_of_herself(larch, lead):
    jo = larch.employ("Jo Castellan")
    Membership.objects.filter(pk=jo.pk).update(user=lead)
    assert heard(Membership.objects.get(pk=jo.pk), to=(Recipient.LEARNER, Recipient.SITE_LEAD)) == [
        selectors.Hearer(user_id=larch.hr.pk)
    ]


def test_staff_of_another_organisation_never_hear(larch):
    other = factories.workplace("other", "Other")
    with_address(other.hr, "hr@other.example")
    assert heard(larch.employ()) == [selectors.Hearer(user_id=larch.hr.pk)]


def test_who_hears_of_thirty_costs_no_more_questions_than_of_three(larch, lead, django_assert_num_queries):
    managers = [larch.employ("Max who left", email="left@larch.example", ends_on=date(2026, 3, 1))]
    managers += [larch.employ(f"Max {n}", email=f"max{n}@larch.example") for n in range(3)]
    people = [larch.employ(site=larch.prince if n % 5 == 4 else larch.fort) for n in range(30)]
    for number, person in enumerate(people):
        Membership.objects.filter(pk=person.pk).update(manager=managers[number % 4])
    for count in (3, 30):
        asked = Membership.objects.filter(pk__in=[it.pk for it in people[:count]])
        steps = [(it, (Recipient.MANAGER,)) for it in asked.select_related("organisation").order_by("pk")]
        with django_assert_num_queries(5):  # managers, their addresses, who works where, roles, sites
            found = selectors.Chain().above(steps, at=AT)
        assert [it[0].manager_id is None for it in found] == [n % 4 == 0 for n in range(count)]
    assert found[0] == [selectors.Hearer(user_id=lead.pk)]
    assert found[1] == [selectors.Hearer(manager_id=managers[1].pk)]
    assert found[4] == [selectors.Hearer(user_id=larch.hr.pk)]  # at Prince George, where nobody leads


# --- the way of a digest ---


def test_the_ladder_climbs_from_the_lead_to_hr(jo, lead, mailoutbox):
    services.sweep(at=DUE_DAY)
    assert to_whom(mailoutbox) == ["lead@larch.example"]  # there is no manager
    services.sweep(at=THREE_AFTER)
    assert to_whom(mailoutbox) == ["lead@larch.example"] * 2
    services.sweep(at=FORTNIGHT_AFTER)
    assert sorted(to_whom(mailoutbox)) == ["hr@larch.example", *["lead@larch.example"] * 3]
    services.sweep(at=FORTNIGHT_AFTER + timedelta(days=1))
    assert len(to_whom(mailoutbox)) == 4


def test_a_digest_says_who_and_by_when_and_nothing_of_how_far(jo, lead, hospitality, mailoutbox):
    factories.begin(jo, hospitality, at=AT + timedelta(days=1))
    services.sweep(at=THREE_AFTER)
    [mail] = [it for it in mailoutbox if it.to == ["lead@larch.example"]]
    assert mail.subject == "Something for you from Larch Hotels"
    assert "- Jo Castellan (0042): Working safely with guests\n  It was due by 1 April 2026." in mail.body
    assert "/workplace/larch/" in mail.body
    html = mail.alternatives[0].content
    for text in (mail.body, html):
        assert "started" not in text.lower()
        assert "traffick" not in text.lower()
    assert mail.extra_headers["Message-ID"] == Digest.objects.get().message_id


def test_several_people_are_one_mail_a_day(jo, lead, larch, hospitality, mailoutbox):
    ama = larch.employ("Ama Birch", email="ama@larch.example")
    larch.ask(hospitality, membership=ama)
    services.sweep(at=THREE_AFTER)
    assert to_whom(mailoutbox) == ["lead@larch.example"]
    assert Digest.objects.get().escalations.count() == 2


def test_what_comes_later_on_the_day_waits_for_tomorrow(jo, lead, larch, hospitality, mailoutbox):
    services.sweep(at=THREE_AFTER)
    larch.ask(hospitality, membership=larch.employ("Ama Birch", email="ama@larch.example"))
    Escalation.objects.update(digest=None)
    services.sweep(at=THREE_AFTER + timedelta(hours=3))
    assert to_whom(mailoutbox) == ["lead@larch.example"]
    services.sweep(at=THREE_AFTER + timedelta(days=1))
    assert to_whom(mailoutbox) == ["lead@larch.example"] * 2


def test_what_was_done_before_the_mail_goes_out_is_left_out(jo, lead, hospitality, mailoutbox):
    services.claim_messages(at=THREE_AFTER)
    assert Escalation.objects.count() == 1
    factories.learn(jo, hospitality, at=THREE_AFTER)
    services.sweep(at=THREE_AFTER + timedelta(minutes=1))
    assert to_whom(mailoutbox) == []
    assert Digest.objects.get().state == Message.State.DROPPED


def test_who_lost_the_role_meanwhile_hears_nothing(jo, lead, mailoutbox):
    services.claim_messages(at=THREE_AFTER)
    StaffRole.objects.filter(user=lead).delete()
    services.sweep(at=THREE_AFTER + timedelta(minutes=1))
    assert to_whom(mailoutbox) == []


def test_a_manager_hears_by_the_address_of_the_employer_without_a_link(jo, larch, mailoutbox):
    manager = larch.employ("Max Manager", email="max@larch.example")
    Membership.objects.filter(pk=jo.pk).update(manager=manager)
    services.sweep(at=DUE_DAY)
    [mail] = [it for it in mailoutbox if it.to == ["max@larch.example"]]
    assert "It is due by 1 April 2026." in mail.body
    assert "http" not in mail.body


def test_a_long_digest_ends_with_a_number(jo, lead, larch, hospitality, mailoutbox):
    larch.ask(hospitality, site=larch.fort)
    for number in range(60):
        larch.employ(f"Person {number:02d}", email=f"p{number}@larch.example")
    services.sweep(at=THREE_AFTER)
    [mail] = [it for it in mailoutbox if it.to == ["lead@larch.example"]]
    assert mail.body.count("It was due by") == 50
    assert "And 11 more." in mail.body


def test_people_without_mail_get_a_letter_and_their_lead_hears_all_the_same(larch, lead, hospitality, mailoutbox):
    larch.ask(hospitality, membership=larch.employ("No Mail"))
    services.sweep(at=THREE_AFTER)
    assert Message.objects.get().state == Message.State.LETTER
    assert to_whom(mailoutbox) == ["lead@larch.example"]


@pytest.mark.parametrize("fault", ["digests.before_claim", "digests.after_claim", "digests.after_send"])
def test_a_process_that_dies_loses_no_digest_and_keeps_its_id(jo, lead, mailoutbox, monkeypatch, fault):
    monkeypatch.setenv("FIELDFARE_FAULT", fault)
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
    forget_passes()
    with pytest.raises(FaultInjected):
        services.sweep(at=THREE_AFTER)
    monkeypatch.delenv("FIELDFARE_FAULT")
    services.sweep(at=THREE_AFTER + timedelta(minutes=6))
    sent = [it for it in mailoutbox if it.to == ["lead@larch.example"]]
    assert {it.extra_headers["Message-ID"] for it in sent} == {Digest.objects.get().message_id}
    assert len(sent) == (2 if fault == "digests.after_send" else 1)
    assert Digest.objects.get().state == Message.State.SENT
