"""By when a course is looked at again: the rule, who is told, and what the CMS shows and takes."""

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from courses import selectors, services
from courses.exceptions import NotYetLooked, PastReview
from courses.models import Course, ReviewDate
from courses.review_dates import LookAgain, Overdue, look_again
from people import outbox
from tests.courses.learners import the_clock  # noqa: F401  # a fixture
from tests.courses.test_release import LATER, editor
from tests.factories.courses import RELEASED_AT, ClaimFactory, CourseFactory
from tests.factories.people import UserFactory, sign_in_personally

BY = date(2026, 6, 1)
GOOD: dict[str, Any] = {"reviewed_on": date(2026, 3, 1), "review_by": BY, "grace_days": 10, "role": "author"}


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (date(2026, 5, 1), LookAgain.LATER),
        (date(2026, 5, 2), LookAgain.SOON),
        (date(2026, 6, 1), LookAgain.SOON),
        (date(2026, 6, 2), LookAgain.LATE),
        (date(2026, 6, 11), LookAgain.LATE),  # the last of ten days
        (date(2026, 6, 12), LookAgain.REFUSED),
    ],
)
def test_standing_changes_on_the_boundary_days(on: date, standing: LookAgain) -> None:
    assert look_again(review_by=BY, grace_days=10, on=on) is standing


@pytest.fixture
def course(db: None) -> Course:
    """It is to be looked at again by 1 June 2026, with ten days of grace."""
    course: Course = CourseFactory()
    services.set_review_date(course=course, **GOOD, owner=None, by=None, at=RELEASED_AT)
    return course


def test_reads_agree_with_the_rule(course: Course, django_assert_num_queries: Any) -> None:
    late = Overdue(BY, date(2026, 6, 12))
    for on in (date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 11), date(2026, 6, 12)):
        standing = look_again(review_by=BY, grace_days=10, on=on)
        with django_assert_num_queries(3):
            held = selectors.held_back(course_ids=[course.pk], on=on)
        assert held == ({course.pk: (late,)} if standing is LookAgain.REFUSED else {})
        assert selectors.overdue_reviews(course_ids=[course.pk], on=on) == (
            {course.pk: late} if standing in (LookAgain.LATE, LookAgain.REFUSED) else {}
        )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reviewed_on": date(2026, 3, 2)}, NotYetLooked),
        ({"review_by": date(2026, 3, 1)}, PastReview),
        ({"reviewed_on": date(2025, 1, 1), "review_by": date(2026, 2, 28)}, PastReview),
    ],
)
def test_days_that_cannot_be_are_refused(course: Course, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        services.set_review_date(course=course, **GOOD | changes, owner=None, by=None, at=RELEASED_AT)
    assert ReviewDate.objects.get().review_by == BY


def test_who_looks_after_it_is_told_once_and_in_one_mail(
    course: Course, django_capture_on_commit_callbacks: Any
) -> None:
    owner, other = editor("author"), editor("author")
    editor("publisher")
    ClaimFactory(code="incidents", owner=owner, review_by=date(2026, 5, 20))
    assert services.remind_owners(on=date(2026, 4, 19), at=LATER) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert services.remind_owners(on=date(2026, 5, 2), at=LATER) == 2
    outbox.deliver_due(at=LATER, limit=10)
    told = {message.to[0]: message.body for message in mail.outbox}
    assert set(told) == {owner.email, other.email}
    assert "2026-05-20  incidents\n2026-06-01  " in told[owner.email]
    assert f"2026-06-01  {course.code}" in told[other.email]
    assert "incidents" not in told[other.email]
    assert services.remind_owners(on=date(2026, 5, 31), at=LATER) == 0
    ReviewDate.objects.update(owner=owner)
    assert services.remind_owners(on=date(2026, 6, 1), at=LATER) == 1


class TestCms:
    def test_shows_what_is_late_and_takes_that_somebody_looked(
        self,
        client: Client,
        course: Course,
        the_clock: Any,  # noqa: F811
    ) -> None:
        the_clock.forward(days=100)
        publisher = editor("publisher")
        sign_in_personally(client, publisher)
        CourseFactory(code="undated")
        listed = client.get(reverse("courses_admin:review_dates"))
        assert [(it.code, standing) for it, _title, _found, standing in listed.context["listed"]] == [
            ("undated", ""),
            (course.code, "late"),
        ]
        assert "not assigned anew from 12 June 2026 on" in listed.content.decode()
        assert client.get(reverse("courses_admin:review_dates"), {"mine": "1"}).context["listed"] == []
        assert "Past its review" in client.get(reverse("course:index")).content.decode()
        url = reverse("courses_admin:review_date", args=[course.pk])
        form = {"reviewed_on": "2026-06-09", "review_by": "2027-06-09", "grace_days": 30, "role": "publisher"}
        past = client.post(url, form | {"reviewed_on": "2025-06-09", "review_by": "2026-01-01"})
        assert "Choose a later day" in past.content.decode()
        assert "lies ahead" in client.post(url, form | {"reviewed_on": "2999-01-01"}).content.decode()
        assert client.post(url, form | {"owner": publisher.pk}).status_code == 302
        found = ReviewDate.objects.get()
        assert (found.review_by, found.grace_days, found.owner) == (date(2027, 6, 9), 30, publisher)
        entry = ModelLogEntry.objects.filter(action="courses.look_again").latest("pk")
        assert (entry.user, entry.data["review_by"]) == (publisher, "2027-06-09")

    def test_only_who_releases_or_is_named_notes_it(self, client: Client, course: Course) -> None:
        url = reverse("courses_admin:review_date", args=[course.pk])
        form = {"reviewed_on": "2026-03-01", "review_by": "2999-06-09", "grace_days": 30, "role": "author"}
        author = editor("author")
        sign_in_personally(client, author)
        assert client.get(url).context["may_note"] is False
        client.post(url, form)
        assert ReviewDate.objects.get().review_by == BY
        ReviewDate.objects.update(owner=author)
        assert client.post(url, form).status_code == 302
        assert ReviewDate.objects.get().review_by == date(2999, 6, 9)

    def test_strangers_are_never_offered_as_owners(self, client: Client, course: Course) -> None:
        UserFactory(with_email=True)
        author = editor("author")
        sign_in_personally(client, editor("publisher"))
        offered = client.get(reverse("courses_admin:review_date", args=[course.pk])).context["form"].fields["owner"]
        assert author in offered.queryset
        assert offered.queryset.count() == 2
