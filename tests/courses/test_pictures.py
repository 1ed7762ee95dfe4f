"""Pictures: looked at by somebody, and with words in each language, before anybody sees them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from courses.exceptions import NothingThere, ReleaseFault, ReleaseRefused
from courses.models import Course, CoursePage, PictureApproval
from courses.pictures import Picture, PictureProblem, picture_problems, pictures_in
from courses.release_words import in_words
from courses.services import approve_picture, published_texts, take_approval_back
from tests.courses.test_release import editor
from tests.factories.courses import RELEASED_AT, course_page, course_with_pages, lesson_page, release
from tests.factories.people import UserFactory, sign_in_personally


def text(alt: str, sha256: str = "a") -> dict[str, Any]:
    blocks = [
        {"type": "text", "id": "t", "value": {"text": "x"}},
        {"type": "image", "id": "i", "value": {"image": {"sha256": sha256}, "alt": alt}},
        {"type": "image", "id": "gone", "value": {"image": None, "alt": "x"}},
    ]
    return {"lessons": [{"code": "one", "body": blocks}]}


def test_a_picture_needs_an_approval_and_words_of_its_own_language() -> None:
    source, picture = text("A door"), Picture("one", "i", "a", "Une porte")
    assert picture_problems(text("Une porte"), source=source, approved={"a"}) == []
    assert picture_problems(text("Une porte"), source=source, approved={"b"}) == [PictureProblem(picture, True)]
    for alt in ("A door", " "):
        [problem] = picture_problems(text(alt), source=source, approved={"a"})
        assert (problem.is_unapproved, problem.picture.alt) == (False, alt.strip())
    assert picture_problems(source, source=source, approved={"a"}) == []


@pytest.fixture
def course(settings: Any, tmp_path: Any, db: None) -> Course:
    """A course in English and French with a picture that nobody has looked at."""
    settings.MEDIA_ROOT = tmp_path
    course = course_with_pages(final_quiz=None)
    image = Image.objects.create(title="A door", file=get_test_image_file("door.png"))
    french = course_page(course, "fr")
    for parent, alt in (
        (CoursePage.objects.get(course=course, locale__language_code="en"), "A door"),
        (french, "A door"),
    ):
        lesson_page(parent, "seen", body=[("image", {"image": image.pk, "alt": alt, "caption": ""})])
    for code in ("facts", "act"):
        lesson_page(french, code)
    return course


def shown(course: Course) -> str:
    return next(pictures_in(published_texts(course=course)[0])).sha256


@pytest.mark.django_db
def test_nobody_releases_a_picture_that_was_not_approved(course: Course) -> None:
    for by in (None, UserFactory(is_superuser=True)):
        with pytest.raises(ReleaseRefused) as refused:
            release(course, by=by)
        pictures = [each for each in refused.value.problems if each.fault.startswith("picture")]
        assert [(each.fault, each.language, each.lesson, each.detail) for each in pictures] == [
            (ReleaseFault.PICTURE, "en", "seen", "A door"),
            (ReleaseFault.PICTURE, "fr", "seen", "A door"),
            (ReleaseFault.PICTURE_WORDS, "fr", "seen", "A door"),
        ]
    assert in_words(pictures[0]) == (
        "en / seen: Nobody has approved this picture. Open Pictures of the course and look at it: A door"
    )
    approve_picture(course=course, sha256=shown(course), by=None, at=RELEASED_AT)
    assert release(course, languages=["en"]).number == 1
    with pytest.raises(NothingThere):
        approve_picture(course=course, sha256="b" * 64, by=None, at=RELEASED_AT)
    take_approval_back(course=course, sha256=shown(course), by=None)
    assert not PictureApproval.objects.exists()


@pytest.mark.django_db
def test_a_publisher_approves_and_an_author_looks(client: Client, course: Course) -> None:
    address = reverse("courses_admin:pictures", args=[course.pk])
    for group, may in (("author", False), ("publisher", True)):
        user = UserFactory(with_email=True)
        user.groups.add(Group.objects.get(name=group))
        sign_in_personally(client, user)
        assert ("Approve this picture" in client.get(address).content.decode()) is may
        client.post(address, {"approve": shown(course)})
        assert PictureApproval.objects.exists() is may
    assert "Approved on" in client.get(address).content.decode()
    client.post(address, {"undo": shown(course)})
    assert not PictureApproval.objects.exists()
    assert "This is not there any more." in client.post(address, {"approve": "x"}, follow=True).content.decode()


@pytest.mark.parametrize("is_scaled", [False, True])
def test_an_upload_is_seen_by_who_approves_and_who_reads_it_and_by_nobody_else(
    client: Client, course: Course, is_scaled: bool
) -> None:
    image = Image.objects.get()
    urls = [image.file.url, image.get_rendition("max-165x165").url]
    url, other = reversed(urls) if is_scaled else urls
    assert client.get(url).status_code == 404
    reader = UserFactory(with_email=True)
    sign_in_personally(client, reader)
    assert client.get(url).status_code == 404
    editors = Client()
    sign_in_personally(editors, editor("author"))
    answer = editors.get(url)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert editors.get("/media/original_images/none.png").status_code == 404
    folder, beside = url.rsplit("/", 1)[0], other.removeprefix("/media/")
    for name in (f"../{beside}", f"%2e%2e/{beside}", "../../x.png", ""):
        assert editors.get(f"{folder}/{name}").status_code == 404
