"""By every way in: what somebody said no to, took back, or was not paid for, is not released, whoever tries."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from courses import services
from courses.exceptions import PublishRefused, ReleaseFault, ReleaseRefused
from courses.models import Claim, Course, CoursePage, EditionText, LessonPage
from people.models import User
from tests.courses.test_consenting import consent, told
from tests.courses.test_owning import nation, owned
from tests.courses.test_release import LATER, LOOKED_AT_ALL
from tests.factories.courses import (
    RELEASED_AT,
    STARTED_AT,
    ClaimFactory,
    asked_to_review,
    figure,
    lesson_page,
    publish,
    release,
    released_course,
    says,
)
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db


def _course() -> Course:
    """A course whose second edition has a lesson that relies on a statement of law; a page has changed since."""
    course = released_course()
    lesson_page(course.pages.get(), "law", body=[figure(ClaimFactory(kind=Claim.Kind.LEGAL))])
    release(course, RELEASED_AT)
    page = LessonPage.objects.get(lesson__course=course, lesson__code="act")
    page.title = "Acting anew"
    publish(page)
    return course


def _no(course: Course) -> None:
    says(asked_to_review(course, "survivor"), "no")


def _unpaid(course: Course) -> None:
    says(asked_to_review(course, "survivor"), "yes")


def _taken_back_yes(course: Course) -> None:
    asked = asked_to_review(course, "survivor")
    says(asked, "yes")
    says(asked, "withdrawn")


def _nations(course: Course) -> None:
    mine, first, _token = nation()
    services.take_back(owned=owned(course, mine), by=first, at=STARTED_AT)


def _storys(course: Course) -> None:
    given = consent()
    told(course, given)
    services.withdraw_consent(consent=given, by=None, at=STARTED_AT)


def _stale_law(course: Course) -> None:
    Claim.objects.update(verified_on=date(2025, 1, 1), review_by=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("happens", "fault"),
    [
        (_no, ReleaseFault.SAID_NO),
        (_taken_back_yes, ReleaseFault.TAKEN_BACK),
        (_unpaid, ReleaseFault.UNPAID),
        (_nations, ReleaseFault.WITHDRAWN),
        (_storys, ReleaseFault.WITHDRAWN),
        (_stale_law, ReleaseFault.CLAIM),
    ],
)
def test_nothing_new_is_served_by_any_way(
    client: Client, happens: Callable[[Course], None], fault: ReleaseFault
) -> None:
    course = _course()
    happens(course)
    before = EditionText.objects.count()
    administrator = UserFactory(with_email=True, is_superuser=True)
    # A person, a shell and a command alike.
    for by in (administrator, None):
        with pytest.raises(ReleaseRefused) as refused:
            release(course, LATER, by=by, severity="finish_on_old")
        assert fault in {each.fault for each in refused.value.problems}
        with pytest.raises(ReleaseRefused) as refused:
            services.add_text(edition=course.editions.latest("number"), language="en", by=by, at=LATER)
        assert fault in {each.fault for each in refused.value.problems}
    sign_in_personally(client, administrator)
    address = reverse("courses_admin:release", args=[course.pk])
    form = {"severity": "finish_on_old", "change": "meaning", "looked_at": LOOKED_AT_ALL}
    for sent in (form, {"language": "en", "change": "meaning"}):
        assert client.post(address, sent).status_code == 200
    assert EditionText.objects.count() == before


def _by_button(client: Client, page: CoursePage, by: User) -> None:
    form = {"outcomes-count": "0", "title": page.title, "slug": page.slug, "summary": "x", "course": page.course_id}
    client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form | {"action-publish": "on"})


def _by_many(client: Client, page: CoursePage, by: User) -> None:
    client.post(f"/cms/bulk/wagtailcore/page/publish/?id={page.pk}", {"confirm": "on"})


def _by_api(client: Client, page: CoursePage, by: User) -> None:
    client.post(f"/cms/api/main/pages/{page.pk}/action/publish/")


def _by_date(client: Client, page: CoursePage, by: User) -> None:
    page.go_live_at = RELEASED_AT
    page.save_revision(user=by, approved_go_live_at=RELEASED_AT)
    call_command("publish_scheduled")


def _by_person(client: Client, page: CoursePage, by: User) -> None:
    with pytest.raises(PublishRefused):
        page.save_revision(user=by).publish(user=by)


def _by_file(client: Client, page: CoursePage, by: User) -> None:
    page.save_revision(log_action=True).publish()


@pytest.mark.parametrize("way", [_by_button, _by_many, _by_api, _by_date, _by_person, _by_file])
def test_a_course_that_its_nation_took_back_stands_on_no_list_again(
    client: Client, way: Callable[[Client, CoursePage, User], None]
) -> None:
    course = released_course()
    mine, first, _token = nation()
    part = owned(course, mine, "course", course.code)
    services.take_back(owned=part, by=first, at=STARTED_AT)
    administrator = UserFactory(with_email=True, is_superuser=True)
    sign_in_personally(client, administrator)
    page = course.pages.get()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "raise_request_exception", False)
        try:
            way(client, page, administrator)
        except PublishRefused:
            assert way is _by_date
    assert not Page.objects.get(pk=page.pk).live
    assert page.title not in Client().get(page.get_parent().url).content.decode()
    services.let_show(owned=part, by=first, at=STARTED_AT)
    course.pages.get().save_revision().publish()
    assert Page.objects.get(pk=page.pk).live
