"""What reviewers say holds by every way in, and nobody else takes it back."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from courses import selectors, services
from courses.exceptions import (
    AlreadySaid,
    NameTaken,
    NoKind,
    NoName,
    NothingToTakeBack,
    NotPublished,
    OlderText,
    ReleaseFault,
    ReleaseProblem,
    ReleaseRefused,
    WrongReviewer,
)
from courses.models import Course, LessonPage, Reviewer, SignOff
from courses.sign_offs import Said
from tests.courses.test_release import LATER, LOOKED_AT_ALL, editor
from tests.factories.courses import (
    RELEASED_AT,
    asked_to_review,
    course_with_pages,
    pay,
    publish,
    release,
    released_course,
    says,
)
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db


def mend(course: Course, title: str = "Acting anew") -> None:
    page = LessonPage.objects.get(lesson__course=course, lesson__code="act")
    page.title = title
    publish(page)


def refused(course: Course, **fields: Any) -> list[ReleaseProblem]:
    with pytest.raises(ReleaseRefused) as caught:
        release(course, LATER, **fields)
    return list(caught.value.problems)


class TestRelease:
    def test_a_no_stops_it_for_administrators_too_until_its_reviewer_says_yes(self) -> None:
        course = course_with_pages()
        asked = asked_to_review(course)
        says(asked, "no")
        administrator = UserFactory(with_email=True, is_superuser=True)
        no = ReleaseProblem(ReleaseFault.SAID_NO, "en", detail="Wren – Survivor")
        assert refused(course, by=administrator) == [no]
        # Neither another text nor another's yes ends it.
        mend(course)
        says(asked_to_review(course, known_as="Robin"), "yes")
        assert no in refused(course, by=administrator)
        says(asked, "yes")
        says(asked_to_review(course, known_as="Robin"), "yes")
        # Of two yeses one is not paid.
        pay(asked)
        assert [(each.fault, each.detail) for each in refused(course)] == [(ReleaseFault.UNPAID, "Robin – Survivor")]
        pay(asked_to_review(course, known_as="Robin"))
        assert release(course, LATER).number == 1

    def test_a_no_stops_what_is_added_to_an_edition(self) -> None:
        course = released_course()
        says(asked_to_review(course), "no")
        mend(course)
        with pytest.raises(ReleaseRefused):
            services.add_text(edition=course.editions.get(), language="en", by=None, at=LATER)

    def test_a_missing_review_stops_only_where_the_course_asks_for_it(self) -> None:
        course = course_with_pages()
        release(course)
        course = course_with_pages(reviews_required=["legal", "native"])
        unsigned = ReleaseProblem(ReleaseFault.NOT_SIGNED, "en", detail="Law")
        assert refused(course) == [unsigned]
        says(asked_to_review(course, "legal"), "yes")
        mend(course)
        assert refused(course) == [unsigned]
        says(asked_to_review(course, "legal"), "yes")
        pay(asked_to_review(course, "legal"))
        assert release(course, LATER).number == 1

    def test_the_marks_of_missing_reviews_are_no_other_text(self) -> None:
        course = course_with_pages(reviews_required=["legal"], reviews_missing=["lawyer"])
        says(asked_to_review(course, "legal"), "yes")
        pay(asked_to_review(course, "legal"))
        Course.objects.filter(pk=course.pk).update(reviews_missing=[])
        assert release(course, LATER).number == 1

    def test_editors_read_why(self, client: Client) -> None:
        course = course_with_pages()
        says(asked_to_review(course), "no")
        sign_in_personally(client, UserFactory(with_email=True, is_superuser=True))
        url = reverse("courses_admin:release", args=[course.pk])
        words = "en: A reviewer said no, and nobody else can say yes for them: Wren – Survivor"
        assert words in client.get(url).content.decode()
        answer = client.post(url, {"severity": "none", "looked_at": LOOKED_AT_ALL})
        assert words in answer.content.decode()
        assert not course.editions.exists()


class TestWords:
    def test_are_appended_and_logged_without_the_name(self) -> None:
        asked = asked_to_review(course_with_pages())
        first = says(asked, "no", comment=" Too much. ")
        assert says(asked, "no", comment="Too much.") == first
        with pytest.raises(TypeError):
            first.delete()
        says(asked, "yes", at=LATER)
        assert [each.verdict for each in asked.sign_offs.all()] == ["yes", "no"]
        logged = [each.data for each in ModelLogEntry.objects.filter(action="courses.sign_off").order_by("timestamp")]
        about = {"kind": "survivor", "of_language": "en"}
        assert logged == [{**about, "verdict": "no"}, {**about, "verdict": "yes"}]

    def test_a_yes_to_an_older_text_is_refused_and_a_no_is_taken(self) -> None:
        asked = asked_to_review(course_with_pages())
        with pytest.raises(OlderText):
            says(asked, "yes", content="0" * 64)
        assert says(asked, "no", content="0" * 64).verdict == "no"

    def test_only_who_was_asked_and_may_sign(self) -> None:
        asked = asked_to_review(course_with_pages())
        other = services.add_reviewer(known_as="Robin", kinds=["survivor"], by=None, at=RELEASED_AT)
        with pytest.raises(WrongReviewer):
            says(asked, "yes", by=other)
        asked.reviewer.languages = ["fr"]
        with pytest.raises(WrongReviewer):
            says(asked, "yes")

    @pytest.mark.parametrize(
        ("words", "last", "error"),
        [
            ([], "withdrawn", NothingToTakeBack),
            (["no"], "withdrawn", NothingToTakeBack),
            (["yes"], "declined", AlreadySaid),
            (["no"], "declined", AlreadySaid),
        ],
    )
    def test_words_that_do_not_follow_are_refused(self, words: list[str], last: str, error: type[Exception]) -> None:
        asked = asked_to_review(course_with_pages())
        for word in words:
            says(asked, word)
        with pytest.raises(error):
            says(asked, last)


class TestAsking:
    @pytest.mark.parametrize(
        ("fields", "error"),
        [({"known_as": " "}, NoName), ({"known_as": "wren"}, NameTaken), ({"kinds": []}, NoKind),
         ({"kinds": ["king"]}, NoKind)],
    )  # fmt: skip
    def test_reviewers_who_cannot_be_are_refused(self, fields: dict[str, Any], error: type[Exception]) -> None:
        good = {"known_as": "Wren", "kinds": ["legal"], "by": None, "at": RELEASED_AT}
        services.add_reviewer(**good)
        with pytest.raises(error):
            services.add_reviewer(**good | {"known_as": "Robin"} | fields)
        assert Reviewer.objects.count() == 1

    def test_of_whom_and_of_what(self) -> None:
        course = course_with_pages()
        lawyer = services.add_reviewer(known_as="Wren", kinds=["legal"], languages=["en", "fr"], by=None, at=LATER)
        for about in ({"kind": "survivor"}, {"kind": "legal", "language": "pa"}):
            with pytest.raises(WrongReviewer):
                asked_to_review(course, **about)
        with pytest.raises(NotPublished):
            asked_to_review(course, "legal", language="fr")
        first = asked_to_review(course, "legal")
        again = asked_to_review(course, "legal", at=LATER)
        assert (again.pk, again.asked_at, again.reviewer) == (first.pk, LATER, lawyer)


class TestHeldBack:
    """Which courses are out of new assignment."""

    def test_a_withdrawn_yes_and_a_no_to_what_is_served(self, django_assert_num_queries: Any) -> None:
        taken_back, said_no, draft_no, fine = (released_course() for _ in range(4))
        asked = asked_to_review(taken_back)
        says(asked, "yes")
        says(asked, "withdrawn", at=LATER)
        says(asked_to_review(said_no), "no")
        mend(draft_no)
        says(asked_to_review(draft_no), "no")
        says(asked_to_review(fine), "yes")
        courses = {each.pk for each in (taken_back, said_no, draft_no, fine)}
        with django_assert_num_queries(5):
            held = selectors.held_back(course_ids=courses, on=date(2026, 3, 2))
        assert {pk: [(it.verdict, it.kind, it.language) for it in words] for pk, words in held.items()} == {
            taken_back.pk: [("withdrawn", "survivor", "en")],
            said_no.pk: [("no", "survivor", "en")],
        }
        says(asked, "yes", at=LATER)
        assert taken_back.pk not in selectors.held_back(course_ids=courses, on=date(2026, 3, 2))

    def test_the_newest_word_counts(self) -> None:
        course = course_with_pages()
        asked = asked_to_review(course)
        for verdict in ("no", "yes"):
            says(asked, verdict)
        [word] = selectors.words_of_reviewers(course_ids=[course.pk])[course.pk]
        assert word == Said("en", "survivor", "Wren", "yes", SignOff.objects.latest("pk").content, asked.pk)


def test_who_writes_does_not_decide_who_has_to_look(client: Client) -> None:
    course = released_course()
    for group, is_offered in (("author", False), ("publisher", True)):
        sign_in_personally(client, editor(group))
        page = client.get(reverse("course:edit", args=[course.pk]))
        assert page.context["form"].fields["reviews_required"].disabled is not is_offered


class TestCommand:
    def reviews(self, *args: str) -> tuple[int, str]:
        out = StringIO()
        try:
            call_command("reviews", *args, stdout=out)
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
        return 0, out.getvalue()

    def test_tells_by_its_status_whether_a_review_is_in_the_way(self) -> None:
        course = course_with_pages()
        assert self.reviews(course.code) == (0, f"{course.code} en: nothing in the way\n")
        says(asked_to_review(course), "no")
        status, said = self.reviews(course.code)
        assert (status, "said_no Wren – Survivor" in said) == (1, True)
        status, said = self.reviews("--json")
        assert status == 1
        assert '"verdict": "no"' in said

    def test_refuses_in_words(self) -> None:
        with pytest.raises(CommandError, match="no course nowhere"):
            call_command("reviews", "nowhere")
