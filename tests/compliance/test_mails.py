"""Mails: neutral outside, useful inside, in the person's language."""

import re
import struct
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import icalendar
import pytest

from compliance import mails, services
from compliance.models import Message
from tests.factories import compliance as factories
from tests.factories.compliance import AT

pytestmark = pytest.mark.django_db

TOPIC = re.compile(r"traffick|exploit|slave|forced|victim|surviv|sex|abuse|police", re.IGNORECASE)


def write_catalogue(folder: Path, language: str, texts: dict[tuple[str, str], str]) -> None:
    """Write a compiled catalogue; keys are context and text."""
    entries = {b"": b"Content-Type: text/plain; charset=UTF-8\n"}
    for (context, text), translated in texts.items():
        entries[f"{context}\4{text}".encode() if context else text.encode()] = translated.encode()
    keys = sorted(entries)
    ids = b"".join(key + b"\0" for key in keys)
    strings = b"".join(entries[key] + b"\0" for key in keys)
    start = 28 + 16 * len(keys)
    offsets, at_id, at_string = [], start, start + len(ids)
    for key in keys:
        offsets.append((len(key), at_id, len(entries[key]), at_string))
        at_id += len(key) + 1
        at_string += len(entries[key]) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0)
    table = b"".join(struct.pack("<2I", it[0], it[1]) for it in offsets)
    table += b"".join(struct.pack("<2I", it[2], it[3]) for it in offsets)
    target = folder / language / "LC_MESSAGES"
    target.mkdir(parents=True)
    (target / "django.mo").write_bytes(head + table + ids + strings)


@pytest.fixture
def french(settings, tmp_path):
    """A small French catalogue."""
    write_catalogue(
        tmp_path,
        "fr",
        {
            ("sign-in slip", "Your sign-in"): "Votre connexion",
            ("letter", "Something for you to do"): "Quelque chose à faire",
            ("subject of a reminder", "Something for you from %(organisation)s"): "Du nouveau de %(organisation)s",
            ("reminder", "Please finish it by %(day)s."): "À terminer avant le %(day)s inclus.",
            ("title of a calendar entry", "To do for work"): "À faire pour le travail",
        },
    )
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]


@pytest.fixture
def jo(larch):
    return larch.employ(email="jo@larch.example")


def sent(mailoutbox):
    """Return the learner's only mail as a reader's program gets it."""
    [mail] = [it for it in mailoutbox if it.to == ["jo@larch.example"]]
    return message_from_bytes(mail.message().as_bytes(), policy=policy.default)


@pytest.fixture
def invitation(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    return sent(mailoutbox)


def test_subject_sender_and_file_name_say_nothing(invitation):
    assert invitation["Subject"] == "Something for you from Larch Hotels"
    assert invitation["From"] == "Learning <learning@localhost>"
    assert [it.get_filename() for it in invitation.iter_attachments()] == ["date.ics"]
    assert (invitation["Auto-Submitted"], invitation["Content-Language"]) == ("auto-generated", "en")
    assert not TOPIC.search(invitation.as_string())


def test_the_text_part_says_who_what_by_when_and_where(invitation):
    text = invitation.get_body(("plain",)).get_content()
    assert text.splitlines() == [
        "Hello Jo Castellan,",
        "",
        "Larch Hotels has something for you to do:",
        "",
        "- Working safely with guests",
        "  Please finish it by 1 April 2026.",
        "",
        "Open it here. You can stop at any time and go on later:",
        re.search(r"http\S+", text)[0],
        "",
        "To sign in you need your organisation code, your employee number and your PIN. If you have no PIN, ask the "
        "person named on your slip.",
        "",
        "This message was sent by a machine; nobody reads answers to it.",
        "",
    ]


def test_there_is_one_link_and_nothing_that_loads(invitation, hospitality):
    html = invitation.get_body(("html",)).get_content()
    link = f"http://testserver/learn/{hospitality.courses.get().slug}/"
    assert re.findall(r"https?://[^\"'<\s]+", html) == [link]
    assert re.findall(r"https?://\S+", invitation.get_body(("plain",)).get_content()) == [link]
    assert not re.search(r"<img|<script|<link|style=|src=", html)
    assert '<html lang="en" dir="ltr">' in html


def test_the_link_tells_nobody_how_far_the_person_is(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    factories.begin(jo, hospitality)
    services.sweep(at=AT)
    assert f"/learn/{hospitality.courses.get().slug}/\n" in mailoutbox[0].body
    assert "one" not in mailoutbox[0].body.split("/learn/")[1].split("\n")[0].split("/")[1:]


def test_several_things_lead_to_the_list(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    larch.ask(factories.training("Second"), membership=jo)
    services.sweep(at=AT)
    assert "http://testserver/training/\n" in mailoutbox[0].body


def test_names_with_signs_of_markup_stay_what_they_are(larch, hospitality, mailoutbox):
    member = larch.employ("Jo <b>&amp; Co</b>", email="jo@larch.example")
    larch.ask(hospitality, membership=member)
    services.sweep(at=AT)
    message = sent(mailoutbox)
    assert "Hello Jo <b>&amp; Co</b>," in message.get_body(("plain",)).get_content()
    assert "Hello Jo &lt;b&gt;&amp;amp; Co&lt;/b&gt;," in message.get_body(("html",)).get_content()


def test_an_organisation_with_a_line_break_in_its_name_is_no_second_header(larch, hospitality, mailoutbox):
    larch.organisation.name = "Larch\r\nBcc: all@example.org"
    larch.organisation.save()
    larch.ask(hospitality, membership=larch.employ(email="jo@larch.example"))
    services.sweep(at=AT)
    message = sent(mailoutbox)
    assert message["Subject"] == "Something for you from Larch Bcc: all@example.org"
    assert message["Bcc"] is None


def test_the_calendar_file_is_a_neutral_day(invitation):
    [attached] = invitation.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    calendar = icalendar.Calendar.from_ical(attached.get_content())
    [event] = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "To do for work"
    assert event["DTSTART"].dt == date(2026, 4, 1)
    assert event["DTEND"].dt == date(2026, 4, 2)
    assert set(event) == {"SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "TRANSP"}
    assert "fieldfare" not in attached.get_content().lower().replace("@fieldfare.invalid", "")


def test_a_day_that_has_passed_is_in_no_calendar(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    services.sweep(at=datetime(2026, 4, 4, 16, 0, tzinfo=UTC))
    message = sent(mailoutbox)
    assert "It was due by 1 April 2026. Please do it when you next can." in message.get_body(("plain",)).get_content()
    assert list(message.iter_attachments()) == []


@pytest.mark.parametrize(
    ("at", "line"),
    [
        (
            datetime(2029, 1, 5, 17, 0, tzinfo=UTC),
            "Your certificate is good through 1 March 2029. Please renew it by then.",
        ),
        (datetime(2029, 3, 5, 17, 0, tzinfo=UTC), "Your certificate has ended. Please renew it."),
    ],
)
def test_what_a_mail_says_of_a_certificate(jo, larch, hospitality, mailoutbox, at, line):
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    services.sweep(at=at)
    assert f"  {line}\n" in mailoutbox[0].body


def test_the_language_is_the_learners_own(jo, larch, hospitality, mailoutbox, french):
    jo.user.language = "fr"
    jo.user.save()
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    message = sent(mailoutbox)
    # The titles in it are English.
    assert (message["Subject"], message["Content-Language"]) == ("Du nouveau de Larch Hotels", "fr, en")
    assert "  À terminer avant le 1 avril 2026 inclus.\n" in message.get_body(("plain",)).get_content()
    assert '<html lang="fr" dir="ltr">' in message.get_body(("html",)).get_content()
    [attached] = message.iter_attachments()
    assert "À faire pour le travail" in attached.get_content()
    assert not TOPIC.search(message.as_string())


def test_without_a_choice_it_is_the_first_language_of_the_site(jo, larch, hospitality, mailoutbox, french):
    larch.fort.languages = ["fr", "en"]
    larch.fort.save()
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    assert mailoutbox[0].subject == "Du nouveau de Larch Hotels"


def test_a_language_without_a_catalogue_is_english_and_says_so(jo, larch, hospitality, mailoutbox):
    jo.user.language = "so"
    jo.user.save()
    assert mails.language_of(jo) == "en"
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    assert '<html lang="en" dir="ltr">' in mailoutbox[0].alternatives[0].content


def test_a_resend_is_the_same_mail(jo, larch, hospitality, mailoutbox):
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    Message.objects.update(state="claimed", claimed_until=AT)
    services.sweep(at=AT + timedelta(hours=2))
    first, second = (message_from_bytes(it.message().as_bytes(), policy=policy.default) for it in mailoutbox)
    assert first["Message-ID"] == second["Message-ID"]
    for part in ("plain", "html"):
        assert first.get_body((part,)).get_content() == second.get_body((part,)).get_content()
    assert [it.get_content() for it in first.iter_attachments()] == [
        it.get_content() for it in second.iter_attachments()
    ]
