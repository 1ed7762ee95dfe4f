"""A reviewer reads, comments and answers on pages of their own; editors see it, and cannot answer for them."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from courses import services
from courses.exceptions import DoorShut, EmptyComment, NothingThere, WordsTooShort, WrongWords
from courses.models import CoursePage, LessonPage, ReviewComment, ReviewDoor, ReviewRequest, SignOff
from courses.services.review_doors import LINK_DAYS, MOST_FAILURES
from courses.withdrawn import Part
from tests.courses.learners import queries_of, the_clock  # noqa: F401  # a fixture
from tests.courses.test_release import editor
from tests.factories.courses import (
    RELEASED_AT,
    STARTED_AT,
    asked_to_review,
    course_with_pages,
    lesson_page,
    pay,
    publish,
    rich_body,
    says,
)
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db

WORDS = "three blue boats"


@pytest.fixture
def asked(settings: Any, tmp_path: Any) -> ReviewRequest:
    settings.MEDIA_ROOT = tmp_path
    course = course_with_pages()
    lesson_page(CoursePage.objects.get(course=course), "rich", body=rich_body())
    return asked_to_review(course)


def link(asked: ReviewRequest) -> str:
    token = services.make_link(reviewer=asked.reviewer, by=None, at=STARTED_AT)
    return reverse("courses:review_door", args=[token])


def come_in(client: Client, asked: ReviewRequest) -> str:
    door = link(asked)
    answer = client.post(door, {"name": f" {asked.reviewer.known_as.lower()} ", "words": WORDS})
    assert answer.headers["Location"] == reverse("courses:reviews")
    return door


def page_of(asked: ReviewRequest, part: str = "") -> str:
    return reverse(
        "courses:review_part" if part else "courses:review", args=[asked.public_id, *([part] if part else [])]
    )


class TestDoor:
    def test_lets_in_by_link_name_and_words(self, client: Client, asked: ReviewRequest) -> None:
        assert "Choose a few words" in client.get(link(asked)).content.decode()
        door = come_in(client, asked)
        assert "Hello Wren." in client.get(reverse("courses:reviews")).content.decode()
        other = Client()
        assert "The words that you chose" in other.get(door).content.decode()
        for name, words in (("Wren", "other words"), ("Robin", WORDS)):
            answer = other.post(door, {"name": name, "words": words})
            assert (answer.status_code, "not those of this link" in answer.content.decode()) == (422, True)
        assert other.get(reverse("courses:reviews")).status_code == 404
        assert WORDS not in ReviewDoor.objects.get().words

    def test_short_words_are_refused_and_chosen_ones_stay_with_a_new_link(
        self, client: Client, asked: ReviewRequest
    ) -> None:
        answer = client.post(link(asked), {"name": "Wren", "words": "boat"})
        assert "at least 8 letters" in answer.content.decode()
        come_in(client, asked)
        token = services.make_link(reviewer=asked.reviewer, by=None, at=STARTED_AT)
        with pytest.raises(WrongWords):
            services.come_in(token=token, name="Wren", words="anything else", at=STARTED_AT)
        token = services.make_link(reviewer=asked.reviewer, forget_words=True, by=None, at=STARTED_AT)
        with pytest.raises(WordsTooShort):
            services.come_in(token=token, name="Wren", words="boat", at=STARTED_AT)
        services.come_in(token=token, name="Wren", words="four red kites", at=STARTED_AT)

    def test_shuts_after_too_many_tries_when_it_runs_out_and_when_it_is_shut(self, asked: ReviewRequest) -> None:
        token = services.make_link(reviewer=asked.reviewer, by=None, at=STARTED_AT)
        for _ in range(MOST_FAILURES):
            with pytest.raises(WrongWords):
                services.come_in(token=token, name="Robin", words=WORDS, at=STARTED_AT)
        with pytest.raises(DoorShut):
            services.come_in(token=token, name="Wren", words=WORDS, at=STARTED_AT)
        token = services.make_link(reviewer=asked.reviewer, by=None, at=STARTED_AT)
        with pytest.raises(DoorShut):
            services.door_behind(token=token, at=STARTED_AT + timedelta(days=LINK_DAYS))
        services.shut_link(reviewer=asked.reviewer, by=None, at=STARTED_AT)
        with pytest.raises(DoorShut):
            services.door_behind(token=token, at=STARTED_AT)

    def test_a_shut_link_ends_what_is_open(self, client: Client, asked: ReviewRequest, the_clock: Any) -> None:  # noqa: F811
        come_in(client, asked)
        the_clock.forward(minutes=59)
        assert client.get(page_of(asked)).status_code == 200
        the_clock.forward(minutes=60)
        assert client.get(page_of(asked)).status_code == 404
        come_in(client, asked)
        services.shut_link(reviewer=asked.reviewer, by=None, at=the_clock.now)
        assert client.get(page_of(asked)).status_code == 404

    def test_nobody_reads_what_another_was_asked(self, client: Client, asked: ReviewRequest) -> None:
        other = asked_to_review(asked.course, known_as="Robin")
        come_in(client, asked)
        assert client.get(page_of(other)).status_code == 404
        client.post(reverse("courses:review_leave"))
        assert client.get(page_of(asked)).status_code == 404


class TestPages:
    def test_show_everything_with_answers_under_a_neutral_title(self, client: Client, asked: ReviewRequest) -> None:
        come_in(client, asked)
        page = client.get(page_of(asked)).content.decode()
        assert "<title>To read –" in page
        assert "You can stop at any time." in page
        rich = client.get(page_of(asked, "rich")).content.decode()
        for said in ("controlled", "One answers for all.", "A door with a number", "I have read the rules.", "Right:"):
            assert said in rich
        assert "Right:" in client.get(page_of(asked, "questions")).content.decode()
        assert client.get(page_of(asked, "nowhere")).status_code == 404

    def test_open_the_pictures_they_show_and_no_others(
        self,
        client: Client,
        asked: ReviewRequest,
        django_assert_num_queries: Any,
        the_clock: Any,  # noqa: F811
    ) -> None:
        beside = Image.objects.create(title="Of another course", file=get_test_image_file("beside.png"))
        come_in(client, asked)
        page = client.get(page_of(asked, "rich")).content.decode()
        [source] = set(re.findall(r'src="(/media/original_images/[^"]+)"', page))
        shown, _question, signature = unescape(source).partition("?")
        # Session, door and what keeps the session; the picture itself asks for nothing.
        with django_assert_num_queries(5):
            answer = client.get(unescape(source))
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
        scaled = beside.get_rendition("max-165x165").url
        for url in (
            shown,
            f"{shown}?shown=",
            f"{shown}?shown=é",
            f"{beside.file.url}?{signature}",
            f"{scaled}?{signature}",
        ):
            assert client.get(url).status_code == 404, url
        # Nor does an address that was passed on open for another reviewer, or after one has left.
        other = Client()
        come_in(other, asked_to_review(asked.course, known_as="Wren Two"))
        client.post(reverse("courses:review_leave"))
        assert [each.get(unescape(source)).status_code for each in (other, client, Client())] == [404, 404, 404]

    def test_take_the_same_queries_however_many_comments(self, client: Client, asked: ReviewRequest) -> None:
        come_in(client, asked)
        [block, *_] = services.text_to_review(course=asked.course, language="en")["lessons"][2]["body"]
        one = queries_of(client, page_of(asked, "rich"))
        for text in ("One", "Two", "Three"):
            services.comment_on(request=asked, part=Part("block", block["id"]), text=text, at=STARTED_AT)
        assert queries_of(client, page_of(asked, "rich")) == one

    def test_a_no_its_comment_the_mend_and_the_yes(self, client: Client, asked: ReviewRequest) -> None:
        come_in(client, asked)
        first = services.text_to_review(course=asked.course, language="en")["lessons"][0]
        block = first["body"][0]["id"]
        client.post(page_of(asked, "facts"), {"part": f"block:{block}", "text": "Say it more gently."})
        content = client.get(page_of(asked)).context["form"]["content"].value()
        client.post(page_of(asked), {"verdict": "no", "content": content, "comment": "Not yet."})
        assert [(it.verdict, it.comment) for it in SignOff.objects.all()] == [("no", "Not yet.")]

        cms = Client()
        sign_in_personally(cms, editor("publisher"))
        url = reverse("courses_admin:reviews", args=[asked.course_id])
        page = cms.get(url).content.decode()
        for said in ("A reviewer said no", "Say it more gently.", "Not yet.", "Wren"):
            assert said in page
        comment = ReviewComment.objects.get()
        cms.post(url, {"settle": comment.pk, "reply": "Done."})
        lesson = LessonPage.objects.get(lesson__code="facts")
        lesson.title = "Gently"
        publish(lesson)
        cms.post(url, {"reviewer": asked.reviewer_id, "kind": "survivor", "language": "en"})

        page = client.get(page_of(asked)).content.decode()
        assert "Your no still holds until you say yes." in page
        assert "Done." in page
        stale = client.post(page_of(asked), {"verdict": "yes", "content": content})
        assert (stale.status_code, "has changed since you opened it" in stale.content.decode()) == (422, True)
        fresh = stale.context["form"]["content"].value()
        client.post(page_of(asked), {"verdict": "yes", "content": fresh})
        assert [it.verdict for it in asked.sign_offs.all()] == ["yes", "no"]
        assert "a review that is not paid: Wren – Survivor" in cms.get(url).content.decode()
        pay(asked)
        assert "In the way of a release" not in cms.get(url).content.decode()

    def test_say_what_is_wrong_with_an_answer_or_a_comment(self, client: Client, asked: ReviewRequest) -> None:
        come_in(client, asked)
        assert "Choose one of the answers." in client.post(page_of(asked), {}).content.decode()
        for form, words in (
            ({"part": "block:x", "text": " "}, "Write the comment first."),
            ({"part": "block:x", "text": "Hm."}, "changed or taken out"),
            ({"part": "block:x", "text": "x" * 2001}, "at most 2,000 signs"),
        ):
            assert words in client.post(page_of(asked, "facts"), form, follow=True).content.decode()
        assert not ReviewComment.objects.exists()


def test_comments_that_are_none_are_refused(asked: ReviewRequest) -> None:
    with pytest.raises(EmptyComment):
        services.comment_on(request=asked, part=Part("lesson", "facts"), text=" ", at=STARTED_AT)
    with pytest.raises(NothingThere):
        services.comment_on(request=asked, part=Part("lesson", "nowhere"), text="Hm.", at=STARTED_AT)


class TestCms:
    def test_asks_somebody_new_and_shows_the_link_once(self, client: Client) -> None:
        course = course_with_pages()
        sign_in_personally(client, editor("author"))
        url = reverse("courses_admin:reviews", args=[course.pk])
        form = {"known_as": "Wren", "kind": "legal", "language": "en"}
        client.post(url, form)
        asked = ReviewRequest.objects.get()
        assert (asked.reviewer.kinds, asked.kind, asked.asked_by.groups.get().name) == (["legal"], "legal", "author")
        assert "known by this name already" in client.post(url, form).content.decode()
        assert (
            "does not review as"
            in client.post(url, {"reviewer": asked.reviewer_id, "kind": "survivor", "language": "en"}).content.decode()
        )
        assert "or type the name of somebody new" in client.post(url, form | {"known_as": ""}).content.decode()
        shown = client.post(url, {"link": asked.reviewer_id}).context["link"]
        assert Client().get(shown).status_code == 200
        assert shown.rpartition("/in/")[2].strip("/") not in client.get(url).content.decode()

    def test_new_words_need_a_permission_of_their_own(self, client: Client, asked: ReviewRequest) -> None:
        come_in(Client(), asked)
        url = reverse("courses_admin:reviews", args=[asked.course_id])
        for user, forgets in ((editor("publisher"), False), (UserFactory(with_email=True, is_superuser=True), True)):
            sign_in_personally(client, user)
            client.post(url, {"forget": asked.reviewer_id})
            assert (ReviewDoor.objects.get().words == "") is forgets

    def test_reviewers_of_other_courses_stay_out_of_reach(self, client: Client, asked: ReviewRequest) -> None:
        sign_in_personally(client, editor("publisher"))
        url = reverse("courses_admin:reviews", args=[course_with_pages().pk])
        for form in ({"link": asked.reviewer_id}, {"shut": asked.reviewer_id}, {"link": "x"}, {"settle": "1"}):
            assert client.post(url, form).status_code == 404

    def test_page_takes_the_same_queries_for_many_reviewers(self, client: Client) -> None:
        course = course_with_pages()
        sign_in_personally(client, editor("publisher"))
        url = reverse("courses_admin:reviews", args=[course.pk])
        says(asked_to_review(course), "no")
        client.get(url)  # what is kept after the first page
        few = queries_of(client, url)
        for name in ("Robin", "Tern"):
            says(asked_to_review(course, known_as=name), "no", at=RELEASED_AT)
        assert queries_of(client, url) == few
