"""Factories of people: invented, with fixed dates.

A membership comes with its private user and an empty credential; ``pin="246813"`` sets a PIN. An employment covers
2026 and on.
"""

from datetime import UTC, date, datetime
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from people import sessions
from people.models import AccountChange, Credential, Employment, Membership, Organisation, Role, Site, StaffRole, User

AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""Monday 2 March 2026, 9 in the morning in Vancouver."""
PIN = "246813"
PASSWORD = "lantern-harbour-42"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A private login: no e-mail, no password. ``with_email=True`` gives a verified address and a password."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        with_email = factory.Trait(
            email=factory.Sequence(lambda n: f"person{n}@example.org"),
            name=factory.Sequence(lambda n: f"Staff Person {n}"),
            password=factory.LazyFunction(lambda: make_password(PASSWORD)),
        )

    password = factory.LazyFunction(lambda: make_password(None))

    @factory.post_generation
    def verified_address(self: User, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and self.email:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    """An employer in Vancouver's time zone."""

    class Meta:
        model = Organisation

    code = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: f"Organisation {n}")
    time_zone = "America/Vancouver"


class SiteFactory(factory.django.DjangoModelFactory[Site]):
    """A place of work where English is spoken."""

    class Meta:
        model = Site

    organisation = factory.SubFactory(OrganisationFactory)
    code = factory.Sequence(lambda n: f"site-{n}")
    name = factory.Sequence(lambda n: f"Site {n}")
    languages = factory.LazyFunction(lambda: ["en"])
    contact = "Dana at the back office"


class RoleFactory(factory.django.DjangoModelFactory[Role]):
    """A kind of work."""

    class Meta:
        model = Role

    organisation = factory.SubFactory(OrganisationFactory)
    code = factory.Sequence(lambda n: f"role-{n}")
    name = factory.Sequence(lambda n: f"Role {n}")


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A person at an organisation, with a private user and an empty credential; ``pin`` sets a PIN as of ``AT``."""

    class Meta:
        model = Membership
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    employee_number = factory.Sequence(lambda n: f"{n:05d}")
    name = factory.Sequence(lambda n: f"Jo Castellan {n}")

    @factory.post_generation
    def pin(self: Membership, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if not create:
            return
        credential = Credential.objects.create(membership=self)
        if extracted:
            credential.pin_hash = make_password(extracted)
            credential.pin_set_at = AT
            credential.save()
            AccountChange.objects.create(
                user=self.user, membership=self, kind=AccountChange.Kind.PIN_SET, happened_at=AT
            )
        self.credential = credential


class EmploymentFactory(factory.django.DjangoModelFactory[Employment]):
    """A fact: at work since 5 January 2026, no end known; site and role of the membership's organisation."""

    class Meta:
        model = Employment

    membership = factory.SubFactory(MembershipFactory)
    site = factory.SubFactory(SiteFactory, organisation=factory.SelfAttribute("..membership.organisation"))
    role = factory.SubFactory(RoleFactory, organisation=factory.SelfAttribute("..membership.organisation"))
    starts_on = date(2026, 1, 5)
    ends_on = None
    recorded_at = datetime(2026, 1, 5, 18, 0, tzinfo=UTC)


class StaffRoleFactory(factory.django.DjangoModelFactory[StaffRole]):
    """An HR administrator of a whole organisation, who signs in by e-mail and password."""

    class Meta:
        model = StaffRole

    user = factory.SubFactory(UserFactory, with_email=True)
    organisation = factory.SubFactory(OrganisationFactory)
    site = None
    kind = StaffRole.Kind.HR


def sign_in_with_pin(client: Client, membership: Membership) -> None:
    """Give a test client the session that a PIN opens: this membership alone."""
    if not membership.credential.pin_hash:
        membership.credential.pin_hash = make_password(PIN)
        membership.credential.pin_set_at = AT
        membership.credential.save()
    session = client.session
    session.flush()
    session[sessions.MEMBERSHIP] = membership.pk
    session[sessions.VERSION] = membership.credential.version
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def sign_in_personally(client: Client, user: User) -> None:
    """Give a test client a personal session: all memberships of the user, and staff roles."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
