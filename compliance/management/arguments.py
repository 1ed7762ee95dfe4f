"""What several commands are told: an organisation, a person, a day."""

from datetime import date, datetime

from django.core.management import CommandError
from django.db.models import QuerySet

from cms.strict_json import can_be_kept
from people.models import Membership, Organisation


def organisation_of(code: str) -> Organisation:
    """Return the organisation with a code.

    Raises:
        CommandError: there is none.
    """
    organisation = Organisation.objects.filter(code=code).first() if can_be_kept(code) else None
    if organisation is None:
        raise CommandError(f"There is no organisation with the code {code!r}.")
    return organisation


def people_of(organisation: Organisation, number: str | None) -> QuerySet[Membership]:
    """Return the person with an employee number, everybody where none is given.

    Raises:
        CommandError: there is no such person.
    """
    people = Membership.objects.filter(organisation=organisation)
    if number is None:
        return people
    people = people.filter(employee_number__iexact=number.strip()) if can_be_kept(number) else people.none()
    if not people.exists():
        raise CommandError(f"Nobody at {organisation.code!r} has the employee number {number!r}.")
    return people


def day_of(option: str, text: str | None) -> date | None:
    """Return a day as it was typed, None where it was not.

    Raises:
        CommandError: it is no day; ``option`` is named in the message.
    """
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a date has no zone
    except ValueError as error:
        raise CommandError(f"{option} {text!r} is no date; write it as YYYY-MM-DD, such as 2026-03-31.") from error
