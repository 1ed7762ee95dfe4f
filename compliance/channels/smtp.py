"""Mail: two forms of one text, through the server that ``EMAIL_URL`` names."""

import smtplib
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from compliance.channels import Notice, Refused

TIMEOUT_SECONDS: Final = 30
"""How long the mail server may be silent."""


class SmtpChannel:
    """The usual channel."""

    def send(self, notice: Notice) -> None:
        """Hand ``notice`` to the mail server.

        Raises:
            Refused: a code of five hundred about the mail or its address.
        """
        try:
            _mail(notice).send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            if _is_for_good(error):
                raise Refused from error
            raise


def _mail(notice: Notice) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=notice.subject,
        body=notice.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[notice.address],
        headers={
            "Message-ID": notice.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": ", ".join(notice.languages),
        },
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )
    mail.attach_alternative(notice.html, "text/html")
    if notice.calendar:
        mail.attach("date.ics", notice.calendar, "text/calendar")
    return mail


def _is_for_good(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return error.smtp_code >= 500
