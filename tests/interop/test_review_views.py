"""Reviews by a reviewer's own programme: the same refusals as on their pages, in words."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from wagtail.models import ModelLogEntry

from cms import clock
from courses import services
from courses.exceptions import ReleaseRefused
from courses.models import CoursePage, ReviewComment, ReviewDoor, Reviewer, ReviewRequest, SignOff
from people.services import make_api_key
from tests.factories.courses import RELEASED_AT, asked_to_review, course_with_pages, publish, release
from tests.factories.people import OrganisationFactory

pytestmark = pytest.mark.django_db
WORDS = "a thrush in the rowan"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    standing = SimpleNamespace(at=RELEASED_AT)
    monkeypatch.setattr(clock, "now", lambda: standing.at)
    return standing


@pytest.fixture
def asked(now: SimpleNamespace) -> ReviewRequest:
    """A survivor, known as Wren, is asked to review a published course."""
    return asked_to_review(course_with_pages())


def send(client: Client, path: str, body: Any, key: str = "", method: str = "post") -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    content = body if isinstance(body, str) else json.dumps(body)
    return getattr(client, method)(f"/api/1/reviews/{path}", content, content_type="application/json", headers=headers)


def read(client: Client, path: str, key: str) -> Any:
    return client.get(f"/api/1/reviews/{path}", headers={"Authorization": f"Bearer {key}"})


def key_of(client: Client, reviewer: Reviewer, words: str = WORDS) -> str:
    token = services.make_link(reviewer=reviewer, by=None, at=RELEASED_AT)
    answer = send(client, "keys/", {"link": f"https://x/review/{token}/", "name": reviewer.known_as, "words": words})
    assert answer.status_code == 201
    return str(answer.json()["key"])


def test_reads_what_is_asked_and_says_a_word(client: Client, asked: ReviewRequest) -> None:
    key = key_of(client, asked.reviewer)
    [shown] = read(client, "", key).json()["reviews"]
    assert shown == {
        "review": str(asked.public_id), "course": asked.course.code, "language": "en", "kind": "survivor",
        "asked_at": asked.asked_at.isoformat(), "said": None,
    }  # fmt: skip
    one = read(client, f"{asked.public_id}/", key).json()
    assert [lesson["code"] for lesson in one["text"]["lessons"]] == ["facts", "act"]
    about = {"verdict": "no", "content": one["content"], "comment": "Not like this."}
    said = send(client, f"{asked.public_id}/word/", about, key)
    assert (said.status_code, said.json()["said"]["verdict"]) == (200, "no")
    assert [(it.verdict, it.comment) for it in SignOff.objects.all()] == [("no", "Not like this.")]
    with pytest.raises(ReleaseRefused):
        release(asked.course)


def test_what_the_pages_refuse_is_refused_in_words(client: Client, asked: ReviewRequest) -> None:
    key = key_of(client, asked.reviewer)
    path = f"{asked.public_id}/word/"
    content = read(client, f"{asked.public_id}/", key).json()["content"]
    yes = {"verdict": "yes", "content": content}
    page = CoursePage.objects.get(course=asked.course)
    page.summary = "Said otherwise."
    publish(page)
    refused = {
        "older text": send(client, path, yes, key),
        "nothing to take back": send(client, path, {"verdict": "withdrawn", "content": content}, key),
        "no verdict": send(client, path, {**yes, "verdict": "maybe"}, key),
        "no content": send(client, path, {"verdict": "yes"}, key),
        "long comment": send(client, path, {**yes, "comment": "x" * 4001}, key),
        "no JSON": send(client, path, "yes", key),
        "no text": send(client, path, {**yes, "comment": "\0"}, key),
        "half a sign": send(client, path, {**yes, "comment": "\ud800"}, key),
        "no such text": send(client, path, {**yes, "content": "0" * 64}, key),
        "another's": send(client, f"{asked_to_review(asked.course, known_as='Robin').public_id}/word/", yes, key),
    }
    assert {name: it.status_code for name, it in refused.items()} == {
        "older text": 409, "nothing to take back": 409, "no verdict": 400, "no content": 400, "long comment": 400,
        "no JSON": 400, "no text": 400, "half a sign": 400, "no such text": 409, "another's": 404,
    }  # fmt: skip
    assert "has changed since" in refused["older text"].json()["error"]
    assert "not asked" in refused["another's"].json()["error"]
    Reviewer.objects.filter(pk=asked.reviewer_id).update(languages=["fr"])
    elsewhere = send(client, path, {"verdict": "no", "content": content}, key)
    assert (elsewhere.status_code, "in this language" in elsewhere.json()["error"]) == (403, True)
    assert not SignOff.objects.exists()


def test_a_key_is_for_who_has_link_name_and_words(client: Client, asked: ReviewRequest) -> None:
    key_of(client, asked.reviewer)
    token = services.make_link(reviewer=asked.reviewer, by=None, at=RELEASED_AT)
    good = {"link": token, "name": "wren", "words": WORDS}
    wrong = [{**good, "words": "something else"}, {**good, "name": "Robin"}, {**good, "link": "x"}]
    assert [send(client, "keys/", each).status_code for each in wrong] == [403, 403, 403]
    assert ReviewDoor.objects.get().failures == 2  # wrong tries count, as on the page
    assert [send(client, "keys/", each).status_code for each in ({}, "x", [1])] == [400, 400, 400]
    assert send(client, "keys/", good).status_code == 201


def test_a_key_ends_with_its_link(client: Client, asked: ReviewRequest, now: SimpleNamespace) -> None:
    old = key_of(client, asked.reviewer)
    key = key_of(client, asked.reviewer)
    assert [read(client, "", each).status_code for each in (old, key, "", "x")] == [401, 200, 401, 401]
    services.shut_link(reviewer=asked.reviewer, by=None, at=RELEASED_AT)
    assert read(client, "", key).status_code == 401
    key = key_of(client, asked.reviewer)
    assert send(client, "keys/", "", key, method="delete").json() == {"ended": 1}
    said = ModelLogEntry.objects.filter(action="courses.review_link").latest("pk")
    assert said.message == "A reviewer made a key for a programme of theirs: removed"
    assert read(client, "", key).status_code == 401
    key = key_of(client, asked.reviewer)
    now.at = RELEASED_AT + timedelta(days=60)
    assert read(client, "", key).status_code == 401


def test_a_key_of_a_workplace_says_nothing(client: Client, asked: ReviewRequest) -> None:
    key = make_api_key(organisation=OrganisationFactory(), name="payroll", by=None, at=RELEASED_AT)
    assert read(client, f"{asked.public_id}/", key).status_code == 401
    assert send(client, f"{asked.public_id}/word/", {"verdict": "yes", "content": "0" * 64}, key).status_code == 401
    assert not SignOff.objects.exists()
    assert not ReviewComment.objects.exists()
