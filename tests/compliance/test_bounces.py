"""Mails that came back: what a report says, who gets a letter instead, how HR settles it, what the log shows."""

import io
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import mails, selectors, services
from compliance.delivery_reports import DeliveryReport, read_report
from compliance.models import Bounce, Digest, Escalation, Message
from people import services as people_services
from people.models import AuditEntry, Membership, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT
from tests.factories.people import sign_in_personally


def report_about(
    message_id="<abc@fieldfare.invalid>",
    to="Jo@Larch.example",
    action="failed",
    status="5.1.1",
    own="<report-1@mx.example>",
    quoted="text/rfc822-headers",
) -> bytes:
    """Return what a mail server sends back."""
    headers = f"Message-ID: {message_id}\nTo: {to}\nSubject: Something for you\n"
    return f"""From: MAILER-DAEMON@mx.example
To: learning@fieldfare.invalid
Message-ID: {own}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I am sorry. <somebody-else@example.org>

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 2 Mar 2026 09:00:00 -0800

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b1
Content-Type: {quoted}

{headers}
--b1--
""".encode()


@pytest.mark.parametrize("quoted", ["text/rfc822-headers", "message/rfc822"])
def test_a_failure_for_good_is_read(quoted):
    report = read_report(report_about(quoted=quoted))
    assert (report.message_id, report.sent_to) == ("<abc@fieldfare.invalid>", "jo@larch.example")
    assert len(report.report_id) == 64


@pytest.mark.parametrize(
    "raw",
    [
        report_about(action="delayed", status="4.4.1"),
        report_about(action="delivered", status="2.0.0"),
        report_about(status="4.2.2"),
        report_about(message_id="none"),
        report_about().replace(b"multipart/report", b"multipart/mixed"),
        b"Subject: Out of office\n\nI am away.\n",
        b"",
        b"\xff\xfe\x00nonsense",
        report_about()[:400],
        b"x" * (10 * 1024 * 1024 + 1),
    ],
)
def test_other_mails_are_none(raw):
    assert read_report(raw) is None


def test_a_report_that_quotes_nothing_answers_our_mail():
    raw = report_about(message_id="").replace(b"Subject: Und", b"In-Reply-To: <abc@fieldfare.invalid>\nSubject: Und")
    assert read_report(raw.replace(b"To: Jo@Larch.example\n", b"")) == DeliveryReport(
        "<abc@fieldfare.invalid>", "", read_report(report_about()).report_id
    )


# --- with people ---


@pytest.fixture
def jo(larch, hospitality):
    member = larch.employ("Jo Castellan", number="0042", email="jo@larch.example")
    larch.ask(hospitality, membership=member)
    services.sweep(at=AT)
    return member


def bounce(member: Membership, *, own="<report-1@mx.example>", to="jo@larch.example", at=AT) -> Bounce | None:
    message = Message.objects.filter(membership=member).latest("day")
    raw = report_about(message_id=message.message_id, to=to, own=own)
    return services.record_bounce(report=read_report(raw), at=at + timedelta(hours=1))


def states(member):
    return list(Message.objects.filter(membership=member).order_by("day").values_list("state", flat=True))


@pytest.mark.django_db
def test_who_cannot_be_reached_joins_the_letter_list_and_gets_letters_from_then_on(larch, jo, mailoutbox):
    assert bounce(jo).reported_on == date(2026, 3, 2)
    assert states(jo) == ["letter"]
    assert [it.membership for it in selectors.letters(memberships=Membership.objects.all())] == [jo]
    services.sweep(at=AT + timedelta(days=17))
    assert states(jo)[-1] == "letter"
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_a_report_counts_once_and_foreign_ones_not_at_all(jo):
    assert bounce(jo) is not None
    assert bounce(jo) is None
    assert Bounce.objects.count() == 1
    assert services.record_bounce(report=read_report(report_about(own="<other@mx.example>")), at=AT) is None


@pytest.mark.django_db
def test_another_address_settles_it_and_gets_the_message(larch, jo, mailoutbox):
    bounce(jo)
    people_services.change_contact(membership=jo, email="jo.c@larch.example", by=larch.hr, at=AT)
    assert services.send_again(membership=jo, at=AT)
    assert list(selectors.open_bounces(memberships=Membership.objects.all())) == []
    services.sweep(at=AT + timedelta(hours=2))
    assert [it.to for it in mailoutbox] == [["jo@larch.example"], ["jo.c@larch.example"]]
    assert mailoutbox[0].extra_headers["Message-ID"] == mailoutbox[1].extra_headers["Message-ID"]


@pytest.mark.django_db
def test_a_report_about_an_address_of_before_lets_the_message_go_to_the_present_one(larch, jo):
    people_services.change_contact(membership=jo, email="jo.c@larch.example", by=larch.hr, at=AT)
    assert bounce(jo) is not None
    assert states(jo) == ["claimed"]
    assert selectors.takes_mail(jo)


@pytest.mark.django_db
def test_taking_the_address_away_settles_it(larch, jo):
    bounce(jo)
    people_services.change_contact(membership=jo, email="", by=larch.hr, at=AT)
    assert list(selectors.open_bounces(memberships=Membership.objects.all())) == []
    assert states(jo) == ["letter"]


@pytest.mark.django_db
def test_trying_again_sends_by_mail_and_a_new_report_opens_it_again(larch, jo, mailoutbox):
    bounce(jo)
    assert services.try_address_again(membership=jo, by=larch.hr, at=AT + timedelta(hours=2))
    assert not services.try_address_again(membership=jo, by=larch.hr, at=AT + timedelta(hours=2))
    services.sweep(at=AT + timedelta(hours=3))
    assert states(jo) == ["sent"]
    assert bounce(jo) is None, "the first report once more"
    assert bounce(jo, own="<report-2@mx.example>", at=AT + timedelta(hours=4)) is not None
    assert states(jo) == ["letter"]
    assert AuditEntry.objects.filter(verb="mail.address_tried_again").count() == 1


@pytest.mark.django_db
def test_what_a_later_message_says_is_not_sent_twice(larch, jo, hospitality):
    first = Message.objects.get()
    services.sweep(at=AT + timedelta(days=17))
    raw = report_about(message_id=first.message_id)
    services.record_bounce(report=read_report(raw), at=AT + timedelta(days=18))
    assert states(jo) == ["sent", "sent"]


@pytest.mark.django_db
def test_a_manager_whose_address_takes_no_mail_is_passed_over(larch, hospitality, jo):
    manager = larch.employ("Mo Rowan", number="0001", email="mo@larch.example")
    Membership.objects.filter(pk=jo.pk).update(manager=manager)
    services.sweep(at=AT + timedelta(days=30))
    digest = Digest.objects.get()
    raw = report_about(message_id=digest.message_id, to="mo@larch.example")
    assert services.record_bounce(report=read_report(raw), at=AT + timedelta(days=30)).membership == manager
    assert mails.compose_digest(digest, []) is None
    [heard] = selectors.Chain().above(
        [(Membership.objects.get(pk=jo.pk), ["learner", "manager"])], at=AT + timedelta(days=31)
    )
    assert manager.pk not in {it.manager_id for it in heard}
    assert Escalation.objects.count() == 1


@pytest.mark.django_db
def test_the_plan_counts_them_among_the_letters(larch, jo):
    bounce(jo)
    found = selectors.planned_lines(
        memberships=Membership.objects.all(),
        from_on=date(2026, 3, 18),
        last_on=date(2026, 3, 18),
        today=date(2026, 3, 2),
    )
    assert [it.by_letter for it in found] == [True]


# --- the doors ---


@pytest.mark.django_db
@pytest.mark.usefixtures("the_clock")
class TestCommand:
    def run(self, *arguments):
        said = io.StringIO()
        call_command("record_bounces", *arguments, stdout=said)
        return said.getvalue()

    def test_it_reads_one_mail_from_a_server(self, jo, monkeypatch):
        raw = report_about(message_id=Message.objects.get().message_id)
        for words in ("recorded\n", "not about one of our people, or known already\n"):
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
            assert self.run() == words
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Subject: hello\n\nhello\n")))
        assert self.run() == "no report that a mail came back for good\n"

    def test_it_empties_a_folder(self, jo, tmp_path: Path):
        (tmp_path / "1").write_bytes(report_about(message_id=Message.objects.get().message_id))
        (tmp_path / "2").write_bytes(b"\xff")
        assert self.run(tmp_path) == "1: recorded\n2: no report that a mail came back for good\n"
        assert sorted(it.name for it in (tmp_path / "done").iterdir()) == ["1", "2"]
        assert self.run(tmp_path) == f"Nothing waits in {tmp_path}.\n"

    def test_it_says_that_there_is_no_folder(self, tmp_path):
        with pytest.raises(CommandError):
            self.run(tmp_path / "nowhere")


@pytest.mark.django_db
@pytest.mark.usefixtures("the_clock")
class TestPages:
    @pytest.fixture
    def hr(self, client, larch):
        sign_in_personally(client, larch.hr)
        return client

    def test_the_log_says_what_became_of_each_message_without_times(self, hr, larch, jo, hospitality):
        ama = larch.employ("Ama Birch", number="0043")
        larch.ask(factories.training("Second"), membership=ama)
        services.sweep(at=AT)
        address = reverse("compliance:sent", args=["larch"])
        answer = hr.get(address)
        assert [(it.membership, it.step.kind, it.title, it.deliveries) for it, _, _ in answer.context["lines"]] == [
            (ama, "invitation", "Second", ("letter",)),
            (jo, "invitation", hospitality.title, ("sent",)),
        ]
        assert "17:0" not in answer.content.decode()
        assert "2 March 2026" in answer.content.decode()
        bounce(jo)
        only = hr.get(address, {"state": "bounced"})
        assert [(it.membership, it.deliveries) for it, _, _ in only.context["lines"]] == [(jo, ("bounced", "letter"))]
        assert hr.get(address, {"state": "printed", "site": "fort-st-john"}).context["lines"] == []
        assert hr.get(address, {"first": "2026-03-03", "last": "2026-03-04"}).context["lines"] == []
        assert hr.get(address, {"state": "read"}).status_code == 422

    def test_the_log_costs_the_same_for_one_and_for_three(self, hr, larch, jo):
        address = reverse("compliance:sent", args=["larch"])
        hr.get(address)
        counted = []
        for number in ("0043", "0044", "0045"):
            with CaptureQueriesContext(connection) as queries:
                hr.get(address)
            counted.append(len(queries))
            larch.ask(factories.training(number), membership=larch.employ("Ama Birch", number=number))
            services.sweep(at=AT)
        assert counted == [13] * 3

    def test_a_lead_reads_of_the_people_of_their_own_site(self, client, larch, jo):
        sign_in_personally(client, larch.staff(StaffRole.Kind.SITE_LEAD, site=larch.prince))
        assert client.get(reverse("compliance:sent", args=["larch"])).context["lines"] == []

    def test_hr_is_asked_to_mend_the_address(self, hr, jo):
        bounce(jo)
        assert (
            "1 address does not take mail"
            in hr.get(reverse("compliance:organisation", args=["larch"])).content.decode()
        )
        listed = hr.get(reverse("compliance:letters", args=["larch"]))
        assert [it.membership for it in listed.context["bounces"]] == [jo]
        person = reverse("compliance:person", args=["larch", jo.public_id])
        assert "The address of this person does not take mail" in hr.get(person).content.decode()
        hr.post(reverse("compliance:address_again", args=["larch", jo.public_id]))
        assert "The address of this person does not take mail" not in hr.get(person).content.decode()
        assert states(jo) == ["claimed"]

    def test_mending_the_address_on_the_page_settles_it(self, hr, jo):
        bounce(jo)
        person = reverse("compliance:person", args=["larch", jo.public_id])
        hr.post(person, {"name": "Jo Castellan", "email": "jo.c@larch.example"})
        assert list(selectors.open_bounces(memberships=Membership.objects.all())) == []
        assert states(jo) == ["claimed"]
