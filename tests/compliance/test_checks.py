"""What is said at a start when the channel of reminders cannot be right."""

import pytest
from django.core.checks import run_checks

from compliance.checks import reminder_channel_can_send


def not_a_class():
    """Stand for what somebody may name by mistake."""


class Mute:
    """A class that cannot send."""


class Loud:
    def send(self, notice):
        """Send nothing."""


HERE = "tests.compliance.test_checks"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("compliance.channels.smtp.SmtpChannel", None),
        (f"{HERE}.Loud", None),
        ("", "cannot be loaded"),
        ("SmtpChannel", "cannot be loaded"),
        ("compliance.channels.pigeon.Pigeon", "cannot be loaded"),
        ("compliance.channels.smtp.Pigeon", "cannot be loaded"),
        (f"{HERE}.not_a_class", "no class with a method send(notice)"),
        (f"{HERE}.Mute", "no class with a method send(notice)"),
    ],
)
def test_the_channel_of_reminders_is_looked_at_when_it_starts(settings, path, said):
    settings.REMINDER_CHANNEL = path
    found = reminder_channel_can_send(None)
    assert [it.id for it in found] == ([] if said is None else ["compliance.E001"])
    assert all(said in it.msg and repr(path) in it.msg for it in found)


def test_it_is_one_of_the_checks_of_the_start(settings):
    settings.REMINDER_CHANNEL = "compliance.channels.pigeon.Pigeon"
    assert "compliance.E001" in [it.id for it in run_checks()]
