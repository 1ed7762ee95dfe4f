"""Loading the curriculum: all of it or nothing, once, and never over an editor's work unasked."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from wagtail.images.models import Image
from wagtail.models import Page, ReferenceIndex, Revision, Site
from wagtail.search.backends import get_search_backend

from assessments.models import ChoiceOption, Objective, Question, QuestionBank, Quiz
from certificates.models import Certification
from certificates.validity import Duration, ValidityPolicy
from cms.models import HomePage, SectorPage, Source, SupportService
from courses import selectors
from courses.curriculum import read_curriculum
from courses.curriculum.loader import LoadReport, form_digest, load
from courses.curriculum.parts import all_parts
from courses.curriculum.parts.html import as_edited, rich, rich_line
from courses.exceptions import QuestionTypeChanged
from courses.models import Claim, Course, CoursePage, Edition, LessonPage, LoadedItem, ReviewDate
from courses.services import contradict_claim
from tests.courses import curricula
from tests.factories.courses import publish

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" viewBox="0 0 40 30"><path d="M0 0h9v9z"/></svg>'
)
SIGNS, ACT, BANK = curricula.SHORT["signs"], curricula.SHORT["act"], curricula.SHORT["bank"]
COURSE = curricula.SHORT["course"]

Loader = Callable[..., LoadReport]


@pytest.fixture
def load_it(db: None, tmp_path: Path, settings: Any) -> Loader:
    """Return a function that loads the small curriculum with texts replaced: (file, old, new)."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def load_changed(
        *changes: tuple[str, str, str], without: str = "", claims: str | None = None, **options: Any
    ) -> LoadReport:
        files: dict[str, str | None] = {"hospitality/media/door.svg": PICTURE, "claims.yaml": claims}
        for name, old, new in changes:
            text = files.get(name) or curricula.FILES[name]
            assert text.count(old) == 1, (name, old)
            files[name] = text.replace(old, new)
        root = curricula.write(tmp_path / f"curriculum-{len(list(tmp_path.iterdir()))}", **files)
        if without:
            (root / without).unlink()
        return load(read_curriculum(root), at=options.pop("at", AT), **options)

    return load_changed


def act_page() -> LessonPage:
    return LessonPage.objects.get(lesson__code="act")


def test_first_load_writes_everything(load_it: Loader) -> None:
    report = load_it()
    assert dict(report.created) == {
        "sector": 1, "audience": 1, "source": 2, "service": 3, "bank": 1, "question": 12, "quiz": 1, "course": 1, "lesson": 2,
        "image": 1, "home-page": 1, "sector-page": 1, "course-page": 1, "lesson-page": 2, "certification": 1,
    }  # fmt: skip
    assert report.released == ["hospitality 1"]
    assert report.edited == []
    course = Course.objects.get()
    assert (course.code, course.slug, course.tier, course.minimum_minutes) == (
        "hospitality",
        "hotel-work",
        "recorded",
        5,
    )
    assert [lesson.code for lesson in course.lessons.order_by("code")] == ["act", "signs"]
    assert course.final_quiz == Quiz.objects.get(code="hospitality-final")
    assert {kind.__name__ for kind in map(type, Question.objects.all())} == {
        "SingleChoiceQuestion", "MultipleChoiceQuestion", "TrueFalseQuestion", "ScenarioQuestion", "OrderingQuestion",
        "MatchingQuestion", "ReflectionQuestion",
    }  # fmt: skip


def test_pages_stand_below_a_home_page_that_the_site_shows(load_it: Loader) -> None:
    load_it()
    home = HomePage.objects.get()
    assert Site.objects.get(is_default_site=True).root_page.specific == home
    assert not Page.objects.filter(slug="home").exists()
    sector = SectorPage.objects.get()
    course_page = CoursePage.objects.get()
    assert (sector.get_parent().specific, course_page.get_parent().specific) == (home, sector)
    lessons = LessonPage.objects.child_of(course_page).order_by("path")
    assert [page.lesson.code for page in lessons] == ["signs", "act"]
    for page in Page.objects.filter(depth__gt=1).specific():
        assert page.live
        assert not page.has_unpublished_changes
        assert page.latest_revision_id == page.live_revision_id is not None


def test_a_home_page_that_is_there_is_used(load_it: Loader) -> None:
    from tests.factories.courses import home_page

    home = home_page()
    load_it()
    assert HomePage.objects.get() == home
    assert SectorPage.objects.get().get_parent().specific == home


def test_second_load_touches_nothing(load_it: Loader) -> None:
    load_it()
    revisions = Revision.objects.count()
    dates = dict(LoadedItem.objects.values_list("key", "loaded_at"))
    report = load_it(at=LATER)
    assert report.changes == 0
    assert Revision.objects.count() == revisions
    assert dict(LoadedItem.objects.values_list("key", "loaded_at")) == dates
    assert Edition.objects.count() == 1


def test_second_load_asks_little_of_the_database(load_it: Loader, django_assert_max_num_queries: Any) -> None:
    load_it()
    with django_assert_max_num_queries(12):
        load_it()


def test_what_is_stored_reads_back_as_what_was_shipped(load_it: Loader, tmp_path: Path) -> None:
    load_it()
    curriculum = read_curriculum(curricula.write(tmp_path / "again", **{"hospitality/media/door.svg": PICTURE}))
    for part in all_parts():
        shipped = part.shipped(curriculum)
        assert part.stored(list(shipped)) == shipped, part.name
        assert {code: form_digest(form) for code, form in shipped.items()} == {
            item.key.partition(":")[2]: item.digest
            for item in LoadedItem.objects.filter(key__startswith=f"{part.name}:")
        }


def test_edition_holds_what_was_shipped(load_it: Loader) -> None:
    load_it()
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
    load_it()
    certification = Certification.objects.get(code="hospitality")
    assert certification.validity_policy == ValidityPolicy(
        anchor="renewal", validity=Duration(36, "m"), window=Duration(3, "m")
    )
    assert [course.code for course in certification.courses.all()] == ["hospitality"]


def test_keys_of_options_stay_and_tell_nothing(load_it: Loader) -> None:
    load_it()
    before = dict(ChoiceOption.objects.values_list("key", "text"))
    load_it((BANK, 'text: "Call 911", correct: true', 'text: "Call 911 at once", correct: true'), at=LATER)
    after = dict(ChoiceOption.objects.values_list("key", "text"))
    assert after.keys() == before.keys()
    assert [text for key, text in after.items() if before[key] != text] == ["<p>Call 911 at once</p>"]
    scenario = Question.objects.get(code="hos-talk")
    ids = [choice["id"] for choice in scenario.graph[0].value["choices"]]
    assert all(re.fullmatch(r"[0-9a-f-]{36}", each) for each in ids)


@pytest.mark.usefixtures("search_index")
def test_indexes_know_what_was_loaded(load_it: Loader) -> None:
    load_it()
    service = SupportService.objects.get(code="ca-hotline")
    assert {reference.object_id for reference in ReferenceIndex.get_references_to(service)} >= {str(act_page().pk)}
    assert [page.specific for page in Page.objects.search("What you may notice", order_by_relevance=False)][:1]
    found = get_search_backend().autocomplete("hos-talk", Question)
    assert [question.code for question in found] == ["hos-talk"]


def test_a_first_load_notes_the_references_that_wagtail_would(load_it: Loader) -> None:
    load_it()
    columns = ("base_content_type", "content_type", "object_id", "to_object_id", "model_path", "content_path_hash")
    noted = set(ReferenceIndex.objects.values_list(*columns))
    call_command("rebuild_references_index", verbosity=0)
    assert {row for row in ReferenceIndex.objects.values_list(*columns) if row not in noted} == set()
    assert noted - set(ReferenceIndex.objects.values_list(*columns)) == set()
    assert len(noted) > 20


def test_indexes_follow_later_edits(load_it: Loader) -> None:
    load_it()
    page = act_page()
    page.body = [("text", {"heading": "", "text": "<p>Alone.</p>"})]
    publish(page)
    service = SupportService.objects.get(code="ca-hotline")
    assert str(page.pk) not in {reference.object_id for reference in ReferenceIndex.get_references_to(service)}


class TestNewVersion:
    """Something else is shipped, and no editor has touched what is there."""

    def test_lesson_is_updated_with_a_revision(self, load_it: Loader) -> None:
        load_it()
        report = load_it((ACT, "title: What to do, step by step", "title: Step by step"), at=LATER)
        assert (dict(report.changed), report.created.total()) == ({"lesson-page": 1}, 0)
        page = act_page()
        assert (page.title, page.live, page.has_unpublished_changes) == ("Step by step", True, False)
        assert page.revisions.count() == 2

    def test_no_edition_is_released_unless_asked(self, load_it: Loader) -> None:
        load_it()
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
        load_it()
        report = load_it((file, old, new), at=LATER)
        assert report.edited == []
        assert report.changed[part] == 1
        assert load_it((file, old, new), at=LATER).changes == 0
        assert load_it(at=LATER).changed[part] == 1  # and back

    def test_order_of_lessons_follows_the_files(self, load_it: Loader, tmp_path: Path) -> None:
        load_it()
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
        load_it()
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
        load_it()
        gone = re.search(r"  - \{code: hos-think.*?\n.*?\n", curricula.BANK)
        assert gone
        report = load_it((BANK, gone[0], ""), at=LATER)
        assert dict(report.withdrawn) == {"question": 1}
        assert Question.objects.get(code="hos-think").retired
        assert load_it((BANK, gone[0], ""), at=LATER).changes == 0
        assert load_it(at=LATER).changed["question"] == 1
        assert not Question.objects.get(code="hos-think").retired

    def test_lesson_shipped_no_more_is_taken_down(self, load_it: Loader, tmp_path: Path) -> None:
        third = curricula.LESSON_ACT.replace("code: act", "code: more").replace("minutes: 4", "minutes: 3")
        files: dict[str, str | None] = {
            "hospitality/media/door.svg": PICTURE,
            "hospitality/lessons/03-more.yaml": third,
            COURSE: curricula.COURSE.replace("\nminutes: 7", "\nminutes: 10"),
        }
        load(read_curriculum(curricula.write(tmp_path / "three", **files)), at=AT)
        report = load_it(at=LATER)
        assert dict(report.withdrawn) == {"lesson-page": 1}
        assert not LessonPage.objects.get(lesson__code="more").live
        assert report.edited == []
        assert load_it(at=LATER).changes == 0
        again = load(read_curriculum(curricula.write(tmp_path / "three-again", **files)), at=LATER)
        assert again.edited == []
        assert LessonPage.objects.get(lesson__code="more").live

    def test_type_of_a_question_cannot_change(self, load_it: Loader) -> None:
        load_it()
        old = '{code: hos-think, type: reflection, use: practice, objective: note, difficulty: easy, passage: act,\n     stem: "What would you do?"}'
        new = old.replace("reflection", "true_false").replace('do?"', 'do?", answer: false, feedback: "No."')
        with pytest.raises(QuestionTypeChanged) as refused:
            load_it((BANK, old, new), at=LATER)
        assert (refused.value.code, refused.value.was, refused.value.wanted) == (
            "hospitality/hos-think", "reflection", "true_false",
        )  # fmt: skip

    def test_objective_that_only_retired_questions_name_is_no_edit(self, load_it: Loader) -> None:
        load_it()
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
        load_it()
        page = self.edit()
        report = load_it(at=LATER)
        assert (report.changes, report.edited) == (0, [])
        assert page.get_latest_revision_as_object().title == "Edited here"

    def test_edit_is_reported_and_kept_when_something_else_is_shipped(self, load_it: Loader) -> None:
        load_it()
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
        load_it()
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
        load_it()
        touch()
        report = load_it(change, at=LATER)
        assert [item.part for item in report.edited] == [part]
        assert report.changed[part] == 0

    def test_saving_without_a_change_is_no_edit(self, load_it: Loader) -> None:
        load_it()
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
        load_it()
        act_page().delete()
        assert load_it(at=LATER).changes == 0
        change = (ACT, "title: What to do, step by step", "title: Step by step")
        report = load_it(change, at=LATER)
        assert [item.code for item in report.edited] == ["hospitality/act"]
        assert not LessonPage.objects.filter(lesson__code="act").exists()
        assert load_it(change, at=LATER, apply_over_edits=True).created["lesson-page"] == 1
        assert act_page().title == "Step by step"

    def test_help_line_withdrawn_here_stays_withdrawn(self, load_it: Loader) -> None:
        load_it()
        SupportService.objects.filter(code="tips").update(withdrawn=True)
        load_it(("services.yaml", "name: Tips", "name: Anonymous tips"), at=LATER)
        service = SupportService.objects.get(code="tips")
        assert (service.name, service.withdrawn) == ("Anonymous tips", True)

    def test_what_was_made_by_hand_under_a_shipped_code_is_an_edit(self, load_it: Loader) -> None:
        Source.objects.create(code="scan-2024", title="By hand", verified_on=AT.date(), review_by=LATER.date())
        report = load_it()
        assert [item.code for item in report.edited] == ["scan-2024"]
        assert Source.objects.get(code="scan-2024").title == "By hand"


class TestCommand:
    def folder(self, tmp_path: Path, **changes: str | None) -> Path:
        return curricula.write(tmp_path / "curriculum", **{"hospitality/media/door.svg": PICTURE}, **changes)

    def run(self, root: Path, **options: Any) -> str:
        out = StringIO()
        call_command("load_curriculum", root, stdout=out, stderr=out, **options)
        return out.getvalue()

    @pytest.mark.django_db
    def test_prints_counts_and_then_no_change(self, tmp_path: Path, settings: Any) -> None:
        settings.MEDIA_ROOT = tmp_path / "media"
        root = self.folder(tmp_path)
        first = self.run(root)
        assert "question: 12 created\n" in first
        assert "released: hospitality 1\n" in first
        assert self.run(root).splitlines()[-1] == "0 changes"

    @pytest.mark.django_db
    def test_prints_every_problem_with_file_and_line_and_loads_nothing(self, tmp_path: Path) -> None:
        text = curricula.LESSON_ACT.replace("minutes: 4", "minuts: 4")
        other = curricula.SECTORS.replace("slug: hotels-and-restaurants, ", "")
        out = StringIO()
        with pytest.raises(CommandError) as refused:
            call_command(
                "load_curriculum", self.folder(tmp_path, **{ACT: text, "sectors.yaml": other}), stdout=out, stderr=out
            )
        assert refused.value.returncode == 1
        lines = out.getvalue().splitlines()
        assert [line.split(": ")[0] for line in lines] == [f"{ACT}:3", "sectors.yaml:2"]
        assert not Source.objects.exists()
        assert not LoadedItem.objects.exists()

    @pytest.mark.django_db
    def test_check_writes_nothing(self, tmp_path: Path) -> None:
        out = self.run(self.folder(tmp_path), check=True)
        assert out.splitlines()[-1] == "32 changes to make"
        assert not Page.objects.filter(depth=3).exists()
        assert not Source.objects.exists()

    @pytest.mark.django_db
    def test_shows_what_an_editor_touched(self, tmp_path: Path, settings: Any) -> None:
        settings.MEDIA_ROOT = tmp_path / "media"
        root = self.folder(tmp_path)
        self.run(root)
        SupportService.objects.filter(code="tips").update(phone="1-800-000-0000")
        out = self.run(root, apply_over_edits=True)
        assert "service tips: touched by an editor since it was loaded; overwritten\n" in out
        assert '    - "phone": "1-800-000-0000",\n' in out
        assert out.splitlines()[-1] == "1 changes"

    @pytest.mark.django_db
    @pytest.mark.parametrize(("said", "phone"), [("", "by hand"), ("n", "by hand"), ("y", "1-800-222-8477")])
    def test_asks_before_it_overwrites_what_was_touched(
        self, tmp_path: Path, settings: Any, monkeypatch: Any, said: str, phone: str
    ) -> None:
        settings.MEDIA_ROOT = tmp_path / "media"
        root = self.folder(tmp_path)
        self.run(root)
        SupportService.objects.filter(code="tips").update(phone="by hand")
        out = StringIO()

        def answer(question: str) -> str:
            assert question == "Overwrite 1 things that editors touched? [y/N] "
            assert '    - "phone": "by hand",\n' in out.getvalue()
            assert SupportService.objects.get(code="tips").phone == "by hand"
            return said

        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", answer)
        with nullcontext() if said == "y" else pytest.raises(CommandError, match="nothing was loaded"):
            call_command("load_curriculum", root, stdout=out, apply_over_edits=True)
        assert SupportService.objects.get(code="tips").phone == phone

    @pytest.mark.django_db
    def test_course_that_cannot_be_released_loads_nothing(
        self, tmp_path: Path, settings: Any, monkeypatch: Any
    ) -> None:
        settings.MEDIA_ROOT = tmp_path / "media"
        monkeypatch.setattr("courses.curriculum.parts.pages.body_form", lambda course, lesson: [])
        with pytest.raises(CommandError, match="hospitality cannot be released; nothing was loaded"):
            self.run(self.folder(tmp_path))
        assert not Source.objects.exists()
        assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("html", "edited"),
    [
        (
            "<p>One <strong>two</strong> <em>three</em></p>\n<p>Four</p>",
            "<p>One <b>two</b> <i>three</i></p><p>Four</p>",
        ),
        ('<p data-block-key="x1">A &amp; b "c"</p>', '<p>A &amp; b "c"</p>'),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a &lt; b</p>", "<p>a &lt; b</p>"),
        ("", ""),
    ],
)
def test_rich_text_in_the_editors_spelling(html: str, edited: str) -> None:
    assert as_edited(html) == edited
    assert as_edited(edited) == edited


def test_markdown_as_rich_text() -> None:
    assert rich("One **idea**.\n\n- a\n- b") == "<p>One <b>idea</b>.</p><ul><li>a</li><li>b</li></ul>"
    assert rich_line("5 < 6 & *so*") == "<p>5 &lt; 6 &amp; <i>so</i></p>"
    assert rich("") == rich_line("") == ""


@pytest.mark.django_db
def test_picture_is_known_by_its_content(load_it: Loader) -> None:
    load_it()
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


def test_a_course_that_waits_for_reviewers_is_loaded_and_not_released(load_it: Loader) -> None:
    report = load_it(("hospitality/course.yaml", "reviews:\n", "reviews:\n  required: [native, legal]\n"))
    course = Course.objects.get()
    assert (report.awaiting_review, report.released, course.reviews_required) == (
        ["hospitality"],
        [],
        ["legal", "native"],
    )
    assert not course.editions.exists()


CLAIMS = """\
claims:
  - code: incidents
    kind: statistic
    value: Police recorded 570 incidents in 2023.
    period: "2023"
    place: ca
    source: scan-2024
    caveat: Most stay hidden.
    verified_on: 2026-11-22
    review_by: 2027-11-22
"""


def test_claims_come_with_the_files_and_what_was_said_of_one_stays(load_it: Loader) -> None:
    used = (SIGNS, "source: scan-2024}", "source: scan-2024, claims: [incidents]}")
    load_it(used, claims=CLAIMS)
    claim = Claim.objects.get()
    assert (claim.source.code, claim.review_by.isoformat()) == ("scan-2024", "2027-11-22")
    assert [use.lesson for use in claim.uses.all()] == ["signs"]
    again = load_it(used, claims=CLAIMS, at=LATER)
    assert again.changes == 0
    contradict_claim(claim=claim, why="It was corrected.", by=None, at=LATER)
    changed = load_it(used, claims=CLAIMS.replace("Most stay", "Many stay"), at=LATER)
    assert (changed.changed["claim"], changed.edited) == (1, [])
    claim.refresh_from_db()
    assert (claim.state, claim.caveat) == ("contradicted", "Many stay hidden.")


def test_that_somebody_looked_here_keeps_nothing_else_from_being_updated(load_it: Loader) -> None:
    dates = "review_date: {reviewed_on: 2026-11-22, review_by: 2027-11-22, grace_days: 90, owner: author}\nquiz:"
    load_it((COURSE, "quiz:", dates))
    row = ReviewDate.objects.get()
    assert (row.review_by, row.grace_days, row.role) == (date(2027, 11, 22), 90, "author")
    ReviewDate.objects.update(review_by=date(2028, 11, 22))
    newer = dates.replace("2027-11-22", "2027-12-24")
    report = load_it((COURSE, "quiz:", newer), (COURSE, "minimum_minutes: 5", "minimum_minutes: 6"), at=LATER)
    assert (report.changed["course"], report.kept["review-date"]) == (1, 1)
    assert ReviewDate.objects.get().review_by == date(2028, 11, 22)
