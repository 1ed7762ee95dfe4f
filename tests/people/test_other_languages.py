"""The order of languages that a reader chose: kept on their device, followed on every page, said openly."""

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings

from courses.models import Course, EditionText
from courses.selectors import nearest_language
from courses.snapshot import digest
from people.models import User
from people.other_languages import COOKIE, other_languages
from tests.courses.learners import do_lessons, on_the_way
from tests.factories.courses import released_course

ADDRESS = "/language/others/"
in_all_languages = override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES)


@pytest.mark.parametrize(
    ("kept", "order"),
    [
        ("", ()),
        ("pa", ("pa",)),
        ("ar.pa.ar.zh-hant.es.tl", ("ar", "pa", "zh-hant")),
        ("klingon.pa..", ("pa",)),
        ("x" * 5000, ()),
    ],
)
def test_what_a_device_kept_is_read_with_care(kept: str, order: tuple[str, ...]) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = kept
    assert other_languages(request) == order


@pytest.mark.parametrize(
    ("available", "others", "given"),
    [
        (["ar", "en", "fr"], ("fr", "ar"), "fr"),
        (["ar", "en"], ("fr", "ar"), "ar"),
        (["ar", "en"], (), "en"),
        (["pa", "ar"], ("ar",), "pa"),
        (["en", "zh-hans"], ("en",), "en"),
    ],
)
def test_readers_order_goes_before_the_sites(available: list[str], others: tuple[str, ...], given: str) -> None:
    asked = "zh-hant" if "zh-hans" in available else "pa"
    assert nearest_language(asked, available, others) == given


def add_text(course: Course, language: str) -> None:
    english = EditionText.objects.get(edition__course=course, language="en")
    other = {**english.snapshot, "language": language}
    EditionText.objects.create(
        edition=english.edition, language=language, snapshot=other, digest=digest(other), frozen_at=english.frozen_at
    )


@pytest.mark.django_db
@in_all_languages
def test_a_learner_is_shown_their_choice_and_told_so_in_the_quiz_as_well(client: Client) -> None:
    course = released_course()
    enrolment = on_the_way(client, course)
    add_text(course, "ar")
    client.cookies["language"] = "fr"
    page = client.get(f"/learn/{course.slug}/").content.decode()
    assert "Pas encore en français" in page
    assert f'href="{ADDRESS}?next=/learn/{course.slug}/"' in page
    answer = client.post(ADDRESS, {"other": ["", "ar", "en"], "next": f"/learn/{course.slug}/"})
    assert (answer.url, client.cookies[COOKIE].value) == (f"/learn/{course.slug}/", "ar.en")
    page = client.get(f"/learn/{course.slug}/").content.decode()
    assert 'lang="ar" dir="rtl"' in page
    do_lessons(client, enrolment)
    client.post(f"/learn/{course.slug}/quiz/")
    question = client.get(f"/learn/{course.slug}/quiz/1/").content.decode()
    assert "Pas encore en français" in question
    # The choice is on the device alone.
    assert set(User.objects.values_list("language", flat=True)) == {""}
    client.post("/sign-out/")
    assert client.cookies[COOKIE].value == ""


@pytest.mark.django_db
def test_anybody_chooses_without_an_account_and_takes_it_back(client: Client) -> None:
    client.post(ADDRESS, {"other": ["pa", "pa", "fr"]})
    page = client.get(ADDRESS).content.decode()
    assert [page.count(f'<option value="{code}" lang="{code}" selected>') for code in ("pa", "fr", "ar")] == [1, 1, 0]
    page = client.get(f"{ADDRESS}?next=https://elsewhere.test/").content.decode()
    assert '<input type="hidden" name="next" value="/">' in page
    client.post(ADDRESS, {"other": ["", "", ""]})
    assert client.cookies[COOKIE].value == ""
