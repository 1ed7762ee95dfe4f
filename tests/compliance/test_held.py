"""A training whose review was taken back is assigned to nobody anew, whatever the door; who has it keeps it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certificates.models import Certification
from compliance import services
from compliance.exceptions import TrainingHeld
from compliance.held_words import held_in_words
from compliance.models import Proposal, Requirement
from compliance.selectors import Choice, held_trainings
from compliance.services import proposals
from courses.models import ReviewDate, ReviewRequest, SignOff
from courses.services import add_reviewer
from courses.sign_offs import Said
from tests.corpus.workbooks import xlsx
from tests.factories.compliance import AT, TODAY, Workplace
from tests.factories.people import StaffRoleFactory, sign_in_personally
from tests.factories.rule_packs import loaded
from tests.people.workbooks.conftest import Hand, said

pytestmark = pytest.mark.django_db

WHY = "cannot be assigned anew at the moment: a reviewer took their agreement back (Survivor, English). Who has it"


def take_back(training: Certification) -> None:
    reviewer = add_reviewer(known_as="Wren", kinds=["survivor"], by=None, at=AT)
    asked = ReviewRequest.objects.create(
        reviewer=reviewer, course=training.courses.get(), language="en", kind="survivor", asked_at=AT
    )
    for verdict in ("yes", "withdrawn"):
        SignOff.objects.create(request=asked, verdict=verdict, content="0" * 64, said_at=AT)


def test_services_refuse_what_is_new_and_leave_what_is_there(larch: Workplace, hospitality: Certification) -> None:
    jo = larch.employ()
    held = larch.ask(hospitality, membership=jo)
    take_back(hospitality)
    assert larch.ask(hospitality, membership=jo) == held
    with pytest.raises(TrainingHeld) as refused:
        larch.ask(hospitality, site=larch.region)
    assert [each.kind for each in refused.value.why] == ["survivor"]
    with pytest.raises(TrainingHeld):
        services.ask_to_require_each(
            organisation=larch.organisation, memberships=[larch.employ("Ama Birch")], certification=hospitality,
            due_on=TODAY, starts_on=TODAY, by=larch.hr, at=AT,
        )  # fmt: skip
    moved = services.change_due_date(requirement=held, due_on=date(2026, 7, 1), by=larch.hr, at=AT)
    assert [it.pk for it in Requirement.objects.live()] == [moved.pk]


def test_a_proposal_meets_it_when_it_is_agreed_to(larch: Workplace, hospitality: Certification) -> None:
    for _ in range(proposals.FROM_PEOPLE):
        larch.employ()
    planned = services.planned(
        organisation=larch.organisation, certification=hospitality, site=larch.region, starts_on=TODAY, due_on=TODAY
    )
    proposal = services.ask_to_require(requirement=planned, by=larch.hr, at=AT)
    assert isinstance(proposal, Proposal)
    take_back(hospitality)
    other = StaffRoleFactory(organisation=larch.organisation).user
    with pytest.raises(TrainingHeld):
        services.agree(proposal=proposal, by=other, at=AT)


def test_packs_do_not_begin_it_and_go_on_with_it(larch: Workplace, hospitality: Certification) -> None:
    pack = loaded()
    services.describe_site(
        site=larch.fort, jurisdiction="us-tx", kind="hotel", rooms=80, size=None, on=TODAY, by=None, at=AT
    )
    about: dict[str, Any] = {"organisation": larch.organisation, "pack": pack, "starts_on": TODAY, "by": larch.hr}
    choices = {"us-tx-lodging": Choice(hospitality, ())}
    services.adopt(**about, choices=choices, due_on=TODAY + timedelta(30), at=AT)
    take_back(hospitality)
    services.describe_site(
        site=larch.prince, jurisdiction="us-tx", kind="hotel", rooms=80, size=None, on=TODAY, by=None, at=AT
    )
    services.apply_adoptions(organisation=larch.organisation, on=TODAY, by=None, at=AT)
    assert {it.site for it in Requirement.objects.live()} == {larch.fort, larch.prince}
    services.adopt(
        **about, choices={"us-tx-lodging": Choice(hospitality, (larch.kitchen,))}, due_on=TODAY + timedelta(30), at=AT
    )


def test_forms_say_why(client: Client, larch: Workplace, hospitality: Certification, the_clock: Any) -> None:
    larch.employ(number="0042")
    take_back(hospitality)
    sign_in_personally(client, larch.hr)
    url = reverse("compliance:assignment_new", args=[larch.organisation.code])
    form = {"certification": hospitality.pk, "whom": "person", "number": "0042", "due_on": "2026-06-30"}
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert WHY in answer.content.decode()
    assert "Wren" not in answer.content.decode()


def test_workbooks_say_why(larch: Workplace, hospitality: Certification) -> None:
    larch.employ(number="0042")
    take_back(hospitality)
    kept = Hand(larch.organisation).bring(
        xlsx(["certification", "employee_number", "due_on"], [hospitality.code, "0042", "2026-06-30"]), "assignments"
    )
    assert said(kept) == [(2, "certification", "training_held")]
    assert not Requirement.objects.exists()


def test_reads_take_the_same_queries_for_many(hospitality: Certification, django_assert_num_queries: Any) -> None:
    take_back(hospitality)
    with django_assert_num_queries(4):
        assert set(held_trainings(Certification.objects.values_list("pk", flat=True), on=TODAY)) == {hospitality.pk}


def test_words_name_what_a_no_was_said_to() -> None:
    words = held_in_words("Care", [Said("fr", "legal", "Wren", "no", "x"), Said("fr", "legal", "Robin", "no", "x")])
    assert words == (
        "“Care” cannot be assigned anew at the moment: a reviewer said no to its text (Law, French). "
        "Who has it already keeps it."
    )


class TestAReviewThatIsLate:
    """A course that nobody has looked at again: HR is told at once, and refused after the grace, at every door."""

    WHY = "cannot be assigned anew at the moment: nobody has looked at it again since 1 February 2026"

    @staticmethod
    def late(training: Certification, grace_days: int) -> None:
        ReviewDate.objects.create(
            course=training.courses.get(),
            reviewed_on=date(2025, 2, 1),
            review_by=date(2026, 2, 1),
            grace_days=grace_days,
        )

    def test_within_its_grace_hr_is_told_and_assigns(
        self, client: Client, larch: Workplace, hospitality: Certification, the_clock: Any
    ) -> None:
        jo = larch.employ(number="0042")
        self.late(hospitality, 29)  # through today
        sign_in_personally(client, larch.hr)
        url = reverse("compliance:assignment_new", args=[larch.organisation.code])
        told = "was to be looked at again by 1 February 2026, and has not been yet. From 3 March 2026 on it cannot"
        assert told in client.get(url).content.decode()
        assert (
            told
            in client.get(
                reverse("compliance:assign_to_many", args=[larch.organisation.code]), {"person": jo.public_id}
            ).content.decode()
        )
        larch.ask(hospitality, membership=jo)
        assert told in client.get(reverse("compliance:assignments", args=[larch.organisation.code])).content.decode()
