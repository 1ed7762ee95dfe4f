"""Maps of stories: every part and way is drawn, what is wrong stands out, and no broken story is released."""

from xml.etree import ElementTree

import pytest
from wagtail.models import Locale

from assessments.scenarios import MOST_CHOICES, MOST_PARTS
from courses.exceptions import ReleaseFault, ReleaseProblem, ReleaseRefused
from courses.models import LessonPage
from courses.story_maps import places, story_map
from courses.templatetags.courses_admin import story_maps
from tests.courses.renditions.lessons import STORY
from tests.factories.courses import course_with_pages, lesson_page, release

SVG = "{http://www.w3.org/2000/svg}"


def story(**leads_to: list[str]):
    nodes = [
        {
            "id": name,
            "text": f"<p>{name} & so on</p>",
            "choices": [{"text": f"to {to}", "next": to, "feedback": ""} for to in tos],
        }
        for name, tos in leads_to.items()
    ]
    return {"code": "s", "title": "S", "verdict": "concern", "start": "a", "nodes": nodes}


def test_a_part_stands_below_everything_that_leads_to_it():
    rows = {each.name: each.top for each in places(story(a=["b", "c"], b=["c"], c=[]))}
    assert rows["a"] < rows["b"] < rows["c"]


def test_parts_do_not_cover_each_other():
    at = [(each.left, each.top) for each in places(story(a=["b", "c", "d"], b=["e"], c=["e"], d=["e"], e=[]))]
    assert len(set(at)) == 5


@pytest.mark.parametrize(
    ("graph", "faults"),
    [
        (story(a=["b"], b=[], c=[]), {"c": "unreachable"}),
        (story(a=["nowhere"]), {"nowhere": "missing"}),
        (story(a=["b"], b=["a"]), {}),
        (story(a=["b"], b=[], c=["d"], d=["c"]), {"c": "unreachable", "d": "unreachable"}),
    ],
)
def test_what_is_wrong_is_marked_and_a_circle_ends(graph, faults):
    assert {each.name: each.fault for each in places(graph) if each.fault} == faults
    ElementTree.fromstring(story_map(graph, title="<Map>"))


def test_a_chain_of_thousands_of_parts_stands_in_as_many_rows_whatever_their_order():
    ways = {"a": ["p1"], **{f"p{n}": [f"p{n + 1}"] for n in range(2999, 0, -1)}, "p3000": ["a"]}
    assert len({each.top for each in places(story(**ways))}) == 3001


def test_as_much_of_a_text_is_drawn_as_its_box_holds():
    told = story(a=["b"], b=[])
    told["nodes"][0]["text"] = f"<p>{'word ' * 20_000}</p>"
    told["nodes"][1]["text"] = f"<p>{'客人不要打扫房间' * 20}</p>"
    told["nodes"][0]["choices"][0]["text"] = "w" * 300
    drawn = ElementTree.fromstring(story_map(told, title="S", direction="rtl"))
    said = [text.text or "" for text in drawn.iter(f"{SVG}text") if "story-map__name" not in text.get("class", "")]
    assert said == [
        "A",
        *["word word word word word word"] * 2,
        "word word word word word word…",
        "A " + "w" * 27 + "…",
        "客人不要打扫房间客人不要打扫房",
        "间客人不要打扫房间客人不要打扫",
        "房间客人不要打扫房间客人不要打…",
    ]
    assert drawn.get("direction") == "rtl"
    assert max(len(title.text or "") for title in drawn.iter(f"{SVG}title")) < 700


def test_every_part_and_every_way_is_drawn_and_named():
    drawn = ElementTree.fromstring(story_map(STORY, title="The quiet trainee"))
    groups = [group.get("class", "") for group in drawn.iter(f"{SVG}g")]
    assert sum(name.startswith("story-map__part") for name in groups) == 3
    assert groups.count("story-map__way") == 3
    titles = [title.text for title in drawn.iter(f"{SVG}title")]
    assert titles[0] == "The quiet trainee"
    assert "Tell the aunt to stop." in titles


def node(name: str, *to: str):
    return {
        "id": name,
        "text": f"<p>{name}</p>",
        "choices": [{"text": each, "next": each, "feedback": ""} for each in to],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("nodes", "detail"),
    [
        ([node("a", "b"), node("b"), node("c", "d"), node("d", "c")], "s: unreachable c"),
        ([node("a", "b"), node("b", "a")], "s: cycle a"),
        ([node("a", "gone"), node("b")], "s: unknown_next gone"),
        ([node(f"n{number}", "gone") for number in range(MOST_PARTS + 1)], "s: too_many"),
        ([node("a", *["b"] * (MOST_CHOICES + 1)), node("b")], "s: too_many a"),
    ],
)
def test_a_story_with_a_broken_graph_is_not_released(nodes, detail):
    course = course_with_pages(lessons=[])
    value = {"code": "s", "title": "S", "verdict": "concern", "start": "a", "nodes": nodes}
    lesson_page(course.pages.get(), "act", body=[("scenario", value)])
    with pytest.raises(ReleaseRefused) as refused:
        release(course)
    assert ReleaseProblem(ReleaseFault.STORY, "en", "act", detail) in refused.value.problems


@pytest.mark.django_db
def test_the_editor_of_a_lesson_shows_the_maps_of_its_stories(admin_client):
    course = course_with_pages(lessons=[])
    value = {"code": "s", "title": "A story", "verdict": "concern", "start": "a", "nodes": [node("a", "b"), node("b")]}
    page = lesson_page(course.pages.get(), "act", body=[("scenario", value)])
    editor = admin_client.get(f"/cms/pages/{page.pk}/edit/").content.decode()
    assert '<svg class="story-map"' in editor
    assert "A story" in editor


@pytest.mark.django_db
def test_a_story_too_large_to_be_told_is_named_and_not_drawn():
    value = {"code": "s", "title": "S", "verdict": "concern", "start": "a", "nodes": [node("a", *["b"] * 9), node("b")]}
    large = {**value, "nodes": [node(f"n{number}") for number in range(201)]}
    page = LessonPage(body=[("scenario", value), ("scenario", large)], locale=Locale(language_code="ar"))
    told, refused = story_maps(page)
    assert (told.problems, refused.problems, refused.svg) == (
        ("a · Choices: There have to be 0 to 8.",),
        ("Parts: There have to be 0 to 200.",),
        "",
    )
    assert 'direction="rtl"' in told.svg
