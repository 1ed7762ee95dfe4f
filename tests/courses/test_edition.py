"""Whatever becomes of pages, pictures and block types, edition 1 still shows what was learnt."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import select_template
from django.test import Client
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from cms.models import SupportService
from cms.templatetags import fieldfare
from courses import selectors
from courses.blocks import LessonBody
from courses.models import Course, CoursePage, EditionText, FrozenMedia, LessonPage
from courses.snapshot import lesson_of
from tests.factories.courses import (
    course_with_pages,
    enrolled,
    learner_at_work,
    lesson_page,
    publish,
    release,
    rich_body,
)
from tests.factories.people import sign_in_with_pin

pytestmark = pytest.mark.django_db

FACTS = (
    "Three questions",
    "Is somebody <b>controlled</b>?",
    "Most stay hidden.",
    "One answers for all.",
    "It may be shyness.",
    "Call 911 in danger",
    "Confront anybody",
    "Tell the manager",
    "Somebody to talk to",
    "A door with a number",
)


@pytest.fixture
def course(settings: Any, tmp_path: Any) -> Course:
    """A course whose lesson "rich" has a block of each kind; edition 1 is released."""
    settings.MEDIA_ROOT = tmp_path
    course = course_with_pages()
    image = Image.objects.create(title="A door", file=get_test_image_file("door.png", size=(40, 30)))
    lesson_page(CoursePage.objects.get(course=course), "rich", body=rich_body(image=image))
    release(course)
    return course


def rendered(text: EditionText, code: str = "rich") -> str:
    """Return the lesson's blocks as the tag shows them."""
    lesson = lesson_of(text.snapshot, code)
    assert lesson is not None
    template = Template("{% for block in body %}{% block_template block %}{% endfor %}")
    return str(template.render(Context({"body": lesson["body"], "request": HttpRequest(), "checks": {}})))


def first_text(course: Course) -> EditionText:
    return EditionText.objects.get(edition__course=course, edition__number=1)


def lose_everything(course: Course) -> bytes:
    """Edit the lesson and release that, then delete pages, picture and questions; return the picture's bytes."""
    page = LessonPage.objects.get(lesson__code="rich")
    page.body = [("text", {"heading": "Something else", "text": "<p>New words.</p>"})]
    publish(page)
    release(course)
    image = Image.objects.get()
    with image.file.open("rb") as opened:
        content = opened.read()
    image.file.storage.delete(image.file.name)
    image.delete()
    CoursePage.objects.get(course=course).delete()
    return content


def test_edition_1_shows_all_facts_after_everything_is_gone(course: Course) -> None:
    before = rendered(first_text(course))
    lose_everything(course)
    after = rendered(first_text(course))
    assert after == before
    assert [fact for fact in FACTS if fact not in after] == []


def test_edition_1_still_has_its_picture(course: Course, client: Client) -> None:
    content = lose_everything(course)
    [sha256] = first_text(course).snapshot["media"]
    answer = client.get(reverse("courses:frozen_media", args=[sha256]))
    assert b"".join(answer) == content
    assert answer["Content-Type"] == "image/png"
    assert f"/media/frozen/{sha256}/" in rendered(first_text(course))
    with pytest.raises(TypeError):
        FrozenMedia.objects.get().delete()


def test_block_type_that_is_gone_still_tells_its_texts(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    body = LessonPage._meta.get_field("body").stream_block
    assert isinstance(body, LessonBody)
    # Not delitem: undone, it would put the block last, which reads as a change of the model.
    kept = {name: block for name, block in body.child_blocks.items() if name != "sign"}
    monkeypatch.setattr(body, "child_blocks", kept)
    monkeypatch.setattr(
        fieldfare, "select_template", lambda names: select_template([name for name in names if "sign" not in name])
    )
    shown = rendered(first_text(course))
    assert [fact for fact in FACTS if fact not in shown] == []
    # The live page has lost it.
    assert "sign" not in [child.block_type for child in LessonPage.objects.get(lesson__code="rich").body]


def test_pinned_learner_reads_edition_1_and_newcomers_the_next(course: Course, client: Client) -> None:
    pinned = enrolled(course, learner_at_work())
    lose_everything(course)
    newcomer = enrolled(course, learner_at_work())
    assert (pinned.edition.number, newcomer.edition.number) == (1, 2)
    url = reverse("courses:lesson", args=[course.slug, "rich"])
    pages = {}
    for enrolment in (pinned, newcomer):
        sign_in_with_pin(client, enrolment.membership)
        pages[enrolment.edition.number] = client.get(url).content.decode()
    assert "One answers for all." in pages[1]
    assert "Something else" not in pages[1]
    assert "Something else" in pages[2]
    assert selectors.text_for(pinned, "en") == first_text(course)


def test_help_lines_are_always_as_they_are_today(course: Course) -> None:
    text = first_text(course)
    SupportService.objects.filter(code="ca-hotline").update(phone="1-800-555-0100")
    shown = rendered(text)
    assert "1-800-555-0100" in shown
    assert "1-833-900-1010" not in shown
    SupportService.objects.filter(code="ca-hotline").update(withdrawn=True)
    assert "1-800-555-0100" not in rendered(text)
    # The proof of what was shown stays.
    [proof] = text.snapshot["services"]
    assert proof["phone"] == "1-833-900-1010"
