"""Reading a lesson, its practice questions, and finishing it."""

import gzip
import re
import uuid

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from assessments.models import Answer, Attempt
from cms.models import SupportService
from courses.models import Course, CoursePage, LearningEvent, LessonPage
from courses.services import complete_lesson
from tests.courses.learners import (
    Clock,
    form_of,
    on_the_way,
    queries_of,
    right_form,
    signed_in,
    snapshot_of,
    the_clock,  # noqa: F401  # a fixture
    wrong_option,
)
from tests.factories.assessments import (
    MatchingQuestionFactory,
    OrderingQuestionFactory,
    QuizFactory,
    ReflectionQuestionFactory,
    ScenarioQuestionFactory,
    SingleChoiceQuestionFactory,
    TrueFalseQuestionFactory,
)
from tests.factories.courses import (
    CourseFactory,
    course_page,
    enrolled,
    lesson_page,
    release,
    released_course,
    rich_body,
)

pytestmark = pytest.mark.django_db

PRACTICE = (
    SingleChoiceQuestionFactory,
    TrueFalseQuestionFactory,
    OrderingQuestionFactory,
    MatchingQuestionFactory,
    ScenarioQuestionFactory,
)


@pytest.fixture(scope="module")
def released(module_rows) -> Course:
    """Facts, then a lesson with a practice question of each type, an attestation and everything else, then act."""
    with module_rows.unblock():
        return _released()


def _released() -> Course:
    quiz = QuizFactory()
    course = CourseFactory(final_quiz=quiz)
    parent = course_page(course)
    lesson_page(parent, "facts")
    questions = [made(bank=quiz.bank, use="practice") for made in PRACTICE]
    checks = [("check", {"question": question.pk}) for question in questions[1:]]
    lesson_page(parent, "look", title="Looking twice", body=[*rich_body(questions[0]), *checks])
    lesson_page(parent, "act")
    release(course)
    return course


def practised(course: Course, kind: str) -> dict:
    return next(question for question in snapshot_of(course)["practice"].values() if question["type"] == kind)


def check_url(course: Course, question: dict, lesson: str = "look") -> str:
    return f"/learn/{course.slug}/{lesson}/check/{question['version']}/"


def viewed() -> int:
    return LearningEvent.objects.filter(verb="viewed").count()


def test_lesson_of_a_recorded_course_asks_a_stranger_to_sign_in(client: Client, course: Course) -> None:
    response = client.get(f"/learn/{course.slug}/facts/")
    assert response.url == f"/sign-in/?next=%2Flearn%2F{course.slug}%2Ffacts%2F"
    assert LearningEvent.objects.count() == 0


def test_lesson_before_starting_leads_to_the_course(client: Client, course: Course) -> None:
    signed_in(client)
    assert client.get(f"/learn/{course.slug}/facts/").url == f"/learn/{course.slug}/"


def test_lesson_unknown_is_not_found(client: Client, course: Course) -> None:
    on_the_way(client, course)
    assert client.get(f"/learn/{course.slug}/nothing/").status_code == 404
    assert client.post(f"/learn/{course.slug}/nothing/done/").status_code == 404


def test_lesson_shows_its_place_blocks_note_and_sources(client: Client, course: Course) -> None:
    on_the_way(client, course)
    page = client.get(f"/learn/{course.slug}/look/").content.decode()
    assert "<title>Looking twice – Safe and fair work – Fieldfare</title>" in page
    assert "Lesson 2 of 3" in page
    assert page.index("This lesson speaks of control.") < page.index("Three questions")
    for text in ("One answers for all.", "Confront anybody", "If your boss is part of it", "I have read the rules."):
        assert text in page
    assert "Trafficking in persons in Canada, 2023" in page
    assert re.search(r"Source:.*Trafficking in persons in Canada, 2023", page)
    assert f'href="/learn/{course.slug}/facts/" rel="prev"' in page
    assert 'class="pause"' in page


def test_opening_a_lesson_is_recorded_once_each_time(client: Client, course: Course) -> None:
    enrolment = on_the_way(client, course)
    client.get(f"/learn/{course.slug}/facts/")
    event = LearningEvent.objects.get(verb="viewed")
    assert (event.enrolment, event.lesson_code, event.edition_text) == (
        enrolment,
        "facts",
        enrolment.edition.texts.get(),
    )
    client.get(f"/learn/{course.slug}/facts/")
    assert viewed() == 2


def test_looking_ahead_is_not_recorded(client: Client, course: Course) -> None:
    on_the_way(client, course)
    client.head(f"/learn/{course.slug}/facts/")
    client.get(f"/learn/{course.slug}/facts/", headers={"Sec-Purpose": "prefetch;prerender"})
    assert viewed() == 0


def test_lesson_of_a_completed_course_is_read_without_a_record(client: Client, the_clock: Clock) -> None:  # noqa: F811
    course = released_course(final_quiz=None)
    enrolment = on_the_way(client, course)
    text = enrolment.edition.texts.get()
    for lesson in ("facts", "act"):
        complete_lesson(enrolment=enrolment, edition_text=text, lesson_code=lesson, language="en", at=the_clock.now)
    before = LearningEvent.objects.count()
    assert client.get(f"/learn/{course.slug}/facts/").status_code == 200
    client.post(f"/learn/{course.slug}/facts/done/", {"finish-event": str(uuid.uuid4())})
    assert LearningEvent.objects.count() == before


def test_lesson_never_holds_an_answer_before_it_is_given(client: Client, course: Course) -> None:
    on_the_way(client, course)
    page = client.get(f"/learn/{course.slug}/look/").content.decode()
    assert page.count("data-check-form") == len(PRACTICE)
    for question in snapshot_of(course)["practice"].values():
        assert question["key"] not in page.replace(question["stem"], "")
        assert question["feedback"][3:-4] not in page
        for option in question.get("options", ()):
            assert option["text"].strip("<p/>") in page
            assert not option["feedback"] or option["feedback"][3:-4] not in page
        for node in question.get("nodes", ()):
            assert all(choice["feedback"][3:-4] not in page for choice in node["choices"])
    assert "correct" not in page
    assert "Part d" not in page


@pytest.mark.parametrize("kind", ["single", "true_false", "ordering", "matching"])
def test_check_answered_right_says_so_and_keeps_nothing(client: Client, course: Course, kind: str) -> None:
    on_the_way(client, course)
    question = practised(course, kind)
    before = LearningEvent.objects.count()
    page = client.post(check_url(course, question), right_form(question)).content.decode()
    assert "answer__word--right" in page
    assert "This keeps people safe." in page
    assert "Lesson 2 of 3" in page
    assert (LearningEvent.objects.count(), Attempt.objects.count(), Answer.objects.count()) == (before, 0, 0)


def test_check_answered_wrong_tells_why_and_what_is_right(client: Client, course: Course) -> None:
    on_the_way(client, course)
    question = practised(course, "single")
    page = client.post(check_url(course, question), form_of(question, wrong_option(question))).content.decode()
    assert "answer__word--again" in page
    assert "People think so; asking is better." in page
    assert "Right is:" in page


def test_check_of_an_order_half_given_asks_again(client: Client, course: Course) -> None:
    on_the_way(client, course)
    question = practised(course, "ordering")
    name = f"q-{question['version']}-{question['items'][0]['id']}"
    page = client.post(check_url(course, question), {name: "1"}).content.decode()
    assert "Give each line its own number." in page
    assert "answer__word" not in page


def test_check_of_pairs_half_given_asks_again_and_keeps_the_choice(client: Client, course: Course) -> None:
    on_the_way(client, course)
    question = practised(course, "matching")
    first = question["pairs"][0]
    response = client.post(check_url(course, question), form_of(question, {first["id"]: first["right_id"]}))
    assert "Choose something for each line." in response.content.decode()
    assert f'value="{first["right_id"]}" selected' in response.content.decode()


def test_check_of_a_story_goes_on_step_by_step(client: Client, course: Course) -> None:
    on_the_way(client, course)
    question = practised(course, "scenario")
    page = client.post(check_url(course, question), form_of(question, ["c1"])).content.decode()
    assert "Part b" in page
    assert "Part d" not in page
    assert "Why c1" not in page
    page = client.post(check_url(course, question), form_of(question, ["c1", "c3"])).content.decode()
    assert "answer__word--right" in page
    assert "Why c1" in page


def test_check_with_nothing_chosen_asks_again(client: Client, course: Course) -> None:
    on_the_way(client, course)
    question = practised(course, "single")
    page = client.post(check_url(course, question)).content.decode()
    assert "Choose an answer first." in page
    assert "This keeps people safe." not in page


def test_check_of_what_was_never_offered_asks_again(client: Client, course: Course) -> None:
    on_the_way(client, course)
    question = practised(course, "single")
    page = client.post(check_url(course, question), form_of(question, "x" * 500)).content.decode()
    assert "Choose an answer first." in page
    assert "x" * 500 not in page


def test_check_as_part_of_a_page_sends_only_the_question(client: Client, course: Course) -> None:
    on_the_way(client, course)
    question = practised(course, "single")
    page = client.post(check_url(course, question), right_form(question), headers={"X-Part": "check"}).content.decode()
    assert "answer__word--right" in page
    assert "<html" not in page


def test_check_of_a_foreign_or_final_question_is_not_found(client: Client, course: Course) -> None:
    on_the_way(client, course)
    asked = practised(course, "single")
    final = snapshot_of(course)["quiz"]["questions"][0]
    assert client.post(check_url(course, asked, lesson="facts")).status_code == 404
    assert client.post(check_url(course, final)).status_code == 404
    assert client.post(f"/learn/{course.slug}/look/check/{asked['key']}/").status_code == 404


def test_check_opened_by_a_link_leads_to_the_lesson(client: Client, course: Course) -> None:
    on_the_way(client, course)
    assert client.get(check_url(course, practised(course, "single"))).url == f"/learn/{course.slug}/look/"


def test_check_needs_the_same_as_the_lesson(client: Client, course: Course) -> None:
    question = practised(course, "single")
    assert client.post(check_url(course, question)).url.startswith("/sign-in/")
    signed_in(client)
    assert client.post(check_url(course, question)).url == f"/learn/{course.slug}/"


def test_reflection_has_no_place_to_be_sent_to(client: Client) -> None:
    quiz = QuizFactory()
    course = CourseFactory(final_quiz=quiz)
    question = ReflectionQuestionFactory(bank=quiz.bank)
    parent = course_page(course)
    lesson_page(parent, "act", body=[("check", {"question": question.pk})])
    lesson_page(parent, "help")
    release(course)
    on_the_way(client, course)
    page = client.get(f"/learn/{course.slug}/act/").content.decode()
    area = re.search(r"<textarea[^>]*>", page)
    assert area
    assert "name=" not in area[0]
    assert "data-check-form" not in page
    assert client.post(check_url(course, practised(course, "reflection"), lesson="act")).status_code == 404


def test_finishing_records_it_and_leads_to_the_next_lesson(client: Client, course: Course) -> None:
    on_the_way(client, course)
    event = client.get(f"/learn/{course.slug}/facts/").context["form"]["event"].value()
    data = {"finish-event": str(event)}
    assert client.post(f"/learn/{course.slug}/facts/done/", data).url == f"/learn/{course.slug}/look/"
    assert client.post(f"/learn/{course.slug}/facts/done/", data).url == f"/learn/{course.slug}/look/"
    assert str(LearningEvent.objects.get(verb="lesson_completed").uuid) == str(event)


def test_finishing_without_confirming_asks_again(client: Client, course: Course) -> None:
    on_the_way(client, course)
    data = {"finish-event": str(uuid.uuid4())}
    page = client.post(f"/learn/{course.slug}/look/done/", data).content.decode()
    assert "The lesson is not finished yet" in page
    assert not LearningEvent.objects.filter(verb="lesson_completed").exists()
    client.post(f"/learn/{course.slug}/look/done/", {**data, "finish-confirm_1": "on"})
    assert LearningEvent.objects.get(verb="lesson_completed").lesson_code == "look"


def test_finishing_with_a_broken_id_asks_again(client: Client, course: Course) -> None:
    on_the_way(client, course)
    page = client.post(f"/learn/{course.slug}/facts/done/", {"finish-event": "1 OR 1"}).content.decode()
    assert "The lesson is not finished yet" in page
    assert not LearningEvent.objects.filter(verb="lesson_completed").exists()


def test_finishing_by_a_link_or_a_stranger_changes_nothing(client: Client, course: Course) -> None:
    assert client.post(f"/learn/{course.slug}/facts/done/").url == f"/sign-in/?next=%2Flearn%2F{course.slug}%2F"
    on_the_way(client, course)
    assert client.get(f"/learn/{course.slug}/facts/done/").url == f"/learn/{course.slug}/facts/"
    assert not LearningEvent.objects.filter(verb="lesson_completed").exists()


def test_finishing_is_only_ever_ones_own(client: Client, course: Course) -> None:
    other = enrolled(course)
    on_the_way(client, course)
    client.post(f"/learn/{course.slug}/facts/done/", {"finish-event": str(uuid.uuid4())})
    other.refresh_from_db()
    assert other.fold["completed"] == {}


def test_lesson_takes_few_queries_whatever_the_length_of_the_course(
    client: Client,
    the_clock: Clock,  # noqa: F811
) -> None:
    short, long = released_course(), released_course(lessons=("facts", "a", "b", "c", "d", "act"))
    membership = signed_in(client)
    enrolled(short, membership)
    enrolled(long, membership)
    for course in (short, long):
        client.get(f"/learn/{course.slug}/facts/")
    the_clock.forward(seconds=30)
    few, many = (queries_of(client, f"/learn/{course.slug}/facts/") for course in (short, long))
    assert few == many
    assert many <= 12


def test_lesson_with_everything_in_it_takes_as_few(client: Client, course: Course) -> None:
    on_the_way(client, course)
    client.get(f"/learn/{course.slug}/facts/")
    assert queries_of(client, f"/learn/{course.slug}/look/") <= 12


def test_finishing_takes_few_queries(client: Client, course: Course) -> None:
    on_the_way(client, course)
    client.get(f"/learn/{course.slug}/facts/")
    assert queries_of(client, f"/learn/{course.slug}/facts/done/", {"finish-event": str(uuid.uuid4())}) <= 12


@pytest.mark.parametrize("tier", [Course.Tier.RECORDED, Course.Tier.OPEN])
def test_first_view_of_a_lesson_is_light(client: Client, course: Course, tier: str) -> None:
    Course.objects.filter(pk=course.pk).update(tier=tier)
    if tier == Course.Tier.RECORDED:
        on_the_way(client, course)
    page = client.get(f"/learn/{course.slug}/look/").content
    files = set(re.findall(r'(?:src|href)="/static/([^"]+\.(?:css|js))"', page.decode()))
    assert 1 + len(files) <= 6
    sizes = [len(gzip.compress(page))]
    for name in files:
        with open(finders.find(name), "rb") as file:
            content = file.read()
        assert b"import " not in content or name.endswith(".css")
        sizes.append(len(gzip.compress(content)))
    assert sum(sizes) <= 60 * 1024


def test_help_lines_are_current_on_a_pinned_edition(client: Client, course: Course) -> None:
    on_the_way(client, course)
    SupportService.objects.update(phone="1-800-555-0199")
    page = client.get(f"/learn/{course.slug}/look/").content.decode()
    assert "1-800-555-0199" in page
    assert "1-833-900-1010" not in page


def test_lesson_survives_its_page(client: Client, course: Course) -> None:
    on_the_way(client, course)
    LessonPage.objects.all().delete()
    CoursePage.objects.all().delete()
    assert "One answers for all." in client.get(f"/learn/{course.slug}/look/").content.decode()
