"""The page on which HR names trainers."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from people.models import Membership, StaffRole, User
from people.permissions import is_trainer
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

ADDRESS = "/workplace/larch/trainers/"
SENT = {"name": "Ama Birch", "email": "Ama@Pine.example"}


@pytest.fixture
def hr(client, larch):
    sign_in_personally(client, larch.hr)
    return client


def named(larch):
    return StaffRole.objects.filter(organisation=larch.organisation, kind="trainer")


def test_a_trainer_is_named_once_and_taken_away(hr, larch):
    assert "Nobody is named." in hr.get(ADDRESS).content.decode()
    for _ in range(2):
        assert hr.post(ADDRESS, SENT).status_code == 302
    role = named(larch).get()
    assert (role.user.name, role.user.email, is_trainer(role.user, larch.organisation)) == (
        "Ama Birch",
        "ama@pine.example",
        True,
    )
    assert "Ama Birch" in hr.get(ADDRESS).content.decode()
    hr.post(reverse("compliance:trainer_withdraw", args=["larch", role.pk]))
    assert not named(larch).exists()


def test_a_confirmed_account_is_used_and_the_page_does_not_tell(hr, larch):
    known = UserFactory(email="ama@pine.example")
    EmailAddress.objects.update_or_create(user=known, email="ama@pine.example", defaults={"verified": True})
    assert hr.post(ADDRESS, SENT).status_code == 302
    assert named(larch).get().user == known


@pytest.mark.parametrize(
    ("kind", "verified", "words"),
    [
        ("hr", True, "This person manages people here."),
        ("site_lead", True, "This person manages people here."),
        (None, False, "This address cannot be used."),
    ],
)
def test_who_cannot_be_a_trainer_is_said_beside_the_address(hr, larch, kind, verified, words):
    user = larch.staff(kind) if kind else UserFactory()
    User.objects.filter(pk=user.pk).update(email="ama@pine.example")
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email="ama@pine.example", verified=verified, primary=True)
    answer = hr.post(ADDRESS, SENT)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not named(larch).exists()


def test_whoever_somebody_at_work_has_for_a_manager_cannot_be_a_trainer(hr, larch):
    boss = larch.employ("Ama Birch", email="AMA@pine.example")
    jo = larch.employ()
    Membership.objects.filter(pk=jo.pk).update(manager=boss)
    answer = hr.post(ADDRESS, SENT)
    assert (answer.status_code, named(larch).exists()) == (422, False)
    assert "This person manages people here." in answer.content.decode()
    larch.end(jo, date(2026, 3, 1))
    assert hr.post(ADDRESS, SENT).status_code == 302


def test_only_hr_names_and_takes_away(client, larch):
    sign_in_personally(client, larch.staff(StaffRole.Kind.AUDITOR))
    assert client.get(ADDRESS).status_code == 404
    other = StaffRole.objects.create(user=UserFactory(), organisation=larch.organisation, kind="trainer")
    assert client.post(reverse("compliance:trainer_withdraw", args=["larch", other.pk])).status_code == 404
    assert named(larch).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_many(hr, larch, count, django_assert_num_queries):
    for _ in range(count):
        StaffRole.objects.create(user=UserFactory(), organisation=larch.organisation, kind="trainer")
    hr.get(ADDRESS)
    with django_assert_num_queries(8):
        hr.get(ADDRESS)
