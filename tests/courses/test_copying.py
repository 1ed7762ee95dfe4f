"""What an owner takes back goes wherever its words were copied to, and nowhere else."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from cms import clock, signing
from courses import selectors
from courses.bundle import open_bundle, write_bundle
from courses.exceptions import NoConsent, ReleaseRefused
from courses.models import Course, EditionText, Overlay, OwnedPart, Withdrawal
from courses.services import own_part, put_back, take_back, withdraw_consent
from courses.withdrawn import Part, part_in
from courses.withholding import copies_of, sentences_of
from people import outbox
from tests.courses.test_consenting import consent
from tests.courses.test_overlaying import approved, block_of
from tests.courses.test_owning import nation
from tests.factories.courses import RELEASED_AT, STARTED_AT, CourseFactory, course_page, lesson_page, release

pytestmark = pytest.mark.django_db


AFTERWARDS = RELEASED_AT + timedelta(days=7)
FIRST = "They kept my papers in a drawer of the kitchen"
THEN = "and I was told that nobody in the town would ever believe me."
STORY = f"{FIRST}, {THEN}"
HELP = "Call 911 when somebody is in danger now, then the help line."


@pytest.fixture(autouse=True)
def _days_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTERWARDS)


def written(*said: str) -> Course:
    course = CourseFactory()
    blocks = [("text", {"heading": "", "text": f"<p>{each}</p>"}) for each in said]
    parent = course_page(course)
    lesson_page(parent, "facts", body=blocks)
    lesson_page(parent, "act")
    return course


def course_that_says(*said: str, at: Any = RELEASED_AT) -> Course:
    course = written(*said)
    release(course, at=at)
    return course


def block(course: Course, number: int = 0) -> Part:
    text = EditionText.objects.filter(edition__course=course).latest("pk").snapshot
    return Part("block", text["lessons"][0]["body"][number]["id"])


def shown(course: Course) -> list[str]:
    text = EditionText.objects.select_related("edition__course").filter(edition__course=course).latest("pk")
    return [each["type"] for each in selectors.shown_now(text)["lessons"][0]["body"]]


def test_story_goes_from_every_course_and_local_part_that_copied_it_and_from_no_other() -> None:
    first = course_that_says(STORY, HELP)
    marked_up = STORY.replace("drawer", "<b>drawer</b>").replace("papers", "<i>papers</i>")
    copied = course_that_says("Something else that is said here.", f"What one person told: {marked_up} So it was.")
    told_elsewhere, unlike = course_that_says(STORY), course_that_says(HELP, FIRST)
    local = approved(copied, STORY, anchor=block_of(copied, "text"))
    release(copied, at=RELEASED_AT + timedelta(hours=1))
    other = consent()
    own_part(course=told_elsewhere, part=block(told_elsewhere), consent=other, by=None, at=RELEASED_AT)
    under = consent()
    own_part(course=first, part=block(first), consent=under, by=None, at=RELEASED_AT)
    withdraw_consent(consent=under, by=None, at=AFTERWARDS)
    assert shown(copied) == ["text", "text"]
    outbox.deliver_due(at=AFTERWARDS, limit=10)
    assert shown(first) == ["withdrawn", "text"]
    assert shown(copied) == ["text", "withdrawn"]
    assert shown(told_elsewhere) == ["text"]
    assert shown(unlike) == ["text", "text"]
    assert Overlay.objects.get(pk=local.pk).state == "withdrawn"
    gone = Withdrawal.objects.in_force().get(course=copied)
    assert (gone.label, gone.consent, gone.reason) == ("facts / 2. text", under, "owner")
    with pytest.raises(NoConsent):
        put_back(withdrawal=gone, by=None, at=AFTERWARDS)
    # A later consent lets it be told again, here as well.
    own_part(course=copied, part=block(copied, 1), consent=consent(), by=None, at=AFTERWARDS)
    put_back(withdrawal=gone, by=None, at=AFTERWARDS)
    assert shown(copied) == ["text", "text"]


def test_draft_that_copied_a_story_into_other_words_neither_leaves_nor_is_released() -> None:
    first, draft = course_that_says(STORY), written(f"{STORY} So it was.</p><p>{HELP}", STORY)
    under = consent()
    own_part(course=first, part=block(first), consent=under, by=None, at=RELEASED_AT)

    def leaves_with() -> int:
        write_bundle(stream := BytesIO(), course=draft)
        return str(open_bundle(stream, trusted={signing.public_key()}).forms).count(THEN)

    assert leaves_with() == 2
    withdraw_consent(consent=under, by=None, at=AFTERWARDS)
    assert leaves_with() == 0
    with pytest.raises(ReleaseRefused) as refused:
        release(draft)
    assert {each.fault for each in refused.value.problems} == {"withdrawn"}


def test_whole_lesson_takes_along_what_was_copied_out_of_it_but_not_what_it_shares() -> None:
    before = course_that_says(f"{HELP} {FIRST}.")
    lesson = course_that_says(f"{HELP} {FIRST}.", STORY, at=STARTED_AT)
    copied = course_that_says(STORY, at=AFTERWARDS)
    mine, heron, _token = nation()
    owned = own_part(course=lesson, part=Part("lesson", "facts"), nation=mine, by=None, at=AFTERWARDS)
    take_back(owned=owned, by=heron, at=AFTERWARDS)
    outbox.deliver_due(at=AFTERWARDS, limit=10)
    assert [shown(each) for each in (before, lesson, copied)] == [["text"], ["withdrawn"], ["withdrawn"]]
    assert {(each.course, each.nation) for each in OwnedPart.objects.all()} == {(lesson, mine), (copied, mine)}


def test_chinese_says_as_much_in_fewer_signs() -> None:
    story = "他们把我的证件放在厨房的抽屉里，还说镇上没有人会相信我，我只能留下来继续工作，谁也没有来问过我一句话。"
    first, copied = course_that_says(story), course_that_says(story)
    text = EditionText.objects.get(edition__course=first).snapshot
    said = sentences_of(block(first), [text])
    assert [copy.course for copy in copies_of(block(first), course=first, said=said)] == [copied]
    assert part_in(text, block(first)) is not None
