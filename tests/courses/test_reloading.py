"""Loading the curriculum again: what changed in the files since, and what editors touched here."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from wagtail.images.models import Image
from wagtail.models import ReferenceIndex, Revision

from assessments.models import ChoiceOption, Objective, Question, QuestionBank, Quiz
from certificates.models import Certification
from certificates.validity import Duration, ValidityPolicy
from cms.models import Source, SupportService
from courses import selectors
from courses.curriculum import read_curriculum
from courses.curriculum.loader import form_digest, load
from courses.curriculum.parts import all_parts
from courses.exceptions import QuestionTypeChanged
from courses.models import Course, Edition, LessonPage, LoadedItem
from tests.courses import curricula
from tests.courses.conftest import Loader
from tests.courses.curricula import PICTURE
from tests.courses.test_loader import ACT, AT, BANK, COURSE, LATER, SIGNS, act_page
from tests.factories.courses import publish

# As a first load leaves it.
pytestmark = [pytest.mark.django_db, pytest.mark.reference_index]


@pytest.fixture(scope="module")
def _media(tmp_path_factory: Any) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def _loaded(module_rows: Any, _media: Path, tmp_path_factory: Any) -> None:
    root = curricula.write(tmp_path_factory.mktemp("first"), **{"hospitality/media/door.svg": PICTURE})
    with module_rows.unblock(), override_settings(MEDIA_ROOT=_media):
        load(read_curriculum(root), at=AT)


@pytest.fixture(autouse=True)
def _there(_loaded: None, load_it: Loader, _media: Path, settings: Any) -> None:
    """The small curriculum is there, loaded once for all."""
    settings.MEDIA_ROOT = _media


def test_second_load_touches_nothing(load_it: Loader) -> None:
    revisions = Revision.objects.count()
    dates = dict(LoadedItem.objects.values_list("key", "loaded_at"))
    report = load_it(at=LATER)
    assert report.changes == 0
    assert Revision.objects.count() == revisions
    assert dict(LoadedItem.objects.values_list("key", "loaded_at")) == dates
    assert Edition.objects.count() == 1


def test_second_load_asks_little_of_the_database(load_it: Loader, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        load_it()


def test_what_is_stored_reads_back_as_what_was_shipped(load_it: Loader, tmp_path: Path) -> None:
    curriculum = read_curriculum(curricula.write(tmp_path / "again", **{"hospitality/media/door.svg": PICTURE}))
    for part in all_parts():
        shipped = part.shipped(curriculum)
        assert part.stored(list(shipped)) == shipped, part.name
        assert {code: form_digest(form) for code, form in shipped.items()} == {
            item.key.partition(":")[2]: item.digest
            for item in LoadedItem.objects.filter(key__startswith=f"{part.name}:")
        }


def test_edition_holds_what_was_shipped(load_it: Loader) -> None:
    text = selectors.current_text(Course.objects.get(), "en")
    assert text is not None
    snapshot = text.snapshot
    assert [lesson["code"] for lesson in snapshot["lessons"]] == ["signs", "act"]
    blocks = {block["type"]: block["value"] for block in snapshot["lessons"][0]["body"]}
    assert blocks["text"]["text"] == "<p>One <b>idea</b> at a time.</p>"
    assert blocks["help_now"]["services"] == ["emergency", "ca-hotline"]
    assert blocks["figure"]["source"] == "scan-2024"
    assert (blocks["image"]["image"]["width"], blocks["image"]["image"]["content_type"]) == (40, "image/svg+xml")
    assert snapshot["practice"].keys() == {"hos-order"}
    assert len(snapshot["quiz"]["questions"]) == 12
    assert snapshot["course"]["reviews_missing"] == ["survivors", "lawyer"]
    assert {service["code"] for service in snapshot["services"]} == {"emergency", "ca-hotline"}


def test_certification_has_the_policy_of_the_file(load_it: Loader) -> None:
    certification = Certification.objects.get(code="hospitality")
    assert certification.validity_policy == ValidityPolicy(
        anchor="renewal", validity=Duration(36, "m"), window=Duration(3, "m")
    )
    assert [course.code for course in certification.courses.all()] == ["hospitality"]


def test_keys_of_options_stay_and_tell_nothing(load_it: Loader) -> None:
    before = dict(ChoiceOption.objects.values_list("key", "text"))
    load_it((BANK, 'text: "Call 911", correct: true', 'text: "Call 911 at once", correct: true'), at=LATER)
    after = dict(ChoiceOption.objects.values_list("key", "text"))
    assert after.keys() == before.keys()
    assert [text for key, text in after.items() if before[key] != text] == ["<p>Call 911 at once</p>"]
    scenario = Question.objects.get(code="hos-talk")
    ids = [choice["id"] for choice in scenario.graph[0].value["choices"]]
    assert all(re.fullmatch(r"[0-9a-f-]{36}", each) for each in ids)


def test_indexes_follow_later_edits(load_it: Loader) -> None:
    page = act_page()
    page.body = [("text", {"heading": "", "text": "<p>Alone.</p>"})]
    publish(page)
    service = SupportService.objects.get(code="ca-hotline")
    assert str(page.pk) not in {reference.object_id for reference in ReferenceIndex.get_references_to(service)}


def test_picture_is_known_by_its_content(load_it: Loader) -> None:
    load_it(("hospitality/media/door.svg", 'width="40"', 'width="44"'), at=LATER, release=True)
    assert Image.objects.get().width == 44
    editions = {edition.number: edition.texts.get().snapshot for edition in Edition.objects.all()}
    widths = {
        number: next(block for block in snapshot["lessons"][0]["body"] if block["type"] == "image")["value"]["image"][
            "width"
        ]
        for number, snapshot in editions.items()
    }
    assert widths == {1: 40, 2: 44}


class TestNewVersion:
    """Something else is shipped, and no editor has touched what is there."""

    def test_lesson_is_updated_with_a_revision(self, load_it: Loader) -> None:
        report = load_it((ACT, "title: What to do, step by step", "title: Step by step"), at=LATER)
        assert (dict(report.changed), report.created.total()) == ({"lesson-page": 1}, 0)
        page = act_page()
        assert (page.title, page.live, page.has_unpublished_changes) == ("Step by step", True, False)
        assert page.revisions.count() == 2

    def test_no_edition_is_released_unless_asked(self, load_it: Loader) -> None:
        change = (ACT, "title: What to do, step by step", "title: Step by step")
        assert load_it(change, at=LATER).released == []
        assert load_it(change, at=LATER, release=True).released == ["hospitality 2"]
        assert load_it(change, at=LATER, release=True).changes == 0
        assert [edition.severity for edition in Edition.objects.order_by("number")] == ["none", "finish_on_old"]

    @pytest.mark.parametrize(
        ("file", "old", "new", "part"),
        [
            ("sectors.yaml", "title: Hotels and restaurants", "title: Hotels", "sector"),
            ("services.yaml", 'phone: "1-833-900-1010"', 'phone: "1-833-900-1011"', "service"),
            ("sources.yaml", "publisher: A network", "publisher: The network", "source"),
            (COURSE, "minutes: 5", "minutes: 6", "course"),
            (COURSE, "pass_percent: 80", "pass_percent: 90", "quiz"),
            (COURSE, "validity_months: 36", "validity_months: 24", "certification"),
            (COURSE, "  - ask for help", "  - ask for help early", "course-page"),
            (COURSE, 'text: "Note facts"', 'text: "Note the facts"', "bank"),
            (BANK, "A guess is a fact.", "A guess is as good as a fact.", "question"),
            (BANK, '"first", "second", "third"', '"first", "third", "second"', "question"),
            (BANK, 'left: "b", right: "2"', 'left: "c", right: "2"', "question"),
            (BANK, "next: b, credit: 0.5", "next: b, credit: 0", "question"),
            ("hospitality/media/door.svg", 'width="40"', 'width="44"', "image"),
        ],
    )
    def test_each_part_is_updated(self, load_it: Loader, file: str, old: str, new: str, part: str) -> None:
        report = load_it((file, old, new), at=LATER)
        assert report.edited == []
        assert report.changed[part] == 1
        assert load_it((file, old, new), at=LATER).changes == 0
        assert load_it(at=LATER).changed[part] == 1  # and back

    def test_order_of_lessons_follows_the_files(self, load_it: Loader, tmp_path: Path) -> None:
        files: dict[str, str | None] = {
            "hospitality/media/door.svg": PICTURE,
            SIGNS: None,
            ACT: None,
            "hospitality/lessons/01-act.yaml": curricula.LESSON_ACT,
            "hospitality/lessons/02-signs.yaml": curricula.LESSON_SIGNS,
        }
        curriculum = read_curriculum(curricula.write(tmp_path / "other", **files))
        report = load(curriculum, at=LATER)
        assert dict(report.changed) == {"lesson-order": 1}
        assert [page.lesson.code for page in LessonPage.objects.order_by("path")] == ["act", "signs"]
        assert load(curriculum, at=LATER).changes == 0

    def test_a_lesson_that_comes_between_others_is_no_edit(self, load_it: Loader, tmp_path: Path) -> None:
        files: dict[str, str | None] = {
            "hospitality/media/door.svg": PICTURE,
            ACT: None,
            "hospitality/lessons/02-call.yaml": curricula.LESSON_ACT.replace("code: act", "code: call"),
            "hospitality/lessons/03-act.yaml": curricula.LESSON_ACT,
            "hospitality/course.yaml": curricula.COURSE.replace("minutes: 7", "minutes: 11"),
        }
        curriculum = read_curriculum(curricula.write(tmp_path / "more", **files))
        report = load(curriculum, at=LATER)
        assert report.edited == []
        assert [page.lesson.code for page in LessonPage.objects.order_by("path")] == ["signs", "call", "act"]
        assert load(curriculum, at=LATER).changes == 0

    def test_question_shipped_no_more_is_retired(self, load_it: Loader) -> None:
        gone = re.search(r"  - \{code: hos-think.*?\n.*?\n", curricula.BANK)
        assert gone
        report = load_it((BANK, gone[0], ""), at=LATER)
        assert dict(report.withdrawn) == {"question": 1}
        assert Question.objects.get(code="hos-think").retired
        assert load_it((BANK, gone[0], ""), at=LATER).changes == 0
        assert load_it(at=LATER).changed["question"] == 1
        assert not Question.objects.get(code="hos-think").retired

    def test_type_of_a_question_cannot_change(self, load_it: Loader) -> None:
        old = '{code: hos-think, type: reflection, use: practice, objective: note, difficulty: easy, passage: act,\n     stem: "What would you do?"}'
        new = old.replace("reflection", "true_false").replace('do?"', 'do?", answer: false, feedback: "No."')
        with pytest.raises(QuestionTypeChanged) as refused:
            load_it((BANK, old, new), at=LATER)
        assert (refused.value.code, refused.value.was, refused.value.wanted) == (
            "hospitality/hos-think", "reflection", "true_false",
        )  # fmt: skip

    def test_objective_that_only_retired_questions_name_is_no_edit(self, load_it: Loader) -> None:
        bank = QuestionBank.objects.get()
        old = Objective.objects.create(bank=bank, code="old", text="Old", sort_order=9)
        Question.objects.filter(code="hos-think").update(objective=old, retired=True)
        gone = re.search(r"  - \{code: hos-think.*?\n.*?\n", curricula.BANK)
        assert gone
        report = load_it((BANK, gone[0], ""), (COURSE, 'text: "Note facts"', 'text: "Note the facts"'), at=LATER)
        assert report.changed["bank"] == 1


class TestEdits:
    """What an editor has touched."""

    def edit(self) -> LessonPage:
        page = act_page()
        page.title = "Edited here"
        page.save_revision()  # a draft is an edit as well
        return page

    def test_edit_is_left_alone_while_the_same_is_shipped(self, load_it: Loader) -> None:
        page = self.edit()
        report = load_it(at=LATER)
        assert (report.changes, report.edited) == (0, [])
        assert page.get_latest_revision_as_object().title == "Edited here"

    def test_edit_is_reported_and_kept_when_something_else_is_shipped(self, load_it: Loader) -> None:
        page = self.edit()
        report = load_it((ACT, "title: What to do, step by step", "title: Step by step"), at=LATER)
        assert report.changes == 0
        assert dict(report.kept) == {"lesson-page": 1}
        [item] = report.edited
        assert (item.part, item.code, item.overwritten) == ("lesson-page", "hospitality/act", False)
        assert '- "title": "Edited here"' in item.diff
        assert '+ "title": "Step by step"' in item.diff
        assert page.get_latest_revision_as_object().title == "Edited here"

    def test_edit_is_overwritten_when_asked_and_shown(self, load_it: Loader) -> None:
        self.edit()
        report = load_it(at=LATER, apply_over_edits=True)
        [item] = report.edited
        assert item.overwritten
        assert '- "title": "Edited here"' in item.diff
        page = act_page()
        assert (page.title, page.get_latest_revision_as_object().title) == ("What to do, step by step",) * 2
        assert load_it(at=LATER, apply_over_edits=True).changes == 0

    @pytest.mark.parametrize(
        ("touch", "change", "part"),
        [
            (lambda: SupportService.objects.filter(code="ca-hotline").update(phone="1"),
             ("services.yaml", "name: Hotline", "name: The hotline"), "service"),
            (lambda: Source.objects.filter(code="scan-2024").update(title="Mine"),
             ("sources.yaml", "publisher: A network", "publisher: B"), "source"),
            (lambda: Question.objects.filter(code="hos-log-2").update(stem="<p>Mine</p>"),
             (BANK, "A guess is a fact.", "A guess is."), "question"),
            (lambda: ChoiceOption.objects.filter(question__code="hos-log-1", correct=True).update(text="<p>Mine</p>"),
             (BANK, "Which note helps?", "Which?"), "question"),
            (lambda: Quiz.objects.update(pass_percent=70), (COURSE, "max_false_alarms: 1", "max_false_alarms: 0"), "quiz"),
            (lambda: Course.objects.update(minutes=9), (COURSE, "minutes: 5", "minutes: 6"), "course"),
            (lambda: act_page().unpublish(), (ACT, "title: What to do, step by step", "title: Step"), "lesson-page"),
            (lambda: Certification.objects.update(title="Mine"),
             (COURSE, "validity_months: 36", "validity_months: 24"), "certification"),
        ],
    )  # fmt: skip
    def test_edits_of_each_part_are_seen(
        self, load_it: Loader, touch: Callable[[], object], change: tuple[str, str, str], part: str
    ) -> None:
        touch()
        report = load_it(change, at=LATER)
        assert [item.part for item in report.edited] == [part]
        assert report.changed[part] == 0

    def test_saving_without_a_change_is_no_edit(self, load_it: Loader) -> None:
        page = act_page()
        raw = page.body.get_prep_value()
        # As the editor saves rich text: a key on each block, and no line between them.
        raw[0]["value"]["text"] = (
            '<p data-block-key="a1b2c">Danger now: call 911.</p>'
            '<p data-block-key="d3e4f">Otherwise tell your manager what you saw.</p>'
        )
        page.body = raw
        publish(page)
        report = load_it((ACT, "title: What to do, step by step", "title: Step by step"), at=LATER)
        assert report.edited == []
        assert act_page().title == "Step by step"

    def test_page_that_an_editor_deleted_stays_away_unless_asked(self, load_it: Loader) -> None:
        act_page().delete()
        assert load_it(at=LATER).changes == 0
        change = (ACT, "title: What to do, step by step", "title: Step by step")
        report = load_it(change, at=LATER)
        assert [item.code for item in report.edited] == ["hospitality/act"]
        assert not LessonPage.objects.filter(lesson__code="act").exists()
        assert load_it(change, at=LATER, apply_over_edits=True).created["lesson-page"] == 1
        assert act_page().title == "Step by step"

    def test_help_line_withdrawn_here_stays_withdrawn(self, load_it: Loader) -> None:
        SupportService.objects.filter(code="tips").update(withdrawn=True)
        load_it(("services.yaml", "name: Tips", "name: Anonymous tips"), at=LATER)
        service = SupportService.objects.get(code="tips")
        assert (service.name, service.withdrawn) == ("Anonymous tips", True)
