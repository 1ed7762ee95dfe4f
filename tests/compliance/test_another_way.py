"""Asking for another way: between the person and a trainer; the workplace sees only what was agreed."""

import html
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from compliance import services
from compliance.exceptions import NotATrainer
from compliance.models import AnotherWay
from people.models import Membership, StaffRole
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally, sign_in_with_pin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


@pytest.fixture
def jo(larch, hospitality):
    member = larch.employ("Jo Castellan", number="0042")
    larch.ask(hospitality, membership=member)
    return member


@pytest.fixture
def trainer(larch):
    return larch.staff(StaffRole.Kind.TRAINER)


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def page(jo, hospitality) -> str:
    return reverse("compliance:another_way", args=[jo.public_id, hospitality.code])


OTHER_WAYS = "/workplace/larch/other-ways/"


def test_my_training_offers_it_and_asking_needs_no_reason(client, jo, hospitality):
    sign_in_with_pin(client, jo)
    assert page(jo, hospitality) in client.get(reverse("courses:my_training")).content.decode()
    assert "You need no reason" in text_of(client.get(page(jo, hospitality)))
    client.post(page(jo, hospitality))
    client.post(page(jo, hospitality))
    [question] = AnotherWay.objects.all()
    assert (question.step, question.asked_on, question.membership) == ("asked", TODAY, jo)
    assert "You asked on 2 March 2026" in text_of(client.get(page(jo, hospitality)))


def test_it_can_be_taken_back_and_asked_again(client, jo, hospitality):
    sign_in_with_pin(client, jo)
    client.post(page(jo, hospitality))
    client.post(page(jo, hospitality), {"action": "take_back"})
    assert "You need no reason" in text_of(client.get(page(jo, hospitality)))
    client.post(page(jo, hospitality), {"action": "ask"})
    assert list(AnotherWay.objects.values_list("step", flat=True)) == ["asked", "taken_back", "asked"]


def test_whoever_set_a_new_pin_does_not_learn_that_it_was_asked(client, jo, hospitality):
    services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT)
    sign_in_with_pin(client, jo)
    jo.credential.pin_set_at = AT + timedelta(hours=1)
    jo.credential.save()
    text = text_of(client.get(page(jo, hospitality)))
    assert "You need no reason" in text
    assert "You asked" not in text
    client.post(page(jo, hospitality), {"action": "take_back"})
    assert list(AnotherWay.objects.values_list("step", flat=True)) == ["asked"]


def test_nobody_asks_for_somebody_else_or_for_what_is_not_asked_of_them(client, jo, larch, hospitality):
    ama = larch.employ("Ama Birch")
    sign_in_with_pin(client, ama)
    assert client.post(page(jo, hospitality)).status_code == 404
    assert client.post(page(ama, hospitality)).status_code == 404
    client.logout()
    assert client.get(page(jo, hospitality)).status_code == 302
    assert not AnotherWay.objects.exists()


def test_the_trainer_agrees_it_and_hr_sees_only_that(client, jo, larch, hospitality, trainer):
    question = services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT)
    person = reverse("compliance:person", args=["larch", jo.public_id])
    sign_in_personally(client, larch.hr)
    before = text_of(client.get(person))
    assert "another way" not in before.lower()
    assert "other way" not in before.lower()
    client.logout()
    sign_in_personally(client, trainer)
    assert "Jo Castellan" in text_of(client.get(OTHER_WAYS))
    client.post(OTHER_WAYS, {"reference": question.reference, "last_on": "2026-05-31"})
    assert "Nobody waits for you." in text_of(client.get(OTHER_WAYS))
    answer = AnotherWay.objects.get(step="agreed")
    assert (answer.trainer, answer.answered_on, answer.last_on) == (trainer, TODAY, date(2026, 5, 31))
    client.logout()
    sign_in_personally(client, larch.hr)
    assert "other way agreed on 2 March 2026, to be done by 31 May 2026" in text_of(client.get(person))


@pytest.mark.parametrize("known_by", ["address", "sign-in", "own"])
def test_a_trainer_learns_nothing_of_people_whose_manager_they_are(client, jo, larch, hospitality, trainer, known_by):
    question = services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT)
    boss = jo if known_by == "own" else larch.employ("Ama Birch")
    entry = {"email": trainer.email.upper()} if known_by == "address" else {"user": trainer}
    Membership.objects.filter(pk=boss.pk).update(**entry)
    Membership.objects.filter(pk=jo.pk).exclude(pk=boss.pk).update(manager=boss)
    sign_in_personally(client, trainer)
    assert "Nobody waits for you." in text_of(client.get(OTHER_WAYS))
    answer = client.post(OTHER_WAYS, {"reference": question.reference, "last_on": "2026-05-31"})
    assert answer.status_code == 404
    question.membership.refresh_from_db()
    with pytest.raises(NotATrainer):
        services.agree_another_way(question=question, trainer=trainer, on=TODAY, last_on=TODAY, at=AT)


@pytest.mark.parametrize("last_on", ["", "soon", "2026-03-01"])
def test_a_trainer_has_to_say_by_when(client, jo, hospitality, trainer, last_on):
    question = services.ask_for_another_way(membership=jo, certification=hospitality, on=TODAY, at=AT)
    sign_in_personally(client, trainer)
    client.post(OTHER_WAYS, {"reference": question.reference, "last_on": last_on})
    assert AnotherWay.objects.get() == question


def test_the_page_of_trainers_is_for_trainers_who_manage_nobody(client, larch, trainer):
    sign_in_personally(client, larch.hr)
    assert client.get(OTHER_WAYS).status_code == 404
    client.logout()
    sign_in_personally(client, trainer)
    assert client.get(OTHER_WAYS).status_code == 200
    assert client.get("/workplace/larch/").status_code == 404
    assert client.post(OTHER_WAYS, {"reference": uuid4(), "last_on": "2026-05-31"}).status_code == 404
    assert client.post(OTHER_WAYS, {"reference": "x", "last_on": "2026-05-31"}).status_code == 404
    StaffRole.objects.create(user=trainer, organisation=larch.organisation, kind=StaffRole.Kind.HR)
    assert client.get(OTHER_WAYS).status_code == 404
