"""What the verification page answers: a word, a shape, the days. Never more than is printed on the certificate."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from certificates.documents import place_of_time
from certificates.models import Certificate
from certificates.state import CertificateState as State
from certificates.validity import local_date


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the answer: a label and a day or a word; ``zone`` names whose calendar the day is of."""

    label: str
    day: date | None = None
    word: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: ``word`` first and large, ``tone`` and ``shape`` beside it (cms.states), then ``facts``.

    ``note`` says what follows from it. ``earlier_number`` is what the certificate itself says it renews, while that
    one is what counts. ``shows_name``: the name as printed may stand below.
    """

    word: str
    tone: str
    shape: str
    facts: tuple[Fact, ...] = ()
    note: str = ""
    earlier_number: str = ""
    shows_name: bool = False


def unknown() -> Verdict:
    """Return the answer about a number that no certificate has, or that cannot be one."""
    return Verdict(
        word=_("No certificate has this number"),
        tone="late",
        shape="mark",
        note=_("Compare it with the certificate, letter by letter, or scan the square code on it."),
    )


def verdict_on(certificate: Certificate, *, at: datetime) -> Verdict:
    """Return the answer about ``certificate`` on the local date of ``at`` in the certificate's own time zone."""
    zone = place_of_time(certificate.time_zone)
    today = local_date(at, certificate.time_zone)
    state = certificate.state(on=today)
    last_day = Fact(_("Last valid day"), certificate.last_valid_on, zone=zone)
    checked = Fact(_("Checked on"), today, zone=zone)

    if state is State.REVOKED:
        reason = Certificate.RevocationReason(certificate.revocation_reason).label
        revoked = (Fact(_("Revoked on"), certificate.revoked_on, zone=zone), Fact(_("Reason"), word=str(reason)))
        return Verdict(
            word=pgettext("state", "Revoked"),
            tone="late",
            shape="bar",
            facts=(*revoked, checked),
            note=_("It counts for nothing any more."),
            shows_name=True,
        )
    if state is State.REPLACED:
        assert certificate.replaced_by is not None  # that is what the state says
        replaced_on = local_date(certificate.replaced_by.issued_at, certificate.time_zone)
        return Verdict(
            word=pgettext("state", "Replaced"),
            tone="quiet",
            shape="bar",
            facts=(Fact(_("Replaced on"), replaced_on, zone=zone), checked),
            note=_("A newer certificate stands in its place. Ask for that one and check its number."),
        )
    if state is State.UPCOMING:
        return _upcoming(certificate, today, zone)
    if state in (State.GRACE, State.EXPIRED):
        grace = Fact(_("Grace through"), certificate.last_grace_on, zone=zone)
        in_grace = state is State.GRACE
        return Verdict(
            word=_("Expired, still in grace") if in_grace else pgettext("state", "Expired"),
            tone="soon" if in_grace else "late",
            shape="clock" if in_grace else "mark",
            facts=(last_day, grace, checked) if in_grace else (last_day, checked),
            shows_name=True,
        )
    return Verdict(
        word=pgettext("state", "Valid"),
        tone="done",
        shape="tick",
        facts=(last_day, checked),
        note=_("It may be renewed now.") if state is State.RENEWABLE else "",
        shows_name=True,
    )


def _upcoming(certificate: Certificate, today: date, zone: str) -> Verdict:
    """A renewal made in time starts where the old period ends; until then the old certificate says it."""
    days = (
        Fact(_("First valid day"), certificate.valid_from, zone=zone),
        Fact(_("Last valid day"), certificate.last_valid_on, zone=zone),
        Fact(_("Checked on"), today, zone=zone),
    )
    earlier = certificate.renews
    covered = earlier is not None and earlier.state(on=today) in (State.VALID, State.RENEWABLE)
    if earlier is None or not covered:
        return Verdict(word=_("Not valid yet"), tone="soon", shape="clock", facts=days, shows_name=True)
    return Verdict(
        word=_("Renewed in time"),
        tone="done",
        shape="tick",
        facts=days,
        note=_("Until its first day, the certificate that it renews is valid."),
        earlier_number=earlier.number,
        shows_name=True,
    )
