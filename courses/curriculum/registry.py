"""What the loader writes, part by part. Apps above add their parts in ``ready()``.

A part turns the shipped curriculum into *forms*: plain JSON of one thing, in which everything else is named by its
code. It can read the form of what is stored, and write a form. The loader compares forms and decides; a part never
does.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from courses.curriculum.schema import Curriculum

Form: TypeAlias = dict[str, Any]


class Part(ABC):
    """One kind of thing. A new instance is made for each load, so that it may remember rows on the way.

    Codes name things within the part; those of a course's things begin with the course's code and a slash.
    """

    name: ClassVar[str]
    can_withdraw: ClassVar[bool] = False
    """Whether there is such a thing as taking it out of use; otherwise what is shipped no more stays."""

    @abstractmethod
    def shipped(self, curriculum: Curriculum) -> dict[str, Form]:
        """Return the shipped forms by code, in the order in which they are to be written."""

    @abstractmethod
    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the forms of those of ``codes`` that are stored; a thing without a row is left out."""

    @abstractmethod
    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make the stored thing be as ``form`` says; ``stored`` gives the same form afterwards."""

    def of_course(self, course: str) -> Collection[str]:
        """Return the codes of what is stored and goes wherever the course with this code goes."""
        return ()

    def check(self, codes: Collection[str]) -> None:  # noqa: B027  # most parts have nothing to add
        """Look at what is stored under ``codes`` as an editor's form would.

        Raises:
            ValidationError: something breaks a rule of its model.
        """

    def withdraw(self, code: str) -> None:
        """Take out of use what is shipped no more; only called where ``can_withdraw``."""
        raise NotImplementedError


_added: dict[str, Callable[[], Part]] = {}


def register_part(name: str, make: Callable[[], Part]) -> None:
    """Let ``make()`` load the part called ``name``, after all parts of courses."""
    _added[name] = make


def added_parts() -> list[Part]:
    """Return a new instance of every registered part, in the order of registration."""
    return [make() for make in _added.values()]
