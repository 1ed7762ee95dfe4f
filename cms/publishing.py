"""Who is asked before a page is published, whichever way. Apps above register in ``ready()``."""

from collections.abc import Callable
from typing import Any, TypeAlias

Guard: TypeAlias = Callable[..., None]

_guards: list[Guard] = []


def register_guard(guard: Guard) -> None:
    """Let ``guard(page=…, revision=…, user=…, log_action=…)`` refuse, by raising, that a page is published."""
    if guard not in _guards:
        _guards.append(guard)


def ask_guards(**about: Any) -> None:
    """Ask everybody who registered."""
    for guard in _guards:
        guard(**about)
