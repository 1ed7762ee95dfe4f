"""A workplace with people of whom something is asked: invented, with fixed dates.

``workplace()`` is Larch Hotels: a region with two hotels in different time zones, two roles, and HR. ``training()`` is
a released course of one lesson and its certification. What is asked, learnt and ended goes through the services.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from certificates.models import Certification
from compliance import services
from compliance.models import Requirement
from courses import selectors as course_selectors
from courses import services as course_services
from courses.models import Completion, Course, Edition, EditionText, Enrolment
from courses.signals import edition_released
from courses.snapshot import Json
from people import services as people_services
from people.models import Employment, Membership, Organisation, Role, Site, StaffRole, User
from tests.factories import certificates as certificate_factories
from tests.factories.people import OrganisationFactory, RoleFactory, SiteFactory, StaffRoleFactory

AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""Monday 2 March 2026, 9 in the morning in Vancouver, 10 in Fort St. John."""
TODAY = date(2026, 3, 2)
NEUTRAL_TITLE = "Working safely with guests"

_numbers = count(1)


@dataclass(frozen=True)
class Workplace:
    """An organisation with all that its people need."""

    organisation: Organisation
    region: Site
    fort: Site
    prince: Site
    housekeeping: Role
    kitchen: Role
    hr: User

    def employ(
        self,
        name: str = "Jo Castellan",
        *,
        number: str = "",
        site: Site | None = None,
        role: Role | None = None,
        email: str = "",
        starts_on: date = date(2025, 6, 2),
        ends_on: date | None = None,
        at: datetime = AT,
    ) -> Membership:
        """Add a person and an employment, in housekeeping at Fort St. John unless told otherwise."""
        member = people_services.create_membership(
            organisation=self.organisation,
            employee_number=number or f"{next(_numbers):05d}",
            name=name,
            email=email,
            by=self.hr,
            at=at,
        )
        self.place(member, site=site, role=role, starts_on=starts_on, ends_on=ends_on, at=at)
        return member

    def place(
        self,
        member: Membership,
        *,
        site: Site | None = None,
        role: Role | None = None,
        starts_on: date,
        ends_on: date | None = None,
        at: datetime = AT,
    ) -> Employment:
        """Start a further employment."""
        return people_services.start_employment(
            membership=member,
            site=site or self.fort,
            role=role or self.housekeeping,
            starts_on=starts_on,
            ends_on=ends_on,
            by=self.hr,
            at=at,
        )

    def end(self, member: Membership, ends_on: date, *, at: datetime = AT) -> None:
        """End whatever employment of a person has no end."""
        for job in Employment.objects.current_knowledge().filter(membership=member, ends_on=None):
            people_services.end_employment(employment=job, ends_on=ends_on, by=self.hr, at=at)

    def ask(self, certification: Certification, *, at: datetime = AT, **whom_and_when: Any) -> Requirement:
        """Require a certification from 2 March 2026, due on 1 April 2026, unless told otherwise."""
        dates = {"starts_on": TODAY, "due_on": date(2026, 4, 1)}
        return services.require(
            organisation=self.organisation, certification=certification, by=self.hr, at=at, **{**dates, **whom_and_when}
        )

    def staff(self, kind: StaffRole.Kind, site: Site | None = None) -> User:
        """Return a new user with a role here."""
        return StaffRoleFactory(organisation=self.organisation, kind=kind, site=site).user


def workplace(code: str = "larch", name: str = "Larch Hotels") -> Workplace:
    """Return a new workplace."""
    organisation = OrganisationFactory(code=code, name=name)
    region = SiteFactory(organisation=organisation, code="north", name=f"{name} North")
    return Workplace(
        organisation=organisation,
        region=region,
        fort=SiteFactory(
            organisation=organisation,
            parent=region,
            code="fort-st-john",
            name=f"{name} Fort St. John",
            time_zone="America/Dawson_Creek",
        ),
        prince=SiteFactory(
            organisation=organisation, parent=region, code="prince-george", name=f"{name} Prince George"
        ),
        housekeeping=RoleFactory(organisation=organisation, code="housekeeping", name="Housekeeping"),
        kitchen=RoleFactory(organisation=organisation, code="kitchen", name="Kitchen"),
        hr=StaffRoleFactory(organisation=organisation).user,
    )


def training(title: str = NEUTRAL_TITLE, *, courses: int = 1, quiz: Json | None = None) -> Certification:
    """Return a new certification of released courses of one lesson and perhaps a frozen quiz, good for 36 months."""
    return certificate_factories.CertificationFactory(
        title=title, courses=[_released_course(quiz) for _ in range(courses)]
    )


def _released_course(quiz: Json | None) -> Course:
    course = certificate_factories.course()
    edition = course.editions.create(number=1, released_at=datetime(2025, 1, 6, 18, 0, tzinfo=UTC))
    EditionText.objects.create(
        edition=edition,
        language="en",
        digest=f"{course.code:0>64}"[:64],
        snapshot={
            "schema": 1,
            "course": {
                "code": course.code,
                "slug": course.slug,
                "title": NEUTRAL_TITLE,
                "minutes": 30,
                "minimum_minutes": 0,
            },
            "edition": 1,
            "language": "en",
            "revision": 1,
            "lessons": [
                {
                    "code": "one",
                    "title": "One",
                    "minutes": 5,
                    "content_note": "",
                    "objectives": [],
                    "body": [],
                    "sources": [],
                }
            ],
            "quiz": quiz,
            "practice": {},
            "services": [],
            "media": {},
        },
        frozen_at=datetime(2025, 1, 6, 18, 0, tzinfo=UTC),
    )
    return course


def newer_edition(course: Course, severity: str, *, at: datetime, retrain_by: date | None = None) -> Edition:
    """Release a course once more: the same text as the edition before."""
    text = EditionText.objects.filter(edition__course=course).latest("edition__number")
    edition = course.editions.create(
        number=text.edition.number + 1, severity=severity, retrain_by=retrain_by, released_at=at
    )
    EditionText.objects.create(
        edition=edition,
        language="en",
        digest=f"{edition.number}{course.code:0>63}"[:64],
        snapshot=text.snapshot | {"edition": edition.number},
        frozen_at=at,
    )
    edition_released.send(sender=Edition, edition=edition, at=at)
    return edition


def begin(member: Membership, certification: Certification, *, at: datetime = AT) -> Enrolment:
    """Let a person open the first course of a certification."""
    course = certification.courses.order_by("pk").first()
    return course_services.enrol(learner=member.user, membership=member, course=course, at=at, language="en")


def learn(member: Membership, certification: Certification, *, at: datetime = AT) -> Completion | None:
    """Let a person do all courses of a certification at one instant; return the last completion."""
    completion = None
    for course in certification.courses.order_by("pk"):
        enrolment = course_services.enrol(learner=member.user, membership=member, course=course, at=at, language="en")
        text = course_selectors.text_for(enrolment, "en")
        completion = course_services.complete_lesson(
            enrolment=enrolment, edition_text=text, lesson_code="one", language="en", at=at
        )
    return completion
