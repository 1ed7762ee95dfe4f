"""Learning as services do it: enrol, record, complete, merge, rebuild."""

import uuid
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Attempt
from assessments.services import save_answer, start_attempt, submit_attempt
from courses import selectors, services
from courses.exceptions import (
    ClaimedInFuture,
    ForeignAttempt,
    ForeignEnrolment,
    ForeignMembership,
    ForeignText,
    NotEnrollable,
    NotReleased,
    TooManyEvents,
    UnknownLesson,
    UnknownRendition,
    UnknownVerb,
)
from courses.fold import Fold, minutes
from courses.models import Completion, Course, EditionText, Enrolment, LearningEvent
from courses.services import learning
from courses.signals import course_completed
from people.faults import FaultInjected, forget_passes
from people.signals import users_merged
from tests.factories.courses import (
    STARTED_AT,
    course_with_pages,
    enrolled,
    learner_at_work,
    release,
    released_course,
)
from tests.factories.people import EmploymentFactory, MembershipFactory, SiteFactory, UserFactory
from tests.learning import right_response

pytestmark = pytest.mark.django_db


def after(minutes: float) -> datetime:
    return STARTED_AT + timedelta(minutes=minutes)


def text_of(enrolment: Enrolment) -> EditionText:
    text = selectors.text_for(enrolment, "en")
    assert text is not None
    return text


def record(enrolment: Enrolment, minute: float = 1, **fields: Any) -> LearningEvent:
    values: dict[str, Any] = {
        "enrolment": enrolment,
        "uuid": uuid.uuid4(),
        "verb": "viewed",
        "edition_text": text_of(enrolment),
        "lesson_code": "facts",
        "language": "en",
        "claimed_at": after(minute),
        "received_at": after(minute),
    }
    return services.record_event(**{**values, **fields})


def finish_lessons(enrolment: Enrolment, *minutes: float) -> Completion | None:
    completion = None
    for code, minute in zip(("facts", "act"), minutes, strict=True):
        completion = services.complete_lesson(
            enrolment=enrolment, edition_text=text_of(enrolment), lesson_code=code, language="en", at=after(minute)
        )
    return completion


def hand_in(enrolment: Enrolment, minute: float, *, right: bool = True) -> Attempt:
    text = text_of(enrolment)
    attempt = start_attempt(
        learner=enrolment.learner,
        quiz=text.snapshot["quiz"],
        context=selectors.attempt_context(enrolment),
        language="en",
        at=after(minute),
    )
    for question in attempt.paper["questions"] if right else ():
        save_answer(attempt=attempt, question_key=question["key"], response=right_response(question), at=after(minute))
    return submit_attempt(attempt=attempt, at=after(minute))


def pass_quiz(enrolment: Enrolment, minute: float) -> Completion | None:
    attempt = hand_in(enrolment, minute)
    return services.record_quiz(enrolment=enrolment, attempt=attempt, edition_text=text_of(enrolment), at=after(minute))


class TestEnrol:
    def test_pins_the_newest_edition(self) -> None:
        course = released_course()
        enrolment = enrolled(course)
        assert (enrolment.number, enrolment.edition.number, enrolment.opened_at) == (1, 1, STARTED_AT)
        [event] = enrolment.events.all()
        assert (event.verb, event.language, event.origin) == ("enrolled", "en", "server")
        assert Fold.from_json(enrolment.fold).instants == frozenset({STARTED_AT})

    def test_twice_gives_the_open_one(self) -> None:
        course, membership = released_course(), learner_at_work()
        assert enrolled(course, membership) == enrolled(course, membership)
        assert LearningEvent.objects.count() == 1

    def test_after_a_completion_has_the_next_number_and_edition(self) -> None:
        course = released_course()
        membership = learner_at_work()
        first = enrolled(course, membership)
        finish_lessons(first, 5, 10)
        assert pass_quiz(first, 15)
        page = course.pages.get().specific
        page.title = "Safe and fair work, revised"
        page.save_revision().publish()
        release(course, at=after(30))
        second = enrolled(course, membership)
        assert (second.number, second.edition.number) == (2, 2)
        assert second.fold != first.fold

    def test_same_course_for_two_workplaces_is_two_enrolments(self) -> None:
        course, membership = released_course(), learner_at_work()
        other = MembershipFactory(user=membership.user)
        own = enrolled(course, learner=membership.user)
        assert len({enrolled(course, membership).pk, enrolled(course, other).pk, own.pk}) == 3
        assert own.membership is None

    @pytest.mark.parametrize("tier", ["open", "vetted"])
    def test_refuses_courses_without_a_record_of_learners(self, tier: str) -> None:
        course = released_course(tier=tier)
        with pytest.raises(NotEnrollable) as refused:
            enrolled(course)
        assert refused.value.tier == tier
        assert not Enrolment.objects.exists()

    def test_refuses_a_course_never_released(self) -> None:
        with pytest.raises(NotReleased):
            enrolled(course_with_pages())

    def test_refuses_a_membership_of_somebody_else(self) -> None:
        with pytest.raises(ForeignMembership):
            services.enrol(
                learner=UserFactory(),
                membership=learner_at_work(),
                course=released_course(),
                at=STARTED_AT,
                language="en",
            )


class TestRecordEvent:
    def test_keeps_claimed_and_received(self) -> None:
        enrolment = enrolled(released_course())
        event = record(enrolment, claimed_at=after(3), received_at=after(90), origin="offline")
        event.refresh_from_db()
        assert (event.claimed_at, event.received_at) == (after(3), after(90))
        assert Fold.from_json(enrolment.fold).viewed == {"facts": after(3)}

    def test_again_changes_nothing(self) -> None:
        enrolment = enrolled(released_course())
        first = record(enrolment, 3)
        kept = enrolment.fold
        again = record(enrolment, uuid=first.uuid, lesson_code="act", claimed_at=after(4), received_at=after(9))
        assert again == first
        assert enrolment.fold == kept
        assert enrolment.events.count() == 2

    def test_earlier_receipt_wins_whenever_it_arrives(self) -> None:
        enrolment = enrolled(released_course())
        late = record(enrolment, uuid=uuid.UUID(int=7), claimed_at=after(9), received_at=after(20))
        early = record(enrolment, uuid=uuid.UUID(int=7), lesson_code="act", claimed_at=after(2), received_at=after(5))
        assert early.pk == late.pk
        assert Fold.from_json(enrolment.fold).viewed == {"act": after(2)}
        assert services.refold(enrolment=enrolment, check=True)

    def test_same_id_of_two_learners_is_two_events(self) -> None:
        course = released_course()
        one, other = enrolled(course), enrolled(course)
        record(one, uuid=uuid.UUID(int=7))
        record(other, uuid=uuid.UUID(int=7))
        assert LearningEvent.objects.filter(uuid=uuid.UUID(int=7)).count() == 2

    def test_refuses_the_enrolment_of_somebody_else(self) -> None:
        enrolment = enrolled(released_course())
        with pytest.raises(ForeignEnrolment):
            record(enrolment, learner=UserFactory())
        assert enrolment.events.count() == 1

    def test_refuses_an_id_used_in_another_enrolment(self) -> None:
        membership = learner_at_work()
        one, other = enrolled(released_course(), membership), enrolled(released_course(), membership)
        record(one, uuid=uuid.UUID(int=7))
        with pytest.raises(ForeignEnrolment):
            record(other, uuid=uuid.UUID(int=7), received_at=after(0.5), claimed_at=after(0.5))
        assert Fold.from_json(other.fold).viewed == {}

    def test_refuses_the_text_of_another_edition(self) -> None:
        enrolment, other = enrolled(released_course()), enrolled(released_course())
        with pytest.raises(ForeignText) as refused:
            record(enrolment, edition_text=text_of(other))
        assert refused.value.digest == text_of(other).digest

    @pytest.mark.parametrize(
        ("verb", "lesson"), [("viewed", "nowhere"), ("lesson_completed", ""), ("started", "nowhere")]
    )
    def test_refuses_a_lesson_that_is_not_in_the_edition(self, verb: str, lesson: str) -> None:
        enrolment = enrolled(released_course())
        with pytest.raises(UnknownLesson):
            record(enrolment, verb=verb, lesson_code=lesson)

    @pytest.mark.parametrize("verb", ["sat", "", "quiz_graded", "course_completed", "enrolled"])
    def test_refuses_verbs_that_only_the_server_says(self, verb: str) -> None:
        enrolment = enrolled(released_course())
        with pytest.raises(UnknownVerb):
            record(enrolment, verb=verb, data={"attempt": "x", "passed": True})
        assert enrolment.events.count() == 1

    def test_refuses_an_unknown_rendition(self) -> None:
        with pytest.raises(UnknownRendition):
            record(enrolled(released_course()), rendition="smell")

    def test_refuses_a_claim_from_the_future(self) -> None:
        enrolment = enrolled(released_course())
        with pytest.raises(ClaimedInFuture):
            record(enrolment, claimed_at=after(20), received_at=after(14))
        record(enrolment, claimed_at=after(19), received_at=after(14))
        assert Fold.from_json(enrolment.fold).viewed == {"facts": after(14)}

    def test_claim_before_enrolment_counts_at_receipt_and_is_marked(self) -> None:
        enrolment = enrolled(released_course())
        record(enrolment, claimed_at=after(-60), received_at=after(9))
        fold = Fold.from_json(enrolment.fold)
        assert (fold.viewed, fold.needs_review) == ({"facts": after(9)}, True)

    def test_device_with_a_wrong_clock_is_not_believed(self) -> None:
        enrolment = enrolled(released_course())
        record(enrolment, claimed_at=after(3), received_at=after(9), clock_skew=timedelta(hours=-1))
        fold = Fold.from_json(enrolment.fold)
        assert (fold.viewed, fold.needs_review) == ({"facts": after(9)}, True)
        assert services.refold(enrolment=enrolment, check=True)

    def test_data_of_a_browser_is_not_kept(self) -> None:
        event = record(enrolled(released_course()), data={"passed": True, "reflection": "my words"})
        assert event.data == {}

    def test_refuses_more_than_anybody_could_need(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(learning, "MOST_INSTANTS", 2)
        enrolment = enrolled(released_course())
        record(enrolment, 1)
        with pytest.raises(TooManyEvents):
            record(enrolment, 2)

    def test_queries_stay_few(self, django_assert_num_queries: Any) -> None:
        enrolment = enrolled(released_course())
        text = text_of(enrolment)
        with django_assert_num_queries(7):  # four of them begin and end savepoints
            services.record_event(
                enrolment=enrolment,
                uuid=uuid.uuid4(),
                verb="viewed",
                edition_text=text,
                lesson_code="facts",
                language="en",
                claimed_at=after(1),
                received_at=after(1),
            )


class TestComplete:
    def test_last_thing_missing_completes_the_course(self) -> None:
        course = released_course()
        enrolment = enrolled(course)
        assert finish_lessons(enrolment, 5, 10) is None
        completion = pass_quiz(enrolment, 15)
        assert completion is not None
        assert completion.completed_at == after(15)
        assert (completion.minutes, completion.course, completion.membership) == (15, course, enrolment.membership)
        assert (completion.completed_on, completion.time_zone) == (date(2026, 3, 2), "America/Vancouver")
        enrolment.refresh_from_db()
        assert enrolment.completed_at == after(15)
        assert [event.verb for event in enrolment.events.order_by("pk")] == [
            "enrolled", "lesson_completed", "lesson_completed", "quiz_graded", "course_completed",
        ]  # fmt: skip

    def test_lessons_may_come_last(self) -> None:
        enrolment = enrolled(released_course())
        assert pass_quiz(enrolment, 2) is None
        completion = finish_lessons(enrolment, 5, 10)
        assert completion is not None
        assert completion.completed_at == after(10)

    def test_failed_quiz_completes_nothing(self) -> None:
        enrolment = enrolled(released_course())
        finish_lessons(enrolment, 5, 10)
        attempt = hand_in(enrolment, 12, right=False)
        assert (
            services.record_quiz(enrolment=enrolment, attempt=attempt, edition_text=text_of(enrolment), at=after(12))
            is None
        )
        assert selectors.next_step(enrolment, text_of(enrolment).snapshot).kind == "quiz"
        assert pass_quiz(enrolment, 20)

    def test_minutes_are_required(self) -> None:
        enrolment = enrolled(released_course(minimum_minutes=12))
        finish_lessons(enrolment, 3, 6)
        assert pass_quiz(enrolment, 9) is None
        snapshot = text_of(enrolment).snapshot
        assert selectors.next_step(enrolment, snapshot).minutes == 3
        record(enrolment, 12)
        completion = services.complete_if_done(enrolment=enrolment, at=after(12))
        assert completion is not None
        assert (completion.minutes, completion.completed_at) == (12, after(12))

    def test_course_without_a_quiz_is_done_with_its_lessons(self) -> None:
        enrolment = enrolled(released_course(final_quiz=None))
        assert finish_lessons(enrolment, 5, 10)

    def test_again_gives_the_same_completion(self) -> None:
        enrolment = enrolled(released_course())
        finish_lessons(enrolment, 5, 10)
        completion = pass_quiz(enrolment, 15)
        assert services.complete_if_done(enrolment=enrolment, at=after(99)) == completion
        assert finish_lessons(enrolment, 30, 40) == completion
        assert Completion.objects.count() == 1

    def test_date_is_that_of_the_last_required_event_at_the_workplace(self) -> None:
        # 23:50 on 2 March in Vancouver is the 3rd in UTC; the quiz was graded offline and comes a day later.
        enrolment = enrolled(released_course(final_quiz=None))
        night = datetime(2026, 3, 3, 7, 50, tzinfo=UTC)
        record(enrolment, verb="lesson_completed", claimed_at=after(5), received_at=after(5))
        record(
            enrolment,
            verb="lesson_completed",
            lesson_code="act",
            claimed_at=night,
            received_at=night + timedelta(days=1),
        )
        completion = services.complete_if_done(enrolment=enrolment, at=night + timedelta(days=1))
        assert completion is not None
        assert (completion.completed_on, completion.completed_at) == (date(2026, 3, 2), night)
        assert completion.recorded_at == night + timedelta(days=1)

    @pytest.mark.parametrize(
        ("employments", "zone"),
        [
            ([("Asia/Tokyo", date(2026, 1, 1), None)], "Asia/Tokyo"),
            ([("Asia/Tokyo", date(2025, 1, 1), date(2025, 12, 31))], "Asia/Tokyo"),
            (
                [("Asia/Tokyo", date(2025, 1, 1), date(2025, 12, 31)), ("Europe/Oslo", date(2026, 1, 1), None)],
                "Europe/Oslo",
            ),
            ([("Asia/Tokyo", date(2027, 1, 1), None)], "America/Toronto"),
            ([], "America/Toronto"),
        ],
    )
    def test_zone_is_that_of_the_site_on_that_day(self, employments: Any, zone: str) -> None:
        membership = MembershipFactory(organisation__time_zone="America/Toronto")
        for time_zone, starts_on, ends_on in employments:
            site = SiteFactory(organisation=membership.organisation, time_zone=time_zone)
            EmploymentFactory(membership=membership, site=site, starts_on=starts_on, ends_on=ends_on)
        enrolment = enrolled(released_course(), membership)
        assert selectors.zone_of(enrolment, after(5)) == zone

    def test_own_enrolment_counts_in_the_sites_zone_or_the_one_given(self) -> None:
        enrolment = enrolled(released_course(final_quiz=None), learner=UserFactory())
        completion = finish_lessons(enrolment, 5, 10)
        assert completion is not None
        assert completion.time_zone == "UTC"

    def test_signal_is_sent_once_with_the_completion(self) -> None:
        heard = []

        def hear(completion: Completion, **_: object) -> None:
            heard.append((completion, completion.enrolment.completed_at))

        course_completed.connect(hear)
        try:
            enrolment = enrolled(released_course(final_quiz=None))
            completion = finish_lessons(enrolment, 5, 10)
            finish_lessons(enrolment, 15, 20)
        finally:
            course_completed.disconnect(hear)
        assert [each for each, _ in heard] == [completion]

    def test_receiver_that_fails_does_not_lose_the_completion(self) -> None:
        def fail(**_: object) -> None:
            UserFactory(email="half-done@example.org")
            raise RuntimeError("nothing works")

        course_completed.connect(fail)
        try:
            completion = finish_lessons(enrolled(released_course(final_quiz=None)), 5, 10)
        finally:
            course_completed.disconnect(fail)
        assert Completion.objects.get() == completion
        assert not type(completion.learner).objects.filter(email="half-done@example.org").exists()  # type: ignore[union-attr]

    @pytest.mark.parametrize("point", ["courses.before_completion", "courses.after_completion"])
    def test_death_at_a_fault_point_leaves_all_or_nothing(self, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
        enrolment = enrolled(released_course(final_quiz=None))
        monkeypatch.setenv("FIELDFARE_FAULT", point)
        monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
        forget_passes()
        with pytest.raises(FaultInjected):
            finish_lessons(enrolment, 5, 10)
        assert not Completion.objects.exists()
        assert list(enrolment.events.filter(verb="lesson_completed").values_list("lesson_code", flat=True)) == ["facts"]
        monkeypatch.delenv("FIELDFARE_FAULT")
        enrolment.refresh_from_db()
        assert services.refold(enrolment=enrolment, check=True)
        assert finish_lessons(enrolment, 5, 10)


class TestRecordQuiz:
    def test_result_is_recorded_once(self) -> None:
        enrolment = enrolled(released_course())
        attempt = hand_in(enrolment, 5)
        for minute in (5, 6):
            services.record_quiz(
                enrolment=enrolment, attempt=attempt, edition_text=text_of(enrolment), at=after(minute)
            )
        [event] = enrolment.events.filter(verb="quiz_graded")
        assert event.data == {"attempt": str(attempt.public_id), "passed": True}
        assert event.claimed_at == after(5)

    def test_refuses_an_attempt_of_another_enrolment(self) -> None:
        course, membership = released_course(), learner_at_work()
        enrolment = enrolled(course, membership)
        other = enrolled(course, MembershipFactory(user=membership.user))
        with pytest.raises(ForeignAttempt):
            services.record_quiz(
                enrolment=enrolment, attempt=hand_in(other, 5), edition_text=text_of(enrolment), at=after(5)
            )

    def test_refuses_an_attempt_of_somebody_else(self) -> None:
        enrolment = enrolled(released_course())
        attempt = hand_in(enrolment, 5)
        attempt.learner = UserFactory()
        with pytest.raises(ForeignAttempt):
            services.record_quiz(enrolment=enrolment, attempt=attempt, edition_text=text_of(enrolment), at=after(5))

    def test_refuses_an_attempt_not_handed_in(self) -> None:
        enrolment = enrolled(released_course())
        text = text_of(enrolment)
        attempt = start_attempt(
            learner=enrolment.learner,
            quiz=text.snapshot["quiz"],
            context=selectors.attempt_context(enrolment),
            language="en",
            at=after(5),
        )
        with pytest.raises(ForeignAttempt):
            services.record_quiz(enrolment=enrolment, attempt=attempt, edition_text=text, at=after(6))


class TestMerge:
    def test_learning_of_the_merged_login_is_the_kept_ones(self) -> None:
        course = released_course(final_quiz=None)
        membership, kept = learner_at_work(), UserFactory()
        enrolment = enrolled(course, membership)
        completion = finish_lessons(enrolment, 5, 10)
        merged = membership.user
        membership.user = kept
        membership.save()
        users_merged.send(sender=None, kept=kept, merged=merged, membership=membership, at=after(99))
        enrolment.refresh_from_db()
        assert enrolment.learner == kept
        assert Completion.objects.get().learner == kept
        assert completion is not None
        assert set(LearningEvent.objects.values_list("learner", flat=True)) == {kept.pk}
        assert services.refold(enrolment=enrolment, check=True)

    def test_same_event_id_under_both_is_kept_twice(self) -> None:
        course, kept, merged = released_course(), UserFactory(), UserFactory()
        other_course = released_course()
        record(enrolled(course, learner=kept), uuid=uuid.UUID(int=7))
        record(enrolled(other_course, learner=merged), uuid=uuid.UUID(int=7))
        services.merge_learners(kept=kept, merged=merged, at=after(99))
        assert LearningEvent.objects.filter(learner=kept, verb="viewed").count() == 2

    def test_two_completed_ones_take_the_next_number(self) -> None:
        course, kept, merged = released_course(final_quiz=None), UserFactory(), UserFactory()
        for learner in (kept, merged):
            finish_lessons(enrolled(course, learner=learner), 5, 10)
        services.merge_learners(kept=kept, merged=merged, at=after(99))
        assert sorted(Enrolment.objects.filter(learner=kept).values_list("number", flat=True)) == [1, 2]
        assert Completion.objects.filter(learner=kept).count() == 2

    @pytest.mark.parametrize("kept_is_older", [True, False])
    def test_two_open_ones_become_the_older_and_may_complete(self, kept_is_older: bool) -> None:
        course, kept, merged = released_course(final_quiz=None), UserFactory(), UserFactory()
        learners = (kept, merged) if kept_is_older else (merged, kept)
        for minute, (learner, lesson) in enumerate(zip(learners, ("facts", "act"), strict=True)):
            enrolment = services.enrol(learner=learner, membership=None, course=course, at=after(minute), language="en")
            record(enrolment, 5 + minute, verb="lesson_completed", lesson_code=lesson)
        services.merge_learners(kept=kept, merged=merged, at=after(99))
        [enrolment] = Enrolment.objects.all()
        assert (enrolment.learner, enrolment.number, enrolment.opened_at) == (kept, 1, STARTED_AT)
        assert enrolment.completed_at == after(6)
        assert minutes(Fold.from_json(enrolment.fold)) == 6
        assert Completion.objects.get().learner == kept


class TestRebuildFolds:
    def test_check_finds_a_fold_that_differs_and_writes_nothing(self) -> None:
        enrolment = enrolled(released_course())
        call_command("rebuild_folds", check=True, stdout=StringIO())
        Enrolment.objects.update(fold={})
        out = StringIO()
        with pytest.raises(CommandError):
            call_command("rebuild_folds", check=True, stdout=out)
        assert out.getvalue() == f"{enrolment.public_id} differs\n1 folds, 1 different\n"
        assert Enrolment.objects.get().fold == {}

    def test_rebuilds(self) -> None:
        enrolment = enrolled(released_course())
        record(enrolment, 3)
        Enrolment.objects.update(fold={})
        call_command("rebuild_folds", stdout=StringIO())
        assert Enrolment.objects.get().fold == enrolment.fold
        call_command("rebuild_folds", check=True, stdout=StringIO())


class TestTexts:
    def test_current_text_falls_back_to_the_nearest_language(self) -> None:
        course = released_course()
        for language in ("en", "en-ca", "pa", ""):
            text = selectors.current_text(course, language)
            assert text is not None
            assert text.language == "en"
        assert (
            selectors.current_text(
                Course.objects.create(code="x", slug="x", sector=course.sector, tier="recorded", minutes=1), "en"
            )
            is None
        )

    @pytest.mark.parametrize(
        ("asked", "available", "given"),
        [
            ("fr-ca", ["en", "fr", "fr-ca"], "fr-ca"),
            ("fr-ca", ["en", "fr"], "fr"),
            ("pa", ["en", "fr"], "en"),
            ("pa", ["fr", "ar"], "ar"),
            ("zh-hant", ["en", "zh-hans"], "zh-hans"),
            ("zh-hant", ["en", "zh-hans", "zh-hant"], "zh-hant"),
            ("pa", [], None),
        ],
    )
    def test_nearest_language(self, asked: str, available: list[str], given: str | None) -> None:
        assert selectors.nearest_language(asked, available) == given

    def test_text_is_the_newest_revision_of_the_nearest_language(self) -> None:
        course = released_course()
        edition = course.editions.get()
        [english] = edition.texts.all()
        for language, revision in (("fr", 1), ("fr", 2), ("ar", 1)):
            EditionText.objects.create(
                edition=edition,
                language=language,
                revision=revision,
                digest=f"{language}{revision}",
                snapshot=english.snapshot,
                frozen_at=english.frozen_at,
            )
        found = {}
        for asked in ("fr-ca", "fr", "ar", "pa", "en"):
            texts = [selectors.current_text(course, asked), selectors.edition_text(edition, asked)]
            assert texts[0] == texts[1]
            found[asked] = (texts[0].language, texts[0].revision) if texts[0] else None
        assert found == {"fr-ca": ("fr", 2), "fr": ("fr", 2), "ar": ("ar", 1), "pa": ("en", 1), "en": ("en", 1)}

    def test_text_takes_one_query(self, django_assert_num_queries: Any) -> None:
        course = released_course()
        with django_assert_num_queries(1):
            text = selectors.current_text(course, "en")
            assert text is not None
            assert text.edition.number == 1

    def test_text_by_digest_finds_only_the_enrolments_own(self) -> None:
        one, other = enrolled(released_course()), enrolled(released_course())
        assert selectors.text_by_digest(one, text_of(one).digest) == text_of(one)
        assert selectors.text_by_digest(one, text_of(other).digest) is None
