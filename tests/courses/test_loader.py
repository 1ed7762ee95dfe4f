"""Loading the curriculum: all of it or nothing, once, and never over an editor's work unasked."""

from contextlib import nullcontext
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.search.backends import get_search_backend

from assessments.models import Question, Quiz
from cms.models import HomePage, SectorPage, Source, SupportService
from courses.curriculum import read_curriculum
from courses.curriculum.loader import load
from courses.curriculum.parts.html import as_edited, rich, rich_line
from courses.models import Claim, Course, CoursePage, LessonPage, LoadedItem, ReviewDate
from courses.services import contradict_claim
from tests.courses import curricula
from tests.courses.conftest import LOADED_AT, Loader
from tests.courses.curricula import PICTURE

AT = LOADED_AT
LATER = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SIGNS, ACT, BANK = curricula.SHORT["signs"], curricula.SHORT["act"], curricula.SHORT["bank"]
COURSE = curricula.SHORT["course"]


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


class TestNewVersion:
    """Something else is shipped, and no editor has touched what is there."""

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


class TestEdits:
    """What an editor has touched."""

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
