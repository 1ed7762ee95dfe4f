"""Sessions in person: lists, attendance, what it counts for, and who sees it."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from certificates.models import Certificate, Certification
from cms import clock
from compliance.models import ObligationSpan
from courses import services
from courses.exceptions import (
    AlreadyCounted,
    HeldBeforeRelease,
    NoSuchLanguage,
    NotAFacilitator,
    NotEnrollable,
    SessionNotOver,
)
from courses.models import Attendance, Completion, Course, Edition, Enrolment, LearningEvent, Session
from courses.services import attending
from people.models import Membership, StaffRole, User
from tests.corpus.workbooks import xlsx
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY, Workplace
from tests.factories.people import sign_in_personally, sign_in_with_pin
from tests.people.workbooks.conftest import Hand, counted, said

pytestmark = pytest.mark.django_db

STARTS = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Sunday 1 March 2026, 5 in the afternoon in Vancouver."""
QUIZ = {"code": "quiz", "title": "Quiz", "questions": [], "blueprint": []}


@pytest.fixture
def larch() -> Workplace:
    return factories.workplace()


@pytest.fixture
def certification() -> Certification:
    return factories.training()


@pytest.fixture
def rowan(larch: Workplace) -> User:
    return larch.staff(StaffRole.Kind.FACILITATOR)


@pytest.fixture
def jo(larch: Workplace) -> Membership:
    return larch.employ("Jo Castellan", number="0042")


def held(larch: Workplace, rowan: User, certification: Certification, **said: Any) -> Session:
    edition = Edition.objects.get(course=certification.courses.get())
    told = {
        "organisation": larch.organisation,
        "edition": edition,
        "language": "en",
        "starts_at": STARTS,
        "minutes": 45,
        "time_zone": "America/Vancouver",
        "place": " Staff  room ",
        "facilitator": rowan,
        "at": AT,
    }
    return services.hold_session(**(told | said))


def there(session: Session, member: Membership, result: str = "attended") -> Attendance:
    services.expect(session=session, memberships=[member], by=None, at=AT)
    attendance = Attendance.objects.get(session=session, membership=member)
    services.mark_attendance(attendance=attendance, result=result, by=None, at=AT)
    return attendance


def test_sessions_are_numbered_by_local_date(larch: Workplace, rowan: User, certification: Certification) -> None:
    first, second = held(larch, rowan, certification), held(larch, rowan, certification)
    later = held(larch, rowan, certification, starts_at=STARTS + timedelta(hours=8))
    assert [it.code for it in (first, second, later)] == ["2026-03-01-1", "2026-03-01-2", "2026-03-02-1"]
    assert (first.held_on, first.place) == (date(2026, 3, 1), "Staff room")


def test_what_cannot_be_held(larch: Workplace, rowan: User, certification: Certification) -> None:
    with pytest.raises(NotAFacilitator):
        held(larch, larch.hr, certification)
    with pytest.raises(NotAFacilitator):
        held(factories.workplace("other", "Other"), rowan, certification)
    with pytest.raises(HeldBeforeRelease):
        held(larch, rowan, certification, starts_at=datetime(2025, 1, 5, 18, 0, tzinfo=UTC))
    with pytest.raises(NoSuchLanguage):
        held(larch, rowan, certification, language="pa")
    Course.objects.update(tier=Course.Tier.OPEN)
    with pytest.raises(NotEnrollable):
        held(larch, rowan, certification)
    assert Session.objects.count() == 0


def test_attendance_counts_as_the_course_on_the_day_of_the_session(
    larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    larch.ask(certification, membership=jo)
    session = held(larch, rowan, certification)
    there(session, jo)
    absent = larch.employ("Ama Birch", number="0043")
    there(session, absent, "absent")
    assert Completion.objects.count() == 0
    assert services.count_attendance(session=session, by=rowan, at=AT) == 1
    completion = Completion.objects.get()
    assert (completion.membership, completion.completed_at) == (jo, STARTS + timedelta(minutes=45))
    # Monday in Fort St. John has not begun at a quarter to seven on Sunday evening.
    assert (completion.completed_on, completion.minutes) == (date(2026, 3, 1), 45)
    assert Certificate.objects.get().membership == jo
    assert ObligationSpan.objects.covering(TODAY).get().state == "valid"
    events = LearningEvent.objects.count()
    assert services.count_attendance(session=session, by=rowan, at=AT) == 0
    assert (LearningEvent.objects.count(), Completion.objects.count()) == (events, 1)


def test_a_kill_after_the_first_person_loses_nobody(
    larch: Workplace, rowan: User, certification: Certification, jo: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = held(larch, rowan, certification)
    there(session, jo)
    there(session, larch.employ("Ama Birch", number="0043"))
    real, calls = attending._record, []

    def dies(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        real(*args)

    monkeypatch.setattr(attending, "_record", dies)
    with pytest.raises(SystemExit):
        services.count_attendance(session=session, by=rowan, at=AT)
    assert [it.membership for it in Completion.objects.all()] == [jo]
    monkeypatch.setattr(attending, "_record", real)
    assert services.count_attendance(session=session, by=rowan, at=AT) == 1
    assert Completion.objects.count() == 2


def test_a_quiz_is_passed_there_or_still_to_do(larch: Workplace, rowan: User, jo: Membership) -> None:
    certification = factories.training(quiz=QUIZ)
    session = held(larch, rowan, certification)
    attendance = there(session, jo)
    services.count_attendance(session=session, by=rowan, at=AT)
    enrolment = Enrolment.objects.get()
    assert (enrolment.completed_at, list(enrolment.fold["completed"])) == (None, ["one"])
    services.mark_attendance(attendance=attendance, result="passed", by=rowan, at=AT)
    assert services.count_attendance(session=session, by=rowan, at=AT) == 1
    assert Completion.objects.get().completed_at == STARTS + timedelta(minutes=45)
    assert services.refold(enrolment=Enrolment.objects.get(), check=True)


def test_what_is_counted_only_grows(
    larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    session = held(larch, rowan, certification)
    attendance = there(session, jo)
    services.mark_attendance(attendance=attendance, result="absent", by=rowan, at=AT)
    services.mark_attendance(attendance=attendance, result="attended", by=rowan, at=AT)
    services.count_attendance(session=session, by=rowan, at=AT)
    with pytest.raises(AlreadyCounted):
        services.mark_attendance(attendance=attendance, result="absent", by=rowan, at=AT)
    with pytest.raises(AlreadyCounted):
        services.take_off_list(attendance=attendance)
    assert Attendance.objects.get().result == "attended"


def test_nobody_counts_before_the_end(
    larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    session = held(larch, rowan, certification, starts_at=AT - timedelta(minutes=44))
    there(session, jo)
    with pytest.raises(SessionNotOver):
        services.count_attendance(session=session, by=rowan, at=AT)
    assert services.count_attendance(session=session, by=rowan, at=AT + timedelta(minutes=1)) == 1


def test_who_did_the_course_meanwhile_does_not_begin_again(
    larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    session = held(larch, rowan, certification)
    there(session, jo)
    factories.learn(jo, certification, at=AT)
    assert services.count_attendance(session=session, by=rowan, at=AT) == 1
    assert Enrolment.objects.count() == 1


# --- pages ---


@pytest.fixture
def desk(client: Client, rowan: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    sign_in_personally(client, rowan)
    return client


def test_a_session_from_plan_to_certificate(
    desk: Client, larch: Workplace, certification: Certification, jo: Membership
) -> None:
    assert desk.get("/workplace/", follow=True).redirect_chain[-1][0] == "/sessions/larch/"
    edition = Edition.objects.get().pk
    form = {"edition": edition, "language": "en", "day": "2026-03-01", "begins": "17:00", "minutes": "45"}
    refused = desk.post("/sessions/larch/", form)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["place"])
    answer = desk.post("/sessions/larch/", form | {"place": "Staff room"})
    assert answer.url == "/sessions/larch/2026-03-01-1/"
    page = desk.post(f"{answer.url}add/", {"numbers": "0042, 0999"})
    assert page.status_code == 422
    assert "Nobody here has these numbers: 0999." in page.content.decode()
    attendance = Attendance.objects.get()
    desk.post(answer.url, {f"result-{attendance.pk}": "attended"})
    assert "Count 1 person" in desk.get(answer.url).content.decode()
    desk.post(f"{answer.url}count/")
    assert Certificate.objects.get().membership == jo
    assert "1 of 1" in desk.get("/sessions/larch/").content.decode()
    desk.cookies["language"] = "ar"
    listed, single = (desk.get(it).content.decode() for it in ("/sessions/larch/", answer.url))
    assert listed.count('<bdi lang="en" dir="ltr">') == single.count('<bdi lang="en" dir="ltr">') == 1
    assert f'<option value="{edition}" lang="en" dir="ltr">' in listed
    assert '<html lang="ar" dir="rtl">' in single


def test_sheet_names_people_and_no_topic(
    desk: Client, larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    there(held(larch, rowan, certification), jo)
    answer = desk.get("/sessions/larch/2026-03-01-1/sign-in.pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="sign-in-2026-03-01-1.pdf"'
    reader = PdfReader(BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert reader.metadata is not None
    assert reader.metadata.title == "Sign-in sheet"
    for word in ("Jo Castellan", "0042", "2026-03-01-1", "1 March 2026", "17:00–17:45", "Staff room"):
        assert word in text
    assert factories.NEUTRAL_TITLE not in text


def test_sheet_is_set_for_its_language(
    desk: Client, larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    there(held(larch, rowan, certification), jo)
    desk.cookies["language"] = "zh-hant"
    reader = PdfReader(BytesIO(desk.get("/sessions/larch/2026-03-01-1/sign-in.pdf").content))
    assert reader.trailer["/Root"]["/Lang"] == "zh-TW"


def test_a_facilitator_sees_no_list_but_her_own(
    client: Client, larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    there(held(larch, rowan, certification), jo)
    address = "/sessions/larch/2026-03-01-1/"
    assert client.get(address).url == f"/sign-in/?next={address}"
    for user in (
        larch.staff(StaffRole.Kind.FACILITATOR),
        larch.hr,
        factories.workplace("other", "Other").staff(StaffRole.Kind.FACILITATOR),
    ):
        sign_in_personally(client, user)
        assert [client.get(it).status_code for it in (address, f"{address}sign-in.pdf")] == [404, 404]
        assert [client.post(f"{address}{it}").status_code for it in ("", "add/", "count/")] == [404, 404, 404]
    sign_in_personally(client, rowan)
    assert [client.get(it).status_code for it in ("/workplace/larch/", "/workplace/larch/people/")] == [404, 404]
    sign_in_with_pin(client, jo)
    assert client.get(address).status_code == 404


def test_a_facilitator_of_a_site_adds_nobody_from_elsewhere(
    client: Client, larch: Workplace, certification: Certification, jo: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    local = larch.staff(StaffRole.Kind.FACILITATOR, site=larch.prince)
    held(larch, local, certification)
    factories.workplace("other", "Other").employ("Sam Heron", number="0077")
    sign_in_personally(client, local)
    page = client.post("/sessions/larch/2026-03-01-1/add/", {"numbers": "0042\n0077\n0099"})
    assert "Nobody here has these numbers: 0042, 0077, 0099." in page.content.decode()
    assert Attendance.objects.count() == 0


@pytest.mark.parametrize("people", [1, 3])
def test_pages_ask_the_database_the_same_for_any_number(
    people: int,
    desk: Client,
    larch: Workplace,
    rowan: User,
    certification: Certification,
    django_assert_num_queries: Any,
) -> None:
    for number in range(people):
        session = held(larch, rowan, certification)
        for each in range(people):
            there(session, larch.employ(f"Ama {number}-{each}"))
    desk.get("/sessions/larch/")
    with django_assert_num_queries(LIST_QUERIES):
        desk.get("/sessions/larch/")
    with django_assert_num_queries(PAGE_QUERIES):
        desk.get("/sessions/larch/2026-03-01-1/")


LIST_QUERIES = 13
PAGE_QUERIES = 11


# --- workbooks ---

HEADS = ["session", "employee_number", "attendance"]


def test_attendance_by_workbook(larch: Workplace, rowan: User, certification: Certification, jo: Membership) -> None:
    session = held(larch, rowan, certification)
    other = factories.workplace("other", "Other")
    held(other, other.staff(StaffRole.Kind.FACILITATOR), certification, starts_at=STARTS + timedelta(days=1))
    ama = larch.employ("Ama Birch", number="0043")
    there(session, ama, "passed")
    hand = Hand(larch.organisation)
    kept = hand.bring(
        xlsx(
            HEADS,
            ["2026-03-01-1", "0042", "Was there"],
            ["2026-03-01-1", "0043", "attended"],
            ["2026-03-02-1", "0042", "attended"],
            ["2026-03-01-1", "0999", "attended"],
            ["2026-03-01-1", "42", "attended"],
            ["2026-03-01-1", "0042x", "passed"],
        ),
        "session_attendance",
    )
    assert said(kept) == [
        (4, "session", "unknown_session"),
        (5, "employee_number", "unknown_person"),
        (6, "employee_number", "lost_zeros"),
        (7, "attendance", "not_a_choice"),
    ]
    assert counted(kept) == (1, 0, 1, 0, 4)
    assert Completion.objects.count() == 0
    export = hand.export("session_attendance")
    assert counted(hand.look(export, "session_attendance")) == (0, 0, 2, 0, 0)
    changed = hand.bring(xlsx(HEADS, ["2026-03-01-1", "0042", "absent"]), "session_attendance")
    hand.undo(changed)
    assert Attendance.objects.get(membership=jo).result == "attended"
    hand.undo(kept)
    assert list(Attendance.objects.values_list("membership", "result")) == [(ama.pk, "passed")]


def test_what_counts_is_fixed_for_workbooks_too(
    larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    session, hand = held(larch, rowan, certification), Hand(larch.organisation)
    kept = hand.bring(xlsx(HEADS, ["2026-03-01-1", "0042", "attended"]), "session_attendance")
    services.count_attendance(session=session, by=rowan, at=AT)
    assert said(hand.look(xlsx(HEADS, ["2026-03-01-1", "0042", "absent"]), "session_attendance")) == [
        (2, "attendance", "fixed")
    ]
    assert hand.undo(kept).outcome["left"] == [{"key": "0042", "column": "attendance"}]
    assert Attendance.objects.get().result == "attended"


def test_export_says_no_time_no_language_and_no_result_of_a_quiz(
    larch: Workplace, rowan: User, certification: Certification, jo: Membership
) -> None:
    there(held(larch, rowan, certification), jo, "passed")
    lines = Hand(larch.organisation).export("session_attendance", "csv").getvalue().decode("utf-8-sig").splitlines()
    assert [it for it in lines if it.startswith("2026")] == [
        "2026-03-01-1,0042,Jo Castellan,2026-03-01,Staff room,attended"
    ]
