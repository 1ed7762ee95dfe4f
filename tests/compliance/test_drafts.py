"""The switch that lets people at a workplace be given translations that nobody has reviewed."""

import pytest
from django.urls import reverse

from people.models import AuditEntry, StaffRole
from tests.courses.test_drafts import add_draft
from tests.factories.courses import released_course
from tests.factories.people import StaffRoleFactory, sign_in_personally

pytestmark = pytest.mark.django_db
ADDRESS = reverse("compliance:drafts", args=["larch"])


def test_hr_turns_drafts_on_and_off_knowing_what_it_means(client, larch):
    sign_in_personally(client, larch.hr)
    add_draft(released_course())
    assert (
        "people are not given them" in client.get(reverse("compliance:organisation", args=["larch"])).content.decode()
    )
    page = client.get(ADDRESS).content.decode()
    assert "Drafts are off." in page
    assert "Français" in page
    assert "you do not see which language a person reads" in page
    assert "Drafts are on." in client.post(ADDRESS, {"allowed": "yes"}, follow=True).content.decode()
    client.post(ADDRESS, {"allowed": "yes"})
    larch.organisation.refresh_from_db()
    assert larch.organisation.reads_drafts is True
    assert "Drafts are off." in client.post(ADDRESS, {"allowed": "no"}, follow=True).content.decode()
    larch.organisation.refresh_from_db()
    assert larch.organisation.reads_drafts is False
    said = AuditEntry.objects.filter(verb="organisation.drafts").order_by("pk")
    assert [(entry.actor, entry.data) for entry in said] == [
        (larch.hr, {"allowed": True}),
        (larch.hr, {"allowed": False}),
    ]


def test_only_hr_of_the_organisation_finds_the_switch(client, larch):
    auditor = StaffRoleFactory(organisation=larch.organisation, kind=StaffRole.Kind.AUDITOR)
    for role in (auditor, StaffRoleFactory()):
        sign_in_personally(client, role.user)
        assert client.get(ADDRESS).status_code == 404
        assert client.post(ADDRESS, {"allowed": "yes"}).status_code == 404
    larch.organisation.refresh_from_db()
    assert larch.organisation.reads_drafts is False
