"""Local parts from the draft to the reader: approved, frozen, seen, withdrawn; and what an organisation may not do."""

import hashlib
import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from cms.models import EditorLimit, Region
from courses import selectors
from courses.blocks import OverlayBody
from courses.exceptions import OverlayRefused, OverlayWithdrawn, ReleaseFault, ReleaseRefused
from courses.models import (
    Claim,
    Course,
    EditionText,
    FrozenOverlay,
    LearningEvent,
    LessonPage,
    Overlay,
    PictureApproval,
    Session,
)
from courses.overlays import Fault, Reader, freshness_state
from courses.renditions.local import local_sheet
from courses.renditions.material import material_of
from courses.services import (
    add_text,
    approve_overlay,
    approve_picture,
    count_attendance,
    expect,
    forecast_release,
    hold_session,
    is_released,
    mark_attendance,
    release_course,
    remind_owners,
    take_approval_back,
    take_back,
    withdraw_claim,
    withdraw_overlay,
    withdraw_part,
    write_overlay,
)
from courses.withdrawn import Part
from people import outbox
from people.models import Membership, User
from tests.courses.learners import (
    do_lessons,
    queries_of,
    signed_in,
    the_clock,  # noqa: F401  # a fixture
)
from tests.courses.test_owning import nation, owned
from tests.factories.courses import (
    RELEASED_AT,
    STARTED_AT,
    ClaimFactory,
    course_page,
    course_with_pages,
    enrolled,
    learner_at_work,
    lesson_page,
    publish,
    release,
)
from tests.factories.people import SiteFactory, StaffRoleFactory, UserFactory, sign_in_personally, sign_in_with_pin
from translations.changes import ChangeKind
from translations.selectors import full_matrix

pytestmark = pytest.mark.django_db

LAW = "In British Columbia the office answers in two days."
OURS = "At the lodge tell the night porter."


@pytest.fixture(scope="module")
def published(module_rows) -> Course:
    with module_rows.unblock():
        return course_with_pages()


@pytest.fixture
def course(published: Course) -> Course:
    return Course.objects.get(pk=published.pk)


@pytest.fixture
def worker() -> Membership:
    """Somebody in British Columbia, in the north, in lodging."""
    membership = learner_at_work()
    site = membership.employments.get().site
    site.jurisdiction, site.sector = "ca-bc-north", "hospitality"
    site.save()
    return membership


def block_of(course: Course, kind: str, lesson: str = "facts") -> str:
    page = LessonPage.objects.get(lesson__course=course, lesson__code=lesson)
    return next(child.id for child in page.body if child.block_type == kind)


def body(text: str, **value: Any) -> Any:
    raw = [{"type": "text", "id": f"o-{text[:6]}", "value": {"heading": "", "text": f"<p>{text}</p>", **value}}]
    return OverlayBody().to_python(raw)


def written(course: Course, text: str = LAW, **changes: Any) -> Overlay:
    owner = User.objects.filter(email="owner@example.org").first() or UserFactory(email="owner@example.org")
    about: dict[str, Any] = {
        "overlay": None,
        "title": "Wages",
        "lesson": "facts",
        "anchor": block_of(course, "text"),
        "label": "Facts: One idea",
        "act": "after",
        "place": "ca-bc",
        "sector": None,
        "organisation": None,
        "owner": owner,
        "review_by": date(2027, 3, 1),
        "language": "en",
        "body": body(text),
        "by": owner,
        "at": RELEASED_AT,
        "on": date(2026, 3, 1),
    }
    return write_overlay(course=course, **about | changes)


def approved(course: Course, text: str = LAW, **changes: Any) -> Overlay:
    return approve(written(course, text, **changes))


def approve(overlay: Overlay) -> Overlay:
    return approve_overlay(overlay=overlay, by=None, at=RELEASED_AT, on=date(2026, 3, 1))


def facts_page(client: Client, course: Course, query: str = "") -> str:
    return client.get(reverse("courses:lesson", args=[course.slug, "facts"]) + query).content.decode()


def texts_of(course: Course) -> list[dict[str, Any]]:
    return [text.snapshot for text in EditionText.objects.filter(edition__course=course).order_by("edition__number")]


def test_approved_part_is_frozen_and_reaches_whoever_works_there(
    client: Client, course: Course, worker: Membership
) -> None:
    approved(course)
    written(course, "Only a draft.")
    release(course)
    [frozen] = FrozenOverlay.objects.all()
    assert texts_of(course)[0]["overlays"] == [frozen.digest]
    enrolled(course, worker)
    sign_in_with_pin(client, worker)
    shown = facts_page(client, course)
    assert LAW in shown
    assert "For British Columbia" in shown
    assert "Only a draft." not in shown


def test_part_of_another_place_or_organisation_is_not_shown(client: Client, course: Course, worker: Membership) -> None:
    approved(course, place="ca-ab", text="In Alberta.")
    approved(course, "Of somebody else.", place="", organisation=learner_at_work().organisation)
    approved(course, OURS, place="", organisation=worker.organisation)
    release(course)
    enrolled(course, worker)
    sign_in_with_pin(client, worker)
    # What somebody asks for does not count where something is recorded of it.
    shown = facts_page(client, course, "?place=ca-ab")
    assert OURS in shown
    assert "From your workplace" in shown
    assert "In Alberta." not in shown
    assert "Of somebody else." not in shown
    [snapshot] = texts_of(course)
    assert "lodge" not in str(snapshot)
    assert [part.content["organisation"] for part in selectors.parts_of_text(snapshot, worker.organisation)] == [
        "",
        worker.organisation.code,
    ]


def test_region_and_sector_come_from_the_site_or_the_one_above(course: Course, worker: Membership) -> None:
    site = worker.employments.get().site
    above = type(site).objects.create(organisation=site.organisation, code="all", name="All", sector="farms")
    site.sector, site.parent = "", above
    site.save()
    assert selectors.reader_at_work(worker) == Reader("ca-bc-north", "farms", worker.organisation.code)


def test_place_of_an_open_course_is_the_one_that_its_reader_chose(client: Client) -> None:
    open_course = course_with_pages(tier=Course.Tier.OPEN)
    approved(open_course, "In Alberta.", place="ca-ab")
    approved(open_course, LAW)
    release(open_course)
    assert "In Alberta." in facts_page(client, open_course, "?place=ca-ab")
    shown = facts_page(client, open_course)
    assert LAW in shown
    assert "In Alberta." not in shown
    assert not LearningEvent.objects.exists()


def test_reader_of_an_open_course_may_choose_a_region_that_it_has_a_part_for(client: Client) -> None:
    Region.objects.create(code="ca-bc-north", name="North")
    Region.objects.create(code="ca-bc-coast", name="Coast")
    open_course = course_with_pages(tier=Course.Tier.OPEN)
    approved(open_course, "In the north.", place="ca-bc-north")
    release(open_course)
    shown = facts_page(client, open_course)
    assert '<option value="ca-bc" selected>British Columbia</option>' in shown
    assert '<option value="ca-bc-north">British Columbia, North</option>' in shown
    assert "ca-bc-coast" not in shown
    assert "In the north." not in shown
    there = facts_page(client, open_course, "?place=ca-bc-north")
    assert "In the north." in there
    assert '<option value="ca-bc-north" selected>' in there
    help_lines = client.get("/help/?place=ca-bc-coast").content.decode()
    assert "Lines in British Columbia, Coast" in help_lines
    assert '<option value="ca-bc-coast" selected>British Columbia, Coast</option>' in help_lines


def test_text_in_another_language_says_so_and_a_translation_takes_its_place(
    client: Client, course: Course, worker: Membership
) -> None:
    overlay = approved(course, "En Colombie-Britannique.", language="fr")
    release(course)
    enrolled(course, worker)
    sign_in_with_pin(client, worker)
    shown = facts_page(client, course)
    assert "Not yet in English: shown in French." in shown
    assert '<div lang="fr" dir="ltr">' in shown
    approve(written(course, overlay=overlay))
    release_course(course=course, severity="none", by=None, at=RELEASED_AT)
    assert LAW in str(FrozenOverlay.objects.latest("pk").content["texts"]["en"])
    assert set(FrozenOverlay.objects.latest("pk").content["texts"]) == {"en", "fr"}


def test_what_a_completion_saw_is_provable_after_the_part_is_gone(
    client: Client, course: Course, worker: Membership
) -> None:
    overlay = approved(course)
    approved(course, "In Alberta.", place="ca-ab")
    release(course)
    enrolment = enrolled(course, worker)
    sign_in_with_pin(client, worker)
    do_lessons(client, enrolment)
    withdraw_overlay(overlay=overlay, by=None, at=STARTED_AT)
    assert LAW not in facts_page(client, course)
    [seen] = selectors.overlays_seen(enrolment)
    assert seen.overlay == overlay
    assert LAW in str(seen.content)
    done = LearningEvent.objects.get(enrolment=enrolment, verb="lesson_completed", lesson_code="facts")
    assert done.data["overlays"] == [seen.digest]
    elsewhere = LearningEvent.objects.get(enrolment=enrolment, verb="lesson_completed", lesson_code="act")
    assert "overlays" not in elsewhere.data


def test_part_stays_as_it_was_frozen_until_the_next_release(client: Client, course: Course, worker: Membership) -> None:
    overlay = approved(course)
    release(course)
    enrolled(course, worker)
    sign_in_with_pin(client, worker)
    written(course, "New words.", overlay=overlay)
    assert LAW in facts_page(client, course)
    approve(overlay)
    assert not is_released(page=course.pages.get())
    release_course(course=course, severity="none", by=None, at=RELEASED_AT)
    assert LAW in facts_page(client, course)  # who has started stays on their edition
    newcomer = signed_in(client, learner_at_work())
    enrolled(course, newcomer)
    assert "New words." in facts_page(client, course)


def change_base(course: Course) -> None:
    page = LessonPage.objects.get(lesson__course=course, lesson__code="facts")
    page.body[0].value["heading"] = "Another idea"
    publish(page)


def test_part_whose_base_changed_is_stale_and_left_out_until_somebody_looks(course: Course) -> None:
    overlay = approved(course)
    release(course)
    change_base(course)
    [forecast] = forecast_release(course=course, at=RELEASED_AT)
    assert forecast.left_out == (overlay,)
    release(course)
    overlay.refresh_from_db()
    assert overlay.state == "stale"
    assert "overlays" not in texts_of(course)[1]
    approve(overlay)
    add_text(edition=course.editions.get(number=2), language="en", by=None, at=RELEASED_AT)
    assert texts_of(course)[2]["overlays"] == [FrozenOverlay.objects.latest("pk").digest]


def test_minor_change_of_the_base_leaves_a_part_fitting(course: Course) -> None:
    overlay = approved(course)
    release(course)
    change_base(course)
    release(course, change=ChangeKind.MINOR)
    overlay.refresh_from_db()
    assert overlay.state == "approved"
    assert len(texts_of(course)[1]["overlays"]) == 1
    assert [forecast.left_out for forecast in forecast_release(course=course, at=RELEASED_AT)] == [()]


def faults_of(call: Any) -> list[str]:
    with pytest.raises(OverlayRefused) as refused:
        call()
    return [str(fault) for fault, _detail in refused.value.faults]


def test_bad_parts_are_refused_and_nothing_is_kept(course: Course, worker: Membership) -> None:
    about = {"place": "", "organisation": worker.organisation, "act": "instead"}
    legal = ClaimFactory(kind=Claim.Kind.LEGAL)
    page = LessonPage.objects.get(lesson__course=course, lesson__code="act")
    page.body[0].value["claims"] = [legal]
    publish(page)
    for changes, found in (
        ({"anchor": block_of(course, "help_now"), **about}, Fault.HIDES_HELP),
        ({"lesson": "act", "anchor": block_of(course, "text", "act"), **about}, Fault.HIDES_LAW),
        ({"owner": None}, Fault.NO_OWNER),
        ({"review_by": None}, Fault.NO_REVIEW),
        ({"review_by": date(2026, 2, 28)}, Fault.REVIEW_PAST),
        ({"place": "ca-xx"}, Fault.UNKNOWN_PLACE),
        ({"place": "ca-bc-north"}, Fault.UNKNOWN_PLACE),
        ({"place": ""}, Fault.NO_REACH),
        ({"anchor": "gone"}, Fault.BASE_GONE),
        ({"body": OverlayBody().to_python([])}, Fault.EMPTY),
    ):
        assert faults_of(lambda changes=changes: written(course, **changes)) == [found]
    assert not Overlay.objects.exists()
    Region.objects.create(code="ca-bc-north", name="Northern BC")
    assert written(course, place="ca-bc-north").state == "draft"


def test_organisation_has_no_part_in_an_open_course(worker: Membership) -> None:
    open_course = course_with_pages(tier=Course.Tier.OPEN)
    assert faults_of(lambda: written(open_course, organisation=worker.organisation)) == [Fault.OPEN_COURSE]


def test_harm_doubtful_facts_and_a_day_that_passed_keep_a_part_from_being_approved(course: Course) -> None:
    claim = ClaimFactory()
    doubtful = written(course, body=body("A figure.", claims=[claim.pk]))
    withdraw_claim(claim=claim, why="It was wrong.", by=None, at=RELEASED_AT)
    assert faults_of(lambda: approve(doubtful)) == [Fault.CLAIM]
    harmful = written(course, "Look for foreign-looking women who wear little.")
    assert Fault.HARM in faults_of(lambda: approve(harmful))
    late = written(course)
    on = late.review_by + timedelta(days=1)
    assert faults_of(lambda: approve_overlay(overlay=late, by=None, at=RELEASED_AT, on=on)) == [Fault.REVIEW_PAST]


def test_what_its_owner_took_back_and_law_past_its_review_are_released_in_no_part(course: Course) -> None:
    told = "She kept the key of the pantry and counted every loaf of bread."
    lesson_page(course.pages.get(), "story", body=[("text", {"heading": "", "text": f"<p>{told}</p>"})])
    release(course)
    approved(course, told, title="Bread")
    law = ClaimFactory(kind=Claim.Kind.LEGAL, review_by=date(2026, 3, 31))
    approved(course, body=body(LAW, claims=[law.pk]))
    mine, heron, _token = nation()
    take_back(owned=owned(course, mine, "lesson", "story"), by=heron, at=STARTED_AT)
    LessonPage.objects.get(lesson__code="story").unpublish()
    with pytest.raises(ReleaseRefused) as refused:
        release(course, RELEASED_AT + timedelta(days=40))
    assert {(each.fault, each.lesson, each.detail) for each in refused.value.problems} == {
        (ReleaseFault.WITHDRAWN, "facts", "Bread – story"),
        (ReleaseFault.CLAIM, "facts", law.code),
    }
    again = written(course, told)
    assert faults_of(lambda: approve(again)) == [Fault.WITHDRAWN]


def test_withdrawn_claim_takes_the_block_of_a_frozen_part_away(
    client: Client, course: Course, worker: Membership
) -> None:
    claim = ClaimFactory()
    approved(course, body=body(LAW, claims=[claim.pk]))
    release(course)
    enrolled(course, worker)
    sign_in_with_pin(client, worker)
    assert LAW in facts_page(client, course)
    withdraw_claim(claim=claim, why="It was repealed.", by=None, at=STARTED_AT)
    shown = facts_page(client, course)
    assert LAW not in shown
    assert "It was repealed." in shown


def sha256_of(image: Image) -> str:
    with image.file.open() as file:
        return hashlib.sha256(file.read()).hexdigest()


def door_in(language: str, alt: str, door: Image) -> dict[str, Any]:
    value = {"image": door.pk, "alt": alt, "caption": ""}
    return {"language": language, "body": OverlayBody().to_python([{"type": "image", "id": "o-door", "value": value}])}


def test_picture_of_a_part_needs_an_approval_and_words_in_each_language(
    client: Client, course: Course, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    door = Image.objects.create(title="A door", file=get_test_image_file("door.png", size=(40, 30)))
    overlay = written(course, **door_in("en", "The side door", door))
    written(course, overlay=overlay, **door_in("fr", "The side door", door))
    with pytest.raises(OverlayRefused) as refused:
        approve(overlay)
    assert refused.value.faults == (
        (Fault.PICTURE, "The side door"),
        (Fault.PICTURE_WORDS, "The side door"),
    )
    user = editor(client, "publisher")
    pictures = reverse("courses_admin:pictures", args=[course.pk])
    assert "The side door" in client.get(pictures).content.decode()
    client.post(pictures, {"approve": sha256_of(door)})
    assert PictureApproval.objects.get().approved_by == user
    written(course, overlay=overlay, **door_in("fr", "La porte de côté", door))
    approve(overlay)
    take_approval_back(course=course, sha256=sha256_of(door), by=None)
    with pytest.raises(ReleaseRefused) as unreleased:
        release(course)
    assert {each.fault for each in unreleased.value.problems} == {ReleaseFault.PICTURE}


def test_photo_of_a_withdrawn_part_is_not_sent(client: Client, course: Course, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    door = Image.objects.create(title="A door", file=get_test_image_file("door.png", size=(40, 30)))
    value = {"image": door.pk, "alt": "The side door", "caption": ""}
    overlay = written(course, body=OverlayBody().to_python([{"type": "image", "id": "o-image", "value": value}]))
    approve_picture(course=course, sha256=sha256_of(door), by=None, at=RELEASED_AT)
    approve(overlay)
    release(course)
    [sha256] = FrozenOverlay.objects.get().content["media"]
    address = reverse("courses:frozen_media", args=[sha256])
    assert b"".join(client.get(address))
    withdraw_overlay(overlay=overlay, by=None, at=STARTED_AT)
    assert client.get(address).status_code == 404


def test_part_for_words_still_to_come_waits_while_a_language_is_added() -> None:
    course = course_with_pages(final_quiz=None)
    release(course)
    change_base(course)
    overlay = approved(course)
    parent = course_page(course, "fr")
    for page in LessonPage.objects.filter(lesson__course=course, locale__language_code="en").order_by("path"):
        lesson_page(parent, page.lesson.code)
    edition = course.editions.get()
    assert "overlays" not in add_text(edition=edition, language="fr", by=None, at=RELEASED_AT).snapshot
    overlay.refresh_from_db()
    assert overlay.state == "approved"


def test_withdrawn_part_is_withdrawn_for_good(course: Course) -> None:
    overlay = withdraw_overlay(overlay=approved(course), by=None, at=RELEASED_AT)
    assert withdraw_overlay(overlay=overlay, by=None, at=STARTED_AT).stated_at == RELEASED_AT
    with pytest.raises(OverlayWithdrawn):
        approve(overlay)
    with pytest.raises(OverlayWithdrawn):
        written(course, overlay=overlay)


def test_what_is_made_for_everybody_carries_no_local_part(course: Course, worker: Membership) -> None:
    approved(course, OURS, organisation=worker.organisation)
    approved(course)
    release(course)
    [text] = EditionText.objects.filter(edition__course=course)
    material = material_of(text)
    assert OURS not in str(material.snapshot)
    assert LAW not in str(material.snapshot)


def test_sheet_of_a_site_prints_its_own_parts_alone(course: Course, worker: Membership) -> None:
    approved(course, OURS, organisation=worker.organisation, place="")
    approved(course, "In Alberta.", place="ca-ab")
    approved(course, "Of somebody else.", place="", organisation=learner_at_work().organisation)
    approved(course, "En français.", language="fr")
    release(course)
    text = EditionText.objects.select_related("edition__course").get(edition__course=course)
    site = worker.employments.get().site
    made = local_sheet(text, site=site, on=date(2026, 3, 2))
    assert made is not None
    said = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(made.pdf)).pages).split())
    for words in ("From your workplace", OURS, "For British Columbia · French", "En français."):
        assert words.replace(" ", "") in said
    for words in ("In Alberta.", "Of somebody else.", "What facts is about"):
        assert words.replace(" ", "") not in said
    far = learner_at_work().employments.get().site
    far.jurisdiction = "ca-on"
    far.save()
    assert local_sheet(text, site=far) is None


def test_a_session_hands_out_the_parts_of_a_site_and_the_record_names_them(
    client: Client, course: Course, worker: Membership, settings: Any
) -> None:
    settings.RENDITIONS = False
    approved(course, OURS, organisation=worker.organisation, place="")
    approved(course, "In Alberta.", place="ca-ab")
    approved(course, "Of somebody else.", place="", organisation=learner_at_work().organisation)
    edition = release(course)
    site = worker.employments.get().site
    far = SiteFactory(organisation=site.organisation, jurisdiction="ca-qc")
    lead = StaffRoleFactory(organisation=site.organisation, kind="facilitator", site=site).user
    about = {"edition": edition, "language": "en", "time_zone": "America/Vancouver", "place": "Staff room"}
    held = hold_session(
        organisation=site.organisation, starts_at=STARTED_AT, minutes=45, facilitator=lead, at=STARTED_AT, **about
    )
    sign_in_personally(client, lead)
    page = reverse("courses:session_files", args=[site.organisation.code, held.code])
    address = reverse("courses:session_local", args=[site.organisation.code, held.code])
    shown = client.get(page).content.decode()
    assert f'<option value="{site.code}">' in shown
    assert f'<option value="{far.code}">' not in shown
    assert [client.post(address, {"site": it}).status_code for it in ("", far.code)] == [404, 404]
    assert Session.objects.get().local_parts == []
    said = "".join(
        it.extract_text() for it in PdfReader(BytesIO(client.post(address, {"site": site.code}).content)).pages
    )
    assert OURS.removesuffix(".") in " ".join(said.split())
    assert "Of somebody else." not in said
    held = Session.objects.get()
    assert held.local_parts == list(
        FrozenOverlay.objects.filter(organisation=site.organisation).values_list("digest", flat=True)
    )
    expect(session=held, memberships=[worker], by=lead, at=STARTED_AT)
    mark_attendance(attendance=held.attendances.get(), result="attended", by=lead, at=STARTED_AT)
    count_attendance(session=held, by=lead, at=held.ends_at)
    events = LearningEvent.objects.filter(learner=worker.user).exclude(lesson_code="")
    assert {(it.lesson_code, tuple(it.data.get("overlays", ()))) for it in events} == {
        (lesson["code"], tuple(held.local_parts) if lesson["code"] == "facts" else ())
        for lesson in texts_of(course)[0]["lessons"]
    }
    stranger = StaffRoleFactory(organisation=site.organisation, kind="facilitator").user
    sign_in_personally(client, stranger)
    assert client.post(address, {"site": site.code}).status_code == 404


def test_lesson_with_parts_costs_three_queries_more_however_many_there_are(
    client: Client, course: Course, worker: Membership
) -> None:
    release(course)
    plain = learner_at_work()
    enrolled(course, plain)
    sign_in_with_pin(client, plain)
    url = reverse("courses:lesson", args=[course.slug, "facts"])
    facts_page(client, course)
    without = queries_of(client, url)
    for number in range(3):
        approved(course, f"{number} more.")
    approved(course, OURS, organisation=worker.organisation, place="")
    release_course(course=course, severity="none", by=None, at=RELEASED_AT)
    enrolled(course, worker)
    sign_in_with_pin(client, worker)
    facts_page(client, course)
    assert queries_of(client, url) == without + 3


# Pages of the CMS.


def editor(client: Client, group: str) -> User:
    user = UserFactory(email=f"{group}@example.org")
    user.groups.add(Group.objects.get(name=group))
    sign_in_personally(client, user)
    return user


# As the editor of rich text sends it.
DRAFT_PARAGRAPH = {
    "key": "a",
    "text": LAW,
    "type": "unstyled",
    "depth": 0,
    "inlineStyleRanges": [],
    "entityRanges": [],
    "data": {},
}


def form_of(course: Course, user: User, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Wages",
        "spot": f"facts:{block_of(course, 'text')}",
        "act": "after",
        "place": "ca-bc",
        "owner": user.pk,
        "review_by": "2027-03-01",
        "body-count": "1",
        "body-0-type": "text",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value-heading": "",
        "body-0-value-text": json.dumps({"blocks": [DRAFT_PARAGRAPH], "entityMap": {}}),
        "body-0-value-claims-count": "0",
    } | changes


def test_author_writes_publisher_approves_and_both_look_at_it(client: Client, course: Course) -> None:
    author = editor(client, "author")
    write = reverse("courses_admin:write_overlay", args=[course.pk])
    assert client.get(write).status_code == 200
    answer = client.post(write, form_of(course, author))
    overlay = Overlay.objects.get()
    page = reverse("courses_admin:overlay", args=[overlay.pk])
    assert answer.url == page
    assert (overlay.state, overlay.label) == ("draft", "Facts: One idea What facts is about.")
    assert client.post(page, {"act": "approve"}).status_code in (302, 403)
    overlay.refresh_from_db()
    assert overlay.state == "draft"
    preview = client.get(reverse("courses_admin:try_lesson", args=[course.pk, "facts"]) + f"?part={overlay.pk}")
    assert LAW in preview.content.decode()
    editor(client, "publisher")
    client.post(page, {"act": "approve"})
    overlay.refresh_from_db()
    assert overlay.state == "approved"
    assert "Approved" in client.get(page).content.decode()
    assert "Wages" in client.get(reverse("courses_admin:overlays")).content.decode()
    client.post(page, {"act": "withdraw"})
    assert "Wages" not in client.get(reverse("courses_admin:overlays")).content.decode()


def test_form_says_beside_each_field_what_is_wrong(client: Client, course: Course) -> None:
    author = editor(client, "author")
    form = form_of(course, author, place="", owner="", review_by="2020-01-01")
    shown = client.post(reverse("courses_admin:write_overlay", args=[course.pk]), form).context["form"]
    assert shown.errors == {
        "place": ["Say for whom it is: choose a place, a sector or an organisation. What is for all is the course."],
        "owner": ["Choose who looks after it. Nobody would look again."],
        "review_by": ["The day to look again is past. Look at it now, then choose a day that lies ahead."],
    }
    assert not Overlay.objects.exists()


def test_editor_sees_nothing_of_an_organisation_that_is_not_theirs(
    client: Client, course: Course, worker: Membership
) -> None:
    overlay = written(course, OURS, title="Night porter", organisation=worker.organisation)
    pages = [reverse(f"courses_admin:{name}", args=[overlay.pk]) for name in ("overlay", "edit_overlay")]
    preview = reverse("courses_admin:try_lesson", args=[course.pk, "facts"]) + f"?part={overlay.pk}"
    editor(client, "author")
    listed = client.get(reverse("courses_admin:overlays")).content.decode()
    assert "Night porter" not in listed
    assert [client.get(page).status_code for page in [*pages, preview]] == [404, 404, 404]
    form = client.get(reverse("courses_admin:write_overlay", args=[course.pk])).content.decode()
    assert worker.organisation.name not in form
    owner = User.objects.get(email="owner@example.org")
    owner.groups.add(Group.objects.get(name="author"))
    sign_in_personally(client, owner)
    assert [client.get(page).status_code for page in [*pages, preview]] == [200, 200, 200]


def test_words_of_a_withdrawn_block_are_not_shown_beside_a_part(client: Client, course: Course) -> None:
    approved(course)
    release(course)
    editor(client, "publisher")
    listed = reverse("courses_admin:overlays")
    assert "One idea" in client.get(listed).content.decode()
    part = Part("block", block_of(course, "text"))
    about = {"label": "Facts", "reason": "owner", "instead": "", "by": None, "at": STARTED_AT}
    withdraw_part(course=course, part=part, **about)
    assert "One idea" not in client.get(listed).content.decode()


def test_editor_writes_within_their_limits_alone(client: Client, course: Course) -> None:
    author = editor(client, "author")
    EditorLimit.objects.create(user=author, kind=EditorLimit.Kind.SECTOR, value="elsewhere")
    write = reverse("courses_admin:write_overlay", args=[course.pk])
    assert client.post(write, form_of(course, author)).status_code == 403
    assert not Overlay.objects.exists()


def test_late_parts_are_listed_to_their_owner(client: Client, course: Course) -> None:
    author = editor(client, "author")
    late = written(course, title="Late one", owner=author)
    Overlay.objects.filter(pk=late.pk).update(review_by=date(2026, 2, 1))
    written(course, title="Of somebody else")
    shown = client.get(reverse("courses_admin:overlays") + "?mine=1").content.decode()
    assert "1 that you look after is past its review." in shown
    assert "Late one" in shown
    assert "Of somebody else" not in shown


def test_owner_hears_of_a_part_that_is_due_and_of_one_whose_spot_was_changed(course: Course) -> None:
    overlay = approved(course)
    due = date(2027, 3, 1) - timedelta(days=30)
    assert remind_owners(on=due - timedelta(days=1), at=RELEASED_AT) == 0
    assert remind_owners(on=due, at=RELEASED_AT) == 1
    assert remind_owners(on=due + timedelta(days=1), at=RELEASED_AT) == 0
    release(course)
    change_base(course)
    release(course)
    assert remind_owners(on=due + timedelta(days=1), at=RELEASED_AT) == 1
    outbox.deliver_due(at=RELEASED_AT, limit=10)
    _first, second = [each for each in mail.outbox if each.subject == "Something to look at again"]
    address = f"http://testserver{reverse('courses_admin:overlay', args=[overlay.pk])}"
    assert second.to == ["owner@example.org"]
    assert f"2027-03-01  Wages  The course changed here  {address}" in second.body
    withdraw_overlay(overlay=overlay, by=None, at=RELEASED_AT)
    assert remind_owners(on=date(2027, 3, 1), at=RELEASED_AT) == 0


def test_parts_are_rows_of_the_matrix_for_who_may_see_them(
    client: Client, course: Course, worker: Membership, django_assert_num_queries: Any
) -> None:
    law = written(course)
    written(course, overlay=law, language="fr", body=body("Le bureau répond."))
    approve(law)
    ours = written(course, OURS, title="Night porter", place="", organisation=worker.organisation)
    on = date(2027, 3, 2)

    def rows(reader: User | None) -> dict[str, Any]:
        found = full_matrix(languages=["fr", "es"], on=on, reader=reader, kind="local")
        return {row.code: (row.title, row.segments, [cell.state for cell in row.cells.values()]) for row in found.rows}

    law_row = {f"local:{course.code}/{law.pk}": ("Wages", 1, ["review_overdue", "untranslated"])}
    with django_assert_num_queries(4):
        everything = rows(None)
    assert everything == law_row | {
        f"local:{course.code}/{ours.pk}": ("Night porter", 1, ["untranslated", "untranslated"])
    }
    assert rows(editor(client, "author")) == law_row
    shown = client.get(reverse("translations_admin:matrix"), {"group": f"course:{course.code}"}).content.decode()
    assert "Wages" in shown
    assert '<option value="local">Local parts</option>' in shown
    assert "Night porter" not in shown
    states = [
        freshness_state(state, is_written=True, review_by=on, on=on).value for state in ("draft", "stale", "approved")
    ]
    assert states == ["in_review", "stale", "current"]


def test_list_costs_the_same_with_one_and_with_three(client: Client, course: Course) -> None:
    editor(client, "publisher")
    written(course)
    url = reverse("courses_admin:overlays")
    client.get(url)
    one = queries_of(client, url)
    for number in range(2):
        written(course, title=f"Number {number}")
    assert queries_of(client, url) == one
