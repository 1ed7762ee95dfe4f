"""The harm check stops a release by every way in, and an answer lets it pass for the words it was given for."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from courses import services
from courses.exceptions import NoReason, NoSuchFinding, ReleaseFault, ReleaseRefused
from courses.harm import Document
from courses.models import Course, HarmAnswer, LessonPage
from courses.services import checking
from tests.courses.test_release import LATER, LOOKED_AT_ALL, editor
from tests.factories.courses import RELEASED_AT, course_with_pages, publish, release, released_course
from tests.factories.people import UserFactory, sign_in_personally
from translations.glossary import Audience

pytestmark = pytest.mark.django_db

BAD = "Victims often look foreign."


def spoil(course: Course, text: str = BAD) -> None:
    page = LessonPage.objects.get(lesson__course=course, lesson__code="act")
    page.body = [{"type": "text", "value": {"heading": "Signals", "text": f"<p>{text}</p>"}}]
    publish(page)


def answer(course: Course, **changes: Any) -> HarmAnswer:
    [judged] = services.published_findings(course=course)
    about = {
        "course": course,
        "language": "en",
        "fingerprint": judged.finding.fingerprint,
        "reason": "It is quoted and taken back.",
        "by": None,
        "at": LATER,
    }
    return services.answer_finding(**about | changes)


def lint(*args: str) -> tuple[int, Any]:
    out = StringIO()
    try:
        call_command("lint_course", *args, "--json", stdout=out)
    except SystemExit as end:
        return int(end.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_rules_are_read_once_and_not_in_each_copy_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[str] = []
    monkeypatch.setattr(checking, "WORTH_COPYING_CHARS", 0)
    monkeypatch.setattr(checking, "rule_book", known.append)
    monkeypatch.setattr(checking, "mapped", lambda work, asked: list(known))
    asked = [checking._Question(Document(language, ()), [], Audience.PUBLIC) for language in ("en", "fr")]
    assert checking._looked_at(asked) == ["en", "fr"]


def test_an_open_finding_stops_a_release_and_an_addition_for_administrators_too() -> None:
    course = released_course()
    spoil(course)
    administrator = UserFactory(with_email=True, is_superuser=True)
    with pytest.raises(ReleaseRefused) as refused:
        release(course, LATER, by=administrator)
    [problem] = refused.value.problems
    assert (problem.fault, problem.language, problem.lesson) == (ReleaseFault.HARM, "en", "act")
    assert problem.detail == f"indicator-by-appearance {BAD}"
    with pytest.raises(ReleaseRefused):
        services.add_text(edition=course.editions.get(), language="en", by=administrator, at=LATER)
    assert course.editions.get().texts.count() == 1


def test_an_answer_lets_it_pass_until_the_words_change() -> None:
    course = released_course()
    spoil(course)
    assert answer(course).sentence == BAD
    spoil(course, f"{BAD} Watch for foreign accents.")
    with pytest.raises(ReleaseRefused) as refused:
        release(course, LATER)
    assert [problem.detail for problem in refused.value.problems] == [
        "indicator-by-appearance Watch for foreign accents."
    ]
    spoil(course)
    assert release(course, LATER).number == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"reason": " "}, NoReason), ({"fingerprint": "0" * 64}, NoSuchFinding), ({"language": "fr"}, NoSuchFinding)],
)
def test_answers_that_answer_nothing_are_refused(changes: dict[str, str], error: type[Exception]) -> None:
    course = course_with_pages()
    spoil(course)
    with pytest.raises(error):
        answer(course, **changes)
    assert not HarmAnswer.objects.exists()


def test_page_shows_the_finding_and_takes_the_answer(client: Client) -> None:
    sign_in_personally(client, editor("publisher"))
    course = course_with_pages()
    spoil(course)
    url = reverse("courses_admin:check", args=[course.pk])
    page = client.get(url).content.decode()
    assert BAD in page
    release_url = reverse("courses_admin:release", args=[course.pk])
    fields = {"severity": "none", "looked_at": LOOKED_AT_ALL}
    assert "The harm check asks." in client.post(release_url, fields).content.decode()
    [judged] = services.published_findings(course=course)
    form = {"language": "en", "finding": judged.finding.fingerprint}
    assert "say in a sentence" in client.post(url, form, follow=True).content.decode()
    page = client.post(url, form | {"reason": "Quoted."}, follow=True).content.decode()
    assert "Nothing is open." in page
    # What no rule can see is asked as well, all of it.
    some = client.post(release_url, fields | {"looked_at": ["help"]}).content.decode()
    assert "Look at all of these and tick them." in some
    client.post(release_url, fields)
    assert course.editions.count() == 1


def test_page_refuses_whoever_may_not_edit_courses(client: Client) -> None:
    sign_in_personally(client, editor("author"))
    url = reverse("courses_admin:check", args=[course_with_pages().pk])
    may = editor("author").has_perm("courses.change_course")
    assert (client.get(url).status_code == 200) is may


class TestCommand:
    def test_tells_open_from_answered_by_its_status(self) -> None:
        course = course_with_pages()
        assert lint(course.code) == (0, {"open": 0, "findings": []})
        spoil(course)
        status, said = lint(course.code, "--language", "en")
        [finding] = said["findings"]
        assert (status, said["open"], finding["sentence"], finding["answered"]) == (1, 1, BAD, None)
        assert set(finding) == {
            "course", "language", "rule", "severity", "why", "sentence", "place", "suggestion", "answered"
        }  # fmt: skip
        answer(course)
        status, said = lint()
        assert (status, said["findings"][0]["answered"]) == (0, "It is quoted and taken back.")

    def test_reads_a_draft_that_is_not_in_the_cms(self, tmp_path: Path) -> None:
        draft = tmp_path / "draft.md"
        draft.write_text(f"# Signs\n\n{BAD}\n\nDo not judge by looks.\n", encoding="utf-8")
        status, said = lint("--text", str(draft))
        assert (status, [each["place"] for each in said["findings"]]) == (1, ["line 3"])

    @pytest.mark.parametrize(
        "args", [["nowhere"], [], ["--text", "/nowhere"], ["core", "--text", "x"], ["--language", "pa"]]
    )
    def test_refuses_in_words(self, args: list[str]) -> None:
        with pytest.raises(CommandError) as refused:
            call_command("lint_course", *args)
        assert refused.value.returncode == 2

    @pytest.mark.parametrize(
        ("data", "language", "said"),
        [
            (b"", "en", "nothing is written in it"),
            (b"\n \n", "en", "nothing is written in it"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "en", "not a text file in UTF-8"),
            (b"a\x00b", "en", "not a text file"),
            (b"\x1b]0;hidden\x07Her pimp sold her.", "en", "not a text file"),
            ("Un café.".encode("latin-1"), "fr", "not a text file in UTF-8"),
            ("A café.".encode("utf-16"), "en", "not a text file in UTF-8"),
            (b"x" * 10_000_000, "en", "larger than 1000000 bytes"),
            (b"All is well.", "xx", "no rules are written for the language xx; there are for ar, en, es, fr, pa, tl"),
        ],
    )
    def test_says_what_is_wrong_with_a_file(self, tmp_path: Path, data: bytes, language: str, said: str) -> None:
        draft = tmp_path / "draft.txt"
        draft.write_bytes(data)
        with pytest.raises(CommandError, match=said) as refused:
            call_command("lint_course", "--text", str(draft), "--language", language)
        assert refused.value.returncode == 2


def test_publisher_log_says_what_was_looked_at() -> None:
    release(course_with_pages(), RELEASED_AT, looked_at=LOOKED_AT_ALL)
    assert PageLogEntry.objects.get(action="courses.release").data["looked_at"] == sorted(LOOKED_AT_ALL)


def test_the_same_words_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    course = released_course()
    spoil(course)
    looked = []

    def look(asked: Any) -> list[Any]:
        looked.append(asked.document.language)
        return real(asked)

    real = checking._found
    monkeypatch.setattr(checking, "_found", look)
    first = services.published_findings(course=course)
    assert (len(first), services.published_findings(course=course), len(looked)) == (1, first, 1)
    spoil(course, "People from abroad are often victims.")
    assert services.published_findings(course=course) != first
    Course.objects.update(tier=Course.Tier.OPEN)
    services.published_findings(course=Course.objects.get(pk=course.pk))
    monkeypatch.setattr(checking, "_rules", lambda: b"another edition of the rules")
    services.published_findings(course=course)
    assert len(looked) == 4
