from email.message import EmailMessage as PlainMessage
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def message(subject: str = "Something for you") -> EmailMultiAlternatives:
    sent = EmailMultiAlternatives(
        subject, "Open http://testserver/training/ <b>now</b>", "from@example.org", ["to@example.org"]
    )
    sent.attach_alternative(
        '<p>Hello<script>alert(1)</script><img src="https://evil.example/x.png" onerror="x()"></p>', "text/html"
    )
    sent.attach("day.ics", "BEGIN:VCALENDAR", "text/calendar")
    return sent


def test_mails_are_listed_and_shown(client: Client) -> None:
    message("First").send()
    message("Second").send()
    html = client.get(reverse("people:dev_mail")).content.decode()
    assert html.index("Second") < html.index("First")
    html = client.get("/dev/mail/m0/").content.decode()
    assert ">First</h1>" in html
    assert "to@example.org" in html
    assert '<a href="http://testserver/training/"' in html
    assert "&lt;b&gt;now" in html
    assert "day.ics (text/calendar)" in html


def test_html_part_can_neither_act_nor_load(client: Client) -> None:
    message().send()
    response = client.get("/dev/mail/m0/html/")
    html = response.content.decode()
    assert "Hello" in html
    assert not [bad for bad in ("script", "onerror") if bad in html]
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'self'"


def test_mail_without_html_has_no_html_page(client: Client) -> None:
    mail.send_mail("Plain", "text", "from@example.org", ["to@example.org"])
    assert client.get("/dev/mail/m0/html/").status_code == 404


@pytest.mark.parametrize("reference", ["m7", "..", "..%2F..%2Fetc%2Fpasswd", "x"])
def test_reference_is_no_path(client: Client, reference: str) -> None:
    assert client.get(f"/dev/mail/{reference}/").status_code == 404


def test_files_of_the_mail_folder_are_read(client: Client, settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delattr(mail, "outbox")
    settings.EMAIL_FILE_PATH = tmp_path
    backend = EmailBackend()
    backend.send_messages([message("First"), message("Second ünï")])
    other = PlainMessage()
    other["Subject"] = "From elsewhere"
    other.set_content("hello")
    (tmp_path / "other.eml").write_bytes(other.as_bytes())
    (tmp_path / "secret.txt").write_text("left out")
    html = client.get(reverse("people:dev_mail")).content.decode()
    assert [subject in html for subject in ("First", "Second ünï", "From elsewhere", "left out")] == [
        True,
        True,
        True,
        False,
    ]
    assert "hello" in client.get("/dev/mail/other-0/").content.decode()


def test_missing_folder_is_an_empty_list(client: Client, settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delattr(mail, "outbox")
    settings.EMAIL_FILE_PATH = tmp_path / "none"
    assert "There are none." in client.get(reverse("people:dev_mail")).content.decode()


def test_mails_exist_in_the_demo_only(client: Client, settings: Any) -> None:
    message().send()
    settings.DEMO = False
    for address in ("/dev/mail/", "/dev/mail/m0/", "/dev/mail/m0/html/"):
        assert client.get(address).status_code == 404
