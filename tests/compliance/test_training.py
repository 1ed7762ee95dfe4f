"""My training: what a learner's workplaces ask, and why."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from compliance import services
from compliance.training import training_items
from people.models import Membership
from people.scope import NOBODY, Scope
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY

pytestmark = pytest.mark.django_db

BY_NAME = "because Larch Hotels has asked you to do this since 2 March 2026"


def asked(*members: Membership, at=AT):
    scope = Scope(user=members[0].user, personal=True, memberships=tuple(members))
    return [(it.title, it.state, it.last_good_on, it.because) for it in training_items(scope, at)]


def test_nobody_is_asked_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(training_items(NOBODY, AT)) == []


def test_what_is_asked_has_its_day_and_its_reason(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    assert asked(jo) == [("Working safely with guests", "assigned", date(2026, 4, 1), BY_NAME)]
    [item] = training_items(Scope(user=jo.user, membership=jo, memberships=(jo,)), AT)
    course = hospitality.courses.get()
    assert (item.course, item.url) == (course, f"/learn/{course.slug}/")


def test_the_reason_names_what_it_hangs_on_since_when_and_the_rule(larch, hospitality):
    jo = larch.employ("Jo")
    since = "since 2 March 2026"
    hotel = "because you work at Larch Hotels Fort St. John"
    work = "because your work at Larch Hotels is"
    for asked_of, reason in (
        ({"site": larch.fort}, f"{hotel}, and it has been asked of you {since}"),
        (
            {"site": larch.fort, "conditions": {"employment_type": "direct"}, "label": "Texas: <b>%(staff)s {1}"},
            f"{hotel}, and this rule has asked it of you {since}: Texas: &lt;b&gt;%(staff)s {{1}}",
        ),
        ({"role": larch.housekeeping}, f"{work} Housekeeping, and it has been asked of you {since}"),
        (
            {
                "conditions": {"all": [{"role_tag": "guest_contact"}, {"not": {"site": "prince-george"}}]},
                "label": "Ours",
            },
            f"{work} guest contact, and this rule has asked it of you {since}: Ours",
        ),
        (
            {"conditions": {"any": [{"role_tag": "guest_contact"}, {"role": "kitchen"}]}},
            f"because you work at Larch Hotels, and it has been asked of you {since}",
        ),
    ):
        larch.housekeeping.tags = ["guest_contact"]
        larch.housekeeping.save()
        requirement = larch.ask(hospitality, **asked_of)
        assert [it[3] for it in asked(jo)] == [reason]
        services.withdraw(requirement=requirement, on=TODAY, by=None, at=AT)
    # Of two the one that is due sooner; and how often it comes again.
    larch.ask(hospitality, site=larch.fort, due_on=date(2026, 5, 1), recurs="12m")
    [item] = training_items(Scope(user=jo.user, memberships=(jo,)), AT)
    assert item.again == "Every 12 months, counted from the last time."
    # What a rule gives longer than the certificate runs is not told.
    larch.ask(hospitality, role=larch.housekeeping, due_on=date(2026, 4, 1), recurs="48m")
    [item] = training_items(Scope(user=jo.user, memberships=(jo,)), AT)
    assert (item.because, item.again) == (
        f"{work} Housekeeping, and it has been asked of you {since}",
        "Every 3 years on the same day, if done in the last 3 months before it.",
    )
    with translation.override("ar"):
        larch.ask(hospitality, site=larch.fort, due_on=date(2026, 3, 20), label="Texas: staff")
        [item] = training_items(Scope(user=jo.user, memberships=(jo,)), AT)
        assert '<bdi lang="en" dir="ltr">Texas: staff</bdi>' in item.because


def test_who_has_begun_reads_started_and_who_is_late_past_due(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.begin(jo, hospitality)
    assert [it[1] for it in asked(jo)] == ["in_progress"]
    assert [it[1] for it in asked(jo, at=AT + timedelta(days=31))] == ["overdue"]


def test_what_is_done_is_asked_again_only_when_it_may_be_renewed(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    assert asked(jo) == []
    assert [it[1] for it in asked(jo, at=AT + timedelta(days=1050))] == ["renewable"]
    assert [it[1] for it in asked(jo, at=AT + timedelta(days=1100))] == ["expired"]


def test_nothing_is_asked_after_leaving_or_a_withdrawal(larch, hospitality):
    jo = larch.employ()
    requirement = larch.ask(hospitality, membership=jo)
    services.withdraw(requirement=requirement, on=date(2026, 3, 2), by=None, at=AT)
    assert asked(jo) == []
    larch.ask(hospitality, site=larch.region)
    larch.end(jo, date(2026, 3, 5))
    assert len(asked(jo)) == 1
    assert asked(jo, at=AT + timedelta(days=5)) == []


def test_each_workplace_open_in_the_session_asks_for_itself(larch, hospitality):
    other = factories.workplace("other", "Other Hotels")
    jo, there = larch.employ(), other.employ()
    larch.ask(hospitality, membership=jo)
    other.ask(hospitality, membership=there, due_on=date(2026, 3, 20))
    assert [it[3] for it in asked(jo, there)] == [
        BY_NAME.replace("Larch", "Other"),
        BY_NAME,
    ]
    assert [it[3] for it in asked(jo)] == [BY_NAME]


def test_the_day_is_that_of_the_site(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    # 1 April has begun in UTC and ends in Fort St. John at seven in the morning UTC of the 2nd.
    assert [it[1] for it in asked(jo, at=AT.replace(month=4, day=2, hour=6, minute=59))] == ["assigned"]
    assert [it[1] for it in asked(jo, at=AT.replace(month=4, day=2, hour=7, minute=0))] == ["overdue"]


def test_the_list_costs_the_same_for_one_and_for_many(larch, django_assert_num_queries):
    jo = larch.employ()
    for number in range(4):
        if number in (0, 3):
            with django_assert_num_queries(1 if number == 0 else 3):
                asked(jo)
        larch.ask(factories.training(f"Training {number}"), membership=jo)


def test_an_addition_to_the_course_is_asked_beside_the_certificate(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    factories.newer_edition(hospitality.courses.get(), "delta", at=AT + timedelta(days=10))
    assert asked(jo, at=AT + timedelta(days=9)) == []
    assert asked(jo, at=AT + timedelta(days=10)) == [
        (
            "Working safely with guests",
            "assigned",
            date(2026, 4, 11),
            "because something was added; your certificate stays good",
        )
    ]


def test_in_time_the_refresher_whose_turn_it_is_is_asked_and_otherwise_the_whole(larch):
    both = factories.training(courses=2)
    whole, refresher = both.courses.order_by("pk")
    both.expression, both.refreshers = {"course": whole.code}, [{"course": refresher.code}]
    both.save()
    jo = larch.employ()
    larch.ask(both, membership=jo)

    def courses(at=AT):
        scope = Scope(user=jo.user, personal=True, memberships=(jo,))
        return [it.course for it in training_items(scope, at)]

    assert courses() == [whole]
    factories.learn(jo, both)
    assert courses(AT + timedelta(days=1050)) == [refresher]
    assert courses(AT + timedelta(days=1100)) == [whole]
