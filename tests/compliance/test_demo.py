"""The demo: believable, made once, refused outside development."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from certificates.models import Certification
from cms.settings import base
from compliance import demo, selectors, services
from compliance.models import Message, Requirement
from compliance.selectors import Days
from compliance.visibility import Status
from courses import services as course_services
from courses.models import Enrolment
from people import services as people_services
from people.models import AccountChange, Membership, Organisation, StaffRole, User
from tests.factories import compliance as factories

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture
def trainings(db):
    for code in ("hospitality", "transport"):
        certification = factories.training(f"Training for {code}")
        Certification.objects.filter(pk=certification.pk).update(code=code)


@pytest.fixture
def larch(trainings) -> Organisation:
    assert demo.load(at=AT)
    return Organisation.objects.get(code="larch")


def test_it_is_made_once(larch):
    counts = [it.objects.count() for it in (User, Membership, Requirement, Enrolment, AccountChange)]
    assert not demo.is_missing()
    assert demo.load(at=AT) is False
    call_command("load_demo")
    assert [it.objects.count() for it in (User, Membership, Requirement, Enrolment, AccountChange)] == counts


def test_it_is_refused_outside_development(trainings, settings):
    settings.DEMO = False
    assert not demo.is_missing()
    with pytest.raises(ImproperlyConfigured):
        demo.load(at=AT)
    with pytest.raises(CommandError, match="only in development"):
        call_command("load_demo")
    assert not Organisation.objects.exists()


def test_nothing_of_it_is_left_when_making_it_fails(trainings, monkeypatch):
    monkeypatch.setattr(demo, "_make_north_road", lambda at: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        demo.load(at=AT)
    assert not Organisation.objects.exists()
    assert demo.is_missing()


def test_its_people_stand_in_every_way_that_hr_can_see(larch):
    people = Membership.objects.filter(organisation=larch)
    counts = selectors.summary(memberships=people, on=Days(TODAY)).counts
    for status in (Status.OVERDUE, Status.EXPIRED, Status.DUE, Status.EXPIRING, Status.DONE):
        assert counts[status] > 0, status
    sites = [it.name for it in selectors.counts_by_site(memberships=people, on=Days(TODAY))]
    assert sites == ["Larch Hotel Fort St. John", "Larch Hotel Prince George"]
    assert services.check_obligations(memberships=people.values_list("pk", flat=True), at=AT) == []


def test_its_folds_and_standing_are_what_the_rules_say(larch):
    call_command("rebuild_folds", check=True)
    call_command("rebuild_obligations", check=True)


def test_the_first_sweep_sends_mails_and_leaves_letters(larch, mailoutbox):
    services.sweep(at=AT)
    assert len(mailoutbox) >= 3
    assert len({it.to[0] for it in mailoutbox}) == len(mailoutbox)
    assert all(it.to[0].endswith("@larch.example") for it in mailoutbox)
    housekeeper = Membership.objects.get(organisation=larch, employee_number=demo.HOUSEKEEPER)
    assert Message.objects.get(membership=housekeeper).state == "letter"


def test_all_its_sign_ins_work(larch, client):
    printed = " ".join(demo.sign_ins())
    for email in (demo.HR, demo.SITE_LEAD, demo.OTHER_HR, demo.AUTHOR, demo.PUBLISHER):
        assert email in printed
        assert client.login(username=email, password=demo.PASSWORD), email
    member = people_services.sign_in(
        organisation_code="larch", employee_number=demo.HOUSEKEEPER, pin=demo.PIN, at=AT, origin="here"
    )
    assert member.organisation == larch
    assert member.email == ""
    kinds = {it.user.email: (it.kind, it.site and it.site.code) for it in StaffRole.objects.all()}
    assert kinds == {
        demo.HR: ("hr", None),
        demo.SITE_LEAD: ("site_lead", "fort-st-john"),
        demo.OTHER_HR: ("hr", None),
    }


def test_editors_have_no_workplace_and_hr_no_cms(larch):
    for email, group in ((demo.AUTHOR, "author"), (demo.PUBLISHER, "publisher")):
        editor = User.objects.get(email=email)
        assert [it.name for it in editor.groups.all()] == [group]
        assert not editor.staff_roles.exists()
    assert not User.objects.get(email=demo.HR).has_perm("wagtailadmin.access_admin")


def test_the_housekeeper_can_begin_at_once(larch):
    member = Membership.objects.get(organisation=larch, employee_number=demo.HOUSEKEEPER)
    course = Certification.objects.get(code="hospitality").courses.get()
    enrolment = course_services.enrol(learner=member.user, membership=member, course=course, at=AT, language="en")
    assert enrolment.number == 1


def test_no_address_of_it_could_belong_to_anybody():
    written = Path(demo.__file__).read_text()
    assert all(it.endswith(".example") for it in re.findall(r"[\w.+-]+@([\w.-]+)", written))


def test_only_development_and_tests_turn_it_on():
    assert base.DEMO is False
    assert django_settings.DEMO is True
