"""The command that revokes."""

import io

import pytest
from django.core.management import CommandError, call_command

from certificates import services
from tests.factories.certificates import ISSUED_AT, CertificateFactory

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command("revoke_certificate", *arguments, stdout=out)
    return out.getvalue()


def test_revoke_takes_the_number_as_typed_and_lists_what_is_to_be_decided():
    certificate = CertificateFactory()
    renewal = CertificateFactory(renews=certificate)
    said = run(certificate.number.lower().replace("-", " "), "--reason", "withdrawn")
    certificate.refresh_from_db()
    assert certificate.revocation_reason == "withdrawn"
    assert said == f"Revoked {certificate.number}.\nTo decide: {renewal.number} renews it and still stands.\n"


def test_revoke_says_why_it_cannot():
    with pytest.raises(CommandError, match="No certificate has this number"):
        run("0000", "--reason", "error")
    with pytest.raises(CommandError, match="It was revoked on 2026-05-04"):
        run(CertificateFactory(revoked=True).number, "--reason", "error")
    old = CertificateFactory()
    new = services.replace_certificate(certificate=old, holder_name="Mary-Ann Brien", at=ISSUED_AT)
    with pytest.raises(CommandError, match=f"It was replaced by {new.number}"):
        run(old.number, "--reason", "error")
    with pytest.raises(CommandError, match="reason"):
        run(new.number)
