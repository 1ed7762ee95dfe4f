"""A certification in the CMS: its policy as fields, never as raw JSON; and who may touch it."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates.forms.certification import CertificationForm
from certificates.models import Certification
from certificates.signals import courses_to_be_asked
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
    }
    return data | changes


def lines(field, *written):
    """Return what a browser sends for lines: how far in, of which kind, and what else is filled in."""
    sent = {}
    for index, (level, kind, more) in enumerate((*written, (1, "", {}))):
        line = {"level": str(level), "kind": kind, "n": "", "which": "", "code": "", "text": ""} | more
        sent |= {f"{field}-{index}-{key}": value for key, value in line.items()}
    return sent


def one(kind, which):
    return (1, kind, {"which": which})


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
        (lines("expression", one("course", "elsewhere")), "expression"),
        (lines("expression", one("certification", "hotel-staff")), "expression"),
        (lines("refreshers", one("course", "elsewhere")), "refreshers"),
    ],
)
def test_form_says_beside_its_field_what_is_wrong(changes, field):
    assert list(bound(**changes).errors) == [field]


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ([(1, "all", {})], "Line 1 holds nothing."),
        ([one("course", "a"), (2, "course", {"which": "b"})], "Line 2 stands too far in."),
        ([(1, "any", {}), (3, "course", {"which": "a"})], "Line 2 stands too far in."),
        ([(1, "any", {}), (2, "course", {"which": "a"}), (9, "course", {"which": "b"})], "Line 3 stands too far in."),
        ([(1, "at_least", {}), (2, "course", {"which": "a"})], "Line 1: say how many."),
        ([(1, "at_least", {"n": "3"}), (2, "course", {"which": "a"})], "“At least 3”: take a number from 1 up to"),
        ([(1, "course", {})], "Line 1: choose which one."),
        ([(1, "", {"which": "a"})], "Line 1: choose what it is, or empty it."),
        ([one("course", "a"), (1, "", {}), (1, "session", {})], "Line 2: choose which one."),  # as it is shown again
        ([(1, "nonsense", {"which": "a"})], "Line 1: choose what it is, or empty it."),
        ([one("certification", "hotel-staff")], "It comes back to itself: hotel-staff → hotel-staff."),
        ([one("certification", "nowhere")], "There is no certification nowhere."),
        ([one("course", "c")], "c is none of the courses that are ticked above."),
        ([(1, "attestation", {"code": "Shown", "text": "x"})], "Shown: a code has lower-case letters"),
        ([(1, "attestation", {"code": "shown", "text": ""})], "shown: write as text, in at most 300 characters"),
        ([(1, "attestation", {"code": "shown", "text": "x"})], "It can be fulfilled without learning anything"),
    ],
)
def test_form_says_which_line_cannot_be_and_why(written, error):
    courses = [course("a"), course("b")]
    form_class = CertificationViewSet().get_edit_handler().bind_to_model(Certification).get_form_class()
    data = filled_in(courses[0], courses=[it.pk for it in courses]) | lines("expression", *written)
    form = form_class(data)
    assert list(form.errors) == ["expression"]
    assert form.errors["expression"][0].startswith(error)
    # What was written stands in the form again.
    assert f'value="{written[-1][1]}" selected' in str(form["expression"]) or written[-1][1] in ("", "nonsense")


def test_form_finds_a_way_round_through_other_certifications():
    courses = [course("a")]
    CertificationFactory(code="other", courses=courses, expression={"certification": "hotel-staff"})
    CertificationFactory(code="hotel-staff", courses=courses)
    form = CertificationForm(
        filled_in(courses[0]) | lines("expression", one("certification", "other")),
        instance=Certification.objects.get(code="hotel-staff"),
    )
    assert form.errors["expression"][0].startswith("It comes back to itself: hotel-staff → other → hotel-staff.")


def test_form_refuses_what_would_leave_another_certification_without_a_meaning():
    a, b = course("a"), course("b")
    core = CertificationFactory(code="core", courses=[a])
    more = CertificationFactory(code="more", title="More", courses=[a], expression={"certification": "core"})
    data = filled_in(a, courses=[a.pk, b.pk])
    refused = CertificationForm(data, instance=core)
    assert refused.errors["expression"][0].startswith("“More” asks whatever this one does")
    more.courses.add(b)
    assert CertificationForm(data, instance=core).errors == {}


def test_form_writes_what_its_lines_say_and_shows_it_again():
    courses = [course("a"), course("b")]
    form_class = CertificationViewSet().get_edit_handler().bind_to_model(Certification).get_form_class()
    data = filled_in(courses[0], courses=[it.pk for it in courses])
    data |= lines(
        "expression",
        (1, "all", {}),
        (2, "at_least", {"n": "1"}),
        (3, "course", {"which": "a"}),
        (3, "session", {"which": "b"}),
        (2, "attestation", {"code": "shown", "text": "Was shown whom to call"}),
    )
    data |= lines("refreshers", one("course", "a"), one("session", "b"))
    form = form_class(data)
    assert form.errors == {}
    saved = form.save()
    shown = {"attestation": "shown", "text": "Was shown whom to call"}
    assert saved.expression == {"all": [{"n": 1, "of": [{"course": "a"}, {"session": "b"}]}, shown]}
    assert saved.refreshers == [{"course": "a"}, {"session": "b"}]
    again = CertificationForm(data | {"title": saved.title}, instance=saved)
    assert not {"expression", "refreshers"} & set(again.changed_data)
    page = str(CertificationForm(instance=saved)["expression"])
    assert '<option value="at_least" selected>' in page
    assert '<option value="b" selected>' in page


def test_several_lines_that_nothing_holds_are_all_asked_and_none_asks_for_every_course():
    courses = [course("a"), course("b")]
    form_class = CertificationViewSet().get_edit_handler().bind_to_model(Certification).get_form_class()
    data = filled_in(courses[0], courses=[it.pk for it in courses])
    form = form_class(data | lines("expression", one("course", "a"), one("course", "b")))
    assert form.errors == {}
    assert form.save().expression == {"all": [{"course": "a"}, {"course": "b"}]}
    form = form_class(data | lines("expression"), instance=Certification.objects.get())
    assert form.errors == {}
    assert form.save().expression is None


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


def test_rooms_above_hear_what_a_certification_comes_to_ask_before_it_does():
    one_, two, three = (course() for _ in range(3))
    either = {"any": [{"course": it.code} for it in (one_, two)]}
    certification = CertificationFactory(courses=[one_, two], expression=either)
    announced = []

    def object_to_it(sender, certification, course_ids, **_):
        announced.append((certification.code, course_ids))
        raise ValidationError("Not that one.")

    courses_to_be_asked.connect(object_to_it)
    try:
        for asked, refreshers, added in (
            ([one_, two], [], {one_.pk, two.pk}),  # all, where there was a choice
            ([one_, two, three], [("expression", one("course", one_.code))], {one_.pk, three.pk}),
            ([one_, two], [("expression", one("course", two.code))], {two.pk}),
            ([one_, two], None, None),  # as it is
        ):
            sent = {}
            for field, line in refreshers or ():
                sent |= lines(field, line)
            if refreshers is None:
                sent = lines("expression", (1, "any", {}), *((2, "course", {"which": it.code}) for it in (one_, two)))
            form_class = CertificationViewSet().get_edit_handler().bind_to_model(Certification).get_form_class()
            data = filled_in(one_, code=certification.code, courses=[it.pk for it in asked], **sent)
            form = form_class(data, instance=Certification.objects.get(pk=certification.pk))
            announced.clear()
            assert form.errors == ({"courses": ["Not that one."]} if added else {})
            assert announced == ([(certification.code, added)] if added else [])
    finally:
        courses_to_be_asked.disconnect(object_to_it)
