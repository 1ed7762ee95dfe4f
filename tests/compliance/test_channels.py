"""The port of messages: another channel than mail keeps the same discipline."""

from datetime import timedelta

import pytest

from compliance import services
from compliance.channels import Notice, Refused
from compliance.channels import channel as new_channel
from compliance.channels.smtp import SmtpChannel
from compliance.models import Digest, Message
from people.models import Membership
from tests.factories.compliance import AT

pytestmark = pytest.mark.django_db


class NoticeBoard:
    """A channel that pins notices up, and refuses or fails when told."""

    pinned: list[Notice]
    errors: list[Exception]

    def send(self, notice: Notice) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.pinned.append(notice)


@pytest.fixture
def board(settings):
    settings.REMINDER_CHANNEL = "tests.compliance.test_channels.NoticeBoard"
    NoticeBoard.pinned, NoticeBoard.errors = [], []
    return NoticeBoard


@pytest.fixture
def jo(larch, hospitality):
    member = larch.employ("Jo Castellan", email="jo@larch.example")
    larch.ask(hospitality, membership=member)
    return member


def test_mail_is_the_usual_one():
    assert isinstance(new_channel(), SmtpChannel)


def test_another_channel_gets_the_whole_message_and_no_mail_goes_out(board, jo, mailoutbox):
    assert services.sweep(at=AT) == 1
    notice, message = board.pinned[0], Message.objects.get()
    assert (notice.address, notice.subject) == ("jo@larch.example", "Something for you from Larch Hotels")
    assert notice.message_id == message.message_id
    assert "Working safely with guests" in notice.text
    assert "Working safely with guests" in notice.html
    assert b"DTSTART;VALUE=DATE:20260401" in notice.calendar
    assert message.state == "sent"
    assert mailoutbox == []


def test_what_it_refuses_has_failed(board, jo):
    board.errors = [Refused()]
    services.sweep(at=AT)
    assert Message.objects.get().state == "failed"


def test_trouble_is_tried_again(board, jo):
    board.errors = [ConnectionRefusedError()]
    services.sweep(at=AT)
    assert Message.objects.get().state == "claimed"
    services.sweep(at=AT + timedelta(minutes=10))
    assert Message.objects.get().state == "sent"
    assert len(board.pinned) == 1


def test_digests_go_the_same_way(board, larch, jo):
    manager = larch.employ("Mo Rowan", email="mo@larch.example")
    Membership.objects.filter(pk=jo.pk).update(manager=manager)
    services.sweep(at=AT + timedelta(days=30))
    assert [it.address for it in board.pinned] == ["jo@larch.example", "mo@larch.example"]
    assert board.pinned[1].calendar == b""
    assert Digest.objects.get().state == "sent"
