"""The rules of care over the text that ships. Counted here anew, apart from the loader's own checks."""

import re
from functools import cache

import pytest

from cms.templatetags.fieldfare import shuffled
from tests.curriculum.shipped import ROOT, shipped_curriculum

CODES = ("camp", "core", "hospitality", "parents", "police", "schools", "transport")
by_course = pytest.mark.parametrize("course", CODES, indirect=True)


@pytest.fixture
def course(request):
    return courses()[request.param]


def courses():
    return {course.code: course for course in shipped_curriculum().courses}


def services():
    return {service.code: service for service in shipped_curriculum().services}


@cache
def all_text():
    # The glossary names the words that no text has.
    return {path: path.read_text() for path in sorted(ROOT.rglob("*.yaml")) if path.parent.name != "glossary"}


def blocks(course, kind):
    return [block for lesson in course.lessons for block in lesson.body if type(block).__name__ == kind]


def test_the_core_and_six_courses_ship():
    assert sorted(courses()) == list(CODES)


def test_only_the_parents_course_is_open_and_nothing_needs_the_vetted_tier():
    assert {code: course.tier for code, course in courses().items()} == {
        "camp": "recorded",
        "core": "recorded",
        "hospitality": "recorded",
        "parents": "open",
        "police": "recorded",
        "schools": "recorded",
        "transport": "recorded",
    }


@by_course
def test_every_course_has_four_to_seven_lessons_of_three_to_eight_minutes_with_sources(course):
    assert 4 <= len(course.lessons) <= 7
    assert [lesson.code for lesson in course.lessons if not 3 <= lesson.minutes <= 8 or not lesson.sources] == []


@by_course
def test_every_course_names_the_reviews_it_lacks(course):
    assert {"survivors", "first-nation", "lawyer"} <= set(course.missing_reviews)
    assert course.review_date is not None
    assert course.review_date.owner == "publisher"


@by_course
def test_a_quarter_of_the_scenarios_is_innocent(course):
    verdicts = [block.verdict for block in blocks(course, "ScenarioBlock")]
    assert verdicts.count("innocent") * 4 >= len(verdicts) > 0


@by_course
def test_a_quarter_of_every_paper_is_innocent(course):
    drawn = {True: 0, False: 0}
    for row in course.quiz.blueprint:
        drawn[row.innocent] += row.n
    assert drawn[True] * 3 >= drawn[False]


@by_course
def test_every_row_of_the_blueprint_has_twice_what_it_draws(course):
    paper = [question for question in course.questions if question.use == "paper"]
    for row in course.quiz.blueprint:
        if row.critical:
            pool = [q for q in paper if q.critical == row.critical]
        elif row.innocent:
            pool = [q for q in paper if q.innocent]
        else:
            pool = [q for q in paper if q.objective == row.objective and not q.critical and not q.innocent]
            pool = [q for q in pool if row.difficulty in ("", None, q.difficulty)]
        assert len(pool) >= 2 * row.n, row


@by_course
def test_each_objective_and_each_critical_rule_has_three_items(course):
    paper = [question for question in course.questions if question.use == "paper"]
    assert [it.code for it in course.objectives if sum(q.objective == it.code for q in paper) < 3] == []
    for rule in course.critical_rules:
        assert len({q.situation for q in paper if q.critical == rule.code}) >= 3, rule.code
    assert [q.code for q in paper if q.critical and q.type == "true_false"] == []
    assert [q.code for q in paper if q.type in ("ordering", "matching", "reflection")] == []


@by_course
def test_the_right_option_is_not_given_away_by_its_length(course):
    singles = [question for question in course.questions if question.type == "single"]
    longest = [q.code for q in singles if max(q.options, key=lambda o: len(o.text)).correct]
    shortest = [q.code for q in singles if min(q.options, key=lambda o: len(o.text)).correct]
    assert len(longest) * 5 <= len(singles) * 2
    assert len(shortest) * 20 <= len(singles) * 9


def places_met(courses, written):
    """Return in which places readers meet the choices that their authors wrote in the place ``written``."""
    return [
        shuffled([0, 1, 2], f"{block.code}/{node.id}").index(written)
        for course in courses
        for block in blocks(course, "ScenarioBlock")
        for node in block.nodes
        if len(node.choices) == 3
    ]


@pytest.mark.parametrize("written", [0, 1, 2])
def test_the_place_of_a_choice_in_a_story_tells_nothing(written):
    """Authors like to write the best choice in the same place; readers meet it in all of them."""
    met = places_met(courses().values(), written)
    assert [place for place in range(3) if met.count(place) * 5 < len(met)] == []
    assert [course.code for course in courses().values() if len(set(places_met([course], written))) < 2] == []


@by_course
def test_the_right_option_stands_in_every_place(course):
    singles = [question for question in course.questions if question.type == "single"]
    places = [next(index for index, option in enumerate(q.options) if option.correct) for q in singles]
    assert {0, 1, 2} <= set(places)
    assert max(places.count(place) for place in set(places)) * 2 <= len(places)


@by_course
def test_the_way_past_the_boss_names_a_line_that_is_neither_employer_nor_police(course):
    for block in blocks(course, "TwoWaysBlock"):
        lines = [services()[code] for code in block.boss.services]
        assert any(not line.is_police and line.kind not in ("emergency", "anonymous-tips") for line in lines), block.at


@by_course
def test_titles_and_addresses_tell_nothing(course):
    telling = re.compile(r"traffick|exploit|sex|slave|victim|abuse|missing|help line", re.IGNORECASE)
    seen = [course.slug, course.title, course.quiz.title, *(lesson.title for lesson in course.lessons)]
    assert [text for text in seen if telling.search(text)] == []


@pytest.mark.parametrize(
    "phrase",
    [
        "average age",
        "fastest-growing",
        "second-largest",
        "51 %",
        "51%",
        "one third under gang",
        "modern slavery",
        "hooker",
        "pimp",
        "prostitut",
        "my pimp",
        "I was sold",
        "when I was trafficked",
        "as a survivor, I",
        "our Nation",
        "we, the Nation",
    ],
)
def test_no_text_has(phrase):
    assert [str(path.relative_to(ROOT)) for path, text in all_text().items() if phrase.lower() in text.lower()] == []


def test_no_unverified_number_ships_as_a_help_line():
    assert sorted(service.phone for service in services().values()) == [
        "1-800-222-8477",
        "1-800-563-0808",
        "1-800-668-6868",
        "1-833-236-3700",
        "1-833-900-1010",
        "1-866-602-9448",
        "1-866-658-9022",
        "310-1234",
        "911",
    ]


def test_every_help_line_is_a_dated_record_with_a_source():
    assert [it.code for it in services().values() if not (it.source and it.verified_on < it.review_by)] == []


def test_no_telephone_number_stands_in_running_text():
    number = re.compile(r"\b1-8\d\d-\d{3}-\d{4}\b|\b310-1234\b")
    found = [
        str(path.relative_to(ROOT))
        for path, text in all_text().items()
        if path.name != "services.yaml" and number.search(text)
    ]
    assert found == []


def test_the_camp_course_speaks_for_no_nation_and_names_the_lesson_it_lacks():
    camp = courses()["camp"]
    text = " ".join(said.text for lesson in camp.lessons for said in lesson.texts)
    assert "Nation" in text
    assert "welcome to these lands" not in text.lower()


def test_facts_that_courses_rely_on_stand_once_with_source_and_review():
    claims = {claim.code: claim for claim in shipped_curriculum().claims}
    named = {
        (code, course.code)
        for course in courses().values()
        for lesson in course.lessons
        for block in lesson.body
        for code in getattr(block, "claims", ())
    }
    assert {code for code, _course in named} == set(claims)
    assert sorted(course for code, course in named if code == "bc-duty-to-report-a-child") == [
        "camp", "core", "hospitality", "parents", "police", "schools", "transport",
    ]  # fmt: skip
    sources = {source.code: source for source in shipped_curriculum().all_sources()}
    for claim in claims.values():
        assert claim.caveat, claim.code
        assert claim.review_by <= sources[claim.source].review_by, claim.code
