"""Two worlds: editors never see a learner, HR never enters the CMS. Walks every address of the CMS that takes no argument."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.images.models import Image
from wagtail.snippets.models import get_snippet_models

from courses.blocks import LessonBody
from courses.models import Course, CoursePage, LessonPage
from courses.viewsets import CourseViewSet
from people.models import User
from tests.factories.courses import (
    course_with_pages,
    enrolled,
    learner_at_work,
    lesson_page,
    released_course,
    rich_body,
)
from tests.factories.people import StaffRoleFactory, UserFactory, sign_in_personally, sign_in_with_pin

pytestmark = pytest.mark.django_db

GROUPS = ("author", "localiser", "publisher")
# What stands in people's records, and nowhere in what editors write.
SECRETS = ("Zebedee Quillfeather", "ZQ-70041", "zebedee@quillfeather.example")
# Wagtail lets everybody ask these; they answer with words of the interface alone.
OPEN_TO_ALL = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}
# One raises on purpose, the other ends the walk.
NOT_WALKED = {"wagtailadmin_error_test", "wagtailadmin_logout"}


def _patterns(resolver: URLResolver, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _patterns(each, path, (*names, each.namespace) if each.namespace else names)
        elif isinstance(each, URLPattern) and each.name:
            yield path, ":".join((*names, each.name))


def addresses() -> list[tuple[str, str]]:
    """Return (name, address) of everything below /cms/ that takes no argument."""
    found = []
    for path, name in _patterns(get_resolver()):
        if path.startswith("cms/") and name not in NOT_WALKED and not any(sign in path for sign in ("<", "(?P", "\\")):
            found.append((name, "/" + path.replace("^", "").replace("$", "")))
    return sorted(set(found))


@pytest.fixture
def course() -> Course:
    """A released course that a learner with a telling name has started."""
    course = released_course()
    # Without the picture: Wagtail leaves the files of its renditions open, and pytest minds.
    body = [block for block in rich_body() if block[0] != "image"]
    Image.objects.all().delete()
    lesson_page(CoursePage.objects.get(course=course), "rich", body=body)
    membership = learner_at_work()
    membership.name, membership.employee_number, membership.email = SECRETS
    membership.save()
    User.objects.filter(pk=membership.user_id).update(name=SECRETS[0])
    enrolled(course, membership)
    return course


def _with_arguments(course: Course) -> list[str]:
    """Return addresses of this course and of one row of each snippet."""
    pages = (CoursePage.objects.get(course=course), LessonPage.objects.get(lesson__code="rich"))
    found = [reverse("wagtailadmin_explore", args=[pages[0].pk])]
    found += [
        reverse(f"courses_admin:{name}", args=[course.pk]) for name in ("release", "withdraw", "try_course", "try_quiz")
    ]
    found.append(reverse("courses_admin:try_lesson", args=[course.pk, "rich"]))
    for page in pages:
        found += [reverse(f"wagtailadmin_pages:{name}", args=[page.pk]) for name in ("edit", "history", "usage")]
    for model in get_snippet_models():
        row = model.objects.first()
        if row is not None:
            viewset = model.snippet_viewset
            found += [reverse(viewset.get_url_name(name), args=[row.pk]) for name in ("edit", "history", "usage")]
    return found


def _get(client: Client, address: str) -> tuple[int, str]:
    answer = client.get(address)
    content: Any = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, content.decode(errors="replace")


# wagtail-localize lists translations in no order.
@pytest.mark.filterwarnings("ignore::django.core.paginator.UnorderedObjectListWarning")
@pytest.mark.parametrize("group", GROUPS)
def test_no_page_of_the_cms_shows_an_editor_a_learner(client: Client, course: Course, group: str) -> None:
    editor = UserFactory(with_email=True)
    editor.groups.add(Group.objects.get(name=group))
    sign_in_personally(client, editor)
    walked = [address for _, address in addresses()] + _with_arguments(course)
    seen = 0
    for address in walked:
        status, content = _get(client, address)
        assert status < 500, address
        assert [secret for secret in SECRETS if secret in content] == [], address
        seen += status == 200
    assert seen > 40  # the walk has really been somewhere


def test_every_block_shows_its_preview_where_blocks_are_chosen(client: Client) -> None:
    author = UserFactory(with_email=True)
    author.groups.add(Group.objects.get(name="author"))
    sign_in_personally(client, author)
    for name, block in LessonBody().child_blocks.items():
        shown = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
        assert shown.status_code == 200, name
        if name not in ("image", "audio", "video", "download"):  # these need a file to show
            assert re.sub(r"<[^>]*>|\s", "", shown.content.decode().partition("<main")[2]), name


def test_no_page_of_the_cms_opens_to_hr(client: Client, course: Course) -> None:
    sign_in_personally(client, StaffRoleFactory().user)
    walked = [address for name, address in addresses() if name not in OPEN_TO_ALL] + _with_arguments(course)
    opened = [address for address in walked if _get(client, address)[0] not in (302, 403, 404, 405)]
    assert opened == []
    assert len(walked) > 60


def test_no_page_of_the_cms_opens_to_a_learner(client: Client, course: Course) -> None:
    sign_in_with_pin(client, learner_at_work())
    walked = [address for name, address in addresses() if name not in OPEN_TO_ALL] + _with_arguments(course)
    assert [address for address in walked if _get(client, address)[0] not in (302, 403, 404, 405)] == []


def test_no_page_of_the_cms_opens_to_a_stranger(client: Client, course: Course) -> None:
    walked = [address for name, address in addresses() if name not in OPEN_TO_ALL] + _with_arguments(course)
    assert [address for address in walked if _get(client, address)[0] not in (302, 403, 404, 405)] == []


def test_groups_grant_nothing_on_records_of_people() -> None:
    about_people = {"people", "certificates", "compliance", "interop", "account", "mfa", "auth", "sessions"}
    records = {"enrolment", "learningevent", "completion", "attempt", "answer", "anonymousanswer"}
    # What can be earned is about no person; who earned it is.
    about_nobody = {"certification"}
    for group in Group.objects.filter(name__in=GROUPS):
        for permission in group.permissions.select_related("content_type"):
            model = permission.content_type.model
            assert model in about_nobody or permission.content_type.app_label not in about_people, permission
            assert model not in records, permission


@pytest.mark.parametrize(
    ("group", "acts"), [("author", {"view"}), ("localiser", set()), ("publisher", {"add", "change", "view"})]
)
def test_groups_that_may_set_up_certifications(group: str, acts: set[str]) -> None:
    granted = Group.objects.get(name=group).permissions.filter(content_type__app_label="certificates")
    assert {permission.codename for permission in granted} == {f"{act}_certification" for act in acts}


def _course_form(client: Client, course: Course, **changes: Any) -> int:
    """Send the course's form back as it came, with ``changes``; return the status."""
    address = CourseViewSet().get_url_name("edit")
    form = client.get(reverse(address, args=[course.pk])).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return client.post(reverse(address, args=[course.pk]), {**sent, **changes}).status_code


@pytest.mark.parametrize(("group", "tier"), [("author", "recorded"), ("publisher", "open")])
def test_access_to_a_released_course_is_changed_by_who_may_release(client: Client, group: str, tier: str) -> None:
    course = released_course()
    editor = UserFactory(with_email=True)
    editor.groups.add(Group.objects.get(name=group))
    sign_in_personally(client, editor)
    assert _course_form(client, course, tier="open", code="another", minutes="13") == 302
    before = course.code
    course.refresh_from_db()
    assert (course.tier, course.minutes, course.code) == (tier, 13, before)


def test_author_chooses_the_access_of_a_course_that_nobody_sees_yet(client: Client) -> None:
    course = course_with_pages()
    editor = UserFactory(with_email=True)
    editor.groups.add(Group.objects.get(name="author"))
    sign_in_personally(client, editor)
    assert _course_form(client, course, tier="open") == 302
    course.refresh_from_db()
    assert course.tier == "open"
