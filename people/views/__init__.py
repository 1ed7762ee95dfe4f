"""Pages of people: signing in, the account, the language; in development, the mails."""

from people.views.account import account, email, email_remove, join_workplace, name, recovery_code
from people.views.language import language, others
from people.views.mail import dev_mail, dev_mail_html, dev_mail_message
from people.views.signing_in import after_sign_in, set_pin, sign_in, sign_in_recovery, sign_out, unlock

__all__ = [
    "account",
    "after_sign_in",
    "dev_mail",
    "dev_mail_html",
    "dev_mail_message",
    "email",
    "email_remove",
    "join_workplace",
    "language",
    "name",
    "others",
    "recovery_code",
    "set_pin",
    "sign_in",
    "sign_in_recovery",
    "sign_out",
    "unlock",
]
