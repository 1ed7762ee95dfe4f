"""The kinds of workbook: each app registers its own, and the engine knows nothing else of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from people.exceptions import UnknownKind
from people.workbooks.cells import clean, clean_lines
from people.workbooks.columns import Column
from people.workbooks.problems import LONGEST_VALUE_SHOWN, Problem, RowProblem
from people.workbooks.values import ChoiceSet

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from people.models import Organisation, User


class Mode(StrEnum):
    """What rows may do."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"
    SNAPSHOT = "snapshot"

    @property
    def may_create(self) -> bool:
        """Return whether new rows are taken."""
        return self is not Mode.UPDATE

    @property
    def may_update(self) -> bool:
        """Return whether known rows are changed."""
        return self is not Mode.CREATE


class Action(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ENDED = "ended"
    ERROR = "error"


@dataclass(slots=True)
class Given:
    """A row as it was read: its number, its key, and its values by column; what is blank is not there.

    A kind that knows a thing by more than one key sets ``key`` to the same one whenever it finds that thing: rows of one
    key are doubles.
    """

    row: int | None
    key: str
    values: dict[str, str]


@dataclass(slots=True)
class Plan:
    """What a row would do. ``work`` is for the kind alone; ``notices`` counts what people will be told by it."""

    given: Given
    action: Action = Action.UNCHANGED
    changes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    work: Any = None

    def wrong(self, column: str, problem: Problem, *hints: str) -> None:
        """Note what is wrong; such a row does nothing."""
        value = self.given.values.get(column, "")[:LONGEST_VALUE_SHOWN]
        self.problems.append(RowProblem(self.given.row, column, problem, hints=hints, value=value))

    def must_fit(self, mode: Mode, column: str, *, is_new: bool) -> None:
        """Note in ``column``, which finds the row again, where the mode of the file does not let it do what it would."""
        if is_new and not mode.may_create:
            self.wrong(column, Problem.NOT_THERE_YET)
        if not is_new and not mode.may_update:
            self.wrong(column, Problem.ALREADY_THERE)

    def change(self, column: str, before: str, after: str) -> None:
        """Note that a value would change, if it does by more than what a cell does not say, such as doubled spaces."""
        if before == after or (before and after in (clean(before), clean_lines(before))):
            return
        self.changes[column] = [before, after]

    def settle(self, *, is_new: bool) -> "Plan":
        """Say what the row does, from what was noted."""
        if any(not problem.is_warning for problem in self.problems):
            self.action, self.changes, self.work = Action.ERROR, {}, None
        elif is_new:
            self.action = Action.NEW
        else:
            self.action = Action.CHANGED if self.changes else Action.UNCHANGED
        return self


@dataclass(frozen=True, slots=True)
class Setting:
    """In what a kind plans and writes."""

    organisation: "Organisation"
    """Of a shared kind there is none: such a kind does not ask for it."""
    mode: Mode
    at: datetime
    today: date
    by: "User | None" = None
    locked: bool = False
    """Whether what is read is to be held until the transaction ends."""
    language: str = "en"
    kept: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)
    """What a kind has read and needs again for the same rows."""


class Kind(ABC):
    """What can be brought in and taken out as a workbook.

    All methods work on whole chunks, with queries that do not grow with the rows.
    """

    code: ClassVar[str]
    label: ClassVar["Promise"]
    sheet: ClassVar[str]
    """The name of the sheet, the same in all languages."""
    columns: ClassVar[tuple[Column, ...]]
    modes: ClassVar[frozenset[Mode]] = frozenset({Mode.UPSERT, Mode.CREATE, Mode.UPDATE})
    is_shared: ClassVar[bool] = False
    """Whether it belongs to no organisation: HR never sees it, editors of the CMS bring it in and out."""
    permissions: ClassVar[tuple[str, ...]] = ()
    """What an editor needs to bring in a shared kind; one of them is enough to take it out."""
    has_dates: ClassVar[bool] = True
    """Whether it can be taken out as of a day."""
    counted: ClassVar[frozenset[str]] = frozenset()
    """Columns by whose values an export counts its rows, on the sheet of totals."""
    version: ClassVar[int] = 1
    passes: ClassVar[int] = 1
    """How often the rows are gone through when they are written."""
    later_passes: ClassVar[frozenset[str]] = frozenset()
    """Columns that passes after the first are about: rows that change none of them are left out there."""
    rows_stand_alone: ClassVar[bool] = False
    """Whether no row reads or holds what another row of the same pass writes, so that two chunks can be written at a time."""
    samples: ClassVar[tuple[Mapping[str, str], ...]] = ()

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return the sets to choose from, by name."""
        return {}

    def known_keys(self, setting: Setting) -> Iterable[str]:
        """Return some folded keys that are known already, to tell the column of keys by its values."""
        return ()

    @abstractmethod
    def key_of(self, values: Mapping[str, str]) -> str:
        """Return the folded key of a row; empty where a part of it is missing."""

    def missing_of_key(self, values: Mapping[str, str]) -> list[str]:
        """Return which columns of the key are missing."""
        return [column.key for column in self.columns if column.identifies and not values.get(column.key)]

    @abstractmethod
    def plan(self, rows: Sequence[Given], setting: Setting) -> list[Plan]:
        """Return what rows would do, in their order. Writes nothing."""

    @abstractmethod
    def write(self, plans: Sequence[Plan], setting: Setting, *, number: int) -> list[dict[str, Any]]:
        """Do what plans say, in the caller's transaction, in pass ``number`` from 0 on; return how to take it back."""

    @abstractmethod
    def take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> list[dict[str, str]]:
        """Take back what ``write`` did, the last first; return what was left because somebody edited it since.

        Each is ``{"key": …, "column": …}``. It goes by field (``people.workbooks.undoing``): the others are given back.
        What was added goes, unless any of it was edited: then all of it stays. What would contradict an edit stays.
        """

    def check_whole(
        self, rows: Callable[[], Iterator[tuple[int, str, Mapping[str, str]]]], setting: Setting
    ) -> list[RowProblem]:
        """Return what is wrong between rows; ``rows`` gives number, key and values of all that are sound so far."""
        return []

    def ended(self, setting: Setting, *, is_there: Any) -> Iterator[Plan]:
        """Yield what ends because it is not in a complete snapshot; ``is_there`` is a query of the keys in the file."""
        yield from ()

    def live_count(self, setting: Setting) -> int:
        """Return how many things a complete snapshot could end."""
        return 0

    def touched(self, setting: Setting) -> int:
        """Return how many people the rows touch that were planned in ``setting``, of a kind that may need agreement."""
        return 0

    def needs_agreement(self, touched: int, setting: Setting) -> bool:
        """Return whether a second person of HR has to agree to rows that touch so many people."""
        return False

    def would_record(self, plans: Sequence[Plan], setting: Setting) -> Iterable[tuple[Any, Any]]:
        """Return, unsaved, what plans of a kind that may need agreement record, each behind what it changes or None."""
        return ()

    def would_take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> Iterable[tuple[Any, Any]]:
        """Return, unsaved, what taking ``entries`` back records, each behind what it changes."""
        return ()

    @abstractmethod
    def export(self, setting: Setting, *, on: date | None) -> Iterator[Mapping[str, str]]:
        """Yield the rows of an export in a stable order, streamed; ``on``: as of that day, None: all that is known."""

    def words(self, problem: RowProblem) -> tuple[str, str]:
        """Return what is wrong, and how to mend it, for a problem that only this kind knows (``Problem.OF_KIND``)."""
        return _("This row breaks a rule of its kind."), _("Look at the row, or ask who leads this list.")


NoticeForecast = Callable[[str, Sequence[Plan], Setting], Mapping[str, int]]
"""What plans of a kind would have people told: ``mails`` and ``letters``."""

_kinds: dict[str, Kind] = {}
_forecasts: list[NoticeForecast] = []


def register_kind(kind: Kind) -> None:
    """Let workbooks of this kind come in and go out."""
    _kinds[kind.code] = kind


def register_forecast(forecast: NoticeForecast) -> None:
    """Let ``forecast`` say what people will be told because of rows."""
    _forecasts.append(forecast)


def kind_of(code: str) -> Kind:
    """Return a kind by its code.

    Raises:
        UnknownKind: there is none.
    """
    if code not in _kinds:
        raise UnknownKind(kind=code)
    return _kinds[code]


def all_kinds() -> list[Kind]:
    """Return the kinds that organisations have, in the order of their registration."""
    return [kind for kind in _kinds.values() if not kind.is_shared]


def shared_kinds() -> list[Kind]:
    """Return the kinds that belong to no organisation, in the order of their registration."""
    return [kind for kind in _kinds.values() if kind.is_shared]


def kind_for(code: str, organisation: "Organisation | None") -> Kind:
    """Return a kind that the organisation has; a shared one without an organisation.

    Raises:
        UnknownKind: there is none.
    """
    kind = kind_of(code)
    if kind.is_shared != (organisation is None):
        raise UnknownKind(kind=code)
    return kind


def forecast(code: str, plans: Sequence[Plan], setting: Setting) -> dict[str, int]:
    """Return what plans would have people told."""
    told: dict[str, int] = {}
    for each in _forecasts:
        for what, count in each(code, plans, setting).items():
            told[what] = told.get(what, 0) + count
    return told
