"""What the tests of compliance share: a clock that stands still and moves when told, a workplace, a training."""

from datetime import datetime, timedelta

import pytest

from certificates.models import Certification
from cms import clock
from tests.factories import compliance as factories
from tests.factories.compliance import AT, Workplace


class Clock:
    """The present instant, as the edges see it."""

    def __init__(self) -> None:
        self.now = AT

    def forward(self, **delta: int) -> datetime:
        self.now += timedelta(**delta)
        return self.now


@pytest.fixture
def the_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Monday 2 March 2026, 9 in the morning in Vancouver, until moved."""
    standing = Clock()
    monkeypatch.setattr(clock, "now", lambda: standing.now)
    return standing


@pytest.fixture
def larch(db: None) -> Workplace:
    return factories.workplace()


@pytest.fixture
def hospitality(db: None) -> Certification:
    return factories.training()
