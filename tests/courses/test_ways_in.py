"""By every way in: what somebody said no to, took back, or was not paid for, is not released, whoever tries."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from courses import services
from courses.exceptions import PublishRefused
from courses.models import CoursePage
from people.models import User
from tests.courses.test_owning import nation, owned
from tests.factories.courses import (
    RELEASED_AT,
    STARTED_AT,
    released_course,
)
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db


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
