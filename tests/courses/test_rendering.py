"""Files made in the background: remade only where they say otherwise, and never served when they are not true."""

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from cms.models import SupportService
from courses.models import Course, Edition, EditionText, LessonPage, Rendition, RenditionSet
from courses.renditions import kinds
from courses.services import (
    add_text,
    ask_for_renditions,
    look_for_stale_renditions,
    make_renditions,
    put_back,
    rendering,
    withdraw_part,
)
from courses.withdrawn import Part
from people import outbox
from people.models import OutboxEntry
from tests.courses.learners import Clock, on_the_way, queries_of, signed_in, the_clock  # noqa: F401  # a fixture
from tests.factories.courses import RELEASED_AT, course_with_pages, lesson_page, publish, release, rich_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were drawn; drawing them is cheap here."""
    names: list[str] = []

    def cheap(material: Any) -> Any:
        def drawing(piece: kinds.Piece) -> Callable[[], bytes]:
            def draw() -> bytes:
                names.append(piece.name)
                return f"{piece.name} {piece.source_hash}".encode()

            return draw

        for piece in kinds.pieces(material):
            yield dataclasses.replace(piece, make=drawing(piece))

    monkeypatch.setattr(rendering, "pieces", cheap)
    return names


@pytest.fixture
def course(settings: Any, tmp_path: Any, made: list[str]) -> Course:
    settings.RENDITIONS = True
    settings.MEDIA_ROOT = tmp_path / "media"
    course = course_with_pages(lessons=[])
    lesson_page(course.pages.get(), "facts", body=rich_body())
    lesson_page(course.pages.get(), "act")
    release(course)
    return course


def work() -> None:
    """Do what waits in the outbox."""
    outbox.deliver_due(at=RELEASED_AT, limit=50)


def served(client: Client, course: Course, name: str = "booklet.pdf") -> int:
    response = client.get(f"/learn/{course.slug}/other-ways/{name}")
    read(response)
    return response.status_code


def read(response: Any) -> None:
    """Take in all of a file; closing the response instead would close the database's connection too."""
    if response.streaming:
        assert b"".join(response.streaming_content)


def block_of(course: Course, kind: str) -> str:
    text = EditionText.objects.filter(edition__course=course).first()
    return next(each["id"] for each in text.snapshot["lessons"][0]["body"] if each["type"] == kind)


def test_a_release_makes_every_file_once_in_the_background(course: Course, made: list[str]) -> None:
    assert made == []
    work()
    kept = RenditionSet.objects.get()
    assert (kept.total, kept.made, sorted(made)) == (13, 13, sorted(each.name for each in kept.files.all()))
    work()
    look_for_stale_renditions()
    work()
    assert len(made) == 13


def test_files_of_a_loaded_course_may_wait_until_somebody_wants_one(
    course: Course, client: Client, made: list[str], settings: Any
) -> None:
    RenditionSet.objects.all().delete()
    outbox.deliver_due(at=RELEASED_AT, limit=50)
    RenditionSet.objects.all().delete()
    made.clear()
    settings.RENDITIONS_OF_LOADED = False
    page = LessonPage.objects.get(lesson__code="act")
    page.body = [("text", {"heading": "One idea", "text": "What act is truly about."})]
    publish(page)
    edition = release(course)
    look_for_stale_renditions()
    work()
    assert (made, RenditionSet.objects.count()) == ([], 0)
    on_the_way(client, course)
    client.get(f"/learn/{course.slug}/other-ways/")
    work()
    assert (len(made), RenditionSet.objects.get().edition) == (13, edition)


def test_a_mended_word_remakes_what_says_it_and_the_old_files_go(course: Course, made: list[str]) -> None:
    work()
    made.clear()
    before = {each.name: each.file.name for each in Rendition.objects.all()}
    page = LessonPage.objects.get(lesson__code="act")
    page.body = [("text", {"heading": "One idea", "text": "What act is truly about."})]
    publish(page)
    add_text(edition=Edition.objects.get(), language="en", by=None, at=RELEASED_AT)
    work()
    assert sorted(made) == ["booklet.pdf", "course.epub", "guide.pdf", "lesson-2.pdf", "lesson-2.txt", "slides.pptx"]
    after = {each.name: each.file.name for each in Rendition.objects.all()}
    assert {name for name in before if before[name] != after[name]} == set(made)


def test_what_is_withdrawn_is_not_served_from_the_same_moment_on(
    course: Course, client: Client, made: list[str]
) -> None:
    work()
    on_the_way(client, course)
    assert served(client, course) == 200
    part = Part("block", block_of(course, "sign"))
    withdrawal = withdraw_part(course=course, part=part, label="x", reason="wrong", instead="", by=None, at=RELEASED_AT)
    assert served(client, course) == 404
    work()
    assert served(client, course) == 200
    put_back(withdrawal=withdrawal, by=None, at=RELEASED_AT)
    assert served(client, course) == 404
    work()
    assert served(client, course) == 200


def test_files_with_an_old_help_line_are_not_served(course: Course, client: Client, the_clock: Clock) -> None:  # noqa: F811
    work()
    Course.objects.update(tier=Course.Tier.OPEN)
    line = SupportService.objects.get()
    line.phone = "1-800-111-2222"
    line.save()
    assert served(client, course) == 404
    work()
    assert served(client, course) == 200
    # The day after its review date the line says that it has to be checked first.
    SupportService.objects.update(review_by=date(2026, 3, 3))
    work()
    the_clock.forward(days=3)
    assert served(client, course) == 404


def test_a_change_during_the_work_stops_it_and_is_made_instead(
    course: Course, made: list[str], monkeypatch: Any
) -> None:
    edition = Edition.objects.get()
    part = Part("block", block_of(course, "sign"))
    whole = rendering.pieces

    def interrupted(material: Any) -> Any:
        pieces = list(whole(material))
        yield pieces[0]
        monkeypatch.setattr(rendering, "pieces", whole)
        withdraw_part(course=course, part=part, label="x", reason="wrong", instead="", by=None, at=RELEASED_AT)
        yield from pieces[1:]

    monkeypatch.setattr(rendering, "pieces", lambda material: interrupted(material))
    kept = make_renditions(edition=edition, language="en", at=RELEASED_AT)
    assert kept is not None
    assert kept.fingerprint == ""
    work()
    kept.refresh_from_db()
    assert kept.fingerprint == kept.asked_for != ""


def test_work_that_was_killed_goes_on_where_it_was(course: Course, made: list[str]) -> None:
    work()
    kept = RenditionSet.objects.get()
    lost = Rendition.objects.get(name="guide.pdf")
    default_storage.delete(lost.file.name)
    made.clear()
    make_renditions(edition=kept.edition, language="en", at=RELEASED_AT)
    assert made == ["guide.pdf"]


def test_two_who_make_the_same_at_once_leave_one_of_each(course: Course, monkeypatch: Any) -> None:
    edition, whole = Edition.objects.get(), rendering.pieces

    def overtaken(material: Any) -> Any:
        first, *others = whole(material)

        def make() -> bytes:
            monkeypatch.setattr(rendering, "pieces", whole)
            make_renditions(edition=edition, language="en", at=RELEASED_AT)
            return b"the same"

        return [dataclasses.replace(first, make=make), *others]

    monkeypatch.setattr(rendering, "pieces", overtaken)
    kept = make_renditions(edition=edition, language="en", at=RELEASED_AT)
    assert kept is not None
    assert kept.fingerprint == kept.asked_for
    assert kept.files.count() == kept.total


def test_asking_twice_asks_once(course: Course) -> None:
    edition = Edition.objects.get()
    for _ in range(3):
        ask_for_renditions(edition=edition, language="en")
    assert OutboxEntry.objects.filter(kind=rendering.MAKE).count() == 1
    assert ask_for_renditions(edition=edition, language="pa") is None


def test_the_page_offers_what_is_for_learners_with_sizes_and_says_while_it_is_made(
    course: Course, client: Client
) -> None:
    on_the_way(client, course)
    url = f"/learn/{course.slug}/other-ways/"
    assert "The files are being made." in client.get(url).content.decode()
    work()
    page = client.get(url).content.decode()
    assert "booklet.pdf" in page
    assert "bytes)" in page
    assert [name for name in ("guide.pdf", "slides.pptx", "questions.pdf", "answer-key.pdf") if name in page] == []
    assert [served(client, course, name) for name in ("lesson-1.txt", "answer-key.pdf", "guide.pdf")] == [200, 404, 404]
    assert f"{url}" in client.get(f"/learn/{course.slug}/facts/").content.decode()
    assert queries_of(client, url) <= 12


def test_only_who_takes_a_recorded_course_gets_its_files(course: Course, client: Client) -> None:
    work()
    assert served(client, course) == 302
    signed_in(client)
    assert served(client, course) == 302


def test_files_of_an_open_course_leave_no_trace(course: Course, client: Client) -> None:
    work()
    Course.objects.update(tier=Course.Tier.OPEN)
    for address in ("", "booklet.pdf"):
        response = client.get(f"/learn/{course.slug}/other-ways/{address}")
        read(response)
        assert (response.status_code, dict(response.cookies)) == (200, {})
        assert response.headers.get("Vary", "").find("Cookie") < 0 or not response.cookies
    assert response.headers["Content-Disposition"] == 'attachment; filename="booklet.pdf"'
    assert response.headers["Cache-Control"] == "no-store"


def test_staff_see_every_file_and_nobody_else_does(course: Course, admin_client: Client, client: Client) -> None:
    work()
    url = f"/cms/courses/{course.pk}/files/"
    page = admin_client.get(url).content.decode()
    assert [name for name in ("slides.pptx", "guide.pdf", "answer-key.pdf") if name not in page] == []
    response = admin_client.get(f"{url}en/answer-key.pdf")
    read(response)
    assert response.status_code == 200
    assert admin_client.get(f"{url}pa/answer-key.pdf").status_code == 404
    assert client.get(f"{url}en/answer-key.pdf").status_code == 302


def test_a_site_that_makes_no_files_offers_none(course: Course, client: Client, settings: Any) -> None:
    settings.RENDITIONS = False
    on_the_way(client, course)
    assert client.get(f"/learn/{course.slug}/other-ways/").status_code == 404
    assert "other-ways" not in client.get(f"/learn/{course.slug}/facts/").content.decode()
