"""Adjustments: what moves, what never moves, what is refused, and how it is undone."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from certificates.models import Certificate
from compliance import services
from compliance.exceptions import (
    AdjustmentOverlaps,
    AlreadyEnded,
    AlreadySuperseded,
    DatesOutOfOrder,
    DocumentNotAllowed,
    NotATrainer,
    NoticeTooShort,
    ReasonNotAllowed,
)
from compliance.models import Adjustment, AnotherWay, ObligationSpan
from people.models import Membership, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY

pytestmark = pytest.mark.django_db

ALWAYS = date(1, 1, 1)


def spans(member: Membership) -> list[tuple[object, ...]]:
    rows = ObligationSpan.objects.filter(obligation__membership=member, from_on__gt=ALWAYS).order_by("from_on")
    return list(rows.values_list("from_on", "state", "counts_as", "due_on"))


def nothing_to_mend(member: Membership) -> bool:
    return services.check_obligations(memberships=[member.pk], at=AT + timedelta(days=40)) == []


@pytest.fixture
def jo(larch, hospitality) -> Membership:
    member = larch.employ()
    larch.ask(hospitality, membership=member)
    return Membership.objects.select_related("organisation").get(pk=member.pk)


def leave(jo, first=date(2026, 3, 20), last=date(2026, 6, 30), **more):
    return services.record_leave(membership=jo, from_on=first, last_on=last, by=None, at=AT, **more)


def test_leave_moves_the_due_date_to_fourteen_days_after_the_return(jo):
    leave(jo)
    assert spans(jo) == [
        (date(2026, 3, 2), "assigned", "yes", date(2026, 4, 1)),
        (date(2026, 3, 20), "assigned", "apart", date(2026, 7, 15)),
        (date(2026, 7, 1), "assigned", "yes", date(2026, 7, 15)),
        (date(2026, 7, 16), "overdue", "no", date(2026, 7, 15)),
    ]
    assert nothing_to_mend(jo)


def test_leave_without_a_known_end_has_no_due_date_until_the_return_is_recorded(jo):
    away = leave(jo, last=None)
    assert spans(jo)[-1] == (date(2026, 3, 20), "assigned", "apart", None)
    services.change_end(adjustment=away, last_on=date(2026, 4, 30), by=None, at=AT)
    assert spans(jo)[-1] == (date(2026, 5, 16), "overdue", "no", date(2026, 5, 15))


def test_an_extension_moves_the_due_date_and_no_state(jo, hospitality):
    services.grant_extension(
        membership=jo,
        certification=hospitality,
        from_on=TODAY,
        last_on=date(2026, 4, 20),
        reason="no_session",
        by=None,
        at=AT,
    )
    assert spans(jo) == [
        (date(2026, 3, 2), "assigned", "yes", date(2026, 4, 20)),
        (date(2026, 4, 2), "overdue", "yes", date(2026, 4, 20)),
        (date(2026, 4, 21), "overdue", "no", date(2026, 4, 1)),
    ]


def test_a_waiver_exempts_and_is_counted_apart(jo, hospitality):  # R10
    services.grant_waiver(
        membership=jo,
        certification=hospitality,
        from_on=TODAY,
        last_on=date(2026, 12, 31),
        reason="covered",
        document="record",
        document_number="TR-2026/118",
        by=None,
        at=AT,
    )
    assert spans(jo) == [
        (date(2026, 3, 2), "exempt", "apart", None),
        (date(2027, 1, 1), "overdue", "no", date(2026, 4, 1)),
    ]


def test_a_due_date_that_is_set_counts_from_its_own_day_on(jo, hospitality):
    services.set_due_date(
        membership=jo,
        certification=hospitality,
        from_on=date(2026, 3, 10),
        due_on=date(2026, 5, 1),
        reason="records",
        by=None,
        at=AT,
    )
    assert [(it[0], it[1], it[3]) for it in spans(jo)] == [
        (date(2026, 3, 2), "assigned", date(2026, 4, 1)),
        (date(2026, 3, 10), "assigned", date(2026, 5, 1)),
        (date(2026, 5, 2), "overdue", date(2026, 5, 1)),
    ]
    codes = [it["code"] for it in ObligationSpan.objects.get(from_on=date(2026, 3, 10)).reasons]
    assert codes == ["due_set", "requirement"]


@pytest.mark.parametrize(
    ("due_on", "counts"), [(date(2026, 3, 16), date(2026, 3, 16)), (date(2026, 5, 1), date(2026, 4, 1))]
)
def test_an_earlier_due_date_is_never_silently_later(jo, hospitality, due_on, counts):
    services.bring_forward(
        membership=jo,
        certification=hospitality,
        due_on=due_on,
        notice_days=14,
        reason="authority",
        by=None,
        at=AT,
    )
    assert {it[3] for it in spans(jo)} == {counts}


def test_an_earlier_due_date_needs_its_notice(jo, hospitality):  # R13
    with pytest.raises(NoticeTooShort) as refused:
        services.bring_forward(
            membership=jo,
            certification=hospitality,
            due_on=date(2026, 3, 15),
            notice_days=14,
            reason="contract",
            by=None,
            at=AT,
        )
    assert refused.value.earliest_on == date(2026, 3, 16)


def test_undoing_is_one_more_fact_and_may_be_done_once(jo):
    before = spans(jo)
    away = leave(jo)
    undone = services.undo_adjustment(adjustment=away, by=None, at=AT + timedelta(days=1))
    assert spans(jo) == before
    assert (undone.supersedes, undone.reference, Adjustment.objects.count()) == (away, away.reference, 2)
    with pytest.raises(AlreadySuperseded):
        services.undo_adjustment(adjustment=away, by=None, at=AT)
    assert nothing_to_mend(jo)


def test_the_same_again_is_the_same_and_an_overlap_is_refused(jo):
    first = leave(jo)
    assert leave(jo) == first
    with pytest.raises(AdjustmentOverlaps) as refused:
        leave(jo, first=date(2026, 6, 30), last=date(2026, 7, 1))
    assert (refused.value.from_on, refused.value.last_on) == (date(2026, 3, 20), date(2026, 6, 30))
    leave(jo, first=date(2026, 7, 1), last=date(2026, 7, 1))


def test_what_is_refused_where_it_is_entered(jo, hospitality):
    whom = {"membership": jo, "certification": hospitality, "by": None, "at": AT}
    dates = {"from_on": TODAY, "last_on": date(2026, 4, 20)}
    with pytest.raises(DatesOutOfOrder):
        leave(jo, last=date(2026, 3, 19))
    with pytest.raises(ReasonNotAllowed):
        services.grant_extension(**whom, **dates, reason="covered")
    with pytest.raises(ReasonNotAllowed):
        services.grant_waiver(**whom, **dates, reason="medical")
    for paper in (
        {"document": "doctor"},
        {"document": "letter", "document_number": "She said: no"},
        {"document_number": "1"},
    ):
        with pytest.raises(DocumentNotAllowed):
            services.grant_waiver(**whom, **dates, reason="covered", **paper)
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("more", [{"reason": "covered"}, {"document": "letter"}, {"document_number": "7"}])
def test_the_database_too_keeps_leave_to_its_dates(jo, more):
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.create(
            membership=jo, kind="leave", from_on=TODAY, until=date(2026, 4, 1), recorded_at=AT, **more
        )


def test_prior_learning_is_evidence_with_the_period_of_the_policy(jo, hospitality):
    evidence = services.accept_prior_learning(
        membership=jo,
        certification=hospitality,
        issuer="Pine  College",
        title="Guest safety",
        completed_on=date(2025, 9, 1),
        by=None,
        at=AT,
    )
    assert (evidence.issuer, evidence.scope) == ("Pine College", [it.code for it in hospitality.courses.all()])
    assert [(it[0], it[1]) for it in spans(jo)] == [
        (date(2025, 9, 1), "valid"),
        (date(2026, 3, 2), "valid"),
        (date(2028, 6, 1), "renewable"),
        (date(2028, 9, 1), "expired"),
    ]
    services.take_back_prior_learning(evidence=evidence, by=None, at=AT)
    assert [it[1] for it in spans(jo)] == ["assigned", "overdue"]
    assert nothing_to_mend(jo)


def test_prior_learning_never_outlasts_what_its_issuer_printed_and_a_renewal_starts_from_its_end(jo, hospitality):
    services.accept_prior_learning(
        membership=jo,
        certification=hospitality,
        issuer="Pine College",
        title="Guest safety",
        completed_on=date(2025, 9, 1),
        ends_on=date(2026, 3, 31),
        by=None,
        at=AT,
    )
    assert [(it[0], it[1]) for it in spans(jo)] == [
        (date(2025, 9, 1), "valid"),
        (date(2026, 1, 1), "renewable"),
        (date(2026, 3, 2), "renewable"),
        (date(2026, 4, 1), "expired"),
    ]
    factories.learn(jo, hospitality)
    certificate = Certificate.objects.get()
    assert (certificate.valid_from, certificate.last_valid_on) == (date(2026, 4, 1), date(2029, 3, 31))


def test_prior_learning_that_ended_before_it_began_is_refused(jo, hospitality):
    with pytest.raises(AlreadyEnded):
        services.accept_prior_learning(
            membership=jo,
            certification=hospitality,
            issuer="Pine College",
            title="Guest safety",
            completed_on=date(2025, 9, 1),
            ends_on=date(2025, 8, 31),
            by=None,
            at=AT,
        )


def test_an_open_question_never_counts_as_past_due(jo, hospitality):
    services.ask_for_another_way(membership=jo, certification=hospitality, on=date(2026, 3, 30), at=AT)
    assert spans(jo)[-1] == (date(2026, 3, 30), "assigned", "yes", date(2026, 4, 1))
    assert nothing_to_mend(jo)


def test_a_trainer_agrees_another_way_with_a_last_day(jo, larch, hospitality):
    trainer = larch.staff(StaffRole.Kind.TRAINER)
    question = services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT)
    assert services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT) == question
    services.agree_another_way(
        question=question, trainer=trainer, on=date(2026, 3, 5), last_on=date(2026, 5, 31), at=AT + timedelta(days=3)
    )
    assert [(it[0], it[1]) for it in spans(jo)] == [
        (date(2026, 3, 2), "assigned"),
        (date(2026, 3, 5), "assigned"),
        (date(2026, 6, 1), "overdue"),
    ]
    with pytest.raises(AlreadySuperseded):
        services.take_back_question(question=question, on=TODAY, at=AT)


def test_the_manager_agrees_nothing(jo, larch, hospitality):
    question = services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT)
    both = larch.staff(StaffRole.Kind.TRAINER)
    StaffRole.objects.create(user=both, organisation=larch.organisation, kind=StaffRole.Kind.SITE_LEAD)
    elsewhere = factories.workplace("other", "Other").staff(StaffRole.Kind.TRAINER)
    for user in (larch.hr, both, elsewhere):
        with pytest.raises(NotATrainer):
            services.agree_another_way(question=question, trainer=user, on=TODAY, last_on=date(2026, 5, 31), at=AT)
    services.take_back_question(question=question, on=TODAY, at=AT)
    assert [it[1] for it in spans(jo)] == ["assigned", "overdue"]
    assert AnotherWay.objects.count() == 2
