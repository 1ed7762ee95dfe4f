"""Which text a page is made of."""

from typing import Any

import pytest
from django.conf import settings
from django.db.models import Q
from django.test import Client, override_settings
from django.urls import reverse

from courses import selectors
from courses.models import Edition, EditionText
from courses.snapshot import digest
from courses.views.reading import titles_and_languages
from people.models import Organisation
from tests.courses.learners import on_the_way, the_clock  # noqa: F401  # a fixture
from tests.factories.courses import released_course

pytestmark = pytest.mark.django_db


def add_text(edition: Edition, language: str, revision: int, title: str) -> EditionText:
    english = edition.texts.get(language="en", revision=1)
    snapshot: dict[str, Any] = {**english.snapshot, "language": language, "revision": revision}
    snapshot["course"] = {**snapshot["course"], "title": title}
    return EditionText.objects.create(
        edition=edition,
        language=language,
        revision=revision,
        snapshot=snapshot,
        digest=digest(snapshot),
        frozen_at=english.frozen_at,
    )


@pytest.mark.parametrize("language", ["en", "fr", "es", "zh-hans"])
def test_page_serves_the_text_that_the_selector_names(client: Client, language: str) -> None:
    """The page asks in one query of its own; both must always agree."""
    course = released_course()
    enrolment = on_the_way(client, course)
    add_text(enrolment.edition, "fr", 1, "Titre")
    add_text(enrolment.edition, "fr", 2, "Titre corrigé")
    add_text(enrolment.edition, "en", 2, "A title mended")
    client.cookies["language"] = language
    with override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES):
        served = client.get(f"/learn/{course.slug}/").context["reading"].text
    assert served == selectors.text_for(enrolment, language)
    assert served.revision == 2


def test_page_serves_any_text_where_none_is_near(client: Client) -> None:
    course = released_course()
    enrolment = on_the_way(client, course)
    text = enrolment.edition.texts.get()
    EditionText.objects.filter(pk=text.pk).update(language="pa")
    client.cookies["language"] = "fr"
    with override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES):
        assert client.get(f"/learn/{course.slug}/").context["reading"].text.language == "pa"


def test_titles_are_those_of_the_newest_texts_in_the_nearest_language() -> None:
    course, other = released_course(), released_course()
    add_text(Edition.objects.get(course=course), "fr", 1, "Titre")
    titles = titles_and_languages([course.pk, other.pk], "fr")
    assert titles == {course.pk: ("Titre", ""), other.pk: ("Safe and fair work", "en")}


def test_titles_of_drafts_are_left_out_for_who_is_not_given_them() -> None:
    course = released_course()
    add_text(Edition.objects.get(course=course), "fr", 1, "Titre")
    EditionText.objects.filter(language="fr").update(is_draft=True)
    assert titles_and_languages([course.pk], "fr", readable=Q(is_draft=False)) == {
        course.pk: ("Safe and fair work", "en")
    }
    assert titles_and_languages([course.pk], "fr") == {course.pk: ("Titre", "")}


@pytest.mark.parametrize(("allowed", "title"), [(False, "Safe and fair work"), (True, "Titre")])
def test_my_training_lists_a_draft_only_where_the_workplace_reads_drafts(
    client: Client, allowed: bool, title: str
) -> None:
    course = released_course()
    enrolment = on_the_way(client, course)
    add_text(enrolment.edition, "fr", 1, "Titre")
    EditionText.objects.filter(language="fr").update(is_draft=True)
    Organisation.objects.filter(pk=enrolment.membership.organisation_id).update(reads_drafts=allowed)
    client.cookies["language"] = "fr"
    with override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES):
        [(item, _)] = client.get(reverse("courses:my_training")).context["items"]
    assert item.title == title


def test_who_reads_traditional_chinese_is_openly_shown_simplified(client: Client) -> None:
    course = released_course()
    enrolment = on_the_way(client, course)
    add_text(enrolment.edition, "zh-hans", 1, "标题")
    client.cookies["language"] = "zh-hant"
    with override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES):
        answer = client.get(f"/learn/{course.slug}/")
    assert answer.context["reading"].text == selectors.text_for(enrolment, "zh-hant")
    assert answer.context["reading"].text.language == "zh-hans"
    assert "繁體中文" in answer.content.decode().partition('class="message"')[2].partition("</p>")[0]
