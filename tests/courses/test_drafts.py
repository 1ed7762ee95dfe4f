"""Translations that nobody has reviewed: marked, kept from workplaces that did not ask for them, never alone in a quiz."""

import pytest
from django.conf import settings
from django.test import Client, override_settings

from courses.models import Course, Edition, EditionText
from courses.snapshot import digest
from tests.courses.learners import do_lessons, on_the_way
from tests.factories.courses import released_course

pytestmark = [pytest.mark.django_db]
in_all_languages = override_settings(LANGUAGES=settings.WAGTAIL_CONTENT_LANGUAGES)


def add_draft(course: Course) -> None:
    edition = Edition.objects.get(course=course)
    english = edition.texts.get()
    french = {**english.snapshot, "language": "fr", "draft": True}
    french["quiz"] = {
        **french["quiz"],
        "questions": [{**each, "stem": f"<p>Que faire ? {each['key']}</p>"} for each in french["quiz"]["questions"]],
    }
    EditionText.objects.create(
        edition=edition,
        language="fr",
        snapshot=french,
        digest=digest(french),
        is_draft=True,
        frozen_at=english.frozen_at,
    )


@in_all_languages
@pytest.mark.parametrize(("allowed", "marked"), [(True, True), (False, False)])
def test_a_workplace_reads_drafts_only_if_it_wishes(client: Client, allowed: bool, marked: bool) -> None:
    course = released_course()
    enrolment = on_the_way(client, course)
    add_draft(course)
    organisation = enrolment.membership.organisation
    organisation.reads_drafts = allowed
    organisation.save()
    client.cookies["language"] = "fr"
    answer = client.get(f"/learn/{course.slug}/")
    page = answer.content.decode()
    assert [code for code, _ in answer.context["languages"]] == (["en", "fr"] if allowed else ["en"])
    assert ("brouillon, pas encore révisé" in page) is marked
    assert ("Pas encore en français" in page) is not marked


@in_all_languages
def test_a_draft_question_has_the_source_beside_it(client: Client) -> None:
    course = released_course()
    enrolment = on_the_way(client, course)
    add_draft(course)
    enrolment.membership.organisation.reads_drafts = True
    enrolment.membership.organisation.save()
    do_lessons(client, enrolment)
    client.cookies["language"] = "fr"
    client.post(f"/learn/{course.slug}/quiz/")
    page = client.get(f"/learn/{course.slug}/quiz/1/").content.decode()
    assert "Que faire" in page
    assert "Lire cette question en anglais" in page
