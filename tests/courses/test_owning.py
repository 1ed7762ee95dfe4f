"""What belongs to a Nation: its yes before a release, its taking back at any time, and its own people at its own door."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from courses import selectors
from courses.exceptions import (
    AlreadyOwned,
    HasSignatories,
    LastSignatory,
    NameTaken,
    NoLicence,
    NothingThere,
    NotTheirs,
    OpenLicence,
    ReleaseFault,
    ReleaseRefused,
)
from courses.models import Course, EditionText, LessonPage, Nation, OwnedPart, Reviewer, Withdrawal
from courses.services import (
    add_nation,
    add_text,
    appoint,
    come_in,
    complete_if_done,
    complete_lesson,
    dismiss,
    give_up,
    let_show,
    make_link,
    new_link_for,
    own_part,
    pay_elsewhere,
    put_back,
    release_course,
    take_back,
    withdraw_part,
)
from courses.withdrawn import Part
from tests.courses.learners import on_the_way, the_clock  # noqa: F401  # a fixture
from tests.factories.courses import (
    RELEASED_AT,
    STARTED_AT,
    asked_to_review,
    course_with_pages,
    enrolled,
    lesson_page,
    publish,
    release,
    released_course,
    says,
)
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db

LICENCE = "Ask the Example Nation before you copy this."
WORDS = "three quiet herons"


def nation(name: str = "Example Nation", known_as: str = "Heron") -> tuple[Nation, Reviewer, str]:
    """Return a Nation, its first signatory, and the secret of their link."""
    made = add_nation(name=name, contact="Office of culture", licence=LICENCE, by=None, at=RELEASED_AT)
    first, token = appoint(nation=made, known_as=known_as, by=None, at=RELEASED_AT)
    return made, first, token


def owned(course: Course, whose: Nation, kind: str = "lesson", target: str = "facts") -> OwnedPart:
    return own_part(course=course, part=Part(kind, target), nation=whose, by=None, at=RELEASED_AT)


def signs(course: Course, by: Reviewer) -> None:
    asked = asked_to_review(course, "nation", known_as=by.known_as)
    pay_elsewhere(reviewer=by, elsewhere=True, by=None)
    says(asked, "yes")


def refusal(course: Course, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(ReleaseRefused) as refused:
        release(course, **fields)
    return [(each.fault, each.detail) for each in refused.value.problems]


def change(course: Course, code: str = "act") -> None:
    page = LessonPage.objects.get(lesson__course=course, lesson__code=code)
    page.title = f"{page.title} again"
    publish(page)


class TestRecord:
    def test_a_nation_needs_its_own_licence(self) -> None:
        about: dict[str, Any] = {"contact": "Office of culture", "by": None, "at": RELEASED_AT}
        with pytest.raises(OpenLicence):
            add_nation(name="Example Nation", licence="Licensed  CC BY 4.0", **about)
        with pytest.raises(NoLicence):
            add_nation(name="Example Nation", licence=" ", **about)
        add_nation(name="Example Nation", licence=LICENCE, **about)
        with pytest.raises(NameTaken):
            add_nation(name="example  nation", licence=LICENCE, **about)

    def test_a_part_has_one_owner(self) -> None:
        course = course_with_pages()
        mine, *_ = nation()
        other, *_ = nation("Another Example Nation", "Wren")
        assert owned(course, mine) == owned(course, mine)
        block = LessonPage.objects.get(lesson__code="facts").body[0].id
        for kind, target in (("lesson", "facts"), ("block", block)):
            with pytest.raises(AlreadyOwned):
                owned(course, other, kind, target)
        with pytest.raises(NothingThere):
            owned(course, mine, "lesson", "no-such")
        assert owned(course, mine, "block", block).label == "facts / 1. text"

    def test_only_the_first_signatory_is_written_down_by_an_editor(self) -> None:
        mine, first, _token = nation()
        with pytest.raises(HasSignatories):
            appoint(nation=mine, known_as="Robin", by=None, by_user=UserFactory(), at=RELEASED_AT)
        with pytest.raises(LastSignatory):
            dismiss(signatory=first, by=first, at=RELEASED_AT)
        second, token = appoint(nation=mine, known_as="Robin", by=first, at=RELEASED_AT)
        come_in(token=token, name="Robin", words=WORDS, at=RELEASED_AT)
        stranger = nation("Another Example Nation", "Wren")[1]
        for act in (dismiss, new_link_for):
            with pytest.raises(NotTheirs):
                act(signatory=second, by=stranger, at=RELEASED_AT)
        with pytest.raises(NotTheirs):
            # An administrator who makes links would choose the words, and answer in their place.
            make_link(reviewer=second, forget_words=True, by=UserFactory(is_superuser=True), at=RELEASED_AT)
        token = new_link_for(signatory=second, by=first, at=RELEASED_AT)
        assert come_in(token=token, name="Robin", words="other words", at=RELEASED_AT).reviewer == second
        dismiss(signatory=second, by=first, at=RELEASED_AT)
        with pytest.raises(NotTheirs):
            appoint(nation=mine, known_as="Finch", by=second, at=RELEASED_AT)


class TestRelease:
    def test_nothing_is_released_without_the_nations_yes(self) -> None:
        course = course_with_pages()
        mine, first, _token = nation()
        owned(course, mine)
        missing = [(ReleaseFault.NOT_SIGNED, "Example Nation – Nation")]
        assert refusal(course) == missing
        assert refusal(course, by=UserFactory(is_superuser=True)) == missing
        signs(course, nation("Another Example Nation", "Wren")[1])
        assert refusal(course) == missing
        asked = asked_to_review(course, "nation", known_as="Robin")
        pay_elsewhere(reviewer=asked.reviewer, elsewhere=True, by=None)
        says(asked, "yes")  # as a Nation's reviewer, but for none
        assert refusal(course) == missing
        signs(course, first)
        assert release(course).number == 1

    def test_the_yes_of_who_signs_no_more_does_not_count(self) -> None:
        course = course_with_pages()
        mine, first, _token = nation()
        second, _token = appoint(nation=mine, known_as="Robin", by=first, at=RELEASED_AT)
        owned(course, mine)
        signs(course, second)
        dismiss(signatory=second, by=first, at=RELEASED_AT)
        assert refusal(course) == [(ReleaseFault.NOT_SIGNED, "Example Nation – Nation")]

    def test_a_text_without_the_part_needs_no_yes(self) -> None:
        course = course_with_pages(("facts", "act", "more"))
        mine, *_ = nation()
        owned(course, mine, "lesson", "more")
        LessonPage.objects.get(lesson__code="more").unpublish()
        assert release(course).number == 1

    def test_what_was_taken_back_is_not_released_whatever_editors_make_of_it(self) -> None:
        course = released_course()
        mine, first, _token = nation()
        part = owned(course, mine)
        [withdrawal] = take_back(owned=part, by=first, at=STARTED_AT)
        change(course, "facts")
        signs(course, first)
        gone = [(ReleaseFault.WITHDRAWN, "facts")]
        assert refusal(course) == gone
        with pytest.raises(ReleaseRefused) as refused:
            add_text(edition=course.editions.get(), language="en", by=None, at=STARTED_AT)
        assert [(each.fault, each.detail) for each in refused.value.problems] == gone
        with pytest.raises(NotTheirs):
            put_back(withdrawal=withdrawal, by=UserFactory(is_superuser=True), at=STARTED_AT)
        # Nor by a detour: an editor's own withdrawal of the same part does not take the Nation's place.
        about: dict[str, Any] = {"label": "x", "reason": "wrong", "instead": "x", "by": None, "at": STARTED_AT}
        again = withdraw_part(course=course, part=Part("lesson", "facts"), **about)
        assert (again.pk, again.reason, again.nation, again.instead) == (withdrawal.pk, "nation", mine, "")
        with pytest.raises(NotTheirs):
            let_show(owned=part, by=nation("Another Example Nation", "Wren")[1], at=STARTED_AT)
        let_show(owned=part, by=first, at=STARTED_AT)
        assert release(course).number == 2

    def test_what_was_never_released_is_not_released_after_it_was_taken_back(self) -> None:
        course = course_with_pages()
        mine, first, _token = nation()
        part = owned(course, mine)
        signs(course, first)
        [withdrawal] = take_back(owned=part, by=first, at=STARTED_AT)
        assert (withdrawal.through_edition, refusal(course)) == (0, [(ReleaseFault.WITHDRAWN, "facts")])
        let_show(owned=part, by=first, at=STARTED_AT)
        assert release(course).number == 1

    def test_a_part_of_a_draft_is_taken_back_before_its_release(self) -> None:
        course = released_course()
        lesson_page(course.pages.get(), "told")
        mine, first, _token = nation()
        signs(course, first)
        take_back(owned=owned(course, mine, "lesson", "told"), by=first, at=STARTED_AT)
        assert (ReleaseFault.WITHDRAWN, "told") in refusal(course)


class TestTakenBack:
    def test_sentences_that_were_copied_elsewhere_are_not_released_there(self) -> None:
        words = "At the mouth of the invented river the herons stood until the tide had turned."
        body = [("text", {"heading": "One idea", "text": f"<p>{words}</p>"})]
        course = course_with_pages()
        lesson_page(course.pages.get(), "told", body=body)
        release(course)
        other = course_with_pages()
        lesson_page(other.pages.get(), "copied", body=body)
        mine, first, _token = nation()
        part = owned(course, mine, "lesson", "told")
        take_back(owned=part, by=first, at=STARTED_AT)
        assert refusal(other) == [(ReleaseFault.WITHDRAWN, "told")]
        let_show(owned=part, by=first, at=STARTED_AT)
        assert release(other).number == 1

    def test_a_question_goes_from_every_course_that_asks_it(self) -> None:
        one = released_course()
        other = released_course(final_quiz=one.final_quiz)
        mine, first, _token = nation()
        key = EditionText.objects.get(edition__course=one).snapshot["quiz"]["questions"][0]["key"]
        part = owned(one, mine, "question", key)
        assert {each.course for each in take_back(owned=part, by=first, at=STARTED_AT)} == {one, other}
        change(other)
        assert (ReleaseFault.WITHDRAWN, key) in refusal(other)
        let_show(owned=part, by=first, at=STARTED_AT)
        assert not Withdrawal.objects.in_force().exists()

    def test_a_whole_course_is_on_no_list_and_nobody_passes_it(self, client: Client) -> None:
        course = released_course()
        enrolment = on_the_way(client, course)
        mine, first, _token = nation()
        take_back(owned=owned(course, mine, "course", course.code), by=first, at=STARTED_AT)
        page = client.get(f"/learn/{course.slug}/").content.decode()
        assert "Two short lessons." not in page
        lesson = client.get(f"/learn/{course.slug}/facts/").content.decode()
        assert "What facts is about." not in lesson
        assert "A part was here that its owner withdrew on 2 March 2026." in lesson
        for method in (client.get, client.post):
            assert method(f"/learn/{course.slug}/quiz/").url == f"/learn/{course.slug}/"
        client.post(f"/learn/{course.slug}/quiz/hand-in/", {"anyway": "yes"})
        enrolment.refresh_from_db()
        assert enrolment.completed_at is None
        sector = course.pages.get().get_parent()
        assert course.pages.get().title not in client.get(sector.url).content.decode()
        assert course.pk in selectors.held_back(course_ids=[course.pk], on=STARTED_AT.date())

    def test_nobody_passes_a_whole_course_without_a_quiz_either_until_it_is_shown_again(self) -> None:
        course = released_course(final_quiz=None)
        mine, first, _token = nation()
        part = owned(course, mine, "course", course.code)
        enrolment = enrolled(course)
        take_back(owned=part, by=first, at=STARTED_AT)
        text = EditionText.objects.get()
        for lesson in ("facts", "act"):
            later = STARTED_AT + timedelta(minutes=30)
            complete_lesson(enrolment=enrolment, edition_text=text, lesson_code=lesson, language="en", at=later)
        assert complete_if_done(enrolment=enrolment, at=STARTED_AT) is None
        let_show(owned=part, by=first, at=STARTED_AT)
        assert complete_if_done(enrolment=enrolment, at=STARTED_AT) is not None

    def test_the_licence_stands_beside_what_is_owned_and_goes_with_it(self, client: Client) -> None:
        course = released_course()
        on_the_way(client, course)
        mine, first, _token = nation()
        block = LessonPage.objects.get(lesson__code="act").body[0].id
        for kind, target, lesson in (("lesson", "facts", "facts"), ("block", block, "act")):
            part = owned(course, mine, kind, target)
            address = f"/learn/{course.slug}/{lesson}/"
            sentence = f"This part belongs to Example Nation. {LICENCE}"
            assert client.get(address).content.decode().count(sentence) == 1
            take_back(owned=part, by=first, at=STARTED_AT)
            assert sentence not in client.get(address).content.decode()
            let_show(owned=part, by=first, at=STARTED_AT)
            give_up(owned=part, by=first, at=STARTED_AT)
            assert sentence not in client.get(address).content.decode()


class TestDoor:
    def test_a_signatory_takes_back_and_puts_back_and_appoints_on_their_own_page(self, client: Client) -> None:
        course = released_course()
        mine, _first, token = nation()
        part = owned(course, mine)
        client.post(f"/read/in/{token}/", {"name": "Heron", "words": WORDS})
        assert "/read/nation/" in client.get("/read/").content.decode()
        address = reverse("courses:nation")
        assert "Take it back now" in client.get(address).content.decode()
        shown = client.post(address, {"take_back": part.pk}, follow=True).content.decode()
        assert "Taken back on 2 March 2026. Nobody sees it." in shown
        assert Withdrawal.objects.in_force().get().nation == mine
        client.post(address, {"show": part.pk})
        assert not Withdrawal.objects.in_force().exists()
        shown = client.post(address, {"known_as": "Robin"}).content.decode()
        assert "/read/in/" in shown
        robin = Reviewer.objects.get(known_as="Robin")
        assert client.post(address, {"known_as": "robin"}).status_code == 422
        assert "/read/in/" in client.post(address, {"link": robin.pk}).content.decode()
        client.post(address, {"dismiss": robin.pk})
        assert client.post(address, {"dismiss": robin.pk}).status_code == 404
        client.post(address, {"give_up": part.pk})
        assert client.post(address, {"take_back": part.pk}).status_code == 404
        said = [each.message for each in ModelLogEntry.objects.filter(action="courses.own").order_by("pk")]
        assert said == ["Recorded: facts belongs to Example Nation.", "This is not ours: facts"]
        made = ModelLogEntry.objects.filter(action="wagtail.create").order_by("pk")
        assert [each.label for each in made] == ["Example Nation", "Heron", "Robin"]
        assert client.post(address, {"take_back": "x"}).status_code == 404

    def test_nobody_else_finds_the_page_or_another_nations_part(self, client: Client) -> None:
        course = released_course()
        part = owned(course, nation()[0])
        assert client.get(reverse("courses:nation")).status_code == 404
        _other, _wren, token = nation("Another Example Nation", "Wren")
        client.post(f"/read/in/{token}/", {"name": "Wren", "words": WORDS})
        assert client.post(reverse("courses:nation"), {"take_back": part.pk}).status_code == 404
        assert not Withdrawal.objects.exists()


class TestCms:
    @pytest.fixture
    def editor(self, client: Client) -> Client:
        user = UserFactory(with_email=True)
        user.groups.add(Group.objects.get(name="publisher"))
        sign_in_personally(client, user)
        return client

    def test_an_editor_takes_a_nation_on_and_records_what_is_theirs(self, editor: Client) -> None:
        course = released_course()
        address = reverse("courses_admin:nations")
        sent = {"name": "Example Nation", "contact": "Office of culture", "licence": "CC BY 4.0", "known_as": "Heron"}
        assert "never given away under CC BY" in editor.post(address, sent).content.decode()
        assert not Nation.objects.exists()
        assert "/read/in/" in editor.post(address, {**sent, "licence": LICENCE}).content.decode()
        mine = Nation.objects.get()
        owners = reverse("courses_admin:owners", args=[course.pk])
        said = editor.post(owners, {"part": "lesson:facts", "owner": f"nation:{mine.pk}"}, follow=True).content.decode()
        assert "Recorded: facts belongs to Example Nation." in said
        take_back(owned=OwnedPart.objects.get(), by=Reviewer.objects.get(), at=STARTED_AT)
        withdraw = reverse("courses_admin:withdraw", args=[course.pk])
        assert "Only the Nation can put it back." in editor.get(withdraw).content.decode()
        editor.post(withdraw, {"put_back": Withdrawal.objects.get().pk})
        assert Withdrawal.objects.in_force().exists()

    def test_others_are_refused(self, client: Client) -> None:
        course = released_course()
        user = UserFactory(with_email=True)
        user.groups.add(Group.objects.get(name="localiser"))
        sign_in_personally(client, user)
        for address in (reverse("courses_admin:nations"), reverse("courses_admin:owners", args=[course.pk])):
            assert client.get(address).status_code == 302


def test_a_release_by_command_is_refused_alike() -> None:
    course = course_with_pages()
    owned(course, nation()[0])
    with pytest.raises(ReleaseRefused):
        release_course(course=course, severity="none", by=None, at=RELEASED_AT + timedelta(days=1))
