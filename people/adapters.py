"""How staff accounts come to be, and how allauth sees the people at the door."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.origins import address_of, origin_of


class AccountAdapter(DefaultAccountAdapter):
    """Staff are invited; nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail or password is not right. Check both, or have a code sent instead."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False, always."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address as our own limits see it, by the number of trusted proxies."""
        return address_of(request)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Return the mail, which says its language."""
        headers = {**(headers or {}), "Content-Language": get_language() or settings.LANGUAGE_CODE}
        message: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        return message

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed passwords by address and origin together, so that nobody can lock somebody else out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{origin_of(request)}"
