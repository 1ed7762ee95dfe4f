from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from people import permissions, selectors, services
from people.models import AccountChange, Membership, Organisation, Site, StaffRole, User
from people.scope import Scope
from tests.factories.people import (
    AT,
    PIN,
    EmploymentFactory,
    MembershipFactory,
    OrganisationFactory,
    SiteFactory,
    StaffRoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


class Tree:
    """Two employers; the first has a region with a hotel in it, and a yard beside."""

    def __init__(self) -> None:
        self.larch: Organisation = OrganisationFactory(code="larch")
        self.birch: Organisation = OrganisationFactory(code="birch")
        self.region: Site = SiteFactory(organisation=self.larch)
        self.hotel: Site = SiteFactory(organisation=self.larch, parent=self.region)
        self.annex: Site = SiteFactory(organisation=self.larch, parent=self.hotel)
        self.yard: Site = SiteFactory(organisation=self.larch)
        self.in_annex = self.at(self.annex, "in annex")
        self.in_yard = self.at(self.yard, "in yard")
        self.left = self.at(self.hotel, "left", ends_on=date(2026, 3, 1))
        self.last_day = self.at(self.hotel, "last day", ends_on=TODAY)
        self.to_come = self.at(self.hotel, "to come", starts_on=date(2026, 5, 1))
        self.nowhere: Membership = MembershipFactory(organisation=self.larch, name="nowhere")
        self.foreign = self.at(SiteFactory(organisation=self.birch), "foreign")

    def at(self, site: Site, name: str, **more: Any) -> Membership:
        member: Membership = MembershipFactory(organisation=site.organisation, name=name)
        EmploymentFactory(membership=member, site=site, role=None, **more)
        return member


@pytest.fixture
def tree() -> Tree:
    return Tree()


def seen(user: Any, organisation: Organisation, **more: Any) -> list[str]:
    visible = selectors.visible_memberships(user=user, organisation=organisation, at=AT, **more)
    return sorted(member.name for member in visible)


EVERYBODY = ["in annex", "in yard", "last day", "left", "nowhere", "to come"]
AT_THE_HOTEL = ["in annex", "last day", "to come"]


def test_role_for_the_organisation_sees_all_of_it_and_nothing_else(tree: Tree) -> None:
    user = StaffRoleFactory(organisation=tree.larch).user
    assert seen(user, tree.larch) == EVERYBODY
    assert seen(user, tree.birch) == []


@pytest.mark.parametrize("kind", list(StaffRole.Kind))
def test_role_for_a_site_sees_who_works_there_or_below_or_will(tree: Tree, kind: StaffRole.Kind) -> None:
    for site in (tree.region, tree.hotel):
        user = StaffRoleFactory(organisation=tree.larch, site=site, kind=kind).user
        assert seen(user, tree.larch) == AT_THE_HOTEL
    user = StaffRoleFactory(organisation=tree.larch, site=tree.annex, kind=kind).user
    assert seen(user, tree.larch) == ["in annex"]


def test_whoever_moved_is_no_longer_seen_at_the_old_site(tree: Tree) -> None:
    job = tree.in_yard.employments.get()
    services.end_employment(employment=job, ends_on=date(2026, 3, 1), by=None, at=AT)
    services.start_employment(membership=tree.in_yard, site=tree.hotel, role=None, starts_on=TODAY, by=None, at=AT)
    assert seen(StaffRoleFactory(organisation=tree.larch, site=tree.yard).user, tree.larch) == []
    assert "in yard" in seen(StaffRoleFactory(organisation=tree.larch, site=tree.hotel).user, tree.larch)


def test_corrected_fact_no_longer_counts(tree: Tree) -> None:
    job = tree.in_yard.employments.get()
    services.correct_employment(
        employment=job, site=tree.hotel, role=None, starts_on=job.starts_on, ends_on=None, by=None, at=AT
    )
    assert seen(StaffRoleFactory(organisation=tree.larch, site=tree.yard).user, tree.larch) == []


def test_kinds_limit_what_a_role_is_good_for(tree: Tree) -> None:
    user = StaffRoleFactory(organisation=tree.larch, kind=StaffRole.Kind.AUDITOR).user
    assert seen(user, tree.larch, kinds=[StaffRole.Kind.HR]) == []
    assert seen(user, tree.larch, kinds=[StaffRole.Kind.AUDITOR]) == EVERYBODY


def test_nobody_else_sees_anybody(tree: Tree) -> None:
    inactive = StaffRoleFactory(organisation=tree.larch).user
    inactive.is_active = False
    inactive.save()
    superuser = User.objects.create_superuser("root@example.org", "lantern-harbour-42")
    for user in (AnonymousUser(), UserFactory(), tree.in_annex.user, inactive, superuser):
        assert seen(user, tree.larch) == []


def test_role_for_a_site_of_another_organisation_gives_nothing(tree: Tree) -> None:
    # Written past the services: the site belongs to another organisation than the role.
    user = StaffRoleFactory(organisation=tree.birch, site=tree.hotel).user
    assert seen(user, tree.larch) == []
    assert seen(user, tree.birch) == []


def test_today_is_the_workplaces_unless_given(tree: Tree, the_clock: Any) -> None:
    user = StaffRoleFactory(organisation=tree.larch, site=tree.hotel).user
    visible = selectors.visible_memberships(user=user, organisation=tree.larch)
    assert sorted(member.name for member in visible) == AT_THE_HOTEL
    the_clock.forward(days=1)
    visible = selectors.visible_memberships(user=user, organisation=tree.larch)
    assert sorted(member.name for member in visible) == ["in annex", "to come"]


def test_visible_sites_are_those_of_the_roles(tree: Tree) -> None:
    lead = StaffRoleFactory(organisation=tree.larch, site=tree.hotel).user
    hr = StaffRoleFactory(organisation=tree.larch).user
    assert set(selectors.visible_sites(user=lead, organisation=tree.larch)) == {tree.hotel, tree.annex}
    assert selectors.visible_sites(user=hr, organisation=tree.larch).count() == 4
    assert list(selectors.visible_sites(user=hr, organisation=tree.birch)) == []


def test_loop_in_the_tree_of_sites_ends(tree: Tree) -> None:
    Site.objects.filter(pk=tree.region.pk).update(parent=tree.annex)
    assert selectors.sites_below(organisation=tree.larch, roots=[tree.yard.pk]) == {tree.yard.pk}
    assert tree.region.pk in selectors.sites_below(organisation=tree.larch, roots=[tree.hotel.pk])


@pytest.mark.parametrize("roles", [1, 3])
def test_visible_memberships_cost_the_same_however_many_sites(
    tree: Tree, roles: int, django_assert_num_queries: Any
) -> None:
    user = StaffRoleFactory(organisation=tree.larch, site=tree.annex).user
    for site in (tree.hotel, tree.yard)[: roles - 1]:
        StaffRoleFactory(user=user, organisation=tree.larch, site=site)
    with django_assert_num_queries(3):
        list(selectors.visible_memberships(user=user, organisation=tree.larch, at=AT))


# --- permissions -------------------------------------------------------------------------------------------------


def test_organisation_is_given_to_its_staff(tree: Tree) -> None:
    user = StaffRoleFactory(organisation=tree.larch).user
    assert permissions.organisation_for(user, "larch", kinds=permissions.WRITERS) == tree.larch


def test_foreign_unknown_and_wrong_kind_look_the_same(tree: Tree) -> None:
    hr = StaffRoleFactory(organisation=tree.larch).user
    auditor = StaffRoleFactory(organisation=tree.larch, kind=StaffRole.Kind.AUDITOR).user
    said = set()
    cases = [(hr, "birch"), (hr, "no-such"), (auditor, "larch"), (AnonymousUser(), "larch"), (UserFactory(), "larch")]
    for user, code in cases:
        with pytest.raises(Http404) as refused:
            permissions.organisation_for(user, code, kinds=permissions.WRITERS)
        said.add(str(refused.value))
    assert said == {""}


def test_membership_is_given_within_what_is_visible(tree: Tree) -> None:
    hr = StaffRoleFactory(organisation=tree.larch).user
    found = permissions.membership_for(hr, tree.larch, tree.left.public_id, kinds=permissions.READERS)
    assert found == tree.left
    lead = StaffRoleFactory(organisation=tree.larch, site=tree.yard).user
    for user, person in ((lead, tree.in_annex), (hr, tree.foreign), (AnonymousUser(), tree.left)):
        with pytest.raises(Http404):
            permissions.membership_for(user, tree.larch, person.public_id, kinds=permissions.READERS)


# --- the account ---------------------------------------------------------------------------------------------------


def test_pin_session_sees_the_changes_of_its_membership_only() -> None:
    first, user = MembershipFactory(), UserFactory()
    first.user = user
    first.save()
    second = MembershipFactory(user=user)
    kind = AccountChange.Kind.CODE_PRINTED
    for n, membership in enumerate((first, second, None)):
        AccountChange.objects.create(user=user, membership=membership, kind=kind, happened_at=AT + timedelta(days=n))
    pin = Scope(user=user, membership=first, memberships=(first,))
    personal = Scope(user=user, personal=True, memberships=(first, second))
    assert [change.membership for change in selectors.account_changes(scope=pin)] == [first]
    assert [change.membership for change in selectors.account_changes(scope=personal)] == [None, second, first]
    assert list(selectors.account_changes(scope=Scope())) == []


def pin_scope(member: Membership) -> Scope:
    """Return the scope of a request in a session that the present PIN opened."""
    member = Membership.objects.select_related("credential").get(pk=member.pk)
    return Scope(user=member.user, membership=member, memberships=(member,))


def reset(member: Membership, days: int) -> None:
    at = AT + timedelta(days=days)
    code = services.issue_code(membership=member, by=None, at=at)
    services.set_pin(
        organisation_code=member.organisation.code,
        employee_number=member.employee_number,
        code=code,
        pin=PIN,
        at=at,
        origin="work",
    )


def test_earlier_learning_stays_hidden_after_a_reset_until_the_person_proves_herself() -> None:
    member = MembershipFactory(pin=PIN)
    EmploymentFactory(membership=member)
    own = Scope(user=member.user, personal=True, memberships=(member,))
    assert selectors.hidden_before(scope=pin_scope(member), membership=member) == AT
    services.make_recovery_code(user=member.user, at=AT + timedelta(days=1), membership=member)
    reset(member, days=2)
    # Whoever holds the new PIN, maybe the employer, sees nothing from before; the recovery code does.
    assert selectors.hidden_before(scope=pin_scope(member), membership=member) == AT + timedelta(days=2)
    assert selectors.hidden_before(scope=own, membership=member) == AT


def test_recovery_code_made_after_a_reset_opens_nothing_from_before_it() -> None:
    member = MembershipFactory(pin=PIN)
    EmploymentFactory(membership=member)
    reset(member, days=2)
    services.make_recovery_code(user=member.user, at=AT + timedelta(days=3), membership=member)
    own = Scope(user=member.user, personal=True, memberships=(member,))
    assert selectors.hidden_before(scope=own, membership=member) == AT + timedelta(days=2)


def test_membership_joined_after_a_reset_shows_nothing_from_before_it() -> None:
    kept = MembershipFactory().user
    services.make_recovery_code(user=kept, at=AT - timedelta(days=30))
    member = MembershipFactory(pin=PIN)
    EmploymentFactory(membership=member)
    reset(member, days=2)
    joined = services.join_membership(
        user=kept,
        organisation_code=member.organisation.code,
        employee_number=member.employee_number,
        pin=PIN,
        at=AT + timedelta(days=3),
        origin="home",
    )
    own = Scope(user=kept, personal=True, memberships=(joined,))
    assert selectors.hidden_before(scope=own, membership=joined) == AT + timedelta(days=2)


@pytest.mark.parametrize(
    ("user", "own"), [({}, False), ({"with_email": True}, True), ({"recovery_lookup": "ABCDEFGH"}, True)]
)
def test_own_sign_in_is_what_no_employer_issued(user: dict[str, Any], own: bool) -> None:
    assert selectors.has_own_sign_in(UserFactory(**user)) is own


def test_membership_contact_is_no_sign_in_of_ones_own() -> None:
    member = MembershipFactory(email="jo@larch.example", pin=PIN)
    assert selectors.has_own_sign_in(member.user) is False
