"""Reminders: claimed once, sent outside any transaction, told once a day, made good after an outage."""

import smtplib
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from compliance import mails, selectors, services
from compliance.models import Message, Obligation
from compliance.services import messages
from compliance.services.messages import message_id_of
from compliance.services.sending import LEASE, MAX_ATTEMPTS, Outcome, wait_after
from compliance.tasks import sweep_reminders
from courses.services import put_back, withdraw_part
from courses.withdrawn import Part
from people import services as people_services
from people.models import Membership
from tests.factories import compliance as factories
from tests.factories.compliance import AT

pytestmark = pytest.mark.django_db

NINE_TOMORROW = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
"""Nine in the morning of 3 March in Fort St. John."""


@pytest.fixture
def jo(larch):
    return larch.employ(email="jo@larch.example")


def states(member: Membership | None = None) -> list[tuple[date, str]]:
    found = Message.objects.filter(membership=member) if member else Message.objects.all()
    return list(found.order_by("day", "pk").values_list("day", "state"))


def kinds(message: Message) -> list[str]:
    return [item["kind"] for item in message.items]


class Server:
    """A mail server that answers with errors as long as there are any."""

    def __init__(self, monkeypatch):
        self.errors: list[Exception] = []
        self.asked = 0
        real = EmailBackend.send_messages

        def send_messages(backend, messages):
            self.asked += 1
            if self.errors:
                raise self.errors.pop(0)
            return real(backend, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", send_messages)


@pytest.fixture
def server(monkeypatch, mailoutbox):
    return Server(monkeypatch)


AWAY = ConnectionRefusedError
GREYLISTED = smtplib.SMTPRecipientsRefused({"jo@larch.example": (450, b"later")})
UNKNOWN = smtplib.SMTPRecipientsRefused({"jo@larch.example": (550, b"no such user")})


def test_an_invitation_is_sent_once(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    assert services.sweep(at=AT) == 1
    assert services.sweep(at=AT) == 0
    assert services.sweep(at=AT + timedelta(days=3)) == 0
    assert [it.to for it in mailoutbox] == [["jo@larch.example"]]
    message = Message.objects.get()
    assert (message.state, message.attempts, message.claimed_until) == ("sent", 1, None)
    assert (message.sent_at - AT).total_seconds() < 60
    assert message.day == date(2026, 3, 2)


def test_two_things_of_one_day_are_one_message(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo, due_on=date(2026, 5, 1))
    larch.ask(factories.training("Second"), membership=jo)
    services.sweep(at=AT)
    assert len(mailoutbox) == 1
    assert mailoutbox[0].body.index("Second") < mailoutbox[0].body.index("Working safely with guests")


def test_a_second_event_of_a_day_waits_for_nine_in_the_morning_of_the_next(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    later = AT + timedelta(hours=3)
    larch.ask(factories.training("Second"), membership=jo, at=later)
    services.sweep(at=later)
    assert len(mailoutbox) == 1
    assert Obligation.objects.get(certification__title="Second").next_message_at == NINE_TOMORROW
    services.sweep(at=NINE_TOMORROW - timedelta(minutes=1))
    assert len(mailoutbox) == 1
    services.sweep(at=NINE_TOMORROW)
    assert len(mailoutbox) == 2
    assert "Second" in mailoutbox[1].body
    assert "Working safely" not in mailoutbox[1].body


def test_the_day_is_the_local_one(jo, larch, hospitality):
    # Half past eleven in the evening of 2 March in Fort St. John.
    larch.ask(hospitality, membership=jo)
    services.sweep(at=datetime(2026, 3, 3, 6, 30, tzinfo=UTC))
    assert states() == [(date(2026, 3, 2), "sent")]


def test_nothing_is_sent_before_nine_in_the_morning(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo, at=datetime(2026, 3, 2, 13, 0, tzinfo=UTC))
    services.sweep(at=datetime(2026, 3, 2, 15, 59, tzinfo=UTC))
    assert not mailoutbox
    services.sweep(at=datetime(2026, 3, 2, 16, 0, tzinfo=UTC))
    assert len(mailoutbox) == 1


def test_the_way_from_invitation_to_overdue(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    at = AT
    while at < AT + timedelta(days=60):
        services.sweep(at=at)
        at += timedelta(hours=12)
    told = [(it.day, kinds(it)) for it in Message.objects.order_by("day")]
    assert told == [
        (date(2026, 3, 2), ["invitation"]),
        (date(2026, 3, 18), ["due_soon"]),
        (date(2026, 3, 25), ["due_soon"]),
        (date(2026, 3, 31), ["due_soon"]),
        (date(2026, 4, 1), ["due_soon"]),
        (date(2026, 4, 4), ["overdue"]),
        (date(2026, 4, 15), ["overdue"]),
    ]
    assert len([it for it in mailoutbox if it.to == [jo.email]]) == 7
    assert Obligation.objects.get().next_message_at is None


def test_the_way_of_a_certificate(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    at = AT
    while at < AT + timedelta(days=1130):
        services.sweep(at=at)
        at += timedelta(days=1)
    told = [(it.day, kinds(it)) for it in Message.objects.order_by("day")]
    assert told == [
        (date(2028, 12, 31), ["expiring"]),
        (date(2029, 1, 30), ["expiring"]),
        (date(2029, 2, 15), ["expiring"]),
        (date(2029, 2, 22), ["expiring"]),
        (date(2029, 2, 28), ["expiring"]),
        (date(2029, 3, 1), ["expiring"]),
        (date(2029, 3, 4), ["expired"]),
        (date(2029, 3, 15), ["expired"]),
    ]


def test_after_an_outage_only_the_latest_step_is_told(jo, larch, hospitality, mailoutbox):  # R19
    larch.ask(hospitality, membership=jo)
    after = datetime(2026, 3, 26, 16, 0, tzinfo=UTC)
    services.sweep(at=after)
    services.sweep(at=after + timedelta(days=1))
    assert [kinds(it) for it in Message.objects.all()] == [["due_soon"]]
    assert len(mailoutbox) == 1


def test_who_left_hears_nothing_more(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    larch.end(jo, date(2026, 3, 4))
    services.sweep(at=AT)
    services.sweep(at=AT + timedelta(days=20))
    assert len(mailoutbox) == 1


def test_a_withdrawn_requirement_is_told_no_more_not_even_when_claimed(jo, larch, hospitality, mailoutbox):
    requirement = larch.ask(hospitality, membership=jo)
    services.claim_messages(at=AT)
    services.withdraw(requirement=requirement, on=date(2026, 3, 2), by=None, at=AT)
    services.sweep(at=AT + timedelta(minutes=5))
    assert not mailoutbox
    assert states() == [(date(2026, 3, 2), "dropped")]


def test_what_was_done_while_the_server_was_away_is_not_told(jo, larch, hospitality, server, mailoutbox):
    larch.ask(hospitality, membership=jo)
    server.errors = [AWAY()]
    services.sweep(at=AT)
    factories.learn(jo, hospitality, at=AT + timedelta(minutes=2))
    services.sweep(at=AT + timedelta(hours=1))
    assert not mailoutbox
    assert states() == [(date(2026, 3, 2), "dropped")]


def test_people_without_an_address_are_on_the_letter_list(larch, hospitality, mailoutbox):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    assert services.sweep(at=AT) == 1
    assert services.sweep(at=AT) == 0
    assert not mailoutbox
    everybody = Membership.objects.all()
    assert [it.membership for it in selectors.letters(memberships=everybody)] == [jo]
    assert services.mark_printed(messages=[Message.objects.get().pk], at=AT) == 1
    assert services.mark_printed(messages=[Message.objects.get().pk], at=AT) == 0
    assert not selectors.letters(memberships=everybody).exists()
    assert selectors.printings(memberships=everybody, since=AT) == [(AT, 1)]


def test_an_address_of_the_persons_own_is_never_used(larch, hospitality, mailoutbox):
    jo = larch.employ()
    EmailAddress.objects.create(user=jo.user, email="own@example.org", verified=True, primary=True)
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    assert not mailoutbox
    assert states() == [(date(2026, 3, 2), "letter")]


def test_a_later_letter_takes_the_place_of_one_that_waits(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    larch.ask(factories.training("Second"), membership=jo, due_on=date(2026, 9, 1))
    services.sweep(at=AT)
    services.sweep(at=AT + timedelta(days=16))
    assert states() == [(date(2026, 3, 2), "dropped"), (date(2026, 3, 18), "letter")]
    # It still says what only the earlier one said.
    assert kinds(Message.objects.get(state="letter")) == ["due_soon", "invitation"]


def test_a_letter_that_is_no_longer_true_leaves_the_list(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    factories.learn(jo, hospitality, at=AT + timedelta(days=1))
    assert states() == [(date(2026, 3, 2), "dropped")]


def test_a_backlog_after_a_long_outage_is_one_mail(jo, larch, hospitality, server, mailoutbox):
    larch.ask(hospitality, membership=jo)
    server.errors = [AWAY()] * 3
    services.sweep(at=AT)
    services.sweep(at=AT + timedelta(days=16))
    services.sweep(at=AT + timedelta(days=16, hours=1))
    services.sweep(at=AT + timedelta(days=16, hours=2))
    assert states() == [(date(2026, 3, 2), "dropped"), (date(2026, 3, 18), "sent")]
    assert len(mailoutbox) == 1


def test_the_message_id_is_made_from_person_and_day(jo, larch):
    ama = larch.employ()
    first = message_id_of(jo, date(2026, 3, 2))
    assert first == message_id_of(jo, date(2026, 3, 2))
    assert len({first, message_id_of(jo, date(2026, 3, 3)), message_id_of(ama, date(2026, 3, 2))}) == 3
    assert first.startswith("<")
    assert first.endswith("@fieldfare.invalid>")
    assert str(jo.public_id) not in first


def test_a_lost_claim_is_sent_again_with_the_same_message_id(jo, larch, hospitality, monkeypatch, mailoutbox):
    larch.ask(hospitality, membership=jo)
    [claimed] = services.claim_messages(at=AT)

    def killed(name):
        if name == "reminders.after_send":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("compliance.services.messages.fault_point", killed)
        with pytest.raises(KeyboardInterrupt):
            services.send_claimed(message_id=claimed, at=AT)
    assert services.sweep(at=AT + LEASE - timedelta(seconds=1)) == 0
    assert services.sweep(at=AT + LEASE) == 1
    assert [it.message()["Message-ID"] for it in mailoutbox] == [message_id_of(jo, date(2026, 3, 2))] * 2
    assert states() == [(date(2026, 3, 2), "sent")]


def test_a_claim_whose_sender_died_before_sending_is_sent_once(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    services.claim_messages(at=AT)
    services.sweep(at=AT)
    assert len(mailoutbox) == 1


def test_what_a_sender_has_no_other_takes(jo, larch, hospitality, monkeypatch, mailoutbox):
    larch.ask(hospitality, membership=jo)
    [claimed] = services.claim_messages(at=AT)
    during = []

    def other_sender(name):
        if name == "reminders.after_claim":
            during.append(services.sweep(at=AT + timedelta(minutes=1)))

    monkeypatch.setattr("compliance.services.messages.fault_point", other_sender)
    assert services.send_claimed(message_id=claimed, at=AT) is Outcome.SENT
    assert during == [0]
    assert len(mailoutbox) == 1


def test_trouble_is_tried_again_ever_later_and_fails_after_a_day_and_a_half(jo, larch, hospitality, server, mailoutbox):
    larch.ask(hospitality, membership=jo)
    server.errors = [AWAY()] * 100
    tries = []
    at = AT
    while Message.objects.filter(state="claimed").exists() or not tries:
        before = server.asked
        services.sweep(at=at)
        if server.asked > before:
            tries.append(at - AT)
        at += timedelta(minutes=5)
    assert len(tries) == MAX_ATTEMPTS
    # The sweep comes every five minutes here, so that each wait is met within ten.
    gaps = [after - before for before, after in pairwise(tries)]
    assert all(
        wait_after(number) <= gap <= wait_after(number) + timedelta(minutes=10) for number, gap in enumerate(gaps, 1)
    )
    assert timedelta(hours=30) < tries[-1] < timedelta(hours=40)
    assert states() == [(date(2026, 3, 2), "failed")]
    assert [it.membership for it in selectors.undelivered(memberships=Membership.objects.all())] == [jo]
    assert not mailoutbox


def test_waits_double_up_to_six_hours():
    assert [wait_after(it) for it in (1, 2, 7, 8, 12)] == [
        timedelta(minutes=5),
        timedelta(minutes=10),
        timedelta(minutes=320),
        timedelta(hours=6),
        timedelta(hours=6),
    ]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (UNKNOWN, "failed"),
        (smtplib.SMTPDataError(554, b"no"), "failed"),
        (GREYLISTED, "claimed"),
        (smtplib.SMTPDataError(451, b"later"), "claimed"),
        (smtplib.SMTPServerDisconnected("gone"), "claimed"),
        (TimeoutError(), "claimed"),
        (ValueError("a bad header"), "claimed"),
    ],
)
def test_only_what_is_refused_for_good_fails_at_once(jo, larch, hospitality, server, error, state):
    larch.ask(hospitality, membership=jo)
    server.errors = [error]
    services.sweep(at=AT)
    assert states() == [(date(2026, 3, 2), state)]


def test_one_bad_message_does_not_stop_the_others(larch, hospitality, server, mailoutbox):
    for number in range(5):
        larch.employ(email=f"p{number}@larch.example")
    larch.ask(hospitality, site=larch.region)
    server.errors = [ValueError("a bad header")]
    services.sweep(at=AT)
    assert len(mailoutbox) == 4
    services.sweep(at=AT + timedelta(hours=1))
    assert len(mailoutbox) == 5


def test_a_server_that_is_away_is_not_asked_for_every_message(larch, hospitality, server, mailoutbox):
    for number in range(10):
        larch.employ(email=f"p{number}@larch.example")
    larch.ask(hospitality, site=larch.region)
    server.errors = [AWAY()] * 4
    services.sweep(at=AT)
    assert server.asked == 3
    services.sweep(at=AT + timedelta(hours=1))
    services.sweep(at=AT + timedelta(hours=2))
    assert len(mailoutbox) == 10
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_mended_address_gets_the_message_that_failed(jo, larch, hospitality, server, mailoutbox):
    larch.ask(hospitality, membership=jo)
    server.errors = [UNKNOWN]
    services.sweep(at=AT)
    later = AT + timedelta(hours=1)
    people_services.change_contact(membership=jo, email="jo.c@larch.example", by=None, at=later)
    assert services.send_again(membership=jo, at=later)
    services.sweep(at=later)
    assert [it.to for it in mailoutbox] == [["jo.c@larch.example"]]
    assert not selectors.undelivered(memberships=Membership.objects.all()).exists()
    assert not services.send_again(membership=jo, at=later)


def test_without_an_address_what_failed_becomes_a_letter(jo, larch, hospitality, server):
    larch.ask(hospitality, membership=jo)
    server.errors = [UNKNOWN]
    services.sweep(at=AT)
    people_services.change_contact(membership=jo, email="", by=None, at=AT)
    services.send_again(membership=jo, at=AT)
    services.sweep(at=AT + timedelta(minutes=1))
    assert states() == [(date(2026, 3, 2), "letter")]


def test_a_later_message_makes_a_failed_one_good(jo, larch, hospitality, server):
    larch.ask(hospitality, membership=jo)
    server.errors = [UNKNOWN]
    services.sweep(at=AT)
    services.sweep(at=AT + timedelta(days=16))
    assert [it for _, it in states()] == ["failed", "sent"]
    assert not selectors.undelivered(memberships=Membership.objects.all()).exists()


def test_messages_go_per_membership_also_where_one_person_has_two(larch, hospitality, mailoutbox):
    other = factories.workplace("other", "Other")
    jo, there = larch.employ(email="jo@larch.example"), other.employ(email="jo@other.example")
    Membership.objects.filter(pk=there.pk).update(user=jo.user)
    larch.ask(hospitality, membership=jo)
    other.ask(hospitality, membership=there)
    services.sweep(at=AT)
    assert sorted((it.to[0], it.subject) for it in mailoutbox) == [
        ("jo@larch.example", "Something for you from Larch Hotels"),
        ("jo@other.example", "Something for you from Other"),
    ]


def test_a_sweep_stops_at_its_limit_and_goes_on_next_time(larch, hospitality, mailoutbox, monkeypatch):
    monkeypatch.setattr("compliance.services.messages.BATCH", 2)
    for number in range(5):
        larch.employ(email=f"p{number}@larch.example")
    larch.employ()
    larch.ask(hospitality, site=larch.region)
    assert services.sweep(at=AT, limit=2) == 2
    services.sweep(at=AT)
    assert len(mailoutbox) == 5
    assert len(Message.objects.filter(state="letter")) == 1


def test_of_a_course_that_was_withdrawn_nothing_is_told_until_it_is_there_again(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    assert len(services.claim_messages(at=AT)) == 1
    course = hospitality.courses.get()
    about = {"label": "All of it", "reason": "wrong", "instead": "", "by": None}
    withdrawn = withdraw_part(course=course, part=Part("course", course.code), at=AT, **about)
    ahead = {"memberships": Membership.objects.all(), "today": AT.date()}
    ahead |= {"from_on": AT.date(), "last_on": date(2026, 4, 1)}
    assert list(selectors.planned_lines(**ahead)) == []
    services.sweep(at=AT)
    assert (states(), mailoutbox) == ([(date(2026, 3, 2), "dropped")], [])
    # The day of the next rung, and long past the last good day.
    for at in (datetime(2026, 3, 18, 17, 0, tzinfo=UTC), datetime(2026, 4, 20, 17, 0, tzinfo=UTC)):
        assert services.sweep(at=at) == 0
    assert services.check_obligations(memberships=[jo.pk], at=at) == []
    put_back(withdrawal=withdrawn, by=None, at=at)
    assert services.sweep(at=at) == 0
    services.sweep(at=at + timedelta(days=1))
    assert sorted(it.to for it in mailoutbox) == sorted([["jo@larch.example"], [larch.hr.email]])
    assert kinds(Message.objects.latest("day")) == ["overdue"]
    withdraw_part(course=course, part=Part("course", course.code), at=at, **about)
    assert selectors.withdrawn_trainings().get() == hospitality
    factories.newer_edition(course, "none", at=at)
    assert not selectors.withdrawn_trainings().exists()


def test_a_sweep_of_nothing_asks_the_database_four_times(larch, hospitality, django_assert_num_queries):
    larch.ask(hospitality, membership=larch.employ(email="jo@larch.example"))
    services.sweep(at=AT)
    with django_assert_num_queries(4):
        services.sweep(at=AT)


def queries_of_a_sweep(workplace, training, people: int) -> int:
    for number in range(people):
        workplace.employ(email=f"p{number}@{workplace.organisation.code}.example")
    workplace.ask(training, site=workplace.region)
    with CaptureQueriesContext(connection) as asked:
        services.sweep(at=AT)
    return len([it for it in asked if not it["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])


def test_one_more_mail_costs_only_its_lease_and_its_result(larch, hospitality, mailoutbox):
    one = queries_of_a_sweep(larch, hospitality, 1)
    others = queries_of_a_sweep(factories.workplace("other", "Other"), hospitality, 5)
    assert len(mailoutbox) == 6
    # The lease is a read and a write, the result a write; all else is read and written for all together.
    assert others - one == 4 * 3


def test_a_mail_after_a_slow_one_says_what_is_so_by_then(larch, hospitality, mailoutbox, monkeypatch):
    members = [larch.employ(email=f"p{number}@larch.example") for number in range(2)]
    larch.ask(hospitality, site=larch.region)
    monkeypatch.setattr("compliance.services.messages.FRESH", timedelta(0))
    real = EmailBackend.send_messages

    def send_messages(backend, messages):
        [other] = [it for it in members if [it.email] != messages[0].to]
        factories.learn(other, hospitality, at=AT)
        return real(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    services.sweep(at=AT)
    assert len(mailoutbox) == 1
    assert sorted(state for _, state in states()) == ["dropped", "sent"]


def test_the_task_sweeps_at_the_present_instant(jo, larch, hospitality, the_clock, mailoutbox):
    larch.ask(hospitality, membership=jo)
    sweep_reminders()
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_the_claim_is_committed_and_the_mail_sent_outside_any_transaction(monkeypatch):
    larch, hospitality = factories.workplace(), factories.training()
    jo = larch.employ(email="jo@larch.example")
    larch.ask(hospitality, membership=jo)
    seen = []

    def send_messages(backend, messages):
        message = Message.objects.get()
        seen.append((connection.in_atomic_block, message.state, message.attempts, message.message_id))
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    services.sweep(at=AT)
    assert seen == [(False, "claimed", 1, message_id_of(jo, date(2026, 3, 2)))]
    assert Message.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_claiming_and_sending_refuse_to_be_part_of_a_transaction():
    larch, hospitality = factories.workplace(), factories.training()
    larch.ask(hospitality, membership=larch.employ(email="jo@larch.example"))
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        services.sweep(at=AT)
    assert not getattr(mail, "outbox", [])


@pytest.mark.parametrize("people", [3, 30])
def test_a_batch_costs_the_same_for_few_and_for_many_but_for_the_lease_and_the_result_of_each(
    larch, hospitality, mailoutbox, people
):
    for number in range(people):
        larch.employ(email=f"p{number}@larch.example")
    larch.ask(hospitality, site=larch.region)
    with CaptureQueriesContext(connection) as claiming:
        claimed = services.claim_messages(at=AT)
    assert len(claimed) == people
    asked = [it["sql"] for it in claiming if it["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]
    assert len(asked) == 8, asked
    with CaptureQueriesContext(connection) as reading:
        drafts = mails.drafts(claimed, at=AT)
    assert len(reading) == 6
    assert {it.language for it in drafts.values()} == {"en"}
    with CaptureQueriesContext(connection) as sending:
        services.sweep(at=AT + timedelta(seconds=1))
    assert len(mailoutbox) == people
    written = [it["sql"] for it in sending if it["sql"].startswith("UPDATE")]
    assert len(written) == 2 * people
    read = [it["sql"] for it in sending if it["sql"].startswith("SELECT")]
    # Of each the lease, of the part its drafts, of the rounds what waits.
    assert len(read) - people == 12, read


def test_what_cannot_be_read_together_is_read_alone_and_the_bad_one_is_put_off(larch, hospitality, mailoutbox):
    for number in range(3):
        larch.employ(email=f"p{number}@larch.example")
    larch.ask(hospitality, site=larch.region)
    bad, *_ = services.claim_messages(at=AT)
    items = Message.objects.get(pk=bad).items
    Message.objects.filter(pk=bad).update(items=[{**items[0], "due_on": "no day"}])
    services.sweep(at=AT)
    assert len(mailoutbox) == 2
    assert Message.objects.get(pk=bad).state == "claimed"


def test_who_cannot_be_claimed_for_keeps_nobody_else_waiting(larch, hospitality, mailoutbox, monkeypatch):
    people = [larch.employ(email=f"p{number}@larch.example") for number in range(3)]
    larch.ask(hospitality, site=larch.region)
    told_now = messages._told_now

    def refuse(obligation, at, **said):
        if obligation.membership_id == people[0].pk:
            raise ValueError("bad facts")
        return told_now(obligation, at, **said)

    monkeypatch.setattr(messages, "_told_now", refuse)
    # Who is left when all others are told is said, not passed over.
    with pytest.raises(ValueError, match="bad facts"):
        services.sweep(at=AT)
    assert {it.membership for it in Message.objects.all()} == {people[1], people[2]}
    monkeypatch.undo()
    services.sweep(at=AT + timedelta(seconds=1))
    assert len(mailoutbox) == 3
