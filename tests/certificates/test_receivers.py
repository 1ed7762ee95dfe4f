"""The doors: what certificates hear from below, and what they answer."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from certificates.models import Certificate, UnissuedCompletion
from certificates.receivers import correct_names
from certificates.services import owe_certificate
from certificates.tasks import sweep_unissued
from courses.models import Completion
from courses.registry import evidence_of
from courses.signals import completion_untold, course_completed
from people import outbox
from people.models import OutboxEntry
from people.signals import membership_renamed, users_merged
from tests.factories.certificates import CertificateFactory, CertificationFactory, completion_of
from tests.factories.people import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 1, 20, 0, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr("cms.clock.now", lambda: AT)
    return AT


def completion():
    hotel = CertificationFactory().courses.get()
    return completion_of(hotel, completed_on=date(2026, 3, 10), membership=MembershipFactory())


def test_course_completed_issues_at_the_instant_it_was_recorded():
    done = completion()
    course_completed.send(sender=Completion, completion=done, at=done.recorded_at)
    certificate = Certificate.objects.get()
    assert certificate.issued_at == done.recorded_at
    assert certificate.membership == done.membership


def test_completion_untold_owes_its_certificate_and_issues_nothing():
    done = completion()
    completion_untold.send(sender=Completion, completion=done)
    assert UnissuedCompletion.objects.get().completion == done
    assert Certificate.objects.count() == 0


def test_task_sweeps_what_is_owed(now):
    owe_certificate(completion=completion())
    sweep_unissued()
    assert Certificate.objects.get().issued_at == AT
    assert UnissuedCompletion.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_renamed_membership_gets_its_certificates_replaced_by_the_outbox(now):
    certificate = CertificateFactory()
    membership = certificate.membership
    with transaction.atomic():
        for name in ("Mary-Ann Brien", "Mary-Ann O’Brien", "Mary-Ann Brien"):
            membership.name = name
            membership.save()
            membership_renamed.send(sender=type(membership), membership=membership, at=AT)
    assert OutboxEntry.objects.filter(kind="certificates.correct_names").count() == 3

    outbox.deliver_due(at=AT, limit=10)

    certificate.refresh_from_db()
    assert certificate.replaced_by.holder_name == "Mary-Ann Brien"
    assert Certificate.objects.count() == 2
    assert not OutboxEntry.objects.filter(done_at__isnull=True).exists()


def test_renaming_somebody_who_is_gone_is_no_error(now):
    correct_names({"membership": 999_999})


def test_merged_users_certificates_follow():
    kept, certificate = UserFactory(), CertificateFactory()
    users_merged.send(
        sender=type(kept), kept=kept, merged=certificate.learner, membership=certificate.membership, at=AT
    )
    certificate.refresh_from_db()
    assert certificate.learner == kept
    assert OutboxEntry.objects.get(kind="certificates.put_together").payload == {"learner": kept.pk}


def test_evidence_names_state_last_day_and_where_to_get_it(django_assert_num_queries):
    done = completion()
    course_completed.send(sender=Completion, completion=done, at=done.recorded_at)
    certificate = Certificate.objects.get()
    without = completion_of(done.course, completed_on=date(2026, 3, 10), learner=UserFactory())
    with django_assert_num_queries(1):
        found = evidence_of(completions=[done, without], at=AT)
    (evidence,) = found.pop(done.pk)
    assert found == {}
    assert (evidence.title, evidence.state) == (certificate.title, "valid")
    assert (evidence.issued_on, evidence.last_good_on) == (date(2026, 3, 10), date(2029, 3, 9))
    assert evidence.url == f"/certificates/{certificate.public_id}/"
    assert evidence.document_url == f"/certificates/{certificate.public_id}/document/"


def test_evidence_leaves_out_what_was_replaced_and_offers_no_document_of_what_was_revoked():
    done = completion()
    common = {"membership": done.membership, "completion_ids": [str(done.public_id)]}
    new = CertificateFactory(**common, revoked=True)
    CertificateFactory(**common, replaced_by=new)
    (evidence,) = evidence_of(completions=[done], at=AT)[done.pk]
    assert (evidence.state, evidence.document_url) == ("revoked", "")
