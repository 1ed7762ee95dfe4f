"""Whose help lines a page shows: those of the place where the person works."""

import pytest
from django.test import Client

from tests.factories.people import (
    EmploymentFactory,
    MembershipFactory,
    SiteFactory,
    sign_in_personally,
    sign_in_with_pin,
)

pytestmark = pytest.mark.django_db

HELP_IN = "Somebody to talk to in {}"


def member_at(*jurisdictions: str):
    member = MembershipFactory(pin="246813")
    for year, jurisdiction in enumerate(jurisdictions, start=2021):
        site = SiteFactory(organisation=member.organisation, jurisdiction=jurisdiction)
        EmploymentFactory(membership=member, site=site, starts_on=f"{year}-01-01", ends_on=f"{year}-12-31")
    return member


def footer(client: Client) -> str:
    return client.get("/training/").content.decode()


def test_a_learner_sees_the_lines_of_the_place_of_work(client):
    sign_in_with_pin(client, member_at("ca-ab"))
    assert HELP_IN.format("Alberta") in footer(client)


def test_of_several_jobs_the_one_that_began_last_counts(client):
    sign_in_with_pin(client, member_at("ca-ab", "ca-yt"))
    assert HELP_IN.format("Yukon") in footer(client)


def test_in_a_session_of_ones_own_it_is_the_same(client):
    sign_in_personally(client, member_at("ca-qc").user)
    assert HELP_IN.format("Quebec") in footer(client)


@pytest.mark.parametrize("jurisdictions", [(), ("xx-yy",)])
def test_without_a_known_place_it_is_the_default(client, jurisdictions):
    sign_in_with_pin(client, member_at(*jurisdictions))
    assert HELP_IN.format("British Columbia") in footer(client)


def test_without_a_sign_in_it_is_the_default(client):
    assert HELP_IN.format("British Columbia") in client.get("/verify/").content.decode()


def test_it_costs_no_query_of_its_own(client, django_assert_max_num_queries):
    sign_in_with_pin(client, member_at("ca-ab"))
    with django_assert_max_num_queries(12):
        client.get("/training/")
