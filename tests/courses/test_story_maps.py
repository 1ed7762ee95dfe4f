"""Maps of stories: every part and way is drawn, what is wrong stands out, and no broken story is released."""

from xml.etree import ElementTree

import pytest

from courses.exceptions import ReleaseFault, ReleaseProblem, ReleaseRefused
from courses.story_maps import places, story_map
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
