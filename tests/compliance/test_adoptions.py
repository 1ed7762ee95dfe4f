"""Adopting packs: what becomes of it at which site, and that it ends with the pack alone."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest

from certificates.models import Certification
from certificates.validity import Duration
from compliance import selectors, services
from compliance.exceptions import (
    AlreadyWithdrawn,
    DueBeforeStart,
    NothingChosen,
    NotOfThisOrganisation,
    RuleNotAssignable,
)
from compliance.models import Adoption, ConditionStatement, CourseApproval, Requirement, RuleAssignment
from compliance.rules.schema import Recurrence
from compliance.selectors import Choice, Days
from people import services as people_services
from people.models import AuditEntry, Employment, Membership, Site
from tests.factories import certificates as certificate_factories
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import RoleFactory, SiteFactory
from tests.factories.rule_packs import BOOK, loaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack():
    return loaded()


@pytest.fixture
def texas(larch):
    """Larch Hotels with one hotel in Texas, one in New York, and an office above them in British Columbia."""
    describe(larch.fort, "us-tx", "hotel", 80)
    describe(larch.prince, "us-ny", "hotel", 40)
    describe(larch.region, "ca-bc", "office", None)
    return larch


def describe(site, jurisdiction, kind, rooms):
    services.describe_site(
        site=site, jurisdiction=jurisdiction, kind=kind, rooms=rooms, size=None, on=TODAY, by=None, at=AT
    )


def adopt(workplace, pack, choices, due_on=date(2026, 4, 1), at=AT):
    return services.adopt(
        organisation=workplace.organisation,
        pack=pack,
        choices=choices,
        starts_on=TODAY,
        due_on=due_on,
        by=workplace.hr,
        at=at,
    )


def nothing_to_mend():
    everybody = Membership.objects.values_list("pk", flat=True)
    return services.check_obligations(memberships=everybody, at=AT + timedelta(days=50)) == []


def live():
    return [(it.source, it.site.code, it.role.code if it.role else None) for it in Requirement.objects.live()]


def test_a_pack_is_assigned_at_the_sites_that_its_rules_are_about(texas, pack, hospitality):
    everybody = Choice(hospitality)
    adopt(texas, pack, {"us-tx-lodging": everybody, "us-ny-lodging": everybody, "us-ca-hotel": everybody})
    assert sorted(live()) == [("us-ny-lodging", "prince-george", None), ("us-tx-lodging", "fort-st-john", None)]


def test_a_requirement_says_what_the_rule_says(texas, pack, hospitality):
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    made = Requirement.objects.get()
    assert made.due_rule == {"later_of": [{"after": "hire", "in": "90d"}, {"on": "2026-04-01"}]}
    assert (made.due_on, made.default_due_on, made.recurs) == (None, None, "12m")
    assert made.conditions == {"employment_type": ["direct"]}
    assert (made.label, made.source) == ("Texas: directly employed hotel staff", "us-tx-lodging")


def test_nobody_at_work_has_longer_than_the_rule_gives(texas, pack, hospitality):
    adopt(texas, pack, {"us-ny-lodging": Choice(hospitality)}, due_on=date(2026, 12, 1))
    assert Requirement.objects.get().due_rule["later_of"][1] == {"on": "2026-05-01"}  # 60 days from 2 March


def test_who_is_reached_is_due_when_the_rule_says_and_again_before_the_certificate_ends(texas, pack, hospitality):
    old = texas.employ("Old Hand", starts_on=date(2025, 6, 2))
    new = texas.employ("New Hand", starts_on=date(2026, 2, 23))
    later = texas.employ("Later Hand", starts_on=date(2026, 6, 1))
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    due = {
        member.name: selectors.current_spans(
            memberships=type(member).objects.filter(pk=member.pk), on=Days(on), asked_before=True
        )
        .get()
        .due_on
        for member, on in ((old, TODAY), (new, TODAY), (later, date(2026, 6, 1)))
    }
    assert due == {
        "Old Hand": date(2026, 4, 1),
        "New Hand": date(2026, 5, 24),
        "Later Hand": date(2026, 8, 30),
    }
    factories.learn(old, hospitality)
    span = selectors.current_spans(
        memberships=type(old).objects.filter(pk=old.pk), on=Days(TODAY + timedelta(days=1)), asked_before=True
    ).get()
    assert span.due_on == date(2027, 3, 1)  # the printed certificate is good through 1 March 2029


def test_people_of_an_agency_are_not_reached_where_the_rule_means_direct_employment(texas, pack, hospitality):
    member = texas.employ()
    Employment.objects.filter(membership=member).update(employment_type=Employment.Type.AGENCY)
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    assert selectors.concerned(Requirement.objects.get()) == []


def test_a_rule_that_counts_from_a_licence_waits_for_its_day(larch, hospitality):
    describe(larch.fort, "us-tx", "health", None)
    adopt(larch, loaded("us-health"), {"us-tx-health": Choice(hospitality)})
    made = Requirement.objects.get(site=larch.fort)
    assert made.due_rule == {"after": "licence_renewal", "in": "0d"}
    assert (made.licence_kind, made.default_due_on) == ("us-tx-health", date(2026, 4, 1))
    # It is asked again with each renewal, however long the certificate runs.
    member = larch.employ()
    for year in (2026, 2027, 2028):
        people_services.record_licence(
            membership=member, kind="us-tx-health", renews_on=date(year, 5, 4), by=None, at=AT
        )
    factories.learn(member, hospitality)
    span = selectors.current_spans(memberships=type(member).objects.all(), on=Days(TODAY), asked_before=True).get()
    assert span.due_on == date(2027, 5, 4)


def test_what_a_rule_says_of_two_days_and_of_calendar_years_is_asked_so(larch, hospitality):
    described = {"us-mn-hotel": (larch.fort, "us-mn"), "us-va-hotel": (larch.prince, "us-va")}
    for site, place in described.values():
        describe(site, place, "hotel", 80)
    adopt(larch, loaded(), dict.fromkeys(described, Choice(hospitality)))
    asked = {it.source: it for it in Requirement.objects.filter(site__in=[larch.fort, larch.prince])}
    assert asked["us-mn-hotel"].due_rule == {"later_of": [{"after": "hire", "in": "90d"}, {"on": "2026-04-01"}]}
    assert asked["us-va-hotel"].recurs == "2y@year"


def test_roles_narrow_it_and_are_each_assigned(texas, pack, hospitality):
    adopt(texas, pack, {"us-ny-lodging": Choice(hospitality, (texas.housekeeping, texas.kitchen))})
    assert sorted(live()) == [
        ("us-ny-lodging", "prince-george", "housekeeping"),
        ("us-ny-lodging", "prince-george", "kitchen"),
    ]


def test_a_region_that_holds_only_what_is_meant_stands_for_all_of_it(larch, hospitality):
    pack = loaded("ca-bc")
    adopt(larch, pack, {"ca-bc-network-corporate": Choice(hospitality)})
    assert live() == [("ca-bc-network-corporate", "north", None)]
    made = Requirement.objects.get()
    assert (made.due_on, made.due_rule, made.recurs, made.conditions) == (date(2026, 4, 1), None, "36m", None)


def test_a_region_with_something_else_below_stands_for_its_own_people(larch, hospitality):
    pack = loaded("ca-bc")
    describe(larch.fort, "us-tx", "hotel", 80)
    at_fort, at_region = larch.employ("At Fort"), larch.employ("At Region", site=larch.region)
    at_prince = larch.employ("At Prince", site=larch.prince)
    adopt(larch, pack, {"ca-bc-network-corporate": Choice(hospitality)})
    reached = {pk for it in Requirement.objects.live() for pk in selectors.concerned(it)}
    assert reached == {at_region.pk, at_prince.pk}
    assert at_fort.pk not in reached


def test_adopting_again_changes_nothing(texas, pack, hospitality):
    choices = {"us-tx-lodging": Choice(hospitality)}
    first = adopt(texas, pack, choices)
    assert adopt(texas, pack, choices) == first
    assert (Adoption.objects.count(), Requirement.objects.count(), RuleAssignment.objects.count()) == (1, 1, 1)


def test_another_choice_withdraws_what_is_no_longer_asked_and_keeps_the_rest(texas, pack, hospitality):
    other = factories.training("Another course")
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality), "us-ny-lodging": Choice(hospitality)})
    kept = Requirement.objects.live().get(source="us-ny-lodging")
    second = adopt(texas, pack, {"us-tx-lodging": Choice(other), "us-ny-lodging": Choice(hospitality)})
    assert second.supersedes is not None
    assert [(it.source, it.certification) for it in Requirement.objects.live().order_by("source")] == [
        ("us-ny-lodging", hospitality),
        ("us-tx-lodging", other),
    ]
    assert Requirement.objects.live().get(source="us-ny-lodging") == kept


def test_a_new_version_of_a_pack_leaves_what_was_adopted_alone(texas, pack, hospitality):
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    from tests.compliance.test_rule_packs import changed

    services.load_packs(book=changed(minimum_minutes=30), at=AT)
    held = selectors.live_adoptions(texas.organisation).get()
    assert held.pack == pack
    assert selectors.newest_pack("us-lodging").number == 2


def test_stopping_withdraws_what_the_pack_assigned_and_nothing_else(texas, pack, hospitality):
    by_hand = texas.ask(hospitality, site=texas.fort)
    adoption = adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    ended = services.stop_adopting(adoption=adoption, on=TODAY, by=texas.hr, at=AT)
    assert (ended.supersedes, ended.ends_on) == (adoption, TODAY)
    assert list(Requirement.objects.live()) == [by_hand]
    assert not selectors.live_adoptions(texas.organisation).exists()
    with pytest.raises(AlreadyWithdrawn):
        services.stop_adopting(adoption=adoption, on=TODAY, by=texas.hr, at=AT)


def test_a_pack_may_be_adopted_again_after_it_was_stopped(texas, pack, hospitality):
    choices = {"us-tx-lodging": Choice(hospitality)}
    services.stop_adopting(adoption=adopt(texas, pack, choices), on=TODAY, by=texas.hr, at=AT)
    adopt(texas, pack, choices, at=AT + timedelta(hours=1))
    assert live() == [("us-tx-lodging", "fort-st-john", None)]


def test_what_hr_withdrew_by_hand_is_not_made_again(texas, pack, hospitality):
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    services.withdraw(requirement=Requirement.objects.get(), on=TODAY, by=texas.hr, at=AT)
    services.apply_adoptions(organisation=texas.organisation, on=TODAY, by=None, at=AT)
    assert live() == []


def test_requirements_follow_what_is_known_of_a_site(texas, pack, hospitality):
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    describe(texas.fort, "us-tx", "restaurant", None)
    assert live() == []
    describe(texas.fort, "us-tx", "hotel", 80)
    describe(texas.prince, "us-tx", "hotel", 20)
    assert sorted(live()) == [("us-tx-lodging", "fort-st-john", None), ("us-tx-lodging", "prince-george", None)]


def test_another_site_moves_nobody_elses_day(texas, pack, hospitality):
    describe(texas.prince, "us-tx", "hotel", 40)
    describe(texas.region, "us-tx", "hotel", 10)
    late = texas.employ("Ama", site=texas.prince)
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    assert live() == [("us-tx-lodging", "north", None)]
    # Six weeks later, past the day, one hotel below becomes a restaurant, and a hotel again.
    for kind in ("restaurant", "hotel"):
        services.describe_site(
            site=texas.fort, jurisdiction="us-tx", kind=kind, rooms=None, size=None,
            on=date(2026, 4, 15), by=None, at=AT + timedelta(days=44),
        )  # fmt: skip
    span = selectors.current_spans(
        memberships=type(late).objects.filter(pk=late.pk), on=Days(date(2026, 4, 15)), asked_before=True
    ).get()
    assert (span.state, span.due_on) == ("overdue", date(2026, 4, 1))
    assert {it.site.code: it.starts_on for it in Requirement.objects.live()} == {
        "north": TODAY,
        "prince-george": TODAY,
        "fort-st-john": date(2026, 4, 15),
    }
    assert nothing_to_mend()


def test_a_new_version_that_asks_otherwise_is_asked_so_and_the_rest_stays(texas, pack, hospitality):
    choices = {"us-tx-lodging": Choice(hospitality), "us-ny-lodging": Choice(hospitality)}
    adopt(texas, pack, choices)
    mine = Requirement.objects.live().get(source="us-ny-lodging")
    services.change_due_date(requirement=mine, due_on=date(2026, 3, 20), by=None, at=AT)
    rules = tuple(
        replace(it, recurrence=Recurrence("every", Duration(6, "m"))) if it.code == "us-tx-lodging" else it
        for it in next(it for it in BOOK.packs if it.code == "us-lodging").rules
    )
    packs = tuple(replace(it, rules=rules) if it.code == "us-lodging" else it for it in BOOK.packs)
    services.load_packs(book=replace(BOOK, packs=packs), at=AT)
    newer = selectors.newest_pack("us-lodging")
    look = services.following_of(
        organisation=texas.organisation, pack=newer, choices=choices, starts_on=TODAY, due_on=date(2026, 4, 1)
    )
    ((changed,),) = [part.change.added for part in look.parts]
    assert (changed.source, changed.recurs) == ("us-tx-lodging", "6m")
    adopt(texas, newer, choices)
    assert {it.source: (it.recurs, it.due_on) for it in Requirement.objects.live()} == {
        "us-tx-lodging": ("6m", None),
        "us-ny-lodging": ("", date(2026, 3, 20)),
    }


def test_what_is_shown_of_a_place_and_of_a_kind_of_work_is_what_then_is(texas, pack, hospitality):
    second = factories.training("Further training")
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality), "us-ny-lodging": Choice(second)})
    texas.ask(hospitality, conditions={"all": [{"jurisdiction": "us-ny"}, {"not": {"role_tag": "cooks"}}]})
    members = [texas.employ(f"P{number}", site=site, role=role) for number, (site, role) in enumerate(
        itertools.product((texas.fort, texas.prince, texas.region), (texas.kitchen, texas.housekeeping))
    )]  # fmt: skip

    def due():
        spans = selectors.current_spans(memberships=type(members[0]).objects.all(), on=Days(TODAY), asked_before=True)
        return {
            (it.obligation.membership_id, it.obligation.certification.title): it.due_on
            for it in spans.select_related("obligation__certification")
        }

    for look, make in (
        (
            services.description_of(texas.fort, jurisdiction="us-ny", kind="hotel", rooms=80, size=None, on=TODAY),
            lambda: describe(texas.fort, "us-ny", "hotel", 80),
        ),
        (
            services.tagging_of(texas.kitchen, tags=["cooks"], on=TODAY),
            lambda: services.tag_role(role=texas.kitchen, tags=["Cooks"], by=None, at=AT),
        ),
    ):
        before, found = due(), look.preview(at=AT)
        make()
        after = due()
        title = {it.certification_id: Certification.objects.get(pk=it.certification_id).title for it in look.parts}
        alone = next(iter(title.values())) if len(title) == 1 else ""
        for kind, wanted in (
            (found.enters, {key: (None, after[key]) for key in after.keys() - before.keys()}),
            (found.leaves, {key: (before[key], None) for key in before.keys() - after.keys()}),
            (found.moves, {key: (before[key], after[key]) for key in after.keys() & before.keys() if before[key] != after[key]}),
        ):  # fmt: skip
            assert {(it.membership.pk, it.training or alone): (it.before, it.after) for it in kind} == wanted
        assert found.touched
        assert nothing_to_mend()


def test_a_new_site_is_reached_at_once(texas, pack, hospitality):
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    SiteFactory(organisation=texas.organisation, code="austin", jurisdiction="us-tx", kind="hotel")
    assert ("us-tx-lodging", "austin", None) in live()


def test_applying_again_changes_nothing(texas, pack, hospitality):
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    before = list(Requirement.objects.values())
    services.apply_adoptions(organisation=texas.organisation, on=TODAY, by=None, at=AT)
    assert list(Requirement.objects.values()) == before


@pytest.mark.parametrize("code", ["us-wi-school", "us-ca-school"])
def test_nothing_is_assigned_for_a_proposal_or_for_pupils(larch, hospitality, code):
    pack = loaded("us-schools")
    with pytest.raises(RuleNotAssignable):
        adopt(larch, pack, {code: Choice(hospitality)})


def test_bad_adoptions_are_refused(texas, pack, hospitality):
    stranger = RoleFactory()
    with pytest.raises(NothingChosen):
        adopt(texas, pack, {})
    with pytest.raises(DueBeforeStart):
        adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)}, due_on=date(2026, 3, 1))
    with pytest.raises(NotOfThisOrganisation):
        adopt(texas, pack, {"us-tx-lodging": Choice(hospitality, (stranger,))})
    assert not Adoption.objects.exists()


def test_one_organisation_never_sees_or_moves_what_another_adopts(texas, pack, hospitality):
    other = factories.workplace("other", "Other")
    Site.objects.filter(organisation=other.organisation).update(jurisdiction="us-tx", kind="hotel")
    adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    services.apply_adoptions(organisation=other.organisation, on=TODAY, by=None, at=AT)
    assert {it.organisation for it in Requirement.objects.all()} == {texas.organisation}
    found = selectors.pack_for(
        organisation=other.organisation, code="us-lodging", sites=other.organisation.sites.all(), on=TODAY
    )
    assert found.adoption is None


def test_the_preview_counts_people_once_and_names_what_is_uncertain(texas, pack, hospitality):
    Site.objects.filter(pk=texas.region.pk).update(kind="", jurisdiction="us-tx")
    jo = texas.employ("Jo", site=texas.fort)
    texas.place(jo, site=texas.region, role=texas.kitchen, starts_on=date(2026, 1, 5))
    texas.employ("Ama", site=texas.prince)
    texas.employ("Gone", site=texas.fort, ends_on=date(2026, 1, 31))
    (reach,) = selectors.preview_adoption(
        organisation=texas.organisation,
        pack=pack,
        choices={"us-tx-lodging": Choice(hospitality)},
        starts_on=TODAY,
        due_on=date(2026, 4, 1),
    )
    assert (reach.people, list(reach.uncertain)) == (1, [texas.region])
    assert not Requirement.objects.exists()


def test_the_preview_and_what_is_then_made_agree(texas, pack, hospitality):
    for number, site in enumerate([texas.fort, texas.fort, texas.prince, texas.region]):
        texas.employ(f"Person {number}", site=site)
    choices = {"us-tx-lodging": Choice(hospitality), "us-ny-lodging": Choice(hospitality)}
    reaches = selectors.preview_adoption(
        organisation=texas.organisation, pack=pack, choices=choices, starts_on=TODAY, due_on=date(2026, 4, 1)
    )
    adopt(texas, pack, choices)
    made = {it.source: len(selectors.concerned(it)) for it in Requirement.objects.live()}
    assert {reach.rule.code: reach.people for reach in reaches} == made == {"us-tx-lodging": 2, "us-ny-lodging": 1}


def test_acts_are_in_the_log(texas, pack, hospitality):
    adoption = adopt(texas, pack, {"us-tx-lodging": Choice(hospitality)})
    services.stop_adopting(adoption=adoption, on=TODAY, by=texas.hr, at=AT)
    verbs = AuditEntry.objects.filter(verb__startswith="rule_pack").order_by("pk").values_list("verb", "data")
    assert list(verbs) == [
        ("rule_pack.adopted", {"pack": "us-lodging", "version": 1}),
        ("rule_pack.stopped", {"pack": "us-lodging", "version": 1}),
    ]


# --- approvals and conditions ---


def approve(workplace, edition, **values):
    return services.record_approval(
        **{
            "organisation": workplace.organisation,
            "rule_code": "us-tx-lodging",
            "edition": edition,
            "body": "Attorney General",
            "reference": "TX-1",
            "approved_on": TODAY,
            "by": workplace.hr,
            "at": AT,
            **values,
        }
    )


def approval_state(workplace, certification):
    rule = {rule.code: rule for each in BOOK.packs for rule in each.rules}["us-tx-lodging"]
    found = selectors.trainings_for(
        organisation=workplace.organisation, rules=[rule], certifications=[certification], on=TODAY
    )
    return {it.name: it.state.value for it in found["us-tx-lodging"][0].conditions}["approved-course"]


def test_a_course_is_not_approved_until_its_edition_is_and_a_later_one_is_not(texas, pack, hospitality):
    course = hospitality.courses.get()
    assert approval_state(texas, hospitality) == "not_met"
    approval = approve(texas, course.editions.get())
    assert approve(texas, course.editions.get()) == approval
    assert approval_state(texas, hospitality) == "met"
    second = course.editions.create(number=2, released_at=AT)
    text = course.editions.get(number=1).texts.get()
    second.texts.create(language="en", digest="2" * 64, snapshot=text.snapshot, frozen_at=AT)
    assert approval_state(texas, hospitality) == "not_met"
    approve(texas, second)
    assert approval_state(texas, hospitality) == "met"


def test_an_approval_is_that_of_its_organisation(texas, pack, hospitality):
    other = factories.workplace("other", "Other")
    approve(other, hospitality.courses.get().editions.get())
    assert approval_state(texas, hospitality) == "not_met"


def test_an_approval_that_ended_counts_no_longer(texas, pack, hospitality):
    approval = approve(texas, hospitality.courses.get().editions.get())
    services.end_approval(approval=approval, on=TODAY, by=texas.hr, at=AT)
    assert approval_state(texas, hospitality) == "not_met"
    assert CourseApproval.objects.count() == 2
    with pytest.raises(AlreadyWithdrawn):
        services.end_approval(approval=approval, on=TODAY, by=texas.hr, at=AT)


def test_the_last_word_on_a_condition_counts(texas):
    rule = {rule.code: rule for each in BOOK.packs for rule in each.rules}["us-ny-lodging"]

    def say(is_met):
        services.state_condition(
            organisation=texas.organisation, rule_code=rule.code, condition="paid-time", is_met=is_met, by=None, at=AT
        )
        return selectors.statements(texas.organisation, [rule]).get(rule.code, {})

    assert say(True) == {"paid-time": True}
    assert say(True) == {"paid-time": True}
    assert ConditionStatement.objects.count() == 1
    assert say(False) == {"paid-time": False}
    assert say(None) == {}


@pytest.mark.parametrize("trainings", [1, 3])
def test_standing_to_rules_costs_the_same_for_one_training_and_for_three(
    texas, pack, django_assert_num_queries, trainings
):
    from certificates.models import Certification

    for _ in range(trainings):
        factories.training()
    rules = [it.rule for it in pack.rules.all()]
    wanted = list(Certification.objects.prefetch_related("courses"))
    with django_assert_num_queries(4):
        selectors.trainings_for(organisation=texas.organisation, rules=rules, certifications=wanted, on=TODAY)


def test_a_certification_without_a_released_course_covers_nothing(texas, pack):
    rule = pack.rules.get(code="us-ca-hotel").rule
    empty = certificate_factories.CertificationFactory()
    found = selectors.trainings_for(organisation=texas.organisation, rules=[rule], certifications=[empty], on=TODAY)
    assert all(each.is_gap for each in found[rule.code][0].covered)
