"""Snapshots: what is frozen, what counts as the same, what changed."""

import copy
import json
from typing import Any

import pytest
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale

from assessments.frozen import canonical_json
from courses.models import CoursePage, FrozenMedia, LessonPage
from courses.services.freezing import ForecastShelf, FrozenShelf, LiveShelf, drafted, freeze, published
from courses.snapshot import (
    changes,
    differing_stories,
    digest,
    lesson_of,
    lesson_text,
    plain_text,
    requirements_of,
    same_content,
    same_structure,
    text_of,
)
from tests.factories.assessments import SingleChoiceQuestionFactory
from tests.factories.courses import (
    course_page,
    course_with_pages,
    lesson_page,
    publish,
    rich_body,
)


def frozen(course: Any, shelf: Any = None) -> Any:
    [draft] = published(course)
    return freeze(draft, edition=1, shelf=shelf or ForecastShelf())


@pytest.fixture
def course() -> Any:
    return course_with_pages()


@pytest.mark.django_db
def test_snapshot_has_the_shape_of_schema_1(course: Any) -> None:
    snapshot = frozen(course).snapshot
    assert sorted(snapshot) == [
        "course", "edition", "language", "lessons", "media", "practice", "quiz", "revision", "schema", "services",
    ]  # fmt: skip
    assert (snapshot["schema"], snapshot["edition"], snapshot["language"], snapshot["revision"]) == (1, 1, "en", 1)
    assert snapshot["course"] == {
        "code": course.code,
        "slug": course.slug,
        "title": "Safe and fair work",
        "full_title": "Recognising and responding to trafficking",
        "summary": "Two short lessons.",
        "content_note": "You can stop at any time.",
        "outcomes": ["notice signs in what people do"],
        "tier": "recorded",
        "minutes": 12,
        "minimum_minutes": 0,
        "exploitation": ["labour", "sexual"],
        "reviews_missing": ["lawyer"],
        "sector": {"code": "hospitality", "title": "Hospitality"},
        "objectives": [{"code": "note", "text": "Do note"}],
    }
    [facts, act] = snapshot["lessons"]
    assert (facts["code"], act["code"]) == ("facts", "act")
    assert facts["content_note"] == "<p>This lesson speaks of control.</p>"
    assert facts["sources"] == [
        {
            "code": "statistics-2023",
            "title": "Trafficking in persons in Canada, 2023",
            "publisher": "Statistics Canada",
            "published": "2024",
            "url": "statcan.example/2023",
            "caveat": "",
            "verified_on": "2026-11-01",
        }
    ]
    assert len(snapshot["quiz"]["questions"]) == 8


@pytest.mark.django_db
def test_snapshot_is_plain_json(course: Any) -> None:
    snapshot = frozen(course).snapshot
    assert json.loads(json.dumps(snapshot)) == snapshot
    assert json.loads(canonical_json(snapshot)) == snapshot


@pytest.mark.django_db
def test_blocks_name_what_they_choose_by_code_and_hash(course: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    question = SingleChoiceQuestionFactory(use="practice")
    lesson_page(CoursePage.objects.get(course=course), "rich", body=rich_body(question))
    result = frozen(course)
    assert result.problems == []
    values = {block["type"]: block["value"] for block in lesson_of(result.snapshot, "rich")["body"]}  # type: ignore[index]
    [sha256] = result.snapshot["media"]
    assert values["help_now"] == {"title": "Somebody to talk to", "services": ["ca-hotline"]}
    assert values["two_ways"]["boss"]["services"] == ["ca-hotline"]
    assert values["figure"]["source"] == "statistics-2023"
    assert values["check"] == {"question": question.code}
    assert result.snapshot["practice"][question.code]["stem"] == str(question.stem)
    assert values["image"] == {
        "image": {
            "sha256": sha256,
            "url": f"/media/frozen/{sha256}/",
            "content_type": "image/png",
            "size_bytes": result.snapshot["media"][sha256]["size_bytes"],
            "width": 40,
            "height": 30,
        },
        "alt": "A door with a number",
        "caption": "A door",
    }
    assert values["do_never"] == {"do": ["Call 911 in danger"], "never": ["Confront anybody"]}
    [service] = result.snapshot["services"]
    assert (service["code"], service["phone"], service["verified_on"]) == ("ca-hotline", "1-833-900-1010", "2026-11-22")


@pytest.mark.django_db
def test_forecast_and_draft_keep_no_file(course: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    image = Image.objects.create(title="A door", file=get_test_image_file("door.png"))
    lesson_page(
        CoursePage.objects.get(course=course), "rich", body=[("image", {"image": image.pk, "alt": "x", "caption": ""})]
    )
    forecast, live = frozen(course), frozen(course, LiveShelf())
    assert not FrozenMedia.objects.exists()
    kept = frozen(course, FrozenShelf())
    assert kept.snapshot == forecast.snapshot
    assert live.snapshot["lessons"][-1]["body"][0]["value"]["image"]["url"] == image.file.url
    [media] = FrozenMedia.objects.all()
    with media.file.open("rb") as kept_file, image.file.open("rb") as own_file:
        assert kept_file.read() == own_file.read()
    frozen(course, FrozenShelf())
    assert FrozenMedia.objects.count() == 1


@pytest.mark.django_db
def test_rich_text_is_cleaned(course: Any) -> None:
    html = '<p onclick="x()">Hello <b>you</b><script>alert(1)</script></p>'
    lesson_page(CoursePage.objects.get(course=course), "odd", body=[("text", {"heading": "", "text": html})])
    body = lesson_of(frozen(course).snapshot, "odd")["body"]  # type: ignore[index]
    assert body[0]["value"]["text"] == "<p>Hello <b>you</b></p>"


@pytest.mark.django_db
def test_lessons_stand_in_the_order_of_their_pages(course: Any) -> None:
    page = LessonPage.objects.get(lesson__code="act")
    page.move(CoursePage.objects.get(course=course), pos="first-child")
    assert requirements_of(frozen(course).snapshot).lessons == ("act", "facts")


@pytest.mark.django_db
def test_draft_shows_what_is_not_published(course: Any) -> None:
    page = LessonPage.objects.get(lesson__code="act")
    page.title = "Acting, redrafted"
    page.save_revision()
    course_page_ = CoursePage.objects.get(course=course)
    draft = freeze(drafted(course_page_), edition=0, shelf=LiveShelf()).snapshot
    assert [lesson["title"] for lesson in draft["lessons"]] == ["Facts", "Acting, redrafted"]
    assert [lesson["title"] for lesson in frozen(course).snapshot["lessons"]] == ["Facts", "Act"]


@pytest.mark.django_db
def test_an_alias_of_another_language_is_not_published(course: Any) -> None:
    Locale.objects.get_or_create(language_code="fr")
    page = CoursePage.objects.get(course=course)
    for parent in (page.get_parent().get_parent(), page.get_parent()):
        parent.specific.copy_for_translation(Locale.objects.get(language_code="fr"), alias=True)
    page.copy_for_translation(Locale.objects.get(language_code="fr"), alias=True)
    assert [draft.language for draft in published(course)] == ["en"]


@pytest.mark.django_db
def test_practice_question_comes_in_the_language_of_the_page(course: Any) -> None:
    locale, _ = Locale.objects.get_or_create(language_code="fr")
    question = SingleChoiceQuestionFactory(use="practice", stem="<p>What first?</p>")
    french = question.copy_for_translation(locale)
    french.stem = "<p>Que faire d’abord ?</p>"
    french.save()
    parent = course_page(course, "fr")
    lesson_page(parent, "facts", body=[("check", {"question": question.pk})])
    draft = next(each for each in published(course) if each.language == "fr")
    practice = freeze(draft, edition=1, shelf=ForecastShelf()).snapshot["practice"]
    assert practice[question.code]["stem"] == "<p>Que faire d’abord ?</p>"


SNAPSHOT: dict[str, Any] = {
    "schema": 1,
    "edition": 1,
    "language": "en",
    "revision": 1,
    "course": {"code": "c", "title": "Safe work", "minimum_minutes": 5, "outcomes": ["notice signs"]},
    "lessons": [
        {
            "code": "facts",
            "title": "Facts",
            "minutes": 6,
            "content_note": "<p>Stop at any time.</p>",
            "objectives": ["note"],
            "body": [{"type": "text", "id": "1", "value": {"heading": "One", "text": "<p>Old <b>words</b>.</p>"}}],
            "sources": [
                {"code": "s", "title": "T", "publisher": "P", "published": "2024", "url": "", "caveat": "Few."}
            ],
        },
        {"code": "act", "title": "Act", "minutes": 6, "content_note": "", "objectives": [], "body": [], "sources": []},
    ],
    "quiz": None,
    "practice": {},
    "services": [{"code": "ca-hotline", "phone": "1"}],
    "media": {},
}


def changed(change: Any) -> dict[str, Any]:
    snapshot = copy.deepcopy(SNAPSHOT)
    change(snapshot)
    return snapshot


def test_digest_holds_edition_language_and_revision() -> None:
    others = [changed(lambda s, name=name, value=value: s.update({name: value})) for name, value in
              (("edition", 2), ("language", "fr"), ("revision", 2))]  # fmt: skip
    assert len({digest(SNAPSHOT), *map(digest, others)}) == 4
    assert digest(json.loads(json.dumps(SNAPSHOT))) == digest(SNAPSHOT)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda s: s.update(edition=2, revision=3), True),
        (lambda s: s["lessons"][0]["body"][0].update(id="other"), True),
        (lambda s: s["services"][0].update(phone="2"), True),
        (lambda s: s["lessons"][0].update(title="Other"), False),
        (lambda s: s["course"].update(minimum_minutes=6), False),
        (lambda s: s["lessons"][0]["body"][0]["value"].update(heading="Two"), False),
        (lambda s: s["lessons"].reverse(), False),
    ],
)
def test_same_content(change: Any, same: bool) -> None:
    assert same_content(SNAPSHOT, changed(change)) is same


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda s: s["lessons"][0].update(title="Autre"), True),
        (lambda s: s.update(language="fr"), True),
        (lambda s: s["lessons"].pop(), False),
        (lambda s: s["course"].update(minimum_minutes=6), False),
        (lambda s: s.update(quiz={"code": "q"}), False),
        (lambda s: s.update(practice={"p": {}}), False),
    ],
)
def test_same_structure(change: Any, same: bool) -> None:
    assert same_structure(SNAPSHOT, changed(change)) is same


def story(**ways: list[str]) -> dict[str, Any]:
    nodes = [
        {"id": name, "text": name, "choices": [{"text": to, "next": to} for to in tos]} for name, tos in ways.items()
    ]
    return {"type": "scenario", "id": "s", "value": {"code": "quiet", "title": "Q", "start": "a", "nodes": nodes}}


def test_a_story_goes_the_same_ways_in_every_language() -> None:
    told = changed(lambda s: s["lessons"][0]["body"].append(story(a=["b", "c"], b=[], c=[])))
    other = copy.deepcopy(told)
    other["lessons"][0]["body"][-1]["value"].update(title="Autre")
    other["lessons"][0]["body"][-1]["value"]["nodes"][0].update(text="Autre")
    assert same_structure(told, other)
    assert differing_stories(told, other) == []
    for body in ([story(a=["c", "b"], b=[], c=[])], [story(a=["b"], b=[])], []):
        other["lessons"][0]["body"] = body
        assert not same_structure(told, other)
        assert differing_stories(told, other) == differing_stories(other, told) == [("facts", "quiet")]


@pytest.mark.django_db
def test_structure_of_a_quiz_is_its_answers_not_its_words(course: Any) -> None:
    one, other = frozen(course).snapshot, frozen(course).snapshot
    other["quiz"]["questions"][0]["stem"] = "<p>Other words</p>"
    other["quiz"]["title"] = "Other"
    assert same_structure(one, other)
    option = next(question for question in other["quiz"]["questions"] if question["type"] == "single")["options"][0]
    option["correct"] = not option["correct"]
    assert not same_structure(one, other)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("<p>One</p><p>Two &amp; <b>three</b></p>", "One\nTwo & three"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("a<br>b", "a\nb"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_text_of_holds_every_fact_of_any_block() -> None:
    block = {
        "type": "gone",
        "id": "1",
        "value": {
            "title": "A title",
            "nested": [{"text": "<p>Deep &amp; <i>far</i></p>"}],
            "services": ["ca-hotline"],
            "number": 570,
            "image": {"sha256": "ab" * 32, "url": "/x", "content_type": "image/png", "width": 3},
            "empty": "",
            "none": None,
        },
    }
    assert text_of(block) == "A title\n[image/png abababababab]\nDeep & far\n570\nca-hotline"


def test_text_does_not_depend_on_the_order_of_keys() -> None:
    def reversed_keys(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: reversed_keys(value[name]) for name in reversed(value)}
        return [reversed_keys(part) for part in value] if isinstance(value, list) else value

    assert changes(SNAPSHOT, reversed_keys(SNAPSHOT)) == []
    assert digest(SNAPSHOT) == digest(reversed_keys(SNAPSHOT))


def test_lesson_text_tells_sources_and_blocks() -> None:
    assert lesson_text(SNAPSHOT["lessons"][0], {}) == (
        "Facts\n6 min\nStop at any time.\n— text\nOne\nOld words.\nT · P · 2024 · Few."
    )


def test_changes_of_the_first_edition_are_all_new() -> None:
    found = changes(None, SNAPSHOT)
    assert [(change.part, change.kind, change.code) for change in found] == [
        ("course", "added", "c"),
        ("lesson", "added", "facts"),
        ("lesson", "added", "act"),
    ]


def test_changes_show_a_diff_for_each_lesson() -> None:
    after = changed(lambda s: s["lessons"][0]["body"][0]["value"].update(text="<p>New <b>words</b>.</p>"))
    [change] = changes(SNAPSHOT, after)
    assert (change.part, change.kind, change.code, change.title) == ("lesson", "changed", "facts", "Facts")
    assert change.lines == ("@@ -5,3 +5,3 @@", " One", "-Old words.", "+New words.", " T · P · 2024 · Few.")


def test_changes_name_lessons_that_moved_or_went() -> None:
    moved = changes(SNAPSHOT, changed(lambda s: s["lessons"].reverse()))
    assert [(change.kind, change.code) for change in moved] == [("moved", "act"), ("moved", "facts")]
    [gone] = changes(SNAPSHOT, changed(lambda s: s["lessons"].pop(0)))
    assert (gone.kind, gone.code) == ("removed", "facts")


def test_nothing_changed_gives_no_change() -> None:
    assert changes(SNAPSHOT, changed(lambda s: s.update(edition=2))) == []


@pytest.mark.django_db
def test_changes_of_the_quiz_show_the_question(course: Any) -> None:
    before = frozen(course).snapshot
    question = course.final_quiz.bank.questions.first()
    question.stem = "<p>Asked anew</p>"
    question.save()
    [change] = changes(before, frozen(course).snapshot)
    assert (change.part, change.kind) == ("quiz", "changed")
    assert "+Asked anew" in change.lines


@pytest.mark.django_db
def test_published_page_replaces_its_draft(course: Any) -> None:
    page = LessonPage.objects.get(lesson__code="act")
    page.title = "Acting"
    publish(page)
    assert frozen(course).snapshot["lessons"][1]["title"] == "Acting"
