"""Certifications, certificates and the completions that they rest on: invented, with fixed dates.

``CertificateFactory()`` is valid from 10 March 2026 through 9 March 2029 (Vancouver time), its window opens on
10 December 2028, and there is no grace. ``completion_of`` makes a completion with all that it hangs on.
"""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import factory
from factory.django import DjangoModelFactory

from certificates.models import Certificate, Certification
from certificates.numbers import number_from
from certificates.validity import next_period, policy_from_json
from cms.models import Sector
from courses.models import Completion, Course, Edition, EditionText, Enrolment
from people.models import Membership, User
from tests.factories.people import MembershipFactory, UserFactory

ISSUED_AT = datetime(2026, 3, 10, 17, 30, tzinfo=UTC)
ZONE = "America/Vancouver"
_bits = count(0x7A3F9C1D20B84E6F5A1C3D2E9)
_courses = count(1)


def course(code: str = "", **fields: Any) -> Course:
    """Return a new recorded course."""
    code = code or f"certified-course-{next(_courses)}"
    sector, _ = Sector.objects.get_or_create(code="certified", defaults={"slug": "certified", "title": "Certified"})
    return Course.objects.create(
        **{"code": code, "slug": code, "sector": sector, "tier": Course.Tier.RECORDED, "minutes": 30} | fields
    )


def edition_text(of: Course, *, language: str = "en", title: str = "Working safely with guests") -> EditionText:
    """Return the text of the newest edition of a course in a language; both are made where they are missing."""
    edition = of.editions.first() or Edition.objects.create(course=of, number=3, released_at=ISSUED_AT)
    found = edition.texts.filter(language=language).first()
    return found or EditionText.objects.create(
        edition=edition,
        language=language,
        digest=hashlib.sha256(f"{of.code} {language}".encode()).hexdigest(),
        snapshot={"schema": 1, "course": {"code": of.code, "title": title}, "edition": 3, "language": language},
        frozen_at=ISSUED_AT,
    )


def completion_of(
    of: Course,
    *,
    completed_on: date,
    membership: Membership | None = None,
    learner: User | None = None,
    language: str = "en",
    title: str = "Working safely with guests",
    zone: str = ZONE,
) -> Completion:
    """Return a new completion, at noon UTC of its day, by ``membership`` or by ``learner`` alone."""
    who = membership.user if membership else learner or UserFactory()
    text = edition_text(of, language=language, title=title)
    at = datetime.combine(completed_on, time(12), UTC)
    enrolment = Enrolment.objects.create(
        learner=who,
        membership=membership,
        course=of,
        edition=text.edition,
        number=Enrolment.objects.filter(learner=who, membership=membership, course=of).count() + 1,
        opened_at=at - timedelta(hours=1),
        completed_at=at,
    )
    return Completion.objects.create(
        enrolment=enrolment,
        learner=who,
        membership=membership,
        course=of,
        edition_text=text,
        completed_on=completed_on,
        completed_at=at,
        time_zone=zone,
        minutes=31,
        recorded_at=at,
    )


class CertificationFactory(DjangoModelFactory[Certification]):
    """Asks for one new course; ``courses=[…]`` names others. The default policy: 36 months, renewal from 3 before."""

    class Meta:
        model = Certification
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"certification-{n}")
    title = "Working safely with guests"
    full_title = "Recognising human trafficking in hotels"

    @factory.post_generation
    def courses(self: Certification, create: bool, extracted: list[Course] | None, **kwargs: Any) -> None:
        if create:
            self.courses.set([course()] if extracted is None else extracted)


class CertificateFactory(DjangoModelFactory[Certificate]):
    """Its dates follow from ``completed_on`` by the policy, as at a first completion; each may be given."""

    class Meta:
        model = Certificate

    class Params:
        own = factory.Trait(membership=None, learner=factory.SubFactory(UserFactory), organisation_name="")
        revoked = factory.Trait(
            revoked_on=date(2026, 5, 4),
            revoked_at=datetime(2026, 5, 4, 18, 0, tzinfo=UTC),
            revocation_reason=Certificate.RevocationReason.ERROR,
        )
        period = factory.LazyAttribute(
            lambda certificate: next_period(policy_from_json(certificate.policy), certificate.completed_on)
        )

    number = factory.LazyFunction(lambda: number_from(next(_bits)))
    certification = factory.SubFactory(CertificationFactory)
    membership = factory.SubFactory(MembershipFactory, name="Mary-Ann O’Brien")
    learner = factory.SelfAttribute("membership.user")
    holder_name = "Mary-Ann O’Brien"
    title = "Working safely with guests"
    full_title = "Recognising human trafficking in hotels"
    organisation_name = "Northern Lights Inn"
    issuer_name = "Fieldfare"
    edition_number = 3
    edition_digest = "d" * 64
    language = "en"
    workplace_language = "en"
    time_zone = ZONE
    issued_at = ISSUED_AT
    completed_on = date(2026, 3, 10)
    policy = factory.LazyAttribute(lambda certificate: certificate.certification.policy)
    valid_from = factory.LazyAttribute(lambda certificate: certificate.period.valid_from)
    valid_until = factory.LazyAttribute(lambda certificate: certificate.period.valid_until)
    window_opens_on = factory.LazyAttribute(lambda certificate: certificate.period.window_opens_on)
    grace_until = factory.LazyAttribute(lambda certificate: certificate.period.grace_until)
    anchor_day = factory.LazyAttribute(lambda certificate: certificate.period.anchor_day)
