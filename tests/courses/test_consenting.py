"""True stories: told as somebody agreed to it, and gone with the consent."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail import blocks
from wagtail.blocks.field_block import PageChooserBlock, RichTextBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import ModelLogEntry, get_page_models

from courses import selectors
from courses.consents import Check, Consent, ConsentFault, consent_faults
from courses.exceptions import AlreadyOwned, NoConsent, ReleaseFault, ReleaseRefused
from courses.models import Course, EditionText, LessonPage, OwnedPart, StoryConsent, StoryIdentity, Withdrawal
from courses.services import add_text, end_expired_consents, own_part, put_back, record_consent, withdraw_consent
from courses.tasks import end_expired_consents as end_expired_consents_task
from courses.withdrawn import Part
from tests.courses.learners import on_the_way, the_clock  # noqa: F401  # a fixture
from tests.factories.courses import (
    RELEASED_AT,
    STARTED_AT,
    course_page,
    course_with_pages,
    lesson_page,
    publish,
    release,
    released_course,
)
from tests.factories.people import UserFactory, sign_in_personally

LAST = date(2026, 3, 31)
AFTER = RELEASED_AT + timedelta(days=31)
"""1 April 2026 in Vancouver."""


def given(**changes: Any) -> dict[str, Any]:
    about: dict[str, Any] = {
        "scope": "Training of hotel staff",
        "languages": ["en"],
        "forms": ["read", "print", "slides", "listen"],
        "last_good_on": LAST,
        "checks": list(Check),
        "licence": "Not to be copied elsewhere.",
    }
    return about | changes


def consent(**changes: Any) -> StoryConsent:
    return record_consent(**given(**changes), by=None, at=RELEASED_AT)


def told(course: Course, under: StoryConsent, lesson: str = "facts") -> OwnedPart:
    return own_part(course=course, part=Part("lesson", lesson), consent=under, by=None, at=RELEASED_AT)


def refusal(course: Course, **fields: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(ReleaseRefused) as refused:
        release(course, **fields)
    return [(each.fault, each.language, each.detail) for each in refused.value.problems]


def change(course: Course, code: str = "act") -> None:
    page = LessonPage.objects.get(lesson__course=course, lesson__code=code)
    page.title = f"{page.title} again"
    publish(page)


class TestRule:
    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"scope": " "}, ConsentFault.NO_SCOPE),
            ({"languages": frozenset()}, ConsentFault.NO_LANGUAGE),
            ({"forms": frozenset()}, ConsentFault.NO_FORM),
            ({"last_good_on": date(2026, 2, 28)}, ConsentFault.PAST),
            ({"checks": frozenset({"names", "places", "details"})}, ConsentFault.NOT_CHECKED),
            ({"licence": ""}, ConsentFault.NO_LICENCE),
            ({"licence": "CC-BY"}, ConsentFault.OPEN_LICENCE),
        ],
    )
    def test_what_says_too_little_is_no_consent(self, changes: dict[str, Any], fault: str) -> None:
        sets = {name: frozenset(given()[name]) for name in ("languages", "forms", "checks")}
        assert consent_faults(Consent(**{**given(), **sets}), on=date(2026, 3, 31)) == ()
        assert consent_faults(Consent(**{**given(), **sets, **changes}), on=date(2026, 3, 1)) == (fault,)

    def test_it_covers_its_languages_forms_and_days(self) -> None:
        whole = Consent("x", frozenset({"en"}), frozenset({"read", "print"}), LAST, frozenset(), "y")
        assert whole.lacks(language="en", forms=["read"], on=LAST) == ()
        assert whole.lacks(language="fr", forms=["read", "listen"], on=LAST) == ("fr", "listen")
        assert whole.lacks(language="en", forms=["read"], on=date(2026, 4, 1)) == ("ended 2026-03-31",)


@pytest.mark.django_db
class TestRelease:
    def test_a_story_is_released_only_as_agreed(self, settings: Any) -> None:
        course = course_with_pages()
        part = told(course, consent(forms=["read"]))
        assert release(course).number == 1
        change(course)
        settings.RENDITIONS = True
        about = f"facts – {part.owner}: "
        [(fault, language, detail)] = refusal(course, by=UserFactory(is_superuser=True))
        assert (fault, language) == (ReleaseFault.CONSENT, "en")
        assert detail in (
            f"{about}listen, print, slides",
            f"{about}print, slides",
        )  # whether the machine can speak here
        settings.RENDITIONS = False
        assert refusal(course, at=AFTER) == [(ReleaseFault.CONSENT, "en", f"{about}ended 2026-03-31")]

    def test_another_language_needs_its_own_agreement(self) -> None:
        course = released_course()
        part = told(course, consent())
        french = course_page(course, "fr")
        for code in ("facts", "act"):
            lesson_page(french, code)
        course.final_quiz = None
        with pytest.raises(ReleaseRefused) as refused:
            add_text(edition=course.editions.get(), language="fr", by=None, at=STARTED_AT)
        problem = next(each for each in refused.value.problems if each.fault == ReleaseFault.CONSENT)
        assert problem.detail == f"facts – {part.owner}: fr"

    def test_a_story_has_one_consent_at_a_time(self) -> None:
        course = released_course()
        first = consent()
        told(course, first)
        with pytest.raises(AlreadyOwned):
            told(course, consent())
        withdraw_consent(consent=first, by=None, at=STARTED_AT)
        other = consent()
        told(course, other)
        assert OwnedPart.objects.in_force().get().consent == other

    def test_a_question_of_another_course_is_nobody_elses_concern(self) -> None:
        one, other = released_course(), released_course()
        mine, theirs = (EditionText.objects.get(edition__course=each).snapshot for each in (one, other))
        part = Part("question", mine["quiz"]["questions"][0]["key"])
        own_part(course=one, part=part, consent=consent(), by=None, at=RELEASED_AT)
        assert [each.part for each in selectors.owners(one, mine)] == [part]
        assert selectors.owners(other, theirs) == ()


@pytest.mark.django_db
class TestEnd:
    def test_a_consent_that_is_taken_back_takes_the_story_out_for_good(self, client: Client) -> None:
        course = released_course()
        on_the_way(client, course)
        under = consent()
        told(course, under)
        page = f"/learn/{course.slug}/facts/"
        assert (
            "This is a true story, told with consent. Not to be copied elsewhere." in client.get(page).content.decode()
        )
        [gone] = withdraw_consent(consent=under, by=None, at=STARTED_AT)
        shown = client.get(page).content.decode()
        assert "What facts is about." not in shown
        assert "told with consent" not in shown
        assert "A part was here that its owner withdrew on 2 March 2026." in shown
        change(course, "facts")
        assert (ReleaseFault.WITHDRAWN, "en", "facts") in refusal(course)
        with pytest.raises(NoConsent):
            put_back(withdrawal=gone, by=UserFactory(is_superuser=True), at=STARTED_AT)
        told(course, consent())
        put_back(withdrawal=gone, by=None, at=STARTED_AT)
        assert "What facts is about." in client.get(page).content.decode()

    def test_one_job_takes_out_what_has_expired_and_finds_nothing_twice(
        self, request: pytest.FixtureRequest, django_assert_num_queries: Any
    ) -> None:
        courses = [released_course(), released_course()]
        under = consent()
        for course in courses:
            told(course, under)
        told(course_with_pages(), under)  # never released, and never will be
        assert end_expired_consents(at=AFTER - timedelta(days=1)) == 0
        assert end_expired_consents(at=AFTER) == 3
        assert {row.reason for row in Withdrawal.objects.in_force()} == {"owner"}
        with django_assert_num_queries(1):
            end_expired_consents(at=AFTER)
        Withdrawal.objects.update(ended_at=STARTED_AT)
        request.getfixturevalue("the_clock").now = AFTER
        end_expired_consents_task()
        assert Withdrawal.objects.in_force().count() == 3


@pytest.mark.django_db
class TestCms:
    @pytest.mark.usefixtures("the_clock")
    def test_an_editor_records_and_ends_a_consent(self, client: Client) -> None:
        user = UserFactory(with_email=True)
        user.groups.add(Group.objects.get(name="author"))
        sign_in_personally(client, user)
        address = reverse("courses_admin:stories")
        sent = given(scope="", last_good_on="2026-02-01", checks=["names"])
        refused = client.post(address, sent).content.decode()
        for words in ("A consent says for what.", "This day is past", "Look at each of these first."):
            assert words in refused
        assert not StoryConsent.objects.exists()
        client.post(address, given(last_good_on="2026-03-31"))
        recorded = StoryConsent.objects.get()
        course = released_course()
        owners = reverse("courses_admin:owners", args=[course.pk])
        client.post(owners, {"part": "lesson:facts", "owner": f"consent:{recorded.pk}"})
        shown = client.post(address, {"withdraw": recorded.pk}).content.decode()
        assert "Its story is told nowhere any more." in shown
        assert "Who else printed or carried away a file is not recorded." in shown
        # It is still to be read on another day, and where a consent ended by its last day.
        assert "Who else printed" in client.get(address).content.decode()
        assert Withdrawal.objects.in_force().get().consent == recorded
        client.post(reverse("courses_admin:withdraw", args=[course.pk]), {"put_back": Withdrawal.objects.get().pk})
        assert Withdrawal.objects.in_force().exists()


@pytest.mark.django_db
class TestLegalNames:
    def test_are_encrypted_kept_apart_and_read_only_with_their_own_permission(self, client: Client) -> None:
        under = consent()
        user = UserFactory(with_email=True)
        user.groups.add(Group.objects.get(name="author"))
        sign_in_personally(client, user)
        address = reverse("courses_admin:stories")
        for sent in ({"keep": under.pk, "legal_name": "Robin Example"}, {"read": under.pk}):
            assert "Robin Example" not in client.post(address, sent, follow=True).content.decode()
        assert not StoryIdentity.objects.exists()
        assert "Legal name" not in client.get(address).content.decode()
        user.user_permissions.add(Permission.objects.get(codename="view_storyidentity"))
        empty = client.post(address, {"keep": under.pk, "legal_name": "  "}, follow=True).content.decode()
        assert "Type the name." in empty
        kept = client.post(address, {"keep": under.pk, "legal_name": " Robin  Example "}, follow=True).content.decode()
        assert ("Only who may read legal names sees it." in kept, "Robin Example" in kept) == (True, False)
        assert b"Robin" not in bytes(StoryIdentity.objects.get().sealed_name)
        assert "<bdi>Robin Example</bdi>" in client.post(address, {"read": under.pk}).content.decode()
        # Nobody without the right deletes it, and the log says that it went, never what it was.
        right = Permission.objects.get(codename="view_storyidentity")
        user.user_permissions.remove(right)
        client.post(address, {"forget": under.pk})
        assert StoryIdentity.objects.exists()
        user.user_permissions.add(right)
        for _twice in range(2):
            gone = client.post(address, {"forget": under.pk}, follow=True).content.decode()
            assert ("Noted." in gone, "Robin" in gone, 'name="forget"' in gone) == (True, False, False)
        assert not StoryIdentity.objects.exists()
        written = ModelLogEntry.objects.filter(action="courses.teller_name").order_by("pk")
        acts = [{"kept": True}, {"read": True}, {"deleted": True}]
        assert [(each.user, each.data) for each in written] == [(user, data) for data in acts]
        assert written[2].message == "Legal name: removed"
        assert client.post(address, {"read": under.pk + 1}).status_code == 404


def _blocks_in(block: blocks.Block) -> list[blocks.Block]:
    inner = getattr(block, "child_blocks", {}).values() or [getattr(block, "child_block", None)]
    return [block, *(each for child in inner if child is not None for each in _blocks_in(child))]


@pytest.mark.parametrize("page", [each for each in get_page_models() if each._meta.app_label != "courses"])
def test_no_page_outside_of_courses_can_link_to_a_story(page: type) -> None:
    """The pages that speak for the house have no way to link to any page of their editors' choosing."""
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField):
            assert "link" not in field.features
        elif isinstance(field, StreamField):
            for block in _blocks_in(field.stream_block):
                assert not isinstance(block, PageChooserBlock | blocks.URLBlock)
                assert not isinstance(block, RichTextBlock) or "link" not in block.features
