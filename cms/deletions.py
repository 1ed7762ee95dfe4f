"""What names a thing, so that deleting it is refused in words: asked of every app that names it.

Foreign keys hold by themselves. Names inside of JSON and ticks in a list do not, and no message says what a foreign key
comes from; the apps that know register here what they say.
"""

from collections.abc import Callable, Iterable

from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector

Namers = Callable[[Model], Iterable[object]]

_NAMERS: list[Namers] = []


def register_namers(namers: Namers) -> None:
    """Ask ``namers``, whenever something is to be deleted, what of their own names it; it answers [] for most."""
    if namers not in _NAMERS:
        _NAMERS.append(namers)


def named_by(instance: Model) -> list[str]:
    """Return in words what names ``instance``, each once; never whose it is."""
    return list(dict.fromkeys(str(it) for namers in _NAMERS for it in namers(instance)))


def is_protected(instance: Model) -> bool:
    """Whether a foreign key holds ``instance``."""
    try:
        Collector(using=instance._state.db or "default").collect([instance])
    except ProtectedError:
        return True
    return False
