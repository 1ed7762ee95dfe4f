"""How hard a text is to read: by formula, where there is one."""

import pytest
from django.urls import reverse

from courses import services
from courses.models import LessonPage
from courses.reading_level import reading_level, syllables
from tests.factories.courses import course_with_pages, publish

PLAIN = "You can call at night. A person will answer. They do not ask for your name. You can stop at any time. " * 6
HARD = (
    "Notwithstanding the applicability of extraterritorial jurisdictional considerations, organisational "
    "representatives responsible for administering accommodation facilities undertake comprehensive documentation of "
    "irregularities encountered during operational activities, including documentation pertaining to subcontractors. "
) * 6
PLAIN_FR = (
    "Vous pouvez appeler la nuit. Une personne vous répond. Elle ne demande pas votre nom. Dites ce que vous voulez. "
    * 6
)
PLAIN_ES = (
    "Puede llamar de noche. Una persona le contesta. No le pide su nombre. Diga lo que quiera. Hable sin miedo. " * 6
)


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("call", "en", 1), ("people", "en", 2), ("named", "en", 1), ("wanted", "en", 2), ("the", "en", 1), ("table", "en", 2),
        ("personne", "fr", 2), ("appeler", "fr", 3), ("nuit", "fr", 1), ("demande", "fr", 2), ("le", "fr", 1),
        ("persona", "es", 3), ("noche", "es", 2), ("hay", "es", 1), ("bien", "es", 1),
    ],
)  # fmt: skip
def test_syllables(word, language, count):
    assert syllables(word, language=language) == count


@pytest.mark.parametrize(
    ("text", "language", "formula", "is_hard"),
    [
        (PLAIN, "en", "Flesch–Kincaid", False),
        (HARD, "en", "Flesch–Kincaid", True),
        (PLAIN_FR, "fr", "Kandel–Moles", False),
        (HARD, "fr", "Kandel–Moles", True),
        (PLAIN_ES, "es-419", "Fernández Huerta", False),
        (HARD, "es", "Fernández Huerta", True),
    ],
)
def test_plain_and_hard_texts_are_told_apart(text, language, formula, is_hard):
    level = reading_level(text, language=language)
    assert (level.formula, level.is_hard) == (formula, is_hard)
    assert bool(level.long_sentences) is is_hard


@pytest.mark.parametrize(("text", "language"), [(PLAIN, "pa"), (PLAIN, "zh-hans"), ("Call 911.", "en"), ("", "en")])
def test_nothing_is_said_without_a_formula_or_with_too_little_text(text, language):
    assert reading_level(text, language=language) is None


@pytest.mark.django_db
def test_the_check_of_a_course_shows_what_is_hard_first(admin_client):
    course = course_with_pages()
    for code, text in (("act", HARD), ("signs", PLAIN)):
        for page in LessonPage.objects.filter(lesson__course=course, lesson__code=code):
            page.body = [{"type": "text", "value": {"heading": "One", "text": f"<p>{text}</p>"}}]
            publish(page)
    levels = services.reading_levels(course=course)
    assert levels[0].lesson == "act"
    assert levels[0].level.is_hard
    page = admin_client.get(reverse("courses_admin:check", args=[course.pk])).content.decode()
    assert "How hard it is to read" in page
    assert "Flesch–Kincaid" in page
