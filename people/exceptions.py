"""What people may refuse. Errors carry data; the doors turn it into words."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from people.pins import PinProblem
    from people.workbooks.problems import RowProblem


class PeopleError(Exception):
    """Base of all refusals of this app."""


class SignInRefused(PeopleError):
    """What was typed opens nothing. Says nothing more: unknown organisation, number, PIN or code look the same."""


class TooManyTries(PeopleError):
    """Too many failed tries from here; the next one is looked at from ``retry_at`` on."""

    def __init__(self, *, retry_at: datetime) -> None:
        super().__init__(retry_at)
        self.retry_at = retry_at


class EditorOfTheCms(PeopleError):
    """The user may enter the CMS, and whoever does may not see an organisation's people."""


class PinRefused(PeopleError):
    """The chosen PIN is not good enough; ``problem`` says why."""

    def __init__(self, *, problem: "PinProblem") -> None:
        super().__init__(problem)
        self.problem = problem


class EmploymentEnded(PeopleError):
    """No employment is current or to come, and the person has a way in: the employer can no longer reset it."""

    def __init__(self, *, ended_on: date | None) -> None:
        super().__init__(ended_on)
        self.ended_on = ended_on
        """The last day of the last employment; None where there never was one."""


class NumberTaken(PeopleError):
    """The organisation already has a person with this employee number."""

    def __init__(self, *, employee_number: str) -> None:
        super().__init__(employee_number)
        self.employee_number = employee_number


class EmploymentOverlaps(PeopleError):
    """The person already works at this site in this role on some of these days."""

    def __init__(self, *, starts_on: date, ends_on: date | None) -> None:
        super().__init__(starts_on, ends_on)
        self.starts_on = starts_on
        self.ends_on = ends_on


class EndsBeforeStart(PeopleError):
    """The last day lies before the first."""

    def __init__(self, *, starts_on: date, ends_on: date) -> None:
        super().__init__(starts_on, ends_on)
        self.starts_on = starts_on
        self.ends_on = ends_on


class HiredAfterStart(PeopleError):
    """The day of hiring lies after the first day at work."""

    def __init__(self, *, hired_on: date, starts_on: date) -> None:
        super().__init__(hired_on, starts_on)
        self.hired_on = hired_on
        self.starts_on = starts_on


class FactSuperseded(PeopleError):
    """The fact was corrected meanwhile; load the present one."""


class OwnSignInNeeded(PeopleError):
    """Only a sign-in that no employer issued may do this, because the person has one."""


class ManagesPeople(PeopleError):
    """Whoever manages people here is no trainer of theirs: people must be able to ask without their manager knowing."""


class AddressNotFree(PeopleError):
    """The address belongs to an account that has not confirmed it, so nobody knows whose it is."""


class NotForStaff(PeopleError):
    """Staff sign in by password and second factor, never by a recovery code."""


class NotTwoEntries(PeopleError):
    """What should be two entries of one person is one entry, or belongs to two organisations."""


class AlreadyJoined(PeopleError):
    """An entry was given to another one before, and there is no way back."""


class BelongsToAnotherAccount(PeopleError):
    """The workplace already belongs to an account that has a sign-in of its own."""


class WorkbookRefused(PeopleError):
    """The file cannot be taken as it is; nothing was written. Carries every problem, to mend all in one go."""

    def __init__(self, problems: "Sequence[RowProblem]") -> None:
        super().__init__(len(problems))
        self.problems = tuple(problems)


class ImportNotReady(PeopleError):
    """The upload is not in the state that this asks for; load it anew."""

    def __init__(self, *, state: str) -> None:
        super().__init__(state)
        self.state = state


class ImportHasErrors(PeopleError):
    """Rows have errors, and it was asked for all rows or none, or for a complete snapshot."""

    def __init__(self, *, errors: int) -> None:
        super().__init__(errors)
        self.errors = errors


class ManyWouldEnd(PeopleError):
    """A complete snapshot would end the employments of so many people that somebody must say so twice."""

    def __init__(self, *, ended: int, live: int) -> None:
        super().__init__(ended, live)
        self.ended = ended
        self.live = live


class NeedsAgreement(PeopleError):
    """An upload touches so many people that a second person of HR has to agree before it is written or taken back."""

    def __init__(self, *, touched: int) -> None:
        super().__init__(touched)
        self.touched = touched


class NotForHr(PeopleError):
    """The person is not HR of the whole organisation."""


class KeyUsedOtherwise(PeopleError):
    """The same Idempotency-Key came before with another file."""


class UnknownKind(PeopleError):
    """Nothing is registered for this kind of outbox entry or workbook."""

    def __init__(self, *, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class NotAnEditor(PeopleError):
    """The person may not enter the CMS, or is an administrator, whom nothing limits."""


class NoSuchLimit(PeopleError):
    """There is no such sector or language to limit an editor to; carries its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CodeTaken(PeopleError):
    """Another of its kind in the organisation has this ``code``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CannotBelongThere(PeopleError):
    """A site lies in no site below itself, in none of another organisation, and in a tree that people still overlook."""


class NotATag(PeopleError):
    """What rules call a kind of work is a plain word or a few; ``word`` is none."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word
