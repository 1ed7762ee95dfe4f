"""A certification in the CMS: its policy as fields, never as raw JSON; and who may touch it."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates.forms.certification import CertificationForm
from certificates.models import Certification
from certificates.validity import Duration, ValidityPolicy
from certificates.viewsets import CertificationViewSet
from courses.models import Course
from tests.factories.certificates import CertificateFactory, CertificationFactory, course
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db


def editor(client, *permissions):
    """Sign somebody in to the CMS who may do this with certifications."""
    user = UserFactory(with_email=True)
    group = Group.objects.create(name=f"group of {user.pk}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for permission in permissions:
        group.permissions.add(Permission.objects.get(codename=f"{permission}_certification"))
    user.groups.add(group)
    sign_in_personally(client, user)
    return user


def address(name, *keys):
    return reverse(CertificationViewSet().get_url_name(name), args=keys)


def filled_in(certified, **changes):
    """Return what a browser sends for a default policy."""
    data = {
        "code": "hotel-staff",
        "title": "Working safely with guests",
        "full_title": "",
        "courses": [certified.pk],
        "anchor": "renewal",
        "validity_n": "36",
        "validity_unit": "m",
        "window_n": "3",
        "window_unit": "m",
        "grace_n": "",
        "grace_unit": "m",
        "min_validity_n": "",
        "min_validity_unit": "m",
        "calendar_month": "",
        "calendar_day": "",
        "late": "completion",
        "early": "restart",
        "expression": "",
        "refreshers": "",
    }
    return data | changes


def bound(**changes):
    form_class = CertificationViewSet().get_edit_handler().bind_to_model(Certification).get_form_class()
    return form_class(filled_in(course(), **changes))


def test_form_writes_the_policy_that_its_fields_say():
    form = bound(
        anchor="calendar",
        validity_n="1",
        validity_unit="y",
        window_n="2",
        grace_n="14",
        grace_unit="d",
        min_validity_n="3",
        calendar_month="3",
        calendar_day="31",
        late="schedule",
        early="record_only",
    )
    assert form.errors == {}
    assert form.save().validity_policy == ValidityPolicy(
        anchor="calendar",
        validity=Duration(1, "y"),
        window=Duration(2, "m"),
        grace=Duration(14, "d"),
        min_validity=Duration(3, "m"),
        calendar_last_day=(3, 31),
        late="schedule",
        early="record_only",
    )


def test_form_left_as_it_comes_writes_the_default_policy():
    form = bound()
    assert form.errors == {}
    assert form.save().validity_policy == ValidityPolicy()


def test_form_without_a_window_leaves_the_last_day():
    form = bound(window_n="")
    assert form.errors == {}
    assert form.save().validity_policy == ValidityPolicy(window=None)


def test_form_of_a_stored_certification_shows_its_policy_and_keeps_it():
    policy = ValidityPolicy(
        anchor="calendar", validity=Duration(2, "y"), grace=Duration(2, "w"), calendar_last_day=(2, 29)
    )
    stored = CertificationFactory(policy=policy.to_json())
    form = CertificationForm(instance=stored)
    initial = {name: form[name].value() for name in ("anchor", "validity", "grace", "calendar_month", "calendar_day")}
    assert initial == {
        "anchor": "calendar",
        "validity": Duration(2, "y"),
        "grace": Duration(2, "w"),
        "calendar_month": 2,
        "calendar_day": 29,
    }
    html = form["validity"].as_widget()
    assert 'value="2"' in html
    assert '<option value="y" selected>' in html


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"validity_n": ""}, "validity"),
        ({"validity_n": "0"}, "validity"),
        ({"validity_n": "101", "validity_unit": "y"}, "validity"),
        ({"validity_unit": "h"}, "validity"),
        ({"window_n": "37"}, "window"),
        ({"grace_n": "-1"}, "grace"),
        ({"min_validity_n": "37"}, "min_validity"),
        ({"anchor": "calendar", "validity_n": "18"}, "validity"),
        ({"anchor": "calendar"}, "calendar_day"),
        ({"anchor": "calendar", "calendar_month": "2", "calendar_day": "30"}, "calendar_day"),
        ({"calendar_month": "2"}, "calendar_day"),
        ({"anchor": "never"}, "anchor"),
        ({"courses": []}, "courses"),
        ({"expression": "{"}, "expression"),
        ({"expression": '{"all": []}'}, "expression"),
        ({"expression": '{"course": "elsewhere"}'}, "expression"),
        ({"expression": '{"certification": "hotel-staff"}'}, "expression"),
        ({"refreshers": '{"course": "elsewhere"}'}, "refreshers"),
        ({"refreshers": '[{"n": 2, "of": []}]'}, "refreshers"),
    ],
)
def test_form_says_beside_its_field_what_is_wrong(changes, field):
    assert list(bound(**changes).errors) == [field]


def test_form_offers_no_open_course():
    recorded, open_course = course(), course(tier=Course.Tier.OPEN)
    offered = CertificationForm(instance=Certification()).fields["courses"].queryset
    assert recorded in offered
    assert open_course not in offered


def test_publisher_edits_the_policy_and_keeps_the_code(client):
    stored = CertificationFactory(code="hotel-staff")
    issued = CertificateFactory(certification=stored)
    user = editor(client, "change")
    page = client.get(address("edit", stored.pk)).content.decode()
    assert 'name="validity_n"' in page
    assert 'name="policy"' not in page
    sent = filled_in(stored.courses.get(), code="another", validity_n="1", validity_unit="y", seen="on")
    assert client.post(address("edit", stored.pk), sent).status_code == 302
    stored.refresh_from_db()
    assert (stored.code, stored.validity_policy.validity) == ("hotel-staff", Duration(1, "y"))
    issued.refresh_from_db()
    assert issued.policy["validity"] == "36m"
    assert ModelLogEntry.objects.filter(user=user, action="wagtail.edit").exists()


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (
            2_000,
            "If they were dated anew too, with 60 days of notice (manage.py rebase_certificates), 0 would end later and 1 ",
        ),
        (0, "manage.py rebase_certificates says what dating them anew would do."),
    ],
)
def test_what_another_policy_does_is_seen_before_it_is_saved(client, monkeypatch, most, said):
    monkeypatch.setattr("certificates.forms.certification.MOST_LOOKED_AT", most)
    monkeypatch.setattr("certificates.forms.certification.clock.today", lambda zone: date(2026, 11, 1))
    stored = CertificationFactory(code="hotel-staff")
    CertificateFactory(certification=stored)
    editor(client, "change")
    sent = filled_in(stored.courses.get(), validity_n="1", validity_unit="y")
    page = client.post(address("edit", stored.pk), sent).content.decode()
    assert "Certificates that run: 1. They keep their dates" in page
    assert said in page
    stored.refresh_from_db()
    assert stored.validity_policy == ValidityPolicy()
    # What leaves the dates alone asks nothing.
    assert client.post(address("edit", stored.pk), filled_in(stored.courses.get(), title="Other")).status_code == 302


def test_viewer_sees_the_list_and_changes_nothing(client):
    stored = CertificationFactory()
    editor(client, "view")
    assert stored.title in client.get(address("list")).content.decode()
    page = client.get(address("inspect", stored.pk)).content.decode()
    assert "Valid for: 36 months<br>Renewal opens: 3 months<br>" in page
    for name, keys in (("edit", [stored.pk]), ("add", []), ("delete", [stored.pk])):
        response = client.post(address(name, *keys), filled_in(stored.courses.get()))
        assert response.status_code == 302
        assert response.url == "/cms/"
    stored.refresh_from_db()
    assert stored.validity_policy == ValidityPolicy()


@pytest.mark.parametrize("name", ["list", "add"])
def test_editor_without_permission_and_nobody_are_turned_away(client, name):
    assert client.get(address(name)).status_code == 302
    editor(client)
    assert client.get(address(name)).status_code == 302
