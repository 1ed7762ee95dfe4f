"""Reviewers are paid, who declines too; what does not add up is refused; legal names stay apart."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from courses import selectors, services
from courses.exceptions import DoesNotAddUp, NobodyPays, NothingPaid, WrongReviewer
from courses.models import ReviewEntry, ReviewerIdentity, ReviewRequest
from tests.courses.learners import queries_of, the_clock  # noqa: F401  # a fixture
from tests.courses.test_release import editor
from tests.factories.courses import RELEASED_AT, asked_to_review, course_with_pages, pay, says
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 1)
LEGAL = "Quillon Featherstonehaugh"


@pytest.fixture
def asked() -> ReviewRequest:
    return asked_to_review(course_with_pages())


def agree(asked: ReviewRequest, **changes: Any) -> ReviewEntry:
    about = {"hours": Decimal(2), "rate_cents": 6000, "due_on": date(2026, 3, 31)}
    return services.agree_fee(**{"request": asked, "by": None, "on": TODAY, "at": RELEASED_AT} | about | changes)


def paid(asked: ReviewRequest, **changes: Any) -> ReviewEntry:
    about = {"amount_cents": 12000, "paid_on": TODAY}
    return services.record_payment(**{"request": asked, "by": None, "on": TODAY, "at": RELEASED_AT} | about | changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hours": Decimal(0)}, "hours"),
        ({"hours": Decimal("200.01")}, "hours"),
        ({"hours": Decimal(-1)}, "hours"),
        ({"hours": Decimal("NaN")}, "hours"),
        ({"hours": Decimal("Infinity")}, "hours"),
        ({"hours": Decimal("0.333")}, "hours"),
        ({"hours": Decimal("1E+400")}, "hours"),
        ({"rate_cents": -1}, "rate_cents"),
        ({"rate_cents": 10**12}, "amount_cents"),
        ({"rate_cents": 0}, "rate_cents"),
        ({"amount_cents": 11999}, "amount_cents"),
        ({"due_on": date(2026, 2, 28)}, "due_on"),
    ],
)
def test_fees_that_do_not_add_up_are_refused(asked: ReviewRequest, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(DoesNotAddUp) as refused:
        agree(asked, **changes)
    assert refused.value.field == field
    assert not ReviewEntry.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_cents": 12001}, "amount_cents"),
        ({"amount_cents": 0}, "amount_cents"),
        ({"paid_on": date(2026, 3, 2)}, "paid_on"),
    ],
)
def test_payments_that_do_not_add_up_are_refused(asked: ReviewRequest, changes: dict[str, Any], field: str) -> None:
    agree(asked)
    with pytest.raises(DoesNotAddUp) as refused:
        paid(asked, **changes)
    assert refused.value.field == field


def test_who_declines_is_owed_the_same(asked: ReviewRequest) -> None:
    agree(asked)
    says(asked, "declined")
    assert selectors.accounts([asked.pk])[asked.pk].open_cents == 12000
    paid(asked)
    assert selectors.accounts([asked.pk])[asked.pk].is_paid


def test_only_the_reviewer_says_whether_it_came(asked: ReviewRequest) -> None:
    about: dict[str, Any] = {"request": asked, "at": RELEASED_AT}
    with pytest.raises(NothingPaid):
        services.confirm_receipt(**about, by=asked.reviewer, received=True)
    pay(asked)
    other = services.add_reviewer(known_as="Robin", kinds=["survivor"], by=None, at=RELEASED_AT)
    with pytest.raises(WrongReviewer):
        services.confirm_receipt(**about, by=other, received=True)
    services.confirm_receipt(**about, by=asked.reviewer, received=False)
    assert not selectors.accounts([asked.pk])[asked.pk].is_paid
    before = ReviewEntry.objects.count()
    services.confirm_receipt(**about, by=asked.reviewer, received=False)
    assert ReviewEntry.objects.count() == before
    for _ in range(2):
        services.confirm_receipt(**about, by=asked.reviewer, received=True)
    assert (ReviewEntry.objects.count(), selectors.accounts([asked.pk])[asked.pk].confirmed) == (before + 1, True)
    with pytest.raises(TypeError):
        ReviewEntry.objects.latest("pk").delete()


def test_survivors_are_paid_here_and_others_perhaps_elsewhere(asked: ReviewRequest) -> None:
    with pytest.raises(NobodyPays):
        services.pay_elsewhere(reviewer=asked.reviewer, elsewhere=True, by=None)
    lawyer = asked_to_review(asked.course, "legal", known_as="Robin").reviewer
    services.pay_elsewhere(reviewer=lawyer, elsewhere=True, by=None)
    lawyer.refresh_from_db()
    assert lawyer.paid_elsewhere


class TestLegalNames:
    def test_are_encrypted_and_in_no_log(self, asked: ReviewRequest) -> None:
        services.keep_legal_name(reviewer=asked.reviewer, legal_name=f" {LEGAL} ", by=None, at=RELEASED_AT)
        assert LEGAL.encode() not in bytes(ReviewerIdentity.objects.get().sealed_name)
        assert services.read_legal_names(by=None) == {asked.reviewer_id: LEGAL}
        logged = ModelLogEntry.objects.filter(action="courses.reviewer_name")
        assert [each.data for each in logged.order_by("timestamp")] == [{"kept": True}, {"read": True}]
        assert LEGAL not in "".join(f"{each.label} {each.data}" for each in ModelLogEntry.objects.all())

    def test_stand_in_no_export_without_the_permission(self, client: Client, asked: ReviewRequest) -> None:
        services.keep_legal_name(reviewer=asked.reviewer, legal_name=LEGAL, by=None, at=RELEASED_AT)
        pay(asked)
        url = reverse("courses_admin:ledger_csv")
        payer = editor("paymaster")
        sign_in_personally(client, payer)
        plain = b"".join(client.get(url)).decode()
        assert plain.splitlines()[1] == f"Wren,{asked.course},en,survivor,,2.00,60.00,120.00,2026-03-31,120.00,0.00,,"
        assert LEGAL in b"".join(client.get(f"{url}?names=1")).decode()
        Group.objects.get(name="paymaster").permissions.remove(
            *Group.objects.get(name="paymaster").permissions.filter(codename="view_revieweridentity")
        )
        assert client.get(f"{url}?names=1").status_code in (302, 403)
        page = reverse("courses_admin:review_pay", args=[asked.pk])
        client.post(page, {"act": "name", "legal_name": "Somebody Else"})
        assert services.read_legal_names(by=None) == {asked.reviewer_id: LEGAL}


class TestPages:
    def test_paymaster_notes_fee_and_payment(self, client: Client, asked: ReviewRequest, the_clock: Any) -> None:  # noqa: F811
        sign_in_personally(client, editor("paymaster"))
        url = reverse("courses_admin:review_pay", args=[asked.pk])
        fee = {"act": "fee", "fee-hours": "2", "fee-rate_cents": "60", "fee-due_on": "2026-03-31"}
        wrong = client.post(url, fee | {"fee-amount_cents": "119.99"})
        assert "The amount does not add up" in wrong.content.decode()
        assert "such as 120.50" in client.post(url, fee | {"fee-rate_cents": "sixty"}).content.decode()
        client.post(url, fee | {"fee-amount_cents": "120.00"})
        client.post(url, {"act": "payment", "payment-amount_cents": "120", "payment-paid_on": "2026-03-02"})
        assert selectors.accounts([asked.pk])[asked.pk].is_paid
        listed = client.get(reverse("courses_admin:ledger"))
        assert [each["open"] for each in listed.context["listed"]] == ["0.00"]
        assert (
            "Survivors are paid here"
            in client.post(url, {"act": "elsewhere", "elsewhere": "yes"}, follow=True).content.decode()
        )

    def test_editors_see_no_ledger(self, client: Client, asked: ReviewRequest) -> None:
        sign_in_personally(client, editor("publisher"))
        for name, args in (("ledger", []), ("ledger_csv", []), ("review_pay", [asked.pk])):
            assert client.get(reverse(f"courses_admin:{name}", args=args)).status_code in (302, 403)

    def test_ledger_takes_the_same_queries_for_many(self, client: Client, asked: ReviewRequest) -> None:
        sign_in_personally(client, UserFactory(with_email=True, is_superuser=True))
        url = reverse("courses_admin:ledger")
        pay(asked)
        client.get(url)
        one = queries_of(client, url)
        for name in ("Robin", "Tern"):
            pay(asked_to_review(asked.course, known_as=name))
        assert queries_of(client, url) == one
