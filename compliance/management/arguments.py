"""What several commands are told: an organisation, a person, a day."""

from datetime import date, datetime

from django.core.management import CommandError
from django.db.models import QuerySet

from people.models import Membership, Organisation


def organisation_of(code: str) -> Organisation:
    """Return the organisation with a code.

    Raises:
        CommandError: there is none.
    """
    organisation = Organisation.objects.filter(code=code).first() if _is_text(code) else None
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
    people = people.filter(employee_number__iexact=number.strip()) if _is_text(number) else people.none()
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


def _is_text(word: str) -> bool:
    """Return whether a database can be asked for it; bytes that are no UTF-8 reach Python as halves of signs."""
    return not any("\ud800" <= sign <= "\udfff" for sign in word)
