"""A small believable organisation to try things on. Exists only where ``settings.DEMO`` is on.

All people are invented. Dates lie around the day on which it is made.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from certificates import services as certificate_services
from certificates.models import Certification
from certificates.validity import local_date, starts_at
from compliance import services
from courses import selectors as course_selectors
from courses import services as course_services
from courses.fold import Fold
from courses.models import Completion, Course, Enrolment
from people import services as people_services
from people.models import Employment, Membership, Organisation, Role, Site, StaffRole, User

PASSWORD: Final = "lantern-harbour-42"
PIN: Final = "246813"
HR: Final = "hr@larch.example"
SITE_LEAD: Final = "fsj@larch.example"
OTHER_HR: Final = "hr@northroad.example"
AUTHOR: Final = "author@fieldfare.example"
PUBLISHER: Final = "publisher@fieldfare.example"
HOUSEKEEPER: Final = "0042"
ZONE: Final = "America/Vancouver"
_WHATEVER_THE_DAY: Final = True
"""A demonstration starts also when the shipped courses wait for somebody to look at them again."""


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody invented: ``done_days_ago`` counts back to a completion, ``days_here`` to the first day at work."""

    number: str
    name: str
    site: str
    role: str
    email: str = ""
    days_here: int = 400
    done_days_ago: int | None = None
    started: bool = False
    pin: bool = False
    left_days_ago: int | None = None


_PEOPLE: Final = (
    _Person(HOUSEKEEPER, "Jo Castellan", "fort-st-john", "housekeeping", pin=True),
    _Person(
        "0043", "Ama Birch", "fort-st-john", "housekeeping", "ama.birch@larch.example", pin=True, done_days_ago=200
    ),
    _Person("0044", "Lin Harrow", "fort-st-john", "housekeeping", started=True, pin=True),
    _Person(
        "0045",
        "Harpreet Vale",
        "fort-st-john",
        "front-desk",
        "h.vale@larch.example",
        done_days_ago=1060,
        days_here=1500,
    ),
    _Person("0046", "Sam Okoro-Lund", "fort-st-john", "front-desk", "s.okoro@larch.example", done_days_ago=90),
    _Person("0047", "Dana Whitlock", "fort-st-john", "kitchen"),
    _Person("0048", "Bo Tamarind", "fort-st-john", "kitchen", "bo.t@larch.example"),
    _Person("0049", "Marlo Quill", "fort-st-john", "maintenance", done_days_ago=1150, days_here=2000),
    _Person("0051", "Noor Alder", "prince-george", "housekeeping", "noor.a@larch.example", done_days_ago=30),
    _Person("0052", "Teodora Finch", "prince-george", "housekeeping", done_days_ago=400),
    _Person("0053", "Wen Sorrel", "prince-george", "kitchen", days_here=12),
    _Person(
        "0054", "Ilse Marten", "prince-george", "front-desk", "ilse.m@larch.example", done_days_ago=1065, days_here=1300
    ),
    _Person("0055", "Kofi Lark", "prince-george", "maintenance", done_days_ago=700, days_here=900),
    _Person("0056", "Rae Plover", "prince-george", "housekeeping", left_days_ago=40, done_days_ago=300),
    _Person("0057", "Gus Teasel", "prince-george", "front-desk", "gus.t@larch.example", done_days_ago=15),
    _Person("0058", "Ira Pendle", "prince-george", "kitchen", "ira.p@larch.example", days_here=310),
    _Person("0059", "Mab Rushworth", "prince-george", "housekeeping", days_here=150),
)
_ROLES: Final = (
    ("housekeeping", "Housekeeping"),
    ("front-desk", "Front desk"),
    ("kitchen", "Kitchen and service"),
    ("maintenance", "Maintenance"),
)


def is_missing() -> bool:
    """Return whether the demo organisations are wanted here and not there yet."""
    return settings.DEMO and not Organisation.objects.filter(code="larch").exists()


def load(*, at: datetime) -> bool:
    """Make the demo organisations and accounts; return False when they are there already.

    Raises:
        ImproperlyConfigured: demo data were asked for outside development.
    """
    if not settings.DEMO:
        raise ImproperlyConfigured("demo accounts exist only in development")
    if not is_missing():
        return False
    with transaction.atomic():
        _make_larch(at)
        _make_north_road(at)
        for email, name, group in ((AUTHOR, "Robin Author", "author"), (PUBLISHER, "Toni Publisher", "publisher")):
            user = people_services.create_staff(email=email, name=name, password=PASSWORD)
            user.groups.add(Group.objects.get(name=group))
    return True


def _make_larch(at: datetime) -> None:
    today = local_date(at, ZONE)
    larch = Organisation.objects.create(code="larch", name="Larch Hotels", time_zone=ZONE)
    region = Site.objects.create(
        organisation=larch, code="north", name="Larch Hotels North", time_zone=ZONE, kind="office", languages=["en"]
    )
    sites = {
        "fort-st-john": Site.objects.create(
            organisation=larch,
            parent=region,
            code="fort-st-john",
            name="Larch Hotel Fort St. John",
            time_zone="America/Dawson_Creek",
            kind="hotel",
            rooms=84,
            languages=["en", "tl", "pa"],
            contact="Dana at the back office, weekdays 9 to 4",
        ),
        "prince-george": Site.objects.create(
            organisation=larch,
            parent=region,
            code="prince-george",
            name="Larch Hotel Prince George",
            time_zone=ZONE,
            kind="hotel",
            rooms=120,
            languages=["en", "fr"],
            contact="Ilse at the front desk",
        ),
    }
    roles = {code: Role.objects.create(organisation=larch, code=code, name=name) for code, name in _ROLES}
    hr = people_services.create_staff(email=HR, name="Mo Rowan", password=PASSWORD)
    people_services.grant_staff_role(user=hr, organisation=larch, kind=StaffRole.Kind.HR, by=None, at=at)
    lead = people_services.create_staff(email=SITE_LEAD, name="Pat Sedge", password=PASSWORD)
    people_services.grant_staff_role(
        user=lead, organisation=larch, kind=StaffRole.Kind.SITE_LEAD, site=sites["fort-st-john"], by=hr, at=at
    )
    certification = Certification.objects.get(code="hospitality")
    course = certification.courses.get()
    for person in _PEOPLE:
        member = _add(larch, person, sites[person.site], roles[person.role], hr, today, at)
        if person.done_days_ago is not None:
            _completed(member, course, today - timedelta(days=person.done_days_ago))
        if person.started:
            _begin(member, course, at)
    services.require(
        organisation=larch,
        certification=certification,
        site=sites["prince-george"],
        starts_on=today - timedelta(days=60),
        due_on=today - timedelta(days=5),
        continuing=_WHATEVER_THE_DAY,
        by=hr,
        at=at,
    )
    services.require(
        organisation=larch,
        certification=certification,
        site=sites["fort-st-john"],
        starts_on=today - timedelta(days=20),
        due_on=today + timedelta(days=24),
        continuing=_WHATEVER_THE_DAY,
        by=hr,
        at=at,
    )


def _make_north_road(at: datetime) -> None:
    """A second employer, so that it can be seen that neither learns of the other."""
    today = local_date(at, ZONE)
    north = Organisation.objects.create(code="north-road", name="North Road Transport", time_zone=ZONE)
    yard = Site.objects.create(
        organisation=north,
        code="yard",
        name="Yard",
        time_zone=ZONE,
        kind="trucking",
        languages=["en", "pa"],
        contact="the dispatch office",
    )
    driving = Role.objects.create(organisation=north, code="driving", name="Driving")
    hr = people_services.create_staff(email=OTHER_HR, name="Alix Crane", password=PASSWORD)
    people_services.grant_staff_role(user=hr, organisation=north, kind=StaffRole.Kind.HR, by=None, at=at)
    for number, name in (("D-01", "Lee Bramble"), ("D-02", "Jo Castellan"), ("D-03", "Max Yarrow")):
        _add(north, _Person(number, name, "yard", "driving", pin=number == "D-02"), yard, driving, hr, today, at)
    services.require(
        organisation=north,
        certification=Certification.objects.get(code="transport"),
        role=driving,
        starts_on=today,
        due_on=today + timedelta(days=45),
        continuing=_WHATEVER_THE_DAY,
        by=hr,
        at=at,
    )


def _add(
    organisation: Organisation, person: _Person, site: Site, role: Role, hr: User, today: date, at: datetime
) -> Membership:
    member = people_services.create_membership(
        organisation=organisation, employee_number=person.number, name=person.name, email=person.email, by=hr, at=at
    )
    job = people_services.start_employment(
        membership=member, site=site, role=role, starts_on=today - timedelta(days=person.days_here), by=hr, at=at
    )
    if person.pin:
        code = people_services.issue_code(membership=member, by=hr, at=at)
        people_services.set_pin(
            organisation_code=organisation.code, employee_number=person.number, code=code, pin=PIN, at=at, origin="demo"
        )
    if person.left_days_ago is not None:
        people_services.end_employment(
            employment=job, ends_on=today - timedelta(days=person.left_days_ago), by=hr, at=at
        )
    return member


def _completed(member: Membership, course: Course, on: date) -> None:
    """Write a completion from before this database was made; nothing of how it was learnt is invented."""
    text = course_selectors.current_text(course, "en")
    assert text is not None
    zone = Employment.objects.current_knowledge().get(membership=member).site.time_zone
    done_at = starts_at(on, zone) + timedelta(hours=15)
    enrolment = Enrolment.objects.create(
        learner=member.user,
        membership=member,
        course=course,
        edition=text.edition,
        number=1,
        opened_at=done_at - timedelta(hours=1),
        completed_at=done_at,
        fold=Fold().to_json(),
    )
    completion = Completion.objects.create(
        enrolment=enrolment,
        learner=member.user,
        membership=member,
        course=course,
        edition_text=text,
        completed_on=on,
        completed_at=done_at,
        time_zone=zone,
        minutes=text.snapshot["course"]["minutes"],
        recorded_at=done_at,
    )
    certificate_services.issue_for_completion(completion=completion, at=done_at)


def _begin(member: Membership, course: Course, at: datetime) -> None:
    enrolment = course_services.enrol(learner=member.user, membership=member, course=course, at=at, language="en")
    text = course_selectors.text_for(enrolment, "en")
    assert text is not None
    first = text.snapshot["lessons"][0]["code"]
    course_services.complete_lesson(enrolment=enrolment, edition_text=text, lesson_code=first, language="en", at=at)


def sign_ins() -> list[str]:
    """Return the lines that tell who may try what."""
    return [
        "  Demo sign-ins",
        f"    Housekeeper   organisation larch, number {HOUSEKEEPER}, PIN {PIN}",
        f"    HR            {HR}, password {PASSWORD}",
        f"    Site lead     {SITE_LEAD}, password {PASSWORD}",
        f"    Other HR      {OTHER_HR}, password {PASSWORD}",
        f"    Author        {AUTHOR}, password {PASSWORD}",
        f"    Publisher     {PUBLISHER}, password {PASSWORD}",
    ]
