"""What waits for who leads a language, on the page and in one mail a day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse

from people import outbox
from people.models import User
from tests.factories.people import UserFactory, sign_in_personally
from tests.translations.samples import AT, recorded, text, translate
from translations.freshness import Provenance
from translations.models import LanguageLead, Segment, TranslationTask
from translations.selectors.inbox import inboxes
from translations.services import look_for_digests

pytestmark = pytest.mark.django_db
SOURCES = {"a": "Rooms", "b": "Doors", "c": "Keys", "d": "Beds", "e": "Maps"}
INBOX = "/cms/languages/to-do/"


@pytest.fixture
def words() -> None:
    recorded(text(sources=SOURCES), text("course:camp", sources={"x": "Camp"}, group="course:camp"))
    translate("a", "Chambres", of="Room")
    translate("b", "Portes")
    translate("c", "Clés", provenance=Provenance.PERSON)
    translate("d", "Lits", provenance=Provenance.REVIEWED, review_by=date(2026, 11, 1))


def lead(language: str = "fr", **about: Any) -> User:
    user: User = UserFactory(with_email=True, **about)
    user.groups.add(Group.objects.get(name="author"))
    LanguageLead.objects.create(user=user, language=language)
    return user


def open_task(key: str = "b", language: str = "fr", **about: Any) -> TranslationTask:
    segment = Segment.objects.get(key=key)
    return TranslationTask.objects.create(
        **{"segment": segment, "language": language, "cause": "changed", "detail": "Doors!", "opened_at": AT} | about
    )


def told(at: datetime) -> list[str]:
    mail.outbox.clear()
    look_for_digests(at=at)
    look_for_digests(at=at + timedelta(minutes=5))
    outbox.deliver_due(at=at + timedelta(minutes=6), limit=20)
    return [str(each.body) for each in mail.outbox]


def test_inbox_counts_what_asks_for_work_where_somebody_began(words: None) -> None:
    [french, punjabi] = inboxes(languages=["fr", "pa"], on=AT.date())
    assert [row.group for row, _ in french.groups] == ["course:hotel"]
    assert french.counts == {"stale": 1, "untranslated": 1, "draft": 1, "in_review": 1, "review_overdue": 1}
    assert (punjabi.groups, sum(punjabi.counts.values())) == ((), 0)


def test_page_shows_a_lead_their_language_and_closes_a_task(client: Client, words: None) -> None:
    user = lead()
    sign_in_personally(client, user)
    task = open_task()
    open_task("c", language="pa", detail="Not theirs")
    page = client.get(INBOX).content.decode()
    assert "Doors!" in page
    assert "1 to translate again, 1 missing" in page
    assert "Not theirs" not in page
    assert client.post(INBOX, {"task": str(open_task("d", language="pa").pk)}).status_code == 404
    assert client.post(INBOX, {"task": "9" * 30}).status_code == 404
    client.post(INBOX, {"task": str(task.pk)})
    task.refresh_from_db()
    assert (task.done_by, task.done_at is not None) == (user, True)


def test_who_leads_nothing_closes_nothing(client: Client, words: None) -> None:
    user = UserFactory(with_email=True)
    user.groups.add(Group.objects.get(name="author"))
    sign_in_personally(client, user)
    assert "You lead no language" in client.get(INBOX).content.decode()
    assert client.post(INBOX, {"task": str(open_task().pk)}).status_code == 404


def test_mail_goes_once_a_day_and_only_when_something_is_new(words: None) -> None:
    lead(name="Ana")
    [first] = told(AT)
    assert "1 piece to translate again; 1 piece missing; 1 draft that nobody reviewed" in first
    assert mail.outbox[0].subject == "Texts wait for you"
    assert mail.outbox[0].extra_headers["Content-Language"] == "en"
    assert "Hello Ana," in first
    assert told(AT + timedelta(hours=3)) == []
    assert told(AT + timedelta(days=1)) == []
    open_task()
    [second] = told(AT + timedelta(days=2))
    assert "1 task; " in second
    TranslationTask.objects.update(done_at=AT)
    assert told(AT + timedelta(days=3)) == []
    TranslationTask.objects.update(done_at=None)
    assert len(told(AT + timedelta(days=4))) == 1


def test_one_mail_for_all_languages_and_none_for_who_leads_no_more(words: None) -> None:
    user = lead()
    LanguageLead.objects.create(user=user, language="pa")
    translate("a", "ਕਮਰੇ", language="pa")
    look_for_digests(at=AT)
    LanguageLead.objects.filter(language="fr").delete()
    outbox.deliver_due(at=AT, limit=20)
    [sent] = mail.outbox
    assert ("ਪੰਜਾਬੀ" in sent.body, "Français" in sent.body) == (True, False)


def test_a_sweep_with_nothing_to_do_asks_once(words: None, django_assert_num_queries: Any) -> None:
    lead()
    look_for_digests(at=AT)
    with django_assert_num_queries(1):
        look_for_digests(at=AT)


def test_inbox_address_is_where_mails_lead() -> None:
    assert reverse("translations_admin:inbox") == INBOX
