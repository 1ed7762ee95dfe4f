"""What a certificate says on a date, and that the querysets say the same."""

from datetime import UTC, date, datetime, timedelta

import pytest

from certificates.models import Certificate
from certificates.state import CertificateState as State
from certificates.state import certificate_state
from certificates.validity import Duration, ValidityPolicy, next_period
from tests.factories.certificates import CertificateFactory, CertificationFactory

DAY = timedelta(days=1)
PERIOD = next_period(ValidityPolicy(grace=Duration(14, "d")), date(2026, 3, 10))


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 3, 9), State.UPCOMING),
        (date(2026, 3, 10), State.VALID),
        (date(2028, 12, 9), State.VALID),
        (date(2028, 12, 10), State.RENEWABLE),
        (date(2029, 3, 9), State.RENEWABLE),  # the last valid day
        (date(2029, 3, 10), State.GRACE),
        (date(2029, 3, 23), State.GRACE),
        (date(2029, 3, 24), State.EXPIRED),
    ],
)
def test_state_changes_on_the_boundary_days(on, state):
    assert certificate_state(PERIOD, on=on) is state


def test_state_without_grace_goes_from_valid_to_expired():
    period = next_period(ValidityPolicy(), date(2026, 3, 10))
    assert certificate_state(period, on=date(2029, 3, 10)) is State.EXPIRED


@pytest.mark.parametrize("on", [date(2026, 3, 9), date(2026, 3, 10), date(2029, 3, 24)])
def test_state_of_what_no_longer_stands_is_the_same_on_every_day(on):
    assert certificate_state(PERIOD, on=on, replaced=True) is State.REPLACED
    assert certificate_state(PERIOD, on=on, revoked=True) is State.REVOKED
    assert certificate_state(PERIOD, on=on, revoked=True, replaced=True) is State.REVOKED


POLICIES = [
    ValidityPolicy(),
    ValidityPolicy(grace=Duration(14, "d")),
    ValidityPolicy(validity=Duration(1, "m"), window=Duration(1, "m")),  # the window is open from the start
    ValidityPolicy(anchor="calendar", validity=Duration(1, "y"), calendar_last_day=(2, 29)),
]


@pytest.mark.django_db
@pytest.mark.parametrize("policy", POLICIES)
def test_querysets_agree_with_the_rule_on_boundary_days(policy):
    certification = CertificationFactory(policy=policy.to_json())
    stands = CertificateFactory(certification=certification)
    CertificateFactory(certification=certification, revoked=True)
    CertificateFactory(certification=certification, replaced_by=stands)

    boundaries = {stands.valid_from, stands.window_opens_on, stands.valid_until, stands.grace_until}
    seen = set()
    for on in sorted({boundary + days * DAY for boundary in boundaries for days in (-1, 0, 1)}):
        state = stands.state(on=on)
        seen.add(state)
        expected = [stands]
        assert list(Certificate.objects.valid(on=on)) == (
            expected if state in (State.VALID, State.RENEWABLE) else []
        ), on
        assert list(Certificate.objects.renewable(on=on)) == (expected if state is State.RENEWABLE else []), on
        assert list(Certificate.objects.expired(on=on)) == (
            expected if state in (State.GRACE, State.EXPIRED) else []
        ), on
    assert {State.UPCOMING, State.RENEWABLE, State.EXPIRED} <= seen


@pytest.mark.django_db
def test_counts_until_the_grace_is_over_where_the_certificate_is_from():
    certification = CertificationFactory(policy=ValidityPolicy(grace=Duration(14, "d")).to_json())
    certificate = CertificateFactory(certification=certification)
    # 24 March 2029 begins in Vancouver at 07:00 UTC.
    assert certificate.counts(at=datetime(2029, 3, 24, 6, 59, tzinfo=UTC)) is True
    assert certificate.counts(at=datetime(2029, 3, 24, 7, 0, tzinfo=UTC)) is False
    assert certificate.last_valid_on == date(2029, 3, 9)
    assert certificate.last_grace_on == date(2029, 3, 23)
