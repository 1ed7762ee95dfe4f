"""What must be there before the first visitor: each app says in ``ready()`` what it needs and how to make it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Preparation:
    """A step: ``title`` is told while it runs; ``is_needed`` and ``run`` are called once all tables are there.

    ``ahead``, of one step at most, computes without a database what ``run`` is given, while the tables of a new database
    are made; ``run`` is given None where that was not done, or failed.
    """

    title: str
    is_needed: Callable[[], bool]
    run: Callable[[Any], object]
    ahead: Callable[[], object] | None = None


_steps: list[Preparation] = []


def register_preparation(step: Preparation) -> None:
    """Add a step; steps run in the order of their apps."""
    _steps.append(step)


def preparations() -> list[Preparation]:
    """Return all steps in their order."""
    return list(_steps)
