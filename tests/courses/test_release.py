"""Releasing: what is frozen, what refuses, and who may do it from the CMS."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, PageLogEntry

from assessments.models import BlueprintRow
from cms.models import SupportService
from courses import registry, selectors, services
from courses.exceptions import ReleaseFault, ReleaseProblem, ReleaseRefused
from courses.models import (
    Completion,
    Course,
    CoursePage,
    Edition,
    EditionText,
    Enrolment,
    LearningEvent,
    Lesson,
    LessonPage,
)
from courses.registry import ReleaseReach
from courses.signals import edition_released
from courses.snapshot import digest
from people.models import User
from tests.factories.assessments import SingleChoiceQuestionFactory
from tests.factories.courses import (
    RELEASED_AT,
    course_page,
    course_with_pages,
    enrolled,
    lesson_page,
    publish,
    release,
    released_course,
    rich_body,
)
from tests.factories.people import StaffRoleFactory, UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db

LOOKED_AT_ALL = ["pictures", "stories", "signs", "help", "disputes"]
LATER = RELEASED_AT + timedelta(days=30)


def page_of(course: Course, language: str = "en") -> CoursePage:
    return CoursePage.objects.get(course=course, locale__language_code=language)


def retitle(course: Course, lesson: str, title: str, language: str = "en") -> LessonPage:
    page = LessonPage.objects.get(lesson__course=course, lesson__code=lesson, locale__language_code=language)
    page.title = title
    return publish(page)


def in_french(course: Course, lessons: tuple[str, ...] = ("facts", "act")) -> CoursePage:
    page = course_page(course, "fr", title="Travail sûr")
    for code in lessons:
        lesson_page(page, code, title=f"{code} en français")
    for question in course.final_quiz.bank.questions.all():
        question.copy_for_translation(page.locale).save()
    return page


def faults(refused: pytest.ExceptionInfo[ReleaseRefused]) -> list[tuple[str, str, str]]:
    return [(problem.fault.value, problem.language, problem.lesson) for problem in refused.value.problems]


class TestReleaseCourse:
    def test_freezes_each_live_language_with_its_digest(self) -> None:
        course = course_with_pages()
        in_french(course)
        by = UserFactory(with_email=True)
        edition = release(course, by=by, note="First")
        assert (edition.number, edition.severity, edition.note, edition.released_by) == (
            1,
            "finish_on_old",
            "First",
            by,
        )
        texts = {text.language: text for text in edition.texts.all()}
        assert sorted(texts) == ["en", "fr"]
        for language, text in texts.items():
            assert text.digest == digest(text.snapshot)
            assert (text.revision, text.frozen_at) == (1, RELEASED_AT)
            assert (text.snapshot["edition"], text.snapshot["language"]) == (1, language)
        assert [lesson["title"] for lesson in texts["fr"].snapshot["lessons"]] == [
            "facts en français",
            "act en français",
        ]

    def test_next_edition_leaves_the_old_one_and_its_learners(self) -> None:
        course = released_course()
        enrolment = enrolled(course)
        before = selectors.current_text(course, "en")
        retitle(course, "act", "Acting")
        release(course, LATER)
        now = selectors.current_text(course, "en")
        assert before is not None
        assert now is not None
        assert (before.edition.number, now.edition.number) == (1, 2)
        assert [lesson["title"] for lesson in now.snapshot["lessons"]] == ["Facts", "Acting"]
        kept = selectors.text_for(enrolment, "en")
        assert kept == before
        assert kept.snapshot == EditionText.objects.get(pk=before.pk).snapshot

    def test_draft_that_is_not_published_is_not_released(self) -> None:
        course = course_with_pages()
        page = LessonPage.objects.get(lesson__code="act")
        page.title = "Only a draft"
        page.save_revision()
        text = release(course).texts.get()
        assert [lesson["title"] for lesson in text.snapshot["lessons"]] == ["Facts", "Act"]

    def test_only_the_languages_asked_for(self) -> None:
        course = course_with_pages()
        in_french(course)
        assert release(course, languages=["en"]).texts.get().language == "en"

    def test_history_of_the_page_names_the_release(self) -> None:
        course = released_course()
        entry = PageLogEntry.objects.get(action="courses.release")
        assert entry.page_id == page_of(course).pk
        assert str(entry.formatter.format_message(entry)) == "Released in edition 1"

    def test_an_edition_cannot_be_changed_or_deleted(self) -> None:
        course = released_course()
        edition = course.editions.get()
        for row in (edition, edition.texts.get()):
            with pytest.raises(TypeError):
                row.save()
            with pytest.raises(TypeError):
                row.delete()

    def test_refuses_when_nothing_changed(self) -> None:
        course = released_course()
        SupportService.objects.update(phone="changed")
        publish(page_of(course))
        with pytest.raises(ReleaseRefused) as refused:
            release(course, LATER)
        assert faults(refused) == [("unchanged", "", "")]
        assert course.editions.count() == 1

    def test_one_changed_language_is_enough_and_all_are_frozen(self) -> None:
        course = course_with_pages()
        in_french(course)
        release(course)
        retitle(course, "act", "Agir", "fr")
        assert sorted(release(course, LATER).texts.values_list("language", flat=True)) == ["en", "fr"]

    def test_changed_question_is_a_change(self) -> None:
        course = released_course()
        question = course.final_quiz.bank.questions.first()
        question.stem = "<p>Asked anew</p>"
        question.save()
        assert release(course, LATER).number == 2

    def test_alias_of_another_language_is_no_translation(self) -> None:
        course = course_with_pages()
        french, _ = Locale.objects.get_or_create(language_code="fr")
        page = page_of(course)
        for each in (page.get_parent().get_parent(), page.get_parent(), page):
            each.specific.copy_for_translation(french, alias=True)
        assert release(course).texts.get().language == "en"
        retitle(course, "act", "Acting")
        with pytest.raises(ReleaseRefused) as refused:
            release(course, LATER, languages=["en", "fr"])
        assert faults(refused) == [("alias", "fr", "")]

    def test_refuses_a_language_whose_lesson_is_an_alias(self) -> None:
        course = course_with_pages()
        page = in_french(course, ("facts",))
        lesson = lesson_page(page, "act")
        LessonPage.objects.filter(pk=lesson.pk).update(
            alias_of=LessonPage.objects.get(lesson__code="act", locale__language_code="en")
        )
        with pytest.raises(ReleaseRefused) as refused:
            release(course)
        assert faults(refused) == [("alias", "fr", "act")]

    def test_refuses_a_language_that_lacks_a_lesson(self) -> None:
        course = course_with_pages()
        in_french(course, ("facts",))
        with pytest.raises(ReleaseRefused) as refused:
            release(course)
        assert ("lesson_missing", "fr", "act") in faults(refused)
        assert release(course, languages=["en"]).number == 1

    def test_refuses_a_language_that_lacks_a_question(self) -> None:
        course = course_with_pages()
        page = in_french(course)
        question = course.final_quiz.bank.questions.filter(locale=page.locale).first()
        question.delete()
        with pytest.raises(ReleaseRefused) as refused:
            release(course)
        assert refused.value.problems == (ReleaseProblem(ReleaseFault.QUESTION_MISSING, "fr", detail=question.code),)

    def test_refuses_a_course_without_a_page(self) -> None:
        course = course_with_pages()
        page_of(course).unpublish()
        with pytest.raises(ReleaseRefused) as refused:
            release(course)
        assert faults(refused) == [("no_page", "", "")]

    def test_refuses_a_course_without_lessons(self) -> None:
        with pytest.raises(ReleaseRefused) as refused:
            release(course_with_pages(lessons=()))
        assert {fault for fault, _, _ in faults(refused)} == {
            "no_lessons",
            "passage_missing",
            "harm",
        }

    def test_refuses_an_empty_lesson_and_a_lesson_of_another_course(self) -> None:
        course = course_with_pages()
        lesson_page(page_of(course), "empty", body=[])
        stray = lesson_page(page_of(course), "stray")
        other = course_with_pages()
        LessonPage.objects.filter(pk=stray.pk).update(lesson=Lesson.objects.get(course=other, code="facts"))
        with pytest.raises(ReleaseRefused) as refused:
            release(course)
        assert set(faults(refused)) == {
            ("empty_lesson", "en", "empty"),
            ("foreign_lesson", "en", "facts"),
            ("lesson_twice", "en", "facts"),
        }

    def test_refuses_pieces_that_were_deleted(self) -> None:
        course = course_with_pages()
        image = Image.objects.create(title="A door", file=get_test_image_file("door.png"))
        lesson_page(page_of(course), "rich", body=rich_body(image=image))
        image.delete()
        SupportService.objects.all().delete()
        with pytest.raises(ReleaseRefused) as refused:
            release(course)
        assert {(p.fault, p.lesson) for p in refused.value.problems} == {
            (ReleaseFault.PIECE_MISSING, lesson) for lesson in ("facts", "act", "rich")
        }
        assert "Image" in {p.detail for p in refused.value.problems}

    def test_refuses_a_file_that_cannot_be_read(self, settings: Any, tmp_path: Any) -> None:
        settings.MEDIA_ROOT = tmp_path
        course = course_with_pages()
        image = Image.objects.create(title="A door", file=get_test_image_file("door.png"))
        lesson_page(page_of(course), "rich", body=[("image", {"image": image.pk, "alt": "A door", "caption": ""})])
        image.file.storage.delete(image.file.name)
        with pytest.raises(ReleaseRefused) as refused:
            release(course)
        assert refused.value.problems == (ReleaseProblem(ReleaseFault.FILE_MISSING, "en", "rich", "door.png"),)

    def test_refuses_a_quiz_that_cannot_be_drawn_twice(self) -> None:
        course = course_with_pages()
        BlueprintRow.objects.filter(quiz=course.final_quiz, innocent=True).update(n=3)
        with pytest.raises(ReleaseRefused) as refused:
            release(course)
        [problem] = refused.value.problems
        assert (problem.fault, problem.detail) == (ReleaseFault.BLUEPRINT, "too_few_candidates 2 2/6")

    def test_refuses_more_minutes_than_the_course_takes(self) -> None:
        with pytest.raises(ReleaseRefused) as refused:
            release(course_with_pages(minimum_minutes=13))
        assert faults(refused) == [("too_few_minutes", "en", "")]

    def test_tells_the_rooms_above(self) -> None:
        heard: list[tuple[Edition, datetime]] = []

        def hear(sender: object, edition: Edition, at: datetime, **_: object) -> None:
            heard.append((edition, at))

        edition_released.connect(hear)
        try:
            edition = release(course_with_pages())
        finally:
            edition_released.disconnect(hear)
        assert heard == [(edition, RELEASED_AT)]

    @pytest.mark.parametrize(
        ("severity", "retrain_by"),
        [("retrain_by", None), ("finish_on_old", date(2026, 9, 1)), ("none", date(2026, 9, 1))],
    )
    def test_refuses_a_date_that_does_not_fit_the_severity(self, severity: str, retrain_by: date | None) -> None:
        with pytest.raises(ReleaseRefused) as refused:
            release(course_with_pages(), severity=severity, retrain_by=retrain_by)
        assert faults(refused) == [("retrain_date", "", "")]

    def test_keeps_the_date_by_which_everybody_takes_it_again(self) -> None:
        edition = release(course_with_pages(), severity="retrain_by", retrain_by=date(2026, 9, 1))
        assert edition.retrain_by == date(2026, 9, 1)

    @pytest.mark.parametrize("retrain_by", [RELEASED_AT.date(), RELEASED_AT.date() - timedelta(days=400)])
    def test_refuses_a_day_by_which_nobody_could_take_it_again(self, retrain_by: date) -> None:
        with pytest.raises(ReleaseRefused) as refused:
            release(course_with_pages(), severity="retrain_by", retrain_by=retrain_by)
        assert faults(refused) == [("retrain_past", "", "")]

    def test_refusal_keeps_no_file(self, settings: Any, tmp_path: Any) -> None:
        from courses.models import FrozenMedia

        settings.MEDIA_ROOT = tmp_path
        course = course_with_pages(minimum_minutes=13)
        image = Image.objects.create(title="A door", file=get_test_image_file("door.png"))
        lesson_page(page_of(course), "rich", body=[("image", {"image": image.pk, "alt": "A door", "caption": ""})])
        with pytest.raises(ReleaseRefused):
            release(course)
        assert not FrozenMedia.objects.exists()


class TestAddText:
    def add(self, course: Course, language: str = "en") -> EditionText:
        return services.add_text(edition=course.editions.first(), language=language, by=None, at=LATER)

    def test_mended_typo_reaches_learners_on_the_edition(self) -> None:
        course = released_course()
        enrolment = enrolled(course)
        retitle(course, "act", "Act, spelled right")
        text = self.add(course)
        assert (text.edition.number, text.revision, text.snapshot["revision"], text.frozen_at) == (1, 2, 2, LATER)
        assert selectors.text_for(enrolment, "en") == text
        assert text.digest == digest(text.snapshot)
        assert course.editions.count() == 1

    def test_language_that_came_later_joins_the_edition(self) -> None:
        course = released_course()
        in_french(course)
        text = self.add(course, "fr")
        assert (text.revision, text.language) == (1, "fr")
        assert selectors.current_text(course, "fr") == text

    def test_refuses_what_asks_something_else_of_the_learner(self) -> None:
        course = released_course()
        lesson_page(page_of(course), "more")
        with pytest.raises(ReleaseRefused) as refused:
            self.add(course)
        assert faults(refused) == [("structure", "en", "")]

    def test_refuses_a_language_without_all_lessons(self) -> None:
        course = released_course()
        in_french(course, ("facts",))
        with pytest.raises(ReleaseRefused) as refused:
            self.add(course, "fr")
        assert ("lesson_missing", "fr", "act") in faults(refused)

    def test_refuses_when_nothing_changed(self) -> None:
        with pytest.raises(ReleaseRefused) as refused:
            self.add(released_course())
        assert faults(refused) == [("unchanged", "en", "")]

    def test_refuses_an_older_edition(self) -> None:
        course = released_course()
        old = course.editions.get()
        retitle(course, "act", "Acting")
        release(course, LATER)
        with pytest.raises(ReleaseRefused) as refused:
            services.add_text(edition=old, language="en", by=None, at=LATER)
        assert faults(refused) == [("not_newest", "en", "")]

    @pytest.mark.parametrize("alias", [True, False])
    def test_refuses_a_language_without_a_page_of_its_own(self, alias: bool) -> None:
        course = released_course()
        french, _ = Locale.objects.get_or_create(language_code="fr")
        if alias:
            page = page_of(course)
            for each in (page.get_parent().get_parent(), page.get_parent(), page):
                each.specific.copy_for_translation(french, alias=True)
        with pytest.raises(ReleaseRefused) as refused:
            self.add(course, "fr")
        assert faults(refused) == [("alias" if alias else "no_page", "fr", "")]


class TestForecast:
    def test_says_what_would_change(self) -> None:
        course = released_course()
        assert services.is_released(page=page_of(course))
        retitle(course, "act", "Acting")
        assert not services.is_released(page=page_of(course))
        [forecast] = services.forecast_release(course=course, at=LATER)
        assert [(change.kind, change.code) for change in forecast.changes] == [("changed", "act")]
        assert (forecast.problems, forecast.fits_edition) == ((), True)
        assert course.editions.count() == 1

    def test_change_of_structure_does_not_fit_the_edition(self) -> None:
        course = released_course()
        lesson_page(page_of(course), "more")
        [forecast] = services.forecast_release(course=course, at=LATER)
        assert not forecast.fits_edition

    def test_names_problems_by_language(self) -> None:
        course = course_with_pages()
        in_french(course, ("facts",))
        english, french = services.forecast_release(course=course, at=LATER)
        assert english.problems == ()
        assert ReleaseProblem(ReleaseFault.LESSON_MISSING, "fr", "act") in french.problems


def editor(group: str) -> User:
    user: User = UserFactory(with_email=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def author(client: Client) -> Client:
    sign_in_personally(client, editor("author"))
    return client


@pytest.fixture
def publisher(client: Client) -> Client:
    sign_in_personally(client, editor("publisher"))
    return client


class TestCms:
    def release_url(self, course: Course) -> str:
        return reverse("courses_admin:release", args=[course.pk])

    def test_publisher_sees_the_difference_and_releases(self, publisher: Client) -> None:
        course = released_course()
        retitle(course, "act", "Acting anew")
        page = publisher.get(self.release_url(course)).content.decode()
        assert "<del>-Act</del>" in page
        assert "<ins>+Acting anew</ins>" in page
        answer = publisher.post(
            self.release_url(course),
            {"severity": "finish_on_old", "note": "Wording", "looked_at": LOOKED_AT_ALL},
            follow=True,
        )
        assert "Edition 2 is released." in answer.content.decode()
        edition = course.editions.first()
        assert (edition.number, edition.note, edition.released_by.groups.get().name) == (2, "Wording", "publisher")

    def test_publisher_adds_a_mended_typo_to_the_edition(self, publisher: Client) -> None:
        course = released_course()
        retitle(course, "act", "Acting")
        publisher.post(self.release_url(course), {"add_text": "en"})
        assert course.editions.get().texts.count() == 2

    def test_form_asks_for_the_date(self, publisher: Client) -> None:
        course = course_with_pages()
        answer = publisher.post(self.release_url(course), {"severity": "retrain_by"})
        assert "Choose the date by which everybody takes it again." in answer.content.decode()
        answer = publisher.post(
            self.release_url(course), {"severity": "retrain_by", "retrain_by": "2020-01-31", "looked_at": LOOKED_AT_ALL}
        )
        assert "Choose a day that lies ahead: people need time to take it again." in answer.content.decode()
        publisher.post(
            self.release_url(course), {"severity": "retrain_by", "retrain_by": "2090-09-01", "looked_at": LOOKED_AT_ALL}
        )
        assert course.editions.get().retrain_by == date(2090, 9, 1)

    def test_what_it_asks_of_people_is_shown_before_it_is_released(
        self, publisher: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        course = released_course()
        enrolled(course)
        retitle(course, "act", "Acting anew")
        reach = ReleaseReach(3, date(2090, 9, 1), 1, 2)
        asked: list[tuple[str, date | None]] = []

        def look(course: Course, severity: str, retrain_by: date | None, at: datetime) -> ReleaseReach:
            asked.append((severity, retrain_by))
            return reach if severity == "retrain_by" else ReleaseReach()

        monkeypatch.setattr(registry, "_reach", [look])
        sent = {"severity": "retrain_by", "retrain_by": "2090-09-01", "looked_at": LOOKED_AT_ALL}
        page = publisher.get(self.release_url(course)).content.decode()
        assert "1 person has started and finishes on the old edition, whatever you choose." in page
        page = publisher.post(self.release_url(course), sent).content.decode()
        assert "3 people who hold a certificate have to do something because of this, by 1 September 2090." in page
        assert "Within 30 days 2 people are told by mail or letter, 1 of them at once." in page
        assert course.editions.count() == 1
        seen = {"seen": re.search('name="seen" value="([^"]+)"', page)[1]}  # type: ignore[index]
        # Another day is looked at anew, and so is another choice; what asks nobody is released at once.
        publisher.post(self.release_url(course), sent | seen | {"retrain_by": "2090-10-01"})
        assert course.editions.count() == 1
        publisher.post(self.release_url(course), sent | seen)
        assert course.editions.get(number=2).retrain_by == date(2090, 9, 1)
        retitle(course, "act", "Acting once more")
        publisher.post(self.release_url(course), {"severity": "delta", "looked_at": LOOKED_AT_ALL})
        assert course.editions.count() == 3
        assert asked == [("retrain_by", date(2090, 9, 1)), ("retrain_by", date(2090, 10, 1)), ("delta", None)]

    def test_refusal_is_said_in_words(self, publisher: Client) -> None:
        course = course_with_pages(minimum_minutes=13)
        page = publisher.post(self.release_url(course), {"severity": "none"}).content.decode()
        assert "en: More minutes are required than the course takes: 13 &gt; 12" in page
        assert not course.editions.exists()

    @pytest.mark.parametrize("group", ["author", "localiser"])
    def test_others_may_not_release(self, client: Client, group: str) -> None:
        course = course_with_pages()
        sign_in_personally(client, editor(group))
        for answer in (
            client.get(self.release_url(course)),
            client.post(self.release_url(course), {"severity": "none"}),
        ):
            assert answer.status_code in (302, 403)
        assert not course.editions.exists()

    def test_edit_pages_say_what_learners_see(self, author: Client) -> None:
        course = course_with_pages()
        lesson = LessonPage.objects.get(lesson__code="act")
        edit = {page.pk: reverse("wagtailadmin_pages:edit", args=[page.pk]) for page in (page_of(course), lesson)}

        def said(text: str) -> list[bool]:
            return [text in author.get(url).content.decode() for url in edit.values()]

        assert all(said("Published, not released: learners do not see this course yet."))
        release(course)
        assert all(said("Learners see edition 1: what is published."))
        retitle(course, "act", "Acting")
        assert all(said("Published, not released: learners see edition 1."))
        assert all(said("Try as a learner, nothing recorded"))
        assert not any(said(self.release_url(course)))

    def test_publisher_finds_the_way_to_the_release(self, publisher: Client) -> None:
        course = course_with_pages()
        page = publisher.get(reverse("wagtailadmin_pages:edit", args=[page_of(course).pk])).content.decode()
        assert self.release_url(course) in page

    def test_new_page_has_no_notice(self, author: Client) -> None:
        course = course_with_pages()
        url = reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", page_of(course).pk])
        answer = author.get(url)
        assert answer.status_code == 200
        assert "Try as a learner" not in answer.content.decode()

    def test_menu_lists_courses_with_their_edition(self, author: Client) -> None:
        course = released_course()
        page = author.get(reverse("course:index")).content.decode()
        assert course.code in page
        assert "Edition 1" in page
        assert author.get(reverse("course:edit", args=[course.pk])).status_code == 200


class TestTry:
    def url(self, name: str, course: Course, *args: str) -> str:
        return reverse(f"courses_admin:{name}", args=[course.pk, *args])

    def counts(self) -> list[int]:
        return [model.objects.count() for model in (Enrolment, LearningEvent, Completion, Edition, EditionText)]

    def test_draft_is_shown_and_nothing_recorded(self, author: Client) -> None:
        course = course_with_pages()
        question = SingleChoiceQuestionFactory(use="practice")
        lesson_page(page_of(course), "rich", body=rich_body(question))
        page = LessonPage.objects.get(lesson__code="act")
        page.title = "Only a draft"
        page.save_revision()
        before = self.counts()
        assert "Only a draft" in author.get(self.url("try_course", course)).content.decode()
        assert "What act is about." in author.get(self.url("try_lesson", course, "act")).content.decode()
        rich = author.get(self.url("try_lesson", course, "rich")).content.decode()
        assert "Nothing is recorded." in rich
        assert "1-833-900-1010" in rich
        author.cookies["language"] = "ar"
        rich = author.get(self.url("try_lesson", course, "rich")).content.decode()
        _, body = rich.split('<div class="lesson__body" lang="en" dir="ltr">')
        assert ' lang="ar" dir="rtl">' in body.split('<div class="lesson__end">')[0]
        assert self.counts() == before

    def test_practice_question_is_answered_on_the_spot(self, author: Client) -> None:
        course = course_with_pages()
        question = SingleChoiceQuestionFactory(use="practice")
        lesson_page(page_of(course), "rich", body=rich_body(question))
        snapshot = services.draft_snapshot(page=page_of(course))
        frozen = snapshot["practice"][question.code]
        url = self.url("try_check", course, "rich", frozen["version"])
        wrong = next(option for option in frozen["options"] if not option["correct"])
        answer = author.post(url, {f"q-{frozen['version']}": wrong["id"]})
        assert wrong["feedback"] in answer.content.decode()
        assert author.post(url, {}).status_code == 200
        assert author.get(url).status_code == 302
        assert author.post(self.url("try_check", course, "rich", "unknown"), {}).status_code == 404

    def test_quiz_can_be_taken_without_a_trace(self, author: Client) -> None:
        course = course_with_pages()
        page = author.get(self.url("try_quiz", course)).content.decode()
        assert page.count("Question ") >= 4
        graded = author.post(self.url("try_quiz", course), {}).content.decode()
        assert "Not passed" in graded
        other = author.get(self.url("try_quiz", course) + "?form=2").content.decode()
        assert other != page
        assert not Enrolment.objects.exists()

    def test_only_editors_see_drafts(self, client: Client) -> None:
        course = course_with_pages()
        for url in (
            self.url("try_course", course),
            self.url("try_lesson", course, "act"),
            self.url("try_quiz", course),
        ):
            assert client.get(url).status_code == 302
        sign_in_personally(client, StaffRoleFactory().user)
        assert client.get(self.url("try_course", course)).status_code in (302, 403)

    def test_preview_shows_the_page_as_it_is_edited(self, rf: Any) -> None:
        course = course_with_pages()
        lesson = LessonPage.objects.get(lesson__code="act")
        lesson.title = "Not even saved"
        answer = lesson.make_preview_request(preview_mode="")
        assert "Not even saved" in answer.content.decode()
        page = page_of(course)
        page.title = "Nor this"
        assert "Nor this" in page.make_preview_request(preview_mode="").content.decode()

    def test_live_pages_lead_to_what_was_released(self, client: Client) -> None:
        course = released_course()
        answer = client.get(page_of(course).url)
        assert (answer.status_code, answer["Location"]) == (302, reverse("courses:course", args=[course.slug]))
        lesson = LessonPage.objects.get(lesson__code="act")
        assert client.get(lesson.url)["Location"] == reverse("courses:lesson", args=[course.slug, "act"])


PEOPLE_APPS = {"people", "certificates", "compliance", "account", "mfa", "auth", "sessions"}


class TestGroups:
    @pytest.mark.parametrize("group", ["author", "localiser", "publisher"])
    def test_groups_hold_nothing_of_people(self, group: str) -> None:
        permissions = Group.objects.get(name=group).permissions.all()
        # What can be earned is about no person.
        about = {each.content_type.app_label for each in permissions if each.content_type.model != "certification"}
        assert not about & PEOPLE_APPS
        about_courses = {each.codename for each in permissions if each.content_type.app_label == "courses"}
        assert about_courses <= {
            "add_course", "change_course", "view_course", "add_lesson", "change_lesson", "view_lesson", "release_course",
            # Facts that courses rely on.
            "add_claim", "change_claim", "view_claim",
            "add_overlay", "change_overlay", "view_overlay", "approve_overlay",
        }  # fmt: skip
        assert ("approve_overlay" in about_courses) is (group == "publisher")
        assert ("release_course" in about_courses) is (group == "publisher")

    @pytest.mark.parametrize(
        ("group", "may_edit", "may_publish"),
        [("author", True, False), ("localiser", False, False), ("publisher", True, True)],
    )
    def test_what_a_group_may_do_with_pages_of_the_source(self, group: str, may_edit: bool, may_publish: bool) -> None:
        page = page_of(course_with_pages())
        may = page.permissions_for_user(editor(group))
        assert (may.can_edit(), may.can_publish()) == (may_edit, may_publish)

    @pytest.mark.parametrize("group", ["author", "localiser", "publisher"])
    def test_editors_reach_the_cms_and_not_its_users(self, client: Client, group: str) -> None:
        sign_in_personally(client, editor(group))
        assert client.get(reverse("wagtailadmin_home")).status_code == 200
        for name in ("wagtailusers_users:index", "wagtailusers_groups:index", "wagtailsites:index"):
            assert client.get(reverse(name)).status_code in (302, 403), name

    def test_hr_never_enters_the_cms(self, client: Client) -> None:
        course = released_course()
        sign_in_personally(client, StaffRoleFactory().user)
        for url in (
            reverse("wagtailadmin_home"),
            reverse("wagtailadmin_explore_root"),
            reverse("wagtailadmin_pages:edit", args=[page_of(course).pk]),
            reverse("course:index"),
            reverse("courses_admin:release", args=[course.pk]),
            reverse("wagtailimages:index"),
        ):
            answer = client.get(url)
            assert answer.status_code in (302, 403), url
            assert course.code not in answer.content.decode()
